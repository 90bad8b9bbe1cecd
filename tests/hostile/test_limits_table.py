"""The table of limits in the manual: each number is that of the code, and no limit of the code is missing."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs/operate.md").read_text("utf-8")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \| `([\w.]+)` \|$", re.MULTILINE)
AMOUNT = re.compile(r"([\d,.]+)(?:\s(kB|MB|GB|ms|minutes?|hours?|days?|million)\b)?")
UNITS: dict[str, tuple[float, ...]] = {
    "": (1,), "kB": (1024, 1000), "MB": (1024**2, 1000**2), "GB": (1024**3, 1000**3), "million": (1_000_000,),
    "ms": (0.001,), "minute": (60,), "hour": (3600,), "day": (86_400,),
}  # fmt: skip
# Where requests pass. A constant there that limits something has a name of this form.
REQUEST_PATHS = (
    "timeline/api", "timeline/app.py", "timeline/connections", "timeline/exchange", "timeline/imports/background.py",
    "timeline/imports/job_folders.py", "timeline/imports/mapping_file.py", "timeline/imports/process_limits.py",
    "timeline/imports/report.py", "timeline/imports/worker_main.py", "timeline/readers", "timeline/server.py",
    "timeline/written_dates/reader.py", "db/columns", "db/dates", "db/editing", "db/engines/sqlite/connections.py",
    "db/query", "db/sql", "db/store.py", "db/writing/validation.py",
)  # fmt: skip
LIMIT = re.compile(r"_?MAX_\w+|\w+_SECONDS")
# Constants of that form that limit no request: sizes of our own caches, and what a page shows of a long list.
INTERNAL = {
    "db.columns.cache.COMMIT_SECONDS",
    "timeline.api.http.not_modified.MAX_RESPONSES_REMEMBERED",
    "timeline.api.http.not_modified._MAX_KEY_LENGTH",
    "timeline.app._SWITCH_SECONDS",
    "timeline.api.http.problems._RETRY_SECONDS",
    "timeline.api.http.streaming._ABORT_SECONDS",
    "timeline.api.editors.settle._MAX_CANDIDATES",
    "timeline.api.site.oembed._CACHE_SECONDS",
    "timeline.readers.ical.MAX_EVENTS_QUOTED",
    "timeline.readers.parts.ical_properties.MAX_CHARACTERS_QUOTED",
    "timeline.readers.parts.ical_properties.MAX_VALUES_QUOTED",
    "timeline.readers.parts.timelinejs_sheet.MAX_ROWS_QUOTED",
    "timeline.readers.parts.json_events.MAX_EVENTS_QUOTED",
    "timeline.readers.parts.json_events._MAX_TITLE_CHARACTERS",
    "timeline.readers.parts.nested_lists.MAX_LISTS_REMEMBERED",
    "timeline.readers.parts.nested_lists._MAX_NESTING",
    "timeline.readers.parts.nested_lists._MAX_CHARACTERS_OF_DATE",
    "timeline.readers.geojson.MAX_CHARACTERS_QUOTED",
    "timeline.readers.geojson.MAX_NESTING",
    "timeline.readers.parts.json_items.MAX_EXAMPLES",
    "timeline.readers.parts.json_items._MAX_NAME_CHARACTERS",
    "timeline.readers.parts.json_outline.MAX_ERROR_CHARACTERS",
    "timeline.readers.parts.json_outline.MAX_KEYS",
    "timeline.readers.parts.latin_alphabets._MAX_DOUBTFUL_SCORE",
    "timeline.readers.parts.header_row.MAX_LINES_ABOVE_HEADER",
    "timeline.readers.parts.header_row.MAX_LINES_QUOTED",
    "timeline.readers.parts.broken_files._MAX_CHARACTERS_QUOTED",
    "timeline.readers.sniff._MAX_MIMETYPE_BYTES",
    "timeline.readers.ods._MAX_MANIFEST_BYTES",
    "timeline.readers.archive._MAX_NAMES_QUOTED",
    "timeline.readers.parts.ods_cells._MAX_SPACES",
    "timeline.exchange.double_encoding._MAX_ROUNDS",
    "timeline.exchange.name_lists.MAX_NAMES_LISTED",
    "timeline.imports.report._MAX_CHARACTERS_COMPARED",
    "timeline.readers.parts.grouped_headings._MAX_NAME_CHARACTERS",
    "timeline.readers.parts.latin_alphabets._MAX_WORD_BYTES",
    "timeline.imports.report._MAX_CHANGES",
    "timeline.readers.parts.encoding._MAX_WORDS_QUOTED",
    "timeline.readers.parts.encoding._MAX_LINES_QUOTED",
    "timeline.readers.parts.encoding._MAX_ALTERNATIVES_QUOTED",
    "db.sql.filter_conditions._MAX_MARKS",
    "db.sql.queries.MAX_NEARBY_PINS",
    "db.query.shapes._MAX_BOXES",
    "db.columns.zorder.MAX_LATITUDE",
    "db.columns.block_counts._MAX_CELLS_PER_EVENT",
    "db.columns.cache.MAX_COMPUTATIONS",
    "db.columns.cache.READ_SECONDS",
    "db.columns.cache.SAVE_SECONDS",
    "db.columns.merging_names._MAX_CUTS",
    "db.columns.certainty._MAX_TABLE",
    "db.columns.histogram.MAX_AUTO_BUCKETS",
    "db.columns.refresh.MAX_CHANGED_SHARE",
    "db.columns.splice._MAX_COMPARISONS",
    "db.columns.splice._MAX_SLICES",
    "db.columns.sums._MAX_EXACT",
    "db.columns.sums._MAX_VALUE",
    "db.engines.sqlite.connections._MAX_LOG_PAGES",
}


def rows() -> list[tuple[str, str, str, str]]:
    """Return the rows of the table: what is limited, the limit, what happens beyond it, and the constant."""
    table = MANUAL.partition("## Limits")[2].partition("\n## ")[0]
    return ROW.findall(table)


def amounts(text: str) -> set[float]:
    """Return the numbers that a limit such as `64 kB` may mean; the unit of bytes is binary or decimal."""
    match = AMOUNT.match(text)
    assert match, f"{text!r} does not begin with a number"
    number = float(match[1].replace(",", ""))
    unit = match[2] or ""
    return {number * factor for factor in UNITS[unit if unit in UNITS else unit.removesuffix("s")]}


def limits_of_the_code() -> set[str]:
    """Return the constants in the path of requests whose names are those of limits."""
    names = set()
    for folder in REQUEST_PATHS:
        path = ROOT / folder
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.parse(file.read_text("utf-8")).body:
                targets = getattr(node, "targets", [getattr(node, "target", None)])
                names |= {
                    f"{module}.{target.id}"
                    for target in targets
                    if isinstance(target, ast.Name) and LIMIT.fullmatch(target.id)
                }
    return names


def test_the_table_can_be_read() -> None:
    table = MANUAL.partition("## Limits")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows()) == len(lines) - 1, "each row needs four cells, the last one `package.module.NAME`"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[3])
def test_the_number_of_a_row_is_that_of_the_code(row: tuple[str, str, str, str]) -> None:
    module, _, name = row[3].rpartition(".")
    assert float(getattr(import_module(module), name)) in amounts(row[1]), row


def test_no_limit_of_the_code_is_missing_from_the_table() -> None:
    missing = limits_of_the_code() - {constant for *_, constant in rows()} - INTERNAL
    assert not missing, f"add a row to ## Limits of docs/operate.md for {sorted(missing)}"


def test_the_exceptions_exist() -> None:
    assert limits_of_the_code() >= INTERNAL, INTERNAL - limits_of_the_code()


@pytest.mark.parametrize(
    ("text", "number"),
    [("64 kB", 65_536), ("50 kB", 50_000), ("1 hour", 3600), ("2 days", 172_800), ("1.5 s", 1.5)],
)
def test_a_limit_is_read_with_its_unit(text: str, number: float) -> None:
    assert number in amounts(text)
    assert number + 1 not in amounts(text)
