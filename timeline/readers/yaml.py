"""Read events written by hand in YAML: `sources` by key, then `events` that name them. The seed format."""

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, BinaryIO

import yaml

from timeline.errors import BadFile
from timeline.exchange.checks import unsound
from timeline.exchange.row import Note, Row

LARGEST = 10_000_000  # bytes: YAML is read whole
_EVENT = frozenset((
    "id", "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note",
    "verification",
))  # fmt: skip
_SOURCE = frozenset({"title", "publisher", "url", "date"})


class _Loader(yaml.SafeLoader):
    """Plain YAML: dates stay text, NO is not false, a key stands once, and nothing is expanded."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (shared by design of the library)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # untyped there
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not taken", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                mark = node.value[position][0].start_mark
                raise yaml.MarkedYAMLError(problem=f"{key!r} stands twice in one entry", problem_mark=mark)
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
    """Yield a row an entry of `events`; raise BadFile when the file is not of this format."""
    sources, entries = _load(stream)
    for number, (line, entry) in enumerate(entries, 1):
        fields, problem = _entry(entry, sources)
        name = f"{fields['id']}, line {line}" if "id" in fields else f"line {line}"
        yield Row("entry", number, fields, kind="own", problem=problem or unsound(fields), name=name)


def _load(stream: BinaryIO) -> tuple[Mapping[str, Any], list[tuple[int, Any]]]:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadFile(f"is larger than {LARGEST:,} bytes; expected CSV or GeoJSON for that many events")
    try:
        loader = _Loader(data)
        node = loader.get_single_node()
        whole = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        raise BadFile(f"is not YAML: {_reason(error)}") from None
    except RecursionError:
        raise BadFile("is nested too deeply") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("events"), list):
        raise BadFile("has no list called 'events'; expected 'sources: {key: …}' and 'events: [{title: …}]'")
    unknown = whole.keys() - {"sources", "events"}
    if unknown:
        raise BadFile(
            f"has {sorted(map(str, unknown))[0]!r} at its top level; expected 'sources' and 'events' alone"
        )
    sources = whole.get("sources") or {}
    _check_sources(sources)
    listed = next(value for key, value in node.value if key.value == "events")  # type: ignore[union-attr] # a mapping, above
    lines = [item.start_mark.line + 1 for item in listed.value]
    return sources, list(zip(lines, whole["events"], strict=True))


def _reason(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


def _check_sources(sources: Any) -> None:
    if not isinstance(sources, dict):
        raise BadFile("sources: expected a mapping of keys, such as 'times: {title: …, publisher: …}'")
    for key, source in sources.items():
        if not isinstance(source, dict) or not source.get("title"):
            raise BadFile(f"sources: {key!r} has no title")
        extra = source.keys() - _SOURCE
        if extra:
            known = ", ".join(sorted(_SOURCE))
            raise BadFile(f"sources: {key!r} has an unknown field {sorted(extra)[0]!r}; known are {known}")


def _entry(entry: Any, sources: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return the fields of an entry, its source keys replaced by the sources; or what is wrong with it."""
    if not isinstance(entry, dict):
        return {}, "is not a mapping of fields"
    unknown = sorted(str(name) for name in entry if name not in _EVENT)
    if unknown:
        return entry, f"{unknown[0]}: there is no such field; known are {', '.join(sorted(_EVENT))}"
    keys = entry.get("sources") or []
    if not isinstance(keys, list):
        return entry, f"sources: {keys!r} is not a list of keys"
    missing = next((key for key in keys if not isinstance(key, str) or key not in sources), None)
    if missing is not None:
        known = ", ".join(map(str, sources))
        return entry, f"sources: {missing!r} is not listed under 'sources'; known are {known}"
    return {**entry, "sources": [sources[key] for key in keys]}, None
