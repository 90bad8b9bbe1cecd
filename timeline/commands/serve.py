"""`timeline serve`, `timeline demo` and `timeline migrate`: create the database and serve it over HTTP."""

import errno
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

import click

from db.errors import DbError
from timeline.commands.seed import import_seeds
from timeline.commands.shared import load_settings, open_store, wait_for_database

_host = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all addresses."
)
_port = click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free port.",
)


class WithSettings(click.Command):
    """A command whose help lists the settings with their descriptions and defaults."""

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


@click.command(
    epilog="\b\nExamples:\n  timeline migrate\n  TIMELINE_DATABASE_URL=sqlite:////srv/events.db timeline migrate"
)
def migrate() -> None:
    """Create the database, or upgrade it to this version.

    A database server that does not accept connections yet has 30 seconds to start.
    """
    settings = load_settings()
    wait_for_database(settings)
    open_store(settings, migrate=True).close()
    # Imported here: `--help` needs no database.
    from db.engines.addresses import without_password

    click.echo(f"The database {without_password(settings.database_url)} is ready.")


@click.command(
    cls=WithSettings,
    epilog="\b\nExamples:\n  timeline serve --port 8080\n  timeline serve --host 0.0.0.0 --workers 4\n"
    "  timeline serve --migrate --seed-if-new",
)
@_host
@_port
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Number of server processes."
)
@click.option("--migrate", "migrating", is_flag=True, help="Create the database first, or upgrade it.")
@click.option(
    "--seed-if-new", is_flag=True, help="With --migrate: import the seed events into a new database."
)
def serve(host: str, port: int, workers: int, migrating: bool, seed_if_new: bool) -> None:
    """Serve the page and the API until Ctrl-C or SIGTERM.

    A database server that does not accept connections yet has 30 seconds to start.
    """
    if seed_if_new and not migrating:
        raise click.UsageError("--seed-if-new needs --migrate, which creates a new database")
    address, port = _claim(host, port)
    wait_for_database(load_settings())
    if migrating:
        _create_or_upgrade(seed_if_new)
    store = open_store(load_settings())
    with suppress(DbError):  # the database may be read-only
        store.build_missing_indexes()
    store.close()
    _run(host, address, port, workers)


def _create_or_upgrade(seed_if_new: bool) -> None:
    """Create the database, with the seed events if that is wanted, or upgrade the one that exists."""
    from db.engines import connect
    from db.migrations import upgrade

    settings = load_settings()
    engine = connect(settings.database_address, settings.read_timeout)
    is_new = not upgrade.exists(engine)
    engine.dispose()
    open_store(settings, migrate=True).close()
    if is_new and seed_if_new:
        import_seeds()


@click.command(epilog="\b\nExample:\n  timeline demo --port 8080")
@_host
@_port
def demo(host: str, port: int) -> None:
    """Import the seed events with the geocoder, and serve them.

    The database is created if it does not exist.
    """
    address, port = _claim(host, port)
    open_store(load_settings(), migrate=True).close()
    import_seeds()
    _run(host, address, port, 1)


def _claim(host: str, port: int) -> tuple[str, int]:
    """Return the numeric address and the port to listen on; raise ClickException if the port is not free."""
    try:
        family, _, _, _, socket_address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise click.ClickException(f"the host {host!r} has no address; try --host 127.0.0.1") from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(socket_address)
            probe.listen(1)
        except OSError as error:
            raise click.ClickException(_refusal(host, port, error)) from None
        return str(socket_address[0]), probe.getsockname()[1]


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop the other server, or choose another port with --port"
    if error.errno == errno.EACCES:
        return f"port {port} needs administrator rights; choose a port above 1023, such as --port 8000"
    return f"cannot listen on {host}, port {port}: {error.strerror}"


def _run(host: str, address: str, port: int, workers: int) -> None:
    """Serve until Ctrl-C or SIGTERM; print the address as soon as the server accepts connections."""
    from timeline.server import run

    # uvicorn shuts down on SIGTERM and then raises the signal again, which would give a non-zero exit status.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=_announce, args=(host, address, port), daemon=True).start()
    run(address, port, workers)


def _announce(host: str, address: str, port: int) -> None:
    """Print the address as soon as the server accepts connections."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # only compared, never bound
    shown = f"[{reachable}]" if ":" in reachable else reachable
    for _ in range(600):
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
            continue
        click.echo(f"Dateline is serving http://{shown}:{port}/ – press Ctrl-C to stop")
        return
