"""`timeline review`: list the uncertain places of events with their candidates, and choose one."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.shared import load_settings, open_resolver, open_store

if TYPE_CHECKING:
    from db.store import Store
    from db.writing.place_texts import Doubtful
    from geo.place import Candidate, FindCandidates, Place

MAX_CANDIDATES_LISTED = 5
MAX_CANDIDATES = 50  # that can be chosen
_COLUMNS = (
    "event", "title", "status", "place", "text", "context", "doubt", "current",
    "candidate", "name", "admin1", "country", "precision", "lat", "lon", "confidence", "gazetteer_id", "because",
)  # fmt: skip


@click.command(
    epilog="""\b
Examples:
  timeline review
  timeline review --format csv > doubts.csv
  timeline review --choose ndrangheta-action-day 1 2
  timeline review --choose ndrangheta-action-day 1 38.15,16.07

PLACE is the number or the text of a place in the list. CANDIDATE is a number in the list, a gazetteer id such as
geonames:3175395, coordinates as LAT,LON, or none for a text that is not a place. The choice is stored for the event and
for the same text in later imports."""
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True
)
@click.option(
    "--choose",
    nargs=3,
    metavar="EVENT PLACE CANDIDATE|LAT,LON",
    help="Choose the candidate of a place.",
)
def review(format_: str, choose: tuple[str, str, str] | None) -> None:
    """List the uncertain places of events, or choose a candidate.

    The list has the places that were not found, or not with certainty, and their candidates.
    """
    from timeline.places.geocoding import candidate_finder

    settings = load_settings()
    store = open_store(settings)
    find_candidates = candidate_finder(
        settings, store, limit=MAX_CANDIDATES, resolver=lambda: open_resolver(settings)
    )
    if choose:
        _choose(store, find_candidates, *choose)
    elif format_ == "text":
        _text(store.places.doubtful(), find_candidates)
    elif format_ == "csv":
        _csv(store.places.doubtful(), find_candidates)
    else:
        as_objects = [
            _plain(doubtful, _offered(doubtful, find_candidates)) for doubtful in store.places.doubtful()
        ]
        click.echo(json.dumps(as_objects, ensure_ascii=False, indent=1))
    store.close()


def _choose(
    store: "Store", find_candidates: "FindCandidates", event: str, place: str, candidate: str
) -> None:
    number, written = store.places.text(event, place)
    chosen = _candidate(candidate, written.text, find_candidates(written.text, written.country))
    store.places.settle(event, number, chosen)
    meaning = f"{chosen.name} ({chosen.lat:g}, {chosen.lon:g})" if chosen else "not a place"
    click.echo(f"{event}, place {number}: {written.text!r} is {meaning}; stored for later imports")


def _candidate(choice: str, text: str, candidates: "list[Candidate]") -> "Place | None":
    """Return the place of a choice: none, a number, a gazetteer id, or lat,lon in degrees."""
    if choice.strip().lower() == "none":
        return None
    if "," in choice:
        return _point(choice, text)
    for number, candidate in enumerate(candidates, 1):
        if choice in (str(number), candidate.place.gazetteer_id):
            return replace(candidate.place, confidence=1.0, geocoder="chosen")
    expected = (
        f"expected 1 to {len(candidates)}, a gazetteer id of the list, LAT,LON such as 38.15,16.07, or none"
    )
    raise click.BadParameter(f"{choice!r} is not a candidate for {text!r}; {expected}", param_hint="--choose")


def _point(choice: str, text: str) -> "Place":
    from db.errors import BadEvent
    from geo.countries.lookup import country_at
    from geo.place import Place, Precision
    from timeline.imports.drafts.values import point

    lat_text, _, lon_text = choice.partition(",")
    try:
        lon, lat = point(lon_text.strip(), lat_text.strip())
    except BadEvent as error:
        raise click.BadParameter(f"{error}", param_hint="--choose") from None
    country = country_at(lon, lat)
    return Place(name=text, lon=lon, lat=lat, precision=Precision.POINT, country=country, geocoder="chosen")


def _offered(doubtful: "Doubtful", find_candidates: "FindCandidates") -> "list[tuple[int, Candidate]]":
    """Return the first candidates with their numbers, and the current one, which may come later in the list."""
    numbered = enumerate(find_candidates(doubtful.text, doubtful.country), 1)
    current = doubtful.place and (doubtful.place.lon, doubtful.place.lat)
    return [
        item
        for item in numbered
        if item[0] <= MAX_CANDIDATES_LISTED or (item[1].place.lon, item[1].place.lat) == current
    ]


def _plain(doubtful: "Doubtful", numbered: "list[tuple[int, Candidate]]") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "event": doubtful.event,
        "title": doubtful.title,
        "status": doubtful.status,
        "place": doubtful.number,
        "text": doubtful.text,
        "country": doubtful.country,
        "doubt": doubtful.doubt,
        "current": asdict(doubtful.place) if doubtful.place else None,
        "candidates": [
            {"candidate": number, **asdict(candidate.place), "reasons": list(candidate.reasons)}
            for number, candidate in numbered
        ],
    }


def _csv(doubtful_places: "list[Doubtful]", find_candidates: "FindCandidates") -> None:
    """Write a row for each candidate; a text without candidates has one row."""
    output = csv.writer(sys.stdout, lineterminator="\n")
    output.writerow(_COLUMNS)
    for doubtful in doubtful_places:
        current = doubtful.place.name if doubtful.place else ""
        head = (
            doubtful.event,
            doubtful.title,
            doubtful.status,
            doubtful.number,
            doubtful.text,
            doubtful.country,
            doubtful.doubt,
            current,
        )
        rows = list(_cells(_offered(doubtful, find_candidates))) or [("",) * 10]
        output.writerows((*head, *row) for row in rows)


def _cells(numbered: "list[tuple[int, Candidate]]") -> Iterator[tuple[Any, ...]]:
    for number, candidate in numbered:
        place = candidate.place
        country = place.country or ",".join(place.countries)
        yield (
            number, place.name, place.admin1 or "", country, place.precision.value,
            place.lat, place.lon, place.confidence, place.gazetteer_id or "", "; ".join(candidate.reasons),
        )  # fmt: skip


def _text(doubtful_places: "list[Doubtful]", find_candidates: "FindCandidates") -> None:
    if not doubtful_places:
        click.echo("No place needs review.")
    for doubtful in doubtful_places:
        within = f" in {doubtful.country}" if doubtful.country else ""
        current = f", located as {doubtful.place.name}, {doubtful.place.country}" if doubtful.place else ""
        click.echo(
            f"{doubtful.event}, place {doubtful.number}: {doubtful.text!r}{within}: {doubtful.doubt}{current}"
        )
        for number, name, admin1, country, precision, lat, lon, sure, id_, because in _cells(
            _offered(doubtful, find_candidates)
        ):
            name_parts = ", ".join(dict.fromkeys(part for part in (name, admin1, country) if part))
            details = f"{lat:.5f},{lon:.5f}  {sure:.2f}  {id_ or '–'}"
            click.echo(f"  {number}  {name_parts}  {precision}  {details}  {because}")
