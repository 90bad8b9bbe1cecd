"""CQL2 filters and areas agree with plain Python; invalid and hostile ones are refused quickly, with a reason."""

import time
from typing import Any

import msgspec
import numpy as np
import pytest
from chance import examples
from cql_oracle import expressions, text, truth
from filter_oracle import areas, events, longitudes, side
from hypothesis import given
from hypothesis import strategies as st

from db.engines import any_backend
from db.engines.sqlite.statements import glob_pattern
from db.errors import BadFilter, ReadTimeout
from db.events.draft import Draft
from db.query.cql_parser import parse
from db.query.filter import Filter, Sort
from db.query.shapes import read_area, related
from db.sql.cql_conditions import check_expression, expression_clause
from db.store import Store
from geo.place import Place, Precision


def _ids(store: Store, filter_: Filter) -> list[str]:
    return sorted(msgspec.json.decode(raw)["id"] for raw in store.find(filter_, 1000, Sort.UPDATED).features)


def _filter(expression: str, lang: str = "cql2-text") -> Filter:
    return Filter(expression=parse(expression, lang))


@given(events(), st.lists(expressions, min_size=1, max_size=4))
@examples(150)
def test_an_expression_matches_the_same_events_as_plain_python(
    shared_store: Store, drafts: list[Draft], nodes: list[Any]
) -> None:
    shared_store.clear()
    shared_store.add(drafts)
    for node in nodes:
        expected = [e.id for e in drafts if e.status == "published" and truth(e, node) is True]
        filter_ = _filter(msgspec.json.encode(node).decode(), "cql2-json")
        assert _ids(shared_store, filter_) == expected, text(node)
        assert shared_store.summary(filter_).matched == len(expected)


@given(expressions)
@examples(150)
def test_text_and_json_mean_the_same_sql(node: Any) -> None:
    written, encoded = text(node), msgspec.json.encode(node).decode()
    sql = expression_clause(parse(written), any_backend())
    assert sql == expression_clause(parse(encoded, "cql2-json"), any_backend()), written


@given(areas(), st.floats(-180, 180), st.floats(-90, 90))
@examples(300)
def test_an_area_includes_its_edges_and_nothing_outside(wkt: str, lon: float, lat: float) -> None:
    for x, y in ((lon, lat), (round(lon / 45) * 45.0, round(lat / 45) * 45.0)):
        mask = related("s_intersects", np.array([x]), np.array([y]), read_area(wkt))
        assert mask.tolist() == [any(side(wkt, turn, y) != "out" for turn in longitudes(x))]


@given(st.text(max_size=60))
@examples(300)
def test_hostile_texts_are_parameters_or_refused(shared_store: Store, expression: str) -> None:
    quoted = "title = '" + expression.replace("'", "''") + "'"
    for filter_text in (expression, quoted):
        try:
            filter_ = _filter(filter_text)
            clause = expression_clause(filter_.expression, any_backend())
        except BadFilter:
            continue
        assert (
            expression == ""
            or expression.strip() == ""
            or expression not in clause.sql
            or expression in clause.params
            or clause.sql in ("TRUE", "FALSE")  # our own constants, for the CQL2 literals true and false
            or len(expression) < 3
        )
        shared_store.find(filter_)


def _published(id_: str, **more: Any) -> Draft:
    return Draft(id=id_, title=id_, category="raid", status="published", **more)


def test_an_unknown_condition_does_not_match_nor_does_its_negation(store: Store) -> None:
    store.add([_published("undated-unplaced")])
    for expression in (
        "T_AFTER(datetime, DATE('2000-01-01'))",
        "S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))",
    ):
        assert _ids(store, _filter(expression)) == _ids(store, _filter(f"NOT {expression}")) == []
        assert _ids(store, _filter(f"{expression} OR title LIKE 'un%'")) == ["undated-unplaced"]


def test_a_negated_place_condition_means_no_place_satisfies_it(store: Store) -> None:
    here = Place(name="Here", lon=4, lat=50, precision=Precision.CITY, country="BE")
    there = Place(name="There", lon=5, lat=52, precision=Precision.CITY, country="NL")
    store.add(
        [_published("both", places=(here, there)), _published("one", places=(here,)), _published("none")]
    )
    assert _ids(store, _filter("NOT country = 'NL'")) == ["one"]
    assert _ids(store, _filter("country <> 'NL'")) == ["both", "one"]
    assert _ids(store, _filter("place = 'Here' AND country = 'NL'")) == ["both"]


def test_a_box_across_the_antimeridian_includes_both_sides(store: Store) -> None:
    for id_, lon in (("east", -179.0), ("west", 179.0), ("far", 0.0)):
        place = Place(name=id_, lon=lon, lat=0, precision=Precision.POINT)
        store.add([_published(id_, places=(place,))])
    assert _ids(store, _filter("S_INTERSECTS(geometry, BBOX(170, -5, -170, 5))")) == ["east", "west"]


