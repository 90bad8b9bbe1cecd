"""The full text of every event, written after an upgrade that has emptied it.

Its words come from the live db.query.search_words and not from a migration: removing an event from the index needs the
same words again. Change how words are found together with a migration that empties the table.
"""

from sqlalchemy import Connection, text

from db.engines import backend_of
from db.engines.text_rows import text_row_of

EMPTIED_BY = "0009"  # the newest migration that emptied the full text
_EVENTS_PER_BATCH = 5_000
_SELECT = text("SELECT event, feature FROM encoded WHERE event > :after ORDER BY event LIMIT :count")


def fill_search_index(connection: Connection) -> None:
    """Index the words of every event."""
    after = -1
    while rows := connection.execute(_SELECT, {"after": after, "count": _EVENTS_PER_BATCH}).all():
        after = rows[-1].event
        texts = [(event, *text_row_of(bytes(feature))) for event, feature in rows]
        backend_of(connection).put_search_rows(connection, texts, [])
