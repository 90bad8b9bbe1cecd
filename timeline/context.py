"""What a running application holds: settings, the store, and the geocoder, opened when first needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING

from db.events.draft import Draft
from db.store import Store
from timeline.settings import Settings

if TYPE_CHECKING:
    from geo.place import FindCandidates
    from geo.resolver.resolver import Resolver
    from timeline.places.judgement import Judge, Surroundings
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
        from geo.gazetteer.reader import open_gazetteer
        from geo.resolver.resolver import Resolver

        with _OPENING:
            return Resolver(open_gazetteer(self.settings.gazetteer), self.settings.overlay)

    @cached_property
    def asker(self) -> "FindCandidates":
        """Give the function text, country → candidates of the geocoder that the settings name."""
        from geo.geocoders.offline import offline_candidate_finder
        from geo.geocoders.registry import OFFLINE
        from timeline.commands.shared import asker

        if self.settings.geocoder == OFFLINE:
            return offline_candidate_finder(self.resolver)
        return asker(self.settings, self.store)

    def locating(self) -> "Callable[[Draft, Warn], Draft]":
        """Give the function that places what a draft only names, as an import does; good for one request.

        Its second argument hears of what is odd.
        """
        from timeline.places.judgement import Surroundings, remembering
        from timeline.places.locate import located

        @cache
        def around() -> "tuple[Judge, Surroundings]":
            known = Surroundings(below=self.settings.review_below, choices=self.store.choices())
            return remembering(self.asker, known), known

        def locate(draft: Draft, warn: "Warn") -> Draft:
            if not draft.where:
                return draft
            judge, known = around()
            return located(draft, judge, warn, known)

        return locate
