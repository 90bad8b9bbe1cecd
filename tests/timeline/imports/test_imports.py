"""Import tables as newsrooms have them: columns by name and content, dates by evidence, rejected rows corrected."""

import csv
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from db.query.filter import Filter
from db.store import Store
from geo.geocoders.offline import offline_candidate_finder
from geo.place import FindCandidates
from geo.resolver.resolver import Resolver
from timeline.commands import cli
from timeline.errors import BadFile
from timeline.imports.columns.plan import planned
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

Run = Callable[..., Result]


def take(store: Store, data: str, find_offline: FindCandidates | None = None, **options: Any) -> Report:
    importer = Importer(
        store=store,
        find_candidates=lambda text, country: [],
        find_offline=find_offline,
        options=Options(publish=True, **options),
    )
    return importer.import_stream("events.csv", io.BytesIO(data.encode()))


def only(store: Store) -> dict[str, Any]:
    (feature,) = store.snapshot(Filter())[1]
    properties: dict[str, Any] = json.loads(feature)["properties"]
    return properties


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)

    def call(*args: object, **kwargs: Any) -> Result:
        return CliRunner().invoke(cli, [str(arg) for arg in args], **kwargs)

    assert call("migrate").exit_code == 0
    return call


def columns_of(header: str, *rows: str, **mapped: str) -> dict[str, tuple[str, ...]]:
    names = header.split(",")
    columns = zip(*(row.split(",") for row in rows), strict=True)
    samples = {name: list(values) for name, values in zip(names, columns, strict=True)}
    return dict(planned(samples, mapped, {}, {"raid"}.__contains__).columns)


@pytest.mark.parametrize(("header", "row", "expected"), [
    ("Event Name,Incident Date,Latitude,LNG", "a,2020,1,2",
     {"title": "Event Name", "date": "Incident Date", "lat": "Latitude", "lon": "LNG"}),
    ("Titular,Fecha,Municipio,Provincia,País", "a,3 de mayo de 2020,b,c,España",
     {"title": "Titular", "date": "Fecha", "city": "Municipio", "admin1": "Provincia", "country": "País"}),
    ("titre,dateDebut,dateFin,lieu", "a,2020,2021,b",
     {"title": "titre", "start": "dateDebut", "end": "dateFin", "place": "lieu"}),
    ("name,death_date,type", "a,2020,shooting", {"title": "name", "date": "death_date"}),
    ("name,type,link,source", "a,raid,https://example.org/a,Times",
     {"title": "name", "category": "type", "source_url": "link", "source_title": "source"}),
    ("name,source", "a,https://example.org/a", {"title": "name", "source_url": "source"}),
    ("headline,name", "a,b", {"title": "headline"}),
    ("title,birth_date,death_date", "a,1950,2020", {"title": "title"}),
])  # fmt: skip
def test_columns_are_assigned_to_fields_by_name_and_value(
    header: str, row: str, expected: dict[str, str]
) -> None:
    assert columns_of(header, row) == {field: (column,) for field, column in expected.items()}


def test_year_month_and_day_make_a_date() -> None:
    columns = columns_of("title,month,day,year", "a,February,23,2015")
    assert columns["date"] == ("year", "month", "day")


@pytest.mark.parametrize("names", [
    "an,mois,jour", "Année,Mois,Jour", "año,mes,día", "anio,mes,dia", "any,mes,dia", "Jahr,Monat,Tag", "y,m,d",
    "YYYY,MM,DD", "event_year,event_month,event_day", "anno,mese,giorno", "ano_evento,mes_evento,dia_evento",
    "an_naissance,an,mois,jour",
])  # fmt: skip
def test_parts_of_a_date_are_found_in_several_languages(names: str) -> None:
    columns = names.split(",")
    row = ["a", *["1950"] * (len(columns) - 3), "2015", "2", "23"]
    assert columns_of(f"title,{names}", ",".join(row))["date"] == tuple(columns[-3:])


def test_columns_named_like_parts_of_a_date_but_without_years_are_not_dates() -> None:
    assert "date" not in columns_of("title,y,m", "a,2015,3")
    assert "date" not in columns_of("title,an,mois", "a,12,3")


@pytest.mark.parametrize(("row", "date"), [("2015.0,2.0,23.0", "2015-02-23"), ("2015.0,2.0,", "2015-02")])
def test_parts_of_a_date_such_as_2_0_are_whole_numbers(store: Store, row: str, date: str) -> None:
    take(store, f"title,category,year,month,day\na,raid,{row}\n")
    assert only(store)["date"] == date


