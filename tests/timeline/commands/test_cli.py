"""The command line runs on real files, reports each error in one line, and returns the documented exit status."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from databases import Databases

from timeline.cli import hidden
from timeline.commands import cli
from timeline.readers import SUFFIXES

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]
ROWS = "title,category,date,lat,lon\na,raid,2020,50.93,5.34\nb,arrest,2022-05,51.92,4.48\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_DATABASE_URL", raising=False)
    runner = CliRunner()
    return lambda *args: runner.invoke(cli, [str(arg) for arg in args], prog_name="timeline")


@pytest.fixture
def rows(run: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write two rows to a file; commands use a new database."""
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    assert run("migrate").exit_code == 0
    file = tmp_path / "rows.csv"
    file.write_text(ROWS)
    return file


def test_help_lists_every_command_and_every_command_has_examples(run: Run) -> None:
    listed = run("--help").output
    for name in (
        "demo",
        "serve",
        "migrate",
        "seed",
        "import",
        "export",
        "review",
        "keys",
        "geocode",
        "gazetteer",
    ):
        assert re.search(rf"^  {name} ", listed, re.MULTILINE)
        assert "Example" in run(name, "--help").output


def test_help_of_import_lists_every_input_format(run: Run) -> None:
    text = run("import", "--help").output
    assert all(suffix in text for suffix in SUFFIXES)


def test_help_of_serve_lists_every_setting(run: Run) -> None:
    from timeline.settings import Settings

    text = run("serve", "--help").output
    assert all(f"TIMELINE_{name.upper()}" in text for name in Settings.model_fields)


def test_help_starts_without_heavy_imports() -> None:
    code = "import sys, timeline.commands; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True
    ).stdout.split()
    assert not {b"litestar", b"sqlalchemy", b"pydantic", b"shapely", b"babel", b"rich"} & set(loaded)


def test_version(run: Run) -> None:
    assert run("--version").output.startswith("timeline, version")


def test_import_reports_created_and_unchanged_rows(run: Run, rows: Path) -> None:
    assert "2 rows, 2 created" in run("import", rows).stdout
    assert "2 rows, 0 created, 0 updated, 2 unchanged" in run("import", rows).stdout


def test_import_with_a_rejected_row_exits_1_and_names_it(run: Run, rows: Path) -> None:
    rows.write_text(ROWS + "c,raid,yesterday,,\n")
    result = run("import", rows)
    assert result.exit_code == 1
    assert re.search(r"rows\.csv, line 4: date: 'yesterday' cannot be read as a date", result.stderr)
    assert "2 created" in result.stdout


def test_import_continues_after_a_file_that_cannot_be_read(run: Run, rows: Path) -> None:
    result = run("import", "missing.csv", rows)
    assert result.exit_code == 1
    assert result.stderr == "Error: missing.csv: there is no such file\n"
    assert "2 created" in result.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["import"],
        ["import", "a.csv", "--map", "name"],
        ["import", "a.csv", "--map", "name=titel"],
        ["import", "a.csv", "--set", "colour=red"],
        ["import", "a.csv", "--set", "title=a", "--set", "title=b"],
        ["import", "a.csv", "--key", ","],
        ["export"],
        ["export", "docx"],
        ["export", "geojson", "--bbox", "1,2,3"],
        ["export", "geojson", "--datetime", "2021/2020"],
        ["export", "geojson", "--limit", "3"],
        ["geocode"],
        ["geocode", "Paris", "--file", "a.jsonl", "--out", "b.jsonl"],
        ["geocode", "--file", "a.jsonl"],
        ["serve", "--port", "99999"],
        ["nothing"],
    ],
)
def test_wrong_usage_exits_2(run: Run, rows: Path, args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_a_wrong_field_name_is_answered_with_the_nearest_one(run: Run, rows: Path) -> None:
    assert "did you mean 'title'?" in run("import", rows, "--map", "name=titel").stderr


def test_a_column_with_an_equals_sign_can_be_mapped(run: Run, rows: Path) -> None:
    rows.write_text("a=b,category\nx,raid\n")
    assert run("import", rows, "--map", "a=b=title").exit_code == 0


@pytest.mark.parametrize("args", [["import", "rows.csv"], ["seed"], ["export", "geojson"], ["serve"]])
def test_commands_without_a_database_name_the_command_that_creates_it(run: Run, args: list[str]) -> None:
    result = run(*args, *(["--port", "0"] if args == ["serve"] else []))
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: there is no database .*timeline migrate.*\n", result.stderr)


def test_a_bad_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMELINE_READ_TIMEOUT", "soon")
    result = run("migrate")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the setting TIMELINE_READ_TIMEOUT cannot be used: ")


def test_export_is_a_feature_collection_of_the_matching_events(run: Run, rows: Path) -> None:
    run("import", rows, "--publish")
    collection = json.loads(run("export", "geojson", "--country", "nl", "--datetime", "2022").stdout)
    assert [feature["properties"]["title"] for feature in collection["features"]] == ["b"]


def test_the_usage_of_export_calls_its_argument_a_format(run: Run) -> None:
    result = run("export", "xml")
    assert result.stderr.startswith("Usage: timeline export [OPTIONS] FORMAT\n")
    assert "'xml' is not one of 'geojson'" in result.stderr


def test_export_without_matches_is_an_empty_collection(run: Run, rows: Path) -> None:
    assert json.loads(run("export", "geojson").stdout) == {"type": "FeatureCollection", "features": []}


def test_an_export_can_be_imported_again(run: Run, rows: Path, tmp_path: Path) -> None:
    run("import", rows, "--publish")
    back = tmp_path / "back.geojson"
    back.write_text(run("export", "geojson").stdout)
    assert "2 unchanged" in run("import", back, "--publish").stdout


def test_export_ends_quietly_when_its_reader_closes_the_pipe(run: Run, rows: Path) -> None:
    rows.write_text("title,category\n" + "".join(f"{number},raid\n" for number in range(500)))
    run("import", rows, "--publish")
    command = f"{sys.executable} -m timeline export geojson | head -c 1"
    done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"{", b"")


