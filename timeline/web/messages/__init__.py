"""The interface in several languages: texts from `messages/*.po`, numbers and country names in the page's language.

The files are gettext's, for the editors that translators have; a message is named by a key, and `en.po` holds its
English. Plural forms are chosen by the Plural-Forms line of each file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

MESSAGES = Path(__file__).parent
LANGUAGES = ("en", "ca", "es", "fr", "ar")

Text = str | tuple[str, ...]
# One number of each CLDR category at least, whatever the language: 10**6 is "many" in Catalan, Spanish and French.
_SAMPLES = (*range(200), 10**6)


@dataclass(frozen=True, slots=True)
class Voice:
    """Says texts, numbers and country names in the language of a page."""

    lang: str
    locale: Locale
    messages: Mapping[str, Text] = field(repr=False)

    @property
    def direction(self) -> str:
        """Give the writing direction for `dir`: ltr or rtl."""
        return str(self.locale.text_direction)

    @property
    def intl(self) -> str:
        """Give the tag for the browser's `Intl`: digits 0 to 9 and "3 May 2023", as the server writes them."""
        return f"{'en-GB' if self.locale.language == 'en' else self.lang}-u-nu-latn"

    def say(self, key: str, n: int | None = None, **parts: object) -> str:
        """Fill in a text; `n` chooses the plural form. Raises KeyError for a text that is not there."""
        text = self.messages[key]
        if isinstance(text, tuple):
            text = text[_plural(self.locale.language)(n or 0)]
        if n is not None:
            parts["n"] = self.number(n)
        return text.format(**parts) if parts else text

    def knows(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in self.messages

    def script(self, keys: Iterable[str] | None = None) -> dict[str, str]:
        """List the texts (all, or these) for the browser; forms by `Intl.PluralRules`: "events.one", "events.other".

        "lang" is the language of the page, "intl" the tag for `Intl`.
        """
        found = {"lang": self.lang, "intl": self.intl}
        for key in self.messages if keys is None else keys:
            text = self.messages[key]
            if isinstance(text, str):
                found[key] = text
            else:
                forms = plural_forms(self.locale.language)
                found |= {f"{key}.{name}": text[index] for name, index in forms.items()}
        return found

    def number(self, value: float) -> str:
        """Write a number with the separators of the language."""
        return str(format_decimal(value, locale=self.locale))

    def money(self, value: float, currency: str) -> str:
        """Write an amount of a currency (ISO 4217), without cents where there are none."""
        pattern = self.locale.currency_formats["standard"].pattern
        if float(value).is_integer():
            pattern = pattern.replace("0.00", "0")
        return str(
            format_currency(value, currency, format=pattern, locale=self.locale, currency_digits=False)
        )

    def country(self, code: str | None) -> str | None:
        """Name a country by its ISO 3166-1 alpha-2 code; a code that nobody knows stands as it is."""
        return self.locale.territories.get(code, code) if code else None


@lru_cache(maxsize=64)
def voice(lang: str) -> Voice:
    """Find the voice of a language tag; one that has no messages here reads as English."""
    try:
        locale = Locale.parse(lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    if locale.language not in LANGUAGES:
        locale = Locale("en")
    tag = "-".join(part for part in (locale.language, locale.script, locale.territory) if part)
    return Voice(tag, locale, texts(locale.language))


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> dict[str, Text]:
    """Read the messages of one of the LANGUAGES by key; those with plural forms as tuples.

    What a file lacks is said in English, and with the number's own digits: never an empty button.
    """
    found = {} if language == "en" else _in_english(language)
    with (MESSAGES / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    for message in catalog:
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        forms = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        if key and all(forms) and not message.fuzzy:
            found[key] = tuple(forms) if message.pluralizable else forms[0]
    return found


def _in_english(language: str) -> dict[str, Text]:
    count = len(set(plural_forms(language).values()))
    english = texts("en")
    return {key: text if isinstance(text, str) else (text[-1],) * count for key, text in english.items()}


@lru_cache(maxsize=len(LANGUAGES))
def _plural(language: str) -> Callable[[int], int]:
    with (MESSAGES / f"{language}.po").open("rb") as file:
        choose: Callable[[int], int] = c2py(read_po(file, locale=language).plural_expr)
    return choose


@lru_cache(maxsize=len(LANGUAGES))
def plural_forms(language: str) -> dict[str, int]:
    """Map CLDR's categories (zero, one, two, few, many, other) to the forms of a language's message file."""
    rule, index = Locale(language).plural_form, _plural(language)
    return {rule(n): index(n) for n in reversed(_SAMPLES)}


def negotiate(accepted: str) -> str | None:
    """Choose a tag from an Accept-Language header (RFC 9110, 12.5.4) that the interface speaks; None for none."""
    liked: list[tuple[float, str]] = []
    for part in accepted[:1000].split(","):
        tag, *params = (piece.strip() for piece in part.split(";"))
        liked.append((_weight(next((param[2:] for param in params if param.startswith("q=")), "1")), tag))
    for weight, tag in sorted(liked, key=lambda pair: -pair[0]):
        if weight > 0 and tag.split("-")[0].lower() in LANGUAGES:
            return voice(tag).lang if spoken(tag) else tag.split("-")[0].lower()
    return None


def spoken(tag: str) -> bool:
    """Tell whether there are messages for a language tag, whatever its region."""
    try:
        return Locale.parse(tag.replace("-", "_")).language in LANGUAGES
    except (ValueError, UnknownLocaleError):
        return False


def _weight(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() else 0.0
