"""Places kept for review: how they are marked, listed and settled, and that an import does not undo a decision."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from geo.box import Box
from geo.place import Candidate, Place, Precision
from timeline.commands import cli
from timeline.places.judgement import PlaceContext, judged

if TYPE_CHECKING:
    from geo.resolver.resolver import Resolver

Run = Callable[..., Result]
ROWS = 'id,title,category,place\n1,A raid,raid,Springfield\n2,B raid,raid,Qqxzzy\n3,C raid,raid,"Hasselt, Belgium"\n'
OHIO = Place(name="Springfield", lon=-83.8, lat=39.92, precision=Precision.CITY, country="US", confidence=0.7)
KENT = Place(name="Springfield", lon=0.5, lat=51.7, precision=Precision.CITY, country="GB", confidence=0.3)


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gazetteer: object) -> Run:
    """Run commands in a folder with a fresh database and three imported rows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    runner = CliRunner()
    (tmp_path / "rows.csv").write_text(ROWS)

    def call(*args: object) -> Result:
        return runner.invoke(cli, [str(arg) for arg in args], prog_name="timeline")

    assert call("migrate").exit_code == 0
    assert call("import", "rows.csv", "--publish").exit_code == 0
    return call


def listed(run: Run) -> dict[str, Any]:
    return {row["event"]: row for row in json.loads(run("review", "--format", "json").stdout)}


