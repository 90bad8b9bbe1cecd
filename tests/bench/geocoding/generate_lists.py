"""Lists of towns without states and countries, as the places of one event: related ones, with a stranger, by chance."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from geo.gazetteer.reader import Gazetteer, GazetteerEntry

from .styles import GoldRow, Style, row_of, towns

SEED = 25
LISTS = 600  # of each style
MIN_PEOPLE = 10_000
MIN_PEOPLE_OF_STRANGER = 100_000
MIN_TOWNS_OF_AREA = 8

Region = Callable[[GazetteerEntry], object]


def _region_groups(
    entries: Sequence[GazetteerEntry], region: Region
) -> dict[object, dict[str, GazetteerEntry]]:
    """Return the towns of each region that has enough, by name; of two namesakes in a region, the larger."""
    groups: defaultdict[object, dict[str, GazetteerEntry]] = defaultdict(dict)
    for entry in entries:
        if region(entry):
            groups[region(entry)].setdefault(entry.name, entry)
    return {key: group for key, group in groups.items() if len(group) >= MIN_TOWNS_OF_AREA}


def _draw(gazetteer: Gazetteer, region: Region) -> Iterator[tuple[random.Random, list[GazetteerEntry]]]:
    """Yield lists of two to six towns of a region; a region with many towns is drawn more often."""
    entries = towns(gazetteer, MIN_PEOPLE)
    groups = _region_groups(entries, region)
    chance = random.Random(SEED)
    in_groups = [entry for entry in entries if region(entry) in groups]
    for _ in range(LISTS):
        group = groups[region(chance.choice(in_groups))]
        yield chance, chance.sample(list(group.values()), chance.randint(2, 6))


def _rows(style: str, number: int, entries: Sequence[GazetteerEntry]) -> Iterator[GoldRow]:
    for entry in entries:
        yield row_of(entry.name, entry, style, group=f"{style} {number}")


def _related(style: str, region: Region, gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for number, (_, entries) in enumerate(_draw(gazetteer, region)):
        yield from _rows(style, number, entries)


def _with_stranger(style: str, region: Region, gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield related towns and one large city of another country."""
    cities = towns(gazetteer, MIN_PEOPLE_OF_STRANGER)
    for number, (chance, entries) in enumerate(_draw(gazetteer, region)):
        stranger = chance.choice(cities)
        while stranger.country == entries[0].country:
            stranger = chance.choice(cities)
        entries.insert(chance.randint(0, len(entries)), stranger)
        yield from _rows(style, number, entries)


def _unrelated(style: str, gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield lists of two to six cities anywhere."""
    cities = towns(gazetteer, MIN_PEOPLE_OF_STRANGER)
    chance = random.Random(SEED)
    for number in range(LISTS):
        yield from _rows(style, number, chance.sample(cities, chance.randint(2, 6)))


def _with_state(style: str, gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield towns and the state that contains them: "Atlanta; Savannah; Georgia"."""
    for number, (_, entries) in enumerate(_draw(gazetteer, lambda entry: entry.admin1)):
        state = gazetteer.by_id(entries[0].admin1 or 0)
        # A state with the name of one of its towns is the same place on a map: "Nairobi; Nairobi".
        if state and state.name not in [entry.name for entry in entries]:
            yield from _rows(style, number, [*entries[:3], state])


def _style(name: str, rows: Callable[..., Iterator[GoldRow]], region: Region | None = None) -> Style:
    return Style(name, partial(rows, name, region) if region else partial(rows, name))


STYLES = (
    _style("list: towns of a state", _related, lambda entry: entry.admin1),
    _style("list: towns of a country", _related, lambda entry: entry.country),
    _style("list: towns of a state, stranger", _with_stranger, lambda entry: entry.admin1),
    _style("list: towns of a country, stranger", _with_stranger, lambda entry: entry.country),
    _style("list: cities anywhere", _unrelated),
    _style("list: towns and their state", _with_state),
)
