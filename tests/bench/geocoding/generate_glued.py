"""Chinese, Japanese and Korean names as one word, coarsest first: 東京都渋谷区, 부산광역시해운대구."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

from geo.gazetteer.place_kinds import ends_with_kind
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import Precision

from .styles import GoldRow, Style, areas, row_of

_NATIVE = {
    "JP": re.compile("[\u3400-\u9fff]{2,8}"),
    "CN": re.compile("[\u3400-\u9fff]{2,12}"),
    "KR": re.compile("[\uac00-\ud7af]{2,10}"),
    "TW": re.compile("[\u3400-\u9fff]{2,8}"),
}


def _native_name(connection: sqlite3.Connection, entry: GazetteerEntry) -> str | None:
    """Return the first name of an entry in the script of its country that ends with a kind; None without one."""
    rows = connection.execute("SELECT key FROM name WHERE place = ? ORDER BY key", (entry.id,))
    names = (key for (key,) in rows if _NATIVE[entry.country or ""].fullmatch(key))
    return next((name for name in names if ends_with_kind(name)), None)


def _rows(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    address = f"file:{quote(str(gazetteer.path))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        for country in _NATIVE:
            for area in areas(gazetteer, Precision.ADMIN2, country):
                state = gazetteer.by_id(area.admin1 or 0)
                names = [_native_name(connection, entry) for entry in (state, area) if entry]
                # A municipality of China is an area of both levels: 北京市北京市 is no name.
                if len(names) == 2 and all(names) and names[0] != names[1]:
                    yield row_of("".join(filter(None, names)), area, "glued names", precision=None)


STYLES = (Style("glued names", _rows),)
