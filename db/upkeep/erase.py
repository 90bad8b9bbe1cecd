"""Erasing: the text of an event out of every table, for good. What stays is its id, when and why, and that it was."""

import struct
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, text, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.errors import NoSuchEvent
from db.events.diff import FIELDS
from db.events.tables import History, PlaceAnswer, PlaceChoice, PlaceText, Tombstone
from db.sql import visibility
from db.writing import history, writer
from db.writing.history import Grave, Ledger
from geo.text import fold

# What these hold comes out of lists that we keep; it is nobody's text.
_OURS = ("category", "date", "status", "verification", "embargo_until")
_CELL = 32  # bytes of a pin in a node of the R*Tree: its number, and two bounds each of three dimensions


class Erased(NamedTuple):
    """What a purge took: ids now, and those that were purged before (with the day); what they had said.

    `reasons` are what colleagues had written why. `reports` counts reports of finished imports that went too, `running`
    imports that have yet to write theirs; `categories` are those that no event is left of, and that stay.
    """

    ids: list[str]
    before: dict[str, str]
    said: list[str]
    reasons: list[str]
    reports: int
    running: int
    categories: list[str]


def erase(connection: Connection, ids: Sequence[str], book: Ledger) -> Erased:
    """Take the text of events out of every table, those of deleted and retracted ones as well.

    Raises NoSuchEvent for an id that never was, before anything is taken.
    """
    before = {id_: day for id_ in ids if (day := purged(connection, id_))}
    unknown = [id_ for id_ in ids if not _known(connection, id_)]
    if unknown:
        raise NoSuchEvent(f"there never was an event {unknown[0][:200]!r}; nothing was purged")
    now = [id_ for id_ in dict.fromkeys(ids) if id_ not in before]
    said: list[str] = []
    reasons: list[str] = []
    categories: set[str] = set()
    for id_ in now:
        public, revision, category = _standing(connection, id_)
        reasons += _reasons(connection, id_)
        said += forget(connection, id_)
        history.bury(connection, id_, Grave("purged", public, revision + 1), book.now)
        book.record(id_, revision + 1, "purged")
        categories |= {category} if category else set()
    book.write(connection)
    # Whatever a worker holds in memory follows, an answer about a retracted event and its note as well.
    history.bump(connection, book.now)
    reports, running = _reports(connection)
    overwrite(connection)
    return Erased(now, before, said, reasons, reports, running, _empty(connection, categories))


def forget(connection: Connection, id_: str) -> list[str]:
    """Take what one event said out of every table, and give it back; bare rows of its history stay."""
    said = list(_history(connection, id_))
    folded = {*connection.scalars(select(col(PlaceChoice.text)).where(col(PlaceChoice.event) == id_))}
    row = connection.exec_driver_sql(
        f"SELECT e.pk, f.feature, {visibility.EVENTS} AS visible FROM event e"
        " JOIN encoded f ON f.event = e.pk WHERE e.id = ?",
        (id_,),
    ).first()
    if row:
        said += _words_of(msgspec.json.decode(row.feature)["properties"])
        written = [*connection.scalars(select(col(PlaceText.text)).where(col(PlaceText.event) == row.pk))]
        said += written
        folded |= set(map(fold, written))
        writer.remove(connection, row.pk, row.feature)
        if row.visible:
            connection.exec_driver_sql(
                "INSERT INTO change (event, kind, at) VALUES (?, 'deleted', moment())", (id_,)
            )
    note = connection.scalar(select(col(Tombstone.note)).where(col(Tombstone.event) == id_))
    said += [note] if note else []
    blank: dict[str, Any] = {"fields": [], "why": None, "note": None}
    connection.execute(update(History).where(col(History.event) == id_).values(blank))
    said += _places(connection, id_, folded)
    connection.exec_driver_sql(
        "DELETE FROM answered WHERE EXISTS"
        " (SELECT 1 FROM json_each(events) WHERE json_extract(value, '$[0]') = ?)",
        (id_,),
    )
    return said


def overwrite(connection: Connection) -> None:
    """Merge the full text, where words of the dead wait in old segments, and blank what the R*Tree left behind.

    An R*Tree takes a pin out of its node by moving the last one there, and leaves the last one's bytes.
    """
    connection.exec_driver_sql("INSERT INTO event_text (event_text) VALUES ('optimize')")
    rows = connection.exec_driver_sql("SELECT nodeno, data FROM pin_index_node").all()
    for number, node in rows:
        end = 4 + _CELL * struct.unpack(">H", node[2:4])[0]
        if any(node[end:]):
            blank = node[:end] + bytes(len(node) - end)
            connection.exec_driver_sql("UPDATE pin_index_node SET data = ? WHERE nodeno = ?", (blank, number))


