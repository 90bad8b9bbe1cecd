"""Which columns are the date of the event: by their names in eight languages, and by their values."""

import io
import json
from typing import Any

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.imports.columns.plan import planned
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

DAY, OTHER_DAY, CLOCK = "2024-02-05", "2024-03-09", "13:05"


def columns_of(header: str, *rows: str) -> dict[str, str]:
    names = header.split(";")
    cells = zip(*(row.split(";") for row in rows), strict=True)
    samples = {name: list(values) for name, values in zip(names, cells, strict=True)}
    return {field: "+".join(columns) for field, columns in planned(samples, {}, {}).columns.items()}


def take(store: Store, data: str, name: str = "events.csv", **options: Any) -> Report:
    options = {"publish": True, "values": {"category": "raid"}, **options}
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(**options))
    return importer.import_stream(name, io.BytesIO(data.encode()))


def events(store: Store) -> dict[str, dict[str, Any]]:
    features = [json.loads(feature)["properties"] for feature in store.snapshot(Filter())[1]]
    return {properties["title"]: properties for properties in features}


def dates(store: Store) -> dict[str, str]:
    return {title: properties["date"] for title, properties in events(store).items()}


@pytest.mark.parametrize("name", [
    "FIREDATE", "INCIDENTDATE", "event_dt", "dateoccurred", "DATEOCC", "Alarm Date", "Acquisition date",
    "crash_datetime", "fecha_siniestro", "Fecha del accidente", "data_acidente", "DATAOCORRENCIA",
    "Data dell'avvenimento", "Data dels fets", "date de l'accident", "Unfalldatum", "Tattag", "Ereignisdatum",
    "Datum ongeval", "Datum van het voorval", "Einsatzzeitpunkt", "timestamp", "Timestamp (UTC)", "ts", "time",
    "Zeitstempel", "horodatage", "Marca temporal", "tijdstip", "Date/Time", "Data e Hora", "fechahora",
])  # fmt: skip
def test_a_column_named_like_a_date_is_the_date(name: str) -> None:
    assert columns_of(f"title;{name};number", f"a;{DAY};7").get("date") == name


@pytest.mark.parametrize(("start", "end"), [
    ("begin", "end"), ("from", "to"), ("since", "until"), ("date_start", "date_stop"),
    ("Event begins", "Event ends"), ("fecha_inicio", "fecha_final"), ("Desde", "Hasta"),
    ("date de début", "date de fin"), ("depuis", "jusqu'au"), ("Inici", "Fi"), ("data d'inici", "data de fi"),
    ("Beginn", "Ende"), ("von", "bis"), ("Startdatum", "Enddatum"), ("Anfangsdatum", "Enddatum"),
    ("begindatum", "einddatum"), ("vanaf", "tot"), ("data_inicio", "data_fim"), ("Data inizio", "Data fine"),
    ("dal", "al"), ("STARTDATE", "ENDDATE"),
])  # fmt: skip
def test_columns_named_like_two_ends_are_start_and_end(start: str, end: str) -> None:
    columns = columns_of(f"title;{start};{end}", f"a;{DAY};{OTHER_DAY}")
    assert (columns.get("start"), columns.get("end")) == (start, end)


@pytest.mark.parametrize(("earliest", "latest"), [
    ("date_early", "date_late"), ("earliest", "latest"), ("notBefore", "notAfter"), ("not before", "not after"),
    ("terminus post quem", "terminus ante quem"), ("Earliest Date", "Latest Date"), ("TPQ", "TAQ"),
])  # fmt: skip
def test_columns_named_like_limits_are_the_earliest_and_the_latest_date(earliest: str, latest: str) -> None:
    for row in (f"a;{DAY};{OTHER_DAY}", "a;75;230", "a;-75;1930"):
        columns = columns_of(f"title;{earliest};{latest}", row)
        assert (columns.get("earliest"), columns.get("latest")) == (earliest, latest), row


@pytest.mark.parametrize("names", [
    "year;month;day", "Año;Mes;Día", "année;mois;jour", "Any;Mes;Dia", "Jaar;Maand;Dag", "Jahr;Monat;Tag",
    "Ano;Mês;Dia", "anno;mese;giorno", "Event Year;Event Month;Event Day", "ACC_YEAR;ACC_MONTH;ACC_DAY",
    "iyear;imonth;iday", "Y;M;D", "Unfalljahr;Unfallmonat;Unfalltag", "YEAR_OF_FIRE;MONTH_OF_FIRE;DAY_OF_FIRE",
])  # fmt: skip
def test_year_month_and_day_in_three_columns_are_the_date(names: str) -> None:
    assert columns_of(f"title;{names}", "a;79;8;24").get("date") == names.replace(";", "+")