def place(run: Run, id_: str) -> tuple[str, str, str]:
    places = json.loads(run("export", "geojson", "--ids", id_).stdout)["features"][0]["properties"]["places"]
    return tuple(str(places[0][name]) for name in ("name", "admin1", "geocoder"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("places", "doubt"),
    [
        ([], "missing"),
        ([replace(OHIO, confidence=0.04)], "missing"),
        ([OHIO], None),
        ([OHIO, KENT], None),
        ([replace(OHIO, confidence=0.6), KENT], "ambiguous"),
        ([replace(OHIO, confidence=0.6), replace(KENT, confidence=0.05)], "unsure"),
        ([replace(OHIO, confidence=0.6), replace(OHIO, lon=-83.7)], "unsure"),
        ([replace(OHIO, confidence=0.4)], "unsure"),
        ([replace(OHIO, geocoder="photon"), replace(KENT, confidence=0.9)], "disagreement"),
        ([replace(OHIO, geocoder="photon"), replace(KENT, confidence=0.3)], None),
        (
            [replace(OHIO, geocoder="photon"), replace(OHIO, confidence=0.9), replace(KENT, confidence=0.9)],
            None,
        ),
    ],
)
def test_doubt(places: list[Place], doubt: str | None) -> None:
    assert judged([Candidate(place=place) for place in places], PlaceContext()).doubt == doubt


def test_a_box_prefers_places_inside_and_doubts_places_outside() -> None:
    candidates = [Candidate(place=place) for place in (OHIO, replace(KENT, confidence=0.55))]
    inside = judged(candidates, PlaceContext(box=Box(-1, 51, 2, 52)))
    assert inside.place
    assert (inside.place.country, inside.doubt) == ("GB", None)
    assert judged(candidates, PlaceContext(box=Box(100, 0, 110, 10))).doubt == "outside"


def test_a_box_raises_the_confidence_of_places_inside_but_not_to_certainty() -> None:
    here, far = replace(OHIO, confidence=0.02), replace(KENT, confidence=0.93)
    judgement = judged([Candidate(place=far), Candidate(place=here)], PlaceContext(box=Box(-85, 38, -80, 42)))
    assert judgement.place
    assert (judgement.place.country, judgement.doubt) == ("US", "unsure")
    assert 0.02 < judgement.place.confidence < 0.5


def test_a_box_finds_a_namesake_far_down_the_list(run: Run, tmp_path: Path, resolver: "Resolver") -> None:
    named = resolver.candidates("Springfield", country="US", limit=50)
    down = next(candidate.place for candidate in named[8:] if candidate.place.name == "Springfield")
    (tmp_path / "more.csv").write_text("id,title,category,place\n9,D,raid,Springfield\n")
    west, south = down.lon - 0.3, down.lat - 0.3
    run("import", "more.csv", "--publish", f"--bbox={west},{south},{west + 0.6},{south + 0.6}")
    assert place(run, "9")[:2] == ("Springfield", down.admin1)


def test_the_accepted_place_is_listed_however_low_it_ranks(
    run: Run, tmp_path: Path, resolver: "Resolver"
) -> None:
    named = resolver.candidates("London", limit=50)
    number, down = next((n, candidate.place) for n, candidate in enumerate(named, 1) if n > 5)
    (tmp_path / "more.csv").write_text("id,title,category,place\n9,D,raid,London\n")
    west, south = down.lon - 0.01, down.lat - 0.01
    run("import", "more.csv", "--publish", f"--bbox={west},{south},{west + 0.02},{south + 0.02}")
    offered = listed(run)["9"]["candidates"]
    assert [candidate["candidate"] for candidate in offered] == [1, 2, 3, 4, 5, number]
    assert offered[-1]["gazetteer_id"] == down.gazetteer_id
    assert run("review", "--choose", "9", "1", number).exit_code == 0
    assert place(run, "9")[2] == "chosen"


EVENT = "events:\n  - {id: e, title: t, category: raid, places: [%s]}\n"


def test_a_place_changed_by_the_others_is_reported_and_reproduced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event.yaml").write_text(EVENT % "Cambridge, Boston")
    result = run("import", "event.yaml", "--publish")
    assert "'Cambridge' was placed in 'Cambridge, Massachusetts, US'" in result.stderr
    assert place(run, "e")[1] == "Massachusetts"
    assert "1 unchanged" in run("import", "event.yaml", "--publish").stdout


def test_a_choice_for_one_place_helps_the_others_at_the_next_import(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event.yaml").write_text(EVENT % "Cambridge, Qqxzzy")
    assert "'Cambridge' may be places far apart" in run("import", "event.yaml", "--publish").stderr
    run("review", "--choose", "e", "Qqxzzy", "42.36,-71.06")
    run("import", "event.yaml", "--publish")
    assert place(run, "e")[1] == "Massachusetts"


@pytest.mark.parametrize(
    ("places", "message"),
    [("Qqxzzy", "the event is imported unplaced"), ("Qqxzzy, Rotterdam", "the event is imported without it")],
)
def test_an_event_is_called_unplaced_only_if_it_is(
    run: Run, tmp_path: Path, places: str, message: str
) -> None:
    (tmp_path / "event.yaml").write_text(EVENT % places)
    assert f"no place called 'Qqxzzy' was found; {message}" in run("import", "event.yaml", "--publish").stderr


def test_doubtful_places_are_listed_with_their_candidates(run: Run) -> None:
    rows = listed(run)
    assert {id_: row["doubt"] for id_, row in rows.items()} == {"1": "ambiguous", "2": "missing"}
    assert rows["1"]["text"] == "Springfield"
    assert len(rows["1"]["candidates"]) > 1
    assert rows["2"]["candidates"] == []


def test_the_list_comes_as_text_and_csv(run: Run) -> None:
    assert "1, place 1: 'Springfield': ambiguous" in run("review").stdout
    rows = list(csv.DictReader(io.StringIO(run("review", "--format", "csv").stdout)))
    assert {row["event"] for row in rows} == {"1", "2"}
    assert [row["candidate"] for row in rows if row["event"] == "1"][:2] == ["1", "2"]


def test_a_candidate_is_chosen_by_number_and_survives_the_next_import(run: Run) -> None:
    second = listed(run)["1"]["candidates"][1]
    assert run("review", "--choose", "1", "1", "2").exit_code == 0
    assert place(run, "1") == ("Springfield", second["admin1"], "chosen")
    assert "0 created, 0 updated, 3 unchanged" in run("import", "rows.csv", "--publish").stdout
    assert list(listed(run)) == ["2"]


def test_a_choice_counts_for_the_same_text_of_new_events_but_not_in_another_country(
    run: Run, tmp_path: Path
) -> None:
    second = listed(run)["1"]["candidates"][1]
    run("review", "--choose", "1", "Springfield", second["gazetteer_id"])
    (tmp_path / "more.csv").write_text("id,title,category,place\n9,D,raid,SPRINGFIELD\n")
    run("import", "more.csv", "--publish")
    assert place(run, "9") == ("Springfield", second["admin1"], "chosen")
    (tmp_path / "more.csv").write_text("id,title,category,place,country\n10,D,raid,Springfield,NZ\n")
    run("import", "more.csv", "--publish")
    assert "10" not in json.loads(run("export", "geojson", "--ids", "9").stdout)["features"][0]["id"]
    assert place(run, "10")[2] != "chosen"


def test_coordinates_settle_an_unknown_place(run: Run) -> None:
    assert run("review", "--choose", "2", "Qqxzzy", "-33.45,-70.66").exit_code == 0
    assert place(run, "2") == ("Qqxzzy", "None", "chosen")
    assert "3 unchanged" in run("import", "rows.csv", "--publish").stdout


def test_a_text_can_be_settled_as_no_place(run: Run) -> None:
    assert run("review", "--choose", "2", "1", "none").exit_code == 0
    run("import", "rows.csv", "--publish")
    assert list(listed(run)) == ["1"]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("x", "1", "1"), 1, "no event 'x'"),
        (("1", "Atlantis", "1"), 1, "expected one of: 1 'Springfield'"),
        (("1", "1", "99"), 2, "'99' is not a candidate"),
        (("1", "1", "95,1"), 2, "out of range"),
        (("1", "1", "1,"), 2, "not a number"),
    ],
)
def test_an_impossible_choice_is_refused_with_the_reason(
    run: Run, args: tuple[str, ...], code: int, message: str
) -> None:
    result = run("review", "--choose", *args)
    assert result.exit_code == code
    assert message in result.stderr


def test_an_import_may_give_a_country(run: Run, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,title,category,place\n9,D,raid,Manchester\n")
    run("import", "more.csv", "--publish", "--country", "United States")
    properties = json.loads(run("export", "geojson", "--ids", "9").stdout)["features"][0]["properties"]
    assert properties["country"] == "US"


@pytest.mark.parametrize("args", [("--country", "Narnia"), ("--bbox", "1,2,3")])
def test_an_unreadable_context_is_wrong_usage(run: Run, args: tuple[str, str]) -> None:
    assert run("import", "rows.csv", *args).exit_code == 2


def test_an_overlay_of_the_settings_is_used_and_its_errors_are_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.csv"
    own.write_text("name,lon,lat,precision,country\nQqxzzy,4.4,51.9,city,NL\n")
    monkeypatch.setenv("TIMELINE_OVERLAY", str(own))
    assert "Qqxzzy" in run("geocode", "Qqxzzy").stdout
    own.write_text("name,lon,lat,precision,country\nQqxzzy,4.4,north,city,NL\n")
    result = run("geocode", "Qqxzzy")
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {own}, line 2, column lat: 'north' is not a number; expected degrees such as 4.48\n",
    )
