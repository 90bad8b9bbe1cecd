"""Places as they were written, beside the events: what was looked up, and what is in doubt."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.errors import NoSuchPlace
from db.events.draft import Doubt, Written
from db.events.tables import Encoded, Event, PlaceText
from geo.place import Place


class Doubtful(NamedTuple):
    """A text of an event that a person should look at; `number` counts the event's texts from 1."""

    event: str
    title: str
    status: str
    number: int
    text: str
    country: str | None
    doubt: Doubt
    place: Place | None


def keep(connection: Connection, texts: Mapping[int, tuple[Written, ...]]) -> None:
    """Make each event (by its row) hold exactly these texts; those that hold them already are left alone."""
    before = of(connection, texts)
    changed = {pk: written for pk, written in texts.items() if written != before.get(pk, ())}
    old = [pk for pk in changed if pk in before]
    if old:
        connection.execute(delete(PlaceText).where(col(PlaceText.event).in_(old)))
    rows = [
        {"event": pk, "position": position, "text": one.text, "country": one.country}
        | {"place": one.place, "doubt": one.doubt}
        for pk, written in changed.items()
        for position, one in enumerate(written)
    ]
    if rows:
        connection.execute(insert(PlaceText), rows)


def of(connection: Connection, events: Iterable[int]) -> dict[int, tuple[Written, ...]]:
    """Read the texts of events (by their rows), in the order in which they were written."""
    names = ("event", "text", "country", "place", "doubt")
    query = (
        select(*(col(getattr(PlaceText, name)) for name in names))
        .where(col(PlaceText.event).in_(list(events)))
        .order_by(col(PlaceText.event), col(PlaceText.position))
    )
    found: dict[int, tuple[Written, ...]] = {}
    for pk, text, country, place, doubt in connection.execute(query):
        one = Written(text=text, country=country, place=place, doubt=doubt)
        found[pk] = (*found.get(pk, ()), one)
    return found


def one(connection: Connection, event: str, place: str) -> tuple[int, Written]:
    """Find a text by its number (from 1) or as it was written; raise NoSuchPlace, which names those there are."""
    pk = connection.scalar(select(col(Event.pk)).where(col(Event.id) == event))
    if pk is None:
        raise NoSuchPlace(f"there is no event {event!r}")
    held = dict(enumerate(of(connection, [pk]).get(pk, ()), 1))
    for number, written in held.items():
        if place in (str(number), written.text):
            return number, written
    listed = "; ".join(f"{number} {written.text!r}" for number, written in held.items())
    raise NoSuchPlace(
        f"event {event!r} has no place {place!r} that was looked up; there are: {listed or 'none'}"
    )


def doubtful(connection: Connection) -> list[Doubtful]:
    """List what a person should look at, whatever the status of its event, by event id."""
    query = (
        select(
            col(Event.id), col(Event.title), col(Event.status), col(PlaceText.position),
            col(PlaceText.text), col(PlaceText.country), col(PlaceText.doubt), col(PlaceText.place),
            col(Encoded.feature),
        )
        .join(Event, col(Event.pk) == col(PlaceText.event))
        .join(Encoded, col(Encoded.event) == col(Event.pk))
        .where(col(PlaceText.doubt).is_not(None))
        .order_by(col(Event.id), col(PlaceText.position))
    )  # fmt: skip
    return [
        Doubtful(id_, title, status, position + 1, text, country, cast(Doubt, doubt), _pin(encoded, place))
        for id_, title, status, position, text, country, doubt, place, encoded in connection.execute(query)
    ]


def _pin(encoded: bytes, place: int | None) -> Place | None:
    if place is None:
        return None
    return msgspec.convert(msgspec.json.decode(encoded)["properties"]["places"][place], Place)
