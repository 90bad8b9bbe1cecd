"""Bad input is always a problem that says what was wrong, what was expected, and gives an example."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from sys import executable
from typing import Any

import httpx
import pytest
from databases import Databases, run_sql

from db.errors import StoreUnavailable
from db.store import Store

BAD = {
    "datetiem=2020": "datetime",
    "foo=1": "bbox",
    "datetime=yesterday": "2023-05",
    "datetime=2023/2020": "after the end",
    "datetime=2023-02-30": "no day 30",
    "datetime=": "empty",
    "datetime=2023-21": "season",
    "match=maybe": "certain",
    "undated=ony": "only",
    "unplaced=no": "exclude",
    "bbox=1,2,3,4,5": "has 5",
    "bbox=1,2,3": "has 3",
    "bbox=a,b,c,d": "'a'",
    "bbox=nan,0,1,1": "finite",
    "bbox=0,-91,1,1": "-90",
    "bbox=inf,0,1e400,1": "finite",
    "bbox=0,5,1,1": "greater than north",
    "near=4.35": "2 numbers",
    "near=nan,50": "finite",
    "near=4.35,95": "out of range",
    "radius=5": "near",
    "near=1,1&radius=0": "between",
    "near=1,1&radius=inf": "finite",
    "country=Germany": "DE",
    "country=ZZ": "alpha-2",
    "category=rade": "raid",
    "precision=city,town": "neighbourhood",
    "min_precision=town": "neighbourhood",
    "limit=0": "from 1",
    "limit=ten": "ten",
    "limit=-1": "from 1",
    "limit=1.5": "from 1",
    "limit=%D9%A3": "from 1",
    "cursor=abc": "next",
    "cursor=%C3%A9": "next",
    "cursor=W10": "next",
    "sortby=dat": "-date",
    "properties=tilte": "title",
    "geometry=polygon": "shape",
    "f=xml": "geojson",
    "lang=zz-top": "language",
    "lang=../../etc": "language",
    "q=%22%22": "word",
    "q=%FF": "UTF-8",
    "limit=1&limit=2": "twice",
    "country=,": "empty",
    "ids=,": "empty",
    "near=1,1&radius=1,2": "1 number",
}


@pytest.mark.parametrize("query", BAD)
def test_a_bad_value_is_a_400_that_explains_itself(server: Any, query: str) -> None:
    response = server.get(f"/events?{query}")
    problem = response.json()
    assert response.status_code == problem["status"] == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert BAD[query] in problem["detail"]
    assert problem["parameter"] == query.split("=")[0] or "&" in query
    assert "example" in problem or "nearest" in problem or "expected one of" in problem["detail"]


@pytest.mark.parametrize("query", ["q=a&utm_source=x", "fbclid=1", "gclid=2&utm_medium=y"])
def test_tracking_parameters_are_ignored(server: Any, query: str) -> None:
    assert server.get(f"/events?{query}").status_code == 200


def test_a_cursor_of_another_filter_is_refused(server: Any) -> None:
    page = server.get("/events?limit=2").json()
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    response = httpx.get(following + "&country=NL")
    assert response.status_code == 400
    assert "another filter" in response.json()["detail"]


def test_a_limit_above_the_maximum_is_clamped(server: Any) -> None:
    assert server.get("/events?limit=999999999999").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nope", 404),
        ("/collections/nope", 404),
        ("/collections/events/items/nope", 404),
        ("/static/../app.py", 404),
    ],
)
def test_a_missing_resource_is_a_problem(server: Any, path: str, status: int) -> None:
    response = server.get(path)
    assert response.status_code == response.json()["status"] == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_not_json_is_a_problem_and_not_a_500(server: Any) -> None:
    response = httpx.post(
        server.url + "/events", content=b"{not json", headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize("length", [60_000, 70_000, 2_000_000])
def test_a_very_long_query_string_is_a_problem(server: Any, length: int) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        wire.sendall(
            b"GET /events?foo=" + b"a" * length + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        response = wire.recv(4096)
    assert response.split(b" ")[1] in (b"400", b"414")
    assert b"application/problem+json" in response


def test_a_strange_host_is_refused(server: Any) -> None:
    response = server.get("/events", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "TIMELINE_ALLOWED_HOSTS" in response.json()["detail"]


def test_no_proxy_is_believed_by_default(server: Any) -> None:
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    assert "evil" not in server.get("/", headers=forwarded).text


def test_a_trusted_proxy_is_believed(serve: Callable[..., Any], seeded: str) -> None:
    server = serve(
        seeded, TIMELINE_TRUSTED_PROXIES="127.0.0.1", TIMELINE_ALLOWED_HOSTS="news.example,127.0.0.1"
    )
    headers = {"X-Forwarded-Host": "news.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/map"}
    links = server.get("/", headers=headers).json()["links"]
    assert links[0]["href"] == "https://news.example/map/"
    server.stop()


def test_a_configured_base_address_makes_every_link(serve: Callable[..., Any], seeded: str) -> None:
    server = serve(seeded, TIMELINE_BASE_URL="https://news.example/map")
    for link in server.get("/events?limit=1").json()["links"]:
        assert link["href"].startswith("https://news.example/map/")
    server.stop()


@pytest.mark.parametrize("kind", ["bare", "newer", "foreign"])
def test_an_unusable_database_is_reported_in_one_line(
    kind: str, databases: Databases, tmp_path: Path
) -> None:
    url = databases.bare(tmp_path) if kind in ("bare", "foreign") else databases.new(tmp_path)
    if kind == "foreign":
        run_sql(url, "CREATE TABLE event (id TEXT)")
    elif kind == "newer":
        run_sql(url, "UPDATE alembic_version SET version_num = '9999'")
    assert url.rpartition("/")[2] in _error_of_serve(url)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_file_that_is_not_a_database_is_reported_and_left_alone(
    content: bytes | None, tmp_path: Path
) -> None:
    database = tmp_path / "events.db"
    if content is not None:
        database.write_bytes(content)
    assert str(database) in _error_of_serve(f"sqlite:///{database}")
    assert (database.read_bytes() if database.exists() else None) == content


def _error_of_serve(url: str) -> str:
    """Return the line that `timeline serve` prints when it cannot use a database."""
    command = [executable, "-m", "timeline", "serve", "--port", "0"]
    env = {**os.environ, "TIMELINE_DATABASE_URL": url}
    done = run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    return line


def test_a_database_of_another_program_is_not_migrated(databases: Databases, tmp_path: Path) -> None:
    url = databases.bare(tmp_path)
    run_sql(url, "CREATE TABLE event (id TEXT)")
    store = Store(url)
    with pytest.raises(StoreUnavailable, match="another program"):
        store.migrate()
    store.close()


def test_a_database_that_breaks_while_serving_is_a_503(
    serve: Callable[..., Any], database_url: str, engine_name: str
) -> None:
    server = serve(database_url)
    run_sql(database_url, "DROP TABLE data_version")
    name = database_url.rpartition("/")[2]
    response = server.get("/events")
    assert response.status_code == 503
    assert "migrate" in response.json()["detail"]
    assert f"the database {name}" in response.json()["detail"], "where it is is only in the log"
    server.stop()
    where = name if engine_name == "postgres" else database_url.removeprefix("sqlite:///")
    assert where in server.log.read_text(), "but the operator is told"


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8000@evil.example",
        "127.0.0.1/evil",
        "127.0.0.1:99999999",
        "evil.example",
        "",
        "127.0.0.1 x",
    ],
)
def test_a_malformed_host_makes_no_links(server: Any, host: str) -> None:
    response = server.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.headers.get("location", "")


def test_the_server_answers_under_the_prefix_of_its_base_address(
    serve: Callable[..., Any], seeded: str
) -> None:
    server = serve(seeded, TIMELINE_BASE_URL="https://news.example/map")
    assert (
        server.get("/map/events?limit=1").json()["features"]
        == server.get("/events?limit=1").json()["features"]
    )
    assert server.get("/map").json()["links"]
    assert server.get("/mapevents").status_code == 404
    back = server.get("/map/?category=&f=html")
    assert (back.status_code, back.headers["location"]) == (303, "/map/?f=html")
    server.stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "localhost"),
        ("LANG", "xx-nope"),
        ("BASE_URL", "example.org"),
        ("READ_TIMEOUT", "0"),
    ],
)
def test_a_bad_setting_is_one_line(name: str, value: str, seeded: str) -> None:
    env = {**os.environ, "TIMELINE_DATABASE_URL": seeded, f"TIMELINE_{name}": value}
    done = run([executable, "-m", "timeline", "serve"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"TIMELINE_{name}" in done.stderr


def test_an_address_with_unencoded_letters_is_a_problem_that_says_how(server: Any) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        wire.sendall("GET /events?q=Umbaúba HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert "percent-encoded" in wire.recv(4096).decode()


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_a_period_open_on_both_sides_is_shown_as_a_page(server: Any, path: str) -> None:
    assert server.get(f"{path}?datetime=../..", headers={"Accept": "text/html"}).status_code == 200
