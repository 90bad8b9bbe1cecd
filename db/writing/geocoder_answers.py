"""The answers of network geocoders, stored so that each text is sent to a provider once."""

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.events.tables import PlaceAnswer
from db.writing.place_choices import place_from_json, place_to_json
from geo.place import Place


def read(
    connection: Connection, provider: str, text: str, country: str | None, since: int
) -> tuple[bool, Place | None]:
    """Return whether a provider answered a text since a time (seconds of UTC), and the place, None for no match."""
    row = connection.execute(
        select(col(PlaceAnswer.place)).where(
            col(PlaceAnswer.provider) == provider,
            col(PlaceAnswer.text) == text,
            col(PlaceAnswer.country) == (country or ""),
            col(PlaceAnswer.answered) >= since,
        )
    ).one_or_none()
    return (False, None) if row is None else (True, place_from_json(row.place))


def store(
    connection: Connection, provider: str, text: str, country: str | None, place: Place | None, now: int
) -> None:
    """Store the answer of a provider, and replace an older one; `now` is in seconds of UTC."""
    key = {"provider": provider, "text": text, "country": country or ""}
    same_key = [col(getattr(PlaceAnswer, name)) == value for name, value in key.items()]
    connection.execute(delete(PlaceAnswer).where(*same_key))
    connection.execute(insert(PlaceAnswer), [{**key, "place": place_to_json(place), "answered": now}])
