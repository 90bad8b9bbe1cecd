"""The places that editors chose for the texts of events; later imports of the same texts use them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.errors import NoSuchPlace
from db.events import feature
from db.events.draft import Draft, LookedUpText
from db.events.tables import Encoded, Event, PlaceChoice
from db.writing import place_texts
from geo.place import Place
from geo.text import fold

Choices = Mapping[tuple[str, str, str], Place | None]
"""The chosen places, None for a text that is not a place, by (event id or '' for any, folded text, ISO code or '')."""


def read(connection: Connection) -> Choices:
    """Return every choice."""
    rows = connection.execute(
        select(
            col(PlaceChoice.event), col(PlaceChoice.text), col(PlaceChoice.country), col(PlaceChoice.place)
        )
    )
    return {(event, text, country): place_from_json(place) for event, text, country, place in rows}


def chosen(choices: Choices, event: str, text: str, country: str | None) -> tuple[bool, Place | None]:
    """Return whether an editor made a choice for a text in a country's context, and the chosen place.

    A choice for this event comes before one that was made for another event.
    """
    for event_id in (event, ""):
        key = (event_id, fold(text), country or "")
        if key in choices:
            return True, choices[key]
    return False, None


def settle(connection: Connection, event: str, number: int, place: Place | None, now: int) -> Draft:
    """Store a choice for a text of an event, and return the event's draft with it; `number` counts texts from 1.

    Raises NoSuchPlace when there is no such event or text.
    """
    row = connection.execute(
        select(col(Event.pk), col(Encoded.feature)).join(Encoded).where(col(Event.id) == event)
    ).one_or_none()
    if row is None:
        raise NoSuchPlace(f"there is no event {event!r}; expected the id of an event with a looked-up place")
    texts = place_texts.read(connection, [row.pk]).get(row.pk, ())
    if not 1 <= number <= len(texts):
        raise NoSuchPlace(f"event {event!r} has no place {number} that was looked up; it has {len(texts)}")
    text = texts[number - 1]
    for event_id in (event, ""):
        _store(connection, (event_id, fold(text.text), text.country or ""), place, now)
    return _with_place(replace(feature.decode(row.feature), texts=texts), number - 1, place)


def _store(connection: Connection, key: tuple[str, str, str], place: Place | None, now: int) -> None:
    event, text, country = key
    connection.execute(
        delete(PlaceChoice).where(
            col(PlaceChoice.event) == event,
            col(PlaceChoice.text) == text,
            col(PlaceChoice.country) == country,
        )
    )
    row = {"event": event, "text": text, "country": country, "place": place_to_json(place), "chosen": now}
    connection.execute(insert(PlaceChoice), [row])


def _with_place(draft: Draft, position: int, place: Place | None) -> Draft:
    """Return the draft with the place where an import would have put it; places after it move."""
    texts = list(draft.texts)
    old = texts[position].place
    places = list(draft.places)
    if old is not None and place is not None:
        places[old] = place
    elif old is not None:
        del places[old]
        texts = [_shifted(text, old + 1, -1) for text in texts]
    elif place is not None:
        old = _index_for_new_place(texts, position, len(places))
        places.insert(old, place)
        texts = [_shifted(text, old, 1) for text in texts]
    texts[position] = replace(texts[position], place=old if place else None, doubt=None)
    return replace(draft, places=tuple(places), texts=tuple(texts))


def _shifted(text: LookedUpText, first: int, by: int) -> LookedUpText:
    return text if text.place is None or text.place < first else replace(text, place=text.place + by)


def _index_for_new_place(texts: list[LookedUpText], position: int, end: int) -> int:
    """Return the index after the place of the texts before, or before that of the texts after."""
    before = [text.place for text in texts[:position] if text.place is not None]
    after = [text.place for text in texts[position + 1 :] if text.place is not None]
    return max(before) + 1 if before else min(after, default=end)


def place_to_json(place: Place | None) -> dict[str, Any] | None:
    """Return a place as a JSON object, with the fields of `Place`."""
    return {**asdict(place), "precision": place.precision.value} if place else None


def place_from_json(fields: Mapping[str, Any] | None) -> Place | None:
    """Return the place of a JSON object that `place_to_json` made."""
    return msgspec.convert(fields, Place) if fields is not None else None
