"""Parameters of the page that do not filter: the open card, the view of the map, the theme."""

from collections.abc import Mapping

from timeline.api.params.tables import LIST, QueryParameter
from timeline.api.params.values import choose, read_numbers
from timeline.errors import BadParameter

FRAME = "/embed"
_MAP_EXAMPLE = "map=5/50.85/4.35"
_SPOT_EXAMPLE = "spot=4.35,50.85"

EVENT = QueryParameter("event", "the event whose card is open", {"type": "string"}, "ndrangheta-action-day")
SPOT = QueryParameter(
    "spot",
    "lon,lat or west,south,east,north of a mark whose events are too close to separate; the card lists them",
    {"type": "string"},
    "4.35,50.85",
)
MAP = QueryParameter("map", "zoom/lat/lon of the map", {"type": "string"}, "5/50.85/4.35")
THEME = QueryParameter(
    "theme",
    "light, dark, or (auto) the setting of the reader's system",
    {"type": "string", "enum": ["light", "dark", "auto"], "default": "auto"},
    "dark",
)
INVIEW = QueryParameter(
    "inview",
    "1: list and count only the events that the map shows",
    {"type": "string", "enum": ["0", "1"]},
    "1",
)
MEASURE = QueryParameter(
    "measure", "the figure that the timeline sums, instead of counting events", {"type": "string"}, "arrests"
)
SCENE = (EVENT, SPOT, MAP, THEME, INVIEW, MEASURE)
SCENE_NAMES = frozenset(parameter.name for parameter in SCENE)
PAGE = (*LIST, *SCENE)


def check_scene(values: Mapping[str, str]) -> None:
    """Raise BadParameter for a value that the page cannot show."""
    for parameter in (THEME, INVIEW):
        if parameter.name in values:
            choose(parameter.name, values[parameter.name], parameter.schema["enum"])
    if "map" in values:
        _check_map(values["map"])
    if "spot" in values:
        _check_spot(values["spot"])


def _check_spot(text: str) -> None:
    numbers = read_numbers("spot", text, _SPOT_EXAMPLE)
    if len(numbers) not in (2, 4):
        raise BadParameter(
            "spot", f"expected lon,lat or west,south,east,north, got {len(numbers)} numbers", _SPOT_EXAMPLE
        )
    if any(abs(lon) > 180 for lon in numbers[::2]) or any(abs(lat) > 90 for lat in numbers[1::2]):
        raise BadParameter("spot", "a longitude is beyond 180 or a latitude beyond 90 degrees", _SPOT_EXAMPLE)


def _check_map(text: str) -> None:
    numbers = read_numbers("map", text.replace("/", ","), _MAP_EXAMPLE)
    if len(numbers) != 3:
        raise BadParameter("map", f"expected zoom/lat/lon, got {len(numbers)} numbers", _MAP_EXAMPLE)
    zoom, lat, lon = numbers
    if not (0 <= zoom <= 22 and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadParameter("map", f"zoom {zoom:g}, lat {lat:g}, lon {lon:g} are out of range", _MAP_EXAMPLE)
