"""What people chose for a place as it was written, and what network geocoders answered, remembered."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.errors import NoSuchPlace
from db.events import feature
from db.events.draft import Draft, Written
from db.events.tables import Encoded, Event, PlaceAnswer, PlaceChoice
from db.writing import place_texts
from geo.place import Place
from geo.text import fold

Choices = Mapping[tuple[str, str, str], Place | None]
"""Places, or None for a text that is no place, by event id ('' for any), folded text and ISO code or ''."""


def read(connection: Connection) -> Choices:
    """Read every choice."""
    rows = connection.execute(
        select(
            col(PlaceChoice.event), col(PlaceChoice.text), col(PlaceChoice.country), col(PlaceChoice.place)
        )
    )
    return {(event, text, country): _place(place) for event, text, country, place in rows}


def chosen(choices: Choices, event: str, text: str, country: str | None) -> tuple[bool, Place | None]:
    """Tell whether a person settled a text in this context, and as what: the event's own choice comes first."""
    for whose in (event, ""):
        at = (whose, fold(text), country or "")
        if at in choices:
            return True, choices[at]
    return False, None


def settle(connection: Connection, event: str, number: int, place: Place | None, now: int) -> Draft:
    """Remember a choice, and make the event's draft with it; `number` counts its texts from 1.

    Raises NoSuchPlace when there is no such event, or it holds no such text.
    """
    row = connection.execute(
        select(col(Event.pk), col(Encoded.feature)).join(Encoded).where(col(Event.id) == event)
    ).one_or_none()
    if row is None:
        raise NoSuchPlace(f"there is no event {event!r}")
    held = place_texts.of(connection, [row.pk]).get(row.pk, ())
    if not 1 <= number <= len(held):
        raise NoSuchPlace(f"event {event!r} has {len(held)} places that were looked up; there is no {number}")
    written = held[number - 1]
    for whose in (event, ""):
        _keep(connection, (whose, fold(written.text), written.country or ""), place, now)
    return _with(replace(feature.decode(row.feature), texts=held), number - 1, place)


def _keep(connection: Connection, at: tuple[str, str, str], place: Place | None, now: int) -> None:
    event, text, country = at
    connection.execute(
        delete(PlaceChoice).where(
            col(PlaceChoice.event) == event,
            col(PlaceChoice.text) == text,
            col(PlaceChoice.country) == country,
        )
    )
    row = {"event": event, "text": text, "country": country, "place": _plain(place), "chosen": now}
    connection.execute(insert(PlaceChoice), [row])


def _with(draft: Draft, position: int, place: Place | None) -> Draft:
    """Put a place where an import would have put it, and move the places that come after it."""
    held = list(draft.texts)
    old = held[position].place
    places = list(draft.places)
    if old is not None and place is not None:
        places[old] = place
    elif old is not None:
        del places[old]
        held = [_moved(one, old + 1, -1) for one in held]
    elif place is not None:
        at = _gap(held, position, len(places))
        places.insert(at, place)
        held = [_moved(one, at, 1) for one in held]
        old = at
    held[position] = replace(held[position], place=old if place else None, doubt=None)
    return replace(draft, places=tuple(places), texts=tuple(held))


def _moved(one: Written, first: int, by: int) -> Written:
    return one if one.place is None or one.place < first else replace(one, place=one.place + by)


def _gap(held: list[Written], position: int, end: int) -> int:
    """Find where the place of a text belongs: after that of the text before it, before that of the next."""
    before = [one.place for one in held[:position] if one.place is not None]
    after = [one.place for one in held[position + 1 :] if one.place is not None]
    return max(before) + 1 if before else min(after, default=end)


def answer(
    connection: Connection, provider: str, text: str, country: str | None, since: int
) -> tuple[bool, Place | None]:
    """Tell whether a provider answered a text since a moment (seconds of UTC), and what."""
    row = connection.execute(
        select(col(PlaceAnswer.place)).where(
            col(PlaceAnswer.provider) == provider,
            col(PlaceAnswer.text) == text,
            col(PlaceAnswer.country) == (country or ""),
            col(PlaceAnswer.asked) >= since,
        )
    ).one_or_none()
    return (False, None) if row is None else (True, _place(row.place))


def keep_answer(
    connection: Connection, provider: str, text: str, country: str | None, place: Place | None, now: int
) -> None:
    """Remember what a provider answered now, in place of what it said before."""
    at = {"provider": provider, "text": text, "country": country or ""}
    same = [col(getattr(PlaceAnswer, name)) == value for name, value in at.items()]
    connection.execute(delete(PlaceAnswer).where(*same))
    connection.execute(insert(PlaceAnswer), [{**at, "place": _plain(place), "asked": now}])


def _plain(place: Place | None) -> dict[str, Any] | None:
    return {**asdict(place), "precision": place.precision.value} if place else None


def _place(plain: Mapping[str, Any] | None) -> Place | None:
    return msgspec.convert(plain, Place) if plain is not None else None