def purged(connection: Connection, id_: str) -> str | None:
    """Tell on which day (ISO) an event was purged; None for one that was not."""
    at = connection.scalar(
        select(col(Tombstone.at)).where(col(Tombstone.event) == id_, col(Tombstone.kind) == "purged")
    )
    return None if at is None else iso_time(at)[:10]


_ANYWHERE = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE {name} = :id"
    for table, name in (
        ("event", "id"),
        ("tombstone", "event"),
        ("history", "event"),
        ("change", "event"),
        ("place_choice", "event"),
    )
)


def _known(connection: Connection, id_: str) -> bool:
    return bool(connection.execute(text(f"SELECT EXISTS ({_ANYWHERE})"), {"id": id_}).scalar_one())


def _standing(connection: Connection, id_: str) -> tuple[bool, int, str | None]:
    """Tell whether readers ever saw an event, its last revision, and its category if it is there."""
    row = connection.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM change WHERE event = :id)"
            " OR EXISTS (SELECT 1 FROM tombstone WHERE event = :id AND public),"
            " max(coalesce((SELECT revision FROM event WHERE id = :id), 0),"
            " coalesce((SELECT revision FROM tombstone WHERE event = :id), 0),"
            " coalesce((SELECT max(revision) FROM history WHERE event = :id), 0)),"
            " (SELECT category FROM event WHERE id = :id)"
        ),
        {"id": id_},
    ).one()
    return bool(row[0]), row[1], row[2]


def _history(connection: Connection, id_: str) -> Iterator[str]:
    for entry in history.history(connection, id_):
        yield from filter(None, (entry.note,))
        for field in entry.fields:
            name = field["name"].partition(".")[0]
            for value in (field["old"], field["new"]):
                yield from _words_of({name: value} if name in FIELDS else {})


def _reasons(connection: Connection, id_: str) -> list[str]:
    return [entry.why for entry in history.history(connection, id_) if entry.why]


def _words_of(said: dict[str, Any]) -> list[str]:
    """List the texts of a Feature's properties that an author wrote."""
    found: list[str] = []
    for name in (*FIELDS, "corrections"):
        value = said.get(name)
        if name == "places" and isinstance(value, list):
            value = [[place.get("name"), place.get("admin1")] for place in value]
        elif name in ("sources", "corrections") and isinstance(value, list):
            value = [list(each.values()) for each in value]
        if name not in _OURS:
            found += _strings(value)
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each)
            yield key
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _places(connection: Connection, id_: str, folded: set[str]) -> list[str]:
    """Forget what was chosen for an event, and for all of a text that no other event has."""
    said = [*connection.scalars(select(col(PlaceChoice.text)).where(col(PlaceChoice.event) == id_))]
    connection.execute(delete(PlaceChoice).where(col(PlaceChoice.event) == id_))
    if not folded:
        return said
    others = {fold(each) for each in connection.scalars(select(col(PlaceText.text)).distinct())}
    kept = select(col(PlaceChoice.text)).where(col(PlaceChoice.event) != "")
    alone = folded - others - set(connection.scalars(kept))
    answers = [each for each in connection.scalars(select(col(PlaceAnswer.text))) if fold(each) in alone]
    for table, texts in ((PlaceChoice, sorted(alone)), (PlaceAnswer, answers)):
        if texts:
            where = col(table.text) == bindparam("one")
            connection.execute(delete(table).where(where), [{"one": each} for each in texts])
    return [*said, *answers]


def _reports(connection: Connection) -> tuple[int, int]:
    """Drop finished imports, whose reports may quote any row; count those dropped and those still running."""
    gone = connection.exec_driver_sql("DELETE FROM import_job WHERE finished IS NOT NULL").rowcount
    return gone, int(connection.exec_driver_sql("SELECT count(*) FROM import_job").scalar_one())


def _empty(connection: Connection, slugs: set[str]) -> list[str]:
    """Name the categories that are not the installed ones and that no event is left of."""
    ours = visibility.categories()[1]
    used = {
        slug
        for slug in slugs
        if connection.exec_driver_sql("SELECT 1 FROM event WHERE category = ? LIMIT 1", (slug,)).first()
    }
    return sorted(slugs - used - set(ours))
