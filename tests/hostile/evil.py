"""Values that break programs, and random requests made of them; the same seed gives the same requests."""

import json
import re
from random import Random
from typing import Any
from urllib.parse import quote, quote_from_bytes

# Texts for parameters, paths, headers and members of JSON. A lone surrogate is sent as its (invalid) UTF-8 bytes.
VALUES: tuple[str, ...] = (
    "", " ", "\0", "a\0b", "\n", "\r\nX-Injected: yes", "\t", "\x1b[31m", "\x7f", "\u200f", "\u202egnp.exe", "\ufeff",
    "\ud800", "\udfff\ud800", "e\u0301" * 50, "\U0001f1e7\U0001f1ea", "событие", "حدث", "İ", "ß", "ﬁ",
    "0", "-0", "-1", "1e309", "-1e309", "1e-400", "NaN", "Infinity", "0x10", "٣", "1_000", "1,000", "²",
    str(2**31), str(2**63), str(-(2**63) - 1), "9" * 400, "9" * 5_000, "0." + "3" * 1_000,
    "," * 10_000, "(" * 3_000, "[" * 3_000, "{" * 50 + "}" * 50, "'" * 501, '"' * 501, "*" * 300, "a" * 20_000,
    "../../../etc/passwd", "/etc/passwd", "..\\..\\", "C:\\con", "%00", "%2e%2e%2f", "%", "%zz", "%u0041", "%ff%fe",
    "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "{0.__class__}", "%s%n%d", "$(id)", "`id`", "; DROP TABLE event; --",
    "' OR 1=1 --", '" OR "', "\\", "\\x00", "<script>alert(1)</script>", "x<b>", "&lt;", "javascript:alert(1)",
    "http://[::1", "http://a@b:99999/", "//evil.example", "file:///etc/passwd", "http://" + "a." * 300 + "example",
    "2023", "2023-02-30", "0000-00-00", "2023-05-01/..", "../..", "/", "..", "999999999-01-01", "-999999999/999999999",
    "Y-170000002", "2023-05-01T25:61:61Z", "2023-05-01T00:00:00+99:99", "2023/P99999999999Y", "P1Y/2023", "1950S2/196X",
    "[1667,1668..1670]", "{1667..}", "2023-05-03?~%", "2023-XX-XX", "31.12.9999", "3 May 2023", "12" * 100,
    "-180,-90,180,90", "180,90,-180,-90", "1,2,3", "1e308,1e308,-1e308,-1e308", "nan,nan,nan,nan", "4.35,50.85", "0,91",
    "POLYGON((0 0,0 1,1 1,0 0))", "POLYGON((0 0,1 1,0 1,1 0,0 0))", "POLYGON EMPTY",
    "POLYGON((nan nan,1 1,2 2,nan nan))",
    "MULTIPOLYGON(((", "POINT(1e400 0)", "GEOMETRYCOLLECTION(GEOMETRYCOLLECTION EMPTY)",
    "POLYGON((" + "0 0," * 2_000 + "0 0))",
    "category = 'raid'", "NOT " * 60 + "a=1", "CASEI(" * 30 + "title" + ")" * 30 + "='a'", "a=1 OR " * 500 + "a=1",
    "title LIKE '" + "%a" * 200 + "'", "S_INTERSECTS(geometry,POINT(0 0))", "T_AFTER(date,DATE('999999999-01-01'))",
    "date < TIMESTAMP('2023-05-03T00:00:00Z')", "figures.arrests / 0 > 1", "1=1", "TRUE", "title IN ()",
    "A_CONTAINS(tags,('a'))",
    '{"op":"and","args":[]}', '{"op":"=","args":[{"property":"title"},1e999]}', '{"op":' * 200, "[]", "null",
    "raid", "raid,arrest", "NL", "nl,be,xx", "cocaine belgi*", "o*", "a" * 500 + "*", '"', '"a" "b', "AND OR NOT NEAR",
    "NEAR(a b, 5)", "title:a", "^a", "-a", "(a", "a* " * 300, "ids", "-date", "only", "exclude", "certain", "cql2-json",
    "json", "html", "geojson", "geojsonl", "csv", "jsonfg", "shape", "none", "always", "day", "second", "auto",
    "en", "fr",
    "ar", "zh-Hant-TW", "xx", "en_US.UTF-8", "i-klingon", "en-" + "a-" * 500, "now", "WyI0NzE1", "W10=", "bnVsbA==",
    "e30",
    "arrests", "deaths_per_year", "title,date", "draft,review", "retracted", "admin",
    "undefined", "idna", "base64", "rot13",
)  # fmt: skip
_CHARACTERS = [
    chr(code) for code in (*range(0, 48, 3), 1, 10, 13, 34, 35, 37, 38, 59, 92, 127, 0xA0, 0x3000, 0x1F600)
]
_PROPERTIES = (
    "title", "summary", "category", "date", "place", "country", "places", "figures", "tags", "sources", "data", "note",
    "status", "verification", "image", "embargo", "precision", "created", "id", "type", "__proto__", "",
)  # fmt: skip
_PLACE_MEMBERS = (
    "name", "lon", "lat", "country", "countries", "precision", "radius_km", "confidence", "gazetteer_id", "geocoder",
)  # fmt: skip
_SOURCE_MEMBERS = ("title", "publisher", "url", "date")
_HEADER_VALUES = ("a,b;q=" * 500, "*/*;q=0", "text/html;q=nan", "bytes=0-" + ",1-2" * 1_000, 'W/"' * 400)
_LINE_END, _CONTROL = re.compile("[\r\n]"), re.compile("[\\x00-\\x1f\\x7f]")
_NUMBERS = (0, -1, 1.5, -0.0, 2**31, 2**63, -(2**63), 10**30, 1e308, 5e-324, True, None)


