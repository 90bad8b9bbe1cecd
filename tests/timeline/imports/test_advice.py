"""Every option that a message of an import proposes works, followed to the letter, on the file of the message."""

import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from db.store import Store
from timeline.commands import cli
from timeline.imports.options import VALUE_OPTIONS

MAX_QUESTIONS = 4  # that one file may ask one after another
_WORD = r"(?:'(?:[^']|'\"'\"')*'|[^\s;)]+)"
_OPTION = re.compile(rf"--([a-z][a-z-]*)(?: ({_WORD}))?")


def two_sheets() -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for name in ("North side", "South side"):
        sheet = book.create_sheet(name)
        for row in (["title", "category", "date", "place"], [f"Raid {name}", "raid", "2023-05-03", "Gent"]):
            sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def rows(good: str, bad: str, heading: str) -> str:
    return f"title,category,{heading}\n" + "".join(
        f"a{n},raid,{bad if n % 4 == 0 else good}\n" for n in range(24)
    )


FILES: dict[str, str | bytes] = {
    "no-title-and-category.csv": (
        "event_date,latitude,longitude,event_type\n2018-03-03,40.4,44.2,Protests\n2018-04-07,40.4,44.3,Riots\n"
    ),
    "no-category.csv": "title,Purpose,date,place\nRally,Speech,2024-03-03,Gent\nVisit,,2024-03-04,Gent\n",
    "no-category-column.csv": "title,date,place\nRally,2024-03-03,Gent\n",
    "no-title.csv": "description,category,date,place\nRoad closed,raid,2020,Gent\nBridge gone,raid,2021,Gent\n",
    "only-type-and-place.csv": "type,where,when\nraid,Gent,2020\narrest,Brugge,2021\n",
    "column with spaces.csv": "Disaster Type,Name of it,when,where\nFlood,Lys,2020,Gent\nFlood,Dijle,2021,Leuven\n",
    "quotes.csv": "Event's kind,Its label,when,where\nFlood,Lys,2020,Gent\nFlood,Dijle,2021,Leuven\n",
    "titles-missing.csv": "title,category,date,place\n,raid,2020,Gent\nb,raid,2021,Gent\nc,raid,2021,Brugge\n",
    "mostly-untitled.csv": "Event Name,kind,country\n,raid,Angola\n,raid,Chad\nX,raid,Haiti\n,raid,Peru\nY,raid,Mali\n",
    "unknown-categories.csv": "title,category,date,place\na,church,2020,Gent\nb,raids,2021,Gent\nc,raid,2022,Gent\n",
    "many-unknown-categories.csv": "title,category,date\n" + "a,church,2020\n" * 9 + "b,raid,2021\n" * 20,
    "two-categories.csv": "title,sub_event_type,event_type,date\na,raid,arrest,2020\nb,arrest,raid,2021\n",
    "ambiguous-dates.csv": "title,category,date,place\na,raid,03/04/2021,Gent\nb,raid,05/06/2021,Gent\n",
    "contradicting-dates.csv": rows("13/04/2021", "04/13/2021", "date"),
    "heading-of-dates.csv": "title,category,date (month/day/year)\na,raid,13/04/2021\nb,raid,03/04/2021\n",
    "record-date.csv": "title,category,updated,place\na,raid,2020-01-02,Gent\nb,raid,2020-03-04,Gent\n",
    "two-dates.csv": "title,category,Meldedatum der Zeitung,Tag im Archiv,place\na,raid,2020-01-02,2021-01-02,Gent\n",
    "home.csv": "title,category,date,home_address\na,raid,2020-01-02,Markt 1 Gent\n",
    "nothing.csv": "title,category,last change,Ursprungsland der Ware\na,raid,2020-01-02,Belgium\n",
    "unreadable-dates.csv": rows("2021-04-13", "KW 34", "date"),
    "fiscal-years.csv": "title,category,date,place\na,raid,FY2021,Gent\nb,raid,FY2022,Gent\nc,raid,FY2023,Gent\n",
    "unreadable-points.csv": rows("51.05,3.72", "north,3.72", "lat,lon"),
    "metres.csv": "title,category,date,easting,northing\na,raid,2020,430000,4580000\n",
    "swapped.csv": (
        "title,category,date,country,lat,lon\na,raid,2020,Kenya,36.8,-1.3\nb,raid,2020,Kenya,39.6,-4.0\n"
        "c,raid,2020,Kenya,34.7,-0.1\n"
    ),
    "first-of-january.csv": "title,category,date\n" + "".join(f"a{n},raid,{1950 + n}-01-01\n" for n in range(9)),
    "first-of-a-month.csv": "title,category,date\n" + "".join(f"a{n},raid,1950-0{n}-01\n" for n in range(1, 9)),
    "before-christ.csv": "title,category,year\na,raid,-44\nb,raid,476\n",
    "encoded-twice.csv": "title,category,date\nCafÃ© fouillÃ©,raid,2020\n",
    "cyrillic.csv": "title,category,date\nОбыск в редакции,raid,2020\nПожар на складе,raid,2021\n".encode("cp1251"),
    "dos.csv": "title,category,date\nPolicía en Córdoba,raid,2020\nIncautación única según,raid,2021\n".encode("cp850"),
    "bytes.csv": "title,category,date\nGrößere Razzia – Köln,raid,2020\n".encode("cp1252"),
    "equal-rows.csv": "title,category,date\na,raid,2020-01-01\na,raid,2020-01-01\nb,raid,2021\n",
    "two-sheets.xlsx": two_sheets(),
}  # fmt: skip


