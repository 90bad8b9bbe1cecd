"""oEmbed 1.0: a frame with the page, for an address of this site that is pasted into an editor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from string import punctuation
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from timeline.api.events.items import ITEMS
from timeline.api.http.answers import root_path, send
from timeline.api.http.edge import host_allowed
from timeline.api.http.media_types import JSON
from timeline.api.http.query import Query, base_address, encode_values, read_lang
from timeline.api.http.route import Route, described
from timeline.api.params.page import FRAME, PAGE, SCENE_NAMES, check_scene
from timeline.api.params.reading import check_categories, parse_filter, parse_query_string
from timeline.api.params.tables import QueryParameter
from timeline.context import Context
from timeline.errors import BadParameter, NotFound, UnknownFormat
from timeline.web.messages import is_supported, translator_for

MAX_WIDTH, MAX_HEIGHT = 800, 560  # pixels
PICTURE_SIZE = (1200, 630)  # pixels of /events.png
_CACHE_SECONDS = 3600
_LIST_PATHS = (ITEMS, "/events", "/events.geojson")
_ITEM_PATH = re.compile(re.escape(ITEMS) + r"/([^/]+)")
_LIST_ONLY = ("cursor", "limit", "f", "properties", "geometry")
_SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URL_EXAMPLE = "url=https%3A%2F%2F…"

_PIXELS = {"type": "integer", "minimum": 1}
OEMBED = (
    QueryParameter("url", "the pasted address", {"type": "string"}, "https%3A%2F%2F…", required=True),
    QueryParameter(
        "format", "json or xml", {"type": "string", "enum": ["json", "xml"], "default": "json"}, "xml"
    ),
    QueryParameter("maxwidth", "maximum width of the frame in pixels", _PIXELS, "600"),
    QueryParameter("maxheight", "maximum height of the frame in pixels", _PIXELS, "800"),
)


@dataclass(frozen=True, slots=True)
class Embeddable:
    """An address of this site as an embed: the addresses of its frame and its picture, title and language."""

    src: str
    picture: str
    title: str
    lang: str


@get(
    "/oembed",
    name="oembed",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="How an address of this site is embedded (oEmbed 1.0)", media_types=(JSON, "text/xml"),
            parameters=OEMBED,
        )
    ),
)  # fmt: skip
def oembed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return how an address of this site is embedded (https://oembed.com/, 2.2 and 2.3)."""
    # Consumers add arguments of their own, which 2.2 allows: unknown arguments are ignored.
    arguments = dict(parse_qsl(request.scope["query_string"].decode("ascii", "replace")))
    form = arguments.get("format", "json")
    if form not in ("json", "xml"):
        raise UnknownFormat(form[:40])
    width = min(MAX_WIDTH, _pixels(arguments, "maxwidth", MAX_WIDTH))
    height = min(MAX_HEIGHT, _pixels(arguments, "maxheight", MAX_HEIGHT))
    if "url" not in arguments:
        raise BadParameter("url", "is missing; expected an address of this site", _URL_EXAMPLE)
    context: Context = request.app.state.context
    base = base_address(request)
    embeddable = _embeddable(context, base, arguments["url"])
    document = _document(context, base, embeddable, (width, height)) | _thumbnail(arguments, embeddable)
    headers = {"Cache-Control": f"public, max-age={_CACHE_SECONDS}", "Vary": "Accept-Encoding"}
    if form == "xml":
        return send(_xml(document), "text/xml", headers)
    return send(msgspec.json.encode(document), JSON, headers)


def discovery_url(query: Query) -> str:
    """Return the address that describes how the page at `/` is embedded, its parameters included."""
    arguments = urlencode({"url": query.link("/", f=None), "format": "json"}, quote_via=quote)
    return f"{query.base}/oembed?{arguments}"


def _thumbnail(arguments: Mapping[str, str], embeddable: Embeddable) -> dict[str, Any]:
    """Return the members of the picture; none if it is larger than the request allows (2.3.4.1)."""
    width, height = PICTURE_SIZE
    if width > _pixels(arguments, "maxwidth", width) or height > _pixels(arguments, "maxheight", height):
        return {}
    return {"thumbnail_url": embeddable.picture, "thumbnail_width": width, "thumbnail_height": height}


