"""oEmbed 1.0: the page as one frame for an address pasted into an editor. Answers for our own addresses alone."""

import re
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
from timeline.api.http.answers import JSON, root_path, send
from timeline.api.http.asked import Asked, base_address, read_lang
from timeline.api.http.edge import host_allowed
from timeline.api.params.page import FRAME, NAMES, PAGE, check_scene
from timeline.api.params.tables import Parameter, check_categories, parse_filter, read_query
from timeline.context import Context
from timeline.errors import BadParameter, NotFound, UnknownFormat
from timeline.web.messages import is_supported, translator_for

WIDTH, HEIGHT = 800, 560
PICTURE = (1200, 630)  # of /events.png
_AGE = 3600
_LISTS = (ITEMS, "/events", "/events.geojson")
_ITEM = re.compile(re.escape(ITEMS) + r"/([^/]+)")
_PASSING = ("cursor", "limit", "f", "properties", "geometry")
_SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_PIXELS = {"type": "integer", "minimum": 1}
OEMBED = (
    Parameter("url", "the pasted address", {"type": "string"}, "https%3A%2F%2F…"),
    Parameter("format", "json or xml", {"type": "string", "enum": ["json", "xml"], "default": "json"}, "xml"),
    Parameter("maxwidth", "widest that the frame may be", _PIXELS, "600"),
    Parameter("maxheight", "highest that the frame may be", _PIXELS, "800"),
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """An address of ours that somebody pasted: what the frame shows, and what it is called."""

    src: str
    picture: str
    title: str
    lang: str


@get("/oembed", name="oembed", sync_to_thread=True)
def oembed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Say how an address of this site is embedded (https://oembed.com/, 2.2 and 2.3)."""
    # Consumers add arguments of their own, which 2.2 leaves open: what is not ours is ignored.
    given = dict(parse_qsl(request.scope["query_string"].decode("ascii", "replace")))
    form = given.get("format", "json")
    if form not in ("json", "xml"):
        raise UnknownFormat(form[:40])
    width = min(WIDTH, _pixels(given, "maxwidth", WIDTH))
    height = min(HEIGHT, _pixels(given, "maxheight", HEIGHT))
    if "url" not in given:
        raise BadParameter("url", "is missing; expected an address of this site", "url=https%3A%2F%2F…")
    context: Context = request.app.state.context
    base = base_address(request)
    pasted = _pasted(context, base, given["url"])
    answer = _answer(context, base, pasted, (width, height))
    largest = (_pixels(given, "maxwidth", PICTURE[0]), _pixels(given, "maxheight", PICTURE[1]))
    if PICTURE[0] <= largest[0] and PICTURE[1] <= largest[1]:
        # 2.3.4.1: a picture has to keep within the limits, too.
        size = {"thumbnail_width": PICTURE[0], "thumbnail_height": PICTURE[1]}
        answer |= {"thumbnail_url": pasted.picture, **size}
    headers = {"Cache-Control": f"public, max-age={_AGE}", "Vary": "Accept-Encoding"}
    if form == "xml":
        return send(_xml(answer), "text/xml", headers)
    return send(msgspec.json.encode(answer), JSON, headers)


def address(asked: Asked) -> str:
    """Give the address that describes how the page at `/` is embedded, its parameters included."""
    query = urlencode({"url": asked.link("/", f=None), "format": "json"}, quote_via=quote)
    return f"{asked.base}/oembed?{query}"


def _pixels(given: dict[str, str], name: str, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    said = text.lstrip("0")[:9]  # more would be more than any page is wide
    if not (said and text.isascii() and text.isdigit()):
        raise BadParameter(name, f"{text[:40]!r} is not a whole number of pixels from 1", f"{name}=600")
    return int(said)


def _pasted(context: Context, base: str, url: str) -> Pasted:
    """Read a pasted address; raise NotFound unless it is ours, BadParameter where the page would refuse it."""
    path = _own_path(context, base, url)
    # Editors show letters such as é as they are; in an address they stand percent-encoded.
    query = quote(urlsplit(url).query, safe=punctuation)
    values = read_query(query.encode(), PAGE)
    kept = {name: value for name, value in values.items() if name not in _PASSING}
    title = context.settings.title
    item = _ITEM.fullmatch(path)
    if item:
        identifier = unquote(item[1])
        found = context.store.get(identifier)
        if found is None:
            raise NotFound(f"There is no event {identifier[:200]!r}")
        title = msgspec.json.decode(found[0])["properties"]["title"]
        kept |= {"ids": identifier, "event": identifier}
    elif path not in ("/", FRAME, *_LISTS):
        raise NotFound("There is no page to embed at this address")
    check_scene(kept)
    check_categories(parse_filter(kept), context.store.categories())
    lang = read_lang(kept.get("lang"), context.settings.lang)
    drawn = {name: value for name, value in kept.items() if name not in NAMES}
    if kept.get("theme") in ("light", "dark"):
        drawn["theme"] = kept["theme"]
    return Pasted(_link(base, FRAME, kept), _link(base, "/events.png", drawn), title, lang)


def _link(base: str, path: str, values: dict[str, str]) -> str:
    query = urlencode(values, safe=",:/*")
    return f"{base}{path}{'?' if query else ''}{query}"


def _own_path(context: Context, base: str, url: str) -> str:
    """Give the path of an address under our own; raise NotFound for anybody else's."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError:
        raise NotFound("This is no address") from None
    allowed = tuple(name for name in context.settings.allowed_hosts if name != "*")
    here = urlsplit(base)
    ours = host == _host(here) or (host_allowed(host, allowed) and port == here.port)
    root = root_path(base)
    path = parts.path or "/"
    if parts.scheme not in ("http", "https") or not ours or not (path + "/").startswith(root + "/"):
        raise NotFound(f"This site knows nothing about {url[:200]!r}; it answers for addresses under {base}/")
    path = path.removeprefix(root)
    return path if path == "/" else path.rstrip("/") or "/"


def _host(parts: SplitResult) -> str:
    """Give host and port of an address, without the port that its scheme has anyway."""
    return parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")


def _answer(context: Context, base: str, pasted: Pasted, size: tuple[int, int]) -> dict[str, Any]:
    """Fill in the answer: type rich, one frame. WordPress keeps src, size and title and sets its own sandbox."""
    width, height = size
    translator = translator_for(pasted.lang if is_supported(pasted.lang) else "en")
    name = escape(translator.translate("frame_title", title=pasted.title))
    frame = (
        f'<iframe src="{escape(pasted.src)}" width="{width}" height="{height}" title="{name}" '
        f'loading="lazy" frameborder="0" sandbox="{_SANDBOX}" style="border: 0; max-width: 100%"></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": pasted.title,
        "provider_name": context.settings.title,
        "provider_url": f"{base}/",
        "cache_age": _AGE,
        "width": width,
        "height": height,
        "html": frame,
    }


def _xml(answer: dict[str, Any]) -> bytes:
    root = Element("oembed")
    for name, value in answer.items():
        SubElement(root, name).text = _NO_XML.sub("\ufffd", str(value))
    found: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return found
