"""What a request asks: its values, the form of the answer, and the address that the client used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from litestar import Request
from litestar.datastructures import State

from db.query.filter import Filter
from timeline.api.http.mounting import root_of
from timeline.api.params.tables import FILTER, Parameter, check_categories, choose, parse_filter, read_query
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import BadParameter
from timeline.settings import Settings
from timeline.web.messages import is_supported, negotiate_language, translator_for

Form = Literal["json", "html"]
EDITOR = "dateline.editor"  # where a request's scope says whose it is
_JSON_TYPES = ("application/geo+json", "application/json", "application/*", "*/*")
_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, read and checked: values by parameter, `form` of the answer, `base` for links."""

    context: Context
    values: Mapping[str, str]
    path: str
    base: str
    form: Form
    lang: str
    editor: Editor | None = None

    @property
    def filter(self) -> Filter:
        """Read the filter that every view shares; raise BadParameter for a value that means nothing."""
        found = parse_filter(self.values)
        if not found.categories:
            return found
        return check_categories(found, self.context.store.categories(hidden=self.editor is not None))

    def link(self, path: str, **changes: str | None) -> str:
        """Make an absolute address under the base; `changes` replace or (None) drop parameters."""
        kept = tuple((name, value) for name, value in self.values.items() if name not in changes)
        added = tuple((name, value) for name, value in changes.items() if value is not None)
        query = "&".join(part for part in (encoded(kept), encoded(added)) if part)
        return f"{self.base}{path}{'?' if query else ''}{query}"

    def plain(self, path: str) -> str:
        """Make an absolute address under the base, without parameters."""
        return f"{self.base}{path}"

    def filter_only(self) -> dict[str, str]:
        """Keep the values that choose events, and drop those that shape the answer."""
        names = {parameter.name for parameter in FILTER}
        return {name: value for name, value in self.values.items() if name in names}

    def digest(self) -> str:
        """Sum up what the answer depends on beside the data."""
        parts = [
            self.path,
            self.base,
            self.form,
            self.lang,
            *(f"{k}={v}" for k, v in sorted(self.values.items())),
        ]
        return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@lru_cache(maxsize=256)
def encoded(values: tuple[tuple[str, str], ...]) -> str:
    """Write values as a query string; the links of one answer share most of it."""
    return urlencode(values, safe=",:/*")


def ask(request: Request[Any, Any, State], known: Iterable[Parameter], form: Form | None = None) -> Asked:
    """Read a request; raise UnknownParameter or BadParameter for a query string that cannot be meant.

    `form` settles the form of the answer where the address has only one.
    """
    values = read_query(request.scope["query_string"], known)
    context: Context = request.app.state.context
    form = form or _form(values.get("f"), request.headers.get("accept", "*/*"))
    lang = read_lang(values.get("lang"), context.settings.lang)
    return Asked(
        context=context,
        values=values,
        path=request.scope["path"],
        base=base_address(request),
        form=form,
        lang=page_lang(request, values.get("lang")) if form == "html" else lang,
        editor=editor_of(request),
    )


def editor_of(request: Request[Any, Any, Any]) -> Editor | None:
    """Tell whose request it is (see timeline.api.http.authentication); None for a reader's."""
    found: Editor | None = request.scope.get(EDITOR)  # type: ignore[assignment]  # ours, not ASGI's
    return found


def base_address(request: Request[Any, Any, State]) -> str:
    """Give the configured base address, or the one that the client used; its host has been checked."""
    return base_of(request.app.state.context.settings, request.scope, request.headers.get("host"))


def base_of(settings: Settings, scope: Any, host: str | None) -> str:
    """Give the base address of a request by its scope."""
    return settings.base_url or f"{scope['scheme']}://{host or 'localhost'}{root_of(scope)}"


def page_lang(request: Request[Any, Any, State], chosen: str | None = None) -> str:
    """Choose the language of a page: the one asked for, else the browser's, else the settings', else English."""
    if chosen and is_supported(chosen):
        return translator_for(chosen).lang
    liked = negotiate_language(request.headers.get("accept-language", ""))
    return liked or translator_for(request.app.state.context.settings.lang).lang


def _form(chosen: str | None, accept: str) -> Form:
    if chosen is not None:
        return "html" if choose("f", chosen, ("json", "geojson", "html")) == "html" else "json"
    return "html" if prefers_html(accept) else "json"


def wants_html(request: Request[Any, Any, State]) -> bool:
    """Tell whether a request is for a page, also where its query string cannot be read."""
    query = request.scope["query_string"]
    if b"f=json" in query or b"f=geojson" in query:
        return False
    return b"f=html" in query or prefers_html(request.headers.get("accept", "*/*"))


def prefers_html(accept: str) -> bool:
    """Tell whether an Accept header names HTML and likes it better than JSON (RFC 9110, 12.5.1)."""
    liked = {}
    for part in accept.split(","):
        kind, *params = (piece.strip() for piece in part.split(";"))
        weight = next((param[2:] for param in params if param.startswith("q=")), "1")
        liked[kind.lower()] = float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0
    html = max((liked.get(kind, 0.0) for kind in _HTML_TYPES), default=0.0)
    return html > 0 and html >= max((liked.get(kind, 0.0) for kind in _JSON_TYPES), default=0.0)


def read_lang(chosen: str | None, default: str) -> str:
    """Read a language tag that babel knows, the default for none; raise BadParameter for another."""
    if chosen is None:
        return default
    try:
        return str(Locale.parse(chosen, sep="-" if "-" in chosen else "_")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise BadParameter(
            "lang", f"{chosen[:40]!r} is not a language that is known here", "lang=fr"
        ) from None
