"""Generate events that are skewed in place and time like real ones; the same seed gives the same events.

    python -m tests.bench.serving.generate --events 1000000 --database events.db
    python -m tests.bench.serving.generate --events 1000000 --table events.csv     # for PostGIS' COPY

The first n events are the same, however many are generated.
"""

import argparse
import csv
import sqlite3
import sys
import time
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import IO, NamedTuple, TypeVar

from db.dates.edtf import ALWAYS, FOREVER, When
from db.events.categories import VOCABULARY
from db.events.draft import Draft, Figure, Source
from db.store import Store
from geo.gazetteer.reader import open_gazetteer
from geo.place import Place, Precision

EVENTS = 1_000_000
SEED = 4
SUMMARY_CHARACTERS = 200
_T = TypeVar("_T")
_TODAY = date(2026, 1, 1)
_OLDEST_DAYS = 75 * 365
_MEAN_DAYS = 8 * 365
EVENTS_PER_TRANSACTION = 20_000
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "ta",
    "us",
    "vi",
    "sol",
    "den",
    "bar",
    "mo",
    "ti",
    "er",
    "na",
    "pol",
    "gre",
    "ist",
    "chu",
    "fa",
    "wen",
]


@dataclass(frozen=True)
class World:
    """What events are drawn from, each list with its weights."""

    cities: "Weighted[Place]"
    regions: "Weighted[Place]"
    countries: "Weighted[Place]"
    words: "Weighted[str]"
    tags: "Weighted[str]"
    categories: "Weighted[str]"


class Weighted(list[_T]):
    """A list of items to draw from, with weights."""

    def __init__(self, items: Iterable[_T], weights: Iterable[float]) -> None:
        super().__init__(items)
        self.cumulative = list(accumulate(weights))

    def draw(self, random: Random) -> _T:
        """Return a random item."""
        return self[bisect(self.cumulative, random.random() * self.cumulative[-1])]


def world(gazetteer: Path | None = None) -> World:
    """Return a World with the gazetteer's places; the weight of a city is the square root of its population."""
    path = open_gazetteer(gazetteer).path
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        cities = _places(connection, Precision.CITY, 1000)
        regions = _places(connection, Precision.ADMIN1, 0)
        countries = _places(connection, Precision.COUNTRY, 1)
    words = ["".join(Random(i).choices(_SYLLABLES, k=1 + i % 3)) + "aeiou"[i % 5] for i in range(6000)]
    slugs = [kind.slug for kind in VOCABULARY]
    return World(
        cities,
        regions,
        countries,
        words=Weighted(words, (1 / (rank + 8) for rank in range(len(words)))),
        tags=Weighted(words[500:800], (1 / (rank + 2) for rank in range(300))),
        categories=Weighted(slugs, (1 / (rank + 1) for rank in range(len(slugs)))),
    )


def _places(connection: sqlite3.Connection, precision: Precision, min_population: int) -> Weighted[Place]:
    rows = connection.execute(
        "SELECT id, name, lon / 1e5, lat / 1e5, country, population, radius / 10.0 FROM place"
        " WHERE kind = ? AND population >= ? AND country IS NOT NULL AND codes IS NULL ORDER BY id",
        (precision.rank, min_population),
    ).fetchall()
    places = [
        Place(
            name=name, lon=lon, lat=lat, precision=precision, country=country, radius_km=radius,
            confidence=0.9, gazetteer_id=f"geonames:{ident}",
        )
        for ident, name, lon, lat, country, _, radius in rows
    ]  # fmt: skip
    return Weighted(places, ((row[5] or 1000) ** 0.5 for row in rows))


def drafts(count: int, seed: int = SEED, gazetteer: Path | None = None) -> Iterator[Draft]:
    """Yield published events with the ids `event-0000000`, `event-0000001`, …; each summary has 200 characters."""
    random, sampler = Random(seed), world(gazetteer)
    for number in range(count):
        yield _draft(random, sampler, number)


def _draft(random: Random, sampler: World, number: int) -> Draft:
    places = _where(random, sampler)
    category = sampler.categories.draw(random)
    words = random.choices(sampler.words, cum_weights=sampler.words.cumulative, k=45)
    summary = " ".join(words).ljust(SUMMARY_CHARACTERS, "a")[:SUMMARY_CHARACTERS]
    date_text = draw_date(random)
    named = f" in {places[0].name}" if places else ""
    return Draft(
        id=f"event-{number:07}",
        title=f"{category.replace('_', ' ').capitalize()}{named}: {words[-1]} {words[-2]}",
        category=category,
        summary=summary,
        when=When.parse(date_text) if date_text else None,
        places=places,
        figures=_figures(random),
        tags=tuple({sampler.tags.draw(random) for _ in range(random.choice((0, 1, 1, 2, 3)))}),
        sources=(_source(random, words, number),),
        status="published",
    )


def _where(random: Random, sampler: World) -> tuple[Place, ...]:
    chance = random.random()
    if chance < 0.03:
        return ()
    if chance < 0.13:
        return tuple(
            {
                place.name: place for place in (_pin(random, sampler) for _ in range(2 + (chance > 0.1)))
            }.values()
        )
    return (_pin(random, sampler),)


