"""YAML without surprises: dates stay text, NO is not false, keys are unique, and aliases are refused."""

import re
from collections.abc import Hashable
from typing import Any

import yaml

from timeline.errors import BadFile


class StrictLoader(yaml.SafeLoader):
    """A loader with few implicit types; an alias could make a small file grow to any size in memory."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (shared by design of the library)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # the library has no types here
            raise yaml.MarkedYAMLError(
                problem="has an alias (*name); write the value out instead", problem_mark=mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys: set[Hashable] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} occurs twice in one entry; expected it once",
                    problem_mark=key.start_mark,
                )
            if isinstance(key, yaml.ScalarNode):
                keys.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(?:0|[1-9]\d*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9]\d*)\.\d+(?:e[-+]?\d+)?", list("-+0123456789")),
):
    StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$", re.ASCII), _first
    )


def load_strictly(data: bytes | str) -> tuple[yaml.Node | None, Any]:
    """Return the nodes and the value of a YAML document; raise BadFile if it cannot be read."""
    try:
        loader = StrictLoader(data)
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadFile(f"is not YAML: {_reason(error)}") from None
    except RecursionError:
        raise BadFile("is nested too deeply; expected a few levels") from None
    except ValueError as error:  # a number of thousands of digits, or a date that does not exist
        raise BadFile(f"has a value that cannot be read: {error}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())