def test_the_same_area_has_one_canonical_form_whichever_corner_comes_first() -> None:
    area, other = (
        read_area("POLYGON((0 0,1 0,1 1,0 0))"),
        read_area(" polygon z ((1 0 5,1 1 5,0 0 5,1 0 5))"),
    )
    assert area == other


def test_like_respects_case_and_escapes() -> None:
    assert glob_pattern(r"a%b_c\%*[") == "a*b?c%[*][[]"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("titel = 'x'", "did you mean 'title'"),
        ("S_INTERSECT(geometry, POINT(1 2))", "did you mean S_INTERSECTS"),
        ("title = 5", "the number 5"),
        ("title = NULL", "IS NULL"),
        ("earliest > 'soon'", "neither a year"),
        ("earliest > DATE('2020-13-01')", "no month 13"),
        ("country = 'Belgium'", "did you mean 'BE'"),
        ("precision = 'cty'", "did you mean 'city'"),
        ("title LIKE 5", "the number 5"),
        ("title = 1 + 2", "cannot be compared"),
        ("status = 'draft'", "no queryable 'status'"),
        ("datetime > DATE('2020-01-01')", "T_INTERSECTS"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,1 0,1 1)))", "not closed"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))", "Self-intersection"),
        ("S_INTERSECTS(geometry, POINT(200 0))", "RFC 7946"),
        ("S_INTERSECTS(geometry, POINT(x y))", "at 'y))'"),
        ("title = 'x", "a text without a closing '"),
        ("(title = 'x'", "an opening bracket without a closing one"),
        ("title = 'x' garbage", "at 'garbage'"),
        ("title", "a condition was expected"),
        ("", "nothing"),
        ("title = 'a' OR " * 600 + "TRUE", "longer than 8,192"),
        ("title = '\0'", "NUL"),
    ],
)
def test_an_invalid_expression_is_refused_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(BadFilter) as caught:
        check_expression(parse(expression))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("wkt", "reason"),
    [
        ("LINESTRING(0 0, 1 1)", "'LINESTRING'"),
        ("POLYGON((0 0, 1 0, 1 1))", "not closed"),
        ("POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))", "Self-intersection"),
        ("POLYGON((170 0, 190 0, 190 10, 170 10, 170 0))", "cut a shape that crosses the antimeridian"),
        ("POLYGON((0 0, 1 0, 1 1, 0 0)", "WKT"),
        ("POLYGON EMPTY", "empty"),
        ("SRID=4326;POLYGON((0 0, 1 0, 1 1, 0 0))", "SRID"),
        ("POLYGON((0 0, nan 0, 1 1, 0 0))", "expected"),
        ("'); DROP TABLE event; --", "polygon"),
    ],
)
def test_an_invalid_area_is_refused_with_the_reason(wkt: str, reason: str) -> None:
    with pytest.raises(BadFilter, match="expected an area such as POLYGON") as caught:
        read_area(wkt)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 8000,
        "(" * 40 + "title =" + ")" * 40,
        "f((" * 24 + "a =" + "))" * 24,
        "a IN (" * 40 + "1," + ")" * 40,
        "NOT " * 2000 + "TRUE",
        "title = " + "-" * 8000,
        "title" + " = 1" * 1900,
        "f(" * 2600,
        "POLYGON(" * 900,
        "'" * 8000 + "'",
        "NOT (" * 51 + "TRUE" + ")" * 51,
    ],
)
def test_deep_texts_are_refused_at_once(expression: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(BadFilter):
        check_expression(parse(expression))
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    "expression",
    [
        "NOT (" * 50 + "title = 'x'" + ")" * 50,
        "(" * 50 + "title = 'x'" + ")" * 50,
        " OR ".join(["TRUE"] * 1000),
        "id IN (" + ", ".join(["'a'"] * 1500) + ")",
    ],
)
def test_a_long_expression_within_the_limits_is_answered(store: Store, expression: str) -> None:
    assert store.find(_filter(expression)).matched == 0


def test_deep_json_is_refused() -> None:
    for depth in (51, 200):
        with pytest.raises(BadFilter, match="50 levels"):
            parse(
                '{"op":"not","args":[' * depth + '{"op":"=","args":[{"property":"id"},"x"]}' + "]}" * depth,
                "cql2-json",
            )


def test_the_deadline_applies_to_an_expensive_area(database_url: str) -> None:
    store = Store(database_url, read_timeout=0.02)
    spots = [
        Place(name="x", lon=n % 300 / 2 - 75, lat=n % 7, precision=Precision.POINT) for n in range(12_000)
    ]
    store.add([_published(f"e{n}", places=tuple(spots[n::40])) for n in range(40)])
    corners = ", ".join(f"{-80 + n / 6} {8 + n % 2}" for n in range(900))
    area = read_area(f"POLYGON((-80 -1, {corners}, 80 -1, -80 -1))")
    with pytest.raises(ReadTimeout):
        store.find(Filter(within=area))
    store.close()
