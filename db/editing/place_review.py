"""Place texts of events, the choices people make about them, and stored answers of network geocoders."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from db.events.draft import LookedUpText
from db.sql.transactions import moment, reading, writing
from db.writing import geocoder_answers, place_choices, place_texts, writer
from db.writing.place_texts import Doubtful
from db.writing.write_log import WriteLog
from geo.place import Place


class PlaceReview:
    """The place texts of one database; safe to use from several threads."""

    def __init__(self, engine: Engine, read_timeout: float) -> None:
        self._engine = engine
        self._read_timeout = read_timeout

    def doubtful(self) -> list[Doubtful]:
        """Return the places that a person should check, of events of any status."""
        with self._reading() as connection:
            return place_texts.doubtful(connection)

    def text(self, event: str, place: str) -> tuple[int, LookedUpText]:
        """Return a place text of an event, by its number (from 1) or the text itself; raise NoSuchPlace."""
        with self._reading() as connection:
            return place_texts.find(connection, event, place)

    def settle(self, event: str, number: int, place: Place | None) -> None:
        """Set the place that a person chose for a place text (numbered from 1) of an event; None for no place.

        The choice is stored for the event, and for the same text in the same country. Raises NoSuchPlace.
        """
        with writing(self._engine) as connection:
            now = moment(connection)
            draft = place_choices.settle(connection, event, number, place, now)
            log = WriteLog(now, by_editor=True)
            writer.write(connection, [draft], log)
            log.finish(connection)

    def choices(self) -> place_choices.Choices:
        """Return every choice that people made; `db.writing.place_choices.chosen` looks one up."""
        with self._reading() as connection:
            return place_choices.read(connection)

    def geocoder_answer(
        self, provider: str, text: str, country: str | None, max_age: int | None = None
    ) -> tuple[bool, Place | None]:
        """Return whether a network geocoder answered a text in the last `max_age` seconds, if given, and its answer."""
        with self._reading() as connection:
            since = 0 if max_age is None else moment(connection) - max_age
            return geocoder_answers.read(connection, provider, text, country, since)

    def save_geocoder_answer(
        self, provider: str, text: str, country: str | None, place: Place | None
    ) -> None:
        """Store what a network geocoder answered now; the data version does not change."""
        with writing(self._engine) as connection:
            geocoder_answers.store(connection, provider, text, country, place, moment(connection))

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self._read_timeout)
