"""Workers on PostgreSQL share columns in a private file of the user's cache, never those of another database."""

import stat
from pathlib import Path

import pytest
from databases import databases_of, run_sql, skip_reason
from same_columns import assert_same, read

from db.columns import stored
from db.engines import backend_of
from db.events.draft import Draft
from db.sql.transactions import reading
from db.store import Store

pytestmark = pytest.mark.skipif(
    skip_reason("postgres") is not None, reason=f"postgres: {skip_reason('postgres')}"
)


def _saved(store: Store) -> Path:
    columns = read(store)
    with stored.columns_lock(store._engine) as file, reading(store._engine, 60) as connection:
        assert file is not None
        stored.save(columns, file, connection)
    return file


def test_the_columns_of_a_database_are_in_a_private_file_of_the_cache(
    shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    databases = databases_of("postgres", shared_folder)
    urls = [databases.new(), databases.new()]
    stores = [Store(url) for url in urls]
    for store, id_ in zip(stores, "ab", strict=True):
        store.add([Draft(id=id_, title="x", category="raid", status="published")])
    file = _saved(stores[0])
    assert file.is_relative_to(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with reading(stores[0]._engine, 60) as connection:
        mapped = stored.load(file, connection)
        assert mapped is not None
        assert_same(mapped, read(stores[0]))
    assert backend_of(stores[1]._engine).columns_file(stores[1]._engine) != file
    with reading(stores[1]._engine, 60) as connection:
        assert stored.load(file, connection) is None  # of the same epoch and version
    run_sql(urls[0], "UPDATE data_version SET epoch = 'another'")
    with reading(stores[0]._engine, 60) as connection:
        assert stored.load(file, connection) is None  # a new database under the same name
    for url, store in zip(urls, stores, strict=True):
        store.close()
        databases.drop(url)
