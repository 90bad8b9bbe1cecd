"""The author of a write reads it, also while readers still believe that the primary is away."""

import pytest
from replicated import DATABASE, OpenStore, Servers

from db.engines.postgres import replicas
from db.events.draft import COMMAND_LINE, Draft


def test_a_write_shows_that_the_primary_is_back(
    servers: Servers, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicas, "PROBE_SECONDS", 60)  # so that only a request can notice it
    store = open_store(servers.primary.url(DATABASE), servers.replica.url(DATABASE))
    servers.primary.kill()
    store.stamp()
    assert store.seconds_without_primary() is not None
    servers.primary.start()
    servers.replica.pause_replay()
    store.desk.create([Draft(id="raid", title="A raid", category="raid")], COMMAND_LINE)
    assert store.desk.event("raid").revision == 1
    assert store.seconds_without_primary() is None