def text(random: Random) -> str:
    """Return a value of the dictionary, sometimes two of them joined, or a few odd characters."""
    chance = random.random()
    if chance < 0.8:
        return random.choice(VALUES)
    if chance < 0.9:
        return random.choice(VALUES) + random.choice((",", "/", " ", "")) + random.choice(VALUES)
    return "".join(random.choices(_CHARACTERS, k=random.randint(1, 30)))


def encoded(random: Random, value: str, safe: str = "") -> str:
    """Return a value percent-encoded for an address, sometimes twice, or with its bytes in Latin-1 or UTF-16."""
    chance = random.random()
    if chance < 0.97:
        return quote(value, safe=safe, errors="surrogatepass")
    if chance < 0.98:
        return quote(quote(value, errors="surrogatepass"))
    codec = random.choice(("latin-1", "utf-16", "utf-7"))
    return quote_from_bytes(value.encode(codec, "replace"))


def json_value(random: Random, depth: int = 0) -> Any:
    """Return random JSON: numbers at the limits, evil texts, lists and objects up to four levels deep."""
    chance = random.random()
    if chance < 0.35 or depth > 3:
        return text(random)
    if chance < 0.6:
        return random.choice(_NUMBERS)
    if chance < 0.8:
        return [json_value(random, depth + 1) for _ in range(random.choice((0, 1, 2, 5)))]
    names = random.sample((*_PROPERTIES, *_PLACE_MEMBERS, *_SOURCE_MEMBERS), random.choice((0, 1, 3)))
    return {name: json_value(random, depth + 1) for name in names}


def choice_body(random: Random, event: str) -> bytes:
    """Return a body of `/review/settle`, sometimes with members of odd values."""
    body: dict[str, Any] = {"event": event, "number": random.choice((0, 1, 1, 2, 2**63)), "candidate": 1}
    if random.random() < 0.5:
        del body["candidate"]
        body |= {"lon": random.choice((4.35, 1e308, None, "4")), "lat": random.choice((50.85, -91, None))}
    if random.random() < 0.3:
        body[random.choice(("event", "number", "candidate", "why"))] = json_value(random)
    return json.dumps(body).encode()


def _members(random: Random, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: json_value(random, 2) for name in random.sample(names, random.randint(0, 4))}


