"""The objects of a JSON file as rows: one for each event, without those that are no events or did not take place."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import structs

from timeline.exchange.row import LeftOutNote, Note, Row, is_empty
from timeline.readers.parts.nested_lists import NestedLists
from timeline.readers.parts.schema_event import is_held, is_schema_event, types_of

MAX_NODES_REMEMBERED = 100_000  # places of a JSON-LD file that events refer to
MAX_EVENTS_QUOTED = 5
_MAX_TITLE_CHARACTERS = 60
_SCHEDULE = "eventSchedule."
_LISTS_OF_JSON_LD = ("@graph", "itemListElement")

ToRow = Callable[[str, int, Any], Row]


class JsonLd(NamedTuple):
    """What a list of JSON-LD contains: whether it has events of schema.org, and its other objects by their `@id`."""

    has_events: bool = False
    nodes: Mapping[str, Any] = {}


def read_json_ld(objects: Iterable[Any]) -> JsonLd:
    """Return what a list of JSON-LD contains."""
    has_events, nodes = False, dict[str, Any]()
    for value in map(unwrapped, objects):
        if is_schema_event(value):
            has_events = True
        elif isinstance(value, Mapping) and "@id" in value and len(nodes) < MAX_NODES_REMEMBERED:
            nodes[str(value["@id"])] = value
    return JsonLd(has_events, nodes)


def in_containers(values: Iterable[Any], left_out: Counter[str]) -> Iterator[Any]:
    """Yield objects; of a `@graph` or ItemList of JSON-LD inside a list, its items.

    Other members of such a container are counted in `left_out`, except those that describe the format.
    """
    for value in values:
        if type(value) is dict and "@graph" not in value and "itemListElement" not in value:
            yield value  # as in most files
            continue
        names = _LISTS_OF_JSON_LD if isinstance(value, Mapping) and not is_schema_event(value) else ()
        items = next((value[name] for name in names if isinstance(value.get(name), list)), None)
        if items is None:
            yield value
            continue
        left_out.update(name for name in value if name[:1] != "@" and name not in names)
        yield from items


def _unread_times(columns: Mapping[str, Any]) -> Iterator[str]:
    """Yield the members of a Feature that are called like its time but are objects that no reader understands."""
    yield from (name for name in ("time", "when") if isinstance(columns.get(name), Mapping))


def unwrapped(value: Any) -> Any:
    """Return the `item` of a ListItem of schema.org; any other value unchanged."""
    return (
        value["item"] if "ListItem" in types_of(value) and isinstance(value.get("item"), Mapping) else value
    )


class JsonEvents:
    """Turns objects into rows with `to_row`, which gets the unit, the number and the object.

    With `each` every item of that list of an object becomes a row. With `events_only` objects of other types than the
    events of schema.org are left out.
    """

    def __init__(self, to_row: ToRow, each: str | None = None, *, events_only: bool = False) -> None:
        self.to_row = to_row
        self.each = each
        self.events_only = events_only
        self.lists = NestedLists(each)
        self.items_read = 0
        self.others = Counter[str]()
        self.not_held: list[str] = []
        self.cells_left_out = 0
        self.unread_times: list[str] = []
        self.repeated = 0

    def rows(self, unit: str, number: int, value: Any) -> Iterator[Row]:
        """Yield the rows of an object, which is the given one of its unit, such as feature 3."""
        value = unwrapped(value)
        if self.each is None:
            if not self._is_left_out(unit, number, value):
                yield self._counted(self.to_row(unit, number, value))
            return
        for part, name in self.lists.events(value):
            if self._is_left_out(unit, number, part):
                continue
            self.items_read += 1
            # Rows need different numbers.
            row = self.to_row("item", self.items_read, part)
            at = f"{unit} {number}"
            yield self._counted(structs.replace(row, name=f"{at}, {name}" if name else at))

    def _counted(self, row: Row) -> Row:
        """Count what is noted about a row at the end of the file, and return the row."""
        columns = row.columns
        self.lists.count(row)
        if _SCHEDULE in "\n".join(columns):  # a loop over all names of a file would slow its import
            self.repeated += any(name.startswith(_SCHEDULE) for name in columns)
        may_have_time = row.kind == "feature" and ("time" in columns or "when" in columns)
        if may_have_time and not row.when and not row.problem:
            self.unread_times += (f"{row.at} ({name!r})" for name in _unread_times(columns))
        return row

    def _is_left_out(self, unit: str, number: int, part: Any) -> bool:
        """Count an object that is left out, and return whether it is."""
        if is_schema_event(part):
            if is_held(part):
                return False
            self.not_held.append(f"{unit} {number} ({str(part.get('name'))[:_MAX_TITLE_CHARACTERS]!r})")
        elif self.events_only:
            self.others[", ".join(sorted(types_of(part))) or "without a type"] += 1
        else:
            return False
        self.cells_left_out += (
            sum(not is_empty(member) for member in part.values()) if isinstance(part, Mapping) else 1
        )
        return True

    def finish(self, note: Note) -> None:
        """Note what was left out, and lists with dates; raise BadFile if no object has the list `each`."""
        sentences = []
        if self.not_held:
            quoted = ", ".join(self.not_held[:MAX_EVENTS_QUOTED])
            more = len(self.not_held) - MAX_EVENTS_QUOTED
            events = "event" if len(self.not_held) == 1 else "events"
            more_events = f" and {more:,} more" if more > 0 else ""
            sentences.append(f"{len(self.not_held):,} cancelled or postponed {events}: {quoted}{more_events}")
        if self.others:
            count = self.others.total()
            types = ", ".join(
                f"{name} ({number:,})" for name, number in self.others.most_common(MAX_EVENTS_QUOTED)
            )
            sentences.append(
                f"{count:,} {'object' if count == 1 else 'objects'} of other types than events: {types}"
            )
        if sentences:
            note(LeftOutNote(f"has {' and '.join(sentences)}; not imported", self.cells_left_out))
        self._note_times(note)
        self.lists.finish(note)

    def _note_times(self, note: Note) -> None:
        """Note what was not read of the times of the events."""
        if self.repeated:
            events = "1 repeated event" if self.repeated == 1 else f"{self.repeated:,} repeated events"
            note(
                f"has {events}; a repeated event is imported once, on its first day, with its schedule in data"
            )
        if count := len(self.unread_times):
            objects = "1 object" if count == 1 else f"{count:,} objects"
            at = ", ".join(self.unread_times[:MAX_EVENTS_QUOTED])
            more = f" and {count - MAX_EVENTS_QUOTED:,} more" if count > MAX_EVENTS_QUOTED else ""
            note(f"has {objects} with a time in which no date was found: {at}{more}; it is stored in data")
