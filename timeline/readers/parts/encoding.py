"""Recognise the encoding of a text file: UTF-8, the one of its byte order mark, or the one that its letters suggest.

Every guess is noted for the user.
"""

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

MAX_LINE_BYTES = 4_000_000  # a file with a longer line is not a table, and must not fill the memory
_CHUNK_BYTES = 1_048_576
_SAMPLE_BYTES = 65_536  # of lines with letters outside ASCII
_MAX_WORDS_QUOTED = 3
_MAX_LINES_QUOTED = 20
_MAX_ALTERNATIVES_QUOTED = 3  # encodings
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MULTIBYTE = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_SINGLE_BYTE = (
    "cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic", "cp1253", "cp1255", "cp1256", "cp874",
)  # fmt: skip
_NAMES = {  # as users write them after --encoding
    "cp932": "Shift_JIS", "euc_jp": "EUC-JP", "gb18030": "GB18030", "big5": "Big5", "cp949": "EUC-KR",
    "koi8_r": "KOI8-R", "iso8859_5": "ISO-8859-5", "cp866": "CP866", "mac_cyrillic": "Mac-Cyrillic", "cp874": "CP874",
    "latin-1": "Latin-1", "mac-roman": "Mac-Roman", "cp850": "CP850", "iso8859-2": "ISO-8859-2",
}  # fmt: skip
_MIN_SHARE_OF_PURE_WORDS = 0.7  # words without ASCII letters, in a script other than Latin
_MIN_LETTERS_OF_SCRIPT = 4  # different ones; the pound sign and a no-break space are two
_MIN_LATIN_SCORE = 0.8  # a text that scores higher may be in Latin letters
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")  # º and £ decode to these in Shift_JIS


def decoded_lines(stream: BinaryIO, note: Note, chosen: str | None = None) -> Iterator[str]:
    """Yield the lines of a text file with their line ends unchanged; raise BadFile if it cannot be decoded.

    `chosen` is the encoding that the user named. The complete file is read once before the first line is yielded.
    """
    encoding = chosen or _encoding_from_head(stream)
    failure = _failure(stream, encoding)
    if failure and chosen:
        raise BadFile(
            f"is not {chosen}: {failure}; expected another --encoding, or none to let Dateline recognise it"
        )
    if failure and not encoding.startswith("utf-8"):
        raise BadFile(f"begins like UTF-16 but is not: {failure}; save it as UTF-8")
    if failure:
        yield from _guessed(stream, failure, note)
    else:
        if encoding in ("utf-16-le", "utf-16-be") and not chosen:
            note(
                f"has no byte order mark; it is read as {encoding.upper()}; if that is wrong, pass another --encoding"
            )
        yield from _decoded_all(stream, encoding)


def _decoded_all(stream: BinaryIO, encoding: str) -> Iterator[str]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield from text
    finally:
        if not stream.closed:
            text.detach()


def _encoding_from_head(stream: BinaryIO) -> str:
    """Return the encoding of the byte order mark; UTF-16 if every other byte is often zero; else UTF-8."""
    head = stream.read(4_096)
    stream.seek(0)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    for name, high_bytes, low_bytes in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if high_bytes.count(0) * 5 > len(high_bytes) and not low_bytes.count(0):
            return name
    return "utf-8"


