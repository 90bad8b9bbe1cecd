"""Measure what answers cost: the batch command's speed and memory, a single look-up's time, the gazetteer's making."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from geo.geocoders.registry import OFFLINE
from geo.place import Place
from geo.resolver.resolver import Resolver

from .score import read

ROOT = Path(__file__).parents[3]
MANY = 20_000  # strings, so that starting up is a small part of the run
TRIES = 3  # of which the fastest counts: other work on the machine only ever makes a run slower


class CommandFailed(RuntimeError):
    """A command ended with an error; the text is what it said."""


class Run(NamedTuple):
    """What a command took: seconds by the clock, seconds of processor time, bytes of memory at its peak."""

    seconds: float
    processor: float
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The batch command's answers and cost.

    `fresh` and `repeated` are strings a second without starting up: the file once, and again and again, when
    most names have been looked up before. `start` is the seconds for one string, `memory` the peak in bytes.
    """

    answers: list[dict[str, Any]]
    start: float
    fresh: float
    repeated: float
    memory: int


class Lookups(NamedTuple):
    """Milliseconds of a single look-up in an open process: median and 99th percentile, new strings and known ones."""

    new: float
    new_p99: float
    known: float
    known_p99: float


class Compiled(NamedTuple):
    """What making the gazetteer took, and its size in bytes; no run where it was not made anew."""

    run: Run | None
    size: int


def command(*words: str, **environment: str) -> Run:
    """Run a `timeline` command to its end and measure it; raise CommandFailed if it fails.

    The peak is the kernel's, which also counts this process as it was when it started the other: so measure
    commands before anything large is opened here.
    """
    env = {**os.environ, "TIMELINE_GEOCODER": OFFLINE, **environment}
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "timeline", *words], cwd=ROOT, env=env, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise CommandFailed(said.read().decode(errors="replace").strip())
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, kilobytes * 1024)


def batch(gold: Path) -> Batch:
    """Answer a gold file with `timeline geocode --file`, and measure it."""
    lines = [line + "\n" for line in gold.read_text("utf-8").splitlines() if line.strip()]
    times = max(2, -(-MANY // len(lines)))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answers.jsonl"
        one, once, many = (_asked(Path(folder), lines, count, target) for count in (0, 1, times))
        start, whole, long = one[0].seconds, once[0].seconds, many[0].seconds
        return Batch(
            answers=once[1],
            start=start,
            fresh=(len(lines) - 1) / max(whole - start, 1e-6),
            repeated=len(lines) * (times - 1) / max(long - whole, 1e-6),
            memory=max(run.memory for run, _ in (once, many)),
        )


def _asked(folder: Path, lines: list[str], times: int, target: Path) -> tuple[Run, list[dict[str, Any]]]:
    """Answer the lines so many times over (0: only the first line); give the fastest run and its answers."""
    source = folder / "asked.jsonl"
    source.write_text("".join(lines * times or lines[:1]), "utf-8")
    runs = [command("geocode", "--file", str(source), "--out", str(target)) for _ in range(TRIES)]
    return min(runs), read(target)


def lookups(resolver: Resolver, texts: Sequence[str]) -> Lookups:
    """Time single look-ups: each distinct text for the first time in this process, then once more."""
    distinct = list(dict.fromkeys(texts))
    # The first look-ups of a process open the file and load the countries' names: that is not a warm one.
    for text in ("Reggio Calabria, Italy", "Springfield, IL", "nowhere to be found, Atlantis"):
        resolver.candidates(text)
    new, known = ([_took(resolver, text) for text in distinct] for _ in range(2))
    return Lookups(statistics.median(new), _p99(new), statistics.median(known), _p99(known))


def _took(resolver: Resolver, text: str) -> float:
    begun = time.perf_counter_ns()
    resolver.candidates(text)
    return (time.perf_counter_ns() - begun) / 1e6


def _p99(values: list[float]) -> float:
    return sorted(values)[(len(values) * 99 - 1) // 100]


def compiled() -> Compiled:
    """Make the gazetteer anew in a temporary folder with `timeline gazetteer`, and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gazetteer.sqlite"
        run = command("gazetteer", TIMELINE_GAZETTEER=str(path))
        return Compiled(run, path.stat().st_size)


def answer(text: str, place: Place | None) -> dict[str, Any]:
    """Write a place as the batch command does, as far as the score asks for it."""
    if place is None:
        return {"q": text, "lat": None}
    return {
        "q": text,
        "lat": place.lat,
        "lon": place.lon,
        "precision": place.precision.value,
        "confidence": place.confidence,
    }
