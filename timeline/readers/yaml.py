"""Read the format of the seed events: YAML with `sources` by key and `events` that refer to those keys."""

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, BinaryIO

import yaml

from timeline.errors import BadFile
from timeline.exchange.checks import storage_problem
from timeline.exchange.row import Note, Row

MAX_FILE_BYTES = 10_000_000  # YAML is read into memory as a whole
_EVENT_FIELDS = frozenset((
    "id", "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note",
    "verification",
))  # fmt: skip
_SOURCE_FIELDS = frozenset({"title", "publisher", "url", "date"})


class _Loader(yaml.SafeLoader):
    """YAML without surprises: dates stay text, NO is not false, keys are unique, and aliases are refused."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (shared by design of the library)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # the library has no types here
            raise yaml.MarkedYAMLError(
                problem="has an alias (*name); write the value out instead", problem_mark=mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                mark = node.value[position][0].start_mark
                raise yaml.MarkedYAMLError(
                    problem=f"{key!r} occurs twice in one entry; expected it once", problem_mark=mark
                )
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(?:0|[1-9]\d*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9]\d*)\.\d+(?:e[-+]?\d+)?", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$", re.ASCII), _first
    )


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each entry of `events`; raise BadFile if the file has another format."""
    sources, entries = _load(stream)
    for number, (line, entry) in enumerate(entries, 1):
        fields, problem = _entry(entry, sources)
        name = f"{fields['id']}, line {line}" if "id" in fields else f"line {line}"
        yield Row("entry", number, fields, kind="own", problem=problem or storage_problem(fields), name=name)


def _load(stream: BinaryIO) -> tuple[Mapping[str, Any], list[tuple[int, Any]]]:
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(
            f"is larger than {MAX_FILE_BYTES:,} bytes; expected CSV or GeoJSON for that many events"
        )
    try:
        loader = _Loader(data)
        node = loader.get_single_node()
        document = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        raise BadFile(f"is not YAML: {_reason(error)}") from None
    except RecursionError:
        raise BadFile("is nested too deeply; expected 'sources' and 'events' at the top level") from None
    if not isinstance(document, dict) or not isinstance(document.get("events"), list):
        raise BadFile("has no list 'events'; expected 'sources: {key: …}' and 'events: [{title: …}]'")
    unknown_keys = document.keys() - {"sources", "events"}
    if unknown_keys:
        raise BadFile(
            f"has {sorted(map(str, unknown_keys))[0]!r} at its top level; expected only 'sources' and 'events'"
        )
    sources = document.get("sources") or {}
    _check_sources(sources)
    event_nodes = next(value for key, value in node.value if key.value == "events")  # type: ignore[union-attr] # a mapping, above
    lines = [item.start_mark.line + 1 for item in event_nodes.value]
    return sources, list(zip(lines, document["events"], strict=True))


def _reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


def _check_sources(sources: Any) -> None:
    if not isinstance(sources, dict):
        raise BadFile(
            "sources: is not a mapping; expected keys with fields, such as 'times: {title: …, publisher: …}'"
        )
    for key, source in sources.items():
        if not isinstance(source, dict) or not source.get("title"):
            raise BadFile(f"sources: {key!r} has no title; expected one, such as '{key}: {{title: …}}'")
        extra = source.keys() - _SOURCE_FIELDS
        if extra:
            fields = ", ".join(sorted(_SOURCE_FIELDS))
            raise BadFile(
                f"sources: {key!r} has an unknown field {sorted(extra)[0]!r}; expected one of {fields}"
            )


def _entry(entry: Any, sources: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return the fields of an entry, with its source keys replaced by the sources, and its problem, if any."""
    if not isinstance(entry, dict):
        return {}, "is not a mapping of fields; expected one such as {title: …, category: …, date: …}"
    unknown = sorted(str(name) for name in entry if name not in _EVENT_FIELDS)
    if unknown:
        return (
            entry,
            f"{unknown[0]}: there is no such field; expected one of {', '.join(sorted(_EVENT_FIELDS))}",
        )
    keys = entry.get("sources") or []
    if not isinstance(keys, list):
        return entry, f"sources: {keys!r} is not a list; expected keys of 'sources', such as [times]"
    missing = next((key for key in keys if not isinstance(key, str) or key not in sources), None)
    if missing is not None:
        sources_text = ", ".join(map(str, sources))
        return entry, f"sources: {missing!r} is not listed under 'sources'; expected one of {sources_text}"
    return {**entry, "sources": [sources[key] for key in keys]}, None
