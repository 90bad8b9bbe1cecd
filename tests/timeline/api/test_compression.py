"""Responses are compressed as the client accepts, on the fast path and on the usual one, in one piece or in many."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import httpx
import pytest
import zstandard
from databases import Databases

from db.dates.edtf import When
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision
from timeline.api.http.compression import ENCODINGS, negotiate_encoding

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "br": brotli.decompress,
    "gzip": lambda body: zlib.decompress(body, 31),
}
# Paths whose responses have at least 1,024 bytes: the fast path, the usual one, a stream, a page, a script, a tile.
LARGE = (
    "/events", "/events?sortby=date", "/events.csv", "/events.geojsonl", "/events?f=html", "/static/embed.js",
    "/tiles/0/0/0", "/events/index", "/openapi.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(serve: Callable[..., Any], databases: Databases) -> Iterator[httpx.Client]:
    """Yield a client of a server that has read its columns."""
    database = databases.new()
    store = Store(database)
    place = Place(name="Hasselt", lon=5.34, lat=50.93, precision=Precision.CITY, country="BE")
    store.add(
        Draft(
            id=f"e{n}",
            title=f"é{n}",
            category="raid",
            when=When.parse("2020"),
            places=(place,),
            status="published",
        )
        for n in range(40)
    )
    store.close()
    with httpx.Client(base_url=serve(database).url) as http:
        http.get("/events/summary")
        yield http


def _raw(client: httpx.Client, path: str, accept: str, method: str = "GET") -> tuple[httpx.Response, bytes]:
    with client.stream(method, path, headers={"Accept-Encoding": accept}) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("path", LARGE)
def test_a_compressed_body_is_the_body(client: httpx.Client, path: str, encoding: str) -> None:
    plain, body = _raw(client, path, "identity")
    response, packed = _raw(client, path, f"{encoding};q=0.8, identity;q=0.1")
    assert response.status_code == plain.status_code
    assert response.headers["content-encoding"] == encoding
    assert DECODERS[encoding](packed) == body
    assert len(packed) < len(body)
    assert "content-encoding" not in plain.headers
    for headers in (plain.headers, response.headers):
        assert "accept-encoding" in headers["vary"].lower()
    if "etag" in plain.headers:
        assert response.headers["etag"] == plain.headers["etag"][:-1] + f'-{encoding}"'
    if "content-length" in plain.headers:
        assert int(response.headers["content-length"]) == len(packed)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_compressed_response_is_revalidated(client: httpx.Client, encoding: str) -> None:
    first, _ = _raw(client, "/events", encoding)
    headers = {"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]}
    for _ in range(2):
        again = client.get("/events", headers=headers)
        assert (again.status_code, again.headers["etag"]) == (304, first.headers["etag"])
        assert "content-encoding" not in again.headers


@pytest.mark.parametrize("path", ["/health", "/events?datetime=x", "/events.png", "/basemap/world/0/0/0"])
def test_small_and_compressed_bodies_are_left_alone(client: httpx.Client, path: str) -> None:
    plain, body = _raw(client, path, "identity")
    response, packed = _raw(client, path, "zstd, br")
    assert packed == body
    assert response.headers.get("content-encoding") == plain.headers.get("content-encoding")


def test_head_has_the_headers_of_get(client: httpx.Client) -> None:
    get, _ = _raw(client, "/events", "gzip")
    head, body = _raw(client, "/events", "gzip", "HEAD")
    assert body == b""
    for name in ("content-encoding", "content-length", "etag", "vary"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", None), ("identity", None), ("gzip", "gzip"), ("gzip, deflate", "gzip"), ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"), ("GZIP", "gzip"), ("x-gzip", "gzip"), ("*", "zstd"), ("*;q=0", None),
        ("gzip;q=0", None), ("gzip;q=0.000", None), ("br;q=0.5, gzip", "gzip"), ("zstd;q=0, *", "br"),
        ("gzip ; q=0.3 , br;q=0.2", "gzip"), ("identity, gzip;q=0.5", None), ("deflate", None), ("gzip;q=2", None),
        ("gzip;level=9", None), (",,", None), ("gzip;q=1.0000", None),
    ],
)  # fmt: skip
def test_the_encoding_is_the_best_that_the_client_accepts(accept: str, encoding: str | None) -> None:
    assert negotiate_encoding(accept) == encoding
