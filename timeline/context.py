"""What a running application holds: settings, the store, and the geocoder, opened when first needed."""

from collections.abc import Callable
from dataclasses import dataclass
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
    """Made once in `create_app`, and passed on."""

    settings: Settings
    store: Store

    @cached_property
    def resolver(self) -> "Resolver":
        """Open the gazetteer, compiling it first where it is missing or old."""
        # Imported here, so that a server that never geocodes starts at once.
        from timeline.places.geocoding import open_resolver

        with _OPENING:
            return open_resolver(self.settings)

    @cached_property
    def asker(self) -> FindCandidates:
        """Give the function text, country → candidates of the geocoder that the settings name."""
        from timeline.places.geocoding import candidate_finder

        return candidate_finder(self.settings, self.store, resolver=lambda: self.resolver)

    def locating(self) -> "Callable[[Draft, Warn], Draft]":
        """Give the function that places what a draft only names, as an import does; good for one request.

        Its second argument hears of what is odd.
        """
        from timeline.places.judgement import PlaceContext, caching_judge
        from timeline.places.locate import located

        @cache
        def around() -> "tuple[Judge, PlaceContext]":
            context = PlaceContext(
                review_below=self.settings.review_below, choices=self.store.places.choices()
            )
            return caching_judge(self.asker, context), context

        def locate(draft: Draft, warn: "Warn") -> Draft:
            if not draft.where:
                return draft
            judge, context = around()
            return located(draft, judge, warn, context)

        return locate
