"""An event that has a unique word in each of its parts, and others, for tests of purges."""

from msgspec.structs import replace

from db.dates.edtf import When
from db.events.draft import Author, Draft, LookedUpText, Source
from geo.place import Place, Precision

ADA = Author("Ada", why="the court says so")
WORDS = (
    "Quirrelmund", "Blåvandsen", "Zwyntorf", "Hexapolitan", "Ümbröckel", "Vrexley", "Plonkheim", "Wyrmbridge",
    "Trugnosed", "Ockertwist", "Jabberwick",
)  # fmt: skip


def event(id_: str, **fields: object) -> Draft:
    """Return a published event with some fields replaced."""
    plain = Draft(id=id_, title=f"Event {id_}", category="raid", status="published", when=When.parse("2023"))
    return replace(plain, **fields)  # type: ignore[arg-type]  # passed on


def secret(id_: str = "s", **fields: object) -> Draft:
    """Return an event that has a unique word in each of its parts."""
    place = Place(name="Zwyntorf", lon=-63.58217, lat=44.64912, precision=Precision.CITY, country="CA")
    secret_event = event(
        id_,
        title="Quirrelmund Blåvandsen is questioned",
        summary="A man of the Hexapolitan club, and Ümbröckel.",
        places=(place,),
        texts=(LookedUpText(text="Zwyntorf near Vrexley", country="CA", place=0, doubt="unsure"),),
        tags=("Plonkheim",),
        sources=(Source(title="Wyrmbridge Gazette", url="https://example.org/Trugnosed"),),
        data={"clerk": "Ockertwist"},
        note="As Jabberwick said",
    )
    return replace(secret_event, **fields)  # type: ignore[arg-type]  # passed on


def other_events(count: int = 40) -> list[Draft]:
    """Return events that are not purged."""
    place = Place(name="Halifax", lon=-63.57, lat=44.65, precision=Precision.CITY, country="CA")
    return [
        event(f"e{n}", summary=f"Something of the {n}th day " * 20, places=(place,)) for n in range(count)
    ]
