"""Verify a copy of the database before it is used. A copy is a SQLite file."""

from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from db.engines import backend_of, connect_file
from db.engines.base import Backend
from db.engines.file_copies import OnCopyProgress
from db.engines.readers import DatabaseReader
from db.errors import DatabaseDamaged, StoreUnavailable
from db.migrations import upgrade

_EVENTS_BETWEEN_REPORTS = 10_000


class Contents(NamedTuple):
    """What a database contains.

    `version` is the version of its schema, `changes` counts entries of the history, `keys` those in use; `newest` is
    the moment of the last commit, in seconds of UTC.
    """

    version: str
    events: int
    published: int
    changes: int
    keys: int
    newest: int
    bytes: int


class _EncodedEvent(msgspec.Struct):
    """What every Feature has; decoding it parses all of the Feature's JSON."""

    id: str
    properties: dict[str, object]


def schema_version(reader: DatabaseReader, name: object) -> str:
    """Return the version of a database's schema; raise StoreUnavailable for another program's, or a newer one."""
    tables = reader.tables()
    if not {"alembic_version", "event", "data_version"} <= tables:
        reason = "it belongs to another program" if tables else "it is empty"
        raise StoreUnavailable(f"{name} is not a Dateline database: {reason}")
    versions = [version for (version,) in reader.rows("SELECT version_num FROM alembic_version")]
    if versions == [upgrade.UNFINISHED]:
        raise upgrade.unfinished(name)
    if not versions or versions[0] not in upgrade.versions():
        version = versions[0] if versions else "none"
        raise StoreUnavailable(
            f"{name} is of a newer version ({version}) than this program; upgrade Dateline"
        )
    return str(versions[0])


def examine(copy: Path, name: Path, on_progress: OnCopyProgress) -> Contents:
    """Verify a copy, upgrade it to this program's version, and return what it contains; errors call it `name`.

    Raises DatabaseDamaged for a copy that is broken or incomplete, StoreUnavailable for another program's or a newer
    one.
    """
    engine = connect_file(copy)
    backend = backend_of(engine)
    try:
        with closing(backend.open_reader(engine, name)) as reader:
            version = schema_version(reader, name)
            backend.check_integrity(reader, name)
        size = copy.stat().st_size
        if version != upgrade.versions()[0]:
            with backend.guarded(engine):
                upgrade.upgrade(engine)
        engine.dispose()
        with closing(backend.open_reader(engine, name)) as reader:
            contents = _counted(backend, reader, name)
            _check_features(reader, name, contents.events, on_progress)
    finally:
        engine.dispose()
    return contents._replace(version=version, bytes=size)


def _counted(backend: Backend, reader: DatabaseReader, name: Path) -> Contents:
    """Count everything; raise DatabaseDamaged unless each event has a Feature and full text, and each place a pin."""
    counts = reader.rows(
        "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM event WHERE status = 'published'),"
        " (SELECT count(*) FROM history), (SELECT count(*) FROM api_key WHERE revoked IS NULL),"
        " (SELECT moment FROM data_version), (SELECT count(*) FROM encoded), (SELECT count(*) FROM place)"
    )
    events, published, changes, keys, newest, features, places = counts[0]
    texts, pins = backend.search_counts(reader)
    if not events == features == texts:
        raise DatabaseDamaged(
            f"{name} is damaged: it has {events} events, but {features} Features and {texts} rows of full text"
        )
    if places != pins:
        raise DatabaseDamaged(f"{name} is damaged: it has {places} places, but {pins} pins in the index")
    return Contents("", events, published, changes, keys, newest, 0)


def _check_features(reader: DatabaseReader, name: Path, events: int, on_progress: OnCopyProgress) -> None:
    """Raise DatabaseDamaged unless every Feature can be decoded and has its event's id."""
    decoder = msgspec.json.Decoder(_EncodedEvent)
    rows = reader.stream("SELECT e.id, f.feature FROM encoded f JOIN event e ON e.pk = f.event")
    for number, (id_, feature) in enumerate(rows):
        try:
            matches = decoder.decode(feature).id == id_
        except msgspec.DecodeError:
            matches = False
        if not matches:
            raise DatabaseDamaged(f"{name} is damaged: the Feature of the event {id_!r} cannot be read")
        if number % _EVENTS_BETWEEN_REPORTS == 0:
            on_progress(number, events)
