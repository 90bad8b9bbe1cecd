"""Exports: they can be imported again unchanged, contain no formula, and show one moment."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from databases import Databases
from filled_store import filled
from hypothesis import given, settings
from hypothesis import strategies as st

from db.dates.edtf import When
from db.events.draft import Correction, Draft, Figure, Source
from db.query.filter import Filter
from db.store import Store
from geo.place import Place, Precision
from timeline.exchange.name_forms import is_tag
from timeline.exchange.native_table import COLUMNS
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.readers import SUFFIXES
from timeline.writers.registry import WRITERS, writer_named
from timeline.writers.writer import DIALECTS, About, Dialect, Writer

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
RISKY = st.builds(
    "{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'", "''", '"', "\n", ",", " "]), TEXT
)
WORDS = st.one_of(TEXT, RISKY)
TITLE = WORDS.filter(lambda text: bool(text.strip()))
JSON = st.recursive(
    st.one_of(WORDS, st.integers(-(2**63) + 1, 2**63 - 1), st.booleans(), st.none(),
              st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip
PLACES = st.builds(
    Place,
    name=TITLE,
    lon=st.floats(-180, 180).map(lambda x: round(x, 5)),
    lat=st.floats(-90, 90).map(lambda x: round(x, 5)),
    precision=st.sampled_from(Precision),
    country=st.sampled_from([None, "BE", "NL"]),
    admin1=st.one_of(st.none(), TITLE),
    confidence=st.floats(0, 1),
)
DRAFTS = st.builds(
    Draft,
    title=TITLE,
    summary=WORDS,
    category=st.sampled_from(["raid", "arrest"]),
    when=st.sampled_from([None, *map(When.parse, ("2023-05", "-0064~", "2020/..", "[2021-01..2021-03]"))]),
    places=st.lists(PLACES, max_size=3).map(tuple),
    figures=st.dictionaries(st.sampled_from(["arrests", "kg"]), st.integers(0, 99), max_size=2).map(
        lambda figures: tuple(Figure.named(name, value) for name, value in figures.items())
    ),
    tags=st.lists(TITLE.filter(is_tag), max_size=3, unique=True).map(tuple),
    sources=st.lists(st.builds(Source, title=TITLE, publisher=st.one_of(st.none(), TITLE)), max_size=2).map(
        tuple
    ),
    data=st.dictionaries(WORDS, JSON, max_size=3),
    note=st.one_of(st.none(), TITLE),
    verification=st.sampled_from(["reported", "disputed"]),
    corrections=st.lists(
        st.builds(Correction, at=st.just("2026-11-25T09:30:00Z"), note=TITLE), max_size=2, unique=True
    ).map(tuple),
    status=st.just("published"),
)


def features(store: Store) -> dict[str, Any]:
    features_by_id = {}
    for raw in store.snapshot(Filter())[1]:
        feature = json.loads(raw)
        del feature["properties"]["created"], feature["properties"]["updated"]
        features_by_id[feature["id"]] = feature
    return features_by_id


@pytest.fixture(scope="module")
def target(databases: Databases) -> Iterator[Store]:
    """Yield the store into which exports are imported; each test deletes the events first."""
    imported = Store(databases.new())
    yield imported
    imported.close()


@pytest.mark.parametrize(
    "writer",
    [
        pytest.param(writer, id=writer.name, marks=() if writer.name == "csv" else pytest.mark.slow)
        for writer in WRITERS
        if f".{writer.suffix}" in SUFFIXES
    ],
)
@settings(max_examples=15, deadline=None)
@given(drafts=st.lists(DRAFTS, min_size=1, max_size=4), data=st.data())
def test_exported_events_are_imported_unchanged(
    shared_store: Store, target: Store, writer: Writer, drafts: list[Draft], data: st.DataObject
) -> None:
    from msgspec.structs import replace

    ids = data.draw(
        st.lists(st.from_regex(r"[=+@'a-z-]{3,9}", fullmatch=True), min_size=4, max_size=4, unique=True)
    )
    filled(shared_store, [replace(draft, id=id_) for id_, draft in zip(ids, drafts, strict=False)])
    target.clear()
    exported = b"".join(writer.write(shared_store.snapshot(Filter())[1], About()))
    importer = Importer(store=target, find_candidates=lambda text, country: [], options=Options(publish=True))
    report = importer.import_stream(f"out.{writer.suffix}", io.BytesIO(exported))
    assert (report.created, report.rejected) == (len(drafts), [])
    assert features(shared_store) == features(target)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "note", ["a\rb", "a\r\r\r\nb", "\ra", "a\n\r\n", 'a;"\r";,b', "a\u2028\x85\x0bb\ufeff"]
)
def test_a_table_gives_the_same_bytes_after_an_import(
    store: Store, target: Store, dialect: Dialect, note: str
) -> None:
    draft = Draft(
        id="a", title=f"t {note} t", category="raid", note=note, data={"x": note}, status="published"
    )
    store.add([draft])
    target.clear()
    about = About(dialect=dialect)
    exported = b"".join(writer_named("csv").write(store.snapshot(Filter())[1], about))
    importer = Importer(store=target, find_candidates=lambda text, country: [], options=Options(publish=True))
    importer.import_stream("out.csv", io.BytesIO(exported))
    again = b"".join(writer_named("csv").write(target.snapshot(Filter())[1], about))
    assert again == exported


def rows(store: Store) -> list[dict[str, str]]:
    text = b"".join(writer_named("csv").write(store.snapshot(Filter())[1], About())).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "'x"])
def test_no_text_is_exported_as_a_formula(store: Store, text: str) -> None:
    store.add([Draft(id="a", title=text, category="raid", status="published")])
    assert rows(store)[0]["title"] == f"'{text}"


def test_numbers_and_dates_are_exported_unchanged(store: Store) -> None:
    place = Place(name="x", lon=-3.7, lat=-40.4, precision=Precision.CITY)
    when = When.parse("-0064~")
    store.add([Draft(id="a", title="t", category="raid", when=when, places=(place,), status="published")])
    (row,) = rows(store)
    assert tuple(row) == COLUMNS
    assert (row["date"], row["lat"], row["lon"]) == ("-0064~", "-40.4", "-3.7")


def test_an_apostrophe_of_the_source_is_kept(store: Store) -> None:
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(publish=True))
    importer.import_stream("a.csv", io.BytesIO(b"title,category\n'tis,raid\n"))
    assert rows(store)[0]["title"] == "''tis"


def test_a_snapshot_does_not_see_later_writes(store: Store) -> None:
    store.add([Draft(id=f"a{n}", title="t", category="raid", status="published") for n in range(9)])
    stamp, snapshot = store.snapshot(Filter())
    next(snapshot)
    store.add([Draft(id="b", title="t", category="raid", status="published")])
    assert (len(list(snapshot)), store.stamp().version - stamp.version) == (8, 1)
