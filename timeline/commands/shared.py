"""Helpers of all commands: errors in one line, settings, the store, the gazetteer, progress bars, output files."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from db.errors import DbError, StoreAway, StoreUnavailable
from geo.errors import GeoError
from timeline.errors import TimelineError

if TYPE_CHECKING:
    from db.store import Store
    from geo.gazetteer.reader import Gazetteer
    from geo.resolver.resolver import Resolver
    from timeline.settings import Settings

SECONDS_FOR_DATABASE = 30.0
"""How long a server waits at its start for a database server that accepts no connections yet."""
_SECONDS_BETWEEN_ATTEMPTS = 0.5
ShowProgress = Callable[[int, int], None]  # done, total


class CommandGroup(click.Group):
    """A group of commands that ends with one line on standard error and exit status 1 for each of our errors."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output has closed the pipe: `timeline export geojson | head`.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except (TimelineError, DbError, GeoError) as error:
            raise click.ClickException(" ".join(str(error).split("\n"))) from error
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{name}{error.strerror or error}") from error


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        return installed_version("dateline")
    except PackageNotFoundError:
        return "(not installed)"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: counted(2, "event") is "2 events"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def load_settings() -> "Settings":
    """Return the settings; raise ClickException with the name of the variable for a value that cannot be used."""
    from pydantic import ValidationError

    from timeline.settings import Settings

    try:
        return Settings()
    except UnicodeDecodeError:
        raise click.ClickException("the file .env is not UTF-8; save it as UTF-8") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "TIMELINE_" + "_".join(map(str, first["loc"])).upper()
        raise click.ClickException(f"the setting {name} cannot be used: {first['msg']}") from None


def open_store(settings: "Settings", *, migrate: bool = False) -> "Store":
    """Open the database; with `migrate`, create or upgrade it first. Raises StoreUnavailable if that fails.

    The end of the command closes it, also after an error.
    """
    from db.store import Store

    store = Store(settings.database_address, settings.read_timeout)
    context = click.get_current_context(silent=True)
    if context:
        context.call_on_close(store.close)
    if migrate:
        store.migrate()
    store.check()
    return store


def wait_for_database(settings: "Settings") -> None:
    """Return once the database server accepts connections; raise StoreAway if it still does not after half a minute.

    Machines that start together, as after a power cut, start in any order.
    """
    from db.store import Store

    store, end = Store(settings.database_address, settings.read_timeout), 0.0
    while True:
        try:
            store.check()
        except StoreAway as error:
            if not end:
                end = time.monotonic() + SECONDS_FOR_DATABASE
                click.echo(f"Waiting up to {SECONDS_FOR_DATABASE:.0f} s for the database: {error}", err=True)
            if time.monotonic() > end:
                raise
            time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        except StoreUnavailable:
            break  # it answers; what is wrong with it, its next user reports
        else:
            break
    store.close()


def open_resolver(settings: "Settings") -> "Resolver":
    """Open the offline geocoder. A missing or old gazetteer is compiled first, with a progress bar."""
    from timeline.places import geocoding

    with progress_bar("Compiling the gazetteer") as on_progress:
        return geocoding.open_resolver(settings, on_progress)


def open_gazetteer(settings: "Settings") -> "Gazetteer":
    """Open the gazetteer. If it is missing or old, it is compiled first, with a progress bar."""
    from geo.gazetteer import reader

    with progress_bar("Compiling the gazetteer") as on_progress:
        return reader.open_gazetteer(settings.gazetteer, on_progress)


@contextmanager
def progress_bar(label: str, unit: str = "") -> Iterator[ShowProgress]:
    """Yield a function that shows progress, rate (`unit` per second) and remaining time on a terminal.

    If standard error is not a terminal, the function does nothing.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        # Invisible until the first call, because most gazetteers need no compiling.
        task = progress.add_task(label, total=None, visible=False, rate="")

        def on_progress(done: int, total: int) -> None:
            speed = progress.tasks[0].speed or 0
            rate = f"{speed:,.0f} {unit}/s" if speed and unit else ""
            progress.update(task, completed=done, total=total or None, visible=True, rate=rate)

        yield on_progress


@contextmanager
def complete_text_file(path: Path) -> Iterator[Any]:
    """Open a text file for writing that appears at `path` only when it is complete."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)
