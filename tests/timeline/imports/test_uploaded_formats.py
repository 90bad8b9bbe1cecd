"""POST /imports takes every format, chosen by the name of the file or by its Content-Type."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyogrio
import pytest
import shapely
from databases import Databases
from newsroom import create_database
from spreadsheets import archive, cell, ods, row

DATA = Path(__file__).parents[2] / "data"
KML = "<kml><Folder>{}</Folder></kml>".format(
    "".join(
        f"<Placemark><name>{name}</name><TimeStamp><when>{day}</when></TimeStamp><Point><coordinates>3.7,51</coordinates>"
        "</Point></Placemark>"
        for name, day in (("K1", "2021-04-03"), ("K2", "soon"))
    )
)
GPX = '<gpx><wpt lat="51" lon="3.7"><name>G1</name><time>2021-04-03T10:00:00Z</time></wpt><wpt lat="99" lon="3"/></gpx>'
TABLE = b"title,date\nZ1,2021\nZ2,soon\n"
SHEET = ods(row("title", "date"), row("O1", cell("2021-04-03", "date")), row("O2", "soon"))


class Client:
    """Sends files to a server with an editor's key, and waits for their imports."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.headers = url, {"Authorization": f"Bearer {key}"}

    def post(self, path: str, content_type: str | None = None, **body: Any) -> httpx.Response:
        headers = self.headers | ({"Content-Type": content_type} if content_type else {})
        return httpx.post(self.url + path, headers=headers, timeout=30, **body)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=self.headers)

    def finished(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 202, response.text
        path = response.headers["location"].removeprefix(self.url)
        for _ in range(300):
            job: dict[str, Any] = self.get(path).json()
            if job["state"] != "running":
                return job | {"path": path}
            time.sleep(0.1)
        raise TimeoutError(path)


@pytest.fixture(scope="module")
def client(serve: Callable[..., Any], databases: Databases) -> Client:
    database = databases.new()
    keys = create_database(database)
    return Client(serve(database).url, keys["editor"])


def geopackage(folder: Path) -> bytes:
    path = folder / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(3.7, 51)] * 2))
    fields = {
        "title": np.array(["P1", "P2"], dtype=object),
        "date": np.array(["2021-04-03", "soon"], dtype=object),
    }
    pyogrio.raw.write(
        path, points, list(fields.values()), list(fields), layer="raids", driver="GPKG", crs="EPSG:4326",
        geometry_type="Point",
    )  # fmt: skip
    return path.read_bytes()


@pytest.mark.parametrize(("name", "content", "unit"), [
    ("a.ods", SHEET, "line 3"), ("a.kml", KML.encode(), "placemark 2 (K2)"), ("a.gpx", GPX.encode(), "waypoint 2"),
    ("a.gpkg", None, "feature 2 (P2)"), ("a.zip", archive(**{"data.csv": TABLE}), "line 3"),
    ("a.kmz", archive(**{"doc.kml": KML.replace("K", "Z").encode()}), "placemark 2 (Z2)"),
])  # fmt: skip
def test_a_file_of_each_format_is_imported_and_its_rejected_rows_are_csv(
    client: Client, tmp_path: Path, name: str, content: bytes | None, unit: str
) -> None:
    content = geopackage(tmp_path) if content is None else content
    job = client.finished(client.post(f"/imports?name={name}&set=category=raid", content=content))
    report: dict[str, Any] = job["report"]
    assert (job["state"], report.get("created"), report.get("rows")) == ("done", 1, 2), report
    assert [remark["at"] for remark in report["rejected"]["rows"]] == [unit]
    assert f"{unit}: " in client.get(f"{job['path']}/rejected.csv").text


def test_a_workbook_before_2007_and_its_sheet_are_taken(client: Client) -> None:
    content = (DATA / "workbook.xls").read_bytes()
    job = client.finished(client.post("/imports?name=a.xls&sheet=Events&dry_run=1", content=content))
    assert (job["state"], job["report"]["created"]) == ("done", 3)
    job = client.finished(client.post("/imports?name=a.xls&sheet=Raids&dry_run=1", content=content))
    assert "has no sheet 'Raids'; expected one of its sheets 'Events', 'Codes'" in job["report"]["error"]


def test_each_item_of_a_list_is_imported(client: Client) -> None:
    content = b'[{"title": "L1", "category": "raid", "dates": ["2021-04-03", "2021-04-10"]}]'
    job = client.finished(client.post("/imports?name=a.json&each=dates&dry_run=1", content=content))
    assert (job["state"], job["report"]["created"]) == ("done", 2)
    job = client.finished(client.post("/imports?name=a.json&each=days&dry_run=1", content=content))
    assert "has no object with a list 'days'; its lists are 'dates'" in job["report"]["error"]


def test_a_question_about_sheets_names_the_parameters_that_answer_it(client: Client) -> None:
    headings = row("title", "date")
    content = ods(headings, row("Q1", "2021"), **{"Année 2": headings + row("Q2", "2022")})
    job = client.finished(client.post("/imports?name=q.ods&set=category=raid", content=content))
    parameters = job["report"]["problem"]["parameters"]
    assert parameters == ["sheet=Events", "sheet=Année 2"]
    assert "--" not in job["report"]["error"]
    for parameter in parameters:
        answered = client.finished(
            client.post(f"/imports?name=q.ods&set=category=raid&{parameter}", content=content)
        )
        assert answered["report"]["created"] == 1


def test_an_upload_without_a_name_is_read_by_its_content_type(client: Client) -> None:
    for media_type, content in (
        ("application/vnd.google-earth.kml+xml", KML.replace("K", "Y")),
        ("text/csv; charset=utf-8", "title,date\nT1,2021\n"),
    ):
        job = client.finished(client.post("/imports?set=category=raid", media_type, content=content))
        assert (job["state"], job["report"]["created"]) == ("done", 1)
    file = {"file": ("download", KML.replace("K", "X"), "application/vnd.google-earth.kml+xml")}
    job = client.finished(client.post("/imports", files=file, data={"set": "category=raid"}))
    assert (job["name"], job["report"]["created"]) == ("download.kml", 1)
    assert client.post("/imports", "image/png", content="x").status_code == 400
