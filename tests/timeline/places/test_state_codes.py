"""Codes in a column of states are those of the one country that has them all."""

import io
import json

import pytest

from db.query.filter import Filter
from db.store import Store
from geo.place import FindCandidates
from geo.resolver.resolver import Resolver
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.places.state_codes import coded_states


@pytest.fixture(scope="module")
def find(resolver: Resolver) -> FindCandidates:
    return lambda text, country: resolver.candidates(text, country=country, limit=5)


@pytest.mark.parametrize(
    ("codes", "country"),
    [
        ("AV RI BL SI RM", "IT"),
        ("HE BY NW", "DE"),
        ("ZH GE VD TI", "CH"),
        ("OR IN TX ME CA", None),  # each means a state of the country that has them all
        ("RJ SP MG BA RS", None),
        ("RI", None),  # one code proves nothing
        ("Lazio Toscana Veneto", None),
        ("59 11 75", None),
        ("", None),
    ],
)
def test_a_country_is_found_if_the_codes_mean_other_states_without_it(
    find: FindCandidates, codes: str, country: str | None
) -> None:
    coded = coded_states(find, codes.split())
    assert (coded.country if coded else None) == country


def test_towns_are_looked_up_in_the_provinces_of_the_country(store: Store, find: FindCandidates) -> None:
    table = (
        "titolo,data,categoria,comune,provincia\n"
        "Terremoto,24/08/2016,raid,Amatrice,RI\nAlluvione,23/01/2019,raid,Roma,RM\nFrana,2019,raid,Zzunda,SI\n"
    )
    importer = Importer(store=store, find_candidates=find, find_offline=find, options=Options(publish=True))
    report = importer.import_stream("a.csv", io.BytesIO(table.encode()))
    places = {
        feature["properties"]["title"]: feature["properties"]["places"][0]
        for feature in map(json.loads, store.snapshot(Filter())[1])
    }
    assert {place["country"] for place in places.values()} == {"IT"}
    assert [(places[title]["name"], places[title]["precision"]) for title in ("Terremoto", "Alluvione")] == [
        ("Amatrice", "city"),
        ("Rome", "city"),
    ]
    assert places["Frana"]["name"] == "Siena"
    messages = [remark.message for remark in report.warnings]
    assert any("codes such as 'RI', 'RM', 'SI' are read as those of Italy" in text for text in messages)
