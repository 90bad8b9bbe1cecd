"""What a text file is written in: UTF-8, what its mark says, else what its letters speak for; never silently."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from timeline.errors import BadFile
from timeline.exchange.row import Note
from timeline.readers.parts.latin_alphabets import latin

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

LONGEST = 4_000_000  # bytes of one line; a longer one is no table, and must not fill the memory
_CHUNK = 1_048_576
_SEEN = 3  # words that a warning shows
_SAMPLE = 65_536  # bytes of lines with letters beyond ASCII
_LINES = 20  # lines that a warning names
_OTHERS = 3  # encodings that a warning names
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# By script, with the names that a user gives to --encoding.
_SEVERAL = ("cp932", "euc_jp", "gb18030", "big5", "cp949")  # bytes a letter
_OTHER = (
    "cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic", "cp1253", "cp1255", "cp1256", "cp874",
)  # fmt: skip
_NAMES = {
    "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "gb18030": "GB18030", "big5": "Big5", "cp949": "EUC-KR",
    "koi8_r": "KOI8-R", "iso8859_5": "ISO-8859-5", "cp866": "CP866", "mac_cyrillic": "Mac-Cyrillic", "cp874": "CP874",
    "latin-1": "Latin-1", "mac-roman": "Mac-Roman", "cp850": "CP850", "iso8859-2": "ISO-8859-2",
}  # fmt: skip
_PURE = (
    0.7  # share of the words with letters beyond ASCII that have no other ones, in scripts that are not Latin
)
_LEAST = 4  # such letters that prove a script
_LIKELY = 0.8  # share of letters that one language has, from which on a text may well be in Latin letters
_HALF = re.compile("[\uff61-\uff9f]")  # kana of half the width, which º and £ are taken for


def opened(stream: BinaryIO, note: Note, said: str | None = None) -> Iterator[str]:
    """Yield the lines of a text with their ends as they stand; raise BadFile when it cannot be read as one.

    `said` is the encoding that the user named. The whole file is read once before the first line.
    """
    marked = said or _marked(stream)
    failure = _failure(stream, marked)
    if failure and (said or not marked.startswith("utf-8")):
        raise BadFile(f"is not {said}: {failure}" if said else f"begins like UTF-16 but is not: {failure}")
    if failure:
        yield from _guessed(stream, failure, note)
    else:
        if marked in ("utf-16-le", "utf-16-be") and not said:
            note(
                f"has no mark of its encoding; read as {marked.upper()}; if that is wrong, say --encoding NAME"
            )
        yield from _whole(stream, marked)


def _whole(stream: BinaryIO, encoding: str) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield from text
    finally:
        if not stream.closed:
            text.detach()


def _marked(stream: BinaryIO) -> str:
    """Name the encoding that the first bytes mark, or UTF-16 whose ASCII letters show it, else UTF-8."""
    head = stream.read(4_096)
    stream.seek(0)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    for name, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros.count(0) * 5 > len(zeros) and not others.count(0):
            return name
    return "utf-8"


def _failure(stream: BinaryIO, encoding: str) -> str:
    """Read the whole file once, so that nothing is stored of one that breaks in the middle; tell where it does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    failure, line, length = "", 1, 0
    while chunk := stream.read(_CHUNK):
        length = _check_line(chunk, length, line)
        try:
            if not failure:
                decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = line + error.object[: error.start].count(b"\n")
            failure = f"byte 0x{error.object[error.start]:02x} on line {at}"
        except UnicodeError as error:  # UTF-16 without its mark
            failure = str(error)
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=not failure)
    except UnicodeDecodeError:
        failure = "it ends in the middle of a character"
    stream.seek(0)
    return failure


def _check_line(chunk: bytes, length: int, line: int) -> int:
    """Return how long the last, unfinished line is by now."""
    if b"\n" not in chunk and b"\r" not in chunk:
        length += len(chunk)
    else:
        length = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1
    if length > LONGEST:
        raise BadFile(f"has a line of more than {LONGEST:,} bytes after line {line}; is it a table at all?")
    return length


@dataclass(slots=True)
class _Odd:
    """The lines of a file that are not UTF-8: the first of them, their numbers, and whether others are UTF-8."""

    sample: bytes = b""
    lines: list[int] = field(default_factory=list)
    count: int = 0
    mixed: bool = False
    marked: bool = False  # begins with the mark of UTF-8


def _guessed(stream: BinaryIO, failure: str, note: Note) -> Iterator[str]:
    """Yield the lines of a file that is not all UTF-8, and tell what it was taken for."""
    odd = _odd(stream)
    names = candidates(odd.sample)
    # A few letters of Chinese may be UTF-8 by chance; those of a byte each are not.
    mixed = odd.mixed and (odd.marked or names[0] not in _SEVERAL)
    bad = _undecodable(stream, names[0], mixed=mixed)
    if bad and names[0] == "cp1252":
        names, bad = ["latin-1", *names[1:]], 0  # which leaves no byte undefined
    if bad:
        raise BadFile(
            f"is not UTF-8 ({failure}), and not {_name(names[0])} on line {bad}; say what it is with --encoding NAME"
        )
    note(_told(odd, failure, names, mixed=mixed))
    if not mixed:
        yield from _whole(stream, names[0])
        return
    for number, line in enumerate(stream):
        plain = line if number else line.removeprefix(codecs.BOM_UTF8)
        yield from io.StringIO(_decoded(plain, names[0]), newline="")


