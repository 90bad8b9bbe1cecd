"""The words of dates in seven languages, in lower case, without accents, with plain hyphens."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from babel.dates import get_day_names, get_month_names

LANGUAGES = ("en", "es", "ca", "fr", "it", "pt", "de", "nl")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | dict.fromkeys(map(ord, "’‘ʼ`´"), "'")
_SPACE = re.compile(r"\s+")
_ORDINAL = re.compile(r"(?<=\d)\.(?=(?:o|a|er|ro|ra)\b)")  # 1.º, 1.er
_MORE_MONTHS = {
    "sept": 9,
    "setiembre": 9,
    "set": 9,
    "janv": 1,
    "fevr": 2,
    "fev": 2,
    "juill": 7,
    "gen": 1,
    "janner": 1,
    "feber": 2,
}

SEASONS = {
    "spring": 21, "primavera": 21, "printemps": 21, "fruhling": 21, "fruhjahr": 21,
    "summer": 22, "verano": 22, "estiu": 22, "ete": 22, "estate": 22, "verao": 22, "sommer": 22,
    "autumn": 23, "fall": 23, "otono": 23, "tardor": 23, "automne": 23, "autunno": 23, "outono": 23, "herbst": 23,
    "winter": 24, "invierno": 24, "hivern": 24, "hiver": 24, "inverno": 24,
}  # fmt: skip
UNDATED = frozenset((
    "unknown", "date unknown", "unknown date", "undated", "not known", "no date", "n.d", "n.d.", "nd", "n/a", "na",
    "none", "null", "nil", "nan", "tbd", "tba", "-", "--", "?", "??", "not available", "not given", "sin fecha",
    "desconocido", "desconocida", "fecha desconocida", "s.f", "s.f.", "s/f", "sense data", "desconegut", "desconeguda",
    "data desconeguda", "s.d", "s.d.", "s/d", "sans date", "inconnu", "inconnue", "date inconnue",
    "senza data", "sconosciuto", "sconosciuta", "data sconosciuta", "sem data", "desconhecido", "desconhecida",
    "data desconhecida", "unbekannt", "datum unbekannt", "ohne datum", "o.d", "o.d.", "o. d", "o. d.",
))  # fmt: skip


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


UNCERTAIN = any_of((
    "uncertain", "probably", "possibly", "perhaps", "maybe", "presumably", "likely", "probable", "possible", "incierto",
    "probablemente", "posiblemente", "quiza", "quizas", "tal vez", "probablement", "possiblement", "potser",
    "incert", "peut-etre", "sans doute", "incertain", "incertaine", "date uncertain", "fecha incierta", "data incerta",
    "date incertaine", "forse", "probabilmente", "possibilmente", "presumibilmente", "incerto", "incerta", "talvez",
    "provavelmente", "possivelmente", "vielleicht", "wahrscheinlich", "vermutlich", "moglicherweise", "wohl",
    "unsicher", "ungewiss",
))  # fmt: skip
ABOUT = any_of((
    "c", "ca", "circa", "about", "around", "approx", "approximately", "roughly", "year in about", "hacia",
    "alrededor de", "aprox", "aproximadamente", "cerca de", "cap a", "cap al", "voltant de", "voltant del",
    "on or about", "on or around", "or about", "or around",
    "aproximadament", "vers", "environ",
    "autour de", "aux environs de", "approximativement", "intorno al", "attorno al", "verso il", "all'incirca",
    "approssimativamente", "por volta de", "em torno de", "cerca do", "etwa", "ungefahr", "um", "gegen",
    "rund", "zirka",
))  # fmt: skip


_OF = (
    "", " of", " de", " del", " dels", " des", " d'", " du", " de l'", " de la", " di", " dell'", " dello", " della",
    " do", " da", " dos", " der", " dei", " degli", " delle",
)  # fmt: skip


def _of(*words: str) -> str:
    """Return a regular expression for the words, each alone or followed by "of" in one of the languages."""
    return any_of(f"{word}{of}" for word in words for of in _OF)


EARLY = _of(
    "early", "beginning", "start", "a principios", "principios", "principio", "a comienzos", "comienzos", "comienzo",
    "a inicios", "inicios", "inicio", "a principis", "principis", "a inicis", "inicis", "debut", "au debut",
    "primera quincena", "primera quinzena", "premiere quinzaine", "first week", "primera semana", "primera setmana",
    "premiere semaine",
    "inizio", "all'inizio", "inizi", "agli inizi", "ai primi", "primi", "prima meta", "no inicio", "no comeco",
    "comeco",
    "anfang", "zu beginn", "beginn", "primeira quinzena", "erste halfte",
)  # fmt: skip
MIDDLE = _of(
    "second week", "third week", "segunda semana", "tercera semana", "segona setmana", "tercera setmana",
    "deuxieme semaine", "troisieme semaine",
    "mid", "middle", "a mediados", "mediados", "a mitjan", "mitjan", "a mitjans", "mitjans", "mi", "milieu",
    "au milieu",
    "meta", "a meta", "verso la meta", "meados", "em meados", "no meio", "mitte",
)  # fmt: skip
LATE = _of(
    "segunda quincena", "segona quinzena", "seconde quinzaine", "deuxieme quinzaine", "last week", "ultima semana",
    "ultima setmana", "derniere semaine",
    "late", "end", "a finales", "finales", "final", "a fines", "fines", "a finals", "finals", "fin", "a la fin",
    "fine", "alla fine", "seconda meta", "no final", "fim", "no fim", "ende", "segunda quinzena", "zweite halfte",
)  # fmt: skip
# Words before a date that add nothing.
FILLER = any_of((
    "active", "on", "on the", "in", "in the", "the", "during", "dated", "year in", "year", "sometime", "some time",
    "decade somewhere during the",
    "el", "el dia", "dias", "dies", "en", "en el", "durante", "la", "en la", "a la", "al", "als", "a l'", "ano", "any",
    "mes de", "mes d'", "el ano", "el mes de",
    "le", "au", "l'", "durant", "pendant", "annee", "l'annee", "en l'annee", "courant", "mois de", "mois d'",
    "au cours de",
    "il", "lo", "i", "gli", "nel", "nell'", "nella", "negli", "anno", "l'anno", "nell'anno", "il giorno",
    "nel corso del",
    "em", "o", "dia", "no dia", "no ano de", "ano de", "durante o",
    "am", "im", "den", "dem", "der", "die", "das", "in den", "im jahr", "im jahre", "jahr", "dem jahr", "wahrend der",
))  # fmt: skip

# The end of a range that has not ended: "2019-present", "de 2019 a la actualidad", "2019 (ongoing)".
ONGOING = any_of((
    "present", "the present", "present day", "the present day", "now", "today", "date", "ongoing", "current", "hoy",
    "ahora", "actualidad", "la actualidad", "presente", "el presente", "avui", "ara", "actualitat", "l'actualitat",
    "present", "el present", "aujourd'hui", "nos jours", "ce jour", "maintenant", "en curso", "en curs", "en cours",
    "oggi", "ad oggi", "il presente", "in corso", "hoje", "o presente", "atualidade", "a atualidade", "em curso",
    "heute",
    "jetzt", "gegenwart", "zur gegenwart", "laufend",
))  # fmt: skip

_STILL = re.compile(rf"(?:\.\.|{ONGOING}|still (?:ongoing|open|going|running|in progress)|continuing)\.?")

# Words after a date that begin a remark: "1938, printed 1940s-1950s".
ASIDE = any_of((
    "printed", "reprinted", "print", "cast", "recast", "published", "reported", "announced", "made public", "from",
    "according to", "impreso", "publicado", "publicada", "segun", "impres", "publicat", "publicada", "segons",
    "imprime", "publie", "publiee", "selon", "secondo", "pubblicato", "pubblicata", "segundo", "laut",
))  # fmt: skip


def folded(text: str) -> str:
    """Return a text in lower case, without accents, with plain hyphens and single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _SPACE.sub(" ", _ORDINAL.sub("", plain)).strip()


