"""The cursor: opaque text that says where the next page of a list begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

import msgspec

from db.errors import BadFilter
from db.query.filter import Filter, Sort

_FORGED = (
    "this is not a cursor of this server; expected that of a page's link 'next', or none for the first page"
)
_OTHER_QUERY = "this cursor belongs to another filter or order; expected none, to start at the first page"
_CURSOR = tuple[str, str, int | str | None, str]


class Cursor(NamedTuple):
    """Where the next page begins: after this sort key and id, for one filter and one order."""

    key: int | str | None
    id: str

    def encode(self, filter_: Filter, sort: Sort) -> str:
        """Return the cursor as opaque text, which is valid for this filter and order only."""
        raw = msgspec.json.encode([filter_.digest(), sort.value, self.key, self.id])
        return urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, filter_: Filter, sort: Sort) -> "Cursor":
        """Return the cursor of a text; raise BadFilter when it is forged or belongs to another filter or order."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            digest, order, key, id_ = msgspec.json.decode(raw, type=_CURSOR)
        except (ValueError, msgspec.MsgspecError):
            raise BadFilter("cursor", _FORGED) from None
        if digest != filter_.digest() or order != sort.value:
            raise BadFilter(
                "cursor",
                "this cursor belongs to another filter or order; expected none, to start at the first page",
            )
        right_type = isinstance(key, str) if sort is Sort.TITLE else not isinstance(key, str)
        if not right_type or (isinstance(key, int) and not -(2**63) <= key < 2**63):
            raise BadFilter("cursor", _FORGED)
        return cls(key, id_)
