"""The settings, the store and the geocoder of a running application. The geocoder opens when it is first used."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING

from db.events.draft import Draft
from db.store import Store
from geo.place import FindCandidates
from timeline.settings import Settings

if TYPE_CHECKING:
    from geo.resolver.resolver import Resolver
    from timeline.places.judgement import Judge, PlaceContext
    from timeline.places.locate import Warn

_OPENING = Lock()


@dataclass(frozen=True)
class Context:
    """Created once in `create_app`, and passed to everything that needs it."""

    settings: Settings
    store: Store

    @cached_property
    def resolver(self) -> "Resolver":
        """The offline geocoder. A missing or old gazetteer is compiled first."""
        # Imported here, so that a server that never geocodes starts faster.
        from timeline.places.geocoding import open_resolver

        with _OPENING:
            return open_resolver(self.settings)

    @cached_property
    def find_candidates(self) -> FindCandidates:
        """The function (text, country) → candidates of the geocoder in the settings."""
        from timeline.places.geocoding import candidate_finder

        return candidate_finder(self.settings, self.store, resolver=lambda: self.resolver)

    def locating(self) -> "Callable[[Draft, Warn], Draft]":
        """Return a function that locates the named places of drafts as an import does; use it for one request.

        It takes a draft and a function for warnings, and returns the draft with places.
        """
        from timeline.places.areas import AreaLookup
        from timeline.places.judgement import PlaceContext, caching_judge
        from timeline.places.locate import located

        @cache
        def judge_and_context() -> "tuple[Judge, PlaceContext]":
            context = PlaceContext(
                review_below=self.settings.review_below, choices=self.store.places.choices()
            )
            lookup = AreaLookup(self.find_candidates, context)
            judge = caching_judge(self.find_candidates, context)
            return judge, replace(context, judge_areas=lookup.judge)

        def locate(draft: Draft, warn: "Warn") -> Draft:
            if not draft.where:
                return draft
            judge, context = judge_and_context()
            return located(draft, judge, warn, context)

        return locate
