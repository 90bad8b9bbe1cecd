"""What tables write where they know nothing."""

_WORDS = (
    "n/a", "#n/a", "n.a.", "na", "null", "nil", "none", "unknown", "undefined", "not available", "not known", "no data",
    "-", "--", "---", "–", "—", "?", "??", "\\n", "desconocido", "desconocida", "se desconoce", "desconegut",
    "desconeguda", "inconnu", "inconnue", "unbekannt", "sconosciuto", "desconhecido",
)  # fmt: skip
# In the cases that they are written in, since looking one up is a matter of every row.
NOTHING = frozenset(case for word in _WORDS for case in (word, word.upper(), word.capitalize(), word.title()))
# NA is also the code of Namibia.
NO_COUNTRY = NOTHING - {"na", "Na", "NA"}
EMPTIED = ("place", "city", "admin1", "lat", "lon", "source_title", "source_url", "tags")


def nothing(one: str, text: str) -> bool:
    """Tell whether a text says for a field that nothing is known; titles and words of people stay as they are."""
    return text in (NO_COUNTRY if one == "country" else NOTHING if one in EMPTIED else ())
