"""Write the body of an upload to disk while it arrives, as it is or out of a form; never a whole file in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from db.private_files import open_private
from timeline.errors import BadParameter

MAX_FORM_PARTS = 100
MAX_FIELD_BYTES = 100_000  # of a part of a form that is not the file
_EXAMPLE = "curl -F file=@events.csv …/imports"


@dataclass(slots=True)
class UploadForm:
    """A form: the file on disk, the name and media type that the client gave it, and the other fields."""

    file: Path | None = None
    name: str | None = None
    content_type: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)


async def receive_stream(body: AsyncIterator[bytes], path: Path) -> None:
    """Write a body to a new file."""
    async with await anyio.open_file(path, "wb", opener=open_private) as out:
        async for chunk in body:
            await out.write(chunk)


async def receive_form(body: AsyncIterator[bytes], content_type: str, folder: Path) -> UploadForm:
    """Return the fields of a form; its part `file` is written to a new file in the folder.

    Raises BadParameter for a body that is not such a form, or has parts that are too many or too large.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    form, path = UploadForm(), folder / ".form"
    try:
        async with await anyio.open_file(path, "wb", opener=open_private) as out:
            with PushMultipartParser(boundary, max_segment_count=MAX_FORM_PARTS) as parser:
                reader = _FormReader(form, path)
                async for chunk in body:
                    for part in parser.parse(chunk):
                        await out.write(reader.take(part))
    except (MultipartError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, BadParameter):
            raise
        raise BadParameter("file", f"the form cannot be read: {error}", _EXAMPLE) from None
    return form


class _FormReader:
    """Collects the fields of a form, and returns the bytes that belong to its file."""

    def __init__(self, form: UploadForm, path: Path) -> None:
        self.form, self.path = form, path
        self.segment: MultipartSegment | None = None
        self.text = bytearray()

    def take(self, part: MultipartSegment | bytearray | None) -> bytes:
        """Take the beginning, some bytes or the end (None) of a part of the form."""
        if isinstance(part, MultipartSegment):
            self.segment, self.text = part, bytearray()
            if self._is_file and self.form.file:
                raise BadParameter("file", "is sent twice; expected one file for each import", _EXAMPLE)
            if self._is_file:
                self.form.file, self.form.name = self.path, part.filename
                self.form.content_type = part.content_type or ""
                return b""
        elif part is None:
            self._end()
        elif self._is_file:
            return bytes(part)
        else:
            self.text += part
            if len(self.text) > MAX_FIELD_BYTES:
                name = self.segment.name if self.segment else ""
                raise BadParameter(name[:80] or "file", f"is longer than {MAX_FIELD_BYTES:,} bytes", _EXAMPLE)
        return b""

    @property
    def _is_file(self) -> bool:
        segment = self.segment
        return segment is not None and segment.name == "file" and segment.filename is not None

    def _end(self) -> None:
        if self.segment and not self._is_file:
            self.form.fields.append((self.segment.name, self.text.decode("utf-8")))
        self.segment = None