def _pixels(arguments: Mapping[str, str], name: str, default: int) -> int:
    text = arguments.get(name, "").strip()
    if not text:
        return default
    digits = text.lstrip("0")[:9]  # wider than any page
    if not (digits and text.isascii() and text.isdigit()):
        raise BadParameter(name, f"{text[:40]!r} is not a whole number of pixels from 1", f"{name}=600")
    return int(digits)


def _embeddable(context: Context, base: str, url: str) -> Embeddable:
    """Return the embed of a pasted address; raise NotFound for another site's, BadParameter for a wrong value."""
    path = _own_path(context, base, url)
    # Editors show letters such as é as they are; in an address they are percent-encoded.
    query_string = quote(urlsplit(url).query, safe=punctuation)
    values = parse_query_string(query_string.encode(), PAGE)
    values = {name: value for name, value in values.items() if name not in _LIST_ONLY}
    title = context.settings.title
    item = _ITEM_PATH.fullmatch(path)
    if item:
        id_ = unquote(item[1])
        title = _event_title(context, id_)
        values |= {"ids": id_, "event": id_}
    elif path not in ("/", FRAME, *_LIST_PATHS):
        raise NotFound("There is no page to embed at this address")
    check_scene(values)
    check_categories(parse_filter(values), context.store.categories())
    lang = read_lang(values.get("lang"), context.settings.lang)
    drawn = {name: value for name, value in values.items() if name not in SCENE_NAMES}
    if values.get("theme") in ("light", "dark"):
        drawn["theme"] = values["theme"]
    return Embeddable(_link(base, FRAME, values), _link(base, "/events.png", drawn), title, lang)


def _event_title(context: Context, id_: str) -> str:
    published = context.store.get(id_)
    if published is None:
        raise NotFound(f"There is no event {id_[:200]!r}")
    title: str = msgspec.json.decode(published[0])["properties"]["title"]
    return title


def _link(base: str, path: str, values: Mapping[str, str]) -> str:
    text = encode_values(tuple(values.items()))
    return f"{base}{path}{'?' if text else ''}{text}"


def _own_path(context: Context, base: str, url: str) -> str:
    """Return the path of an address of this site; raise NotFound for an address of another site."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:
        raise NotFound(f"{url[:200]!r} is not an address; expected one under {base}/") from None
    allowed = tuple(name for name in context.settings.allowed_hosts if name != "*")
    site = urlsplit(base)
    ours = host == _host(site) or (host_allowed(host, allowed) and port == site.port)
    root = root_path(base)
    path = parts.path or "/"
    if parts.scheme not in ("http", "https") or not ours or not (path + "/").startswith(root + "/"):
        raise NotFound(f"{url[:200]!r} is not an address of this site; expected one under {base}/")
    path = path.removeprefix(root)
    return path if path == "/" else path.rstrip("/") or "/"


def _host(parts: SplitResult) -> str:
    """Return host and port of an address, without the default port of its scheme."""
    return parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")


def _document(context: Context, base: str, embeddable: Embeddable, size: tuple[int, int]) -> dict[str, Any]:
    """Return the document: type rich, one frame. WordPress keeps src, size and title and sets its own sandbox."""
    width, height = size
    translator = translator_for(embeddable.lang if is_supported(embeddable.lang) else "en")
    name = escape(translator.translate("frame_title", title=embeddable.title))
    frame = (
        f'<iframe src="{escape(embeddable.src)}" width="{width}" height="{height}" title="{name}" '
        f'loading="lazy" frameborder="0" sandbox="{_SANDBOX}" style="border: 0; max-width: 100%"></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": embeddable.title,
        "provider_name": context.settings.title,
        "provider_url": f"{base}/",
        "cache_age": _CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": frame,
    }


def _xml(document: Mapping[str, Any]) -> bytes:
    root = Element("oembed")
    for name, value in document.items():
        SubElement(root, name).text = _NOT_XML.sub("\ufffd", str(value))
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml
