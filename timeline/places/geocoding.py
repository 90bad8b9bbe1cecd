"""Open the geocoder of the settings: the offline gazetteer, or a network provider with the gazetteer behind it."""

import sys
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geo.place import FindCandidates, FindPlace
from timeline.settings import Settings

# Imported inside the functions: a command or server that never geocodes starts without the gazetteer.
if TYPE_CHECKING:
    from db.store import Store
    from geo.resolver.resolver import Resolver

_DAY = 86_400  # seconds


def is_offline(settings: Settings) -> bool:
    """Return whether the geocoder of the settings is the offline gazetteer."""
    from geo.geocoders.registry import OFFLINE

    return settings.geocoder == OFFLINE


def open_resolver(settings: Settings, progress: Callable[[int, int], None] | None = None) -> "Resolver":
    """Return the offline geocoder; `progress(done, total)` is called while a missing or old gazetteer is compiled."""
    from geo.gazetteer.reader import open_gazetteer
    from geo.resolver.resolver import Resolver

    return Resolver(open_gazetteer(settings.gazetteer, progress), settings.overlay)


def candidate_finder(
    settings: Settings,
    store: "Store | None" = None,
    *,
    limit: int = 10,
    resolver: "Callable[[], Resolver] | None" = None,
) -> FindCandidates:
    """Return the function (text, country) → at most `limit` candidates, best first.

    The geocoder opens at the first call; `resolver` opens the offline one. The store keeps the answers of a network
    provider for `settings.geocoder_days`. While the provider is down, the gazetteer answers.
    """
    open_offline = resolver or partial(open_resolver, settings)

    @cache
    def finder() -> FindCandidates:
        return _candidate_finder(settings, store, limit, open_offline())

    return lambda text, country: finder()(text, country)


def _candidate_finder(
    settings: Settings, store: "Store | None", limit: int, resolver: "Resolver"
) -> FindCandidates:
    from geo.geocoders.network import AnswerCache, network_candidate_finder
    from geo.geocoders.offline import offline_candidate_finder
    from geo.geocoders.registry import place_finder

    offline = offline_candidate_finder(resolver, limit)
    if is_offline(settings):
        return offline
    network = place_finder(settings.geocoder, None, **_geopy_options(settings))
    answers = None
    if store:
        max_age = settings.geocoder_days * _DAY
        answers = AnswerCache(
            partial(store.places.geocoder_answer, max_age=max_age), store.places.save_geocoder_answer
        )
    return network_candidate_finder(settings.geocoder, network, offline, answers, _warn)


def best_place_finder(settings: Settings, resolver: "Callable[[], Resolver] | None" = None) -> FindPlace:
    """Return the function (text, country) → best place or None; the geocoder opens at the first call."""
    from geo.geocoders.registry import OFFLINE, place_finder

    open_offline = resolver or partial(open_resolver, settings)

    @cache
    def finder() -> FindPlace:
        if is_offline(settings):
            return place_finder(OFFLINE, open_offline())
        return place_finder(settings.geocoder, None, **_geopy_options(settings))

    return lambda text, country: finder()(text, country)


def _geopy_options(settings: Settings) -> dict[str, Any]:
    """Return the settings of a geocoding service by the names of geopy's arguments, and the `delay` of our own."""
    options: dict[str, Any] = {
        "delay": settings.geocoder_delay,
        "timeout": settings.geocoder_timeout,
        "user_agent": settings.geocoder_user_agent,
    }
    if settings.geocoder_url:
        parts = urlsplit(settings.geocoder_url)
        options |= {"scheme": parts.scheme, "domain": (parts.netloc + parts.path).strip("/")}
    if settings.geocoder_key:
        options["username" if settings.geocoder == "geonames" else "api_key"] = settings.geocoder_key
    return options


def _warn(message: str) -> None:
    print(f"warning: {message}", file=sys.stderr)
