"""Read XML as a stream, without entities and external files, which attacks use, and with a limit of nesting."""

import os
from collections.abc import Iterable, Iterator
from typing import IO, Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError  # only defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from timeline.errors import BadFile

MAX_XML_BYTES = 500_000_000
MAX_XML_DEPTH = 100  # of elements inside elements


def checked_size(stream: BinaryIO, max_bytes: int, kind: str) -> None:
    """Raise BadFile for a file above a size; the stream is at its start afterwards."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size > max_bytes:
        raise BadFile(f"is larger than {max_bytes:,} bytes; expected a smaller file for {kind}: split it")


def xml_events(stream: IO[bytes], kind: str) -> Iterator[tuple[bool, Element]]:
    """Yield (True, element) where an element begins, and (False, element) where it ends and is complete.

    The caller clears elements that it no longer needs. Raises BadFile, which names the `kind` of the file.
    """
    depth = 0
    try:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            is_start = event == "start"
            depth += 1 if is_start else -1
            if depth > MAX_XML_DEPTH:
                raise BadFile(f"is nested more than {MAX_XML_DEPTH} levels deep; expected {kind}")
            yield is_start, element
    except ParseError as error:
        raise BadFile(f"cannot be read as {kind}: {error}; expected a complete file") from None
    except DefusedXmlException:
        raise BadFile(
            f"declares a document type or entities, which attacks use; expected {kind} without them"
        ) from None


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    tag: Any = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def columns_of(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], int]:
    """Return names and values as columns, and how many values are there twice under the same name.

    A name that comes again with another value is called `name (2)`.
    """
    columns: dict[str, Any] = {}
    repeated = 0
    for name, value in pairs:
        column, number = name, 1
        while columns.get(column, value) != value:
            number += 1
            column = f"{name} ({number})"
        repeated += column in columns and bool(value)
        columns[column] = value
    return columns, repeated
