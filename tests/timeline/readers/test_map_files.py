"""KML, KMZ and GPX: Placemarks and waypoints become rows; everything else in a file is named in the report."""

import io
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from spreadsheets import archive

from timeline.errors import BadFile
from timeline.readers import Row, reader_for

POINT = "<Point><coordinates>3.72,51.05,0</coordinates></Point>"


def read(name: str, data: str | bytes) -> tuple[list[Row], list[str]]:
    """Return the rows of a file, and the notes about it."""
    stream, notes = io.BytesIO(data.encode() if isinstance(data, str) else data), list[str]()
    reader = reader_for(name, None, stream)
    stream.seek(0)
    return list(reader(stream, notes.append)), notes


def kml(*parts: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand --><kml xmlns="http://www.opengis.net/kml/2.2" '
        f'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>{"".join(parts)}</Document></kml>'
    )


def placemark(*parts: str) -> str:
    return f"<Placemark>{''.join(parts)}</Placemark>"


def only(*parts: str) -> Row:
    (row,), _ = read("a.kml", kml(placemark(*parts)))
    return row


@pytest.mark.parametrize(("time", "columns"), [
    ("<TimeStamp><when>2021-04-03</when></TimeStamp>", {"date": "2021-04-03"}),
    ("<gx:TimeStamp><when>2021-04</when></gx:TimeStamp>", {"date": "2021-04"}),
    ("<TimeSpan><begin>2020</begin><end>2021-05</end></TimeSpan>", {"start": "2020", "end": "2021-05"}),
    ("<TimeSpan><begin>2020</begin></TimeSpan>", {"start": "2020", "end": ".."}),
    ("<TimeSpan><end>2020</end></TimeSpan>", {"start": "..", "end": "2020"}),
    ("<TimeSpan/>", {}), ("<LookAt><gx:TimeStamp><when>2021</when></gx:TimeStamp></LookAt>", {}),
    ("<gx:Track><when>2021-04-03T10:00:00Z</when><when>2021-04-03T11:00:00Z</when><gx:coord>3 51 0</gx:coord>"
     "<gx:coord>4 51 0</gx:coord></gx:Track>", {"start": "2021-04-03T10:00:00Z", "end": "2021-04-03T11:00:00Z"}),
])  # fmt: skip
def test_the_time_of_a_placemark_is_read(time: str, columns: dict[str, str]) -> None:
    row = only("<name>A</name>", time)
    assert {name: value for name, value in row.columns.items() if name in ("date", "start", "end")} == columns


RING = "<LinearRing><coordinates>3,51 3.1,51 3.1,51.1 3,51</coordinates></LinearRing>"


