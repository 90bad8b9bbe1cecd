"""Make or upgrade the database: Alembic, configured here in code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from db.errors import StoreUnavailable

_SCRIPTS = Path(__file__).parent / "migrations"


def config(engine: Engine | None = None) -> Config:
    """Configure Alembic for an engine, without any file."""
    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["engine"] = engine
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to this program's version, in one transaction; refuse one of a newer version."""
    found = _version(engine)
    if found not in (None, *versions()):
        raise _newer(engine)
    if found is None and inspect(engine).get_table_names():
        raise StoreUnavailable(
            f"the database {engine.url.database} is another program's; choose a file of its own"
        )
    command.upgrade(config(engine), "head")


def check(engine: Engine) -> None:
    """Raise StoreUnavailable, in one line, unless the database has this program's version."""
    found, wanted = _version(engine), versions()[0]
    if found is None:
        raise StoreUnavailable(
            f"the database {engine.url.database} holds no events table; run 'timeline migrate'"
        )
    if found not in versions():
        raise _newer(engine)
    if found != wanted:
        raise StoreUnavailable(
            f"the database {engine.url.database} is of the older version {found}; run 'timeline migrate'"
        )


def _newer(engine: Engine) -> StoreUnavailable:
    return StoreUnavailable(
        f"the database {engine.url.database} is of a newer version ({_version(engine)}) than this program;"
        " upgrade Dateline"
    )


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def versions() -> list[str]:
    """List the revisions that this program knows, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()]