def feature(random: Random, id_: str | None = None) -> dict[str, Any]:
    """Return an event that can be stored, with up to three of its members replaced by random JSON."""
    properties: dict[str, Any] = {
        "title": "A raid", "category": "raid", "date": "2023-05-03",
        "status": random.choice(("draft", "published")), "tags": ["fuzz"], "figures": {"arrests": 3},
    }  # fmt: skip
    for name in random.sample(_PROPERTIES, random.choice((0, 0, 1, 1, 2, 3))):
        properties[name] = json_value(random)
    if random.random() < 0.1:
        properties["places"] = [{"name": random.choice(("Hasselt, Belgium", text(random)))}]
    if random.random() < 0.1:
        properties["places"] = [_members(random, _PLACE_MEMBERS) for _ in range(random.randint(1, 3))]
    if random.random() < 0.1:
        properties["sources"] = [_members(random, _SOURCE_MEMBERS)]
    geometry = None if random.random() < 0.7 else _geometry(random)
    document: dict[str, Any] = {"type": "Feature", "geometry": geometry, "properties": properties}
    if id_:
        document["id"] = id_
    if random.random() < 0.1:
        document[random.choice(("type", "id", "geometry", "properties", "time"))] = json_value(random)
    return document


def _geometry(random: Random) -> Any:
    lon, lat = (
        random.choice((4.35, 181, -0.0, 1e308, "4", None, 2**63)),
        random.choice((50.85, 91, 5e-324, [], True)),
    )
    coordinates: Any = [lon, lat]
    for _ in range(random.choice((0, 0, 1, 2, 3, 60))):
        coordinates = [coordinates]
    kind = random.choice(
        ("Point", "MultiPoint", "Polygon", "MultiPolygon", "GeometryCollection", "Circle", None)
    )
    return {"type": kind, "coordinates": coordinates * random.choice((1, 1, 500))}


def _deep(random: Random) -> bytes:
    depth = random.choice((60, 150, 1_100, 20_000))
    opening, closing = random.choice(((b'{"a":', b"}"), (b"[", b"]"), (b'{"properties":{"data":', b"}}")))
    return opening * depth + b"1" + closing * (depth if random.random() < 0.7 else 0)


def json_body(random: Random, id_: str | None = None) -> bytes:
    """Return a JSON body: mostly an event or several, else any JSON, deep JSON, or JSON that is cut or spoilt."""
    chance = random.random()
    if chance < 0.07:
        return _deep(random)
    document: Any = feature(random, id_) if chance < 0.85 else json_value(random)
    if chance < 0.15:
        document = {
            "type": "FeatureCollection",
            "features": [feature(random) for _ in range(random.randint(0, 30))],
        }
    body = json.dumps(document, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    if random.random() < 0.1:
        body = body[: random.randint(0, len(body))]
    if random.random() < 0.05:
        at = random.randint(0, len(body))
        body = body[:at] + random.choice((b"\0", b"\xff", b'"', b"\\u", b"NaN")) + body[at:]
    return body


def form_body(random: Random) -> tuple[bytes, str]:
    """Return a multipart body with odd parts, and its media type."""
    boundary = random.choice(("x", "-" * 70, "a" * 300))
    name, file = (text(random).replace('"', "") for _ in range(2))
    head = f'Content-Disposition: form-data; name="{random.choice(("file", "map", "publish", name))}"'
    if random.random() < 0.7:
        head += f'; filename="{random.choice(("a.csv", "a.geojson", "a.xlsx", file))}"'
    content = json_body(random)
    part = f"--{boundary}\r\n{head}\r\n\r\n".encode("utf-8", "surrogatepass") + content + b"\r\n"
    body = part * random.choice((1, 1, 2, 200)) + f"--{boundary}--\r\n".encode()
    if random.random() < 0.2:
        body = body[: random.randint(0, len(body))]
    sent = boundary if random.random() < 0.8 else random.choice(("", "y", header_value(random)))
    return body, f"multipart/form-data; boundary={sent}"


def header_value(random: Random) -> str:
    """Return an odd value for a header, as the Latin-1 letters of its UTF-8 bytes; few have control characters."""
    value = random.choice((*VALUES, *_HEADER_VALUES)).encode("utf-8", "surrogatepass").decode("latin-1")
    return (_LINE_END if random.random() < 0.02 else _CONTROL).sub("", value)
