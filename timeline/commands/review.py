"""`timeline review`: the places that are in doubt, with their candidates, and a person's choice."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from timeline.commands.shared import resolver, settings, store

if TYPE_CHECKING:
    from db.store import Store
    from db.writing.place_texts import Doubtful
    from geo.place import Candidate, FindCandidates, Place

_FEW, _MANY = 5, 50  # candidates that are listed, and that can be chosen
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

CANDIDATE is a number of the list, a gazetteer id (geonames:3175395), or none for a text that is no place.
Coordinates are lat,lon. A choice holds for the event, and for the same text at the next import."""
)
@click.option(
    "--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True
)
@click.option(
    "--choose",
    nargs=3,
    metavar="EVENT PLACE CANDIDATE|LAT,LON",
    help="Settle one place by its number or text.",
)
def review(form: str, choose: tuple[str, str, str] | None) -> None:
    """List the places that were not found, or not surely; or settle one."""
    from timeline.places.geocoding import candidate_finder

    chosen = settings()
    opened = store(chosen)
    ask = candidate_finder(chosen, opened, limit=_MANY, resolver=lambda: resolver(chosen))
    if choose:
        _settle(opened, ask, *choose)
    elif form == "text":
        _text(opened.doubtful(), ask)
    elif form == "csv":
        _csv(opened.doubtful(), ask)
    else:
        listed = [_plain(one, _offered(one, ask)) for one in opened.doubtful()]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    opened.close()


def _settle(opened: "Store", ask: "FindCandidates", event: str, place: str, candidate: str) -> None:
    number, written = opened.written(event, place)
    found = _candidate(candidate, written.text, ask(written.text, written.country))
    opened.settle(event, number, found)
    what = f"{found.name} ({found.lat:g}, {found.lon:g})" if found else "no place"
    click.echo(f"{event}, place {number}: {written.text!r} is {what}; remembered for the next import")


def _candidate(said: str, text: str, found: "list[Candidate]") -> "Place | None":
    """Read what a person chose: `none`, a number, a gazetteer id, or lat,lon in degrees."""
    if said.strip().lower() == "none":
        return None
    if "," in said:
        return _point(said, text)
    for number, one in enumerate(found, 1):
        if said in (str(number), one.place.gazetteer_id):
            return replace(one.place, confidence=1.0, geocoder="chosen")
    expected = f"expected 1 to {len(found)}, a gazetteer id of the list, lat,lon or none"
    raise click.BadParameter(f"{said!r} is no candidate for {text!r}; {expected}", param_hint="--choose")


def _point(said: str, text: str) -> "Place":
    from db.errors import BadEvent
    from geo.countries.lookup import country_at
    from geo.place import Place, Precision
    from timeline.imports.drafts.values import point

    lat_text, _, lon_text = said.partition(",")
    try:
        lon, lat = point(lon_text.strip(), lat_text.strip())
    except BadEvent as error:
        raise click.BadParameter(f"{error}", param_hint="--choose") from None
    country = country_at(lon, lat)
    return Place(name=text, lon=lon, lat=lat, precision=Precision.POINT, country=country, geocoder="chosen")


def _offered(one: "Doubtful", ask: "FindCandidates") -> "list[tuple[int, Candidate]]":
    """Number the first few candidates, and the one it is taken for: a box or company may have brought it up."""
    found = enumerate(ask(one.text, one.country), 1)
    taken = one.place and (one.place.lon, one.place.lat)
    return [each for each in found if each[0] <= _FEW or (each[1].place.lon, each[1].place.lat) == taken]


def _plain(one: "Doubtful", found: "list[tuple[int, Candidate]]") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "event": one.event,
        "title": one.title,
        "status": one.status,
        "place": one.number,
        "text": one.text,
        "country": one.country,
        "doubt": one.doubt,
        "current": asdict(one.place) if one.place else None,
        "candidates": [
            {"candidate": number, **asdict(each.place), "reasons": list(each.reasons)}
            for number, each in found
        ],
    }


def _csv(listed: "list[Doubtful]", ask: "FindCandidates") -> None:
    """Write a row a candidate; a text without any has one row all the same."""
    output = csv.writer(sys.stdout, lineterminator="\n")
    output.writerow(_COLUMNS)
    for one in listed:
        current = one.place.name if one.place else ""
        head = (one.event, one.title, one.status, one.number, one.text, one.country, one.doubt, current)
        rows = list(_cells(_offered(one, ask))) or [("",) * 10]
        output.writerows((*head, *row) for row in rows)


def _cells(found: "list[tuple[int, Candidate]]") -> Iterator[tuple[Any, ...]]:
    for number, one in found:
        place = one.place
        country = place.country or ",".join(place.countries)
        yield (
            number, place.name, place.admin1 or "", country, place.precision.value,
            place.lat, place.lon, place.confidence, place.gazetteer_id or "", "; ".join(one.reasons),
        )  # fmt: skip


def _text(listed: "list[Doubtful]", ask: "FindCandidates") -> None:
    if not listed:
        click.echo("No place is in doubt.")
    for one in listed:
        within = f" in {one.country}" if one.country else ""
        taken = f", taken for {one.place.name}, {one.place.country}" if one.place else ""
        click.echo(f"{one.event}, place {one.number}: {one.text!r}{within}: {one.doubt}{taken}")
        for number, name, admin1, country, precision, lat, lon, sure, id_, because in _cells(
            _offered(one, ask)
        ):
            where = ", ".join(dict.fromkeys(part for part in (name, admin1, country) if part))
            told = f"{lat:.5f},{lon:.5f}  {sure:.2f}  {id_ or '–'}"
            click.echo(f"  {number}  {where}  {precision}  {told}  {because}")
