"""Texts that place something by another place, in the languages of the page and its neighbours."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.resolver.relative_texts import Relation, RelativeText, read_relative

# text, the place that it is measured from, kilometres, bearing
DISTANCES = [
    ("12 km south of Kherson", "Kherson", 12, 180),
    ("12km S of Kherson, Ukraine", "Kherson, Ukraine", 12, 180),
    ("20 miles north-east of Aleppo", "Aleppo", 32.187, 45),
    ("20 miles northeast of Aleppo", "Aleppo", 32.187, 45),
    ("20 miles to the north east of Aleppo", "Aleppo", 32.187, 45),
    ("about 5 km outside Sarajevo", "Sarajevo", 5, None),
    ("5 km WSW of Ridgecrest, CA", "Ridgecrest, CA", 5, 247.5),
    ("~ 5 km from Kyiv", "Kyiv", 5, None),
    ("a mile north of Kherson", "Kherson", 1.609, 0),
    ("Twelve miles from Kabul", "Kabul", 19.312, None),
    ("500 m north of Kherson", "Kherson", 0.5, 0),
    ("1,200 km east of Tokyo", "Tokyo", 1200, 90),
    ("1.200 km östlich von Tokio", "Tokio", 1200, 90),
    ("2,5 km östlich von Bonn", "Bonn", 2.5, 90),
    ("a village 12 km south of Kherson", "Kherson", 12, 180),
    ("0 km south of Kherson", "Kherson", 0, 180),
    ("99999 km south of Kherson", "Kherson", 99999, 180),
    ("12 km südlich von Cherson", "Cherson", 12, 180),
    ("etwa 20 Kilometer nordöstlich von Aleppo", "Aleppo", 20, 45),
    ("20 km von Bonn entfernt", "Bonn", 20, None),
    ("à 12 km au sud de Kherson", "Kherson", 12, 180),
    ("à 20 km au nord-est d'Alep", "Alep", 20, 45),
    ("à environ 20 kilomètres d’Alep", "Alep", 20, None),
    ("a 12 km al sur de Jersón", "Jersón", 12, 180),
    ("a unos 20 km al noreste de Alepo", "Alepo", 20, 45),
    ("12 km ten zuiden van Cherson", "Cherson", 12, 180),
    ("ongeveer 20 kilometer ten noordoosten van Aleppo", "Aleppo", 20, 45),
    ("a 12 km al sud de Kherson", "Kherson", 12, 180),
    ("a uns 20 quilòmetres al nord-est d'Alep", "Alep", 20, 45),
    ("على بعد 12 كم جنوب خيرسون", "خيرسون", 12, 180),
    ("12 كيلومترا شمال شرق حلب", "حلب", 12, 45),
    ("12 KM SOUTH OF KHERSON", "KHERSON", 12, 180),
    ("12 km South Of Kherson", "Kherson", 12, 180),
    ("5 km al norte de La Paz", "La Paz", 5, 0),
    ("12 km südlich von Da Nang", "Da Nang", 12, 180),
]

# text, relation, the place that it is measured from
PHRASES = [
    ("off the coast of Lampedusa", Relation.COAST, "Lampedusa"),
    ("off Lampedusa", Relation.COAST, "Lampedusa"),
    ("vor der Küste von Lampedusa", Relation.COAST, "Lampedusa"),
    ("au large de Lampedusa", Relation.COAST, "Lampedusa"),
    ("frente a las costas de Lampedusa", Relation.COAST, "Lampedusa"),
    ("voor de kust van Lampedusa", Relation.COAST, "Lampedusa"),
    ("قبالة سواحل لامبيدوزا", Relation.COAST, "لامبيدوزا"),
    ("outskirts of Damascus", Relation.OUTSKIRTS, "Damascus"),
    ("on the outskirts of Damascus", Relation.OUTSKIRTS, "Damascus"),
    ("am Stadtrand von Damaskus", Relation.OUTSKIRTS, "Damaskus"),
    ("en banlieue de Damas", Relation.OUTSKIRTS, "Damas"),
    ("en las afueras de Damasco", Relation.OUTSKIRTS, "Damasco"),
    ("aan de rand van Damascus", Relation.OUTSKIRTS, "Damascus"),
    ("ضواحي دمشق", Relation.OUTSKIRTS, "دمشق"),
    ("near Mosul", Relation.NEAR, "Mosul"),
    ("north of Mosul", Relation.NEAR, "Mosul"),
    ("in a field near Kherson", Relation.NEAR, "Kherson"),
    ("nördlich von Mossul", Relation.NEAR, "Mossul"),
    ("in der Nähe von Mossul", Relation.NEAR, "Mossul"),
    ("in unmittelbarer Nähe von Mossul", Relation.NEAR, "Mossul"),
    ("à l'est d’Alep", Relation.NEAR, "Alep"),
    ("al norte de Mosul", Relation.NEAR, "Mosul"),
    ("ten noorden van Mosul", Relation.NEAR, "Mosul"),
    ("شمال الموصل", Relation.NEAR, "الموصل"),
]

# text, relation, the two places
PAIRS = [
    ("between Madrid and Toledo", Relation.BETWEEN, ("Madrid", "Toledo")),
    ("halfway between Madrid and Toledo", Relation.HALFWAY, ("Madrid", "Toledo")),
    ("on the road between Mosul and Erbil", Relation.BETWEEN, ("Mosul", "Erbil")),
    ("on the border between Syria and Turkey", Relation.BETWEEN, ("Syria", "Turkey")),
    ("Mosul–Erbil road", Relation.BETWEEN, ("Mosul", "Erbil")),
    ("Mosul-Erbil highway", Relation.BETWEEN, ("Mosul", "Erbil")),
    ("the road from Mosul to Erbil", Relation.BETWEEN, ("Mosul", "Erbil")),
    ("zwischen Bonn und Köln", Relation.BETWEEN, ("Bonn", "Köln")),
    ("auf halbem Weg zwischen Bonn und Köln", Relation.HALFWAY, ("Bonn", "Köln")),
    ("entre Madrid et Tolède", Relation.BETWEEN, ("Madrid", "Tolède")),
    ("à mi-chemin entre Madrid et Tolède", Relation.HALFWAY, ("Madrid", "Tolède")),
    ("entre Madrid y Toledo", Relation.BETWEEN, ("Madrid", "Toledo")),
    ("carretera Mosul-Erbil", Relation.BETWEEN, ("Mosul", "Erbil")),
    ("tussen Madrid en Toledo", Relation.BETWEEN, ("Madrid", "Toledo")),
    ("entre Madrid i Toledo", Relation.BETWEEN, ("Madrid", "Toledo")),
    ("بين دمشق وحمص", Relation.BETWEEN, ("دمشق", "حمص")),
]

NOT_RELATIVE = [
    "", "12 km", "12 km south of", "km south of Kherson", "-5 km south of Kherson", "between Madrid", "South Bend",
    "Between, Georgia", "Off, Hungary", "Los Angeles", "La Paz", "Newcastle upon Tyne", "Land Between the Lakes",
    "Road, Somerset", "Rue, France",
]  # fmt: skip


@pytest.mark.parametrize(("text", "anchor", "km", "bearing"), DISTANCES)
def test_a_distance_is_read(text: str, anchor: str, km: float, bearing: float | None) -> None:
    relative = read_relative(text)
    assert relative is not None
    assert (relative.relation, relative.anchor, relative.bearing) == (Relation.AWAY, anchor, bearing)
    assert relative.km == pytest.approx(km, abs=0.001)


@pytest.mark.parametrize(("text", "relation", "anchor"), PHRASES)
def test_a_relation_without_a_distance_is_read(text: str, relation: Relation, anchor: str) -> None:
    assert read_relative(text) == RelativeText(relation, anchor)


@pytest.mark.parametrize(("text", "relation", "pair"), PAIRS)
def test_two_places_are_read(text: str, relation: Relation, pair: tuple[str, str]) -> None:
    assert read_relative(text) == RelativeText(relation, pairs=(pair,))


@pytest.mark.parametrize("text", NOT_RELATIVE)
def test_other_texts_are_not_relative(text: str) -> None:
    assert read_relative(text) is None


def test_a_range_is_its_middle_with_a_margin() -> None:
    relative = read_relative("10–15 km west of Homs")
    assert relative == RelativeText(Relation.AWAY, "Homs", 12.5, 270.0, 2.5)


def test_a_distance_off_the_coast_is_read() -> None:
    assert read_relative("20 km off the coast of Lampedusa") == RelativeText(
        Relation.COAST, "Lampedusa", 20.0
    )


def test_a_name_before_a_distance_is_kept() -> None:
    relative = read_relative("Bila, 12 km south of Kherson")
    assert relative is not None
    assert (relative.before, relative.anchor) == ("Bila", "Kherson")


def test_each_way_to_divide_two_names_is_kept() -> None:
    relative = read_relative("between Trinidad and Tobago and Grenada")
    assert relative is not None
    assert relative.pairs == (("Trinidad", "Tobago and Grenada"), ("Trinidad and Tobago", "Grenada"))


@given(st.text(alphabet=st.sampled_from("12 km,.-ofsouthnearbetwand'أبوde"), max_size=200))
def test_no_text_raises_an_error_or_takes_long(text: str) -> None:
    start = time.process_time()
    read_relative(text)
    assert time.process_time() - start < 0.5
