"""Texts that were encoded twice are warned of with the repaired reading, and repaired with --fix-encoding."""

import io
import json
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.exchange.double_encoding import repaired
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

TEXTS = (
    "Île-à-la-Crosse", "Café “Luna” – it’s", "Łódź", "Gdańsk", "Полиция задержала", "Αθήνα", "ñandú", "5 €", "naïve 😀",
    "Žižkov čtvrť", "Größe", "L’Hospitalet", "São Paulo", "مداهمة",
)  # fmt: skip


def as_windows(text: str) -> str:
    """Return how UTF-8 looks if it is read as Windows-1252, as most programs do."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_was_encoded_twice_or_more_is_repaired(text: str) -> None:
    once = as_windows(text)
    assert once != text
    assert repaired(once) == repaired(as_windows(once)) == text


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
@pytest.mark.parametrize("text", ["Córdoba", "“Größe”", "São Tomé"])
def test_other_encodings_are_undone_too(text: str, encoding: str) -> None:
    assert repaired(text.encode().decode(encoding)) == text


@pytest.mark.parametrize("text", [
    *TEXTS, "CAFÉ®", "ESPAÑA", "“NIÑ”", "À «bientôt»", "50 °C", "Â", "Ã", "NÃO «sim»", "£5 – €6", "IRMÃ”",
    "AMANHÃ…", "“Ã” e", "Ångström", "½ Å", "ÄÖÜ", "SÃO", "plain",
])  # fmt: skip
def test_other_texts_stay(text: str) -> None:
    assert repaired(text) == text


def take(store: Store, data: str, name: str = "a.csv", **options: Any) -> Report:
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=Options(publish=True, **options)
    )
    return importer.import_stream(name, io.BytesIO(data.encode()))


def properties(store: Store) -> dict[str, Any]:
    (feature,) = map(json.loads, store.snapshot(Filter())[1])
    return feature["properties"]  # type: ignore[no-any-return]  # JSON


DATA = (
    f"title,category,{as_windows('événement')}\n{as_windows('Fouille à Nîmes')},raid,{as_windows('oui é')}\n"
)


def test_a_file_is_warned_of_with_the_repaired_reading_and_stays_as_it_is(store: Store) -> None:
    report = take(store, DATA)
    (warning,) = report.warnings
    assert "has 3 texts that were encoded twice: " in warning.message
    assert "which means 'Fouille à Nîmes'" in warning.message
    assert warning.message.endswith("repair with --fix-encoding")
    assert properties(store)["title"] == as_windows("Fouille à Nîmes")


def test_fix_encoding_repairs_values_and_names_of_columns(store: Store) -> None:
    take(store, DATA, fix_encoding=True)
    assert (properties(store)["title"], properties(store)["data"]) == (
        "Fouille à Nîmes",
        {"événement": "oui é"},
    )


def test_values_inside_of_json_are_repaired(store: Store) -> None:
    member = {"names": [as_windows("Zoë"), {"ville": as_windows("Orléans")}]}
    feature = {
        "type": "Feature",
        "geometry": None,
        "properties": {"title": "a", "category": "raid", "who": member},
    }
    take(store, json.dumps(feature), "a.geojson", fix_encoding=True)
    assert "Zoë" in json.dumps(properties(store)["data"], ensure_ascii=False)
    assert "Orléans" in json.dumps(properties(store)["data"], ensure_ascii=False)


def test_a_file_without_such_texts_gets_no_warning(store: Store) -> None:
    assert take(store, "title,category\nFouille à Nîmes,raid\n").warnings.total == 0
