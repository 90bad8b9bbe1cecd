"""Read a ZIP archive with one file of events, which is unpacked into a temporary file."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO
from zipfile import ZipFile

from timeline.errors import BadFile, OpenQuestion
from timeline.exchange.name_lists import MAX_NAMES_LISTED, listed
from timeline.exchange.row import Note, Row
from timeline.readers.parts.archives import checked_parts
from timeline.readers.parts.broken_files import explained
from timeline.readers.parts.sheet_choice import option
from timeline.readers.registry import SUFFIXES, reader_for
from timeline.readers.sniff import REMEDIES

_TEXTS = (".txt", ".yaml", ".yml")  # more often a description of the data than the data
_DESCRIPTIONS = frozenset(("datapackage.json", "metadata.json", "schema.json", "package.json", "license.txt"))
_MAX_NAMES_QUOTED = 5


def read(
    stream: BinaryIO,
    note: Note,
    encoding: str | None = None,
    sheet: str | None = None,
    each: str | None = None,
) -> Iterator[Row]:
    """Yield the rows of the only file of events in an archive; raise BadFile if there is none, or several.

    `sheet` is the name of a file in the archive, or else a sheet of its only file; `encoding` is that of a CSV file,
    `each` a list in the objects of a JSON file.
    """
    parts = checked_parts(stream, "is not a ZIP archive; expected a complete one: download or copy it again")
    names = [part.filename for part in parts if not part.is_dir() and not _is_hidden(part.filename)]
    name, is_chosen = (sheet, True) if sheet in names else (_only_table(names, sheet), False)
    others = [other for other in names if other != name]
    note(f"is a ZIP archive; its file {name!r} is read")
    if others:
        note(f"has other files, {listed(others)}, which are not imported")
    with TemporaryFile() as file:
        with explained("a ZIP archive"), ZipFile(stream) as archive, archive.open(name) as part:
            copyfileobj(part, file)
        try:
            reader = reader_for(name, encoding, file, sheet=None if is_chosen else sheet, each=each)
            file.seek(0)
            yield from reader(file, note)
        except OpenQuestion as question:
            raise question.about(f"has a file {name!r} that") from None
        except BadFile as error:
            raise BadFile(f"has a file {name!r} that {error}") from None


def _is_hidden(name: str) -> bool:
    """Return whether a file was added by an operating system, such as `__MACOSX/._events.csv`."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)


def _only_table(names: Sequence[str], wanted: str | None) -> str:
    """Return the file that has events; raise BadFile if it is not clear which one that is.

    `wanted` is a name that none of several files has.
    """
    tables = [name for name in names if _suffix(name) in SUFFIXES and _suffix(name) != ".zip"]
    data = [
        name
        for name in tables
        if _suffix(name) not in _TEXTS and PurePosixPath(name).name.lower() not in _DESCRIPTIONS
    ]
    candidates = data or tables
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise BadFile(_without_table(names))
    missing = f" and no file {wanted[:80]!r}" if wanted is not None else ""
    raise OpenQuestion(
        f"is a ZIP archive with several files of events, {listed(candidates)}{missing}; expected one: choose it, for "
        f"example with {option(candidates[0])}",
        options=tuple(option(name) for name in candidates[:MAX_NAMES_LISTED]),
    )


def _without_table(names: Sequence[str]) -> str:
    """Return what is wrong with an archive without a file of events, and what to do."""
    inside = f"with {listed(names[:_MAX_NAMES_QUOTED])}" if names else "without files"
    suffixes = set(map(_suffix, names))
    if ".zip" in suffixes:
        return f"is a ZIP archive {inside}; an archive inside an archive is not read: unpack it first"
    if remedy := next((REMEDIES[suffix] for suffix in sorted(suffixes) if suffix in REMEDIES), ""):
        return f"is a ZIP archive {inside}, which no reader reads; {remedy}"
    readable = ", ".join(suffix for suffix in SUFFIXES if suffix != ".zip")
    return f"is a ZIP archive {inside}; expected one file with one of the suffixes {readable}"


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
