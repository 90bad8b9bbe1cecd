"""The checks that a copy of a database file is complete."""

from db.engines.readers import DatabaseReader
from db.errors import DatabaseDamaged


def check_integrity(reader: DatabaseReader, name: object) -> None:
    """Raise DatabaseDamaged if a page, an index or a reference between tables is broken."""
    ((report,),) = reader.rows("PRAGMA integrity_check(1)")
    if report != "ok":
        raise DatabaseDamaged(f"{name} is damaged: {report.splitlines()[-1]}")
    for table, _, parent, _ in reader.rows("PRAGMA foreign_key_check")[:1]:
        raise DatabaseDamaged(
            f"{name} is damaged: a row of {table} refers to a row of {parent} that is missing"
        )


def search_counts(reader: DatabaseReader) -> tuple[int, int]:
    """Count the events in the full text and the pins in the R*Tree.

    The full text stores no content; its number of rows is the first number of its first record. Source: SQLite's
    fts5_index.c, "Averages record"; a variable-length integer as in the file format, 1.6.
    """
    records = reader.rows("SELECT block FROM event_text_data WHERE id = 1")
    texts = 0
    for byte in records[0][0] if records else b"":
        texts = texts << 7 | byte & 0x7F
        if byte < 0x80:
            break
    ((pins,),) = reader.rows("SELECT count(*) FROM pin_index")
    return texts, pins
