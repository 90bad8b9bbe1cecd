"""A new database of a product whose tables are not made by the migrations, but at once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, inspect

from db.engines import backend_of, connect_file, run
from db.migrations import upgrade

_INITIAL_ROWS = ("category", "data_version", "alembic_version")


def create(engine: Engine) -> bool:
    """Create the schema and its first rows in one transaction; return False if the migrations do that."""
    with backend_of(engine).write_transaction(engine, durable=True) as connection:
        if inspect(connection).has_table("alembic_version"):
            return True  # another process was faster
        if not backend_of(engine).create_schema(connection):
            return False
        _put_initial_rows(connection)
    return True


def _put_initial_rows(connection: Connection) -> None:
    """Put in the rows that the migrations leave in a new file: the categories, the data version, the revision."""
    with TemporaryDirectory() as folder:
        model = connect_file(Path(folder) / "new.db")
        try:
            upgrade.upgrade(model)
            with model.connect() as source:
                for table in _INITIAL_ROWS:
                    rows = run(source, f"SELECT * FROM {table}")
                    names = list(rows.keys())
                    marks = ", ".join("?" * len(names))
                    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
                    run(connection, sql, [tuple(row) for row in rows])
        finally:
            model.dispose()
