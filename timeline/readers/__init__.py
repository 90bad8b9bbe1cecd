"""Readers: bytes → rows. One module a format, all with the same function `read(stream, note)`.

`read` first checks the file as a whole and raises BadFile if it cannot be read. Then it yields one Row for each event.
`note` is called with every sentence about the file that the user should see.
timeline.imports, timeline.editing, timeline.api and timeline.commands import the names below; may import
timeline.exchange, timeline.errors and geo.
"""

from timeline.exchange.row import Note, Reader, Row
from timeline.readers.registry import FORMATS, MEDIA_TYPES, SUFFIXES, reader_for, with_suffix

__all__ = ["FORMATS", "MEDIA_TYPES", "SUFFIXES", "Note", "Reader", "Row", "reader_for", "with_suffix"]
