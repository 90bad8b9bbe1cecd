"""GeoPackages: a layer is read as it is, with its date columns, and the others are named."""

import io
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from timeline.errors import BadFile
from timeline.readers import Row, reader_for

BOX = shapely.box(3, 51, 3.1, 51.1)
FIELDS = {
    "title": np.array(["A", "B", "C"], dtype=object),
    "category": np.array(["raid"] * 3, dtype=object),
    "date": np.array(["2021-04-03", "NaT", "1899-12-31"], dtype="datetime64[D]"),
    "seen": np.array(["2021-04-03T14:30:00", "NaT", "2021-04-04T00:00:00"], dtype="datetime64[ms]"),
    "killed": np.array([3, 0, -1]),
    "fatal": np.array([True, False, True]),
}


def write(
    path: Path, layer: str = "raids", *, crs: str | None = "EPSG:4326", append: bool = False, **more: Any
) -> Path:
    """Write three features as a layer; `more` are further fields."""
    fields = {**FIELDS, **more}
    shapes = shapely.to_wkb(np.array([shapely.Point(3.72, 51.05), BOX, None]))
    pyogrio.raw.write(
        path, shapes, list(fields.values()), list(fields), layer=layer, driver="GPKG", crs=crs,
        geometry_type="Unknown", append=append,
    )  # fmt: skip
    return path


def read(path: Path, sheet: str | None = None) -> tuple[list[Row], list[str]]:
    """Return the rows of a file, and the notes about it."""
    stream, notes = io.BytesIO(path.read_bytes()), list[str]()
    reader = reader_for(path.name, None, stream, sheet=sheet)
    stream.seek(0)
    return list(reader(stream, notes.append)), notes


def change(path: Path, statement: str, *values: Any) -> None:
    """Run a statement without the triggers of the spatial index, which call functions of GDAL."""
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(statement, values)
    database.close()


def test_the_features_of_a_layer_are_read(tmp_path: Path) -> None:
    rows, notes = read(write(tmp_path / "a.gpkg"))
    assert dict(rows[0].columns) == {
        "fid": 1, "title": "A", "category": "raid", "date": "2021-04-03", "seen": "2021-04-03T14:30:00", "killed": 3,
        "fatal": True,
    }  # fmt: skip
    assert [row.at for row in rows] == ["feature 1 (A)", "feature 2 (B)", "feature 3 (C)"]
    assert [row.points for row in rows] == [((3.72, 51.05),), ((3.05, 51.05),), ()]
    assert (rows[1].columns["date"], rows[1].columns["geometry"]["type"]) == (None, "Polygon")
    assert (rows[2].columns["date"], rows[1].radius_km > 5, notes) == ("1899-12-31", True, [])


def test_a_layer_is_chosen_and_the_others_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg")
    write(path, "arrests 2021", append=True, place=np.array(["Gent"] * 3, dtype=object))
    with pytest.raises(BadFile, match="tables of events on the layers 'raids' and 'arrests 2021'") as error:
        read(path)
    assert "--sheet raids or --sheet 'arrests 2021'" in str(error.value)
    rows, notes = read(path, "arrests 2021")
    assert (rows[0].columns["place"], "another layer, 'raids', which is not imported" in notes[0]) == (
        "Gent",
        True,
    )
    assert "place" not in read(path, "1")[0][0].columns
    with pytest.raises(BadFile, match="no layer 'x'; expected one of its layers 'raids', 'arrests 2021'"):
        read(path, "x")


def test_a_table_without_geometries_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.raw.write(path, None, list(FIELDS.values()), list(FIELDS), layer="list", driver="GPKG", crs=None)
    rows, _ = read(path)
    assert [(row.columns["title"], row.points) for row in rows] == [("A", ()), ("B", ()), ("C", ())]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:31370"])
def test_coordinates_of_a_projection_are_refused_with_a_way_to_convert_them(tmp_path: Path, crs: str) -> None:
    with pytest.raises(BadFile, match=f"in '{crs}'; expected degrees of WGS84 .* ogr2ogr -t_srs EPSG:4326"):
        read(write(tmp_path / "a.gpkg", crs=crs))


def test_binary_values_are_left_out_and_reported_and_bad_texts_reject_their_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", photo=np.array(["x", "y", None], dtype=object))
    change(path, "UPDATE raids SET photo = x'ff00' WHERE fid = 1")
    change(path, "UPDATE raids SET title = CAST(x'ff61' AS TEXT) WHERE fid = 2")
    rows, notes = read(path)
    assert ("photo" in rows[0].columns, rows[1].problem, rows[2].problem) == (
        False, "has a text that is not UTF-8", None,
    )  # fmt: skip
    assert notes == [
        "has 1 binary value in the column 'photo', not imported, since an event has only texts and numbers"
    ]


@pytest.mark.parametrize(
    ("binary", "reason"),
    [(b"GP\x00\x01abc", "is not a geometry of a GeoPackage"), (b"GP\x00\x01\x00\x00\x00\x00nonsense", "cannot be read"),
     (b"GP\x00\x21\x00\x00\x00\x00....", "extended geometry"), (b"WKB", "is not a geometry")],
)  # fmt: skip
def test_a_broken_geometry_rejects_its_row(tmp_path: Path, binary: bytes, reason: str) -> None:
    path = write(tmp_path / "a.gpkg")
    change(path, "UPDATE raids SET geom = ? WHERE fid = 1", binary)
    rows, _ = read(path)
    assert reason in (rows[0].problem or "")
    assert [row.problem for row in rows[1:]] == [None, None]


def test_views_and_virtual_tables_are_never_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg")
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS title, 1 AS date FROM n"
    )
    change(path, f"CREATE VIEW evil AS {endless}")
    change(
        path,
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
    )
    rows, _ = read(path)
    assert len(rows) == 3
    with pytest.raises(BadFile, match="no layer 'evil'"):
        read(path, "evil")


def test_another_database_is_refused_with_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    change(path, "CREATE TABLE events (title)")
    with pytest.raises(BadFile, match="is an SQLite database with the tables 'events', not a GeoPackage"):
        read(path)
    path.write_bytes(b"SQLite format 3\x00" + bytes(5_000))
    with pytest.raises(BadFile, match="cannot be read as a GeoPackage"):
        read(path)
    path.write_bytes(write(tmp_path / "b.gpkg").read_bytes()[:40_000])
    with pytest.raises(BadFile, match="cannot be read as a GeoPackage"):
        read(path)
