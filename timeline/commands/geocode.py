"""`timeline geocode` and `timeline gazetteer`: find the places of texts, and print the path of the gazetteer."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.shared import (
    complete_text_file,
    load_settings,
    open_gazetteer,
    open_resolver,
    progress_bar,
)

if TYPE_CHECKING:
    from geo.place import Candidate, FindPlace, Place


@click.command(
    epilog="""\b
Examples:
  timeline geocode "San Luca, Calabria"
  timeline geocode Paris --country US --limit 3
  timeline geocode --file places.jsonl --out answers.jsonl

Each line of IN.jsonl is an object with "q" and, optionally, "country": {"q": "Hasselt", "country": "BE"}"""
)
@click.argument("text", required=False)
@click.option("--country", help="Name or ISO code of the country; decides between places of the same name.")
@click.option("--lang", default="en", show_default=True, help="Language of the names, such as fr.")
@click.option(
    "--limit",
    default=10,
    show_default=True,
    type=click.IntRange(1, 100),
    help="Maximum number of candidates.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the candidates as JSON.")
@click.option(
    "--file",
    "source",
    type=click.Path(path_type=Path),
    metavar="IN.jsonl",
    help="Geocode every line of a file.",
)
@click.option(
    "--out", "target", type=click.Path(path_type=Path), metavar="OUT.jsonl", help="File for the answers."
)
def geocode(text: str | None, source: Path | None, target: Path | None, **options: Any) -> None:
    """Find the places that TEXT may mean, best first.

    With --file and --out, geocode a file of texts instead.
    """
    if (text is None) == (source is None):
        raise click.UsageError(
            "expected either a TEXT, such as timeline geocode Hasselt, or --file IN.jsonl --out OUT.jsonl"
        )
    if (source is None) != (target is None):
        raise click.UsageError(
            "--file and --out need each other; expected both, such as --file in.jsonl --out out.jsonl"
        )
    if source and target:
        _geocode_file(source, target)
    elif text is not None:
        _geocode_text(text, **options)


def _geocode_text(text: str, country: str | None, lang: str, limit: int, as_json: bool) -> None:
    from geo.countries.names import country_code

    if country and country_code(country) is None:
        click.echo(
            f"warning: {country!r} is not the name or code of a country, such as BE or Belgium; it is ignored",
            err=True,
        )
        country = None
    candidates = open_resolver(load_settings()).candidates(text, country=country, lang=lang, limit=limit)
    if as_json:
        click.echo(json.dumps([_plain(candidate) for candidate in candidates], ensure_ascii=False, indent=1))
    elif candidates:
        click.echo("\n".join(_table(candidates)))
    if not candidates:
        raise click.ClickException(
            f"no place {text!r} was found; check the spelling, or add the country, such as 'Hasselt, Belgium'"
        )


def _plain(candidate: "Candidate") -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(candidate.place), "reasons": list(candidate.reasons)}


def _table(candidates: "list[Candidate]") -> Iterator[str]:
    """Yield the lines of a table of candidates; the reasons come last because they are long."""
    rows = [("place", "country", "precision", "lat", "lon", "sure", "because")]
    for candidate in candidates:
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


def _geocode_file(source: Path, target: Path) -> None:
    from timeline.places.geocoding import best_place_finder

    settings = load_settings()
    find_place = best_place_finder(settings, lambda: open_resolver(settings))
    with source.open("rb") as stream, progress_bar(f"Geocoding {source.name}", "lines") as on_progress:
        total = sum(1 for _ in stream)
        stream.seek(0)
        with complete_text_file(target) as output:
            for answer in _answers(source, stream, find_place, lambda done: on_progress(done, total)):
                output.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _answers(
    source: Path,
    lines: Iterable[bytes],
    find_place: "FindPlace",
    on_progress: Callable[[int], None],
) -> Iterator[dict[str, Any]]:
    from geo.countries.names import country_code

    for number, line in enumerate(lines, 1):
        if line.strip():
            text, country = _question(source, number, line)
            country_given = country if country and country_code(country) else None
            yield _answer(text, find_place(text, country_given) if text.strip() else None)
        if number % 20 == 0:
            on_progress(number)


def _question(source: Path, number: int, line: bytes) -> tuple[str, str | None]:
    from timeline.errors import BadFile

    expected = 'expected an object such as {"q": "Hasselt", "country": "BE"}'
    try:
        question = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadFile(f"{source}, line {number}: is not JSON; {expected}") from None
    if not isinstance(question, dict) or not isinstance(question.get("q"), str):
        raise BadFile(f'{source}, line {number}: has no text "q"; {expected}')
    country = question.get("country")
    return question["q"], country if isinstance(country, str) else None


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
    """Print the path of the compiled gazetteer. If it is missing or old, compile it first."""
    click.echo(open_gazetteer(load_settings()).path)
