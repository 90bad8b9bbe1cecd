"""Figures and tags of an imported row whose names have no valid form: they go to `data`, and the row comes in."""

from typing import Any

from msgspec import structs

from db.events.draft import Draft
from db.events.feature import number
from timeline.exchange.name_forms import FIGURE_FORM, TAG_FORM, is_figure_name, is_tag
from timeline.places.locate import Warn


def without_invalid_names(draft: Draft, warn: Warn) -> Draft:
    """Return the draft with invalid figures and tags in its `data`; `warn` is called for each of them."""
    figures = {figure.name: number(figure) for figure in draft.figures if not is_figure_name(figure.name)}
    tags = [tag for tag in draft.tags if not is_tag(tag)]
    if not figures and not tags:
        return draft
    for name in figures:
        warn(
            "figures",
            name,
            f"{name[:80]!r} is not the name of a figure, and goes to data; expected {FIGURE_FORM}",
        )
    for tag in tags:
        warn("tags", tag, f"{tag[:80]!r} is not a tag, and goes to data; expected {TAG_FORM}")
    data = dict(draft.data)
    for field, values in (("figures", figures), ("tags", tags)):
        if values:
            data[_unused(field, data)] = values
    return structs.replace(
        draft,
        figures=tuple(figure for figure in draft.figures if figure.name not in figures),
        tags=tuple(tag for tag in draft.tags if tag not in tags),
        data=data,
    )


def _unused(field: str, data: dict[str, Any]) -> str:
    """Return the name of a field, with underscores at its end if `data` has a value of that name."""
    while field in data:
        field += "_"
    return field
