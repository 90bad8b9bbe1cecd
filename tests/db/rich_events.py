"""A database with rows in every table: events of every status, edits, embargoes, keys, answers and reports."""

import time
from dataclasses import replace as replaced

from msgspec.structs import replace

from db.dates.edtf import When
from db.editing.idempotency import RepeatableRequest
from db.editing.wrong_keys import NewAttempts
from db.events.draft import Author, Draft, Figure, LookedUpText, Source
from db.store import Store
from geo.place import Place, Precision

HALIFAX = Place(name="Halifax", lon=-63.57, lat=44.65, precision=Precision.CITY, country="CA")
BALKANS = Place(name="Balkans", lon=21.5, lat=42.7, precision=Precision.COUNTRY, countries=("RS", "AL", "MK"))
DATES = ("2023", "2021-05-03", "../2020", "1950S2", None, "2022-01/2023-01", "-0043", "2023-05-03T10:00:00Z")
EDITOR = Author("Ada", why="a reader wrote", note="A name was wrong")


def rich_event(number: int) -> Draft:
    """Return an event, which differs from the others in every part."""
    date = DATES[number % len(DATES)]
    near_halifax = replaced(HALIFAX, lon=HALIFAX.lon + number / 1000)
    return Draft(
        id=f"event-{number}" if number % 7 else f"événement {number}/'\"\\ %_?",
        title=f"L'Hospitalet {number} «ŀ·l» 東京 \\ '{number % 5}'",
        summary="Etwas, Ünïcode \U0001f30d and % signs? " * (number % 4),
        category=("raid", "arrest", "new_kind")[number % 3],
        when=When.parse(date) if date else None,
        places=((), (HALIFAX,), (near_halifax, BALKANS))[number % 3],
        texts=(LookedUpText(text=f"Hali {number}", country="CA", doubt="unsure" if number % 4 else None),),
        figures=(Figure.named("arrests", number), Figure.named("seized_eur", number / 7)),
        tags=tuple(dict.fromkeys(f"tag-{number % part}" for part in (2, 5))),
        sources=(Source(title="Gazette", url="https://example.org/a"),),
        data={"clerk": number, "nested": {"x": [1, None, 2.5]}},
        status=("published", "published", "draft", "review")[number % 4],
        verification=("reported", "confirmed", "disputed")[number % 3],
        embargo=int(time.time()) + 10_000 if number % 11 == 5 else 0,
    )


def fill_richly(store: Store, count: int = 60) -> str:
    """Fill a migrated database through the doors that editors and imports use; return the key of an editor."""
    store.add([rich_event(number) for number in range(count)], categories={"new_kind": "New kind"})
    key = store.desk.create_key("Ada", "editor")
    store.desk.create_key("Old", "admin")
    store.desk.revoke("Old")
    store.desk.replace(replace(rich_event(1), title="Edited"), 1, EDITOR)
    store.desk.replace(replace(rich_event(4), status="retracted"), 1, EDITOR)
    store.desk.delete("event-8", 1, EDITOR)
    store.desk.create(
        [replace(rich_event(1), id="repeatable")], EDITOR, RepeatableRequest("Ada", "once", b"body")
    )
    store.places.settle("event-1", 1, None)
    store.places.save_geocoder_answer("nominatim", "Vrexley", "CA", None)
    store.jobs.start("ended", "Ada", "editor", "a.csv")
    store.jobs.add_rejected_part("ended", 0, b"part of a file")
    store.desk.add_wrong_keys({"192.0.2.1": NewAttempts(wrong=3)})
    store.jobs.finish("ended", "done", {"created": 3, "lines": ["é"]}, 3)
    return key
