"""Errors as RFC 9457 problems: the one table from error to status."""

import logging
import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from db.errors import (
    BadEvent,
    BadFilter,
    BadInterval,
    Conflict,
    EventGone,
    NoSuchEvent,
    NoSuchPlace,
    ReadTimeout,
    Stale,
    StoreUnavailable,
)
from geo.errors import BadBox, BadPoint, GazetteerError, GeocoderUnavailable
from timeline.api.http.allowed_methods import allowed
from timeline.api.http.answers import HTML, send, site_at
from timeline.api.http.asked import base_address, page_lang, wants_html
from timeline.api.params.page import FRAME
from timeline.api.params.tables import INTERVAL, LIST
from timeline.errors import (
    BadParameter,
    Busy,
    CrossSite,
    Forbidden,
    NotFound,
    PreconditionRequired,
    TimelineError,
    TooLarge,
    Unauthorized,
    UnknownFormat,
    UnknownParameter,
    WrongMedia,
)
from timeline.web.content_security import policy
from timeline.web.render import render_problem

_log = logging.getLogger("dateline")
MEDIA_TYPE = "application/problem+json"
_LONGEST = 2_000  # characters of a detail
_FOLDERS = re.compile(r"(?<!\S)(?:/|[A-Z]:\\).*[/\\]")

# The first row that fits decides.
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
    (CrossSite, 403, "Sent from elsewhere"),
    (NotFound, 404, "Not found"),
    (NoSuchEvent, 404, "Not found"),
    (NoSuchPlace, 404, "Not found"),
    (EventGone, 410, "Gone"),
    (Conflict, 409, "Conflict"),
    (Stale, 412, "Changed meanwhile"),
    (TooLarge, 413, "Too large"),
    (WrongMedia, 415, "Unsupported media type"),
    (PreconditionRequired, 428, "Version needed"),
    (Busy, 429, "Too much at once"),
    (UnknownFormat, 501, "Not implemented"),
    (ReadTimeout, 503, "Took too long"),
    (StoreUnavailable, 503, "Database unavailable"),
    (GeocoderUnavailable, 503, "Geocoder unavailable"),
    (GazetteerError, 503, "Gazetteer unavailable"),
    (TimelineError, 400, "Bad request"),
)


def problem(error: Exception) -> dict[str, Any]:
    """Describe an error as an RFC 9457 problem: title, status, detail, and where known the parameter."""
    if isinstance(error, HTTPException):
        title = _HTTP.get(error.status_code, "Request refused")
        return {"type": "about:blank", "title": title, "status": error.status_code, "detail": error.detail}
    for kind, status, title in STATUSES:
        if isinstance(error, kind):
            name = getattr(error, "name", None)
            nearest = getattr(error, "nearest", None)
            example = getattr(error, "example", None) or example_of(nearest or name)
            extras = {"parameter": name, "nearest": nearest, "example": example}
            extras |= {
                each: getattr(error, each, None) for each in ("field", "note", "role", "revision", "index")
            }
            found = {"type": "about:blank", "title": title, "status": status, "detail": _told(error)}
            return found | {key: value for key, value in extras.items() if value not in (None, "")}
    _log.exception("unforeseen error", exc_info=error)
    detail = "Something unforeseen went wrong here; it is not your request's fault, and it has been logged."
    return {"type": "about:blank", "title": "Internal error", "status": 500, "detail": detail}


def _told(error: Exception) -> str:
    """Say what is wrong: not where a file of ours lies, which is for the log, and not a value of a megabyte."""
    said = str(error)
    if isinstance(error, StoreUnavailable | GazetteerError):
        _log.error(said)
        said = _FOLDERS.sub("", said)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def example_of(name: str | None) -> str | None:
    """Give a value that a parameter would take, as it stands in an address."""
    return next((f"{p.name}={p.example}" for p in (*LIST, INTERVAL) if p.name == name), None)


_HTTP = {404: "Not found", 405: "Method not allowed", 413: "Too large", 415: "Unsupported media type"}


def _lang(request: Request[Any, Any, Any]) -> str | None:
    """Read the language that the address asks for, also where the rest of it cannot be read."""
    return dict(parse_qsl(request.scope["query_string"].decode("ascii", "replace"))).get("lang")


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer with the problem, as JSON or to a browser as a page, never to be kept by a cache."""
    found = problem(error)
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, HTTPException) and error.status_code == 405:
        headers["Allow"] = ", ".join(allowed(request.app, request.scope["path"]))
        found["detail"] = f"{request.method} is not possible here; expected one of {headers['Allow']}"
    if isinstance(error, HTTPException) and error.status_code == 404:
        found["detail"] = f"There is nothing at {request.url.path}; the addresses are listed in /openapi.json"
    if isinstance(error, HTTPException) and error.status_code == 413:
        found["detail"] = "The body is larger than is taken here; send less at once, or a file to /imports"
    if found["status"] in (429, 503):
        headers["Retry-After"] = "5"
    if found["status"] == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Dateline"'
    if wants_html(request):
        here = site_at(
            request.app.state.context.settings, base_address(request), page_lang(request, _lang(request))
        )
        answer = send(render_problem(here, found).encode(), HTML, headers)
        answer.status_code = found["status"]
        if request.scope["path"].rstrip("/") == FRAME:
            # Who frames the page with a mistake in its address has to be shown what it is.
            ancestors = request.app.state.context.settings.frame_ancestors
            answer.headers["Content-Security-Policy"] = policy(ancestors, framed=True)
        return answer
    return Response(
        msgspec.json.encode(found), status_code=found["status"], media_type=MEDIA_TYPE, headers=headers
    )
