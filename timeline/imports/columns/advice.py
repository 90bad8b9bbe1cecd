"""What to say of a file that has no column for what every event needs: options of the import that would do."""

import shlex
from collections.abc import Mapping, Sequence

from timeline.exchange.field_names import NAMES, ways
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.value_tests import holds, share, worded

_NAMED = frozenset((
    "title", "name", "headline", "label", "happened", "subject", "heading", "what", "nom", "nombre", "case",
))  # fmt: skip
_ELSE = frozenset((
    "month", "day", "country", "state", "region", "county", "city", "office", "agency", "user", "file", "side",
))  # fmt: skip
_KINDS = frozenset(("kind", "category", "cause", "classification", "tipo", "tipus", "class"))
_TOLD = frozenset(
    ("description", "summary", "notes", "narrative", "text", "details", "comments", "synopsis", "note")
)
_PLACED = ("place", "city", "admin1", "country")
_SHORT, _LONGEST = 120, 300  # characters of a title, on the average
_FEW = 0.5  # share of different values, up to which a column tells of kinds


def advice(lacks: Sequence[str], samples: Mapping[str, Sequence[str]], plan: Plan) -> str:
    """Name options that give every event of a table a title and a category, with what the first would have."""
    told = []
    texts = {name: [one for one in values if one.strip()] for name, values in samples.items()}
    texts = {name: some for name, some in texts.items() if some}
    kinds = [name for name in texts if _of_kinds(name) and _kind(texts[name])]
    if "title" in lacks:
        columns = _titled(texts, kinds, plan)
        if columns:
            first = " ".join(texts[name][0] for name in columns)
            option = shlex.quote(f"{','.join(columns)}=title")
            told.append(
                f"choose the title with --map COLUMN=title, for example --map {option} (such as {first[:60]!r})"
            )
        else:
            told.append("choose the title with --map COLUMN=title, or give all rows one with --set title=…")
    if "category" in lacks:
        known = sorted(kinds, key=_commonness)
        option = shlex.quote(f"{known[0] if known else 'COLUMN'}=category")
        such = f" (such as {', '.join(map(repr, dict.fromkeys(texts[known[0]][:20])))[:80]})" if known else ""
        told.append(
            f"give all rows a category with --set category=raid, or take it from a column with --map {option} "
            f"--create-categories{such}"
        )
    return "; ".join(told)


def _words(name: str) -> set[str]:
    return {word for way in ways(name) for word in way.split("_")}


def _of_kinds(name: str) -> bool:
    return any(word in _KINDS or "type" in word for word in _words(name))


def _commonness(name: str) -> int:
    keys = NAMES["category"].split()
    return min((keys.index(way) for way in ways(name) if way in keys), default=len(keys))


def _kind(values: Sequence[str]) -> bool:
    """Tell whether a column holds kinds: short words, the same ones again and again."""
    return (
        share(values, worded) == 1
        and max(map(len, values)) < 60
        and (len(set(values)) <= max(3, len(values) * _FEW))
    )


def _titled(texts: Mapping[str, Sequence[str]], kinds: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """Choose the columns that would make a title: one called so, a kind with its place, a short text, a long one."""
    used = {
        name
        for one, given in plan.columns.items()
        if one not in (*_PLACED, "summary", "note")
        for name in given
    }
    full = max(map(len, texts.values()), default=0)
    good = {
        name: sum(map(len, some)) / len(some)
        for name, some in texts.items()
        if name not in used
        and holds("title", some)
        and not holds("source_url", some)
        and not holds("date", some)
    }
    filled = [name for name in good if len(texts[name]) >= full * 0.9]
    called = [
        name
        for name in filled
        if _words(name) & _NAMED and not _words(name) & _ELSE and good[name] <= _SHORT and name not in kinds
    ]
    if called:
        return (called[0],)
    told = sorted((name for name in filled if _words(name) & _TOLD), key=good.__getitem__)
    if told and good[told[0]] <= _SHORT:
        return (told[0],)
    placed = [name for one in _PLACED for name in plan.columns.get(one, ()) if name in filled]
    typed = sorted((name for name in kinds if name in filled), key=_commonness)
    if typed:
        return (typed[0], *placed[:1])
    if told and good[told[0]] <= _LONGEST:
        return (told[0],)
    rest = sorted(filled, key=lambda name: -len(set(texts[name])))
    return (*placed[:1],) if placed else (*rest[:1],)
