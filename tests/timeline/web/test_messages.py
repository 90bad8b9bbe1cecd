"""The interface in five languages: complete, with the right placeholders, plurals, digits and punctuation."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.checkers import num_plurals
from babel.messages.pofile import read_po

from db.editing.api_keys import Role
from db.events.categories import VOCABULARY, BuiltInCategory
from timeline.web.messages import (
    LANGUAGES,
    MESSAGES,
    load_messages,
    negotiate_language,
    plural_forms,
    translator_for,
)
from timeline.web.page_model import DEFAULT_DESCRIPTION

WEB = Path(MESSAGES).parent
OTHERS = [language for language in LANGUAGES if language != "en"]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def _catalog(language: str) -> Catalog:
    with (MESSAGES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert {path.stem for path in MESSAGES.glob("*.po")} == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_missing_superfluous_or_fuzzy(language: str) -> None:
    translated = {
        (m.id if isinstance(m.id, str) else m.id[0]) for m in _catalog(language) if m.id and m.string
    }
    assert translated == set(load_messages("en"))
    assert not [message.id for message in _catalog(language) if message.id and message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_its_forms(language: str) -> None:
    catalog = _catalog(language)
    for message in catalog:
        num_plurals(catalog, message)
        assert all(message.string if message.pluralizable else [message.string]), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_placeholder_agrees_with_the_english(language: str) -> None:
    single = {index for name, index in plural_forms(language).items() if name in ("zero", "one", "two")}
    for key, text in load_messages(language).items():
        english = _fields(_forms(load_messages("en")[key])[-1])
        for index, form in enumerate(_forms(text)):
            spared = {"n"} if isinstance(text, tuple) and language == "ar" and index in single else set()
            assert english - spared <= _fields(form) <= english, (key, form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_contains_markup(language: str) -> None:
    assert not [
        key for key, text in load_messages(language).items() if re.search(r"[<>&]", "".join(_forms(text)))
    ]


PATTERNS = (
    "per_", "order_", "chip_", "at_", "figure_", "role_", "problem_", "desk_status_", "desk_to_", "desk_did_",
    "desk_doubt_",
    "desk_review", "desk_draft", "desk_places", "desk_reported", "desk_confirmed", "desk_disputed",
)  # fmt: skip  # prefixes of keys that the code puts together


def test_the_default_description_is_the_english_text_that_is_translated() -> None:
    assert load_messages("en")["description"] == DEFAULT_DESCRIPTION


def test_every_text_is_used() -> None:
    files = [
        *WEB.glob("templates/*"),
        *WEB.glob("**/*.py"),
        *WEB.glob("static/app/**/*.js"),
        *WEB.parent.glob("api/**/*.py"),
    ]
    used = " ".join(path.read_text(encoding="utf-8") for path in files)
    own = [key for key in load_messages("en") if not key.startswith(PATTERNS)]
    assert [key for key in own if not re.search(f"[\"'`]{key}[\"'`]", used)] == []


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "لا أحداث"),
        (1, "حدث واحد"),
        (2, "حدثان"),
        (3, "3 أحداث"),
        (10, "10 أحداث"),
        (11, "11 حدثًا"),
        (99, "99 حدثًا"),
        (100, "100 حدث"),
        (103, "103 أحداث"),
        (1_111, "1,111 حدثًا"),
    ],
)
def test_arabic_counts_in_its_six_forms(n: int, text: str) -> None:
    assert translator_for("ar").translate("events", n=n) == text


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("fr", 0, "0 événement"),
        ("fr", 2, "2 événements"),
        ("fr", 1_000_000, "1\u202f000\u202f000 d’événements"),
        ("es", 0, "0 hechos"),
        ("ca", 1_000_000, "1.000.000 d’esdeveniments"),
        ("en", 0, "0 events"),
    ],
)
def test_other_languages_count_in_their_own_forms(language: str, n: int, text: str) -> None:
    assert translator_for(language).translate("events", n=n) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_forms_of_a_file_are_those_of_unicode(language: str) -> None:
    forms, rule = plural_forms(language), Locale(language).plural_form
    for n in (*range(1_000), 10**6):
        text = translator_for(language).messages["events"][forms[rule(n)]]
        assert translator_for(language).translate("events", n=n) == text.format(
            n=translator_for(language).number(n)
        )


def test_the_browser_gets_every_form_by_its_plural_rule() -> None:
    script = translator_for("ar").for_browser()
    assert script["events.few"] == "{n} أحداث"
    assert script["lang"] == "ar"
    assert script["intl"] == "ar-u-nu-latn"
    assert translator_for("en").for_browser(["skip"])["skip"] == "Skip to the events"


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr-CH"),
        ("de, es;q=0.5, ca;q=0.7", "ca"),
        ("AR", "ar"),
        ("zh, ja", None),
        ("*", None),
        ("en;q=0, fr;q=0.1", "fr"),
        ("", None),
        (";;q=²,\x00,fr-nonsense-x", "fr"),
    ],
)
def test_the_languages_of_a_browser_are_tried_in_their_order(accepted: str, chosen: str | None) -> None:
    assert negotiate_language(accepted) == chosen


@pytest.mark.parametrize("tag", ["de", "xx-nonsense", "", "../en", "en\n"])
def test_a_language_without_messages_gets_the_english_ones(tag: str) -> None:
    assert translator_for(tag).translate("next") == "Next page"
    assert translator_for(tag).lang == "en"


@pytest.mark.parametrize("category", VOCABULARY, ids=lambda category: category.slug)
def test_each_category_has_a_label_in_each_language(category: BuiltInCategory) -> None:
    assert set(category.labels) == set(LANGUAGES)
    assert all(category.labels.values())


# Terms that have one translation everywhere: key, then Catalan, Spanish, French, Arabic.
GLOSSARY = {
    "card": ("Esdeveniment", "Hecho", "Événement", "حدث"),
    "timeline": ("Cronologia", "Cronología", "Frise chronologique", "الخط الزمني"),
    "draft": ("Esborrany", "Borrador", "Brouillon", "مسودة"),
    "review": ("En revisió", "En revisión", "En relecture", "قيد المراجعة"),
    "desk_status_published": ("Publicat", "Publicado", "Publié", "منشور"),
    "desk_to_retracted": ("Retira", "Retirar", "Retirer", "سحب"),
    "retracted": ("Retirat", "Retirado", "Retiré", "مسحوب"),
    "correction": ("Correcció", "Corrección", "Rectificatif", "تصحيح"),
    "reported": ("Segons les fonts", "Según las fuentes", "Selon les sources", "بحسب المصادر"),
    "confirmed": ("Confirmat", "Confirmado", "Confirmé", "مؤكَّد"),
    "disputed": ("Qüestionat", "Cuestionado", "Contesté", "موضع خلاف"),
    "undated": ("sense data", "sin fecha", "sans date", "بلا تاريخ"),
    "unplaced": ("Sense ubicació", "Sin ubicación", "Sans lieu", "بلا مكان"),
    "desk_candidate": ("Lloc proposat", "Lugar propuesto", "Lieu proposé", "موقع مقترح"),
    "role_editor": ("redactor", "redactor", "rédacteur", "محرر"),
    "role_reviewer": ("revisor", "revisor", "relecteur", "مراجع"),
    "desk_key": ("Clau d’accés", "Clave de acceso", "Clé d’accès", "مفتاح الدخول"),
    "desk_revision": ("versió {n}", "versión {n}", "version {n}", "النسخة {n}"),
}


@pytest.mark.parametrize("key", GLOSSARY)
def test_a_term_of_the_glossary_has_its_translation(key: str) -> None:
    assert tuple(load_messages(language)[key] for language in OTHERS) == GLOSSARY[key]


# What a message of another language would contain if it used a translation that the glossary rejects.
REJECTED = {
    "ca": ("línia del temps", "discuti", "disputa", "candidat", "mapes mòbils", "desfasament", "informat"),
    "es": ("evento", "línea de tiempo", "discutid", "disputad", "candidat", "móvil", "desfase", "informado"),
    "fr": ("candidat", "mobile", "non daté", "décalage", "chez nous", "révision"),
    "ar": ("مرشح", "متحركة", "محل خلاف", "متنازع", "مُبلّغ", "المراجعة رقم", "من عندنا"),
}


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_uses_a_translation_that_the_glossary_rejects(language: str) -> None:
    texts = {key: "".join(_forms(text)).lower() for key, text in load_messages(language).items()}
    assert [key for key, text in texts.items() if any(term in text for term in REJECTED[language])] == []


def test_french_has_no_break_spaces_before_its_high_punctuation() -> None:
    texts = {key: "".join(_forms(text)) for key, text in load_messages("fr").items()}
    assert [key for key, text in texts.items() if re.search(r"[^\u00a0][:;?!»](?!//)|«[^\u00a0]", text)] == []


def test_arabic_has_its_own_commas_and_semicolons() -> None:
    numbers = re.compile(r"\d,\d")
    texts = {key: numbers.sub("", "".join(_forms(text))) for key, text in load_messages("ar").items()}
    assert [key for key, text in texts.items() if re.search("[,;?]", text)] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "24%"), ("ca", "24\u00a0%"), ("es", "24\u00a0%"), ("fr", "24\u00a0%"), ("ar", "24%")],
)
def test_a_percentage_is_spaced_as_in_its_language(language: str, text: str) -> None:
    assert translator_for(language).percent(24) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_has_a_name(language: str) -> None:
    assert all(translator_for(language).has(f"role_{role}") for role in get_args(Role))