def _failure(stream: BinaryIO, encoding: str) -> str:
    """Decode the complete file and return why that fails, or "".

    This happens before the first row is imported, so that no part of a broken file is stored.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    failure, line, length = "", 1, 0
    while chunk := stream.read(_CHUNK_BYTES):
        length = _check_line(chunk, length, line)
        try:
            if not failure:
                decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = line + error.object[: error.start].count(b"\n")
            failure = f"byte 0x{error.object[error.start]:02x} on line {at}"
        except UnicodeError as error:  # UTF-16 without its byte order mark
            failure = str(error)
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=not failure)
    except UnicodeDecodeError:
        failure = "it ends in the middle of a character"
    stream.seek(0)
    return failure


def _check_line(chunk: bytes, length: int, line: int) -> int:
    """Return the length in bytes of the last, unfinished line; raise BadFile if it exceeds MAX_LINE_BYTES."""
    if b"\n" not in chunk and b"\r" not in chunk:
        length += len(chunk)
    else:
        length = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1
    if length > MAX_LINE_BYTES:
        raise BadFile(
            f"has a line of more than {MAX_LINE_BYTES:,} bytes after line {line}; expected a table such as CSV"
        )
    return length


@dataclass(slots=True)
class _UndecodedLines:
    """The lines of a file that are not UTF-8: a sample of them, the first line numbers, and their count."""

    sample: bytes = b""
    lines: list[int] = field(default_factory=list)
    count: int = 0
    mixed: bool = False  # other lines are UTF-8 and not ASCII
    has_bom: bool = False  # the file begins with the byte order mark of UTF-8


def _guessed(stream: BinaryIO, failure: str, note: Note) -> Iterator[str]:
    """Yield the lines of a file that is not valid UTF-8, and note which encoding is used."""
    undecoded = _undecoded_lines(stream)
    names = candidates(undecoded.sample)
    # A few Chinese letters may be valid UTF-8 by chance; letters of one byte hardly ever are.
    mixed = undecoded.mixed and (undecoded.has_bom or names[0] not in _MULTIBYTE)
    bad = _undecodable(stream, names[0], mixed=mixed)
    if bad and names[0] == "cp1252":
        names, bad = ["latin-1", *names[1:]], 0  # it defines every byte
    if bad:
        raise BadFile(
            f"is not UTF-8 ({failure}), and not {_name(names[0])} on line {bad}; "
            "pass its encoding, such as --encoding mac-roman"
        )
    note(_guess_note(undecoded, failure, names, mixed=mixed))
    if not mixed:
        yield from _decoded_all(stream, names[0])
        return
    for number, line in enumerate(stream):
        without_bom = line if number else line.removeprefix(codecs.BOM_UTF8)
        yield from io.StringIO(_decoded(without_bom, names[0]), newline="")


def _undecoded_lines(stream: BinaryIO) -> _UndecodedLines:
    undecoded, sample, size = _UndecodedLines(), list[bytes](), 0
    for number, line in enumerate(stream, 1):
        if line.isascii():
            continue
        if number == 1 and line.startswith(codecs.BOM_UTF8):
            undecoded.has_bom = undecoded.mixed = True
        try:
            line.decode()
            undecoded.mixed = True
        except UnicodeDecodeError:
            undecoded.count += 1
            if len(undecoded.lines) < _MAX_LINES_QUOTED:
                undecoded.lines.append(number)
            if size < _SAMPLE_BYTES:
                size += len(line)
                sample.append(line)
    stream.seek(0)
    undecoded.sample = b"".join(sample)
    return undecoded


def candidates(sample: bytes) -> list[str]:
    """Return the encodings that a text may be in, most likely first; Windows-1252 if nothing decides."""
    from charset_normalizer import from_bytes  # imported here because most files are UTF-8 and do not need it

    guesses = from_bytes(
        sample, steps=8, chunk_size=2_048, cp_isolation=["cp1252", *_MULTIBYTE, *_SINGLE_BYTE]
    )
    other_scripts = (guess for guess in guesses if guess.encoding in (*_MULTIBYTE, *_SINGLE_BYTE))
    ranked = sorted((guess for guess in other_scripts if _pure(str(guess))), key=_rank)
    names, scores = [guess.encoding for guess in ranked], latin(sample)
    best_latin, *other_latin = scores
    doubtful = not ranked or (len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1]))
    if doubtful and scores[best_latin] >= _MIN_LATIN_SCORE:
        return [best_latin, *names, *other_latin]
    return [*names, best_latin, *other_latin]


def _rank(guess: "CharsetMatch") -> float:
    """Return a rank, lower is more likely: unlikely letter pairs count against a guess, frequent letters for it."""
    return guess.chaos - guess.coherence / 5


def _pure(text: str) -> bool:
    """Return whether most words are in one script: accents occur among ASCII letters, Cyrillic letters do not."""
    # Signs and vowel points count as parts of a word: in `Rubּ_ו©n` they are the letters of another encoding.
    words = [word for word in re.findall(r"(?:\w|[^\x00-\x7f])+", text) if re.search(r"[^\W\x00-\x7f]", word)]
    mixed = sum(bool(re.search("[A-Za-z]", word) or _HALF_WIDTH_KANA.search(word)) for word in words)
    letters = {letter for word in words for letter in word if letter.isalpha() and not letter.isascii()}
    return len(letters) >= _MIN_LETTERS_OF_SCRIPT and mixed <= len(words) * (1 - _MIN_SHARE_OF_PURE_WORDS)


def _undecodable(stream: BinaryIO, encoding: str, *, mixed: bool) -> int:
    """Return the number of the first line that the encoding cannot decode; 0 if it decodes them all."""
    undecodable = 0
    for number, line in enumerate(stream, 1):
        try:
            if not line.isascii():
                _decoded(line, encoding) if mixed else line.decode(encoding)
        except UnicodeDecodeError:
            undecodable = number
            break
    stream.seek(0)
    return undecodable


def _decoded(line: bytes, fallback: str) -> str:
    """Decode a line as UTF-8, or with `fallback` if it is not UTF-8."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode(fallback)


def _guess_note(undecoded: _UndecodedLines, failure: str, names: list[str], *, mixed: bool) -> str:
    """Return a note that quotes some words in the chosen encoding and in others, so that a person can compare them."""
    words = {name: _words(undecoded.sample, name) for name in names}
    alternatives: dict[str, str] = {}
    for name in names[1:]:
        is_new = words[name] not in ("", words[names[0]], *alternatives.values())
        if is_new and len(alternatives) < _MAX_ALTERNATIVES_QUOTED:
            alternatives[name] = words[name]
    hint = f"which gives {words[names[0]]}; if that is wrong, choose the encoding" + "".join(
        f"; --encoding {_name(name)} would give {quoted}" for name, quoted in alternatives.items()
    )
    if not mixed:
        return f"is not UTF-8 ({failure}); it is read as {_name(names[0])}, {hint}"
    unquoted = undecoded.count - len(undecoded.lines)
    numbers = ", ".join(map(str, undecoded.lines)) + (f" and {unquoted:,} more" if unquoted else "")
    lines = f"line {numbers}; that line is" if undecoded.count == 1 else f"lines {numbers}; those lines are"
    return f"is not UTF-8 on {lines} read as {_name(names[0])}, {hint}"


def _words(sample: bytes, encoding: str) -> str:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return ""
    words = re.findall(r"\w*[^\W\x00-\x7f]\w*", text) or re.findall(r"\S*[^\x00-\x7f]\S*", text)
    return ", ".join(map(repr, list(dict.fromkeys(words))[:_MAX_WORDS_QUOTED]))


def _name(encoding: str) -> str:
    """Return the common name of an encoding, which Python and --encoding accept as well."""
    return _NAMES.get(encoding, encoding.replace("cp125", "Windows-125"))
