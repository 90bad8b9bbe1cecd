"""What an output format is: its names, and a function from stored Features to bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from db.query.results import Stamp

Link = Mapping[str, str]
Dialect = Literal["standard", "excel"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


@dataclass(frozen=True, slots=True)
class Shaping:
    """How Features differ from the stored ones: fewer properties, other geometries, another language."""

    properties: tuple[str, ...] = ()
    geometry: str = "point"
    lang: str = "en"

    @property
    def plain(self) -> bool:
        """Return whether the stored bytes can be sent unchanged."""
        return not self.properties and self.geometry == "point" and self.lang == "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Facts about the events that a writer may include.

    `dialect` is one of DIALECTS, for CSV alone.

    `matched` and `stamp` belong to one page of the API: the exact count of all matching events, and the data version.
    Both are None when every matching event is written. `base` is the absolute address of the site, "" if unknown.
    """

    title: str = ""
    base: str = ""
    shaping: Shaping = field(default_factory=Shaping)
    links: Sequence[Link] = ()
    matched: int | None = None
    stamp: Stamp | None = None
    dialect: Dialect = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One output format.

    `name` selects it by `f=NAME` and by `timeline export NAME`, `suffix` by `/events.SUFFIX`, and each of
    `media_types` by the Accept header; responses carry the first. A writer that `streams` writes every matching event
    in one response: it ignores `limit`, `cursor`, `properties`, `geometry` and `lang`, and its About holds only
    `title` and `base`. The others write one page. `write` receives Features as the bytes that db.events.feature
    encodes. `title` names the format in links and in the OpenAPI document, `schema` is the component of that document
    which describes the response.
    """

    name: str
    suffix: str
    media_types: tuple[str, ...]
    streams: bool
    title: str
    write: Callable[[Iterable[bytes], About], Iterator[bytes]]
    schema: str = "Binary"

    @property
    def media_type(self) -> str:
        """Return the media type of a response."""
        return self.media_types[0]

    @property
    def path(self) -> str:
        """Return the path of the API that always answers in this format."""
        return f"/events.{self.suffix}"