def _odd(stream: BinaryIO) -> _Odd:
    odd, sample, size = _Odd(), list[bytes](), 0
    for number, line in enumerate(stream, 1):
        if line.isascii():
            continue
        if number == 1 and line.startswith(codecs.BOM_UTF8):
            odd.marked = odd.mixed = True
        try:
            line.decode()
            odd.mixed = True
        except UnicodeDecodeError:
            odd.count += 1
            if len(odd.lines) < _LINES:
                odd.lines.append(number)
            if size < _SAMPLE:
                size += len(line)
                sample.append(line)
    stream.seek(0)
    odd.sample = b"".join(sample)
    return odd


def candidates(sample: bytes) -> list[str]:
    """Order the encodings that a text may be in, likeliest first; Windows-1252 in doubt."""
    from charset_normalizer import from_bytes  # most files are UTF-8, and have no use for it

    found = from_bytes(sample, steps=8, chunk_size=2_048, cp_isolation=["cp1252", *_SEVERAL, *_OTHER])
    kept = [one for one in found if one.encoding in (*_SEVERAL, *_OTHER) and _pure(str(one))]
    others = sorted(kept, key=_rank)
    names, scores = [one.encoding for one in others], latin(sample)
    first, *more = scores
    doubtful = not others or (len(others) > 1 and _rank(others[0]) == _rank(others[1]))
    return [first, *names, *more] if doubtful and scores[first] >= _LIKELY else [*names, first, *more]


def _rank(found: "CharsetMatch") -> float:
    """Weigh odd neighbours of letters against their frequency in a language; the least is likeliest."""
    return found.chaos - found.coherence / 5


def _pure(text: str) -> bool:
    """Tell whether words are of one script: accents stand among plain letters, Cyrillic letters do not."""
    # A sign or a vowel point amid letters parts no word: in `Rubּ_ו©n` they are what another encoding has as letters.
    words = [word for word in re.findall(r"(?:\w|[^\x00-\x7f])+", text) if re.search(r"[^\W\x00-\x7f]", word)]
    mixed = sum(bool(re.search("[A-Za-z]", word) or _HALF.search(word)) for word in words)
    letters = sum(one.isalpha() and not one.isascii() for word in words for one in word)
    return letters >= _LEAST and mixed <= len(words) * (1 - _PURE)


def _undecodable(stream: BinaryIO, encoding: str, *, mixed: bool) -> int:
    """Number the first line that the encoding cannot read; 0 for none."""
    found = 0
    for number, line in enumerate(stream, 1):
        try:
            if not line.isascii():
                _decoded(line, encoding) if mixed else line.decode(encoding)
        except UnicodeDecodeError:
            found = number
            break
    stream.seek(0)
    return found


def _decoded(line: bytes, fallback: str) -> str:
    """Decode a line: as UTF-8 if it can be, else by the fallback."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode(fallback)


def _told(odd: _Odd, failure: str, names: list[str], *, mixed: bool) -> str:
    """Show what was made of the letters, and what other encodings would make of them: a person sees it at once."""
    said = {name: _words(odd.sample, name) for name in names}
    others: dict[str, str] = {}
    for name in names[1:]:
        shown = said[name]
        if shown and shown != said[names[0]] and shown not in others.values() and len(others) < _OTHERS:
            others[name] = shown
    where = f" ({failure})"
    if mixed:
        more = odd.count - len(odd.lines)
        lines = ", ".join(map(str, odd.lines)) + (f" and {more:,} more" if more else "")
        where = f" on {'line' if odd.count == 1 else 'lines'} {lines}"
    return (
        f"is not {'all ' if mixed else ''}UTF-8{where}; {'what is not is ' if mixed else ''}read as "
        f"{_name(names[0])}, so that it says {said[names[0]]}; if that is wrong, say --encoding NAME"
        + "".join(f"; {_name(name)} would say {shown}" for name, shown in others.items())
    )


def _words(sample: bytes, encoding: str) -> str:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return ""
    words = re.findall(r"\w*[^\W\x00-\x7f]\w*", text) or re.findall(r"\S*[^\x00-\x7f]\S*", text)
    return ", ".join(map(repr, list(dict.fromkeys(words))[:_SEEN]))


def _name(encoding: str) -> str:
    """Name an encoding as people do and Python knows it."""
    return _NAMES.get(encoding, encoding.replace("cp125", "Windows-125"))
