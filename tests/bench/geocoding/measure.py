"""Measure the batch command's speed and memory, the time of a single look-up, and the compilation of the gazetteer."""

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
TEXTS_IN_LONG_RUN = 20_000  # so that the start of the command is a small part of the run
RUNS_PER_COMMAND = 3  # the one with least CPU time counts: other processes can only make a run slower


class CommandFailed(RuntimeError):
    """A command ended with an error; the message is its output."""


class Run(NamedTuple):
    """The cost of a command: seconds by the clock, seconds of CPU time, bytes of memory at its peak."""

    seconds: float
    cpu_seconds: float
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The batch command's answers and cost.

    `first_rate` and `repeated_rate` are texts a second of CPU time without the start of the command: of a file read
    once, and of the same file many times over, when most names are cached. `start` is the CPU seconds for a single
    text, `memory` the peak in bytes.
    """

    answers: list[dict[str, Any]]
    start: float
    first_rate: float
    repeated_rate: float
    memory: int


class Lookups(NamedTuple):
    """Milliseconds of a look-up in a running process: median and 99th percentile, of new texts and repeated ones."""

    new: float
    new_p99: float
    repeated: float
    repeated_p99: float


class Compilation(NamedTuple):
    """The cost of compiling the gazetteer, and its size in bytes; `run` is None if it was not compiled."""

    run: Run | None
    size: int


def command(*words: str, **environment: str) -> Run:
    """Run a `timeline` command to its end and return its cost; raise CommandFailed if it fails.

    The kernel's peak of memory includes this process as it was when it started the command: measure commands
    before this process opens anything large.
    """
    env = {**os.environ, "TIMELINE_GEOCODER": OFFLINE, **environment}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "timeline", *words], cwd=ROOT, env=env, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise CommandFailed(output.read().decode(errors="replace").strip())
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, kilobytes * 1024)


def batch(gold: Path) -> Batch:
    """Answer a gold file with `timeline geocode --file`, and return the answers and the cost."""
    lines = [line + "\n" for line in gold.read_text("utf-8").splitlines() if line.strip()]
    repeats = max(2, -(-TEXTS_IN_LONG_RUN // len(lines)))
    with tempfile.TemporaryDirectory() as folder:
        single, _ = _geocode(Path(folder), lines[:1])
        once, answers = _geocode(Path(folder), lines)
        repeated, _ = _geocode(Path(folder), lines * repeats)
    return Batch(
        answers=answers,
        start=single.cpu_seconds,
        first_rate=(len(lines) - 1) / max(once.cpu_seconds - single.cpu_seconds, 1e-6),
        repeated_rate=len(lines) * (repeats - 1) / max(repeated.cpu_seconds - once.cpu_seconds, 1e-6),
        memory=max(once.memory, repeated.memory),
    )


def _geocode(folder: Path, lines: list[str]) -> tuple[Run, list[dict[str, Any]]]:
    """Return the fastest run of the batch command over some lines, and its answers."""
    source, target = folder / "texts.jsonl", folder / "answers.jsonl"
    source.write_text("".join(lines), "utf-8")
    runs = [command("geocode", "--file", str(source), "--out", str(target)) for _ in range(RUNS_PER_COMMAND)]
    return min(runs, key=lambda run: run.cpu_seconds), read(target)


def lookups(resolver: Resolver, texts: Sequence[str]) -> Lookups:
    """Return the time of single look-ups: of each distinct text for the first time in this process, then again."""
    distinct = list(dict.fromkeys(texts))
    # The first look-ups of a process open the file and load the names of countries: leave them out.
    for text in ("Reggio Calabria, Italy", "Springfield, IL", "nowhere to be found, Atlantis"):
        resolver.candidates(text)
    new, repeated = ([_milliseconds(resolver, text) for text in distinct] for _ in range(2))
    return Lookups(statistics.median(new), _p99(new), statistics.median(repeated), _p99(repeated))


def _milliseconds(resolver: Resolver, text: str) -> float:
    start = time.thread_time_ns()
    resolver.candidates(text)
    return (time.thread_time_ns() - start) / 1e6


def _p99(values: list[float]) -> float:
    return sorted(values)[(len(values) * 99 - 1) // 100]


def compilation() -> Compilation:
    """Compile the gazetteer into a temporary folder with `timeline gazetteer`, and return the cost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gazetteer.sqlite"
        run = command("gazetteer", TIMELINE_GAZETTEER=str(path))
        return Compilation(run, path.stat().st_size)


def answer(text: str, place: Place | None) -> dict[str, Any]:
    """Return the fields of a place that the score needs, as the batch command writes them."""
    if place is None:
        return {"q": text, "lat": None}
    return {
        "q": text,
        "lat": place.lat,
        "lon": place.lon,
        "precision": place.precision.value,
        "confidence": place.confidence,
    }
