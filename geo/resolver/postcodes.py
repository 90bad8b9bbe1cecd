"""Find the postcode at either end of a part of an address, and the countries that may have it."""

import re
from functools import cache
from typing import NamedTuple

from geo.data_files import country_facts

# Forms of few countries. Digits alone are a postcode in most, and may be a house number.
_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}", ("GB",)),
    (r"[A-Z]\d[A-Z]\s?\d[A-Z]\d", ("CA",)),
    (r"\d{4}\s?[A-Z]{2}", ("NL",)),
    (r"[AC-Y]\d[\dW]\s?[A-Z\d]{4}", ("IE",)),
    (r"[A-Z]\d{4}[A-Z]{3}", ("AR",)),
    (r"[A-Z]{3}\s\d{4}", ("MT",)),
    (r"\d{5}-\d{3}", ("BR",)),
    (r"\d{5}-\d{4}", ("US",)),
    (r"\d{4}-\d{3}", ("PT",)),
    (r"\d{3}-\d{4}", ("JP",)),
    (r"\d{2}-\d{3}", ("PL",)),
    (r"\d{3}\s\d{2}", ("SE", "CZ", "SK", "GR")),
    (r"\d{3}\s\d{3}", ("IN",)),
    (r"\d{4,6}", ()),
)
# Letters before a hyphen and the digits: the country's code, or the letters on its cars.
_CAR_LETTERS = {
    "A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "I": "IT", "L": "LU", "N": "NO", "P": "PT", "S": "SE",
    "FIN": "FI", "FL": "LI", "SLO": "SI",
}  # fmt: skip
_PREFIXED = r"(?P<prefix>[A-Z]{1,3})-\s?(?P<digits>\d{3}\s\d{2}|\d{3,6})"
_CODE = rf"(?P<code>{_PREFIXED}|{'|'.join(form for form, _ in _FORMS)})"
_FIRST = re.compile(rf"(?:〒\s?)?{_CODE}(?=$|\s|[\u3040-\u9fff])\s*(?P<rest>.*)")
_LAST = re.compile(rf"(?P<rest>.*\S)\s+{_CODE}")
_MIDDLE = re.compile(rf"(?P<rest>.*[^\W\d].*)\s+{_CODE}\s+(?P<after>[^\W\d].*)")
_OUTWARD = re.compile(r"(?P<rest>.*\S)\s+(?P<code>[A-Z]{1,2}\d{1,2}[A-Z]?)")
_SIGNS = re.compile(r"[\s-]")


class Postcode(NamedTuple):
    """A postcode as written, and the countries that write it so; none for digits, which most countries use."""

    code: str
    countries: tuple[str, ...]

    def fits(self, country: str) -> bool:
        """Return whether a country (ISO code) may have this postcode; True if its form is not known."""
        if self.countries:
            return country in self.countries
        pattern = _form_of_country(country)
        return pattern is None or any(map(pattern.fullmatch, (self.code, _SIGNS.sub("", self.code))))


class PostcodeSplit(NamedTuple):
    """A postcode, and what is written before and after it."""

    postcode: Postcode
    before: str
    after: str


def whole_postcode(text: str) -> Postcode | None:
    """Return the postcode that a text is, or None."""
    match = _FIRST.fullmatch(text)
    return _postcode(match) if match and not match["rest"] else None


def leading_postcode(text: str) -> PostcodeSplit | None:
    """Return the postcode that a text begins with: "10115 Berlin"."""
    match = _FIRST.fullmatch(text)
    return PostcodeSplit(_postcode(match), "", match["rest"]) if match and match["rest"] else None


def trailing_postcode(text: str) -> PostcodeSplit | None:
    """Return the postcode that a text ends with: "London NW1 6XE", "DC 20500"."""
    match = _LAST.fullmatch(text)
    return PostcodeSplit(_postcode(match), match["rest"], "") if match else None


def middle_postcode(text: str) -> PostcodeSplit | None:
    """Return the postcode in the middle of a text: "Hauptstraße 5 10827 Berlin"."""
    match = _MIDDLE.fullmatch(text)
    return PostcodeSplit(_postcode(match), match["rest"], match["after"]) if match else None


def trailing_outward_code(text: str) -> PostcodeSplit | None:
    """Return the first half of a British postcode that a text ends with: "London E14"."""
    match = _OUTWARD.fullmatch(text)
    return PostcodeSplit(Postcode(match["code"], ("GB",)), match["rest"], "") if match else None


def _postcode(match: re.Match[str]) -> Postcode:
    prefix, code = match["prefix"], match["code"]
    if prefix:
        country = _CAR_LETTERS.get(prefix, prefix)
        return Postcode(match["digits"], (country,) if country in country_facts() else ())
    return Postcode(code, next(countries for form, countries in _FORMS if re.fullmatch(form, code)))


@cache
def _form_of_country(country: str) -> re.Pattern[str] | None:
    pattern = country_facts().get(country, {}).get("postalcoderegex")
    return re.compile(pattern) if pattern else None
