"""What a running application holds: settings, the store, and the geocoder, opened when first needed."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from db.store import Store
from timeline.settings import Settings

if TYPE_CHECKING:
    from geo.resolve import Resolver

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
        from geo.gazetteer import open_gazetteer
        from geo.resolve import Resolver

        with _OPENING:
            return Resolver(open_gazetteer(self.settings.gazetteer), self.settings.overlay)