def _pin(random: Random, sampler: World) -> Place:
    chance = random.random()
    if chance < 0.05:
        return sampler.countries.draw(random)
    if chance < 0.1:
        return sampler.regions.draw(random)
    city = sampler.cities.draw(random)
    if chance < 0.25:
        lon = round(max(-180.0, min(180.0, city.lon + random.gauss(0, 0.04))), 5)
        lat = round(max(-90.0, min(90.0, city.lat + random.gauss(0, 0.03))), 5)
        return replace(city, lon=lon, lat=lat, precision=Precision.POINT, radius_km=0.1, geocoder="given")
    return city


def draw_day(random: Random) -> date:
    """Return a random day of the 75 years before 2026; half of them are in the last five and a half years."""
    return _TODAY - timedelta(days=1 + int(random.expovariate(1 / _MEAN_DAYS)) % _OLDEST_DAYS)


def draw_date(random: Random) -> str | None:
    """Return a random EDTF date: mostly days, some months, years, intervals and uncertain dates; None in 3 %."""
    chance, day = random.random(), draw_day(random)
    if chance < 0.03:
        return None
    if chance < 0.83:
        return day.isoformat()
    if chance < 0.88:
        return f"{day:%Y-%m}"
    later = day + timedelta(days=1 + int(random.expovariate(1 / 30)))
    forms = (
        f"{day}/{later}",
        f"{day}/{later}",
        f"{day}?",
        f"{day:%Y-%m}~",
        f"{day:%Y}",
        f"{day}T12:30:00Z",
        f"{day}/",
    )
    return random.choice(forms) if chance < 0.99 else f"{day}/.."


def _figures(random: Random) -> tuple[Figure, ...]:
    names = random.choice(((), (), ("arrests",), ("deaths",), ("arrests", "seized_eur"), ("cocaine_kg",)))
    return tuple(Figure.named(name, float(1 + int(random.expovariate(0.05)))) for name in names)


def _source(random: Random, words: list[str], number: int) -> Source:
    publisher = f"{words[0].capitalize()} {random.choice(('Times', 'News', 'Agency', 'Court', 'Police'))}"
    return Source(title=" ".join(words[1:6]), publisher=publisher, url=f"https://news.example/{number:07}")


class Written(NamedTuple):
    """How long it took to generate and to store events, in seconds, and the size of the database in bytes."""

    events: int
    drafting: float
    storing: float
    size: int


def write_database(path: Path, drafts_: Iterable[Draft]) -> Written:
    """Write events with `Store.add`, 20,000 in a transaction."""
    store = Store(f"sqlite:///{path}")
    store.migrate()
    drafting = storing = 0.0
    written, remaining = 0, iter(drafts_)
    while True:
        began = time.perf_counter()
        batch = list(islice(remaining, EVENTS_PER_TRANSACTION))
        drafting += time.perf_counter() - began
        if not batch:
            break
        began = time.perf_counter()
        written += store.add(batch).created
        storing += time.perf_counter() - began
    store.close()
    return Written(written, drafting, storing, path.stat().st_size)


COLUMNS = (
    "id", "title", "summary", "category", "date", "start_time", "end_time", "place", "country", "precision",
    "figures", "tags", "source_title", "source_publisher", "source_url", "geom",
)  # fmt: skip


def write_table(file: IO[str], drafts_: Iterable[Draft]) -> None:
    """Write events as CSV rows of COLUMNS; missing values are empty, times are in UTC, points are EWKT (lon lat)."""
    csv.writer(file).writerows(map(_row, drafts_))


def _row(draft: Draft) -> tuple[object, ...]:
    first = draft.places[0] if draft.places else None
    source, when = draft.sources[0], draft.when
    points = ", ".join(f"({place.lon} {place.lat})" for place in draft.places)
    figures = ", ".join(f"{figure.name}: {figure.value:g}" for figure in draft.figures)
    return (
        draft.id, draft.title, draft.summary, draft.category, when and when.text,
        when and _timestamp(when.start_min), when and _timestamp(when.end_max),
        first and first.name, first and first.country, first and first.precision.value,
        figures, " ".join(draft.tags), source.title, source.publisher, source.url,
        f"SRID=4326;MULTIPOINT({points})" if points else None,
    )  # fmt: skip


def _timestamp(seconds: int) -> str | None:
    if seconds in (ALWAYS, FOREVER):
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def main() -> None:
    """Generate the database or table that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=EVENTS, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", type=Path, help="a new SQLite file")
    parser.add_argument("--table", type=Path, help="a new CSV file")
    chosen = parser.parse_args()
    if chosen.database:
        if chosen.database.exists():
            parser.error(f"{chosen.database} exists")
        done = write_database(chosen.database, drafts(chosen.events, chosen.seed))
        print(
            f"{done.events:,} events: drafted in {done.drafting:.1f} s, stored in {done.storing:.1f} s"
            f" ({done.events / done.storing:,.0f} a second), {done.size / done.events:,.0f} bytes an event",
            file=sys.stderr,
        )
    if chosen.table:
        with chosen.table.open("w", encoding="utf-8", newline="") as file:
            write_table(file, drafts(chosen.events, chosen.seed))


if __name__ == "__main__":
    main()
