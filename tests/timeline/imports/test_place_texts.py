"""The text of a place that was not found: exported and imported without loss, kept by edits, erased by a purge."""

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from databases import Databases

from db.events.draft import Author
from db.query.filter import Filter
from db.store import Store
from geo.place import Candidate, Place, Precision
from timeline.commands import cli
from timeline.imports.importer import Importer
from timeline.imports.options import Options

NEPAL = Place(name="Nepal", lon=84.1, lat=28.4, precision=Precision.COUNTRY, country="NP", radius_km=400.0)
TABLE = "id,title,category,date,city,country\na,Clash,raid,2016,Zzunda Bel,Nepal\n"


def find_candidates(text: str, country: str | None) -> list[Candidate]:
    return [Candidate(place=NEPAL)] if text == "Nepal" else []


def take(store: Store, data: str, name: str = "events.csv") -> Any:
    importer = Importer(store=store, find_candidates=find_candidates, options=Options(publish=True))
    return importer.import_stream(name, io.BytesIO(data.encode()))


def properties(store: Store) -> dict[str, Any]:
    (feature,) = (json.loads(feature) for feature in store.snapshot(Filter())[1])
    values: dict[str, Any] = feature["properties"]
    return values


def test_the_text_stays_with_the_place_and_with_the_event_for_review(store: Store) -> None:
    (warning,) = take(store, TABLE).warnings
    assert "no place called 'Zzunda Bel' was found in 'Nepal'; the event is placed there" in warning.message
    (place,) = properties(store)["places"]
    assert (place["name"], place["text"]) == ("Nepal", "Zzunda Bel")
    (doubtful,) = store.places.doubtful()
    assert (doubtful.text, doubtful.country, doubtful.doubt) == ("Zzunda Bel", "NP", "missing")


@pytest.mark.parametrize("format_", ["csv", "geojson", "geojsonl", "jsonfg"])
def test_an_export_brings_it_back(
    store: Store, database_url: str, databases: Databases, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    take(store, TABLE)
    before = properties(store)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    export = CliRunner().invoke(cli, ["export", format_]).output
    other = Store(databases.new())
    take(other, export, f"export.{format_}")
    after = properties(other)
    other.close()
    assert after["places"] == before["places"]


def test_a_purge_erases_it(store: Store) -> None:
    take(store, TABLE)
    purged = store.desk.purge(["a"], Author("Ada"))
    assert "Zzunda Bel" in purged.erased.texts
    assert not purged.remaining


def test_a_text_without_any_place_goes_to_data(store: Store) -> None:
    take(store, "id,title,category,date,town\na,Clash,raid,2016,Zzunda Bel\n")
    assert (properties(store)["places"], properties(store)["data"]) == ([], {"town": "Zzunda Bel"})
