"""Ends at midnight are the end of the day before, where the file shows that they are times."""

import io
import json

import pytest

from db.query.filter import Filter
from db.store import Store
from timeline.imports.importer import Importer
from timeline.imports.options import Options


def dates(store: Store, table: str) -> list[str]:
    options = Options(publish=True, values={"category": "raid"}, dates="dmy")
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
    importer.import_stream("events.csv", io.BytesIO(table.encode()))
    features = [json.loads(feature)["properties"] for feature in store.snapshot(Filter())[1]]
    return sorted(properties["date"] for properties in features)


@pytest.mark.parametrize(("heading", "value"), [
    ("All day event", "True"), ("all_day", "1"), ("allDay", "yes"), ("Ganztägig", "Wahr"),
    ("Ganztägiges Ereignis", "Ein"),
    ("Journée entière", "Vrai"), ("Toute la journée", "oui"), ("Todo el día", "Verdadero"), ("Duurt hele dag", "Waar"),
    ("Giornata intera", "VERO"), ("O dia inteiro", "Verdadeiro"), ("Tot el dia", "sí"),
])  # fmt: skip
def test_an_event_of_whole_days_ends_on_the_day_before_midnight(
    store: Store, heading: str, value: str
) -> None:
    table = f"title,start,start time,end,end time,{heading}\na,21/04/2020,00:00,22/04/2020,00:00,{value}\n"
    assert dates(store, table) == ["2020-04-21"]


@pytest.mark.parametrize(("value", "start", "end"), [
    ("False", "21/04/2020,00:00", "22/04/2020,00:00"),  # midnight may stand for a day here
    ("True", "21/04/2020,", "22/04/2020,"),  # no times: the last day
    ("True", "21/04/2020,00:00", "22/04/2020,18:00"),
])  # fmt: skip
def test_an_end_stays_if_nothing_says_that_it_is_exclusive(
    store: Store, value: str, start: str, end: str
) -> None:
    table = f"title,start,start time,end,end time,All day event\na,{start},{end},{value}\n"
    assert dates(store, table) == ["2020-04-21/2020-04-22"]


def test_an_end_at_midnight_of_the_same_day_stays(store: Store) -> None:
    table = "title,start,start time,end,end time,All day event\na,21/04/2020,00:00,21/04/2020,00:00,True\n"
    assert dates(store, table) == ["2020-04-21"]


def test_midnight_in_iso_is_recognised(store: Store) -> None:
    table = "title,start,end,all day\na,2020-04-21T00:00:00+02:00,2020-04-23T00:00:00+02:00,true\n"
    assert dates(store, table) == ["2020-04-21/2020-04-22"]


def test_a_time_with_its_day_stays_exact(store: Store) -> None:
    table = "title,start,end\na,2020-04-21T20:00,2020-04-22T00:00\nb,2020-05-01T10:00,2020-05-01T12:00\n"
    assert dates(store, table)[0] == "2020-04-21T20:00/2020-04-22T00:00"


@pytest.mark.parametrize("headings", [
    "Subject,Start Date,Start Time,End Date,End Time,All day event,Reminder Date,Reminder Time",
    "Betreff,Beginnt am,Beginnt um,Endet am,Endet um,Ganztägiges Ereignis,Erinnerung am,Erinnerung um",
    "Objet,Début,Début,Fin,Fin,Journée entière,Date de rappel,Heure du rappel",
    "Asunto,Fecha de comienzo,Comienzo,Fecha de finalización,Finalización,Todo el día,Fecha del aviso,Hora del aviso",
    "Oggetto,Data inizio,Ora inizio,Data fine,Ora fine,Giornata intera,Data promemoria,Ora promemoria",
    "Assunto,Data de início,Hora de início,Data de fim,Hora de fim,O dia inteiro,Data do lembrete,Hora do lembrete",
    "Onderwerp,Begindatum,Begintijd,Einddatum,Eindtijd,Duurt hele dag,Herinneringsdatum,Herinneringstijd",
    "Assumpte,Data d'inici,Hora d'inici,Data de finalització,Hora de finalització,Tot el dia,Data del recordatori,x",
])  # fmt: skip
def test_calendars_as_tables_are_read_in_eight_languages(store: Store, headings: str) -> None:
    rows = (
        "a,21/04/2020,0:00:00,24/04/2020,0:00:00,1,20/04/2020,18:00:00\n"
        "b,25/04/2020,20:00:00,26/04/2020,0:00:00,0,25/04/2020,18:00:00\n"
    )
    assert dates(store, f"{headings}\n{rows}") == ["2020-04-21/2020-04-23", "2020-04-25"]


def test_a_file_without_starts_may_have_a_column_without_a_name(store: Store) -> None:
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(undated=True))
    rows = b'[{"title": "a", "category": "raid", "end": "", "": ""}]'
    assert importer.import_stream("events.json", io.BytesIO(rows)).created == 1
