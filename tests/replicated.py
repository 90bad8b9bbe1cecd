"""A primary with one replica, each a real server with its own processes."""

from collections.abc import Callable
from contextlib import suppress

from postgres_cluster import Cluster
from postgres_programs import new_cluster_folder

from db.store import Store

DATABASE = "events"
OpenStore = Callable[..., Store]
"""Open a store at an address, with the addresses of replicas."""


class Servers:
    """A primary and its replica with an empty Dateline database; `stores` opens and closes stores on them."""

    def __init__(self) -> None:
        """Start both."""
        self.primary = Cluster.create(new_cluster_folder() / "primary", durable=True)
        self.primary.start()
        self.primary.install()
        self.primary.create_database(DATABASE)
        store = Store(self.primary.url(DATABASE))
        store.migrate()
        store.close()
        self.replica = self.primary.replica("standby")

    @property
    def both_hosts(self) -> str:
        """The address of whichever of both accepts writes."""
        url = self.primary.url(DATABASE)
        port = f":{self.primary.port}"
        return url.replace(port, f"{port},127.0.0.1:{self.replica.port}")

    def stop(self) -> None:
        """End both, whatever state they are in."""
        for cluster in (self.primary, self.replica):
            with suppress(Exception):  # one that a test has killed
                cluster.kill()
