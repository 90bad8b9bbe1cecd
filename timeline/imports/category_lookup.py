"""Find the category that a row names by slug or label, or create it."""

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache, partial

from db.errors import BadEvent
from db.events.categories import FORMER_LABELS
from db.store import Store
from timeline.exchange.slug import slug

MAX_LABEL_CHARACTERS = 100
MAX_SLUG_CHARACTERS = 60
_MIN_SIMILARITY = 0.75  # of two spellings, by difflib's ratio
_MIN_WORD_CHARACTERS = 4
_slug = lru_cache(maxsize=5_000)(partial(slug, joint="_"))


def _words(text: str) -> frozenset[str]:
    """Return the words of a label that say something, without the ending of a plural."""
    return frozenset(
        word.removesuffix("s") for word in _slug(text).split("_") if len(word) >= _MIN_WORD_CHARACTERS
    )


def _advice(nearest: str | None) -> str:
    if nearest:
        return f"did you mean {nearest!r}? To add it to the categories, use --create-categories"
    return "to add it to the categories, use --create-categories"


class CategoryLookup:
    """The vocabulary of one import, by slug and by label in any language."""

    def __init__(self, store: Store, *, create: bool = False) -> None:
        self.create = create
        self._new: dict[str, str] = {}
        self._slugs: dict[str, str] = {}
        categories = store.categories(hidden=True)
        for name, category in categories.items():
            for label in category.labels.values():
                self._slugs.setdefault(label.casefold(), name)
        for label, name in FORMER_LABELS.items():
            if name in categories:
                self._slugs.setdefault(label, name)
        self._slugs.update(zip(categories, categories, strict=True))

    @property
    def slugs(self) -> Collection[str]:
        """Return every slug of the vocabulary, created ones included."""
        return self._slugs.values()

    def has(self, text: str) -> bool:
        """Return whether a text is a slug or label of the vocabulary, or may become one."""
        return self.create or self.knows(text)

    def knows(self, text: str) -> bool:
        """Return whether a text is a slug or label of the vocabulary."""
        return self._find(text) is not None

    def _find(self, text: str) -> str | None:
        return self._slugs.get(text) or self._slugs.get(text.casefold()) or self._slugs.get(_slug(text))

    def _nearest(self, text: str) -> str | None:
        """Return the category whose words or spelling are near; None if no category is near."""
        names = self._slugs if len(text) <= MAX_LABEL_CHARACTERS else {}
        words = _words(text)
        for name, existing in names.items():
            if _words(name) and _words(name) <= words:
                return existing
        near = get_close_matches(text.casefold(), names, n=1, cutoff=_MIN_SIMILARITY)
        return self._slugs[near[0]] if near else None

    def slug(self, text: str) -> str:
        """Return the slug for a slug or label; raise BadEvent if there is none and none may be created."""
        if len(text) > MAX_LABEL_CHARACTERS:
            raise BadEvent(
                "category",
                f"{text[:40]!r}… has {len(text):,} characters; expected at most {MAX_LABEL_CHARACTERS}, such as 'raid'",
            )
        existing = self._find(text)
        if existing:
            return existing
        if not self.create:
            raise BadEvent("category", f"{text!r} is not a category; {_advice(self._nearest(text))}")
        created = slug(text, "_")
        if not created:
            raise BadEvent("category", f"{text!r} has no letter or digit to make a slug from")
        if len(created) > MAX_SLUG_CHARACTERS:
            raise BadEvent(
                "category",
                f"the slug {created!r} has more than {MAX_SLUG_CHARACTERS} characters; expected a shorter label",
            )
        self._new[created] = text
        self._slugs[text.casefold()] = self._slugs[created] = created
        return created

    def take_new(self) -> dict[str, str]:
        """Return the categories (slug → label) that were created since the last call."""
        new, self._new = self._new, {}
        return new
