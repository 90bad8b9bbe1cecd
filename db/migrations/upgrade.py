"""Create or upgrade the database with Alembic.

Alembic is configured here in code, and imported only when it is used: it takes 10 MB of memory.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from db.engines import backend_of
from db.errors import StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent
UNFINISHED = "unfinished"
"""The version of a database into which another one is being copied: no command and no server uses it."""


def config(engine: Engine | None = None) -> "Config":
    """Return the configuration of Alembic for an engine, without an alembic.ini."""
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["engine"] = engine
    return configuration


def upgrade(engine: Engine) -> None:
    """Upgrade the database to this program's revision, in one transaction.

    Raises StoreUnavailable when the database has a newer revision or belongs to another program.
    """
    from alembic import command

    from db.migrations import new_database

    current = _version(engine)
    if current not in (None, *versions()):
        raise _newer(engine)
    if current is None and _other_tables(engine):
        raise StoreUnavailable(
            f"the database {engine.url.database} belongs to another program; expected a new one or a Dateline"
            " database, such as sqlite:///timeline.db"
        )
    if current is None and new_database.create(engine):
        return
    command.upgrade(config(engine), "head")


def _other_tables(engine: Engine) -> bool:
    """Return whether there are tables that a database of this product does not have from the beginning."""
    names = inspect(engine).get_table_names()
    return not all(name.startswith(backend_of(engine).HIDDEN_TABLES) for name in names)


def exists(engine: Engine) -> bool:
    """Return whether there is a database of any version, so that an upgrade would not create it."""
    # A connection would create the file.
    return backend_of(engine).has_data(engine) and _version(engine) is not None


def check(engine: Engine) -> None:
    """Raise StoreUnavailable, with a message of one line, unless the database has this program's revision."""
    current, newest = _version(engine), versions()[0]
    if current is None:
        raise StoreUnavailable(
            f"the database {engine.url.database} has no events table; run 'timeline migrate'"
        )
    if current not in versions():
        raise _newer(engine)
    if current != newest:
        raise StoreUnavailable(
            f"the database {engine.url.database} has the older version {current}; run 'timeline migrate'"
        )


def _newer(engine: Engine) -> StoreUnavailable:
    version, name = _version(engine), engine.url.database
    if version == UNFINISHED:
        return unfinished(f"the database {name}")
    return StoreUnavailable(
        f"the database {name} has a newer version ({version}) than this program; upgrade Dateline"
    )


def unfinished(name: object) -> StoreUnavailable:
    """Return the error for a database into which another one is being copied."""
    return StoreUnavailable(
        f"{name} is an unfinished copy; run the same 'timeline copy' again, which goes on where it stopped"
    )


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def versions() -> list[str]:
    """Return the revisions of this program, newest first, from the names of the migration files."""
    scripts = (SCRIPTS / "versions").glob("[0-9]*_*.py")
    return sorted((script.name.partition("_")[0] for script in scripts), reverse=True)
