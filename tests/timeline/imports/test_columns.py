"""Columns of well-known data sets: assigned by name and value, and refused once if every event lacks a field."""

import io
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.columns.plan import planned
from timeline.imports.importer import Importer
from timeline.imports.options import Options

OnPlan = Callable[[list[str]], None]


def take(
    store: Store, data: str, name: str = "a.csv", on_plan: OnPlan = lambda plan: None, **options: Any
) -> Any:
    options.setdefault("values", {"category": "death"})
    chosen = Options(publish=True, **options)
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=chosen, on_plan=on_plan
    )
    return importer.import_stream(name, io.BytesIO(data.encode()))


def only(store: Store) -> dict[str, Any]:
    (feature,) = map(json.loads, store.snapshot(Filter())[1])
    return {**feature["properties"], "geometry": feature["geometry"]}


def columns_of(header: str, row: str, **mapped: str) -> dict[str, str]:
    samples = {name: [value] for name, value in zip(header.split(","), row.split(","), strict=True)}
    return {
        field: "+".join(columns)
        for field, columns in planned(samples, mapped, {}, lambda text: False).columns.items()
    }


@pytest.mark.parametrize(("header", "row", "expected"), [
    # EM-DAT: the entry date is that of the record
    ("Event Name,ISO,Region,Location,Start Year,Start Month,Start Day,End Year,End Month,End Day,Entry Date",
     "Flood X,AGO,Africa,Cunene,2000,1,8,2000,1,15,2005-02-03",
     {"title": "Event Name", "country": "ISO", "place": "Location", "start": "Start Year+Start Month+Start Day",
      "end": "End Year+End Month+End Day"}),
    # The Events Calendar
    ("Event Name,Event Start Date,Event Start Time,Event End Date,Event Venue Name,Event Website",
     "Fair,2023-05-06,10:00:00,2023-05-07,Central Park,https://example.org",
     {"title": "Event Name", "start": "Event Start Date", "end": "Event End Date", "place": "Event Venue Name",
      "source_url": "Event Website"}),
    # KoboToolbox: start and end say when the form was filled in
    ("start,end,What happened?,Date of incident,_Location_latitude,_Location_longitude,_uuid",
     "2023-05-01,2023-05-01,Road closed,2023-04-30,31.7683,35.2137,3f0e",
     {"title": "What happened?", "date": "Date of incident", "id": "_uuid", "lat": "_Location_latitude",
      "lon": "_Location_longitude"}),
    # Global Terrorism Database: regions and countries are codes
    ("eventid,iyear,imonth,iday,country,country_txt,region,provstate,city",
     "1970,1970,7,2,58,Mexico,2,Federal,Mexico City",
     {"id": "eventid", "date": "iyear+imonth+iday", "country": "country_txt", "admin1": "provstate", "city": "city"}),
    # NOAA's storms
    ("BEGIN_YEARMONTH,BEGIN_DAY,END_YEARMONTH,END_DAY,EVENT_ID,STATE,CATEGORY,BEGIN_LAT,BEGIN_LON,END_LAT,END_LON",
     "202006,24,202006,25,902190,GEORGIA,,31.70,-83.89,31.71,-83.88",
     {"start": "BEGIN_YEARMONTH+BEGIN_DAY", "end": "END_YEARMONTH+END_DAY", "id": "EVENT_ID", "admin1": "STATE",
      "category": "CATEGORY", "lat": "BEGIN_LAT", "lon": "BEGIN_LON"}),
    # Data of the police in the United Kingdom
    ("Month,Longitude,Latitude,Location", "2021-05,-0.13,51.58,Vicarage Lane",
     {"date": "Month", "lon": "Longitude", "lat": "Latitude", "place": "Location"}),
    # USGS, and a table with a time of day, which is not a year
    ("time,latitude,longitude,place,id", "2023-02-06T01:17:34.342Z,37.2,37.0,Turkey,us1",
     {"date": "time", "lat": "latitude", "lon": "longitude", "place": "place", "id": "id"}),
    ("name,year,month,day,time", "a,2020,5,3,1430", {"title": "name", "date": "year+month+day"}),
    # Wikidata, FEMA, Missing Migrants, forms
    ("itemLabel,date,coord,countryLabel", "a,2019-03-15T00:00:00Z,Point(172.611 -43.533),New Zealand",
     {"title": "itemLabel", "date": "date", "lat": "coord", "lon": "coord", "country": "countryLabel"}),
    ("declarationTitle,declarationDate,incidentBeginDate,incidentEndDate,lastRefresh",
     "F,2020-05-06,2020-05-01,2020-05-03,2024",
     {"title": "declarationTitle", "start": "incidentBeginDate", "end": "incidentEndDate"}),
    ("Event title,Event date,Location (city),Link to source", "Raid,2023-05-03,Hasselt,https://example.org",
     {"title": "Event title", "date": "Event date", "place": "Location (city)", "source_url": "Link to source"}),
    ("Name,City/Town,Source URL", "Raid,Hasselt,https://example.org",
     {"title": "Name", "city": "City/Town", "source_url": "Source URL"}),
    ("title,gps", "a,31.7683 35.2137 780.2 4.5", {"title": "title", "lat": "gps", "lon": "gps"}),
])  # fmt: skip
def test_columns_of_well_known_data_sets_are_assigned(
    header: str, row: str, expected: dict[str, str]
) -> None:
    assert columns_of(header, row) == expected


