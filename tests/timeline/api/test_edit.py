"""Editing over HTTP: create, replace, change and delete an event, each for a named version."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from databases import Databases
from newsroom import ITEMS, Desk, desk, feature, leave

NEW = itertools.count()


@pytest.fixture(scope="module")
def room(serve: Callable[..., Any], databases: Databases) -> Iterator[Desk]:
    """Yield a client for each role, of a server with its own database."""
    clients = desk(serve, databases.new())
    yield clients
    leave(clients)


@pytest.fixture
def name() -> str:
    """Return an id that no event has yet."""
    return f"event-{next(NEW)}"


# --- creating


def test_a_new_event_is_a_draft_and_its_response_has_its_address(room: Desk) -> None:
    response = room["editor"].post(feature())
    assert (response.status_code, response.json()["properties"]["status"]) == (201, "draft")
    assert room["editor"].http.get(response.headers["location"]).content == response.content
    assert response.headers["etag"] == room["editor"].http.get(response.headers["location"]).headers["etag"]


@pytest.mark.parametrize(
    "id_",
    ["a/b", "a b", "100%", "%2F", "é–漢字😀", "a//b/", "/history", "x/history", "history", "a?b#c", "..;",
     "a+b&c=d", "x" * 500],
)  # fmt: skip
def test_an_event_with_any_id_can_be_created_read_changed_and_deleted(room: Desk, id_: str) -> None:
    tool = room["reviewer"]
    assert tool.put(id_, feature(status="published"), None, **{"If-None-Match": "*"}).status_code == 201
    assert room["reader"].get(id_).json()["id"] == id_
    assert tool.patch(id_, {"properties": {"title": "B"}}).json()["properties"]["title"] == "B"
    assert [entry["revision"] for entry in tool.history(id_)] == [1, 2]
    assert tool.delete(id_).status_code == 204
    assert (tool.get(id_).status_code, room["reader"].get(id_).status_code) == (410, 410)


@pytest.mark.parametrize("id_", ["x" * 501, "a\nb", "a\x7fb", "..", ".", ""])
def test_an_id_that_cannot_be_an_address_is_refused(room: Desk, id_: str) -> None:
    response = room["editor"].post(feature() | {"id": id_})
    assert response.status_code == 422
    assert "id" in response.json()["detail"]


@pytest.mark.parametrize("id_", [{"a": 1}, ["a"], True, 1.5])
def test_an_id_is_a_text_or_a_whole_number(room: Desk, id_: Any) -> None:
    assert room["editor"].post(feature() | {"id": id_}).json()["field"] == "id"
    assert room["editor"].post(feature() | {"id": next(NEW)}).status_code == 201


def test_an_existing_or_deleted_id_is_a_conflict(room: Desk, name: str) -> None:
    assert room["editor"].post(feature(name)).status_code == 201
    assert "already" in room["editor"].post(feature(name)).json()["detail"]
    room["editor"].delete(name)
    again = room["editor"].post(feature(name))
    assert (again.status_code, "was deleted" in again.json()["detail"]) == (409, True)


def test_put_creates_an_event_only_with_if_none_match(room: Desk, name: str) -> None:
    tool = room["editor"]
    assert tool.put(name, feature()).status_code == 404
    first = tool.put(name, feature(), None, **{"If-None-Match": "*"})
    assert (first.status_code, first.headers["location"]) == (201, str(first.url))
    again = tool.put(name, feature(title="B"), None, **{"If-None-Match": "*"})
    assert again.status_code == 412
    assert tool.get(name).json()["properties"]["title"] == "A raid"


def test_put_with_an_id_that_differs_from_the_address_is_refused(room: Desk, name: str) -> None:
    tool = room["editor"]
    assert tool.put(name, feature("other"), None, **{"If-None-Match": "*"}).status_code == 422
    tool.post(feature(name))
    assert tool.put(name, feature("other")).json()["field"] == "id"
    assert tool.put(name, feature() | {"id": None}).json()["id"] == name


# --- versions


def test_a_change_of_an_old_version_gets_the_current_version(room: Desk, name: str) -> None:
    tool = room["editor"]
    old = tool.post(feature(name)).headers["etag"]
    new = tool.patch(name, {"properties": {"title": "B"}}, old)
    for how, body in (("PUT", feature()), ("PATCH", {"properties": {"title": "C"}}), ("DELETE", None)):
        stale = tool.send(how, name, body, old)
        assert (stale.status_code, stale.headers["content-type"]) == (412, "application/problem+json")
        assert stale.json()["current"]["properties"]["title"] == "B"
        assert tool.patch(name, {}, stale.headers["etag"]).status_code == 200
    assert tool.tag(name) == new.headers["etag"]


def test_a_change_without_if_match_is_refused(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    for how, body in (("PUT", feature()), ("PATCH", {}), ("DELETE", None)):
        assert room["editor"].send(how, name, body, None).status_code == 428


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "{},W/{}", "*"])
def test_if_match_accepts_every_form_of_the_tag(room: Desk, name: str, form: str) -> None:
    tag = room["editor"].post(feature(name)).headers["etag"]
    assert room["editor"].patch(name, {}, form.replace("{}", tag)).status_code == 200


def test_if_match_accepts_the_tag_of_a_compressed_response(room: Desk, name: str) -> None:
    room["editor"].post(feature(name, summary="word " * 1000))
    packed = room["editor"].get(name, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["etag"].endswith('-gzip"')
    assert room["editor"].patch(name, {}, packed.headers["etag"]).status_code == 200


@pytest.mark.parametrize("tag", ['"r2"', '"1"', "r1", '"r1', '""', '"xr1"', '"r01x"'])
def test_a_tag_of_no_current_version_is_stale(room: Desk, name: str, tag: str) -> None:
    room["editor"].post(feature(name))
    assert room["editor"].patch(name, {}, tag).status_code == 412


# --- repeated requests


def test_a_repeated_request_returns_the_same_event_and_a_different_body_is_a_conflict(
    room: Desk, name: str
) -> None:
    tool, token = room["editor"], {"Idempotency-Key": name}
    first, again = (tool.post(feature(), **token) for _ in range(2))
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert tool.post(feature(title="B"), **token).status_code == 409
    assert room["reviewer"].post(feature(), **token).headers["location"] != first.headers["location"]


def test_a_request_sent_twice_in_parallel_creates_one_event(room: Desk, name: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        responses = list(
            pool.map(lambda _: room["editor"].post(feature(), **{"Idempotency-Key": name}), range(8))
        )
    assert {response.status_code for response in responses} == {201}
    assert len({response.headers["location"] for response in responses}) == 1


@pytest.mark.parametrize("token", ["", "x" * 256])
def test_an_empty_or_too_long_idempotency_key_is_refused(room: Desk, token: str) -> None:
    assert room["editor"].post(feature(), **{"Idempotency-Key": token}).status_code == 400


# --- many at once


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    """Return a FeatureCollection of features."""
    return {"type": "FeatureCollection", "features": list(features), **more}


def test_a_collection_may_have_a_thousand_features_and_no_more(room: Desk, name: str) -> None:
    many = [feature(f"{name}-{n}") for n in range(1_001)]
    assert room["editor"].post(collection(*many)).status_code == 413
    response = room["editor"].post(collection(*many[:1_000], why="bulk"))
    assert (response.status_code, response.json()["numberCreated"]) == (201, 1_000)
    assert room["editor"].http.get(response.json()["created"][999]["href"]).json()["id"] == f"{name}-999"
    assert room["editor"].history(f"{name}-5")[0]["why"] == "bulk"


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"category": "rade"}, 422), ({"date": "2023-13"}, 422), ({"title": ""}, 422), ({"tittle": "x"}, 422),
        ({"status": "retracted"}, 400), ({"status": "published"}, 403),
    ],
)  # fmt: skip
def test_a_bad_event_rejects_the_collection_and_its_number_is_named(
    room: Desk, name: str, bad: dict[str, str], status: int
) -> None:
    response = room["editor"].post(collection(feature(name), feature(**bad), feature()))
    assert (response.status_code, response.json()["index"]) == (status, 1)
    assert room["editor"].get(name).status_code == 404


def test_a_repeated_id_rejects_the_collection(room: Desk, name: str) -> None:
    assert room["editor"].post(collection(feature(name), feature(name))).status_code == 409
    assert room["editor"].get(name).status_code == 404


@pytest.mark.parametrize(
    "body", [collection(), {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": 1}]
)
def test_an_empty_collection_is_refused(room: Desk, body: Any) -> None:
    assert room["editor"].post(body).status_code == 422


# --- what is changed, and what is not


def test_an_unchanged_feature_changes_nothing(
    serve: Callable[..., Any], seeded: str, databases: Databases
) -> None:
    from db.store import Store

    copy = databases.copy(seeded)
    room = desk(serve, copy)
    tool, store = room["reviewer"], Store(copy)
    before, seeds = store.stamp(), tool.http.get("/events?limit=1000").json()["features"]
    assert len(seeds) > 30
    for seed in seeds:
        response = tool.get(seed["id"])
        body, etag = response.json(), response.headers["etag"]
        assert tool.put(seed["id"], body, etag).headers["etag"] == etag
        assert tool.patch(seed["id"], body, etag).headers["etag"] == etag
        assert tool.patch(seed["id"], {}, etag).json() == body
    assert store.stamp() == before
    store.close()
    leave(room)


def test_a_patch_changes_only_what_it_names(room: Desk, name: str) -> None:
    place = {
        "summary": "S",
        "tags": ["a"],
        "figures": {"arrests": 3},
        "data": {"x": 1, "y": 2},
        "place": "Hasselt, Belgium",
    }
    before = room["editor"].post(feature(name, **place)).json()
    after = room["editor"].patch(name, {"properties": {"data": {"y": None}, "figures": {"deaths": 1}}}).json()
    assert after["properties"].pop("data") == {"x": 1}
    assert after["properties"].pop("figures") == {"arrests": 3, "deaths": 1}
    for each in (before, after):
        for key in ("data", "figures", "updated"):
            each["properties"].pop(key, None)
    assert after == before


@pytest.mark.parametrize(
    "patch",
    [
        [], 1, "x", None, {"type": "Point"}, {"properties": None}, {"properties": {"title": None}},
        {"properties": {"category": "nope"}}, {"properties": {"date": "May"}}, {"properties": {"figures": {"a": "b"}}},
        {"properties": {"figures": []}}, {"properties": {"data": 0}},
        {"id": "other"}, {"properties": {"sources": [{}]}}, {"geometry": {"type": "Point"}},
        {"properties": {"data": []}},
        {"properties": {"tags": "a"}}, {"properties": {"verification": "x"}}, {"properties": {"status": "x"}},
        {"properties": {"embargo_until": "soon"}}, {"properties": {"places": [{"lon": 1}]}}, {"why": 1},
    ],
)  # fmt: skip
def test_a_patch_that_breaks_the_event_is_refused_and_leaves_it(room: Desk, patch: Any) -> None:
    tool, id_ = room["editor"], f"broken-{next(NEW)}"
    before = tool.post(feature(id_)).content
    response = tool.patch(id_, patch)
    assert response.status_code in (400, 422), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert tool.get(id_).content == before


@pytest.mark.parametrize(
    "name_of", ["country", "display_date", "earliest", "created", "precision", "corrections"]
)
def test_a_change_of_a_derived_property_is_refused(room: Desk, name_of: str) -> None:
    id_ = f"derived-{next(NEW)}"
    room["editor"].post(feature(id_, place="Hasselt, Belgium"))
    response = room["editor"].patch(id_, {"properties": {name_of: "NL"}})
    assert (response.status_code, response.json().get("field")) == (422, name_of)


def test_an_unknown_property_is_refused_with_the_nearest(room: Desk) -> None:
    response = room["editor"].post(feature(sumary="x"))
    assert response.status_code == 422
    assert "'summary'" in response.json()["detail"]


# --- places


def test_a_named_place_is_geocoded(room: Desk) -> None:
    created = room["editor"].post(feature(place="Hasselt, Belgium")).json()
    assert created["properties"]["countries"] == ["BE"]
    assert created["geometry"]["coordinates"] == pytest.approx([5.34, 50.93], abs=0.05)


def test_several_places_keep_their_order(room: Desk) -> None:
    first = room["editor"].post(feature(place="Hasselt, Belgium; Reykjavík, Iceland")).json()
    second = room["editor"].post(feature(places=["Hasselt, Belgium", "Reykjavík, Iceland"])).json()
    for created in (first, second):
        assert created["properties"]["countries"] == ["BE", "IS"]
        assert created["geometry"]["type"] == "MultiPoint"


def test_an_unknown_place_is_a_warning_and_the_event_stays_unplaced(room: Desk) -> None:
    created = room["editor"].post(feature(place="Xyzzyqwx")).json()
    assert created["geometry"] is None
    assert created["warnings"][0]["field"] == "place"


PLACED = {"place": "Hasselt, Belgium"}


def test_a_moved_pin_keeps_its_name(room: Desk, name: str) -> None:
    room["editor"].post(feature(name, **PLACED))
    moved = {"type": "Point", "coordinates": [5.3512345, 50.94]}
    for patched in (
        room["editor"].patch(name, {"geometry": moved}).json(),
        room["editor"].put(name, room["editor"].get(name).json() | {"geometry": moved}).json(),
    ):
        assert patched["geometry"]["coordinates"] == [5.35123, 50.94]
        assert (patched["properties"]["place"], patched["properties"]["country"]) == ("Hasselt", "BE")


@pytest.mark.parametrize("how", ["PATCH", "PUT"])
def test_moving_a_pin_leaves_the_other_pins_unchanged(room: Desk, name: str, how: str) -> None:
    before = room["editor"].post(feature(name, place="Hasselt, Belgium; Reykjavík, Iceland")).json()
    moved = {"type": "MultiPoint", "coordinates": [before["geometry"]["coordinates"][0], [-21.9, 64.1]]}
    body = {"geometry": moved} if how == "PATCH" else before | {"geometry": moved}
    first, second = room["editor"].send(how, name, body).json()["properties"]["places"]
    assert first == before["properties"]["places"][0]
    assert (second["name"], second["lon"], second["precision"]) == ("Reykjavík", -21.9, "point")


def test_a_new_place_name_replaces_the_old_place(room: Desk, name: str) -> None:
    room["editor"].post(feature(name, **PLACED))
    patched = room["editor"].patch(name, {"properties": {"place": "Reykjavík", "country": "IS"}}).json()
    assert (patched["properties"]["countries"], len(patched["properties"]["places"])) == (["IS"], 1)


@pytest.mark.parametrize(
    "patch",
    [{"geometry": None}, {"properties": {"place": None}}, {"properties": {"place": ""}}, {"properties": {"places": []}},
     {"properties": {"places": None}}],
)  # fmt: skip
def test_a_place_can_be_removed(room: Desk, patch: Any) -> None:
    id_ = f"unplaced-{next(NEW)}"
    room["editor"].post(feature(id_, **PLACED))
    patched = room["editor"].patch(id_, patch).json()
    assert (patched["geometry"], patched["properties"]["places"], patched["properties"]["place"]) == (
        None,
        [],
        None,
    )


def test_points_with_heights_and_across_the_antimeridian_are_accepted(room: Desk) -> None:
    line = {
        "type": "MultiPoint",
        "coordinates": [[179.9, -16.5, 12.0], [-179.9, -16.5], [180, 90], [-180, -90]],
    }
    created = room["editor"].post(feature(geometry=line)).json()
    assert created["geometry"]["coordinates"] == [[179.9, -16.5], [-179.9, -16.5], [180, 90], [-180, -90]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Point", "coordinates": [181, 0]},
        {"type": "Point", "coordinates": [0, 91]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": None},
        {"type": "Point", "coordinates": [1, 2, 3, 4]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "MultiPoint", "coordinates": [[]]},
        "POINT(1 2)", [], 1,
    ],
)  # fmt: skip
def test_a_geometry_other_than_points_is_refused(room: Desk, geometry: Any) -> None:
    response = room["editor"].post(feature(geometry=geometry))
    assert response.status_code == 422, response.text
    assert "expected" in response.json()["detail"] or "out of range" in response.json()["detail"]


# --- dates


def test_a_future_date_is_accepted_with_a_warning(room: Desk) -> None:
    created = room["editor"].post(feature(date="2199-01-01")).json()
    assert [(warning["field"], warning["value"]) for warning in created["warnings"]] == [
        ("date", "2199-01-01")
    ]


@pytest.mark.parametrize(
    ("date", "hint"),
    [
        ("2023-05-03/2022-01-01", "2023-05-03/2022-01-01"), ("3 May 2023", "did you mean '2023-05-03'?"),
        ("May 2023", "did you mean '2023-05'?"), ("2023-02-30", "2023-02-30"), ("soon", "soon"), (20230503.5, "2023"),
        ([], "text"), (True, "text"),
    ],
)  # fmt: skip
def test_an_unreadable_date_is_refused_with_a_suggestion(room: Desk, date: Any, hint: str) -> None:
    response = room["editor"].post(feature(date=date))
    assert (response.status_code, response.json()["field"]) == (422, "date")
    assert hint in response.json()["detail"]


def test_an_event_may_have_no_date(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    assert room["editor"].patch(name, {"properties": {"date": None}}).json()["time"] is None


@pytest.mark.parametrize(
    ("time", "date"),
    [({"date": "2021-02-03"}, "2021-02-03"), ({"timestamp": "2021-02-03T04:05:06Z"}, "2021-02-03T04:05:06Z"),
     ({"interval": ["2021-02-03", ".."]}, "2021-02-03/.."), (None, None)],
)  # fmt: skip
def test_the_time_member_of_json_fg_is_the_date_of_a_feature_without_date(
    room: Desk, time: Any, date: Any
) -> None:
    body = feature() | {"time": time}
    del body["properties"]["date"]
    assert room["editor"].post(body).json()["properties"]["date"] == date


# --- bodies


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
)
def test_a_body_of_another_kind_is_not_read(room: Desk, kind: str) -> None:
    response = room["editor"].http.post(ITEMS, content=b"x", headers={"Content-Type": kind})
    assert (response.status_code, response.headers["content-type"]) == (415, "application/problem+json")


BODY = b'{"type":"Feature","geometry":null,"properties":{"title":"a","category":"raid","data":{"x":%s}}}'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", BODY % b"NaN", BODY % b"Infinity", BODY % b"1e999",
        BODY % b'"\\u0000"', BODY % b'"\\ud800"', BODY % b"99999999999999999999999", BODY % (b"[" * 60 + b"]" * 60),
        BODY % (b"[" * 100_000 + b"]" * 100_000), BODY % b"1" + b"x", b'{"type":"Feature"}',
        b'{"type":"Feature","properties":[]}', b'{"type":"Feature","properties":{}}', BODY % (b"1" * 5_000),
    ],
    ids=lambda body: repr(body[:24] + b"..." + body[-12:]),
)  # fmt: skip
def test_a_body_that_cannot_be_stored_is_a_problem(room: Desk, body: bytes) -> None:
    for how, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/body")):
        headers = {"Content-Type": "application/geo+json", "If-None-Match": "*"}
        response = room["editor"].http.request(how, path, content=body, headers=headers)
        assert response.status_code in (400, 422), response.text
        assert response.json()["detail"]
    assert room["editor"].get("body").status_code == 404


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_of_nine_megabytes_is_too_large(room: Desk, chunked: bool) -> None:
    body = BODY % (b'"' + b"x" * 9_000_000 + b'"')
    parts = (body[n : n + 60_000] for n in range(0, len(body), 60_000))
    response = room["editor"].http.post(
        ITEMS, content=parts if chunked else body, headers={"Content-Type": "application/geo+json"}
    )
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


def test_an_unknown_parameter_of_a_change_is_refused(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    assert room["editor"].delete(name, whyy="x").json()["nearest"] == "why"
    assert room["editor"].get(name).status_code == 200


def test_the_short_address_of_the_list_accepts_no_post(room: Desk) -> None:
    assert room["reader"].http.post("/events", json={}).status_code == 405


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (ITEMS, "GET, HEAD, OPTIONS, POST"),
        (f"{ITEMS}/a%2Fb", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("/imports", "GET, HEAD, OPTIONS, POST"),
        ("/review/settle", "OPTIONS, POST"),
        ("/tiles/0/0/0", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_and_405_list_the_methods_of_an_address(room: Desk, path: str, methods: str) -> None:
    assert room["reader"].http.options(path).headers["allow"] == methods
    refused = room["reader"].http.request("PROPFIND", path)
    assert (refused.status_code, refused.headers["allow"], methods in refused.text) == (405, methods, True)


def test_head_of_an_event_has_the_headers_of_get(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    head, full = room["editor"].http.head(room["editor"].at(name)), room["editor"].get(name)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", full.headers["etag"])
    assert room["reader"].http.head(room["editor"].at(name)).status_code == 404


@pytest.mark.parametrize("order", ["-date", "date"])
def test_an_editor_lists_the_events_of_a_status_wherever_they_are_in_the_table(
    room: Desk, name: str, order: str
) -> None:
    ids = [f"{name}-{number}-{order}" for number in range(3)]
    for id_, status in zip(ids, ("draft", "published", "draft"), strict=True):
        room["reviewer"].post(feature(id_, status=status))
    room["reader"].http.get("/events/summary")  # loads the columns, which hold only what readers may see
    page = room["editor"].http.get("/events", params={"status": "draft", "sortby": order, "limit": 10_000})
    assert {event["properties"]["status"] for event in page.json()["features"]} == {"draft"}
    assert {event["id"] for event in page.json()["features"]} & set(ids) == {ids[0], ids[2]}


# --- history and corrections


def test_why_is_shown_to_editors_and_a_correction_to_everyone(room: Desk, name: str) -> None:
    room["reviewer"].post(feature(name, status="published"))
    room["reviewer"].patch(
        name, {"properties": {"title": "B"}, "why": "the court", "correction": "It was B."}
    )
    last = room["editor"].history(name)[-1]
    assert (last["who"], last["why"], last["note"]) == ("reviewer of the desk", "the court", "It was B.")
    assert {"name": "title", "old": "A raid", "new": "B"} in last["fields"]
    public = room["reader"].get(name)
    assert [entry["note"] for entry in public.json()["properties"]["corrections"]] == ["It was B."]
    assert [entry["note"] for entry in room["reader"].history(name)] == ["It was B."]
    assert "the court" not in public.text + str(room["reader"].history(name))


@pytest.mark.parametrize("lang", ["en", "ca", "es", "fr", "ar"])
def test_the_page_of_an_event_shows_its_corrections_with_their_day(room: Desk, lang: str) -> None:
    id_ = f"corrected-{lang}"
    room["reviewer"].post(feature(id_, status="published"))
    room["reviewer"].patch(id_, {"properties": {"title": "B"}, "correction": "It was <b>B</b>."})
    page = room["reader"].get(id_, params={"f": "html", "lang": lang}).text
    word = {"en": "Correction", "ca": "Correcció", "es": "Corrección", "fr": "Rectificatif", "ar": "تصحيح"}[
        lang
    ]
    assert word in page
    assert "It was &lt;b&gt;B&lt;/b&gt;." in page


def test_an_unknown_id_has_no_history(room: Desk, name: str) -> None:
    for who in ("reader", "editor"):
        assert room[who].http.get(room[who].at(name) + "/history").status_code == 404


def test_the_public_history_is_not_modified_until_the_event_changes(room: Desk, name: str) -> None:
    room["reviewer"].post(feature(name, status="published"))
    path = room["reader"].at(name) + "/history"
    first = room["reader"].http.get(path)
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = room["reader"].http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, first.headers["etag"] != room["reader"].tag(name)) == (304, True)
    room["reviewer"].patch(name, {"properties": {"title": "B"}, "correction": "It was B."})
    after = room["reader"].http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (after.status_code, after.json()["history"][0]["note"]) == (200, "It was B.")
    assert room["editor"].http.get(path).headers["cache-control"] == "private, no-store"


def test_a_deleted_event_keeps_its_history_and_its_public_note(room: Desk, name: str) -> None:
    room["reviewer"].post(feature(name, status="published"))
    room["reviewer"].delete(name, why="a private matter", correction="Published by mistake.")
    gone = room["reader"].get(name)
    assert (gone.status_code, gone.json()["note"]) == (410, "Published by mistake.")
    assert "private" not in gone.text
    assert [entry["action"] for entry in room["editor"].history(name)] == ["created", "deleted"]


def test_a_deleted_draft_is_unknown_to_readers(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    room["editor"].delete(name)
    assert room["reader"].get(name).status_code == 404
    assert room["reader"].get(name).text == room["reader"].get("x" * len(name)).text.replace(
        "x" * len(name), name
    )


def test_a_deleted_draft_is_gone_for_editors(room: Desk, name: str) -> None:
    room["editor"].post(feature(name))
    room["editor"].delete(name, correction="Entered twice.")
    tool = room["editor"]
    for response in (tool.get(name), tool.put(name, feature()), tool.patch(name, {}), tool.delete(name)):
        assert (response.status_code, response.json()["note"]) == (410, "Entered twice.")
    for who in (tool, room["reader"]):
        assert who.http.get("/changes", params={"since": "now"}).json()["changes"] == []
    assert room["reader"].http.get(room["reader"].at(name) + "/history").status_code == 404


def test_moving_a_pin_keeps_the_doubts_about_other_places(room: Desk, name: str) -> None:
    created = room["editor"].post(feature(name, place="Hasselt, Belgium; Springfield")).json()
    assert any(warning["field"] == "place" for warning in created["warnings"])
    where = {"type": "MultiPoint", "coordinates": [[5.35, 50.94], created["geometry"]["coordinates"][1]]}
    moved, other = room["editor"].patch(name, {"geometry": where}).json()["properties"]["places"]
    assert (moved["precision"], other) == ("point", created["properties"]["places"][1])
    waiting = room["editor"].http.get("/review/queue", params={"kind": "places"}).text
    assert name in waiting
    where["coordinates"][1] = [-89.6, 39.8]
    room["editor"].patch(name, {"geometry": where})
    assert name not in room["editor"].http.get("/review/queue", params={"kind": "places"}).text


def test_null_in_a_patch_lifts_an_embargo_and_keeps_the_status(room: Desk, name: str) -> None:
    tool = room["reviewer"]
    tool.post(feature(name, status="published", embargo_until="2999-01-01T00:00:00Z"))
    assert room["reader"].get(name).status_code == 404
    assert tool.patch(name, {"properties": {"title": "B"}}).json()["properties"]["embargo_until"]
    assert tool.patch(name, {"properties": {"status": None}}).json()["field"] == "status"
    assert (
        "embargo_until" not in tool.patch(name, {"properties": {"embargo_until": None}}).json()["properties"]
    )
    assert room["reader"].get(name).status_code == 200


def test_an_embargo_beyond_year_9999_is_refused(room: Desk) -> None:
    response = room["editor"].post(feature(embargo_until="0001-01-01T00:00:00+12:00"))
    assert response.status_code == 422