def test_a_hidden_package_is_recognised() -> None:
    assert hidden("geo") is None
    assert re.search(r"'json' from .* is not Dateline's", hidden("json") or "")


def test_a_package_of_another_distribution_ends_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "__init__.py").write_text("raise RuntimeError('somebody else')")
    code = "from timeline.cli import main; main()"
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.fullmatch(r"Error: the Python package 'geo' .*\n", done.stderr)


@pytest.mark.usefixtures("gazetteer")
def test_seed_twice_changes_nothing(run: Run, rows: Path) -> None:
    first = run("seed")
    assert (first.exit_code, first.stderr) == (0, "")
    assert re.search(r" (\d+) rows, 0 created, 0 updated, \1 unchanged", run("seed").stdout)


@pytest.mark.usefixtures("gazetteer")
def test_geocode_prints_candidates_best_first_with_reasons(run: Run) -> None:
    result = run("geocode", "Hasselt", "--country", "Belgium")
    head, first = result.stdout.splitlines()[:2]
    assert head.split() == ["place", "country", "precision", "lat", "lon", "sure", "because"]
    assert re.match(r"Hasselt.*BE +city +50\.9\d+ +5\.3\d+", first)


@pytest.mark.usefixtures("gazetteer")
def test_geocode_prints_json(run: Run) -> None:
    first = json.loads(run("geocode", "Hasselt, Belgium", "--json", "--limit", "1").stdout)[0]
    assert (first["country"], first["precision"]) == ("BE", "city")


@pytest.mark.usefixtures("gazetteer")
def test_geocode_of_no_place_exits_1(run: Run) -> None:
    result = run("geocode", "qqxzzy")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: no place 'qqxzzy' was found; check the spelling, or add the country, such as 'Hasselt, Belgium'\n",
    )


@pytest.mark.usefixtures("gazetteer")
def test_geocode_answers_a_file_line_by_line(run: Run, tmp_path: Path) -> None:
    questions = [
        {"q": "Hasselt", "country": "Belgium"},
        {"q": "qqxzzy"},
        {"q": "Rotterdam", "country": "??"},
        {"q": ""},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, questions)))
    assert run("geocode", "--file", "in.jsonl", "--out", "out.jsonl").exit_code == 0
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [answer["q"] for answer in answers] == ["Hasselt", "qqxzzy", "Rotterdam", ""]
    assert [answer["country"] for answer in answers] == ["BE", None, "NL", None]
    assert set(answers[1]) == {"q", "name", "lat", "lon", "country", "precision", "confidence"}
    assert answers[1]["lat"] is None


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize("line", ["{q: 1}", "3", '{"q": 3}', "{}"])
def test_geocode_names_the_wrong_line_and_keeps_the_output_file(run: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "in.jsonl").write_text('{"q": "Hasselt"}\n' + line)
    (tmp_path / "out.jsonl").write_text("before")
    result = run("geocode", "--file", "in.jsonl", "--out", "out.jsonl")
    assert (result.exit_code, (tmp_path / "out.jsonl").read_text()) == (1, "before")
    assert result.stderr.startswith("Error: in.jsonl, line 2: ")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_gazetteer_prints_only_its_path(run: Run, gazetteer: object) -> None:
    assert Path(run("gazetteer").stdout.strip()).is_file()


