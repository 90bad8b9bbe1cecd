"""A date in a reader's words: "3 May 2023", "June 2021 – October 2022", "about 1916", in several languages."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_quarter_names

from db.dates.calendar import DAY, civil
from db.dates.edtf import When

_NO_DOUBT = str.maketrans("", "", "?~%")


class Words(NamedTuple):
    """The few words that dates need beside what babel knows."""

    about: str
    unsure: str
    since: str
    until: str
    end_unknown: str
    start_unknown: str
    one_of: str
    span: str
    undated: str
    always: str
    seasons: tuple[str, str, str, str]


_ENGLISH = Words(
    "about {}", "{}, uncertain", "since {}", "until {}", "from {}, end unknown", "until {}, start unknown",
    "one of: {}", "{} to {}", "undated", "always", ("spring", "summer", "autumn", "winter"),
)  # fmt: skip
_WORDS = {
    "en": _ENGLISH,
    "ca": Words(
        "cap a {}", "{}, incert", "des de {}", "fins a {}", "des de {}, final desconegut",
        "fins a {}, inici desconegut", "un de: {}", "{} – {}", "sense data", "sempre",
        ("primavera", "estiu", "tardor", "hivern"),
    ),
    "es": Words(
        "hacia {}", "{}, incierto", "desde {}", "hasta {}", "desde {}, final desconocido",
        "hasta {}, inicio desconocido", "uno de: {}", "{} – {}", "sin fecha", "siempre",
        ("primavera", "verano", "otoño", "invierno"),
    ),
    "fr": Words(
        "vers {}", "{}, incertain", "depuis {}", "jusqu’à {}", "depuis {}, fin inconnue",
        "jusqu’à {}, début inconnu", "l’un de : {}", "{} – {}", "sans date", "toujours",
        ("printemps", "été", "automne", "hiver"),
    ),
    "ar": Words(
        "حوالي {}", "{}، غير مؤكد", "منذ {}", "حتى {}", "منذ {}، النهاية غير معروفة",
        "حتى {}، البداية غير معروفة", "أحد: {}", "{} – {}", "بلا تاريخ", "دائمًا",
        ("الربيع", "الصيف", "الخريف", "الشتاء"),
    ),
}  # fmt: skip


class _Tongue(NamedTuple):
    locale: Locale
    words: Words

    def say(self, text: str) -> str:
        return display(text, str(self.locale))


@lru_cache(maxsize=20_000)
def display(text: str | None, lang: str = "en") -> str:
    """Say an EDTF date (None: undated) in words of a language; one that babel does not know reads as English."""
    locale = _locale(lang)
    tongue = _Tongue(locale, _WORDS.get(locale.language, _ENGLISH))
    if text is None:
        return tongue.words.undated
    when = When.parse(text)
    if when.precision == "interval":
        return _interval(when, tongue)
    if when.precision == "set":
        return _set(when, tongue)
    return _single(when, tongue)


def _locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _single(when: When, tongue: _Tongue) -> str:
    plain = _exact(when, tongue)
    if not when.doubtful:
        return plain
    # `~` alone is approximate; `?` and `%` say that the source is unsure (EDTF level 1, Qualification).
    approximate = "~" in when.text and "?" not in when.text and "%" not in when.text
    return (tongue.words.about if approximate else tongue.words.unsure).format(plain)


def _exact(when: When, tongue: _Tongue) -> str:
    """Say a date without its doubt; what has no words of its own keeps its text, which hides nothing."""
    year, month, day = civil(when.start_min // DAY)
    bare = when.text.translate(_NO_DOUBT)
    if not 1 <= year <= 9999:
        return bare
    if when.start_timed:
        return _time(when, tongue)
    while bare.endswith("-XX"):
        bare = bare[:-3]
    if "X" in bare or "S" in bare:
        return _vague(when, bare, tongue)
    if len(bare) == 4:
        return bare
    if when.precision == "day":
        return _day(date(year, month, day), tongue.locale)
    if when.precision == "month":
        return _month(when.start_min, tongue.locale)
    return _part_of_year(when, bare, tongue)


def _day(day: date, locale: Locale) -> str:
    if locale.language == "en":
        return f"{day.day} {_month_of(day.year, day.month, locale)}"
    return format_date(day, format="long", locale=locale)


def _month(seconds: int, locale: Locale) -> str:
    year, month, _ = civil(seconds // DAY)
    return _month_of(year, month, locale)


@lru_cache(maxsize=5_000)
def _month_of(year: int, month: int, locale: Locale) -> str:
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=locale))


def _part_of_year(when: When, bare: str, tongue: _Tongue) -> str:
    code, year = int(bare[-2:]), bare[:4]
    if when.precision == "season":
        years = year if code not in (24, 28, 30) else f"{year}–{int(year) + 1}"
        return f"{tongue.words.seasons[(code - 21) % 4]} {years}"
    if when.precision == "quarter":
        return f"{get_quarter_names('abbreviated', locale=tongue.locale)[code - 32]} {year}"
    first, last = _month(when.start_min, tongue.locale), _month(when.end_max, tongue.locale)
    return tongue.words.span.format(first, last)


def _time(when: When, tongue: _Tongue) -> str:
    year, month, day = civil(when.start_min // DAY)
    hours, minutes = when.start_min % DAY // 3600, when.start_min % 3600 // 60
    return f"{_day(date(year, month, day), tongue.locale)}, {hours:02}:{minutes:02} UTC"


def _vague(when: When, bare: str, tongue: _Tongue) -> str:
    """Say decades and centuries as spans of years."""
    first, last = civil(when.start_min // DAY)[0], civil(when.end_max // DAY)[0]
    if len(bare) == 4 and when.precision == "decade" and tongue.locale.language == "en":
        return f"{first}s"
    return f"{first}–{last}" if "-" not in bare and first < last else bare


def _interval(when: When, tongue: _Tongue) -> str:
    left, right = when.text.split("/")
    start = tongue.say(left) if left not in ("", "..") else None
    end = tongue.say(right) if right not in ("", "..") else None
    words = tongue.words
    if start and end:
        return start if start == end else words.span.format(start, end)
    if start:
        return (words.since if right == ".." else words.end_unknown).format(start)
    if end:
        return (words.until if left == ".." else words.start_unknown).format(end)
    return words.always


def _set(when: When, tongue: _Tongue) -> str:
    said = ", ".join(_item(item.strip(), tongue) for item in when.text[1:-1].split(","))
    return tongue.words.one_of.format(said) if when.text[0] == "[" else said


def _item(item: str, tongue: _Tongue) -> str:
    left, dots, right = item.partition("..")
    if not dots:
        return tongue.say(item)
    if left and right:
        return tongue.words.span.format(tongue.say(left), tongue.say(right))
    return (
        tongue.words.until.format(tongue.say(right)) if right else tongue.words.since.format(tongue.say(left))
    )
