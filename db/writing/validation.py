"""The checks of a draft before it is written."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import get_args

from db.errors import BadEvent, UnknownCategory
from db.events.draft import Draft, Status, Verification

_MAX_ID_CHARACTERS = 500
MAX_LIST_ITEMS = 1_000  # of places, figures, tags or sources: pages show all of them
_LISTS = ("places", "figures", "tags", "sources")
_CHOICES = {"status": get_args(Status), "verification": get_args(Verification)}


def validated(draft: Draft, categories: Collection[str]) -> Draft:
    """Return the draft; raise BadEvent, with its id, if it cannot be stored, UnknownCategory for a new category."""
    try:
        _check_id(draft.id)
        if not draft.title.strip():
            raise BadEvent("title", "it is empty; expected a title such as 'Raid in Hasselt'")
        if draft.category not in categories:
            similar = get_close_matches(draft.category[:80], categories, n=1)
            raise UnknownCategory(draft.category, similar[0] if similar else None)
        _check_choices(draft)
        _check_lists(draft)
    except BadEvent as error:
        error.id = draft.id
        raise
    return draft


def _check_id(id_: str | None) -> None:
    if not id_:
        raise BadEvent("id", "it is missing; expected an id such as 'raid-2023-05-03'")
    if len(id_) > _MAX_ID_CHARACTERS or not (id_.isprintable() or _has_no_control_character(id_)):
        raise BadEvent(
            "id",
            f"it is too long or has a control character; expected at most {_MAX_ID_CHARACTERS} characters,"
            " such as 'raid-2023-05-03'",
        )
    if id_ in (".", ".."):
        raise BadEvent(
            "id", f"{id_!r} cannot be part of an address; expected an id such as 'raid-2023-05-03'"
        )


def _has_no_control_character(text: str) -> bool:
    return not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)


def _check_choices(draft: Draft) -> None:
    if draft.status in _CHOICES["status"] and draft.verification in _CHOICES["verification"]:
        return
    for field, choices in _CHOICES.items():
        value = getattr(draft, field)
        if value not in choices:
            raise BadEvent(field, f"{value!r} is not a {field}; expected one of {', '.join(choices)}")


def check_count(field: str, count: int) -> None:
    """Raise BadEvent if an event has too many places, figures, tags or sources."""
    if count > MAX_LIST_ITEMS:
        raise BadEvent(field, f"there are {count:,} {field}; expected at most {MAX_LIST_ITEMS:,}")


def _check_lists(draft: Draft) -> None:
    counts = len(draft.places), len(draft.figures), len(draft.tags), len(draft.sources)
    if max(counts) > MAX_LIST_ITEMS:
        for field, count in zip(_LISTS, counts, strict=True):
            check_count(field, count)
    for source in draft.sources:
        if source.url and not source.url.lower().startswith(("http://", "https://")):
            raise BadEvent(
                "source_url",
                f"{source.url!r} is not a web address; expected one such as 'https://example.org/report'",
            )