def test_a_month_beyond_december_is_not_a_season(store: Store) -> None:
    report = take(store, "title,category,year,month,day\na,raid,2015,21,\n")
    assert "'21' is not a month" in report.rejected[0].message


@pytest.mark.parametrize(("row", "date"), [
    ("2015,February,23", "2015-02-23"), ("2015,2,3", "2015-02-03"), ("2015,2,0", "2015-02"), ("2015,,7", "2015"),
])  # fmt: skip
def test_unknown_parts_of_a_date_are_left_out(store: Store, row: str, date: str) -> None:
    take(store, f"title,category,year,month,day\na,raid,{row}\n")
    assert only(store)["date"] == date


def test_columns_that_are_not_fields_are_data(store: Store) -> None:
    take(store, "title,category,status,precision\na,raid,closed,high\n")
    assert only(store)["data"] == {"status": "closed", "precision": "high"}


def test_a_verification_of_yes_and_no_goes_into_data_and_the_plan_says_so(store: Store) -> None:
    report = take(store, "title,category,verification\na,raid,yes\nb,raid,no\n")
    assert report.created == 2
    features = map(json.loads, store.snapshot(Filter())[1])
    assert sorted(each["properties"]["data"]["verification"] for each in features) == ["no", "yes"]
    lines = planned({"title": ["a", "b"], "verification": ["yes", "no"]}, {}, {}).lines()
    assert "not used: verification, which is called like verification but holds values such as 'yes'" in lines


def test_several_columns_make_one_field(store: Store) -> None:
    take(store, "first,last,category\nAda,Li,raid\n", columns={"first,last": "title"})
    assert only(store)["title"] == "Ada Li"


def test_a_street_names_the_place_whose_coordinates_are_given(store: Store) -> None:
    take(store, "title,category,lat,lon,address,city\na,raid,50.93,5.34,Main St 1,Hasselt\n")
    assert only(store)["place"] == "Main St 1, Hasselt"


def test_a_column_of_dates_proves_its_order(store: Store) -> None:
    take(store, "title,category,date\na,raid,03/04/2021\nb,raid,13/04/2021\n")
    dates = {json.loads(feature)["properties"]["date"] for feature in store.snapshot(Filter())[1]}
    assert dates == {"2021-04-03", "2021-04-13"}


def test_a_column_that_does_not_prove_the_order_of_its_dates_is_refused_with_both_options(
    store: Store,
) -> None:
    data = "title,category,date\na,raid,03/04/2021\n"
    with pytest.raises(BadFile, match=r"'date'.*2021-04-03 \(--dates dmy\) or 2021-03-04 \(--dates mdy\)"):
        take(store, data)
    take(store, data, dates="mdy")
    assert only(store)["date"] == "2021-03-04"


def test_a_date_that_says_more_than_edtf_is_also_stored_in_data(store: Store) -> None:
    take(store, "title,category,date\na,raid,early May 2023\n")
    properties = only(store)
    assert (properties["date"], properties["data"]) == ("2023-05", {"date": "early May 2023"})


def test_swapped_columns_are_refused(store: Store) -> None:
    rows = "".join(f"a{n},raid,{-118 + n / 10},34\n" for n in range(9))
    with pytest.raises(BadFile, match="--map lat=lon --map lon=lat"):
        take(store, "title,category,lat,lon\n" + rows)
    rows = "".join(f"a{n},raid,5.{n},50.9,BE\n" for n in range(9))
    with pytest.raises(BadFile, match="rows are in their country or place only the other way round"):
        take(store, "title,category,lat,lon,country\n" + rows)


def test_one_swapped_row_is_rejected(store: Store) -> None:
    rows = "".join(f"a{n},raid,50.9,5.{n},BE\n" for n in range(9))
    report = take(store, f"title,category,lat,lon,country\n{rows}b,raid,5.3,50.9,BE\n")
    assert (report.created, [remark.at for remark in report.rejected]) == (9, ["line 11"])


