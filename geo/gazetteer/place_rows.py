"""Rows of the gazetteer's table of places, and those of natural features and airports with their names."""

from collections.abc import Iterator
from typing import NamedTuple

from geo.gazetteer.airports import AirportIndex, AirportNames
from geo.gazetteer.entry_ids import feature_id
from geo.gazetteer.features import (
    AIRPORT,
    SEA,
    FeatureName,
    NaturalFeature,
    natural_features,
    precision_of_radius,
    split_feature,
)
from geo.text import fold

PRIMARY, ALTERNATIVE, CODE, SHORTENED, ABBREVIATION = 0, 1, 2, 4, 5  # ranks of names, see GazetteerEntry
AIRPORT_RADIUS_KM = 2.0
FIRST_NUMBER_OF_AIRPORTS = 1_000_000  # beyond the numbers of natural features


class PlaceRow(NamedTuple):
    """A row of the table `place`; geo.gazetteer.reader.GazetteerEntry explains the columns."""

    id: int
    name: str
    lon: float
    lat: float
    kind: int
    country: str | None = None
    admin1: int | None = None
    admin2: int | None = None
    population: int = 0
    names: int = 0
    radius: float = 0.0
    cell: int | None = None
    codes: str | None = None
    feature: str | None = None


class NamedRow(NamedTuple):
    """A row, and the ranks of its names by key."""

    row: PlaceRow
    ranks: dict[str, int]


def natural_feature_rows() -> Iterator[NamedRow]:
    """Yield the seas, lakes, rivers, mountains and deserts."""
    for number, feature in enumerate(natural_features(), 1):
        yield NamedRow(_row_of_feature(number, feature), dict.fromkeys(_keys_of_feature(feature), PRIMARY))


def _row_of_feature(number: int, feature: NaturalFeature) -> PlaceRow:
    is_in_one_country = len(feature.codes) == 1 and feature.kind != SEA
    return PlaceRow(
        feature_id(number),
        feature.names[0],
        feature.lon,
        feature.lat,
        precision_of_radius(feature.radius_km).rank,
        country=feature.codes[0] if is_in_one_country else None,
        names=len(feature.names),
        radius=feature.radius_km,
        codes=None if is_in_one_country else " ".join(feature.codes) or None,
        feature=feature.kind,
    )


def _keys_of_feature(feature: NaturalFeature) -> set[str]:
    names = {fold(name) for name in feature.names}
    without_word = {name.key for name in map(split_feature, names) if name and name.kind == feature.kind}
    return {name.replace(" ", "") for name in names} | without_word


def airport_rows(index: AirportIndex) -> Iterator[NamedRow]:
    """Yield the airports; the towns around them must have been added to the index before."""
    for number, names in enumerate(index.airports, FIRST_NUMBER_OF_AIRPORTS):
        yield NamedRow(_row_of_airport(number, names), _ranks_of_airport(names))


def _ranks_of_airport(names: AirportNames) -> dict[str, int]:
    ranks = {FeatureName(AIRPORT, names.airport.code.lower()).key: CODE}
    ranks |= {FeatureName(AIRPORT, name).key: ALTERNATIVE for name in names.names_of_nearest_towns}
    ranks |= {FeatureName(AIRPORT, name).key: PRIMARY for name in names.names}
    return ranks | {name.replace(" ", ""): PRIMARY for name in names.plain_names()}


def _row_of_airport(number: int, names: AirportNames) -> PlaceRow:
    airport = names.airport
    return PlaceRow(
        feature_id(number),
        airport.name,
        airport.lon,
        airport.lat,
        precision_of_radius(AIRPORT_RADIUS_KM).rank,
        country=airport.country,
        admin1=airport.admin1 or None,
        admin2=airport.admin2 or None,
        population=names.people,
        names=len(names.names),
        radius=AIRPORT_RADIUS_KM,
        feature=AIRPORT,
    )
