"""A server or database that Dateline cannot use is explained in one line."""

import pytest
from replicated import OpenStore, Servers

from db.engines.postgres import schema
from db.errors import StoreUnavailable


def test_a_missing_right_is_named(shared_servers: Servers, open_store: OpenStore) -> None:
    url = shared_servers.primary.create_database("without_postgis", template="template0")
    with pytest.raises(StoreUnavailable, match=r"lacks the extension postgis.*'CREATE EXTENSION postgis'"):
        open_store(url).migrate()
    shared_servers.primary.run(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, pg_database_owner", "without_postgis"
    )
    for extension in ("postgis", "btree_gist"):
        shared_servers.primary.run(f"CREATE EXTENSION {extension}", "without_postgis")
    with pytest.raises(StoreUnavailable, match="permission denied for schema public"):
        open_store(url).migrate()


def test_an_older_server_is_refused(
    shared_servers: Servers, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shared_servers.primary.create_database("on_an_old_server")
    monkeypatch.setattr(schema, "_MIN_VERSION", 99)
    with pytest.raises(StoreUnavailable, match=r"PostgreSQL \d+; expected 99 or newer"):
        open_store(url).migrate()


def test_a_wrong_password_and_a_missing_database_are_named(
    shared_servers: Servers, open_store: OpenStore
) -> None:
    url = shared_servers.primary.url("events")
    wrong = url.replace("@", "x@")
    for address, reason in (
        (wrong, "does not accept this user or password"),
        (url + "x", "create it with 'createdb'"),
    ):
        with pytest.raises(StoreUnavailable, match=reason) as raised:
            open_store(address).check()
        assert shared_servers.primary.password not in str(raised.value)
