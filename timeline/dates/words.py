"""The words of dates in English, Spanish, Catalan and French, folded: lower case, no accents, plain hyphens."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from babel.dates import get_day_names, get_month_names

# The last three in their plain dates alone: their months and days of the week.
LANGUAGES = ("en", "es", "ca", "fr", "it", "pt", "de")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(map(ord, "’‘ʼ`´"), "'")
_SPACE = re.compile(r"\s+")
_MORE_MONTHS = {"sept": 9, "setiembre": 9, "set": 9, "janv": 1, "fevr": 2, "gen": 1}

SEASONS = {
    "spring": 21, "primavera": 21, "printemps": 21,
    "summer": 22, "verano": 22, "estiu": 22, "ete": 22,
    "autumn": 23, "fall": 23, "otono": 23, "tardor": 23, "automne": 23,
    "winter": 24, "invierno": 24, "hivern": 24, "hiver": 24,
}  # fmt: skip
NOTHING = frozenset((
    "unknown", "date unknown", "unknown date", "undated", "not known", "no date", "n.d", "n.d.", "nd", "n/a", "na",
    "none", "null", "nil", "nan", "tbd", "tba", "-", "--", "?", "??", "not available", "not given", "sin fecha",
    "desconocido", "desconocida", "fecha desconocida", "s.f", "s.f.", "s/f", "sense data", "desconegut", "desconeguda",
    "data desconeguda", "s.d", "s.d.", "s/d", "sans date", "inconnu", "inconnue", "date inconnue",
))  # fmt: skip


def any_of(words: Iterable[str]) -> str:
    """Write a pattern that takes any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


UNCERTAIN = any_of((
    "uncertain", "probably", "possibly", "perhaps", "maybe", "presumably", "likely", "probable", "possible", "incierto",
    "probablemente", "posiblemente", "quiza", "quizas", "tal vez", "probablement", "possiblement", "potser",
    "incert", "peut-etre", "sans doute", "incertain", "incertaine",
))  # fmt: skip
ABOUT = any_of((
    "c", "ca", "circa", "about", "around", "approx", "approximately", "roughly", "year in about", "hacia",
    "alrededor de", "aprox", "aproximadamente", "cerca de", "cap a", "cap al", "al voltant de",
    "aproximadament", "vers", "environ",
    "autour de", "aux environs de", "approximativement",
))  # fmt: skip
EARLY = any_of(
    (
        "early",
        "beginning of",
        "the beginning of",
        "start of",
        "a principios de",
        "principios de",
        "a comienzos de",
        "comienzos de",
        "a inicios de",
        "inicios de",
        "a principis de",
        "principis de",
        "a inicis de",
        "debut",
        "au debut de",
        "au debut du",
    )
)
MIDDLE = any_of(
    (
        "mid",
        "middle of",
        "the middle of",
        "a mediados de",
        "mediados de",
        "a mitjan",
        "mitjan",
        "a mitjans de",
        "mitjans de",
        "mi",
    )
)
LATE = any_of(
    (
        "late",
        "end of",
        "the end of",
        "a finales de",
        "finales de",
        "a fines de",
        "fines de",
        "a finals de",
        "finals de",
        "fin",
        "a la fin de",
        "fin de",
    )
)
BEFORE = any_of(
    ("before", "prior to", "antes de", "antes del", "abans de", "abans del", "abans d'", "avant", "avant le")
)
AFTER = any_of(
    ("after", "despues de", "despues del", "despres de", "despres del", "despres d'", "apres", "apres le")
)
SINCE = any_of(
    (
        "since",
        "from",
        "as of",
        "desde",
        "desde el",
        "des de",
        "des del",
        "des d'",
        "depuis",
        "depuis le",
        "a partir de",
        "a partir del",
        "a partir du",
    )
)
UNTIL = any_of(
    ("until", "till", "up to", "hasta", "hasta el", "fins a", "fins al", "jusqu'a", "jusqu'en", "jusqu'au")
)
NOISE = any_of(
    (
        "active",
        "on",
        "on the",
        "in",
        "in the",
        "the",
        "during",
        "dated",
        "el",
        "el dia",
        "los",
        "en",
        "en el",
        "durante",
        "la",
        "le",
        "les",
        "au",
        "en la",
        "a la",
        "l'",
        "al",
        "als",
        "els",
        "a l'",
        "durant",
        "pendant",
        "year in",
        "year",
        "ano",
        "any",
        "annee",
        "ete de",
        "decade somewhere during the",
    )
)

# What follows tells of something else: "1938, printed 1940s-1950s".
ASIDE = any_of((
    "printed", "reprinted", "print", "cast", "recast", "published", "reported", "announced", "made public", "from",
    "according to", "impreso", "publicado", "publicada", "segun", "impres", "publicat", "publicada", "segons",
    "imprime", "publie", "publiee", "selon",
))  # fmt: skip


def folded(text: str) -> str:
    """Write a text in lower case without accents, with plain hyphens and single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold())
    return _SPACE.sub(" ", "".join(one for one in plain if not unicodedata.combining(one))).strip()


@cache
def months() -> dict[str, int]:
    """Return the number of each month's name, long and short, in the four languages (names by CLDR)."""
    found = dict(_MORE_MONTHS)
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, lang).items():
                    # Catalan writes "de maig" and "d'abril".
                    word = re.sub(r"^d(?:e |')", "", folded(name)).rstrip(".")
                    # Catalan's "des." for December stands at the head of "des de 2020", since 2020.
                    if len(word) > 2 and word != "des":
                        found[word] = number
    return found


@cache
def weekdays() -> str:
    """Return a pattern of the days of the week, long and short of three letters or more."""
    names = {
        folded(name).rstrip(".")
        for lang in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", lang).values()
    }
    # "mar" is Tuesday in Spanish and French, and March in English.
    return any_of(name for name in names - months().keys() if len(name) > 2)