def proposals(output: str) -> Iterator[tuple[str, ...]]:
    """Yield the options that messages propose; options with only a space between them belong together."""
    end, together = -1, list[str]()
    for match in _OPTION.finditer(output):
        name, word = match.groups()
        option = [f"--{name}"]
        if name.replace("-", "_") in VALUE_OPTIONS:
            if word is None or not (value := word.rstrip(",.:?")):
                continue  # it is named, not proposed
            option += shlex.split(value)
            length = len(f"--{name} {value}")
        else:
            length = len(f"--{name}")
        if together and match.start() != end + 1:
            yield tuple(together)
            together = []
        together += option
        end = match.start() + length
    if together:
        yield tuple(together)


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "events.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


class Folder:
    """A folder with one file, which is imported into an empty database each time."""

    def __init__(self, path: Path, database: Path, name: str) -> None:
        self.path, self.database, self.name = path, database, name
        content = FILES[name]
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def take(self, options: tuple[str, ...]) -> tuple[bool, str]:
        """Import the file, and return whether that succeeded, with the output."""
        shutil.copy(self.database, self.path / "events.db")
        done = CliRunner().invoke(cli, ["import", self.name, "--publish", *options])
        assert done.exit_code in (0, 1), (options, done.output, done.exception)
        # Rows that the option allows to be rejected count as success if others came in.
        allowed = (
            "--allow-rejects" in options or "--dates" in options or "rejected rows are in" in done.output
        )
        created = re.search(r"([1-9][\d,]*) created", done.output) is not None
        return created and (done.exit_code == 0 or allowed), done.output


@pytest.mark.parametrize("name", FILES)
def test_the_options_that_a_message_proposes_work(
    name: str, tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", f"sqlite:///{tmp_path}/events.db")
    folder = Folder(tmp_path, empty_database, name)
    _, output = folder.take(())
    proposed = list(dict.fromkeys(proposals(output)))
    assert proposed, output
    for options in proposed:
        chosen = options
        for _ in range(MAX_QUESTIONS):
            is_imported, output = folder.take(chosen)
            if is_imported:
                break
            new = [others for others in proposals(output) if not set(others) <= set(chosen)]
            assert new, (chosen, output)
            chosen = (*chosen, *new[0])
        assert is_imported, (chosen, output)


def test_options_are_found_in_messages() -> None:
    message = (
        "use --map 'a b=title' --create-categories ('x'), --set category=raid or --undated; or --dates dmy?"
    )
    assert list(proposals(message)) == [
        ("--map", "a b=title", "--create-categories"), ("--set", "category=raid"), ("--undated",), ("--dates", "dmy"),
    ]  # fmt: skip
