"""The options of an import."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.events.draft import COMMAND_LINE, Author, Status
from geo.box import Box
from geo.choice import SURE_CONFIDENCE
from timeline.written_dates import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to read rows and what to do with them.

    `columns` maps a column, or several with commas between, to a field; `values` gives fields to every row;
    `key` names the columns of the id. `dates` is the order of day, month and year in numbers, where a column
    does not prove its own; `encoding` what a CSV file is written in. `whole` stores all rows or, when one is
    rejected, none. `country` (ISO code) and `box` say where places lie that say no more; those with a
    confidence under `below` are kept for review. `author` is whose import history names;
    events that are there and have one of the statuses `spared` are not his to change.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    dry_run: bool = False
    publish: bool = False
    create_categories: bool = False
    whole: bool = False
    country: str | None = None
    box: Box | None = None
    below: float = SURE_CONFIDENCE
    dates: Order | None = None
    encoding: str | None = None
    author: Author = COMMAND_LINE
    spared: tuple[Status, ...] = ()
