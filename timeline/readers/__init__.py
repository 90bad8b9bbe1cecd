"""Readers: bytes → rows. A family of siblings with one signature, chosen by the file's suffix and content.

Each `read(stream, note)` checks the file as a whole first, raises BadFile when it cannot be read at all,
then yields a Row an event; `note` is told what the user should know about the file.
"""

from timeline.exchange.row import Note, Reader, Row
from timeline.readers.registry import READERS, reader_for

__all__ = ["READERS", "Note", "Reader", "Row", "reader_for"]
