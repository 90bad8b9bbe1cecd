"""SQLAlchemy, and so a migration, can inspect the tables of PostgreSQL."""

from pathlib import Path

import pytest
from databases import databases_of, skip_reason
from sqlalchemy import inspect

from db.engines import backend_of
from db.store import Store

pytestmark = [
    pytest.mark.skipif(skip_reason("postgres") is not None, reason=f"postgres: {skip_reason('postgres')}"),
    pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'"),
]


def test_tables_and_indexes_can_be_inspected(shared_folder: Path) -> None:
    databases = databases_of("postgres", shared_folder)
    url = databases.new()
    store = Store(url)
    with store._engine.connect() as connection:
        inspected = inspect(connection)
        indexes = {index["name"]: index for index in inspected.get_indexes("event")}
        assert set(backend_of(connection).event_indexes()) <= set(indexes)
        assert indexes["ix_event_newest"]["column_names"] == ["start_min", "id"]
        assert inspected.get_pk_constraint("tag")["constrained_columns"] == ["tag", "event"]
        assert inspected.get_foreign_keys("tag")[0]["referred_columns"] == ["pk"]
        names = {column["name"] for column in inspected.get_columns("data_version")}
        assert {"version", "epoch"} <= names
        for table in inspected.get_table_names():
            inspected.get_indexes(table)
    store.close()
    databases.drop(url)
