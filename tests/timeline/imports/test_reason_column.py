"""The column of reasons in a file of rejected rows is ours; a column of that name in another file is the user's."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from tests.timeline.imports.test_importer import features, find_candidates
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.rejected_rows import RejectedRows
from timeline.imports.report import Report


def import_file(store: Store, path: Path, **options: Any) -> Report:
    with RejectedRows(path) as rejects:
        importer = Importer(
            store=store,
            find_candidates=find_candidates,
            options=Options(publish=True, **options),
            on_reject=rejects.add,
        )
        return importer.import_file(path)


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def data(store: Store) -> list[dict[str, Any]]:
    return [feature["properties"]["data"] for feature in features(store)]


@pytest.mark.parametrize("name", ["a.csv.rejected.csv", "corrected.csv"])
def test_the_reasons_of_an_earlier_import_are_not_published(store: Store, tmp_path: Path, name: str) -> None:
    names, *rows = [
        ["title", "category", "date", "x"],
        ["a", "raid", "2020-13", "1"],
        ["b", "raid", "soon", "2"],
    ]
    import_file(store, write(tmp_path / "a.csv", names, *rows))
    corrected = (
        (tmp_path / "a.csv.rejected.csv")
        .read_text()
        .replace("2020-13,", "2020-12,")
        .replace(",soon,", ",2021,")
    )
    (tmp_path / name).write_text(corrected)
    report = import_file(store, tmp_path / name)
    assert (report.created, data(store)) == (2, [{"x": "1"}, {"x": "2"}])
    assert "'reason' with the reasons of an earlier import" in report.warnings[0].message
    # The ids are those of rows without a reason, so that correcting the first file changes nothing either.
    again = import_file(store, write(tmp_path / "a.csv", names, ["a", "raid", "2020-12", "1"]))
    assert again.unchanged == 1


@pytest.mark.parametrize("reason", ["no permit", "line 4: a signal failed", "Metro 2: power cut"])
def test_a_column_of_reasons_of_the_user_is_data(store: Store, tmp_path: Path, reason: str) -> None:
    rows = [["a", "raid", reason], ["b", "raid", reason], ["c", "raid", ""]]
    import_file(store, write(tmp_path / "strikes.csv", ["title", "category", "reason"], *rows))
    assert data(store) == [{"reason": reason}, {"reason": reason}, {}]


def test_rejected_rows_keep_all_points_and_values_beyond_the_columns(store: Store, tmp_path: Path) -> None:
    points = {"type": "MultiPoint", "coordinates": [[5.1, 51.2], [5.3, 51.4]]}
    properties = {"title": "a", "category": "raid", "date": "2020-13"}
    feature = {"type": "Feature", "geometry": points, "properties": properties}
    (tmp_path / "a.geojsonl").write_text(json.dumps(feature))
    import_file(store, tmp_path / "a.geojsonl")
    (row,) = csv.DictReader((tmp_path / "a.geojsonl.rejected.csv").read_text().splitlines())
    assert json.loads(row["geometry"]) == points
    import_file(store, write(tmp_path / "b.csv", ["title", "category"], ["a", "raid", "", "lost?"]))
    (row,) = csv.DictReader((tmp_path / "b.csv.rejected.csv").read_text().splitlines())
    assert row["column 4"] == "lost?"


def test_rejected_rows_keep_a_column_of_reasons_of_the_user(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", ["title", "category", "date", "reason"], ["a", "raid", "soon", "no permit"]
    )
    import_file(store, path)
    rejected = tmp_path / "a.csv.rejected.csv"
    header, row = csv.reader(rejected.read_text().splitlines())
    assert (header[3:], row[3], row[4][:13]) == (["reason", "reason (2)"], "no permit", "line 2: date:")
    rejected.write_text(rejected.read_text().replace(",soon,", ",2021,"))
    import_file(store, rejected)
    assert data(store) == [{"reason": "no permit"}]
