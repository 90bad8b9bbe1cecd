"""`timeline geocode` and `timeline gazetteer`: places from texts, and the file they come from."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timeline.commands import shared
from timeline.commands.shared import bar, resolver, settings, written

if TYPE_CHECKING:
    from geo.place import Candidate, Place


@click.command(
    epilog="""\b
Examples:
  timeline geocode "San Luca, Calabria"
  timeline geocode Paris --country US --limit 3
  timeline geocode --file places.jsonl --out answers.jsonl

Each line of IN.jsonl is an object with "q", and "country" if known: {"q": "Hasselt", "country": "BE"}"""
)
@click.argument("text", required=False)
@click.option("--country", help="A country's name or ISO code, to choose between places of one name.")
@click.option("--lang", default="en", show_default=True, help="Language of the names.")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most so many candidates."
)
@click.option("--json", "as_json", is_flag=True, help="Print the candidates as JSON.")
@click.option(
    "--file",
    "source",
    type=click.Path(path_type=Path),
    metavar="IN.jsonl",
    help="Answer every line of a file.",
)
@click.option(
    "--out", "target", type=click.Path(path_type=Path), metavar="OUT.jsonl", help="Where the answers go."
)
def geocode(text: str | None, source: Path | None, target: Path | None, **options: Any) -> None:
    """Find the places that TEXT may mean, best first; or answer a file of them."""
    if (text is None) == (source is None):
        raise click.UsageError("expected either a TEXT or --file IN.jsonl --out OUT.jsonl")
    if (source is None) != (target is None):
        raise click.UsageError("--file and --out go together")
    if source and target:
        _file(source, target)
    elif text is not None:
        _text(text, **options)


def _text(text: str, country: str | None, lang: str, limit: int, as_json: bool) -> None:
    from geo.countries.names import country_code

    if country and country_code(country) is None:
        click.echo(f"warning: {country!r} is no country's name or code; left out", err=True)
        country = None
    found = resolver(settings()).candidates(text, country=country, lang=lang, limit=limit)
    if as_json:
        click.echo(json.dumps([_plain(candidate) for candidate in found], ensure_ascii=False, indent=1))
    elif found:
        click.echo("\n".join(_table(found)))
    if not found:
        raise click.ClickException(f"no place called {text!r} was found")


def _plain(candidate: "Candidate") -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(candidate.place), "reasons": list(candidate.reasons)}


def _table(found: "list[Candidate]") -> Iterator[str]:
    """Align the candidates in columns; the reasons come last, as they are long."""
    rows = [("place", "country", "precision", "lat", "lon", "sure", "because")]
    for candidate in found:
        place = candidate.place
        country = place.country or ",".join(place.countries) or "–"
        lat, lon = f"{place.lat:.5f}", f"{place.lon:.5f}"
        reasons = "; ".join(candidate.reasons)
        name = f"{place.name}, {place.admin1}" if place.admin1 and place.admin1 != place.name else place.name
        rows.append((name, country, place.precision.value, lat, lon, f"{place.confidence:.2f}", reasons))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        cells = [
            value.rjust(width) if 3 <= column <= 5 else value.ljust(width)
            for column, (value, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join((*cells, row[6])).rstrip()


def _file(source: Path, target: Path) -> None:
    from timeline.places.geocoding import best_place_finder

    chosen = settings()
    ask = best_place_finder(chosen, lambda: resolver(chosen))
    with source.open("rb") as stream, bar(f"Geocoding {source.name}", "lines") as tick:
        total = sum(1 for _ in stream)
        stream.seek(0)
        with written(target) as output:
            for answer in _answers(source, stream, ask, lambda done: tick(done, total)):
                output.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _answers(
    source: Path,
    lines: Iterable[bytes],
    ask: "Callable[[str, str | None], Place | None]",
    tick: Callable[[int], None],
) -> Iterator[dict[str, Any]]:
    from geo.countries.names import country_code

    for number, line in enumerate(lines, 1):
        if line.strip():
            text, country = _question(source, number, line)
            known = country if country and country_code(country) else None
            yield _answer(text, ask(text, known) if text.strip() else None)
        if number % 20 == 0:
            tick(number)


def _question(source: Path, number: int, line: bytes) -> tuple[str, str | None]:
    from timeline.errors import BadFile

    expected = 'expected an object such as {"q": "Hasselt", "country": "BE"}'
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadFile(f"{source}, line {number}: is not JSON; {expected}") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("q"), str):
        raise BadFile(f'{source}, line {number}: has no text "q"; {expected}')
    country = asked.get("country")
    return asked["q"], country if isinstance(country, str) else None


def _answer(text: str, place: "Place | None") -> dict[str, Any]:
    if place is None:
        return {"q": text, **dict.fromkeys(("name", "lat", "lon", "country", "precision", "confidence"))}
    return {
        "q": text,
        "name": place.name,
        "lat": place.lat,
        "lon": place.lon,
        "country": place.country,
        "precision": place.precision.value,
        "confidence": place.confidence,
    }


@click.command(epilog="\b\nExample:\n  TIMELINE_GAZETTEER=/srv/gazetteer.db timeline gazetteer")
def gazetteer() -> None:
    """Print where the compiled gazetteer lies; make it if it is missing or old."""
    click.echo(shared.gazetteer(settings()).path)
