"""The texts of the interface in five languages, from the gettext files in this folder, and formats of numbers.

A message is named by a key, and `en.po` has its English text. Plural forms follow the Plural-Forms line of each file.
May be imported by timeline.web and timeline.api; imports nothing of the project.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

MESSAGES = Path(__file__).parent
LANGUAGES = ("en", "ca", "es", "fr", "ar")
MAX_HEADER_CHARACTERS = 1000  # of Accept-Language

Length = Literal["short", "long"]  # of a unit: "kg" or "kilograms"
MessageForms = str | tuple[str, ...]  # one text, or one for each plural form
# At least one number of each CLDR category in every language: 10**6 is "many" in Catalan, Spanish and French.
_PLURAL_SAMPLES = (*range(200), 10**6)


@dataclass(frozen=True, slots=True)
class Translator:
    """Writes texts, numbers and country names in one language; `lang` is its tag, such as "fr" or "fr-CH"."""

    lang: str
    locale: Locale
    messages: Mapping[str, MessageForms] = field(repr=False)

    @property
    def direction(self) -> str:
        """Return the writing direction, "ltr" or "rtl"."""
        return str(self.locale.text_direction)

    @property
    def intl(self) -> str:
        """Return the tag for the browser's `Intl`, with the digits 0 to 9 that the server writes too."""
        return f"{'en-GB' if self.locale.language == 'en' else self.lang}-u-nu-latn"

    def translate(self, key: str, n: int | None = None, **values: object) -> str:
        """Return a text with its {placeholders} filled in; `n` chooses the plural form. Raises KeyError."""
        text = self.messages[key]
        if isinstance(text, tuple):
            text = text[_plural_rule(self.locale.language)(n or 0)]
        if n is not None:
            values["n"] = self.number(n)
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is a text with this key."""
        return key in self.messages

    def labelled(self, label: str, value: str) -> str:
        """Return "label: value" with the colon of the language."""
        return self.translate("labelled", label=label, value=value)

    def for_browser(self, keys: Iterable[str] | None = None) -> dict[str, str]:
        """Return the texts of these keys (None: all) for the page's script.

        Plural forms are named by `Intl.PluralRules`: "events.one", "events.other". "lang" is the language of the page,
        "intl" the tag for `Intl`.
        """
        texts = {"lang": self.lang, "intl": self.intl}
        for key in self.messages if keys is None else keys:
            text = self.messages[key]
            if isinstance(text, str):
                texts[key] = text
            else:
                forms = plural_forms(self.locale.language)
                texts |= {f"{key}.{category}": text[index] for category, index in forms.items()}
        return texts

    def number(self, value: float) -> str:
        """Return a number with the separators of the language."""
        return str(format_decimal(value, locale=self.locale))

    def percent(self, value: float) -> str:
        """Return a percentage, 24 as "24%" or "24 %"."""
        return self.translate("percent", value=self.number(value))

    def money(self, value: float, currency: str) -> str:
        """Return an amount of a currency (ISO 4217), without cents where it is whole."""
        pattern = self.locale.currency_formats["standard"].pattern
        if float(value).is_integer():
            pattern = pattern.replace("0.00", "0")
        return str(
            format_currency(value, currency, format=pattern, locale=self.locale, currency_digits=False)
        )

    def measure(self, value: float, unit: str, length: Length) -> str:
        """Return a measure in a unit of CLDR, such as "mass-kilogram"; `length` is "short" or "long"."""
        british = Locale("en", "GB") if self.locale.language == "en" else self.locale
        # Babel's Arabic has some units in one length only, and writes the unit's code in place of another.
        lengths: tuple[Length, ...] = (length, "short", "long")
        texts = (format_unit(value, unit, other, locale=british) for other in lengths)
        return next(text for text in texts if unit not in text)

    def country_name(self, code: str | None) -> str | None:
        """Return the name of a country (ISO 3166-1 alpha-2); an unknown code is returned as it is."""
        return self.locale.territories.get(code, code) if code else None


@lru_cache(maxsize=64)
def translator_for(lang: str) -> Translator:
    """Return the translator of a language tag; a tag without messages gets the English one."""
    try:
        locale = Locale.parse(lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    if locale.language not in LANGUAGES:
        locale = Locale("en")
    tag = "-".join(part for part in (locale.language, locale.script, locale.territory) if part)
    return Translator(tag, locale, load_messages(locale.language))


@lru_cache(maxsize=len(LANGUAGES))
def load_messages(language: str) -> dict[str, MessageForms]:
    """Return the messages of one of the LANGUAGES by key, those with plural forms as tuples.

    A message that a file lacks is filled with its English text, so that no button is empty.
    """
    messages = {} if language == "en" else _english_for(language)
    with (MESSAGES / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    for message in catalog:
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        forms = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        if key and all(forms) and not message.fuzzy:
            messages[key] = tuple(forms) if message.pluralizable else forms[0]
    return messages


def _english_for(language: str) -> dict[str, MessageForms]:
    count = len(set(plural_forms(language).values()))
    english = load_messages("en")
    return {key: text if isinstance(text, str) else (text[-1],) * count for key, text in english.items()}


@lru_cache(maxsize=len(LANGUAGES))
def _plural_rule(language: str) -> Callable[[int], int]:
    with (MESSAGES / f"{language}.po").open("rb") as file:
        rule: Callable[[int], int] = c2py(read_po(file, locale=language).plural_expr)
    return rule


@lru_cache(maxsize=len(LANGUAGES))
def plural_forms(language: str) -> dict[str, int]:
    """Map CLDR's plural categories (zero, one, two, few, many, other) to the forms in a language's file."""
    category, form = Locale(language).plural_form, _plural_rule(language)
    return {category(n): form(n) for n in reversed(_PLURAL_SAMPLES)}


def negotiate_language(accepted: str) -> str | None:
    """Return the preferred tag of an Accept-Language header (RFC 9110, 12.5.4) that has messages, or None."""
    preferences: list[tuple[float, str]] = []
    for part in accepted[:MAX_HEADER_CHARACTERS].split(","):
        tag, *params = (piece.strip() for piece in part.split(";"))
        weight = next((param[2:] for param in params if param.startswith("q=")), "1")
        preferences.append((_weight(weight), tag))
    for weight_, tag in sorted(preferences, key=lambda preference: -preference[0]):
        language = tag.split("-")[0].lower()
        if weight_ > 0 and language in LANGUAGES:
            return translator_for(tag).lang if is_supported(tag) else language
    return None


def is_supported(tag: str) -> bool:
    """Return whether there are messages for a language tag, whatever its region."""
    try:
        return Locale.parse(tag.replace("-", "_")).language in LANGUAGES
    except (ValueError, UnknownLocaleError):
        return False


def _weight(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() else 0.0