def test_coordinates_are_compared_with_the_name_of_their_place(store: Store, resolver: Resolver) -> None:
    find_offline = offline_candidate_finder(resolver)
    right = "".join(f"a{n},raid,50.9,5.{n},Hasselt\n" for n in range(9))
    others = (
        'c,raid,33.6609,-95.5555,Paris\nd,raid,10.0,10.5,"Kano, Nigeria"\ne,raid,4.35,50.85,Nowhere known\n'
    )
    report = take(
        store, f"title,category,lat,lon,place\n{right}b,raid,4.35,50.85,Brussels\n{others}", find_offline
    )
    assert [(remark.at, "are lat and lon swapped?" in remark.message) for remark in report.rejected] == [
        ("line 11", True)
    ]
    assert report.created == 12
    scattered = "".join(f"a{n},raid,{n}.5,{80 - n}.5,Hasselt\n" for n in range(20))
    report = take(
        store, f"title,category,lat,lon,place\n{scattered}b,raid,4.35,50.85,Brussels\n", find_offline
    )
    assert report.created == 21  # the names of these places do not say where the points are
    swapped = "".join(f"a{n},raid,5.{n},50.9,Hasselt\n" for n in range(9))
    with pytest.raises(BadFile, match="--map lat=lon --map lon=lat"):
        take(store, "title,category,lat,lon,place\n" + swapped, find_offline)


def test_coordinates_0_0_are_left_out_with_a_warning(store: Store) -> None:
    report = take(store, "title,category,lat,lon\na,raid,0,0\n")
    assert (report.created, report.warnings[0].value) == (1, "0, 0")
    assert only(store)["place"] is None


def test_rejected_rows_can_be_corrected_and_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('title,category,date,x\na,raid,2020,1\n"b, c",raid,soon,2\n')
    result = run("import", "a.csv", "--publish")
    assert (result.exit_code, "1 created" in result.stdout) == (1, True)
    rejected = tmp_path / "a.csv.rejected.csv"
    header, row = csv.reader(rejected.read_text().splitlines())
    assert (header, row[:4]) == (["title", "category", "date", "x", "reason"], ["b, c", "raid", "soon", "2"])
    assert row[4].startswith("line 3: date: 'soon' cannot be read")
    rejected.write_text(rejected.read_text().replace(",soon,", ",2021,"))
    again = run("import", rejected, "--publish", "--map", "x=note").output
    assert ("1 created" in again, "note ← x" in again, "'reason' with the reasons" in again) == (
        True,
        True,
        True,
    )
    assert {json.loads(line).get("note") or json.loads(line)["data"]["x"] for line in _properties(run)} == {
        "1",
        "2",
    }
    assert all("reason" not in line for line in _properties(run))


def _properties(run: Run) -> list[str]:
    collection = json.loads(run("export", "geojson").stdout)
    return [json.dumps(feature["properties"]) for feature in collection["features"]]


def test_strict_is_all_or_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,category,date\na,raid,2020\nb,raid,soon\n")
    result = run("import", "a.csv", "--strict", "--publish")
    assert (result.exit_code, _properties(run)) == (1, [])
    assert "nothing was written" in result.stdout
    assert not (tmp_path / "a.csv.rejected.csv").exists()


def test_a_mapping_is_saved_and_used_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("what,on\na,03/04/2021\n")
    options = ["--map", "what=title", "--map", "on=date", "--set", "category=raid", "--dates", "dmy"]
    assert run("import", "a.csv", *options, "--save-mapping", "m.yaml", "--dry-run").exit_code == 0
    result = run("import", "a.csv", "--mapping", "m.yaml", "--publish")
    assert "plan: title ← what; date ← on (dmy); category = raid" in result.stderr
    assert json.loads(_properties(run)[0])["date"] == "2021-04-03"


