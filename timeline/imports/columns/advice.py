"""Advise options of the import for a file that has no column for a title or a category."""

import shlex
from collections.abc import Mapping, Sequence

from timeline.exchange.field_names import DATES, NAMES, possible_keys
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.value_tests import fits, has_letter, share

_TITLE_WORDS = frozenset((
    "title", "name", "headline", "label", "happened", "subject", "heading", "what", "nom", "nombre", "case",
))  # fmt: skip
_OTHER_NAMES = frozenset((
    "month", "day", "country", "state", "region", "county", "city", "office", "agency", "user", "file", "side",
))  # fmt: skip
_CATEGORY_WORDS = frozenset(("kind", "category", "cause", "classification", "tipo", "tipus", "class"))
_SUMMARY_WORDS = frozenset(
    ("description", "summary", "notes", "narrative", "text", "details", "comments", "synopsis", "note")
)
_PLACE_FIELDS = ("place", "city", "admin1", "country")
_MAX_MEAN_LENGTH, _MAX_MEAN_LENGTH_OF_SUMMARY = 120, 300  # characters of a title
_MAX_SHARE_DISTINCT = 0.5  # of the values of a column of categories
_MAX_CATEGORY_LENGTH = 60  # characters
_MIN_SHARE_FILLED = 0.9  # of the fullest column

_Values = Mapping[str, Sequence[str]]  # values by column


def advice(missing: Sequence[str], samples: _Values, plan: Plan) -> str:
    """Return options that give every event of a table the missing title or category, with an example of its values."""
    texts = {name: [value for value in values if value.strip()] for name, values in samples.items()}
    texts = {name: values for name, values in texts.items() if values}
    categories = _category_columns(texts, plan)
    options = []
    if "title" in missing:
        options.append(_title_option(texts, categories, plan))
    if "category" in missing:
        options.append(_category_option(texts, categories))
    return "; ".join(options)


def _title_option(texts: _Values, categories: Sequence[str], plan: Plan) -> str:
    columns = _title_columns(texts, categories, plan)
    same = "make it of other fields with --title '{category} in {place}, {date}'"
    if not columns:
        return same
    example = " ".join(texts[name][0] for name in columns)
    option = shlex.quote(f"{','.join(columns)}=title")
    return f"choose the title with --map {option} (such as {example[:60]!r}), or {same}"


def _category_option(texts: _Values, categories: Sequence[str]) -> str:
    same = "give all rows a category with --set category=raid"
    if not categories:
        return same
    option = shlex.quote(f"{categories[0]}=category")
    values = ", ".join(map(repr, dict.fromkeys(texts[categories[0]][:20])))[:80]
    return f"{same}, or take it from a column with --map {option} --create-categories (such as {values})"


def _category_columns(texts: _Values, plan: Plan) -> list[str]:
    """Return the columns that may hold the category, best first: by name, else columns of data with few values."""
    named = [name for name in texts if _is_named_like_category(name) and _are_categories(texts[name])]
    if named:
        return sorted(named, key=_name_rank)
    others = [name for name in plan.data if name in texts and _are_categories(texts[name])]
    others = [
        name for name in others if not fits("date", texts[name]) and not fits("source_url", texts[name])
    ]
    return sorted(others, key=lambda name: len(set(texts[name])))


def _words(name: str) -> set[str]:
    return {word for key in possible_keys(name) for word in key.split("_")}


def _is_named_like_category(name: str) -> bool:
    return any(word in _CATEGORY_WORDS or "type" in word for word in _words(name))


def _name_rank(name: str) -> int:
    """Return the position of a column's name among those for a category, the commonest first."""
    keys = NAMES["category"].split()
    return min((keys.index(key) for key in possible_keys(name) if key in keys), default=len(keys))


def _are_categories(values: Sequence[str]) -> bool:
    """Return whether values may be categories: short words, most of them repeated."""
    return (
        share(values, has_letter) == 1
        and max(map(len, values)) < _MAX_CATEGORY_LENGTH
        and (len(set(values)) <= max(3, len(values) * _MAX_SHARE_DISTINCT))
    )


def _title_columns(texts: _Values, categories: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """Return the columns for a title: one named so, a short text, a category with its place, a long text.

    A column that another field has, or may take, is never the title alone: that field would lose it.
    """
    lengths = _mean_lengths(texts, plan)
    max_values = max(map(len, texts.values()), default=0)
    filled = [name for name in lengths if len(texts[name]) >= max_values * _MIN_SHARE_FILLED]
    fields = (field for field in plan.columns if field not in ("summary", "note"))
    used = {*categories[:1], *(name for field in fields for name in plan.columns[field])}
    free = [name for name in filled if name not in used]
    for name in free:
        named = _words(name) & _TITLE_WORDS and not _words(name) & _OTHER_NAMES
        if named and lengths[name] <= _MAX_MEAN_LENGTH:
            return (name,)
    summaries = sorted((name for name in filled if _words(name) & _SUMMARY_WORDS), key=lengths.__getitem__)
    if summaries and lengths[summaries[0]] <= _MAX_MEAN_LENGTH and summaries[0] in free:
        return (summaries[0],)
    part_fields = ("category", *_PLACE_FIELDS, *DATES)
    parts = [name for field in part_fields for name in plan.columns.get(field, ()) if name in texts]
    parts = list(dict.fromkeys([*categories[:1], *parts]))
    if len(parts) > 1:
        return tuple(parts[:2])
    if summaries and lengths[summaries[0]] <= _MAX_MEAN_LENGTH_OF_SUMMARY and summaries[0] in free:
        return (summaries[0],)
    most_varied = sorted(free, key=lambda name: -len(set(texts[name])))
    return tuple(most_varied[:1])


def _mean_lengths(texts: _Values, plan: Plan) -> dict[str, float]:
    """Return the mean length (characters) of each column that may be a title and is not another field."""
    used = {
        name
        for field, columns in plan.columns.items()
        if field not in (*_PLACE_FIELDS, "summary", "note")
        for name in columns
    }
    return {
        name: sum(map(len, values)) / len(values)
        for name, values in texts.items()
        if name not in used
        and fits("title", values)
        and not fits("source_url", values)
        and not fits("date", values)
    }
