"""Read the format of the seed events: YAML with `sources` by key and `events` that refer to those keys."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from timeline.errors import BadFile
from timeline.exchange.checks import storage_problem
from timeline.exchange.name_lists import listed
from timeline.exchange.row import LeftOutNote, Note, Row, is_empty
from timeline.readers.parts.strict_yaml import load_strictly

MAX_FILE_BYTES = 10_000_000  # YAML is read into memory as a whole
_EVENT_FIELDS = frozenset((
    "id", "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note",
    "verification",
))  # fmt: skip
_SOURCE_FIELDS = frozenset({"title", "publisher", "url", "date"})


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each entry of `events`; raise BadFile if the file has another format."""
    sources, entries = _load(stream)
    unused = dict.fromkeys(sources)
    for number, (line, entry) in enumerate(entries, 1):
        for key in _source_keys(entry):
            unused.pop(key, None)
        fields, problem = _entry(entry, sources)
        name = f"{fields['id']}, line {line}" if "id" in fields else f"line {line}"
        yield Row("entry", number, fields, kind="own", problem=problem or storage_problem(fields), name=name)

    if unused:
        cells = sum(not is_empty(value) for key in unused for value in sources[key].values())
        note(LeftOutNote(f"has sources that no event refers to: {listed(map(str, unused))}; left out", cells))


def _source_keys(entry: Any) -> list[str]:
    keys = entry.get("sources") if isinstance(entry, dict) else None
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def _load(stream: BinaryIO) -> tuple[Mapping[str, Any], list[tuple[int, Any]]]:
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(
            f"is larger than {MAX_FILE_BYTES:,} bytes; expected CSV or GeoJSON for that many events"
        )
    node, document = load_strictly(data)
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
        sources_text = listed(map(str, sources), quoted=False)
        return entry, f"sources: {missing!r} is not listed under 'sources'; expected one of {sources_text}"
    return {**entry, "sources": [sources[key] for key in keys]}, None
