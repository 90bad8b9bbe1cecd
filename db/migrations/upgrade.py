"""Make or upgrade the database: Alembic, configured here in code, and loaded only for that: it takes 10 MB."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from db.errors import StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent


def config(engine: Engine | None = None) -> "Config":
    """Configure Alembic for an engine, without any file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["engine"] = engine
    return made


def upgrade(engine: Engine) -> None:
    """Bring the database to this program's version, in one transaction; refuse one of a newer version."""
    from alembic import command

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
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def versions() -> list[str]:
    """List the revisions that this program knows, newest first: the numbers that scripts' names begin with."""
    scripts = (_SCRIPTS / "versions").glob("[0-9]*_*.py")
    return sorted((script.name.partition("_")[0] for script in scripts), reverse=True)
