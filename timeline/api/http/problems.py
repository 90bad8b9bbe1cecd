"""Error responses as RFC 9457 problems, and the one table from error to status."""

import errno
import logging
import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Send

from db.errors import (
    BadEvent,
    BadFilter,
    BadInterval,
    Conflict,
    ConnectionsInUse,
    DiskFull,
    EventGone,
    NoSuchEvent,
    NoSuchPlace,
    ReadTimeout,
    Stale,
    StoreUnavailable,
    WriteUnsure,
)
from geo.errors import BadBox, BadPoint, GazetteerError, GeocoderUnavailable
from timeline.api.http.allowed_methods import allowed_methods
from timeline.api.http.answers import send, site_at
from timeline.api.http.media_types import HTML, PROBLEM
from timeline.api.http.query import base_address, page_lang, wants_html
from timeline.api.params.page import FRAME
from timeline.api.params.tables import INTERVAL, LIST
from timeline.errors import (
    AddressTooLong,
    BadParameter,
    Busy,
    ChangedMeanwhile,
    CrossSite,
    Forbidden,
    HeadersTooLarge,
    NotFound,
    Overloaded,
    PreconditionRequired,
    TimelineError,
    TooLarge,
    TooManyConnections,
    TooSlow,
    Unauthorized,
    UnknownFormat,
    UnknownHost,
    UnknownParameter,
    WrongMedia,
)
from timeline.web.content_security import policy
from timeline.web.render import render_problem

_log = logging.getLogger("dateline")
_MAX_DETAIL_LENGTH = 2_000
_RETRY_SECONDS = "5"
_FOLDERS = re.compile(r"(?<!\S)(?:/|[A-Z]:\\).*[/\\]")
_EXTRAS = ("field", "note", "role", "revision", "index", "current")

Problem = dict[str, Any]

# The first row whose class matches decides.
STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (UnknownParameter, 400, "Unknown parameter"),
    (BadParameter, 400, "Bad parameter"),
    (BadFilter, 400, "Bad parameter"),
    (BadInterval, 400, "Bad parameter"),
    (BadBox, 400, "Bad parameter"),
    (BadPoint, 400, "Bad parameter"),
    (BadEvent, 422, "Event cannot be stored"),
    (Unauthorized, 401, "Key needed"),
    (Forbidden, 403, "Role too low"),
    (CrossSite, 403, "Sent from another site"),
    (NotFound, 404, "Not found"),
    (NoSuchEvent, 404, "Not found"),
    (NoSuchPlace, 404, "Not found"),
    (TooSlow, 408, "Request too slow"),
    (EventGone, 410, "Gone"),
    (Conflict, 409, "Conflict"),
    (ChangedMeanwhile, 412, "Changed meanwhile"),
    (Stale, 412, "Changed meanwhile"),
    (TooLarge, 413, "Too large"),
    (AddressTooLong, 414, "Address too long"),
    (WrongMedia, 415, "Unsupported media type"),
    (PreconditionRequired, 428, "Version needed"),
    (Busy, 429, "Too many requests"),
    (HeadersTooLarge, 431, "Headers too large"),
    (UnknownFormat, 501, "Not implemented"),
    (TooManyConnections, 503, "Too many connections"),
    (ReadTimeout, 503, "Took too long"),
    (DiskFull, 507, "Disk full"),
    (WriteUnsure, 503, "Not sure whether it was stored"),
    (StoreUnavailable, 503, "Database unavailable"),
    (GeocoderUnavailable, 503, "Geocoder unavailable"),
    (GazetteerError, 503, "Gazetteer unavailable"),
    (ConnectionsInUse, 503, "Too many requests at once"),
    (Overloaded, 503, "Too many requests at once"),
    (UnknownHost, 400, "Unknown host"),
    (TimelineError, 400, "Bad request"),
)
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HTTP_TITLES = {404: "Not found", 405: "Method not allowed", 413: "Too large", 415: "Unsupported media type"}


