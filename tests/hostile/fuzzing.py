"""Random requests over all routes, and the client that sends them."""

import gzip
import http.client
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from hostile import evil
from hostile.server_watch import Target

from timeline.api.description.openapi import openapi_document
from timeline.api.editors.import_options import OPTIONS
from timeline.api.editors.review import KIND, PAGE_NUMBER, TEXT
from timeline.api.events.changes import CHANGES
from timeline.api.params import tables
from timeline.api.places import GEOCODE, REVERSE
from timeline.app import create_app
from timeline.settings import Settings

SECONDS_TO_ANSWER = 30
ALLOWED = (503, 507)  # busy, or a full disk
ROLES = (None, None, "editor", "reviewer", "admin")
_TABLES = (
    *tables.LIST, *tables.TILE, *tables.CLUSTERS, *tables.SUMMARY, *OPTIONS, *GEOCODE, *REVERSE, *CHANGES,
    KIND, PAGE_NUMBER, TEXT, tables.STATUS,
)  # fmt: skip
_EXAMPLES = {parameter.name: parameter.example for parameter in _TABLES}
_PARAMETERS = [
    *_EXAMPLES,
    "url",
    "format",
    "maxwidth",
    "measure",
    "event",
    "view",
    "utm_x",
    "width",
    "height",
    "id",
]
_PATH_PARAMETER = re.compile(r"/?\{(\w+)(?::\w+)?\}")
_METHODS = (
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "A" * 40,
)
_HEADERS = (
    "Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Match", "If-Modified-Since", "Range", "Cookie",
    "Origin", "Referer", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Prefix", "Idempotency-Key",
    "Authorization", "Content-Encoding", "Content-Type", "Sec-Fetch-Site", "Access-Control-Request-Method", "Prefer",
    "TE", "Upgrade", "Expect", "User-Agent", "X-HTTP-Method-Override", "Content-Language", "Host",
)  # fmt: skip
_TYPES = (
    "application/json", "application/geo+json", "application/merge-patch+json", "text/csv", "text/plain", "",
    "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/octet-stream", "a/b;" * 200,
)  # fmt: skip
_ODD_ENDS = ("/", "//", "/..", "/%2e%2e/", ";a=b", "/.%00", "/history", "/rejected.csv")
_ODD_PAIRS = ("&" * 500, "a=" * 100, "=b", "%00=1", "q", "%ff=%ff", "ids=" + "a," * 5_000)
_ODD_LINES = (
    "Content-Length: 5", "Content-Length: -1", "Content-Length: 1e3", "Transfer-Encoding: chunked", "Host:", "Host: a",
    "Transfer-Encoding: identity, chunked", " folded: yes", "No colon", ": empty", "X\0: nul", "X: \0", "é: é",
    "Upgrade: websocket\r\nConnection: upgrade", "Expect: 100-continue", "X: " + "a" * 70_000,
    "\r\n".join(f"X-{number}: y" for number in range(500)), "HTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: h2c",
)  # fmt: skip
_ODD_TARGETS = ("*", "", "http://evil.example/events", "/é", "/a b", "\x00", "host:443", "//")
_VERSIONS = ("HTTP/1.1",) * 6 + ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "", "ICY")
_LINE_ENDS = ("\r\n",) * 6 + ("\n", "\r", "\r\n ", "\0\r\n")
_OTHER_PROTOCOLS = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\0" * 500, b"\r\n" * 500,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shot:
    """A request: what an HTTP client sends, or `wire`, the bytes of one that is not HTTP."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wire: bytes = b""

    def __str__(self) -> str:
        if self.wire:
            return f"wire {self.wire[:600]!r}"
        headers = [(name, value[:80]) for name, value in self.headers if name != "Authorization"]
        return f"{self.method} {self.target[:600]} {headers} {self.body[:600]!r}"


@dataclass(slots=True)
class Response:
    """The response to a request; the status is 0 if the connection was closed without one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path with parameters in braces, and the query parameters it takes, with the choices of each."""

    method: str
    path: str
    choices: dict[str, list[str]] = field(default_factory=dict)


def operations() -> list[Operation]:
    """Return what the OpenAPI document describes, and the routes that it does not."""
    app = create_app(Settings(database_url="sqlite:///none.db", _env_file=None))
    document = openapi_document(app, "", "", "/")["paths"]
    described = []
    for path, methods in document.items():
        for method, operation in methods.items():
            query = [parameter for parameter in operation["parameters"] if parameter["in"] == "query"]
            choices = {parameter["name"]: parameter["schema"].get("enum", []) for parameter in query}
            described.append(Operation(method.upper(), path, choices))
    others = sorted({route.path for route in app.routes} - document.keys())
    return described + [Operation("POST" if path.endswith("/settle") else "GET", path) for path in others]


class Fuzzer:
    """Draw requests for a target; the same seed gives the same requests."""

    def __init__(self, seed: int, keys: dict[str, str]) -> None:
        self._random, self._keys, self._operations = Random(seed), keys, operations()
        self._changes = [
            operation for operation in self._operations if operation.method not in ("GET", "HEAD")
        ]

    def shots(self, count: int) -> Iterator[Shot]:
        """Yield random requests; one in eight is no valid HTTP."""
        for _ in range(count):
            shot = self._shot()
            yield shot if self._random.random() < 7 / 8 else self._spoilt(shot)

    def _shot(self) -> Shot:
        random = self._random
        operation = random.choice(self._operations if random.random() < 0.75 else self._changes)
        method = operation.method if random.random() < 0.9 else random.choice(_METHODS)
        if operation.path == "/imports" and method == "POST" and random.random() < 0.8:
            method = "GET"  # each import starts a process
        target = self._path(operation.path) + self._query(operation)
        headers = self._headers(random.choice(ROLES[1:] if operation in self._changes else ROLES))
        body = b""
        if method in ("POST", "PUT", "PATCH") or random.random() < 0.02:
            body, media_type = self._body(operation.path, method)
            headers.append(("Content-Type", media_type))
        return Shot(method, target[:60_000], tuple(headers), body)

    def _path(self, path: str) -> str:
        path = _PATH_PARAMETER.sub(lambda match: "/" + self._path_part(match[1]), path)
        chance = self._random.random()
        if chance < 0.03:
            return path + self._random.choice(_ODD_ENDS)
        return path if chance < 0.98 else "/" + evil.encoded(self._random, evil.text(self._random), "/")

    def _path_part(self, name: str) -> str:
        random = self._random
        if name in ("id", "routed") and random.random() < 0.85:
            return random.choice((f"event-{random.randint(0, 2_000):07}", self._id()))
        if random.random() < 0.6:
            return str(random.choice((0, 1, 2, 3, 3, 5, 22, 30)))
        return evil.encoded(random, evil.text(random)[:3_000])

    def _id(self) -> str:
        return f"fuzz-{self._random.randint(0, 200)}"

    def _query(self, operation: Operation) -> str:
        random = self._random
        pairs: dict[str, str] = {}
        for count in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            if (own := list(operation.choices)) and random.random() < 0.98:
                name = random.choice(own)
            elif random.random() < 0.9:
                continue
            else:
                name = random.choice(_PARAMETERS)
            value = evil.text(random)
            # One bad value is enough for a 400: most others are good, so that requests reach the database.
            if random.random() < (0.85 if count else 0.4):
                value = random.choice(operation.choices.get(name) or [_EXAMPLES.get(name, "1")])
            twice = "&" if name in pairs and random.random() < 0.1 else ""
            pairs[name + twice] = evil.encoded(random, value, ",/:")
        if operation.path == "/events/clusters" and random.random() < 0.8:
            pairs["zoom"] = str(random.randint(0, 22))
        query = "&".join(f"{name.rstrip('&')}={value}" for name, value in pairs.items())
        if random.random() < 0.01:
            query += "&" + random.choice(_ODD_PAIRS)
        return "?" + query if query else ""

    def _headers(self, role: str | None) -> list[tuple[str, str]]:
        random = self._random
        headers = [("Authorization", f"Bearer {self._keys[role]}")] if role else []
        if random.random() < 0.7:
            headers.append(("If-Match", random.choice(("*", "*", "*", '"1"'))))
        if random.random() < 0.2:
            headers.append(
                ("Accept", random.choice(("text/html", "application/json", "application/geo+json")))
            )
        for _ in range(random.choice((0, 0, 0, 0, 0, 1, 2, 30))):
            name, value = random.choice(_HEADERS), evil.header_value(random)
            is_common = name not in ("Host", "Authorization", "Content-Encoding", "Content-Type")
            # Most requests have these once, so that they reach the route.
            if is_common or random.random() < 0.03:
                headers.append((name, "Basic " + value if name == "Authorization" else value))
        return headers

    def _body(self, path: str, method: str) -> tuple[bytes, str]:
        random = self._random
        chance = random.random()
        if chance < 0.05:
            return evil.form_body(random)
        if path == "/review/settle" and random.random() < 0.7:
            return evil.choice_body(random, f"event-{random.randint(0, 2_000):07}"), "application/json"
        body = evil.json_body(random, self._id() if method == "POST" and random.random() < 0.7 else None)
        if chance < 0.07:
            return gzip.compress(body, mtime=0), "application/json"
        if chance < 0.09:
            return random.randbytes(random.choice((1, 100, 100_000))), random.choice(_TYPES)
        media_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
        return body, media_type if chance < 0.9 else random.choice(_TYPES)

    def _spoilt(self, shot: Shot) -> Shot:
        """Return the request as bytes that a client does not send: cut, with odd line ends, lengths or letters."""
        random = self._random
        target, version = random.choice((shot.target,) * 4 + _ODD_TARGETS), random.choice(_VERSIONS)
        length = str(len(shot.body))
        headers = [("Host", "localhost"), *shot.headers, ("Content-Length", length), ("Connection", "close")]
        lines = [f"{name}: {value}" for name, value in headers]
        lines = [f"{shot.method} {target} {version}", *lines, random.choice(_ODD_LINES), "", ""]
        wire = random.choice(_LINE_ENDS).join(lines).encode("latin-1", "replace") + shot.body
        chance = random.random()
        if chance < 0.15:
            wire = wire[: random.randint(1, len(wire))]
        elif chance < 0.2:
            wire = random.choice(_OTHER_PROTOCOLS)
        elif chance < 0.25:
            wire *= 20
        return Shot(shot.method, target, wire=wire)


def fault(shot: Shot, response: Response) -> str | None:
    """Return why a response is wrong; None if it is right."""
    status, kind = response.status, response.headers.get("content-type", "")
    # oEmbed prescribes 501 for a format that the provider does not offer.
    if status >= 500 and status not in ALLOWED and (status, shot.target[:7]) != (501, "/oembed"):
        return f"status {status}"
    if shot.wire:
        return None
    if status == 0:
        return "no response"
    if status in (429, 503) and "retry-after" not in response.headers:
        return f"{status} without Retry-After"
    if shot.method == "OPTIONS" and any(name == "Origin" for name, _ in shot.headers):
        return None  # the framework answers the browser's question about another site, in plain text
    is_problem = kind.startswith(("application/problem+json", "text/html"))
    return None if status < 400 or is_problem else f"{status} is not a problem document"


class Client:
    """Send requests, over one connection that stays open if the server allows it."""

    def __init__(self, target: Target) -> None:
        self._port = target.port
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS_TO_ANSWER)

    def send(self, shot: Shot) -> Response:
        """Return the response to a request; TimeoutError if a valid request has none in time."""
        if shot.wire:
            return self._send_bytes(shot.wire)
        for _ in range(2):  # the server may have closed the connection after the previous request
            try:
                return self._send_http(shot)
            except (http.client.HTTPException, ConnectionError):
                self._connection.close()
        return Response(0)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send_http(self, shot: Shot) -> Response:
        connection = self._connection
        has_host = any(name == "Host" for name, _ in shot.headers)
        connection.putrequest(shot.method, shot.target, skip_host=has_host, skip_accept_encoding=True)
        for name, value in shot.headers:
            connection.putheader(name, value.encode("latin-1"))
        if shot.body:
            connection.putheader("Content-Length", str(len(shot.body)))
        connection.endheaders(shot.body or None)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, headers, answer.read())

    def _send_bytes(self, wire: bytes) -> Response:
        """Return what the server answers within half a second; a half-sent request may have no answer."""
        parts = b""
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self._port), timeout=0.5) as connection,
        ):
            connection.sendall(wire)
            while part := connection.recv(65_536):
                parts += part
        match = re.match(rb"HTTP/1\.1 (\d{3})", parts)
        return Response(int(match[1]) if match else 0, body=parts)
