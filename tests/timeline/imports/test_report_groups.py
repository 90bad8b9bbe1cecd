"""The report groups remarks by kind, the rarest first, and a file has all of them."""

import csv
import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner

from timeline.commands import cli
from timeline.imports.remark_groups import MAX_GROUPS, Remark, RemarkGroups
from timeline.imports.report import MAX_REMARKS, Remarks


def remark(message: str, at: str = "line 2", field: str = "date") -> Remark:
    return Remark("a.csv", at, field, "", message)


@pytest.mark.parametrize(("first", "second"), [
    ("'KW 34' is not a date", "'soon' is not a date"),
    ('"it\'s" is not a date', "'soon' is not a date"),
    ("has 3 values for 2 columns", "has 17 values for 2 columns"),
    ("'x' may be the event 'a', 'b'", "'y' may be the event 'it', 'is'"),
])  # fmt: skip
def test_messages_that_differ_in_values_and_numbers_are_of_one_kind(first: str, second: str) -> None:
    assert remark(first).kind == remark(second).kind
    assert remark(first).kind != remark(first, field="title").kind


def test_other_words_are_another_kind() -> None:
    assert remark("'a' is not a date").kind != remark("'a' is in the future").kind


def test_a_group_has_its_number_and_the_first_three_different_messages() -> None:
    groups = RemarkGroups()
    for number, value in enumerate(["a", "a", "b", "c", "d", "e"], 2):
        groups.add(remark(f"{value!r} is bad", at=f"line {number}"))
    (group,) = groups.rarest_first()
    assert group.count == 6
    assert list(group.lines()) == [
        "a.csv, line 2: date: 'a' is bad (2 times, here first)",
        "a.csv, line 4: date: 'b' is bad",
        "a.csv, line 5: date: 'c' is bad",
        "and 2 more of this kind",
    ]


def test_each_unknown_category_is_listed_with_its_number() -> None:
    groups = RemarkGroups()
    for value in ["mill", "church", "mill", "inn", "quay", "farm", "mill"]:
        groups.add(remark(f"{value!r} is not a category", field="category"))
    (group,) = groups.rarest_first()
    assert [line.split("category: ")[1] for line in group.lines()] == [
        "'mill' is not a category (3 times, here first)", "'church' is not a category", "'inn' is not a category",
        "'quay' is not a category", "'farm' is not a category",
    ]  # fmt: skip


def test_the_number_of_kinds_is_limited() -> None:
    groups = RemarkGroups()
    for number in range(MAX_GROUPS + 40):
        groups.add(remark(f"reason {'abcdefghij'[number % 10]}{'x' * (number // 10)}"))
    assert len(groups) == MAX_GROUPS + 1
    assert sum(group.count for group in groups.values()) == MAX_GROUPS + 40


def test_remarks_keep_their_groups_when_a_worker_sends_them() -> None:
    remarks = Remarks()
    for number in range(MAX_REMARKS + 5):
        remarks.append(remark(f"'{number}' is bad"))
    sent: Remarks = pickle.loads(pickle.dumps(remarks))  # the test wrote it
    assert (len(sent), sent.total) == (MAX_REMARKS, MAX_REMARKS + 5)
    assert sent.groups.rarest_first()[0].count == MAX_REMARKS + 5


@pytest.fixture
def folder(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    return tmp_path


def test_a_report_of_ten_thousand_rows_shows_the_rarest_kind_first_and_stays_short(folder: Path) -> None:
    rows = [f"t{number},raid,2023-05-03,https://example.org/{number}" for number in range(10_000)]
    for number in range(0, 10_000, 20):
        rows[number] = f"t{number},raid,2023-13-{number % 28 + 1:02},"
    rows[7_777] = "late,raid,2999-01-01,"
    (folder / "a.csv").write_text("title,category,date,link\n" + "\n".join(rows) + "\n")
    done = CliRunner().invoke(cli, ["import", "a.csv", "--publish", "--report"])
    lines = done.output.splitlines()
    assert len(lines) < 40, done.output
    assert "rejected: 500 of one kind:" in lines
    assert [line for line in lines if "is in the future" in line] == [
        "warning: a.csv, line 7779: date: '2999-01-01' is in the future"
    ]
    with (folder / "a.csv.report.csv").open() as stream:
        kinds = [row["kind"] for row in csv.DictReader(stream)]
    assert (kinds.count("rejected"), kinds.count("warning")) == (500, 1)


def test_no_report_file_is_written_unless_it_is_requested(folder: Path) -> None:
    (folder / "a.csv").write_text("title,category,date\na,raid,2999\n")
    CliRunner().invoke(cli, ["import", "a.csv"])
    assert not (folder / "a.csv.report.csv").exists()
