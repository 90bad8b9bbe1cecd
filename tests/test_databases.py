"""The databases that tests use, on each engine."""

from databases import Databases, all_rows, run_sql


def test_a_copy_has_the_rows_of_its_source_and_is_another_database(databases: Databases) -> None:
    source = databases.new()
    run_sql(source, "UPDATE data_version SET version = 17")
    copy = databases.copy(source)
    run_sql(copy, "UPDATE data_version SET version = 18")
    assert run_sql(source, "SELECT version FROM data_version") == [(17,)]
    assert run_sql(copy, "SELECT version FROM data_version") == [(18,)]
    databases.drop(copy)


def test_shared_databases_are_filled_once(databases: Databases) -> None:
    calls = []
    for _ in range(2):
        url = databases.shared(
            "filled_once", lambda url: calls.append(run_sql(url, "CREATE TABLE word (text TEXT)"))
        )
    assert (len(calls), list(all_rows(url))) == (1, ["word"])
