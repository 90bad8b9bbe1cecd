"""`timeline serve`, `demo` and `migrate`: the database behind an address."""

import errno
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

import click

from db.errors import DbError
from timeline.commands.import_ import load_seeds
from timeline.commands.shared import settings, store

_host = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all."
)
_port = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)


class WithSettings(click.Command):
    """A command whose help lists the settings, from their own descriptions."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from timeline.settings import Settings

        super().format_epilog(ctx, formatter)
        with formatter.section("Settings, from the environment or a .env file"):
            rows = []
            for name, field in Settings.model_fields.items():
                default = field.default
                shown = ",".join(default) if isinstance(default, tuple) else default
                rows.append(
                    (f"TIMELINE_{name.upper()}", f"{field.description}" + (f"  [{shown}]" if shown else ""))
                )
            formatter.write_dl(rows)


@click.command(epilog="\b\nExample:\n  TIMELINE_DATABASE_URL=sqlite:////srv/events.db timeline migrate")
def migrate() -> None:
    """Make the database, or upgrade it to this version."""
    chosen = settings()
    store(chosen, make=True).close()
    click.echo(f"The database {chosen.database_url} is ready.")


@click.command(
    cls=WithSettings,
    epilog="\b\nExamples:\n  timeline serve --port 8080\n  timeline serve --host 0.0.0.0 --workers 4",
)
@_host
@_port
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes that answer."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the database until Ctrl-C or SIGTERM."""
    address, port = claim(host, port)
    opened = store(settings())
    with suppress(DbError):  # it may be read-only here
        opened.complete()
    opened.close()
    _run(host, address, port, workers)


@click.command(epilog="\b\nExample:\n  timeline demo --port 8080")
@_host
@_port
def demo(host: str, port: int) -> None:
    """Make the database if need be, load the seed events through the geocoder, and serve them."""
    address, port = claim(host, port)
    store(settings(), make=True).close()
    load_seeds()
    _run(host, address, port, 1)


def claim(host: str, port: int) -> tuple[str, int]:
    """Return the numeric address and the port to listen on, free a moment ago; else end with one line."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise click.ClickException(f"the host {host!r} has no address; try --host 127.0.0.1") from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
            probe.listen(1)
        except OSError as error:
            raise click.ClickException(_refusal(host, port, error)) from None
        return str(where[0]), probe.getsockname()[1]


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; stop what listens there, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used without privileges; choose one above 1023 with --port"
    return f"cannot listen on {host}, port {port}: {error.strerror}"


def _run(host: str, address: str, port: int, workers: int) -> None:
    """Serve until told to stop, and print the address once somebody answers there."""
    from timeline.server import run

    # The server ends in good order on SIGTERM and then raises it again, which by default is no success.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=_announce, args=(host, address, port), daemon=True).start()
    run(address, port, workers)


def _announce(host: str, address: str, port: int) -> None:
    """Print the address once somebody answers there."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # named, not bound to
    shown = f"[{reachable}]" if ":" in reachable else reachable
    for _ in range(600):
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
            continue
        click.echo(f"Dateline is serving http://{shown}:{port}/ – press Ctrl-C to stop")
        return
