"""Titles made of other fields, for rows that have none."""

import json
import re

import pytest

from db.store import Store
from tests.timeline.imports.test_importer import features, take
from timeline.errors import BadFile, BadParameter
from timeline.imports.options import read_options
from timeline.imports.title_template import EXAMPLE, filled

FIELDS = {"category": "court_hearing", "city": "Vic", "admin1": "Osona", "date": "3 May 2021"}


@pytest.mark.parametrize(
    ("template", "texts", "title"),
    [
        (EXAMPLE, FIELDS, "Court hearing in Vic, Osona, 3 May 2021"),
        (EXAMPLE, FIELDS | {"place": "Main square"}, "Court hearing in Main square, 3 May 2021"),
        (EXAMPLE, {"category": "raid", "date": "2021"}, "Raid, 2021"),
        (EXAMPLE, {"category": "raid", "country": "Peru"}, "Raid in Peru"),
        (
            EXAMPLE,
            {"category": "study", "place": "Central America", "country": "Guatemala"},
            "Study in Guatemala",
        ),
        (EXAMPLE, {"category": "study", "admin1": "Caribbean", "country": "Cuba"}, "Study in Cuba"),
        (EXAMPLE, {"category": "study", "place": "West Africa", "city": "Dakar"}, "Study in Dakar"),
        (EXAMPLE, {"category": "study", "city": "Lima", "admin1": "South America"}, "Study in Lima"),
        (EXAMPLE, {"category": "study", "place": "Peru", "city": "Lima"}, "Study in Lima"),
        (EXAMPLE, {"category": "study", "place": "Centroamérica"}, "Study in Centroamérica"),
        (EXAMPLE, {"category": "raid"}, "Raid"),
        (EXAMPLE, {"place": "Vic"}, "Vic"),
        ("{date}: {category}", FIELDS, "3 May 2021: court hearing"),
        ("{category} ({place})", {"category": "raid", "place": "Vic"}, "Raid (Vic)"),
        ("{category} ({place})", {"category": "raid"}, "Raid"),
        (
            "Incident of {date}",
            {"start": "2021-05-03", "end": "2021-05-04"},
            "Incident of 2021-05-03–2021-05-04",
        ),
        (EXAMPLE, {}, ""),
    ],
)
def test_a_title_is_made_of_the_fields_that_have_a_text(
    template: str, texts: dict[str, str], title: str
) -> None:
    assert filled(template, texts) == title


def test_the_number_of_a_day_in_a_workbook_is_written_as_a_date() -> None:
    assert filled("{date}", {"date": "43952"}, "2020-05-01") == "2020-05-01"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{kategory} in {place}", "there is no field 'kategory'; did you mean {category}?"),
        ("{weather}", "there is no field 'weather'; expected one of id, summary"),
        ("{title}", "there is no field 'title'"),
        ("{} in {place}", "there is no field ''"),
        ("Event", "'Event' is not a template; expected names of fields in brackets"),
        ("{category} in {place", "is not a template"),
    ],
)
def test_an_unknown_placeholder_is_refused(template: str, message: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(message)):
        read_options({"title": template})


def test_rows_without_a_title_get_one(store: Store) -> None:
    data = "title,category,date,city\nKnown,raid,2021,\n,raid,2022,Hasselt\n,arrest,,\n"
    report = take(store, data)
    assert [remark.message[-60:] for remark in report.rejected] == [
        "every row, for example by --title '{category} in {place}, {date}'"[-60:]
    ] * 2
    assert take(store, data, title=EXAMPLE).created == 2
    assert sorted(feature["properties"]["title"] for feature in features(store)) == [
        "Arrest", "Known", "Raid in Hasselt, 2022",
    ]  # fmt: skip


def test_a_file_without_a_column_of_titles_names_the_option(store: Store) -> None:
    data = "category,date,city\nraid,2022,Hasselt\n"
    with pytest.raises(BadFile, match=re.escape(f"--title '{EXAMPLE}'")):
        take(store, data)
    assert take(store, data, title=EXAMPLE).created == 1


@pytest.mark.parametrize("name", ["a.ndjson", "a.yaml"])
def test_rows_of_other_formats_get_a_title(store: Store, name: str) -> None:
    row = {"category": "raid", "date": "2022", "places": ["Hasselt"]}
    data = (
        json.dumps({"events": [row]})
        if name == "a.yaml"
        else json.dumps({"category": "raid", "date": "2022"})
    )
    take(store, data, name, title=EXAMPLE)
    (feature,) = features(store)
    assert feature["properties"]["title"] == ("Raid in Hasselt, 2022" if name == "a.yaml" else "Raid, 2022")
