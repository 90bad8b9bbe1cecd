"""Find the category that an import means, or make it."""

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache, partial

from db.errors import BadEvent, UnknownCategory
from db.store import Store
from timeline.exchange.slug import slug

_slug = lru_cache(maxsize=5_000)(partial(slug, joint="_"))


class Categories:
    """The vocabulary during one import: by slug and by label in any language, and what is new."""

    def __init__(self, store: Store, *, create: bool = False) -> None:
        self.store = store
        self.create = create
        self.new: dict[str, str] = {}
        self.slugs: dict[str, str] = {}
        for known, category in store.categories(hidden=True).items():
            for label in category.labels.values():
                self.slugs.setdefault(label.casefold(), known)
        for known in store.categories(hidden=True):
            self.slugs[known] = known

    @property
    def known(self) -> Collection[str]:
        """Hold every slug that there is or will be."""
        return self.slugs.values()

    def has(self, text: str) -> bool:
        """Tell whether a text is a slug or label that there is, or one that may be made."""
        return bool(self.create or self._find(text))

    def _find(self, text: str) -> str | None:
        return self.slugs.get(text) or self.slugs.get(text.casefold()) or self.slugs.get(_slug(text))

    def slug(self, text: str) -> str:
        """Return the slug of a slug or label; raise UnknownCategory unless new ones are made."""
        found = self._find(text)
        if found:
            return found
        if not self.create:
            near = get_close_matches(text.casefold(), self.slugs, n=1, cutoff=0)
            raise UnknownCategory(text, self.slugs[near[0]] if near else None)
        made = slug(text, "_")
        if not made:
            raise BadEvent("category", f"{text!r} has no letter or digit to make a slug of")
        self.new[made] = text
        self.slugs[text.casefold()] = self.slugs[made] = made
        return made