@pytest.mark.parametrize(("text", "message"), [
    ("map: [a]", "map is not a mapping"), ("map: {a: titel}", "no field 'titel'"), ("x: 1", "no key 'x'"),
    ("dates: ydm", "expected dmy, mdy or ymd"), ("country: Atlantis", "not the name or code of a country"),
    ("a: [", "is not YAML"),
])  # fmt: skip
def test_a_bad_mapping_file_is_refused_with_the_reason(
    run: Run, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.csv").write_text("title,category\na,raid\n")
    (tmp_path / "m.yaml").write_text(text)
    result = run("import", "a.csv", "--mapping", "m.yaml")
    assert (result.exit_code, message in result.stderr) == (1, True)


def test_a_named_pipe_is_read(run: Run, tmp_path: Path) -> None:
    """Bash makes such a pipe for `<(zcat events.csv.gz)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(
        target=pipe.write_text, args=("title,category,date\na,raid,2020\nb,raid,soon\n",)
    )
    writer.start()
    assert "1 created" in run("import", str(pipe), "--publish").stdout
    writer.join()
    assert (tmp_path / "standard-input.rejected.csv").exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_the_error_for_broken_json_quotes_the_place(store: Store, number: str) -> None:
    data = f'[{{"title": "a", "category": "raid", "lat": {number}, "lon": 3}}]'
    importer = Importer(store=store, find_candidates=lambda text, country: [])
    with pytest.raises(BadFile, match=rf"near .*{number}.*for a missing number write null"):
        importer.import_stream("events.json", io.BytesIO(data.encode()))


@pytest.mark.parametrize("data", [
    "title,category\na,raid\n",
    '{"type": "Feature", "geometry": null, "properties": {"title": "a", "category": "raid"}}',
])  # fmt: skip
def test_standard_input_is_read(run: Run, data: str) -> None:
    assert "1 created" in run("import", "-", "--publish", input=data).stdout


def test_probable_duplicates_are_imported_with_a_warning(store: Store) -> None:
    header = "id,title,category,date,lat,lon\n"
    take(store, header + "a,Raid on a warehouse in Hasselt,raid,2020-05-01,50.93,5.34\n")
    rows = (
        "b,Raid on a warehouse at Hasselt,raid,2020-05-01,50.95,5.33\n"
        "c,Raid on a warehouse in Hasselt,raid,2020-05-02,50.93,5.34\n"
        "d,Raid on a warehouse in Hasselt,raid,2020-05-01,51.30,5.34\n"
        "e,Three arrests,raid,2020-05-01,50.93,5.34\n"
        "f,three arrests!,raid,2020-05-01,50.93,5.34\n"
    )
    report = take(store, header + rows)
    assert report.created == 5
    assert [(remark.at, remark.message.split("'")[1]) for remark in report.warnings] == [
        ("line 2", "a"),
        ("line 6", "e"),
    ]


def test_a_dry_run_shows_what_would_be_created_and_changed(
    database_url: str, tmp_path: Path, monkeypatch: Any
) -> None:
    table = tmp_path / "raids.csv"
    table.write_text(
        "id,title,date,place,category,dogs\na1,First,2021-05-03,Utrecht,raid,3\n", encoding="utf-8"
    )
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    run = CliRunner()
    output = run.invoke(cli, ["import", str(table), "--dry-run"]).output
    assert "would create a1: 'First', 2021-05-03, Utrecht" in output
    run.invoke(cli, ["import", str(table)])
    assert "would " not in run.invoke(cli, ["import", str(table), "--dry-run"]).output.replace("would be", "")
    table.write_text("id,title,date,place,category,dogs\na1,First,2021-05,Antwerp,raid,\n", encoding="utf-8")
    (line,) = [
        line
        for line in run.invoke(cli, ["import", str(table), "--dry-run"]).output.splitlines()
        if line.startswith("would update")
    ]
    assert "title" not in line
    assert "date: '2021-05-03' -> '2021-05'" in line
    assert "places: Utrecht" in line
    assert "Antwerp (51." in line
    assert "data.dogs: '3' -> nothing" in line


def test_a_file_is_read_in_the_encoding_of_the_option(store: Store) -> None:
    data = "title,date,category\nŁódź: pięć osób,2021-05-03,raid\n".encode("cp1250")
    options = Options(publish=True, encoding="windows-1250")
    report = Importer(store=store, find_candidates=lambda text, country: [], options=options).import_stream(
        "a.csv", io.BytesIO(data)
    )
    assert not report.warnings
    (feature,) = store.snapshot(Filter())[1]
    assert json.loads(feature)["properties"]["title"] == "Łódź: pięć osób"


def test_a_file_that_is_not_in_the_encoding_of_the_option_is_refused(store: Store) -> None:
    options = Options(encoding="utf-16")
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
    with pytest.raises(BadFile, match="is not utf-16"):
        importer.import_stream("a.csv", io.BytesIO(b"title,date,category\nA,2021-05-03,raid\n!"))
    with pytest.raises(BadFile, match="expected --encoding only for CSV files"):
        importer.import_stream("a.json", io.BytesIO(b"[]"))


def test_a_warning_of_a_guessed_encoding_quotes_words_with_accents(store: Store) -> None:
    data = "title,date,category\nLa Peña de Muñoz,2021-05-03,raid\n".encode("latin-1")
    options = Options(publish=True)
    report = Importer(store=store, find_candidates=lambda text, country: [], options=options).import_stream(
        "a.csv", io.BytesIO(data)
    )
    (warning,) = report.warnings
    assert "'Peña', 'Muñoz'" in str(warning)
    assert "--encoding" in str(warning)


def test_each_line_of_a_file_with_two_encodings_is_read_in_its_own(store: Store) -> None:
    rows = [
        b"title,date,category\n",
        "Łódź,2021-05-03,raid\n".encode(),
        "Muñoz,2021-05-04,raid\n".encode("cp1252"),
    ]
    options = Options(publish=True)
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
    report = importer.import_stream("a.csv", io.BytesIO(b"".join(rows)))
    (warning,) = report.warnings
    assert "is not UTF-8 on line" in str(warning)
    titles = {json.loads(feature)["properties"]["title"] for feature in store.snapshot(Filter())[1]}
    assert titles == {"Łódź", "Muñoz"}


def test_a_probable_duplicate_is_reported_once_and_not_at_every_import(store: Store) -> None:
    table = (
        "id,title,date,lat,lon,category\n"
        "a,Raid on a laboratory in Hasselt,2021-05-03,50.93,5.34,raid\n"
        "b,Raid on laboratory in Hasselt,2021-05-03,50.94,5.34,raid\n"
    )
    assert ["may be the event 'a'" in str(remark) for remark in take(store, table).warnings] == [True]
    assert list(take(store, table).warnings) == []


def test_a_cell_with_semicolons_contains_several_places(store: Store) -> None:
    texts: list[str] = []

    def find_candidates(text: str, country: str | None) -> list[Any]:
        texts.append(text)
        return []

    importer = Importer(store=store, find_candidates=find_candidates, options=Options(publish=True))
    importer.import_stream("a.csv", io.BytesIO(b"title,date,category,place\nA,2021,raid,Ghent; Antwerp ;\n"))
    assert sorted(texts) == ["Antwerp", "Ghent"]


def test_a_column_of_dates_that_may_mean_something_else_gets_a_warning(store: Store) -> None:
    report = take(
        store, "title,category,season\na,raid,2019-20\nb,raid,2020-21\n", columns={"season": "date"}
    )
    assert report.created == 2
    (warning,) = report.warnings
    assert (warning.at, warning.field) == ("file", "date")
    assert (
        "column 'season': 1 date such as '2020-21' is a part of a year in EDTF (spring 2020)"
        in warning.message
    )


@pytest.mark.parametrize(("name", "date"), [
    ("Date (month/day/year)", "2021-03-04"), ("Date (DD/MM/YYYY)", "2021-04-03"), ("fecha dd/mm/aaaa", "2021-04-03"),
    ("date_jj_mm_aaaa", "2021-04-03"), ("date mm-dd-yyyy", "2021-03-04"), ("data (dia/mes/any)", "2021-04-03"),
])  # fmt: skip
def test_a_heading_may_state_the_order_of_its_dates(store: Store, name: str, date: str) -> None:
    take(store, f"title,category,{name}\na,raid,03/04/2021\n", columns={name: "date"})
    assert only(store)["date"] == date


def test_a_heading_that_its_dates_contradict_is_refused(store: Store) -> None:
    name = "date (dd/mm/yyyy)"
    with pytest.raises(
        BadFile, match="says dmy, but '03/31/2021' has the month first; choose the order, such as --dates mdy"
    ):
        take(store, f"title,category,{name}\na,raid,03/31/2021\nb,raid,03/04/2021\n", columns={name: "date"})


def test_the_template_of_titles_is_saved_in_a_mapping_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("category,date\nraid,2022\n")
    template = "{category} in {place}, {date}"
    saved = run("import", "a.csv", "--title", template, "--save-mapping", "m.yaml", "--dry-run")
    assert (saved.exit_code, template in (tmp_path / "m.yaml").read_text()) == (0, True)
    assert "1 created" in run("import", "a.csv", "--mapping", "m.yaml", "--publish").stdout
    refused = run("import", "a.csv", "--title", "{datum}")
    assert (refused.exit_code, "did you mean {date}?" in refused.stderr) == (2, True)
