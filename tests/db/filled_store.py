"""A store with the events of one example and no others."""

from db.events.draft import Draft
from db.store import Store


def filled(store: Store, drafts: list[Draft]) -> Store:
    """Return the store with these events in the place of those of the example before."""
    store.clear()
    store.add(drafts)
    return store
