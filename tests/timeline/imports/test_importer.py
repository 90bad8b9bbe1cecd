"""Import rows into a real database: good rows are stored, bad rows rejected, a second import changes nothing."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from databases import Databases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.events.categories import FORMER_LABELS
from db.query.filter import Filter
from db.store import Store
from geo.box import Box
from geo.place import Candidate, Place, Precision
from seeds import EVENTS
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

HASSELT = Place(name="Hasselt", lon=5.34, lat=50.93, precision=Precision.CITY, country="BE")


def find_candidates(text: str, country: str | None) -> list[Candidate]:
    """Find one town, so that these tests need no gazetteer."""
    return [Candidate(place=HASSELT)] if "Hasselt" in text else []


def take(store: Store, data: str | bytes, name: str = "events.csv", **options: Any) -> Report:
    options.setdefault("publish", True)
    importer = Importer(store=store, find_candidates=find_candidates, options=Options(**options))
    return importer.import_stream(name, io.BytesIO(data.encode() if isinstance(data, str) else data))


def table(**row: str) -> str:
    """Return a table of one row, with the columns that the test is about."""
    row = {"title": "a", "category": "raid", **row}
    return ",".join(row) + "\n" + ",".join(f'"{value}"' for value in row.values()) + "\n"


def features(store: Store) -> list[dict[str, Any]]:
    documents = [json.loads(feature) for feature in store.snapshot(Filter())[1]]
    for document in documents:
        del document["properties"]["created"], document["properties"]["updated"]
    return documents


def only(store: Store) -> dict[str, Any]:
    (feature,) = features(store)
    properties: dict[str, Any] = feature["properties"]
    return properties


def test_every_field_of_a_row_is_imported(store: Store) -> None:
    take(store, table(
        id="7", summary="s", date="2023-05-03", place="Here", lat="50.93", lon="5.34", tags="x, y, x",
        source_title="Times", source_url="https://example.org/a",
        note="n", verification="Confirmed", age="42",
    ))  # fmt: skip
    (feature,) = features(store)
    properties = feature["properties"]
    assert feature["id"] == "7"
    assert feature["geometry"] == {"type": "Point", "coordinates": [5.34, 50.93]}
    assert (properties["place"], properties["country"], properties["precision"]) == ("Here", "BE", "point")
    assert (properties["tags"], properties["data"], properties["note"]) == (["x", "y"], {"age": "42"}, "n")
    assert properties["sources"] == [
        {"title": "Times", "publisher": None, "url": "https://example.org/a", "date": None}
    ]
    assert properties["verification"] == "confirmed"


def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    data = table(date="2020") + "b,arrest,2021\n"
    assert take(store, data).created == 2
    again = take(store, data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_rows_are_drafts_unless_published(store: Store) -> None:
    take(store, table(), publish=False)
    assert features(store) == []


def test_an_id_updates_its_event(store: Store) -> None:
    take(store, table(id="1"))
    assert take(store, table(id="1", summary="new")).updated == 1
    assert only(store)["summary"] == "new"


def test_a_key_makes_the_id(store: Store) -> None:
    take(store, table(date="2020", x="1"), key=("title", "date"))
    assert take(store, table(date="2020", x="2"), key=("title", "date")).updated == 1


def test_similar_keys_make_different_ids(store: Store) -> None:
    report = take(store, "title,category\nA b,raid\na-b,raid\n", key=("title",))
    assert report.created == 2


def test_one_id_on_two_rows_rejects_the_second(store: Store) -> None:
    report = take(store, table(id="1") + "b,raid,1\n")
    assert report.created == 1
    assert "is the id of line 2 already" in str(report.rejected[0])


def test_start_and_end_make_one_interval(store: Store) -> None:
    take(store, table(start="2021-06", end="2022-10"))
    assert only(store)["date"] == "2021-06/2022-10"


@pytest.mark.parametrize("end", ["2021-06-01", ""])
def test_start_and_end_on_one_day_are_that_day(store: Store, end: str) -> None:
    take(store, table(start="2021-06-01", end=end))
    assert only(store)["date"] == "2021-06-01"


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        ({"title": " "}, "title", "is missing"),
        ({"category": "raids"}, "category", "did you mean 'raid'"),
        ({"category": ""}, "category", "is missing"),
        ({"date": "2020-13"}, "date", "'2020-13'.*such as"),
        ({"date": "2020", "end": "2021"}, "date", "one or the other"),
        ({"end": "2021"}, "start", "is missing, with end '2021'"),
        ({"start": "2021", "end": "2020"}, "end", "after the end"),
        ({"start": "2020/2021"}, "start", "is an interval"),
        ({"lat": "50"}, "lon", "is missing, with lat '50'"),
        ({"lat": "nan", "lon": "5"}, "lat", "'nan' is not a number"),
        ({"lat": "inf", "lon": "5"}, "lat", "'inf' is not a number"),
        ({"lat": "50;9", "lon": "5"}, "lat", "'50;9' is not a number.*such as"),
        ({"lat": "5", "lon": "181"}, "lon", "out of range"),
        ({"lat": "105", "lon": "5"}, "lat", "out of range.*swapped"),
    ],
)
def test_a_bad_value_is_rejected_with_its_field_and_line(
    store: Store, row: dict[str, str], field: str, message: str
) -> None:
    report = take(store, table(**row))
    assert (report.rows, report.created, len(report.rejected)) == (1, 0, 1)
    assert report.rejected[0].field == field
    assert report.rejected[0].at == "line 2"
    assert re.search(message, report.rejected[0].message)


def test_good_rows_are_imported_although_others_are_rejected(store: Store) -> None:
    report = take(store, "title,category\na,raid\n,raid\nc,raid\n")
    assert (report.rows, report.created, len(report.rejected)) == (3, 2, 1)


def test_given_coordinates_win_over_a_country(store: Store) -> None:
    report = take(store, table(lat="50.93", lon="5.34", country="France"))
    assert only(store)["country"] == "BE"
    assert "disagrees" in report.warnings[0].message


def test_a_future_date_is_a_warning(store: Store) -> None:
    report = take(store, table(date="2999"))
    assert (report.created, report.warnings[0].field) == (1, "date")


def test_a_place_that_is_not_found_leaves_the_event_unplaced(store: Store) -> None:
    report = take(store, table(place="Nowhere at all"))
    assert only(store)["places"] == []
    assert "'Nowhere at all'" in report.warnings[0].message


def test_city_and_admin1_make_one_place_text(store: Store) -> None:
    take(store, table(city="Hasselt", admin1="Limburg", country="BE"))
    assert only(store)["places"][0]["precision"] == "city"


def test_a_mapped_column_wins_over_one_of_that_name(store: Store) -> None:
    take(store, table(name="b"), columns={"name": "title"})
    properties = only(store)
    assert (properties["title"], properties["data"]) == ("b", {"title": "a"})


def test_a_column_called_status_goes_into_data(store: Store) -> None:
    take(store, table(status="closed", created="1999"))
    properties = only(store)
    assert (properties["status"], properties["data"]) == (
        "published",
        {"status": "closed", "created": "1999"},
    )


def test_a_set_value_is_for_every_row(store: Store) -> None:
    take(store, "title\na\nb\n", values={"category": "death"})
    assert {feature["properties"]["category"] for feature in features(store)} == {"death"}


@pytest.mark.parametrize("options", [{"columns": {"nme": "title"}}, {"key": ("nme",)}])
def test_an_option_with_an_unknown_column_is_refused_with_the_columns_there_are(
    store: Store, options: Any
) -> None:
    with pytest.raises(BadFile, match=r"'nme'; its columns are 'title', 'category'"):
        take(store, table(), **options)


def test_a_table_without_titles_says_how_to_name_one(store: Store) -> None:
    with pytest.raises(BadFile, match="--map what=title"):
        take(store, "what,category\na,raid\n")


def test_labels_in_any_language_are_categories(store: Store) -> None:
    take(store, table(category="Use of Force") + "b,Batuda\n")
    assert {f["properties"]["category"] for f in features(store)} == {"use_of_force", "raid"}


@pytest.mark.parametrize(("label", "slug"), FORMER_LABELS.items())
def test_former_labels_are_still_read(store: Store, label: str, slug: str) -> None:
    take(store, table(category=label.capitalize()))
    assert only(store)["category"] == slug


def test_new_categories_keep_their_label(store: Store) -> None:
    take(store, table(category="Press freedom!"), create_categories=True)
    assert only(store)["category"] == "press_freedom"
    assert store.categories()["press_freedom"].labels == {"en": "Press freedom!"}


def test_a_dry_run_writes_nothing(store: Store) -> None:
    report = take(store, table(category="New"), dry_run=True, create_categories=True)
    assert (report.rows, report.created, report.rejected) == (1, 1, [])
    assert features(store) == []
    assert store.stamp().version == 0
    assert "new" not in store.categories()


def test_a_dry_run_counts_what_it_would_do(store: Store) -> None:
    take(store, "id,title,category\na,One,raid\nb,Two,raid\n")
    report = take(store, "id,title,category\na,One,raid\nb,Changed,raid\nc,New,raid\n", dry_run=True)
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert store.stamp().version == 1


def test_an_import_without_publish_leaves_published_events_published(store: Store) -> None:
    take(store, "id,title,category\na,One,raid\n", publish=True)
    take(store, "id,title,category\na,Corrected,raid\nb,New,raid\n", publish=False)
    (feature,) = features(store)
    assert (feature["id"], feature["properties"]["title"]) == ("a", "Corrected")


def test_a_million_character_cell_rejects_its_row_of_a_batch(store: Store) -> None:
    data = table() + f'"{"x" * 1_000_000}",raid\n' + "".join(f"{number},raid\n" for number in range(1500))
    report = take(store, data)
    assert (report.created, [remark.field for remark in report.rejected]) == (1501, ["title"])


def test_geojson_rows_take_their_points_from_the_geometry_and_put_other_properties_into_data(
    store: Store,
) -> None:
    properties = {"title": "a", "category": "raid", "lat": "x", "n": 3, "o": {"p": [1]}, "tags": ["a, b"]}
    geometry = {"type": "MultiPoint", "coordinates": [[5.34, 50.93], [4.35, 50.85]]}
    data = json.dumps({"type": "Feature", "id": 5, "geometry": geometry, "properties": properties})
    take(store, data, "a.geojson")
    properties = only(store)
    assert [place["name"] for place in properties["places"]] == ["50.93, 5.34", "50.85, 4.35"]
    assert (properties["data"], properties["tags"]) == ({"lat": "x", "n": 3, "o": {"p": [1]}}, ["a, b"])


def test_seeds_imported_twice_change_nothing(store: Store) -> None:
    first = take(store, EVENTS.read_bytes(), "seeds.yaml", all_or_nothing=True)
    again = take(store, EVENTS.read_bytes(), "seeds.yaml", all_or_nothing=True)
    assert first.rejected == again.rejected == []
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)


def test_seeds_are_all_or_nothing(store: Store) -> None:
    good, bad = "{id: a, title: a, category: raid}", "{id: b, title: b, category: raid, date: yesterday}"
    report = take(store, f"events:\n  - {good}\n  - {bad}\n", "seeds.yaml", all_or_nothing=True)
    assert features(store) == []
    assert str(report.rejected[0]).startswith("seeds.yaml, entry 2 (b, line 3): date: 'yesterday'")


def exported(store: Store) -> bytes:
    return b'{"type":"FeatureCollection","features":[' + b",".join(store.snapshot(Filter())[1]) + b"]}"


def test_an_export_is_imported_without_loss(store: Store, databases: Databases) -> None:
    take(store, EVENTS.read_bytes(), "seeds.yaml")
    take(store, table(lat="50.93", lon="5.34", age="1"))
    other = Store(databases.new())
    take(other, exported(store), "back.geojson")
    assert features(other) == features(store)
    other.close()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=texts.filter(str.strip), note=texts, data=st.dictionaries(texts, values, max_size=4))
def test_hostile_text_is_exported_and_imported_without_loss(
    store: Store, title: str, note: str, data: dict[str, Any]
) -> None:
    properties = {**data, "title": title, "category": "raid", "note": note}
    for reserved in ("id", "date", "start", "end", "lat", "lon"):
        properties.pop(reserved, None)
    feature = {"type": "Feature", "id": "x", "geometry": None, "properties": properties}
    take(store, json.dumps(feature), "a.geojson", undated=True, unplaced=True)
    before = features(store)
    report = take(store, exported(store), "b.geojson")
    assert (report.unchanged, features(store)) == (1, before)


@pytest.mark.parametrize("data", [b"", b"title,category\n", b"\n"])
def test_an_empty_file_is_an_error(store: Store, data: bytes) -> None:
    with pytest.raises(BadFile, match=r"events\.csv (is empty|holds no events)"):
        take(store, data)


def test_a_folder_and_a_missing_file_are_refused_by_name(store: Store, tmp_path: Path) -> None:
    importer = Importer(store=store, find_candidates=find_candidates)
    with pytest.raises(BadFile, match="is a folder"):
        importer.import_file(tmp_path)
    with pytest.raises(BadFile, match="there is no such file"):
        importer.import_file(tmp_path / "no.csv")


def test_an_import_with_a_box_considers_more_candidates_of_a_place() -> None:
    assert Options(box=Box(2.5, 49.5, 6.4, 51.5)).candidates > Options().candidates
