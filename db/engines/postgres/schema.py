"""The schema in PostgreSQL: made from the tables at once if there is none; later versions come by the migrations.

The tables are those of every engine, with numbers of 64 bits, texts in the order of their code points (collation "C")
and indexes of PostgreSQL's own. `event_text` and `pin_index` are for search.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from psycopg import errors
from sqlalchemy import Connection, Engine, Index, MetaData, Table, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import BigInteger, Boolean, Float, Integer, LargeBinary, String, Text, TypeEngine
from sqlmodel import AutoString, SQLModel

from db.engines.postgres import promotions
from db.engines.postgres.drivers import driver_of
from db.engines.postgres.functions import function_statements
from db.errors import StoreUnavailable
from db.events.tables import PUBLISHED

_EXTENSIONS = ("postgis", "btree_gist")
_MIN_VERSION = 15
TITLE_INDEX_CHARACTERS = 200
_SEARCH_TABLES = {
    "event_text": {"event": "int8", "content": "text"},
    "pin_index": {"place": "int8", "lon": "float8", "lat": "float8", "first": "int8", "last": "int8"},
}
_TIMES = {"first": "int8", "last": "int8"}  # of the event of a pin
_ADDED_COLUMNS: Mapping[str, Mapping[str, str]] = {"place_country": _TIMES}
_SEARCH_STATEMENTS = (
    'CREATE TABLE event_text (event bigint PRIMARY KEY, content text COLLATE "C" NOT NULL, words tsvector'
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(content, ' '), ' '))) STORED)",
    "CREATE INDEX ix_event_text_words ON event_text USING gin (words)",
    "CREATE TABLE pin_index (place bigint PRIMARY KEY, lon float8 NOT NULL, lat float8 NOT NULL, first bigint,"
    " last bigint, geom geometry(Point) GENERATED ALWAYS AS (ST_MakePoint(lon, lat)) STORED,"
    " span int8range GENERATED ALWAYS AS (int8range(first, last, '[]')) STORED)",
    "CREATE INDEX ix_pin_index ON pin_index USING gist (geom, span)",
    # Rows without a first and a last second have a span without bounds, and so are found for every time.
    "ALTER TABLE place_country ADD first bigint, ADD last bigint, ADD span int8range"
    " GENERATED ALWAYS AS (int8range(first, last, '[]')) STORED",
    "CREATE INDEX ix_place_country_span ON place_country USING gist (country, span)",
    # The planner takes a table that was never analysed for one of ten pages, and nearly every query reads this one.
    "ANALYZE embargo",
)


@compiles(Integer, "postgresql")
def _integer(_type: Integer, _compiler: Any, **_: Any) -> str:
    """Return the type to which SQLAlchemy's own statements cast numbers: one of 32 bits would be too small."""
    return "BIGINT"


@cache
def _metadata() -> MetaData:
    """Return the tables with PostgreSQL's indexes."""
    metadata = MetaData()
    for table in SQLModel.metadata.sorted_tables:
        copied = table.to_metadata(metadata)
        for column in copied.columns:
            column.type = _type(column.type)
        for index in list(copied.indexes):
            where = index.dialect_options["sqlite"]["where"]
            if where is not None:
                index.dialect_options["postgresql"]["where"] = where
        if copied.name == "event":
            _replace_indexes(copied)
    return metadata


def _type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return PostgreSQL's type for a column: numbers of 64 bits, and texts that sort by code points."""
    if isinstance(kind, Integer):
        return BigInteger()
    return Text(collation="C") if isinstance(kind, String | AutoString) else kind


def _replace_indexes(event: Table) -> None:
    """Replace the indexes of `event` whose order is another one here: PostgreSQL sorts null first in a descent."""
    newest = text("start_min DESC NULLS LAST")
    for name, parts in (
        ("ix_event_newest", (newest, "id")),
        ("ix_event_category", ("category", newest)),
        ("ix_event_title", (text(f"left(lower(title), {TITLE_INDEX_CHARACTERS})"),)),
    ):
        event.indexes -= {index for index in event.indexes if index.name == name}
        Index(name, *parts, postgresql_where=PUBLISHED, _table=event)


def event_indexes() -> Mapping[str, Index]:
    """Return the indexes of `event` by name."""
    return {str(index.name): index for index in _metadata().tables["event"].indexes}


@cache
def _types(table: str) -> Mapping[str, str]:
    if table in _SEARCH_TABLES:
        return _SEARCH_TABLES[table]
    names: dict[str, str] = dict(_ADDED_COLUMNS.get(table, {}))
    for column in _metadata().tables[table].columns:
        kinds = ((Boolean, "bool"), (Integer, "int8"), (Float, "float8"), (LargeBinary, "bytea"))
        names[column.name] = next((name for kind, name in kinds if isinstance(column.type, kind)), "text")
    return names


def column_types(table: str, columns: Sequence[str]) -> list[str]:
    """Return PostgreSQL's names of the types of some columns."""
    types = _types(table)
    return [types[column] for column in columns]


def own_tables() -> list[str]:
    """Return the names of all tables of the schema, those for search included."""
    return [*(table.name for table in _metadata().sorted_tables), *_SEARCH_TABLES]


def prepare(_engine: Engine, *, log: bool = True) -> None:
    """Do nothing: `create_schema` sets what a new database needs."""


def create_schema(connection: Connection) -> bool:
    """Create the tables of this program's version in an empty database, without rows; return True.

    Raises StoreUnavailable for an older server, another encoding than UTF-8, or no right to install PostGIS.
    """
    _check_version(connection)
    _check_encoding(connection)
    for extension in _EXTENSIONS:
        _create_extension(connection, extension)
    _metadata().create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
    for statement in (*_SEARCH_STATEMENTS, *function_statements(), *promotions.statements()):
        driver_of(connection).execute(statement)
    return True


def _check_version(connection: Connection) -> None:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < _MIN_VERSION * 10_000:
        raise StoreUnavailable(
            f"the database {connection.engine.url.database} is on PostgreSQL {number // 10_000}; expected"
            f" {_MIN_VERSION} or newer"
        )


def _create_extension(connection: Connection, name: str) -> None:
    try:
        driver_of(connection).execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except errors.InsufficientPrivilege:
        raise StoreUnavailable(
            f"the database {connection.engine.url.database} lacks the extension {name}, which this user may not"
            f" install; run 'CREATE EXTENSION {name}' there as a superuser"
        ) from None


def _check_encoding(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"the database {connection.engine.url.database} has the encoding {encoding}; expected UTF8, as in"
            " 'createdb --encoding UTF8 --template template0 events'"
        )