class Nominatim(BaseHTTPRequestHandler):
    """Answer every search with one town, under a path prefix."""

    def do_GET(self) -> None:
        assert self.path.startswith("/osm/search?")
        self.send_response(200)
        self.end_headers()
        address = {"country_code": "be", "city": "Hasselt"}
        town = {"lat": "50.93", "lon": "5.34", "display_name": "Hasselt, België", "address": address}
        self.wfile.write(json.dumps([{**town, "addresstype": "city", "importance": 0.6}]).encode())

    def log_message(self, *args: object) -> None:
        """Print nothing."""


def test_import_uses_the_network_geocoder_of_the_settings(
    run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Nominatim) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        monkeypatch.setenv("TIMELINE_GEOCODER", "nominatim")
        monkeypatch.setenv("TIMELINE_GEOCODER_URL", f"http://127.0.0.1:{service.server_port}/osm")
        rows.write_text("title,category,place\na,raid,Hasselt\n")
        assert "1 created" in run("import", rows, "--publish").stdout
        service.shutdown()
    (feature,) = json.loads(run("export", "geojson").stdout)["features"]
    assert feature["geometry"]["coordinates"] == [5.34, 50.93]


def test_the_import_after_a_dry_run_needs_no_network(
    run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.write_text("title,category,place\na,raid,Hasselt\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), Nominatim) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        monkeypatch.setenv("TIMELINE_GEOCODER", "nominatim")
        monkeypatch.setenv("TIMELINE_GEOCODER_URL", f"http://127.0.0.1:{service.server_port}/osm")
        assert "1 created" in run("import", rows, "--dry-run").stdout
        service.shutdown()
    assert "warning" not in run("import", rows, "--publish").stderr
    (feature,) = json.loads(run("export", "geojson").stdout)["features"]
    assert feature["properties"]["places"][0]["geocoder"] == "nominatim"


def test_an_unknown_geocoder_is_reported_in_one_line(
    run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_GEOCODER", "nominatm")
    rows.write_text("title,category,place\na,raid,Hasselt\n")
    result = run("import", rows)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: unknown geocoder 'nominatm': expected one of gazetteer, nominatim"
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def process(rows: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start commands as processes, and end them after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "timeline", *args]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, env=environment(), stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield start
    for command_process in started:
        if command_process.poll() is None:
            command_process.kill()
        command_process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        match = re.fullmatch(r"Dateline is serving (http://\S+/) – press Ctrl-C to stop\n", line)
        if match:
            return match[1]
    raise AssertionError(process.stderr and process.stderr.read())


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_serve_prints_its_address_responds_and_stops(
    process: Callable[..., subprocess.Popen[str]], sign: signal.Signals, workers: str
) -> None:
    server = process("serve", "--port", "0", "--workers", workers)
    assert httpx.get(address(server) + "health").status_code == 200
    server.send_signal(sign)
    _, errors = server.communicate(timeout=20)
    assert (server.returncode, errors) == (0, "")


def test_a_port_in_use_is_reported_in_one_line(run: Run, rows: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for command in ("serve", "demo"):
            result = run(command, "--port", port)
            assert result.exit_code == 1
            assert re.fullmatch(rf"Error: port {port} on 127\.0\.0\.1 is in use; .*\n", result.stderr)


@pytest.mark.usefixtures("gazetteer")
def test_demo_creates_fills_and_serves_a_database(
    process: Callable[..., subprocess.Popen[str]], databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", databases.bare())
    before = time.monotonic()
    response = httpx.get(address(process("demo", "--port", "0")) + "events?limit=1", timeout=30).json()
    assert response["numberMatched"] >= 30
    assert time.monotonic() - before < 60


def test_settings_are_read_from_the_dotenv_file_in_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIMELINE_DATABASE_URL=sqlite:///other.db\n")
    run("migrate")
    assert (tmp_path / "other.db").exists()
