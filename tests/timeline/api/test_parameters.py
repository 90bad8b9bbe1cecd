"""The one table of parameters: everything that lists the filter's parameters lists the same ones."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from litestar.testing import TestClient

from db.columns.filtering import needs_database
from db.query.filter import Filter
from timeline.api.description import schema
from timeline.api.events import items
from timeline.api.http import query as query_module
from timeline.api.params.page import SCENE
from timeline.api.params.reading import parse_filter
from timeline.api.params.tables import FILTER
from timeline.app import create_app
from timeline.commands.export import export, filter_values
from timeline.settings import Settings
from timeline.web import filter_links
from timeline.writers.registry import WRITERS

ROOT = Path(__file__).parents[3]
NAMES = [parameter.name for parameter in FILTER]
# Read together with the parameter that they qualify.
QUALIFIERS = {"radius_km", "language"}
VIEWS = [
    "/events", *(writer.path for writer in WRITERS), "/events/summary", "/events/clusters", "/events/countries",
    "/events/index", "/events.svg", "/events.png", "/tiles.json", "/tiles/{z}/{x}/{y}", "/embed",
]  # fmt: skip


def test_every_row_fills_a_field_of_the_filter() -> None:
    fields_of_rows = {row.field for row in FILTER} - QUALIFIERS
    assert fields_of_rows | {"statuses"} == {field.name for field in fields(Filter)}


@pytest.mark.parametrize("row", FILTER, ids=NAMES)
def test_the_example_of_every_row_can_be_read(row: Any) -> None:
    near = {"near": "4.35,50.85"} if row.name == "radius" else {}
    parse_filter({**near, row.name: row.example})


@pytest.mark.parametrize("path", VIEWS)
def test_the_openapi_document_lists_the_filter_for_every_view(server: Any, path: str) -> None:
    operation = server.get("/openapi.json").json()["paths"][path]["get"]
    listed = {parameter["name"] for parameter in operation["parameters"]}
    assert set(NAMES) <= listed


def test_the_command_line_has_an_option_for_every_parameter() -> None:
    options = {option.lstrip("-") for parameter in export.get_params(_context()) for option in parameter.opts}
    assert set(NAMES) <= options


@pytest.mark.parametrize("row", FILTER, ids=NAMES)
def test_an_option_of_the_command_line_reaches_the_filter(row: Any) -> None:
    context = export.make_context("export", ["csv", f"--{row.name}", row.example])
    values = {name: value for name, value in context.params.items() if name != "format_"}
    assert filter_values(values) == {row.name: row.example}


@pytest.mark.parametrize("row", [row for row in FILTER if row.local], ids=lambda row: row.name)
def test_the_columns_answer_what_the_page_answers(row: Any) -> None:
    """A field that is missing from _BY_COLUMNS would send every such query to the database, slowly but correctly."""
    assert not needs_database(parse_filter({row.name: row.example}))


@pytest.mark.parametrize("row", FILTER, ids=NAMES)
def test_an_active_parameter_is_shown_in_words(server: Any, row: Any) -> None:
    """Without its text `chip_NAME` in timeline/web/messages, readers would see the bare name and value."""
    companion = {"radius": {"near": "4.35,50.85"}}.get(row.name, {})
    page = server.get("/", params={**companion, row.name: row.example, "f": "html"}).text
    chips = page.partition('<ul class="chips"')[2].partition("</ul>")[0]
    assert [text for text in re.findall("<bdi>(.*?)</bdi>", chips) if text.startswith(f"{row.name}: ")] == []


def test_the_manual_has_a_row_for_every_parameter() -> None:
    manual = (ROOT / "docs" / "filter.md").read_text("utf-8")
    table = manual.partition("## Parameters")[2].partition("##")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(rows))) == sorted(NAMES)


def test_chips_of_qualified_parameters_follow_the_table() -> None:
    qualified = {row.qualifies: row.name for row in FILTER if row.qualifies}
    assert qualified == filter_links._DEPENDENTS
    assert not set(NAMES) & filter_links._DISPLAY_PARAMETERS
    assert {parameter.name for parameter in SCENE} <= filter_links._DISPLAY_PARAMETERS


def test_a_page_parses_its_filter_once(monkeypatch: pytest.MonkeyPatch, seeded: str) -> None:
    parsed: list[dict[str, str]] = []

    def counting(values: dict[str, str]) -> Filter:
        parsed.append(values)
        return parse_filter(values)

    monkeypatch.setattr(query_module, "parse_filter", counting)
    with TestClient(create_app(Settings(database_url=seeded))) as client:
        page = client.get("/?category=raid,arrest", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert len(parsed) == 1


def test_lists_can_choose_every_property_of_the_schema() -> None:
    assert tuple(schema.PROPERTIES) == items.PROPERTIES


def _context() -> Any:
    return click.Context(export)
