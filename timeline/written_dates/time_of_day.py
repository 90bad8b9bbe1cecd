"""Split a time of day from a date: `14h30`, `10 a.m.`, `a las 10:00`, `on the night of`. The day never changes."""

import re

from timeline.written_dates.lexicon import any_of

_MERIDIEM = r"[ap](?:\.m\.?|m)"
_NUMBERS = (
    r"(?P<{0}h>\d{{1,2}})(?:"
    rf"(?::(?P<{{0}}m>\d\d)(?::\d\d)?(?:[.,]\d+)?(?: ?{_MERIDIEM})?)"
    r"|(?: ?h(?: ?(?P<{0}n>\d\d)(?: ?min)?(?: ?\d\d ?s)?)?)"
    rf"|(?:[.:](?P<{{0}}o>\d\d))?(?: ?{_MERIDIEM}| (?:h|hrs?|uhr|horas|hores|heures)\b| ?o'clock))"
)
_WORDS = any_of((
    "12 noon", "noon", "midday", "midnight", "12 midnight", "midi", "minuit", "mediodia", "al mediodia",
    "medianoche", "migdia", "al migdia", "mitjanit",
))  # fmt: skip
_ZONES = any_of((
    "z", "utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "et", "ct", "mt", "pt", "akst", "akdt",
    "hst", "hs", "cet", "cest", "eet", "eest", "wet", "bst", "ist", "msk", "jst", "kst", "aest", "aedt", "awst", "nzst",
    "nzdt", "sast", "eat", "wat", "art", "brt", "tu", "h", "hrs", "hours", "horas", "hores", "heures", "uhr",
    "local time", "hora local", "heure locale",
))  # fmt: skip
_LONG_ZONE = r"(?: (?:[a-z-]+ ){1,4}time| (?:hora|horario|tiempo|temps|tempo|heure|hores)(?: [a-z']+){1,4})"
_ZONE = rf"(?: ?{_ZONES}\b\.?|{_LONG_ZONE})?(?: ?[+-]\d\d(?::?\d\d)?)?(?: \([a-z0-9 .:/+-]+\))?"
_AT = any_of(
    (
        "at",
        "from",
        "de",
        "at about",
        "at around",
        "around",
        "a las",
        "as",
        "alle",
        "alle ore",
        "ore",
        "gegen",
        "a la",
        "a les",
        "a",
        "sobre las",
        "vers",
        "um",
    )
)
_HALF_DAY = any_of((
    "de la manana", "de la tarde", "de la noche", "de la madrugada", "del mati", "de la tarda", "del vespre",
    "de la nit", "du matin", "de l'apres-midi", "du soir",
    "in the morning", "in the afternoon", "in the evening", "at night",
))  # fmt: skip
_CLOCK = (
    rf"(?:(?:{_AT} )?(?:{_NUMBERS.format('a')}|{_WORDS})"
    rf"|(?:at|a las|a les|um) (?P<ch>\d{{1,2}})(?!\d)(?:\.(?P<cm>\d\d))?)"
    rf"(?:{_ZONE} ?(?:-|→|->|to|a|a las|a les|bis) ?{_NUMBERS.format('b')})?{_ZONE}(?: {_HALF_DAY})?"
)
_AFTER = re.compile(rf"(?:[ ,;t]+|,? ?- )({_CLOCK})$")
_BEFORE = re.compile(rf"^({_CLOCK})(?:,? (?:on |de |del |du |le |el )?)(?=.)")
# asctime and the date command of Unix write the time before the year.
_INSIDE = re.compile(rf"(?<=\d) (\d\d:\d\d:\d\d(?: {_ZONES})?)(?= \d{{4}}$)")
_MIDNIGHT = re.compile(r"(?:0?0:00(?::00)?(?:\.0+)?|12:00(?::00)? ?a\.?m\.?)")
_PART_OF_DAY = any_of((
    "morning", "early morning", "afternoon", "evening", "night", "overnight", "manana", "madrugada", "tarde", "noche",
    "mati", "matinada", "tarda", "vespre", "nit", "matin", "apres-midi", "soir", "soiree", "nuit",
))  # fmt: skip
_PART_BEFORE = re.compile(
    rf"^(?:on |in |during |en |a |de |dans |durante |durant |pendant )?(?:the |la |el |l'|le |al |au )?"
    rf"({_PART_OF_DAY})(?: (?:of|on|del|de la|de|du|le) (?:the )?| d'|,? (?=\d))(?=.)"
)
_PART_AFTER = re.compile(
    rf"(?:,? (?:in the |por la |a la |al |au |le |en la |de la |pel )?({_PART_OF_DAY})| \(({_PART_OF_DAY})\))$"
)


def split_time(text: str) -> tuple[str, str]:
    """Return the date and the time of day of a folded text; the time is "" if there is none, or at midnight."""
    for pattern in (_AFTER, _BEFORE, _INSIDE):
        match = pattern.search(text)
        if match and _is_time(match):
            date = f"{text[: match.start()]}{text[match.end() :]}".strip(" ,;")
            return date, "" if _MIDNIGHT.fullmatch(match[1]) else match[1]
    for pattern in (_PART_AFTER, _PART_BEFORE):
        if (match := pattern.search(text)) and any(map(str.isdigit, text)):
            date = f"{text[: match.start()]}{text[match.end() :]}"
            return date, next(filter(None, match.groups()))
    return text, ""


def _is_time(match: re.Match[str]) -> bool:
    """Return whether hours are at most 24 and minutes below 60."""
    groups = match.groupdict()
    hours = [int(groups[name]) for name in ("ah", "bh", "ch") if groups.get(name)]
    minutes = [int(groups[name]) for name in ("am", "an", "ao", "bm", "bn", "bo", "cm") if groups.get(name)]
    return all(hour <= 24 for hour in hours) and all(minute < 60 for minute in minutes)