@pytest.mark.parametrize("names", [
    "Date;Time", "date;heure", "Fecha;Hora", "data;hora", "Data;Ora", "Datum;Uhrzeit", "Datum;Tijd",
    "data_ocorrencia;hora_ocorrencia", "DATE OCC;TIME OCC", "Unfalldatum;Unfallzeit",
])  # fmt: skip
def test_date_and_time_in_two_columns_are_the_date(names: str) -> None:
    assert columns_of(f"title;{names}", f"a;{DAY};{CLOCK}").get("date") == names.replace(";", "+")


@pytest.mark.parametrize("header", [
    "published", "Publication date", "created_at", "Updated", "Fecha de publicación", "date de mise à jour",
    "erstellt am", "Veröffentlichungsdatum", "data_atualizacao", "Data di pubblicazione", "publicatiedatum",
    "laatst gewijzigd", "birth_date", "approved on;rejected on", "acquisition_date;sale_date",
    "vaccination_ts;discharge_ts", "colA;colB",
])  # fmt: skip
def test_dates_of_the_record_and_rival_dates_are_named_and_not_chosen(header: str) -> None:
    samples = {"title": ["a"], **{name: [DAY] for name in header.split(";")}}
    plan = planned(samples, {}, {})
    assert not plan.columns.keys() - {"title"}
    for name in header.split(";"):
        assert any(name in sentence and "=date" in sentence for sentence in plan.unused), plan.unused


@pytest.mark.parametrize(("header", "row", "date"), [
    ("INCIDENTDATE;approval_date", f"{DAY};{OTHER_DAY}", "INCIDENTDATE"),
    ("created;FIREDATE;updated_at", f"{OTHER_DAY};{DAY};{OTHER_DAY}", "FIREDATE"),
    ("data_ocorrencia;data_morte", f"{DAY};{OTHER_DAY}", "data_ocorrencia"),
    ("Timestamp;Date of the incident", f"{OTHER_DAY};{DAY}", "Date of the incident"),
    ("column 7;amount", f"{DAY};12", "column 7"), ("FIRE_YEAR;FIREDATE", f"2024;{DAY}", "FIREDATE"),
    ("Year;Date of approval", "2024;2031-02-01", "Year"),
])  # fmt: skip
def test_the_name_that_says_more_is_the_date(header: str, row: str, date: str) -> None:
    assert columns_of(header, row).get("date") == date


@pytest.mark.parametrize(("header", "row"), [
    ("from;to", "Ghent;Bruges"), ("min;max", "120;340"), ("year", "12"), ("runtime", "01:30"), ("candidate", "Jo"),
    ("phone", "1683072000"), ("code", "1683072000123"), ("open;close", "yes;no"), ("number", "20230503"),
])  # fmt: skip
def test_other_values_are_not_dates_whatever_their_column_is_called(header: str, row: str) -> None:
    assert not columns_of(f"title;{header}", f"a;{row}").keys() - {"title", "id"}


@pytest.mark.parametrize(
    "name",
    ["ts", "time", "epoch", "event_time_ms", "unix_timestamp", "occurred", "eventTime", "fecha", "Zeit"],
)
@pytest.mark.parametrize(("number", "date"), [
    ("1683072123", "2023-05-03T00:02:03Z"), ("1683072000123", "2023-05-03T00:00:00Z"),
    ("-315619200000", "1960-01-01"),
])  # fmt: skip
def test_numbers_since_1970_are_read_under_any_name_that_says_time(
    store: Store, name: str, number: str, date: str
) -> None:
    take(store, json.dumps([{"title": "a", name: int(number)}]), "events.json")
    assert dates(store) == {"a": date}


def test_an_odd_value_does_not_blank_its_column(store: Store) -> None:
    take(store, "title,Year\na,476\nb,c. 1500\nc,1969\nd,1066?\ne,unknown\n")
    assert dates(store) == {"a": "0476", "b": "1500~", "c": "1969", "d": "1066?", "e": None}


def test_an_odd_value_among_numbers_since_1970_rejects_its_row_only(store: Store) -> None:
    report = take(store, "title,ts\na,1683072123\nb,1683072124\nc,pending\n")
    assert dates(store) == {"a": "2023-05-03T00:02:03Z", "b": "2023-05-03T00:02:04Z"}
    assert [remark.value for remark in report.rejected] == ["pending"]


def test_a_doubtful_year_with_month_and_day_is_the_year_and_the_rest_is_data(store: Store) -> None:
    take(store, "title,Year,Month,Day\na,1492?,10,12\nb,1500,3,4\n")
    assert dates(store) == {"a": "1492?", "b": "1500-03-04"}
    assert events(store)["a"]["data"] == {"Month": "10", "Day": "12"}


@pytest.mark.parametrize(("day", "date"), [
    ("3 May", "2019-05-03"), ("May 3", "2019-05-03"), ("3 de mayo", "2019-05-03"), ("25/12", "2019-12-25"),
    ("25.12.", "2019-12-25"), ("3. Mai", "2019-05-03"), ("8-10 May", "2019-05-08/2019-05-10"),
])  # fmt: skip
def test_a_day_without_a_year_takes_it_from_the_column_of_years(store: Store, day: str, date: str) -> None:
    take(store, f"title,Date,Year\na,{day},2019\n")
    assert dates(store) == {"a": date}