@pytest.mark.parametrize(("shape", "points", "stored"), [
    (POINT, ((3.72, 51.05),), None), ("", (), None), (POINT.replace(",0<", ",7<"), ((3.72, 51.05),), "Point"),
    (f"<MultiGeometry>{POINT}<Point><coordinates>\n 4,50 \n</coordinates></Point></MultiGeometry>",
     ((3.72, 51.05), (4.0, 50.0)), None),
    (f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>", ((3.075, 51.05),), "Polygon"),
    ("<LineString><coordinates>3,51,0 3,52,0</coordinates></LineString>", ((3.0, 51.0),), "LineString"),
    (f"<MultiGeometry>{RING}{POINT}</MultiGeometry>", ((3.05, 51.05),), "GeometryCollection"),
    ("<Model><Location><longitude>3</longitude><latitude>51</latitude></Location></Model>", ((3.0, 51.0),), None),
])  # fmt: skip
def test_the_geometry_of_a_placemark_is_read(
    shape: str, points: tuple[object, ...], stored: str | None
) -> None:
    row = only("<name>A</name>", shape)
    geometry = row.columns.get("geometry")
    assert (row.problem, len(row.points), geometry and geometry["type"]) == (None, len(points), stored)
    if stored in (None, "LineString"):
        assert row.points == points


@pytest.mark.parametrize("coordinates", ["3.72, 51.05", "", "north", "3.72"])
def test_coordinates_that_cannot_be_read_reject_the_placemark_and_are_quoted(coordinates: str) -> None:
    row = only("<name>A</name>", f"<Point><coordinates>{coordinates}</coordinates></Point>")
    assert f"geometry: the coordinates {coordinates!r} cannot be read" in (row.problem or "")


def test_all_elements_of_a_placemark_become_columns() -> None:
    row = only(
        "<name>A raid</name><description><![CDATA[At <b>dawn</b>,<br>in R&amp;D]]></description><styleUrl>#a</styleUrl>"
        '<address>Kouter 1</address><atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="https://example.org/a"/>',
        '<ExtendedData><Data name="category"><displayName>Kind</displayName><value>raid</value></Data>'
        '<Data name="name"><value>Raid A</value></Data><SchemaData schemaUrl="#s"><SimpleData name="killed">3'
        '</SimpleData></SchemaData><camp:number xmlns:camp="http://camp.example">14</camp:number></ExtendedData>',
    )
    assert row.columns == {
        "name": "A raid", "description": "At dawn,\nin R&D", "description (HTML)": "At <b>dawn</b>,<br>in R&amp;D",
        "place": "Kouter 1", "link": "https://example.org/a", "category": "raid", "name (2)": "Raid A", "killed": "3",
        "number": "14",
    }  # fmt: skip
    assert row.at == "placemark 1 (A raid)"


def test_the_names_of_the_folders_around_a_placemark_are_a_column() -> None:
    inner = f"<Folder><name>2021</name>{placemark('<name>A</name>')}</Folder>"
    rows, _ = read("a.kml", kml(f"<Folder><name>Raids</name>{inner}{placemark('<name>B</name>')}</Folder>"))
    assert [row.columns["folder"] for row in rows] == ["Raids / 2021", "Raids"]


def test_what_is_no_placemark_is_reported_and_never_followed() -> None:
    link = "<NetworkLink><name>more</name><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink>"
    folder = "<Folder><name>f</name><description>About</description><TimeSpan><begin>2020</begin></TimeSpan></Folder>"
    style = '<Style id="a"><IconStyle/></Style>'
    _, notes = read(
        "a.kml", kml("<name>My map</name>", style, link, folder, placemark("<name>A</name>", style))
    )
    assert notes == [
        "has the name 'My map' for the whole file, which is not imported",
        "has 1 NetworkLink, 1 TimeSpan of a folder, 1 description of a folder: not imported, since only Placemarks are "
        "events",
        "has elements that say only how a map shows the Placemarks, not imported: Style",
    ]
    with pytest.raises(BadFile, match="has no Placemark, but 1 NetworkLink; expected one for each event"):
        read("a.kml", kml(link))


def test_all_kml_files_of_an_archive_are_read() -> None:
    link = kml("<NetworkLink><Link><href>layers/a.kml</href></Link></NetworkLink>")
    parts = {"files/a.png": b"", "layers/a.kml": kml(placemark("<name>A</name>", POINT)), "doc.kml": link}
    data = archive(**{name: text.encode() if isinstance(text, str) else text for name, text in parts.items()})
    for name in ("a.kmz", "a.zip"):
        rows, notes = read(name, data)
        assert [row.at for row in rows] == ["placemark 1 (A)"]
        assert any(
            "several KML files, which are all read: 'doc.kml', 'layers/a.kml'" in note for note in notes
        )


def gpx(*parts: str) -> str:
    return f'<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{"".join(parts)}</gpx>'


WAYPOINT = (
    '<wpt lat="51.05" lon="3.72"><ele>3</ele><time>2021-04-03T14:30:00Z</time><name>A raid</name><cmt>seen</cmt>'
    '<desc>At dawn</desc><link href="https://example.org/a"><text>Story</text></link><type>raid</type>'
    '<extensions><x:depth xmlns:x="http://x.example">4</x:depth></extensions></wpt>'
)


def test_a_waypoint_becomes_a_row_with_all_its_elements() -> None:
    (row,), notes = read("a.gpx", gpx(WAYPOINT))
    assert row.columns == {
        "ele": "3", "date": "2021-04-03T14:30:00Z", "name": "A raid", "comment": "seen", "summary": "At dawn",
        "link": "https://example.org/a", "link_text": "Story", "type": "raid", "depth": "4",
    }  # fmt: skip
    assert (row.points, row.at, notes) == ((("3.72", "51.05"),), "waypoint 1 (A raid)", [])


def test_tracks_and_routes_are_reported() -> None:
    track = '<trk><trkseg><trkpt lat="1" lon="2"><time>2021-01-01T00:00:00Z</time></trkpt></trkseg></trk>'
    rows, notes = read("a.gpx", gpx(WAYPOINT, track, track, "<rte/>"))
    assert (len(rows), notes) == (
        1,
        ["has 2 tracks and 1 route besides its waypoints, which are not imported"],
    )
    with pytest.raises(BadFile, match="has 1 track, but no waypoints"):
        read("a.gpx", gpx(track))
    (row,), _ = read("a.gpx", gpx('<wpt lat="51"><name>A</name></wpt>'))
    assert "has no position" in (row.problem or "")


@pytest.mark.parametrize("driver", ["KML", "LIBKML", "GPX"])
def test_a_map_file_of_gdal_is_read(driver: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.gpx" if driver == "GPX" else "a.kml")
    fields = {"name": ["A", "É"], "desc" if driver == "GPX" else "description": ["x", "y & z"]}
    layer = "waypoints" if driver == "GPX" else "raids"
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array([shapely.Point(3.72, 51.05), shapely.Point(4, 50)])),
        [np.array(values, dtype=object) for values in fields.values()], list(fields),
        driver=driver, layer=layer, crs="EPSG:4326", geometry_type="Point",
    )  # fmt: skip
    rows, _ = read(path.name, path.read_bytes())
    texts = [
        (row.columns["name"], row.columns.get("summary", row.columns.get("description"))) for row in rows
    ]
    assert texts == [("A", "x"), ("É", "y & z")]
    assert [tuple(map(float, row.points[0])) for row in rows] == [(3.72, 51.05), (4.0, 50.0)]


@pytest.mark.parametrize(("name", "data", "why"), [
    ("a.kml", kml(placemark("<name>A</name>"))[:-20], "cannot be read as KML: .* expected a complete file"),
    ("a.kml", "<!doctype html><p>Log in", "is a web page"), ("a.kml", "hello", "cannot be read as KML"),
    ("a.kml", "<?xml version='1.0'?><rss/>", "is XML, which no reader reads"), ("a.kmz", b"hello", "KML"),
    ("a.kmz", archive(**{"b.txt": b""}), "with 'b.txt'|expected"), ("a.gpx", gpx(), "has no waypoints"),
])  # fmt: skip
def test_a_broken_map_file_is_refused_with_its_reason(name: str, data: str | bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        read(name, data)
