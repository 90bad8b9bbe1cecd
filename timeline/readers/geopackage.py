"""Read a layer of a GeoPackage (OGC 12-128): a row for each feature, or for each record of a table without geometry.

The file is opened read-only as a copy, since SQLite needs a path. Only tables that the file lists are read, never views
or virtual tables, whose definitions could run any query.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, NamedTuple

from msgspec import structs

from timeline.errors import BadFile
from timeline.exchange.checks import names_problem, storage_problem
from timeline.exchange.name_lists import listed
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.geojson import placed_row
from timeline.readers.parts.geopackage_geometry import geometry_of
from timeline.readers.parts.json_outline import is_in_degrees
from timeline.readers.parts.sheet_choice import Sheet, check_number, chosen_sheet

MAX_VALUE_BYTES = 50_000_000  # of a text or geometry
_LAYERS = """
    SELECT c.table_name, c.data_type, g.column_name, g.srs_id, s.organization || ':' || s.organization_coordsys_id
    FROM gpkg_contents c
    LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
    LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
    JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
    WHERE c.data_type IN ('features', 'attributes') ORDER BY c.rowid
"""
_OTHERS = (
    "SELECT table_name FROM gpkg_contents WHERE data_type NOT IN ('features', 'attributes') ORDER BY rowid"
)
_TITLES = ("title", "name", "headline", "event")
_UNDEFINED = (None, -1, 0)  # numbers of reference systems that are not known


class _Text(bytes):
    """A text as the file has it: one that is not UTF-8 rejects its row only. Other bytes are binary values."""


class _Layer(NamedTuple):
    """A table of the file, its column of geometries, and its coordinate reference system, such as "EPSG:4326"."""

    table: str
    geometry: str | None
    system: str | None


def read(stream: BinaryIO, note: Note, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows of a layer; raise BadFile for another file. `sheet` is the name or number of the layer."""
    try:
        with _opened(stream) as database:
            layers = _layers(database)
            sheets = [_described(database, layer) for layer in layers]
            layer = layers[chosen_sheet(sheets, sheet, note, "layer")]
            if others := [decoded(name) for (name,) in database.execute(_OTHERS)]:
                note(f"has tiles or other content, {listed(others)}, which is not imported")
            _check_degrees(layer)
            yield from _rows(database, layer, note)
    except sqlite3.Error as error:
        raise BadFile(f"cannot be read as a GeoPackage: {error}; expected a complete file") from None


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[sqlite3.Connection]:
    """Open a copy of the file read-only, without the functions and the trust that its own definitions could use."""
    with NamedTemporaryFile(prefix="timeline-", suffix=".gpkg") as copy:
        copyfileobj(stream, copy)
        copy.flush()
        address = f"{Path(copy.name).as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.text_factory = _Text
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
            for pragma in (
                "trusted_schema = OFF",
                "query_only = ON",
                "cell_size_check = ON",
                "mmap_size = 0",
            ):
                database.execute(f"PRAGMA {pragma}")
            yield database


def _layers(database: sqlite3.Connection) -> list[_Layer]:
    names = {decoded(name) for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if "gpkg_contents" not in names:
        tables = listed(sorted(name for name in names if not name.startswith("sqlite_")))
        raise BadFile(
            f"is an SQLite database with the tables {tables}, not a GeoPackage; expected one, or a table saved as CSV"
        )
    if not {"gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= names:
        raise BadFile("is not a complete GeoPackage; expected the table gpkg_geometry_columns")
    layers = []
    for table, _, geometry, number, system in database.execute(_LAYERS):
        is_known = number not in _UNDEFINED and system is not None
        layers.append(_Layer(decoded(table), decoded(geometry), decoded(system) if is_known else None))
    check_number(len(layers), "layer")
    if not layers:
        raise BadFile("has no layer of features and no table; expected a layer with a row for each event")
    return layers


def decoded(value: Any) -> Any:
    """Return a text of the database as str; raise UnicodeDecodeError if it is not UTF-8. Others stay as they are."""
    return value.decode() if isinstance(value, bytes) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _described(database: sqlite3.Connection, layer: _Layer) -> Sheet:
    cursor = database.execute(f"SELECT * FROM {_quoted(layer.table)} LIMIT 25")  # noqa: S608  # quoted
    columns = [name for name, *_ in cursor.description if name != layer.geometry]
    return Sheet(layer.table, columns, len(cursor.fetchall()), has_points=layer.geometry is not None)


def _check_degrees(layer: _Layer) -> None:
    if layer.geometry and layer.system and not is_in_degrees(layer.system):
        raise BadFile(
            f"has a layer {layer.table!r} with coordinates in {layer.system!r}; expected degrees of WGS84 "
            "(EPSG:4326). Convert it, for example with ogr2ogr -t_srs EPSG:4326 new.gpkg old.gpkg"
        )


def _rows(database: sqlite3.Connection, layer: _Layer, note: Note) -> Iterator[Row]:
    """Yield the rows of a layer; then note which columns have binary values, which no event can have."""
    types = database.execute(f"PRAGMA table_info({_quoted(layer.table)})").fetchall()
    booleans = {decoded(name) for _, name, kind, *_ in types if decoded(kind).upper() == "BOOLEAN"}
    cursor = database.execute(f"SELECT * FROM {_quoted(layer.table)}")  # noqa: S608  # quoted
    names = [name for name, *_ in cursor.description]
    if fault := names_problem(names):
        raise BadFile(fault)
    binary = Counter[str]()
    for number, values in enumerate(cursor, 1):
        columns = dict(zip(names, values, strict=True))
        geometry = columns.pop(layer.geometry, None) if layer.geometry else None
        for name in [name for name, value in columns.items() if type(value) is bytes]:
            binary[name] += 1
            del columns[name]
        for name in booleans & columns.keys():
            columns[name] = bool(columns[name]) if columns[name] in (0, 1) else columns[name]
        yield _row(number, columns, geometry)
    for name, count in binary.items():
        values_are = "1 binary value" if count == 1 else f"{count:,} binary values"
        sentence = f"has {values_are} in the column {name!r}, not imported, since an event has only texts and numbers"
        note(LeftOutNote(sentence, count))


def _row(number: int, columns: dict[str, Any], geometry: bytes | None) -> Row:
    try:
        texts = {name: decoded(value) for name, value in columns.items()}
    except UnicodeDecodeError:
        readable = {
            name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            for name, value in columns.items()
        }
        return Row("feature", number, readable, kind="feature", problem="has a text that is not UTF-8")
    titles = (value for key, value in texts.items() if key.lower() in _TITLES)
    name = next((value[:60] for value in titles if isinstance(value, str) and value), None)
    problem = storage_problem(texts)
    try:
        shape = None if problem else geometry_of(geometry)
        row = placed_row("feature", number, texts, shape)
        return structs.replace(row, problem=problem, name=name)
    except ValueError as error:
        return Row("feature", number, texts, kind="feature", problem=f"geometry: {error}", name=name)
