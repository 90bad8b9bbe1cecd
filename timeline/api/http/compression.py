"""Compress responses with zstd, Brotli or gzip, whichever the client accepts.

Litestar's middleware has one method, and takes 1 ms for a page of 100 events where these take 0.1 ms. Measured on such
a page of 115 kB: zstd 3 0.12 ms and 20.0 kB, Brotli 1 0.16 ms and 21.6 kB, ISA-L's gzip 2 0.09 ms and 22.3 kB, zlib's
gzip 5 1.0 ms and 19.9 kB.
"""

import re
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

import brotli
import zstandard
from isal import isal_zlib
from litestar.types import ASGIApp, Message, Receive, Send

from timeline.api.http.media_types import MAX_ACCEPT_CHARACTERS

MIN_COMPRESSED_BYTES = 1024  # of a body; a smaller one fits into one packet in any case
_BROTLI_QUALITY, _GZIP_LEVEL, _ZSTD_LEVEL = 1, 2, 3
_GZIP_WINDOW = 31  # zlib's window of 2^15 bytes, with the head and end of gzip
_COMPRESSIBLE = re.compile(
    rb"(text/[^;]*|[^;]*[/+](json|json-seq|xml)|application/(x-ndjson|javascript|vnd\.mapbox-vector-tile))(;.*)?",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
_WITHOUT_BODY = (204, 206, 304)  # 206: a part of the body that the client has in the form of its first part


class Compressor(Protocol):
    """Compresses a body in pieces."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready of the compressed data."""

    def flush(self) -> bytes:
        """Return the rest of it."""


class _Brotli:
    """Brotli's compressor, by the names of the others."""

    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=_BROTLI_QUALITY)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._compressor.process(data))

    def flush(self) -> bytes:
        return bytes(self._compressor.finish())


_ZSTD = threading.local()  # a compressor for each thread: making one takes longer than compressing a page


def _zstd(body: bytes) -> bytes:
    if not hasattr(_ZSTD, "compressor"):
        _ZSTD.compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
    return bytes(_ZSTD.compressor.compress(body))


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": _zstd,
    "br": lambda body: bytes(brotli.compress(body, quality=_BROTLI_QUALITY)),
    "gzip": lambda body: isal_zlib.compress(body, _GZIP_LEVEL, _GZIP_WINDOW),
}
_COMPRESSORS: dict[str, Callable[[], Compressor]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj(),
    "br": _Brotli,
    "gzip": lambda: isal_zlib.compressobj(_GZIP_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW),
}
ENCODINGS = tuple(_COMPRESS)
"""The content codings, best first."""


@lru_cache(maxsize=256)
def negotiate_encoding(accept: str) -> str | None:
    """Return the content coding that an Accept-Encoding header prefers (RFC 9110, 12.5.3); None for none.

    Of codings with the same weight, the first of ENCODINGS wins. `*` stands for those that the header does not name.
    """
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, separator, parameter = part.partition(";")
        match = _WEIGHT.fullmatch(separator + parameter)
        if name.strip() and (match or not separator):
            weights[name.strip()] = float(match[1]) if match else 1.0
    weights["gzip"] = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0)))
    best = max(ENCODINGS, key=lambda name: weights.get(name, weights.get("*", 0)))
    weight = weights.get(best, weights.get("*", 0))
    return best if weight and weight >= weights.get("identity", 0) else None


def compressed(app: ASGIApp) -> ASGIApp:
    """Return the application with compressed responses where the client accepts them."""

    async def serve(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            accept = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
            encoding = negotiate_encoding(accept[:MAX_ACCEPT_CHARACTERS].decode("latin-1"))
            send = _Compression(send, encoding).send if encoding else _varying(send)
        await app(scope, receive, send)

    return serve


def _varying(send: Send) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_compressible(message):
            _add_vary(message)
        await send(message)

    return serve


class _Compression:
    """The compression of one response: its start waits for the first piece of the body, to know the length."""

    def __init__(self, send: Send, encoding: str) -> None:
        self._send = send
        self._encoding = encoding
        self._start: Any = None
        self._compressor: Compressor | None = None

    async def send(self, message: Message) -> None:
        """Send a message, compressed."""
        if message["type"] == "http.response.start" and _is_compressible(message):
            _add_vary(message)
            self._start = message
            return
        if message["type"] == "http.response.body":
            message = await self._compressed(message)
        await self._send(message)

    async def _compressed(self, message: Any) -> Any:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            if more:
                self._compressor = _COMPRESSORS[self._encoding]()
                start["headers"] = self._headers(start["headers"])
            elif len(body) >= MIN_COMPRESSED_BYTES:
                body = _COMPRESS[self._encoding](body)
                start["headers"] = [*self._headers(start["headers"]), (b"content-length", b"%d" % len(body))]
            await self._send(start)
        if self._compressor is not None:
            body = self._compressor.compress(body) + (b"" if more else self._compressor.flush())
        return {**message, "body": body}

    def _headers(self, headers: Any) -> list[tuple[bytes, bytes]]:
        others = [pair for pair in headers if pair[0].lower() not in (b"content-length", b"accept-ranges")]
        return [*others, (b"content-encoding", self._encoding.encode())]


def _is_compressible(start: Any) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return (
        start["status"] not in _WITHOUT_BODY
        and b"content-encoding" not in headers
        and _COMPRESSIBLE.fullmatch(headers.get(b"content-type", b"")) is not None
    )


def _add_vary(start: Any) -> None:
    varying = [value for name, value in start["headers"] if name.lower() == b"vary"]
    if b"accept-encoding" not in b",".join(varying).lower():
        others = [pair for pair in start["headers"] if pair[0].lower() != b"vary"]
        start["headers"] = [*others, (b"vary", b", ".join([*varying, b"Accept-Encoding"]))]
