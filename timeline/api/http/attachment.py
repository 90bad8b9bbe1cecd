"""The header Content-Disposition of a download, for file names of any language (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

MAX_NAME_BYTES = 255  # what most file systems allow
# Path separators, quotes and wildcards, and what a person cannot see: control characters, line ends, marks that change
# the direction of writing, halves of surrogate pairs.
_UNSAFE = re.compile(
    r'[/\\:*?"<>|;%\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]'
)


def attachment(name: str) -> str:
    """Return the value of Content-Disposition for a file to be saved under this name.

    A name outside ASCII is sent twice: encoded for all current clients, and approximated for old ones.
    """
    safe = _shortened(_UNSAFE.sub("_", name).strip(". ") or "download")
    plain = unicodedata.normalize("NFKD", safe)
    ascii_name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    ascii_name = re.sub(r"[^\x20-\x7e]", "_", ascii_name)
    header = f'attachment; filename="{ascii_name}"'
    return header if ascii_name == safe else f"{header}; filename*=UTF-8''{quote(safe, safe='')}"


def _shortened(name: str) -> str:
    """Return a name cut in the middle, so that its suffix remains."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    end = f"{dot}{suffix}".encode()[-MAX_NAME_BYTES // 4 :]
    start = (stem or name).encode()[: MAX_NAME_BYTES - len(end)]
    return start.decode("utf-8", "ignore") + end.decode("utf-8", "ignore")
