"""JSON-FG: the time of a Feature is valid by RFC 3339, whatever its year."""

import json
from typing import Any

import pytest

from db.dates.edtf import When
from db.events.draft import Draft
from db.events.feature import Meta, encode
from timeline.writers import jsonfg
from timeline.writers.writer import About


def _time(date: str | None) -> Any:
    draft = Draft(id="a", title='"time":{},"properties":', category="raid", when=date and When.parse(date))
    (feature,) = json.loads(b"".join(jsonfg.write([encode(draft, Meta(0, 0))], About())))["features"]
    assert feature["properties"]["title"] == draft.title
    return feature["time"]


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("1987-10-06", {"date": "1987-10-06"}),
        ("1987-10-06T07:15:00Z", {"timestamp": "1987-10-06T07:15:00Z"}),
        ("1987-10", {"interval": ["1987-10-01", "1987-10-31"]}),
        ("1987/..", {"interval": ["1987-01-01", ".."]}),
        ("-0310/0012", {"interval": ["..", "0012-12-31"]}),
        ("-0310-03-15", None),
        ("-0310", None),
        (None, None),
    ],
)
def test_every_date_has_a_valid_time_or_none(date: str | None, time: Any) -> None:
    assert _time(date) == time


def test_an_export_without_a_known_address_names_no_schema() -> None:
    document = json.loads(b"".join(jsonfg.write([], About())))
    assert "featureSchema" not in document
    assert document["conformsTo"] == list(jsonfg.CONFORMS)
