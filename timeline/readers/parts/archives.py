"""Check a ZIP archive before any of its parts is unpacked: passwords, sizes, and parts made to exhaust memory."""

from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from timeline.errors import BadFile

MAX_UNPACKED_BYTES = 1_000_000_000
# A ZIP bomb: a part above this size that is compressed to less than a two-hundredth.
MAX_COMPRESSION_RATIO = 200
MIN_SUSPICIOUS_BYTES = 10_000_000
_ENCRYPTED = 1  # flag of a part


def checked_parts(stream: BinaryIO, unreadable: str) -> list[ZipInfo]:
    """Return the parts of an archive; raise BadFile for a password or sizes of an attack.

    `unreadable` is the message for a file that is not a ZIP archive.
    """
    try:
        with ZipFile(stream) as archive:
            parts = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError):
        raise BadFile(unreadable) from None
    for part in parts:
        _check(part)
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED_BYTES:
        raise BadFile(f"unpacks to {total:,} bytes; expected at most {MAX_UNPACKED_BYTES:,}: save it as CSV")
    return parts


def _check(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise BadFile("has a password; expected a file without one: save it without a password, or as CSV")
    size, name = part.file_size, part.filename[:80]
    if size > MIN_SUSPICIOUS_BYTES and size > MAX_COMPRESSION_RATIO * max(part.compress_size, 1):
        raise BadFile(
            f"unpacks {name} from {part.compress_size:,} bytes to {size:,}, which is typical of an attack (a ZIP "
            "bomb); save it as CSV"
        )
