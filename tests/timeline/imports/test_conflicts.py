"""The report of an import lists every conflict with an editor's change, with both values."""

import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec import structs

from db.events.draft import Author
from db.store import Store
from timeline.commands import cli
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

LONG = "The officers searched two houses and a barn near the old mill at the river; and then they left"
TABLE = "id,title,category,date,summary\n" + "".join(f"e{n},Raid {n},raid,2023,{LONG}.\n" for n in range(9))


def take(store: Store, data: str, **options: Any) -> Report:
    importer = Importer(
        store=store, find_candidates=lambda text, country: [], options=Options(publish=True, **options)
    )
    return importer.import_stream("events.csv", io.BytesIO(data.encode()))


def edit(store: Store, id_: str, **fields: Any) -> None:
    stored = store.desk.event(id_)
    store.desk.replace(structs.replace(stored.draft, **fields), stored.revision, Author("Ada"))


@pytest.fixture
def edited(store: Store) -> Store:
    take(store, TABLE)
    for number in range(9):
        edit(store, f"e{number}", title=f"Search {number}")
    return store


def test_every_conflict_is_printed_and_the_events_stay(
    edited: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    (tmp_path / "events.csv").write_text(TABLE)
    for _ in range(2):
        output = CliRunner().invoke(cli, ["import", str(tmp_path / "events.csv"), "--publish"]).output
        for number in range(9):
            stays = f"'e{number}' has 'Search {number}', changed by an editor, which stays"
            assert output.count(f"{stays}; the file has 'Raid {number}'") == 1
        assert "9 unchanged" in output
        assert (
            "9 conflicts with changes of editors, which stay (--overwrite takes the file's values)" in output
        )
    output = (
        CliRunner().invoke(cli, ["import", str(tmp_path / "events.csv"), "--publish", "--overwrite"]).output
    )
    assert "9 updated" in output
    assert "'e3' had 'Search 3', changed by an editor; the file's 'Raid 3' replaces it" in output


def test_a_dry_run_reports_conflicts_and_changes_nothing(edited: Store) -> None:
    report = take(edited, TABLE, dry_run=True, overwrite=True)
    assert (report.updated, report.conflicts.total) == (9, 9)
    assert edited.desk.event("e0").draft.title == "Search 0"
    assert take(edited, TABLE).conflicts.total == 9


def test_long_values_are_quoted_from_their_difference_on(store: Store) -> None:
    take(store, TABLE)
    edit(store, "e1", summary=f"{LONG} in a hurry.")
    (remark,) = take(store, TABLE).conflicts
    assert "has '…; and then they left in a hurry.'" in remark.message
    assert "the file has '…; and then they left.'" in remark.message


def test_what_an_edit_changed_during_the_import_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, TABLE)
    monkeypatch.setattr(
        store, "edited_ids", lambda ids: frozenset()
    )  # as if the edit came after the row was read
    edit(store, "e2", title="Meanwhile")
    (remark,) = take(store, TABLE).conflicts
    assert (remark.at, store.desk.event("e2").draft.title) == ("event 'e2'", "Meanwhile")


def test_all_or_nothing_keeps_what_editors_changed_as_well(edited: Store) -> None:
    report = take(edited, TABLE, all_or_nothing=True)
    assert (report.unchanged, report.conflicts.total) == (9, 9)