def is_ongoing(text: str) -> bool:
    """Return whether the end of an interval says that it has not ended: "present", "ongoing" or ".."."""
    return bool(_STILL.fullmatch(folded(text)))


@cache
def months() -> dict[str, int]:
    """Return the number of each month by its names, long and short, in `LANGUAGES` (names from CLDR)."""
    numbers = dict(_MORE_MONTHS)
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, lang).items():
                    # Catalan writes "de maig" and "d'abril".
                    word = re.sub(r"^d(?:e |')", "", folded(name)).rstrip(".")
                    # "des." is December in Catalan, but also begins "des de 2020", since 2020.
                    if len(word) > 2 and word != "des":
                        numbers[word] = number
    return numbers


# Two letters are a day of the week only before a full stop or a comma, in Catalan and German.
SHORT_DAYS = dict(
    zip(
        ("dl", "dt", "dc", "dj", "dv", "ds", "dg", "mo", "di", "mi", "do", "fr", "sa", "so"),
        [*range(7)] * 2,
        strict=True,
    )
)


@cache
def weekdays() -> dict[str, frozenset[int]]:
    """Return the days of the week (Monday is 0) that a name may mean."""
    numbers_of = {"mar": frozenset({1}), **{name: frozenset({number}) for name, number in SHORT_DAYS.items()}}
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_day_names(width, "format", lang).items():
                word = folded(name).rstrip(".")
                if len(word) > 2:
                    numbers_of[word] = numbers_of.get(word, frozenset()) | {number}
    return numbers_of


@cache
def weekday() -> str:
    """Return a regular expression for names of days of three letters or more that are not names of months."""
    # "mar" is Tuesday in Spanish and French, and March in English.
    return any_of(name for name in weekdays() if len(name) > 2 and name not in months())
