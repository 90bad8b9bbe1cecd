"""What the commands share: known errors in one line, settings, the store, the geocoder, progress bars."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from db.errors import DbError
from geo.errors import GeoError
from timeline.errors import TimelineError

if TYPE_CHECKING:
    from db.store import Store
    from geo.gazetteer.reader import Gazetteer
    from geo.resolver.resolver import Resolver
    from timeline.settings import Settings

Tick = Callable[[int, int], None]  # done, total


class KnownErrors(click.Group):
    """A group whose commands end with one line and exit 1 for whatever is known to go wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output has seen enough (`timeline export geojson | head`).
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except (TimelineError, DbError, GeoError) as error:
            raise click.ClickException(" ".join(str(error).split("\n"))) from error
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{name}{error.strerror or error}") from error


def version() -> str:
    """Tell the installed version of the distribution."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("dateline")
    except PackageNotFoundError:
        return "(not installed)"


def settings() -> "Settings":
    """Read the settings; end with one line that names the variable when one of them cannot be used."""
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


def store(chosen: "Settings", *, make: bool = False) -> "Store":
    """Open the database, with `make` made or upgraded first; raise StoreUnavailable if it cannot be."""
    from db.store import Store

    opened = Store(chosen.database_url, chosen.read_timeout)
    if make:
        opened.migrate()
    opened.check()
    return opened


def resolver(chosen: "Settings") -> "Resolver":
    """Open the offline geocoder, compiling the gazetteer first if need be, with a progress bar."""
    from timeline.places.geocoding import open_resolver

    with bar("Compiling the gazetteer") as tick:
        return open_resolver(chosen, tick)


def gazetteer(chosen: "Settings") -> "Gazetteer":
    """Open the gazetteer, compiling it first if need be, with a progress bar."""
    from geo.gazetteer.reader import open_gazetteer

    with bar("Compiling the gazetteer") as tick:
        return open_gazetteer(chosen.gazetteer, tick)


@contextmanager
def bar(label: str, unit: str = "") -> Iterator[Tick]:
    """Show progress, rate (in `unit` a second) and time left on a terminal's standard error, else nothing."""
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
        # Invisible until the first tick: most gazetteers are made already.
        task = progress.add_task(label, total=None, visible=False, rate="")

        def tick(done: int, total: int) -> None:
            speed = progress.tasks[0].speed or 0
            rate = f"{speed:,.0f} {unit}/s" if speed and unit else ""
            progress.update(task, completed=done, total=total or None, visible=True, rate=rate)

        yield tick


@contextmanager
def written(path: Path) -> Iterator[Any]:
    """Open a text file that appears at `path` only when everything is in it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)
