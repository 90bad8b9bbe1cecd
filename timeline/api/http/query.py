"""The query of a request, read once: its values, its filter, the format of the response, the address for links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from litestar import Request
from litestar.datastructures import State

from db.query.filter import Filter, Sort
from timeline.api.http.media_types import negotiate_format, prefers_html
from timeline.api.http.mounting import root_of
from timeline.api.params.reading import (
    check_categories,
    parse_filter,
    parse_limit,
    parse_query_string,
    parse_sort,
)
from timeline.api.params.tables import (
    DEFAULT_LIMIT,
    FILTER,
    FORMAT,
    LIMIT,
    LIST_FORMAT,
    SORT,
    QueryParameter,
)
from timeline.api.params.values import choose
from timeline.context import Context
from timeline.editing.roles import Editor
from timeline.errors import BadParameter
from timeline.settings import Settings
from timeline.web.messages import is_supported, negotiate_language, translator_for

EDITOR = "dateline.editor"  # the key of a request's scope that holds its Editor
_FILTER_NAMES = frozenset(parameter.name for parameter in FILTER)
_FORMATS = tuple(FORMAT.schema["enum"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One request, read and checked.

    `values` holds the text of each parameter; `filter`, `limit` and `sort` are read from them where the view takes
    them. `format` is "json", "html" or the name of another writer, `base` the absolute address of the site for links.
    """

    context: Context
    values: Mapping[str, str]
    path: str
    base: str
    format: str
    lang: str
    filter: Filter = field(default_factory=Filter)
    limit: int = DEFAULT_LIMIT
    sort: Sort = Sort.NEWEST
    editor: Editor | None = None

    def link(self, path: str, **changes: str | None) -> str:
        """Return an absolute address under the base; `changes` replace or (None) drop parameters."""
        unchanged = tuple((name, value) for name, value in self.values.items() if name not in changes)
        added = tuple((name, value) for name, value in changes.items() if value is not None)
        text = "&".join(part for part in (encode_values(unchanged), encode_values(added)) if part)
        return f"{self.base}{path}{'?' if text else ''}{text}"

    def plain(self, path: str) -> str:
        """Return an absolute address under the base, without parameters."""
        return f"{self.base}{path}"

    def filter_values(self) -> dict[str, str]:
        """Return the values that choose events, without those that shape the response."""
        return {name: value for name, value in self.values.items() if name in _FILTER_NAMES}

    def digest(self) -> str:
        """Return a hash of everything that the response depends on, except the data.

        It includes the revision of the schema: a migration may rewrite Features and leave their events' revisions.
        """
        values = (f"{name}={value}" for name, value in sorted(self.values.items()))
        parts = [self.context.store.schema_revision, self.path, self.base, self.format, self.lang, *values]
        return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@lru_cache(maxsize=64)
def encode_values(values: tuple[tuple[str, str], ...]) -> str:
    """Return values as a query string; cached, since the links of one response share most of it."""
    return urlencode(values, safe=",:/*")


def read_query(
    request: Request[Any, Any, State], parameters: Sequence[QueryParameter], format: str | None = None
) -> Query:
    """Return the query of a request; raise UnknownParameter or BadParameter if it cannot be read.

    `format` sets the format of the response where the address has only one.
    """
    values = parse_query_string(request.scope["query_string"], parameters)
    context: Context = request.app.state.context
    response_format = format or _format(values.get("f"), request.headers.get("accept", "*/*"), parameters)
    lang = read_lang(values.get("lang"), context.settings.lang)
    editor = editor_of(request)
    return Query(
        context=context,
        values=values,
        path=request.scope["path"],
        base=base_address(request),
        format=response_format,
        lang=page_lang(request, values.get("lang")) if response_format == "html" else lang,
        filter=_filter(context, values, editor) if FILTER[0] in parameters else Filter(),
        limit=parse_limit(values) if LIMIT in parameters else DEFAULT_LIMIT,
        sort=parse_sort(values) if SORT in parameters else Sort.NEWEST,
        editor=editor,
    )


def _filter(context: Context, values: Mapping[str, str], editor: Editor | None) -> Filter:
    """Return the filter, its categories checked against the vocabulary that this reader or editor sees."""
    filter_ = parse_filter(values)
    if not filter_.categories:
        return filter_
    return check_categories(filter_, context.store.categories(hidden=editor is not None))


def _format(requested: str | None, accept: str, parameters: Iterable[QueryParameter]) -> str:
    formats = next((tuple(p.schema["enum"]) for p in parameters if p.name == FORMAT.name), _FORMATS)
    if requested is None:
        return negotiate_format(accept, formats)
    name = choose(FORMAT.name, requested, formats)
    return "json" if name == "geojson" else name


def editor_of(request: Request[Any, Any, Any]) -> Editor | None:
    """Return the editor of a request (see timeline.api.http.authentication); None for a reader."""
    editor: Editor | None = request.scope.get(EDITOR)  # type: ignore[assignment]  # ours, not ASGI's
    return editor


def base_address(request: Request[Any, Any, State]) -> str:
    """Return the configured base address, or the one that the client used; its host has been checked."""
    return base_of(request.app.state.context.settings, request.scope, request.headers.get("host"))


def base_of(settings: Settings, scope: Any, host: str | None) -> str:
    """Return the base address of a request, from its scope and its Host header."""
    return settings.base_url or f"{scope['scheme']}://{host or 'localhost'}{root_of(scope)}"


def page_lang(request: Request[Any, Any, State], requested: str | None = None) -> str:
    """Return the language of a page: the requested one, else the browser's, else the settings', else English."""
    if requested and is_supported(requested):
        return translator_for(requested).lang
    preferred = negotiate_language(request.headers.get("accept-language", ""))
    return preferred or translator_for(request.app.state.context.settings.lang).lang


def wants_html(request: Request[Any, Any, State]) -> bool:
    """Return whether a request is for a page, also where its query string cannot be read.

    An empty or unknown `f` decides nothing: a form sends it empty, and a browser gets the error as a page.
    """
    parts = request.scope["query_string"].decode("ascii", "replace").split("&")
    requested = next((part[2:] for part in parts if part.startswith("f=")), "")
    if requested in LIST_FORMAT.schema["enum"]:
        return bool(requested == "html")
    return prefers_html(request.headers.get("accept", "*/*"))


def read_lang(requested: str | None, default: str) -> str:
    """Return a language tag that babel knows, the default for none; raise BadParameter for another."""
    if requested is None:
        return default
    try:
        return str(Locale.parse(requested, sep="-" if "-" in requested else "_")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise BadParameter(
            "lang", f"{requested[:40]!r} is not a known language; expected a BCP 47 tag", "lang=fr"
        ) from None
