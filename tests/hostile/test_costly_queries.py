"""What one request may ask: a search, a filter or a list beyond its limit is a 400 that names the limit, at once."""

import time

import httpx
import pytest
from hostile.server_watch import Target

COMB = "POLYGON((" + ", ".join(f"{n / 10 - 80:g} {n % 2}" for n in range(1_100)) + ", 0 80, -80 0))"
AREAS = " OR ".join(f"S_TOUCHES(geometry, BBOX(1,2,3,{n}))" for n in range(10, 160))
TEXTS = " OR ".join(f"CASEI(title)LIKE'a{n}%'" for n in range(200))
DATES = ", ".join(f"'{year}'" for year in range(1000, 2000))


@pytest.mark.parametrize(
    ("params", "limit"),
    [
        ({"q": "o* " * 100 + "".join(f"w{n} " for n in range(40))}, "32"),
        ({"q": "+".join(["o*"] * 4_000)}, "32"),
        ({"q": "\u4eba" * 2_000}, "200"),
        ({"q": "\ufdfa" * 2_000}, "32"),
        ({"q": "a" * 20_001}, "20,000"),
        ({"q": '"' + "a " * 200 + '"'}, "32"),
        ({"q": " ".join(f"{letter}*" for letter in "abcdefghi")}, "8"),
        ({"filter": AREAS}, "100"),
        ({"filter": " OR ".join(AREAS.split(" OR ")[:6]).replace("TOUCHES", "DISJOINT")}, "100"),
        ({"filter": TEXTS}, "100"),
        ({"filter": " OR ".join(f"CASEI(title)LIKE'a{n}%'" for n in range(26))}, "100"),
        ({"filter": " AND ".join(f"ACCENTI(summary)<>'{n}'" for n in range(11))}, "100"),
        ({"filter": " AND ".join(f"id<>'{n}'" for n in range(101))}, "100"),
        ({"filter": " AND ".join(f"NOT place<>'{n}'" for n in range(11))}, "100"),
        ({"filter": " OR ".join(f"country IS NULL AND id<>'{n}'" for n in range(10))}, "100"),
        ({"filter": " AND ".join(f"A_EQUALS(tags, ('{n}'))" for n in range(11))}, "100"),
        ({"filter": f"earliest IN ({DATES})"}, "100"),
        ({"within": COMB}, "1,000"),
        ({"filter": f"S_INTERSECTS(geometry, LINESTRING({'0 0,1 1,' * 550}2 2))"}, "1,000"),
        ({"filter": f"S_TOUCHES(geometry, LINESTRING({'0 0,1 1,' * 50}2 2))"}, "100"),
        (
            {"filter": f"S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 1), MULTIPOINT({'0 0,' * 100}1 1)))"},
            "100",
        ),
        ({"ids": ",".join(f"e{n}" for n in range(1_001))}, "1,000"),
        ({"country": ",".join(f"e{n}" for n in range(1_001))}, "1,000"),
        ({"tag": [f"t{n}" for n in range(1_001)]}, "1,000"),
        ({"properties": ",".join(f"p{n}" for n in range(1_001))}, "1,000"),
        ({"lang": "e" * 30_000}, "1,000"),
        ({"datetime": "2" * 30_000}, "1,000"),
        ({"near": "1," * 15_000}, "1,000"),
        ({"sortby": "1" * 30_000}, "1,000"),
    ],
)
def test_a_request_beyond_a_limit_is_refused_at_once(
    target: Target, params: dict[str, str], limit: str
) -> None:
    begun = time.monotonic()
    response = httpx.get(f"{target.url}/events", params=params, timeout=20)
    assert time.monotonic() - begun < 1
    assert response.status_code == 400, response.text
    assert f"at most {limit}" in response.json()["detail"]
    assert response.json()["parameter"] == next(iter(params))


@pytest.mark.parametrize(
    "filter_",
    [
        "CASEI(" * 49 + "title" + ")" * 49 + " = 'x'",
        "CASEI(ACCENTI(" * 24 + "summary" + "))" * 24 + " = 'x'",
        "title = " + "ACCENTI(CASEI(" * 24 + "'x'" + "))" * 24,
        "CASEI(ACCENTI(" * 24 + "place" + "))" * 24 + " IN ('x', 'y')",
        "NOT (" * 49 + "tags <> 'x'" + ")" * 49,
        "(" * 50 + "country <> 'NL'" + ")" * 50,
        "".join("id <> 'NL' AND (" if n % 2 else "title <> 'x' OR (" for n in range(48)) + "TRUE" + ")" * 48,
        "(" * 48 + "TRUE" + "".join(" AND id <> 'NL')" if n % 2 else " OR title <> 'x')" for n in range(48)),
    ],
)  # fmt: skip
def test_the_documented_depth_works_in_every_view(target: Target, filter_: str) -> None:
    params = {"filter": filter_, "limit": "10"}
    for view, more in (
        ("/events", {}),
        ("/events/summary", {}),
        ("/events/clusters", {"zoom": "3"}),
        ("/events.csv", {}),
    ):
        response = httpx.get(f"{target.url}{view}", params=params | more, timeout=30)
        assert response.status_code == 200, (view, response.text)


@pytest.mark.parametrize(
    ("filter_", "lang"),
    [
        ("CASEI(" * 51 + "title" + ")" * 51 + " = 'x'", "cql2-text"),
        ("NOT (" * 51 + "TRUE" + ")" * 51, "cql2-text"),
        ("A_CONTAINS(tags, " + "(" * 51 + "'x'" + ")" * 51 + ")", "cql2-text"),
        ("title = " + "(1 + " * 51 + "1" + ")" * 51, "cql2-text"),
        ('{"op":"not","args":[' * 52 + "true" + "]}" * 52, "cql2-json"),
    ],
)
def test_a_deeper_filter_is_refused(target: Target, filter_: str, lang: str) -> None:
    response = httpx.get(f"{target.url}/events", params={"filter": filter_, "filter-lang": lang})
    assert response.status_code == 400
    assert "50 levels" in response.json()["detail"]


@pytest.mark.parametrize(
    "filter_",
    [
        " OR ".join(f"S_TOUCHES(geometry, BBOX(1, 2, 3, {n}))" for n in range(10, 15)),
        " OR ".join(f"CASEI(title) LIKE 'a{n}%'" for n in range(25)),
        " OR ".join(f"country = '{code}'" for code in ("NL", "BE", "DE", "FR", "ES")),
        " AND ".join(f"id <> '{n}'" for n in range(100)),
    ],
)
def test_a_filter_of_a_hundred_points_is_answered(target: Target, filter_: str) -> None:
    assert httpx.get(f"{target.url}/events", params={"filter": filter_}, timeout=20).status_code == 200


def test_equal_terms_count_once(target: Target) -> None:
    single = httpx.get(f"{target.url}/events", params={"q": "o*"}).json()["numberMatched"]
    repeated = httpx.get(f"{target.url}/events", params={"q": " ".join(["o*"] * 300)})
    assert repeated.json()["numberMatched"] == single > 0
