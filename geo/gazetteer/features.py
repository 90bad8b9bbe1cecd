"""Places that are no settlements and no areas: seas, lakes, rivers, mountains, deserts and airports."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.gazetteer.place_kinds import without_prepositions
from geo.place import Precision
from geo.text import fold

SEA, AIRPORT = "sea", "airport"
MAX_WORDS_OF_FEATURE = 3
_MAX_KM = ((2.0, Precision.NEIGHBOURHOOD), (25.0, Precision.CITY), (100.0, Precision.ADMIN2))


class NaturalFeature(NamedTuple):
    """A natural feature: its kind such as `lake`, names, the ISO codes of the countries around it, point and radius."""

    kind: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    lon: float
    lat: float
    radius_km: float


class FeatureName(NamedTuple):
    """The kind of feature that a word in a text names, and the folded name without the word."""

    kind: str
    name: str

    @property
    def key(self) -> str:
        """Return the key in the gazetteer of all features of this kind and name, such as `lake:garda`."""
        return f"{self.kind}:{self.name.replace(' ', '')}"


def natural_features() -> Iterator[NaturalFeature]:
    """Yield the features of natural_features.csv."""
    for row in bundled_rows("natural_features.csv"):
        point = (float(row["lon"]), float(row["lat"]), float(row["radius_km"]))
        yield NaturalFeature(
            row["feature"], tuple(row["names"].split("|")), tuple(row["codes"].split()), *point
        )


def precision_of_radius(radius_km: float) -> Precision:
    """Return the precision of a feature: that of a town or an area of the same size."""
    return next((precision for limit, precision in _MAX_KM if radius_km <= limit), Precision.ADMIN1)


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Return the kinds of features by their folded words: those before a name, and those after it."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for row in bundled_rows("feature_words.csv"):
        if row["where"] in "be":
            before[fold(row["word"])] = row["feature"]
        if row["where"] in "ae":
            after[fold(row["word"])] = row["feature"]
    return before, after


def split_feature(folded: str) -> FeatureName | None:
    """Return the kind and the name of a feature: `lago di garda` → lake, garda; None without a word for a feature."""
    words = folded.split(" ")
    before, after = _words()
    for size in range(min(MAX_WORDS_OF_FEATURE, len(words) - 1), 0, -1):
        if kind := before.get(" ".join(words[:size])):
            return FeatureName(kind, without_prepositions(" ".join(words[size:])))
        if kind := after.get(" ".join(words[-size:])):
            return FeatureName(kind, " ".join(words[:-size]))
    return None