@pytest.mark.parametrize(("name", "text"), [
    ("Dating", "c. 1650"), ("Datierung", "um 1650"), ("Cronología", "siglo XV"), ("Datació", "segle XV"),
    ("Période", "1850-1900"), ("Datazione", "XV secolo"),
])  # fmt: skip
def test_vague_dates_are_found_by_their_names(name: str, text: str) -> None:
    assert columns_of(f"title;{name}", f"a;{text}").get("date") == name


def test_a_day_without_a_year_is_named_as_a_possible_date() -> None:
    plan = planned({"title": ["a"], "Fecha": ["3 May"]}, {}, {})
    assert any("Fecha" in sentence and "3 May" in sentence for sentence in plan.unused)


@pytest.mark.parametrize(("day", "time", "date"), [
    ("2024-02-05", "13:05", "2024-02-05T13:05:00"), ("2024-02-05", "", "2024-02-05"),
    ("05/02/2024", "13:05", "2024-02-05"), ("2024-02-05", "1305", "2024-02-05T13:05:00"),
    ("2024-02-05 00:00:00", "13:05", "2024-02-05T13:05:00"), ("2024-02-05", "at dusk", "2024-02-05"),
    ("2024-02-05T09:00", "13:05", "2024-02-05T09:00"),
])  # fmt: skip
def test_a_time_of_day_is_added_to_its_day_or_kept_as_data(
    store: Store, day: str, time: str, date: str
) -> None:
    rows = "".join(f"{letter},2024-02-01,08:00\n" for letter in "bcd") + f"a,{day},{time}\n"
    take(store, f"title,date,time\n{rows}", dates="dmy")
    event = events(store)["a"]
    assert event["date"] == date
    if time and "T13" not in date:
        assert (
            time in event["data"].values()
            or f"{day} {time}" in event["data"].values()
            or time in str(event["data"])
        )


@pytest.mark.parametrize(("start", "end", "date", "is_kept"), [
    ("1850", "before 1900", "1850/1899?", True), ("1850", "by 1900", "1850/1900?", True),
    ("1850", "after 1900", "1850/..", True), ("after 1849", "1900", "1850?/1900", True),
    ("before 1850", "1900", "../1900", True), ("since 2010", "", "2010/..", False),
    ("since 2010", "2015", "2010/2015", True), ("1850", "until 1900", "1850/1900", True),
    ("between 1850 and 1855", "1900", "1850?/1900", True), ("1850", "c. 1900", "1850/1900~", False),
    ("1850", "..", "1850/..", False), ("1850", "present", "1850/..", False), ("1850", "ongoing", "1850/..", False),
    ("1850", "en curso", "1850/..", False), ("1850", "heute", "1850/..", False), ("1850", "", "1850", False),
    ("1850", "Actualidad", "1850/..", False), ("1850", "aujourd'hui", "1850/..", False),
])  # fmt: skip
def test_limits_and_open_ends_in_the_columns_of_an_interval(
    store: Store, start: str, end: str, date: str, is_kept: bool
) -> None:
    report = take(store, f"title,start,end\na,{start},{end}\n")
    assert not report.rejected
    event = events(store)["a"]
    assert event["date"] == date
    assert bool(event["data"]) == is_kept


@pytest.mark.parametrize(("earliest", "latest", "date"), [
    ("1", "200", "[0001..0200]"), ("-250", "-150", "[-0249..-0149]"),
    ("2020-03-01", "2020-04", "[2020-03-01..2020-04]"), ("350", "350", "0350"), ("350", "", "[0350..]"),
    ("", "350", "[..0350]"), ("c. 1350", "1400", "[1350~..1400]"),
])  # fmt: skip
def test_an_earliest_and_a_latest_date_are_one_date_between_them(
    store: Store, earliest: str, latest: str, date: str
) -> None:
    take(store, f"title,date_early,date_late\nb,100,200\nc,300,400\na,{earliest},{latest}\n")
    assert dates(store)["a"] == date


def test_a_latest_date_before_the_earliest_rejects_the_row(store: Store) -> None:
    report = take(store, "title,date_early,date_late\na,300,200\n")
    assert "'200' is before the earliest date, '300'" in report.rejected[0].message


def test_a_time_without_a_date_is_kept_as_data(store: Store) -> None:
    take(store, "title,date,time\na,unknown,13:05\nb,2024-01-02,14:00\nc,,15:00\n")
    assert (dates(store)["a"], events(store)["a"]["data"]) == (None, {"time": "13:05"})
    assert (dates(store)["c"], events(store)["c"]["data"]) == (None, {"time": "15:00"})


def test_day_month_and_year_may_be_mapped_in_any_order(store: Store) -> None:
    take(store, "title,d,m,j\na,3,5,2019\nb,,5,2019\n", columns={"d,m,j": "date"})
    assert dates(store)["a"] == "2019-05-03"
