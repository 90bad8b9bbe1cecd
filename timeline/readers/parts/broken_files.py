"""Errors of the libraries that read files, as one sentence about the file."""

from collections.abc import Iterator
from contextlib import contextmanager

from timeline.errors import BadFile

_MAX_CHARACTERS_QUOTED = 200  # of an error of a library


@contextmanager
def explained(kind: str) -> Iterator[None]:
    """Raise BadFile for every error that a broken file causes; a lack of memory is not its fault.

    `kind` is what the file should be, such as "a workbook".
    """
    try:
        yield
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:_MAX_CHARACTERS_QUOTED] or type(error).__name__
        raise BadFile(f"cannot be read as {kind}: {reason}") from None
