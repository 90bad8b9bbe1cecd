"""Figures of an event in words: "Arrests: 132", "Seized: €5,500,000", "Cocaine: 700 kg", "Deaths per year: 37.8"."""

from typing import NamedTuple

from db.events.draft import RATE_WORDS
from timeline.web.messages import Length, Translator

_CURRENCIES = frozenset(
    ["eur", "usd", "gbp", "cad", "aud", "brl", "chf", "jpy", "cny", "inr", "mxn", "pln", "sek", "nok", "dkk"]
)
# Units of figures as CLDR names them, with the length in which people write them.
_MEASURES: dict[str, tuple[str, Length]] = {
    "kg": ("mass-kilogram", "short"),
    "g": ("mass-gram", "short"),
    "t": ("mass-tonne", "short"),
    "tonnes": ("mass-tonne", "long"),
    "l": ("volume-liter", "long"),
    "litres": ("volume-liter", "long"),
    "km": ("length-kilometer", "short"),
    "km2": ("area-square-kilometer", "short"),
    "m": ("length-meter", "short"),
    "m2": ("area-square-meter", "short"),
    "ha": ("area-hectare", "short"),
    "hours": ("duration-hour", "long"),
    "days": ("duration-day", "long"),
    "months": ("duration-month", "long"),
    "years": ("duration-year", "long"),
}
_PERCENT = ("percent", "pct")


class FigureName(NamedTuple):
    """The name of a figure in two parts: "seized_eur" is ("seized", "eur"); without a unit, `unit` is ""."""

    stem: str
    unit: str

    @classmethod
    def parse(cls, name: str) -> "FigureName":
        """Split a name; a rate such as "deaths_per_year" keeps its last word, which is not a unit."""
        *words, last = name.split("_")
        if words and last in _PERCENT:
            return cls("_".join(words), last)
        is_unit = last in _CURRENCIES or (last in _MEASURES and "per" not in words)
        if words and is_unit and not RATE_WORDS.intersection(words):
            return cls("_".join(words), last)
        return cls(name, "")


def figure_text(name: str, value: float, translator: Translator) -> str:
    """Return a figure as "label: value"."""
    parts = FigureName.parse(name)
    return translator.labelled(_label(parts.stem, translator), _value(value, parts.unit, translator))


def figure_label(name: str, translator: Translator) -> str:
    """Return the label of a figure with its unit, "Seized (EUR)", as a choice of what to sum."""
    stem, unit = FigureName.parse(name)
    label = _label(stem, translator)
    if not unit:
        return label
    return f"{label} ({'%' if unit in _PERCENT else unit.upper() if unit in _CURRENCIES else unit})"


def _label(stem: str, translator: Translator) -> str:
    """Return the translated label; a name that has none is written as words, its first letter a capital."""
    if translator.has(f"figure_{stem}"):
        return translator.translate(f"figure_{stem}")
    words = stem.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _value(value: float, unit: str, translator: Translator) -> str:
    if unit in _PERCENT:
        return translator.percent(value)
    if unit in _CURRENCIES:
        return translator.money(value, unit.upper())
    if unit in _MEASURES:
        return translator.measure(value, *_MEASURES[unit])
    return translator.number(value)
