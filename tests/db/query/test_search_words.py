"""Words with an apostrophe, a hyphen or a middle dot are found by their parts, with the sign and without it."""

from collections.abc import Iterator

import pytest
from databases import Databases

from db.events.draft import Draft
from db.query.filter import Filter
from db.query.search_words import search_forms
from db.store import Store

TITLES = {
    "elision": "Boat found off L'Escala harbour",
    "curly": "L’atelier d’Annecy fouillé",
    "possessive": "Norway's police strike",
    "plural": "The dockers' vote",
    "middle dot": "Col·lapse al Paraŀlel",
    "hyphen": "Search in Villeneuve-sur-Lot",
    "joined": "Cooperation with Oconnor",
    "leading": "'Ndrine families",
    "okina": "Lānaʻi ferry",
    "soft hyphen": "Con\u00adtainer port",
    "acute": "The O´Malley house",
}


@pytest.fixture(scope="module")
def titles(databases: Databases) -> Iterator[Store]:
    store = Store(databases.new())
    store.add(
        [Draft(id=id_, title=title, category="raid", status="published") for id_, title in TITLES.items()]
    )
    yield store
    store.close()


@pytest.mark.parametrize(
    ("id_", "searches"),
    [
        ("elision", ["escala", "l'escala", "L’ESCALA", "lescala", '"off l\'escala harbour"', '"off lescala harbour"',
                     "l'esc*", "lesc*", "esc*", '"escala harbour"']),
        ("curly", ["atelier", "annecy", "d'annecy", "dannecy", "l’atelier", "latelier", '"l\'atelier d\'annecy"']),
        ("possessive", ["norway", "norway's", "norways", "norway’s police", '"norway\'s police"', '"norways police"']),
        ("plural", ["dockers", "dockers'", '"dockers vote"']),
        ("middle dot", ["collapse", "col·lapse", "lapse", "parallel", "paral·lel", "paraŀlel", "paral•lel",
                        "paral-lel"]),
        ("hyphen", ["villeneuve", "lot", "villeneuve-sur-lot", '"villeneuve sur lot"', "villeneuvesurlot",
                    "villeneuve‑sur‑lot"]),
        ("joined", ["co-operation", "cooperation", "o'connor", "oconnor"]),
        ("leading", ["ndrine", "'ndrine", "’Ndrine families"]),
        ("okina", ["lanai", "lana'i", "Lānaʻi"]),
        ("soft hyphen", ["container", '"container port"']),
        ("acute", ["o'malley", "omalley", "malley"]),
    ],
)  # fmt: skip
def test_every_spelling_finds_the_event(titles: Store, id_: str, searches: list[str]) -> None:
    missed = [text for text in searches if id_ not in _ids(titles, text)]
    assert missed == []


@pytest.mark.parametrize("text", ["scala", '"harbour lescala"', "norwayspolice", "operation", '"vote the"'])
def test_other_words_find_nothing(titles: Store, text: str) -> None:
    assert _ids(titles, text) == set()


def test_a_changed_event_leaves_no_word_behind(titles: Store) -> None:
    titles.add([Draft(id="changed", title="Sant Joan's eve", category="raid", status="published")])
    titles.add([Draft(id="changed", title="Another night", category="raid", status="published")])
    assert [_ids(titles, text) for text in ("joan", "joans", "another")] == [set(), set(), {"changed"}]


def test_a_text_without_such_a_sign_is_indexed_once() -> None:
    assert search_forms("Raid in 東京 (2021)") == ("raid in 東 京 2021",)


def _ids(store: Store, text: str) -> set[str]:
    from msgspec import json

    return {json.decode(feature)["id"] for feature in store.find(Filter(text=text)).features}
