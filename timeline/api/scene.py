"""What the address of the page holds beside the filter: the open card, the map's view, the looks."""

from collections.abc import Mapping

from timeline.api.params import LIST, Parameter, choose, read_numbers
from timeline.errors import BadParameter

FRAME = "/embed"
_MAP = "map=5/50.85/4.35"

EVENT = Parameter("event", "the event whose card is open", {"type": "string"}, "ndrangheta-action-day")
MAP = Parameter("map", "zoom/lat/lon of the map", {"type": "string"}, "5/50.85/4.35")
THEME = Parameter(
    "theme",
    "light, dark, or as the reader's system",
    {"type": "string", "enum": ["light", "dark", "auto"], "default": "auto"},
    "dark",
)
INVIEW = Parameter(
    "inview", "1: list and count only what the map shows", {"type": "string", "enum": ["0", "1"]}, "1"
)
MEASURE = Parameter(
    "measure", "the figure that the timeline sums, instead of counting events", {"type": "string"}, "arrests"
)
SCENE = (EVENT, MAP, THEME, INVIEW, MEASURE)
NAMES = frozenset(parameter.name for parameter in SCENE)
PAGE = (*LIST, *SCENE)


def check_scene(values: Mapping[str, str]) -> None:
    """Raise BadParameter for a value that the page could not show."""
    for parameter in (THEME, INVIEW):
        if parameter.name in values:
            choose(parameter.name, values[parameter.name], parameter.schema["enum"])
    if "map" in values:
        _check_map(values["map"])


def _check_map(text: str) -> None:
    numbers = read_numbers("map", text.replace("/", ","), _MAP)
    if len(numbers) != 3:
        raise BadParameter("map", f"expected zoom/lat/lon, got {len(numbers)} numbers", _MAP)
    zoom, lat, lon = numbers
    if not (0 <= zoom <= 22 and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadParameter("map", f"zoom {zoom:g}, lat {lat:g}, lon {lon:g} are out of range", _MAP)
