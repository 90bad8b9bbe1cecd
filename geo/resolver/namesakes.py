"""Distinguish a town from the area that is named after it: "Lisboa" means the city, "Moscow region" does not."""

from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.resolver.scoring import ADMIN1, ADMIN2, CITY, COUNTRY, SHORT_RANKS, SIMILAR_RANK

MIN_SHARE_OF_PEOPLE = {ADMIN1: 0.12, ADMIN2: 0.05}  # of an area's, for the town that the area is named after
BONUS_OF_LOCAL_NAME = 2.0  # the local name of a town that is listed by an English name
MIN_GAP_TO_AREA = 0.1
MAX_RADIUS_OF_SURROUNDINGS_KM = 75.0
MAX_RADII_OF_CITY_AREA = 1.5
RADII_OF_SURROUNDINGS = 3.0
MIN_RADIUS_OF_SURROUNDINGS_KM = 25.0
PENALTY_OF_CITY_AREA = 3.0
MIN_TIMES_PEOPLE_OF_AREA = 5.0  # of the town's, for an area abroad that may be meant as well
MAX_GAP_TO_LARGER_AREA = 1.0  # "York" is the town, whose name is far better known than that of any county
GAP_IN_DOUBT = 0.05
PENALTY_OF_SURROUNDINGS = 3.5  # more than an area's bonus for the kind that the text names
_KINDS_OF_REGION = ((ADMIN1,), (ADMIN1, ADMIN2, COUNTRY))  # "oblast", "governorate"; "region"
_PRIMARY, _ALTERNATIVE = 0, 1


def raised_scores(scores: dict[GazetteerEntry, float]) -> dict[GazetteerEntry, float]:
    """Return the scores of the towns that go before the area that contains them and has their name.

    `scores` are those of the entries that a name without a word such as "province" may mean. GeoNames lists famous
    towns by their English names and areas by their local ones: "Lisboa" is the primary name of the district alone.
    """
    raised: dict[GazetteerEntry, float] = {}
    towns = [entry for entry in scores if entry.kind == CITY and entry.rank in (_PRIMARY, _ALTERNATIVE)]
    for area, score in scores.items():
        if area.kind not in (ADMIN1, ADMIN2) or area.feature or area.rank in (*SHORT_RANKS, SIMILAR_RANK):
            continue
        town = max((town for town in towns if is_seat(town, area)), key=_population, default=None)
        if town is not None:
            bonus = BONUS_OF_LOCAL_NAME if town.rank == _ALTERNATIVE else 0.0
            raised[town] = max(raised.get(town, 0.0), scores[town] + bonus, score + MIN_GAP_TO_AREA)
    return raised


def scores_of_larger_areas(scores: dict[GazetteerEntry, float], text: str) -> dict[GazetteerEntry, float]:
    """Return new scores for areas abroad that have exactly the name of the likeliest town, and far more people.

    They come close to the town, so that a person decides: "Kent" is a county of England and a town in Washington.
    """
    likeliest = max(scores, key=scores.__getitem__, default=None)
    if likeliest is None or likeliest.kind != CITY:
        return {}
    return {
        area: max(score, scores[likeliest] - GAP_IN_DOUBT)
        for area, score in scores.items()
        if score > scores[likeliest] - MAX_GAP_TO_LARGER_AREA
        and area.kind in (ADMIN1, ADMIN2)
        and area.rank == _PRIMARY
        and area.name.casefold() == text.casefold()
        and area.population >= MIN_TIMES_PEOPLE_OF_AREA * likeliest.population
        and area.country != likeliest.country
    }


def is_seat(town: GazetteerEntry, area: GazetteerEntry) -> bool:
    """Return whether a town is inside an area, and big enough for the area to be named after it.

    The town of Goiás is too small: "Goiás" is the state.
    """
    if area.id not in (town.admin1, town.admin2):
        return False
    return town.population >= MIN_SHARE_OF_PEOPLE[area.kind] * area.population


def is_around(area: GazetteerEntry, town: GazetteerEntry) -> bool:
    """Return whether an area is just the surroundings of its seat: the province of Rome is, New York State is not."""
    return (
        area.kind in (ADMIN1, ADMIN2)
        and area.radius_km <= MAX_RADIUS_OF_SURROUNDINGS_KM
        and is_seat(town, area)
    )


def area_of_town(
    town: GazetteerEntry, kinds: tuple[int, ...] | None, gazetteer: Gazetteer
) -> GazetteerEntry | None:
    """Return the area that a town's name with a word such as "region" or "Landkreis" means; None if no area is asked.

    For "region" it is the first-level area around the town, if the town is its seat. Else it is the surroundings of
    the town, with an estimated radius: the gazetteer has no German districts, such as "Landkreis München".
    """
    if not kinds or min(kinds) < ADMIN2 or town.kind != CITY:
        return None
    area = gazetteer.by_id(town.admin1) if town.admin1 and kinds in _KINDS_OF_REGION else None
    if area is None or not is_seat(town, area):
        return town._replace(kind=ADMIN2 if ADMIN2 in kinds else ADMIN1, radius_km=_radius_around(town))
    if is_city_area(area, town):
        area = area._replace(radius_km=_radius_around(town))
    return area._replace(rank=town.rank, population=town.population)


def is_surroundings(area: GazetteerEntry, town: GazetteerEntry) -> bool:
    """Return whether an area stands for the surroundings of a town, because the gazetteer has no such area."""
    return area.id == town.id and area.kind != town.kind


def is_city_area(area: GazetteerEntry, town: GazetteerEntry) -> bool:
    """Return whether a first-level area is no more than a town: Moscow, Kyiv, Vienna."""
    return area.id == town.admin1 and area.radius_km <= MAX_RADII_OF_CITY_AREA * town.radius_km


def city_areas(entries: tuple[GazetteerEntry, ...], gazetteer: Gazetteer) -> set[int]:
    """Return the ids of the first-level areas that are no more than one of the towns, while another is around them.

    "Moscow Oblast" is not the city of Moscow, which is a first-level area too.
    """
    pairs = ((gazetteer.by_id(town.admin1), town) for town in entries if town.kind == CITY and town.admin1)
    areas = {area.id: area.country for area, town in pairs if area and is_city_area(area, town)}
    others = {entry.country for entry in entries if entry.kind == ADMIN1 and entry.id not in areas}
    return {area_id for area_id, country in areas.items() if country in others}


def _radius_around(town: GazetteerEntry) -> float:
    return max(MIN_RADIUS_OF_SURROUNDINGS_KM, RADII_OF_SURROUNDINGS * town.radius_km)


def _population(entry: GazetteerEntry) -> int:
    return entry.population
