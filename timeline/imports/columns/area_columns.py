"""Columns of states and countries with longer names, such as `País del suceso`, and of counties beside them."""

from timeline.exchange.field_names import BIRTH, COUNTIES, DISTRICTS, NAMES, key
from timeline.imports.columns.assignment import Assignment

_NOUNS = {
    "admin1": frozenset((
        "state", "states", "province", "region", "provincia", "departamento", "estado", "regio", "regione",
        "departement", "regiao", "bundesland", "provinz", "provincie", "etat", "estat", "stato", "prefecture",
        "governorate", "oblast", "canton", "kanton", "voivodeship", "wojewodztwo",
        "fylke", "maakunta", "megye", "judet",
    )),
    "country": frozenset((
        "country", "countries", "nation", "pais", "pays", "paese", "nazione", "staat", "stato", "estat", "etat",
        "estado", "land", "state",
    )),
}  # fmt: skip
# Words that say that the area is that of a person, a product or a record, not of the event.
_NOT_OF_EVENT = BIRTH | frozenset((
    "residence", "residencia", "home", "nationality", "nationalities", "citizenship", "citizen", "victim",
    "victims", "suspect", "perpetrator", "offender", "attacker", "author", "source", "publisher", "reporting",
    "registration", "registered", "flag", "owner", "operator", "manufacturer", "destination", "destino",
    "desti", "target", "headquarters", "hq", "phone", "mailing", "billing", "shipping", "marital", "civil",
    "current", "code", "id", "status",
))  # fmt: skip


def assign_qualified_areas(assignment: Assignment) -> None:
    """Assign state and country to the only column that is named so, with other words before or after.

    A place with coordinates needs neither, and two such columns say different things, such as origin and target.
    """
    if assignment.has("lat", "lon"):
        return
    for field in ("admin1", "country"):
        columns = [] if assignment.has(field) else _named_like(assignment, field)
        if len(columns) == 1:
            assignment.assign(field, columns[0])


def assign_second_area(assignment: Assignment) -> None:
    """Assign a county or district, or a second column of states, such as a region beside its provinces."""
    if assignment.has("admin2") or not assignment.has("admin1", "country"):
        return
    areas = (*DISTRICTS, "admin1", *NAMES["admin1"].split())
    columns = [name for name in assignment.free_named(COUNTIES) if assignment.fits("admin2", name)]
    columns += [name for name in assignment.free_named(areas) if assignment.fits("admin1", name)]
    if columns:
        assignment.assign("admin2", columns[0])


def _named_like(assignment: Assignment, field: str) -> list[str]:
    names = []
    for name in assignment.free():
        words = key(name).split("_")
        is_named = words[0] in _NOUNS[field] or words[-1] in _NOUNS[field]
        if is_named and not _NOT_OF_EVENT & set(words) and assignment.fits(field, name):
            names.append(name)
    return names
