"""A table with places as newspapers write them: each place is right, or the report of the import names it."""

import csv
import io
import json
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from geo.geocoders.offline import offline_candidate_finder
from geo.resolver.resolver import Resolver
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

RIGHT = {
    "Philadelphia, Pa.": [("Philadelphia", "Pennsylvania", "US")],
    "Miami, Fla.": [("Miami", "Florida", "US")],
    "Dallas, Tex.": [("Dallas", "Texas", "US")],
    "Baton Rouge, La.": [("Baton Rouge", "Louisiana", "US")],
    "Minneapolis, Minn.": [("Minneapolis", "Minnesota", "US")],
    "Denver, Colo.": [("Denver", "Colorado", "US")],
    "Barreiras, Salvador, Bahia, Brazil": [("Salvador", "Bahia", "BR")],
    "Atlanta; Savannah; Georgia": [
        ("Atlanta", "Georgia", "US"), ("Savannah", "Georgia", "US"), ("Georgia", "Georgia", "US")
    ],
    "Kyiv Oblast": [("Kyivska oblast", "Kyivska oblast", "UA")],
    "Odessa; Kharkiv; Mykolaiv": [
        ("Odesa", "Odeska oblast", "UA"), ("Kharkiv", "Kharkivska oblast", "UA"),
        ("Mykolayiv", "Mykolaivska oblast", "UA"),
    ],
    "Hauptstraße 5, 10827 Berlin": [("Berlin", "Berlin", "DE")],
    "Paris, Tex.; Dallas; Houston": [("Paris", "Texas", "US"), ("Dallas", "Texas", "US"), ("Houston", "Texas", "US")],
}  # fmt: skip
RIGHT_OR_REPORTED = {"Beni": ("Beni", "Nord-Kivu", "CD"), "Uman": ("Uman", "Cherkaska oblast", "UA")}


@pytest.fixture(scope="module")
def imported(shared_store: Store, resolver: Resolver) -> tuple[Report, dict[str, list[dict[str, Any]]]]:
    """Return the report of the table's import, and the places of each event by the text of its row."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["title", "date", "category", "place"])
    rows.writerows([text, "2023-05-01", "raid", text] for text in (*RIGHT, *RIGHT_OR_REPORTED))
    importer = Importer(
        store=shared_store,
        find_candidates=offline_candidate_finder(resolver),
        options=Options(publish=True),
    )
    report = importer.import_stream("datelines.csv", io.BytesIO(file.getvalue().encode()))
    features = (json.loads(feature)["properties"] for feature in shared_store.snapshot(Filter())[1])
    return report, {properties["title"]: properties["places"] for properties in features}


Imported = tuple[Report, dict[str, list[dict[str, Any]]]]


def _identity(place: dict[str, Any]) -> tuple[str, str | None, str | None]:
    return place["name"], place.get("admin1"), place.get("country")


@pytest.mark.parametrize("text", RIGHT)
def test_every_place_of_a_row_is_right(imported: Imported, text: str) -> None:
    assert [_identity(place) for place in imported[1][text]] == RIGHT[text]


@pytest.mark.parametrize("text", RIGHT_OR_REPORTED)
def test_a_name_that_is_also_like_a_country_is_right_or_reported(imported: Imported, text: str) -> None:
    report, places = imported
    is_reported = any(repr(text) in remark.message for remark in report.warnings)
    assert is_reported or [_identity(place) for place in places[text]] == [RIGHT_OR_REPORTED[text]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Barreiras", "is not known; the event is placed in 'Salvador, Bahia, BR'"),
        ("Hauptstraße 5", "is not known; the event is placed in 'Berlin, DE'"),
        ("Odessa", "fits the event's other places best; alone it would be 'Odessa, Texas, US'"),
        ("Georgia", "fits the event's other places best; alone it would be 'Georgia'"),
    ],
)
def test_what_was_not_found_or_was_chosen_by_its_companions_is_reported(
    imported: Imported, text: str, message: str
) -> None:
    (warning,) = (remark.message for remark in imported[0].warnings if remark.message.startswith(repr(text)))
    assert message in warning
