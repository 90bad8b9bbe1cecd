"""A mapping: what was said about the columns of a file, kept in YAML to be used again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from geo.countries.names import country_code
from timeline.errors import BadFile
from timeline.imports.columns.plan import FIELDS
from timeline.written_dates import Order

_KNOWN = ("map", "set", "key", "dates", "country")
_EXAMPLE = "expected such as 'map: {incident_date: date}', 'set: {category: raid}', 'key: [date, place]', 'dates: dmy'"


class Mapped(NamedTuple):
    """Columns to fields, values for all rows, the columns of the id, the order of dates, the country (ISO code)."""

    columns: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    key: tuple[str, ...] = ()
    dates: Order | None = None
    country: str | None = None

    def over(self, other: "Mapped") -> "Mapped":
        """Put what is said here over what another mapping says."""
        mine = set(self.columns.values())
        kept = {left: one for left, one in other.columns.items() if one not in mine}
        return Mapped(
            {**kept, **self.columns},
            {**other.values, **self.values},
            self.key or other.key,
            self.dates or other.dates,
            self.country or other.country,
        )

    def options(self) -> dict[str, Any]:
        """Name the parts as the options of an import do."""
        return self._asdict()


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file; raise BadFile with what is wrong in it."""
    try:
        got = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(got, dict) or not got.keys() <= set(_KNOWN):
        odd = sorted(map(str, got.keys() - set(_KNOWN))) if isinstance(got, dict) else ["it"]
        raise BadFile(f"{path}: {odd[0]!r} is not known; {_EXAMPLE}")
    columns, values, key = got.get("map") or {}, got.get("set") or {}, got.get("key") or []
    for name, part in (("map", columns), ("set", values)):
        if not isinstance(part, dict) or not all(isinstance(x, str | int | float) for x in part.values()):
            raise BadFile(f"{path}: {name} is no mapping of names to texts; {_EXAMPLE}")
    for one in (*columns.values(), *values):
        if one not in FIELDS:
            raise BadFile(f"{path}: there is no field {one!r}; known are {', '.join(FIELDS)}")
    if not isinstance(key, list):
        raise BadFile(f"{path}: key is no list of columns; {_EXAMPLE}")
    dates, country = got.get("dates"), got.get("country")
    if dates not in (None, "dmy", "mdy", "ymd"):
        raise BadFile(f"{path}: dates is {dates!r}; expected dmy, mdy or ymd")
    code = country_code(str(country)) if country else None
    if country and not code:
        raise BadFile(f"{path}: {country!r} is no country's name or code; expected one such as BE or Belgium")
    as_text = {str(left): str(one) for left, one in columns.items()}
    return Mapped(as_text, {str(k): str(v) for k, v in values.items()}, tuple(map(str, key)), dates, code)


def write_mapping(path: Path, said: Mapped) -> None:
    """Write a mapping file, without what is empty."""
    parts = dict(zip(_KNOWN, (dict(said.columns), dict(said.values), list(said.key), *said[3:]), strict=True))
    kept = {name: part for name, part in parts.items() if part}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), "utf-8")
