"""The texts of places as they were written: what each was looked up as, and whether that is in doubt."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.errors import NoSuchPlace
from db.events.draft import Doubt, LookedUpText
from db.events.tables import Encoded, Event, EventPlaceText
from geo.place import Place


class Doubtful(NamedTuple):
    """A text that an editor should check; `number` counts the texts of the event from 1."""

    event: str
    title: str
    status: str
    number: int
    text: str
    country: str | None
    doubt: Doubt
    place: Place | None


def store(connection: Connection, texts: Mapping[int, tuple[LookedUpText, ...]]) -> None:
    """Store the texts of events, by their rows, in place of those stored before; write only what changed."""
    before = read(connection, texts)
    changed = {pk: new for pk, new in texts.items() if new != before.get(pk, ())}
    old = [pk for pk in changed if pk in before]
    if old:
        connection.execute(delete(EventPlaceText).where(col(EventPlaceText.event).in_(old)))
    rows = [
        {"event": pk, "position": position, "text": text.text, "country": text.country}
        | {"place": text.place, "doubt": text.doubt}
        for pk, new in changed.items()
        for position, text in enumerate(new)
    ]
    if rows:
        connection.execute(insert(EventPlaceText), rows)


def read(connection: Connection, events: Iterable[int]) -> dict[int, tuple[LookedUpText, ...]]:
    """Return the texts of events, by their rows, in the order in which they were written."""
    names = ("event", "text", "country", "place", "doubt")
    query = (
        select(*(col(getattr(EventPlaceText, name)) for name in names))
        .where(col(EventPlaceText.event).in_(list(events)))
        .order_by(col(EventPlaceText.event), col(EventPlaceText.position))
    )
    texts: dict[int, tuple[LookedUpText, ...]] = {}
    for pk, text, country, place, doubt in connection.execute(query):
        written = LookedUpText(text=text, country=country, place=place, doubt=doubt)
        texts[pk] = (*texts.get(pk, ()), written)
    return texts


def find(connection: Connection, event: str, place: str) -> tuple[int, LookedUpText]:
    """Return a text by its number (from 1) or by its wording; raise NoSuchPlace, which lists the event's texts."""
    pk = connection.scalar(select(col(Event.pk)).where(col(Event.id) == event))
    if pk is None:
        raise NoSuchPlace(f"there is no event {event!r}; expected the id of an event with a looked-up place")
    texts = dict(enumerate(read(connection, [pk]).get(pk, ()), 1))
    for number, text in texts.items():
        if place in (str(number), text.text):
            return number, text
    listed = "; ".join(f"{number} {text.text!r}" for number, text in texts.items())
    raise NoSuchPlace(
        f"event {event!r} has no place {place!r} that was looked up; expected one of: {listed or 'none'}"
    )


def doubtful(connection: Connection) -> list[Doubtful]:
    """Return the texts in doubt, of events of any status, by event id."""
    query = (
        select(
            col(Event.id), col(Event.title), col(Event.status), col(EventPlaceText.position),
            col(EventPlaceText.text), col(EventPlaceText.country), col(EventPlaceText.doubt), col(EventPlaceText.place),
            col(Encoded.feature),
        )
        .join(Event, col(Event.pk) == col(EventPlaceText.event))
        .join(Encoded, col(Encoded.event) == col(Event.pk))
        .where(col(EventPlaceText.doubt).is_not(None))
        .order_by(col(Event.id), col(EventPlaceText.position))
    )  # fmt: skip
    return [
        Doubtful(id_, title, status, position + 1, text, country, cast(Doubt, doubt), _pin(encoded, place))
        for id_, title, status, position, text, country, doubt, place, encoded in connection.execute(query)
    ]


def _pin(encoded: bytes, place: int | None) -> Place | None:
    if place is None:
        return None
    return msgspec.convert(msgspec.json.decode(encoded)["properties"]["places"][place], Place)