def problem(error: Exception) -> Problem:
    """Return an error as an RFC 9457 problem: title, status, detail, and if known the parameter and an example.

    An error without a row in STATUSES is logged and becomes a 500.
    """
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        error = DiskFull(
            f"the disk of the server is full ({error.strerror}); nothing of this request was stored"
        )
    if isinstance(error, HTTPException):
        title = _HTTP_TITLES.get(error.status_code, "Request refused")
        return {"type": "about:blank", "title": title, "status": error.status_code, "detail": error.detail}
    for kind, status, title in STATUSES:
        if isinstance(error, kind):
            return {
                "type": "about:blank", "title": title, "status": status, "detail": _detail(error), **_extras(error)
            }  # fmt: skip
    _log.exception("unexpected error", exc_info=error)
    detail = (
        "An unexpected error occurred on the server. The request is not at fault; the error has been logged."
    )
    return {"type": "about:blank", "title": "Internal error", "status": 500, "detail": detail}


def _extras(error: Exception) -> Problem:
    name = getattr(error, "name", None)
    nearest = getattr(error, "nearest", None)
    example = getattr(error, "example", None) or example_of(nearest or name)
    extras = {"parameter": name, "nearest": nearest, "example": example}
    extras |= {attribute: getattr(error, attribute, None) for attribute in _EXTRAS}
    return {key: value for key, value in extras.items() if value not in (None, "")}


def _detail(error: Exception) -> str:
    """Return the error's message, shortened, without the paths of the server's files, which only the log contains."""
    message = str(error)
    if isinstance(error, StoreUnavailable | GazetteerError):
        _log.error(message)
        message = _FOLDERS.sub("", message)
    return message if len(message) <= _MAX_DETAIL_LENGTH else f"{message[:_MAX_DETAIL_LENGTH]}…"


def example_of(name: str | None) -> str | None:
    """Return an example of a parameter as it is written in an address; None for an unknown parameter."""
    return next((f"{p.name}={p.example}" for p in (*LIST, INTERVAL) if p.name == name), None)


def problem_headers(document: Problem) -> dict[str, str]:
    """Return the headers of a problem's response: no cache keeps it, and the client learns when to try again."""
    headers = {"Cache-Control": "no-store"}
    if document["status"] in (429, 503):
        headers["Retry-After"] = _RETRY_SECONDS
    if document["status"] == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Dateline"'
    if "current" in document:
        headers["ETag"] = f'"r{document["revision"]}"'
    return headers


def problem_response(error: Exception) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an error that is answered outside the framework, which adds no headers."""
    document = problem(error)
    body = msgspec.json.encode(document)
    headers = problem_headers(document) | {
        "Content-Type": PROBLEM,
        "Content-Length": str(len(body)),
        "Access-Control-Allow-Origin": "*",
        "Vary": "Authorization",
    }
    return document["status"], headers, body


async def send_problem(send: Send, error: Exception) -> None:
    """Send an error as a problem from an ASGI layer."""
    status, headers, body = problem_response(error)
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the problem as JSON, or as a page to a browser; no cache keeps it."""
    document = problem(error)
    headers = problem_headers(document)
    if isinstance(error, HTTPException):
        _explain(request, error.status_code, document, headers)
    if not wants_html(request):
        body = msgspec.json.encode(document)
        return Response(body, status_code=document["status"], media_type=PROBLEM, headers=headers)
    settings = request.app.state.context.settings
    page_site = site_at(settings, base_address(request), page_lang(request, _lang(request)))
    response = send(render_problem(page_site, document).encode(), HTML, headers)
    response.status_code = document["status"]
    if request.scope["path"].rstrip("/") == FRAME:
        # The site that frames the page with a mistake in its address must see the problem.
        response.headers["Content-Security-Policy"] = policy(settings.frame_ancestors, framed=True)
    return response


def _explain(
    request: Request[Any, Any, Any], status: int, document: Problem, headers: dict[str, str]
) -> None:
    """Replace the framework's detail by one that says what to do."""
    if status == 405:
        headers["Allow"] = ", ".join(allowed_methods(request.app, request.scope["path"]))
        document["detail"] = f"{request.method} is not possible here; expected one of {headers['Allow']}"
    elif status == 404:
        document["detail"] = f"There is nothing at {request.url.path}; /openapi.json lists the addresses"
    elif status == 413:
        document["detail"] = (
            "The body is larger than this address accepts; send less at once, or a file to /imports"
        )


def _lang(request: Request[Any, Any, Any]) -> str | None:
    """Return the language in the address, even if the rest of the query string cannot be read."""
    return dict(parse_qsl(request.scope["query_string"].decode("ascii", "replace"))).get("lang")