def test_a_column_may_be_a_part_of_the_title_and_a_field_of_its_own() -> None:
    assert columns_of("kind,place", "Fire,Gent", **{"kind,place": "title"}) == {
        "title": "kind+place",
        "place": "place",
    }


def test_the_date_of_the_record_is_data_and_the_plan_says_so(store: Store) -> None:
    plan: list[str] = []
    take(store, "title,Entry Date\na,2020-05-01\n", on_plan=plan.extend, undated=True)
    assert (only(store)["date"], only(store)["data"]) == (None, {"Entry Date": "2020-05-01"})
    assert (
        "not used: Entry Date, which may be the date of something else; if not: --map 'Entry Date=date'"
        in plan
    )


def test_dates_when_a_form_was_filled_in_are_data_and_the_plan_says_so(store: Store) -> None:
    plan: list[str] = []
    take(store, "title,start,end,_uuid\na,2020-05-01,2020-05-01,x\n", on_plan=plan.extend, undated=True)
    assert only(store)["date"] is None
    assert "not used: end, start, which say when the form was filled in" in plan


@pytest.mark.parametrize(("row", "date"), [
    ("202006,24", "2020-06-24"), ("202006,", "2020-06"), ("2020,", "2020"), ("202000,0", "2020"),
])  # fmt: skip
def test_one_column_may_have_year_and_month(store: Store, row: str, date: str) -> None:
    take(store, f"title,BEGIN_YEARMONTH,BEGIN_DAY\na,{row}\n")
    assert only(store)["date"] == date


@pytest.mark.parametrize(("data", "option", "title"), [
    ("place,type,date\nGent,quake,2020\nGent,quake,2021\n", "type,place=title", "quake Gent"),
    ("description,date\nRoad closed,2020\nBridge gone,2021\n", "description=title", "Road closed"),
    ("MONTH_NAME,EVENT_TYPE,STATE\nJune,Hail,Texas\nJuly,Hail,Iowa\n", "EVENT_TYPE,STATE=title", "Hail Texas"),
])  # fmt: skip
def test_a_table_without_titles_is_refused_once_with_an_option_that_works(
    store: Store, data: str, option: str, title: str
) -> None:
    with pytest.raises(BadFile, match=r"has no column 'title'; .*--map") as refused:
        take(store, data)
    advised = shlex.split(str(refused.value).split("choose the title with --map ")[1])[0]
    assert advised == option
    take(store, data, columns=dict([advised.rpartition("=")[::2]]))
    assert title in {json.loads(event)["properties"]["title"] for event in store.snapshot(Filter())[1]}


def test_a_table_without_categories_is_refused_with_a_column_that_may_be_one(store: Store) -> None:
    data = "title,Disaster Type\na,Flood\nb,Flood\nc,Drought\n"
    with pytest.raises(
        BadFile, match=r"--map 'Disaster Type=category' --create-categories \(such as 'Flood', 'Drought'\)"
    ):
        take(store, data, values={})
    report = take(store, data, values={}, columns={"Disaster Type": "category"}, create_categories=True)
    assert report.created == 3


def test_a_title_that_most_rows_lack_is_refused_once(store: Store) -> None:
    data = "Event Name,kind,country\n,Flood,Angola\n,Flood,Chad\nX,Flood,Haiti\n,Flood,Peru\nY,Flood,Mali\n"
    with pytest.raises(
        BadFile, match=r"column 'Event Name' is empty in 3 of the first 5; .*--map kind,country=title"
    ):
        take(store, data)
    assert take(store, data, columns={"Event Name": "title"}).rejected.total == 3


def test_a_category_column_without_values_is_not_used(store: Store) -> None:
    with pytest.raises(
        BadFile, match="has no category in most rows: column 'CATEGORY' is empty in 5 of the first 5"
    ):
        take(store, "title,CATEGORY,type\n" + "a,,x\n" * 5, values={})
    report = take(store, "title,CATEGORY,type\na,,raid\nb,,raid\n", values={})
    assert report.created == 2


def test_features_that_all_lack_a_title_are_refused_once(store: Store) -> None:
    feature = {"type": "Feature", "geometry": None, "properties": {"description": "Road closed"}}
    data = json.dumps({"type": "FeatureCollection", "features": [feature, feature]})
    with pytest.raises(BadFile, match="choose the title with --map description=title"):
        take(store, data, "a.geojson")


def test_the_time_of_a_feature_is_its_date(store: Store) -> None:
    properties = {"title": "M 7.8", "time": 1675646254342, "updated": 1675646354341}
    take(store, json.dumps({"type": "Feature", "geometry": None, "properties": properties}), "a.geojson")
    assert only(store)["date"] == "2023-02-06T01:17:34Z"


def test_the_plan_says_which_of_several_columns_is_the_category_and_why(store: Store) -> None:
    plan: list[str] = []
    data = "title,sub_event_type,event_type\na,Peaceful protest,Protests\nb,Armed clash,Battles\n"
    take(store, data, values={}, create_categories=True, on_plan=plan.extend)
    assert "category ← event_type" in plan
    unused = "sub_event_type, which could be the category too; event_type has the commoner name"
    assert f"not used: {unused}: --map sub_event_type=category" in plan
