"""Two stores, on SQLite and on PostgreSQL, that receive the same writes at the same times and answer the same."""

from collections.abc import Callable
from contextlib import closing
from itertools import count
from typing import Any

from msgspec import structs

from db.errors import DbError
from db.events.draft import Author, Draft
from db.query.filter import Filter, Sort
from db.store import Store

ADA = Author("Ada", why="the court says so", note="corrected")
_PREFIXES = count()
_MAX_PAGES = 40


class Clock:
    """A clock that moves only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


class EnginePair:
    """The stores of both engines; `writes` and `comparisons` count what was done."""

    def __init__(self, sqlite: Store, postgres: Store) -> None:
        self.stores = (sqlite, postgres)
        self.writes = self.comparisons = 0
        self.prefix = ""

    def begin(self) -> None:
        """Delete the events; new ones get ids that no event ever had, since ids of deleted events stay taken."""
        for store in self.stores:
            store.clear()
        self.prefix = f"x{next(_PREFIXES)}-"

    def write(self, change: Callable[[Store], Any]) -> None:
        """Make a change on both, and compare its results."""
        self.writes += 1
        self.same(change)

    def same(self, question: Callable[[Store], Any]) -> Any:
        """Ask both stores; fail if the answers, or the errors, differ."""
        first, second = (_outcome(store, question) for store in self.stores)
        self.comparisons += 1
        assert first == second, _difference(first, second)
        return first


def _difference(first: Any, second: Any) -> str:
    """Return where two answers begin to differ."""
    texts = repr(first), repr(second)
    differing = (at for at, (left, right) in enumerate(zip(*texts, strict=False)) if left != right)
    begin = max(next(differing, min(map(len, texts))) - 200, 0)
    return f"SQLite: …{texts[0][begin : begin + 400]}\nPostgreSQL: …{texts[1][begin : begin + 400]}"


def _outcome(store: Store, question: Callable[[Store], Any]) -> Any:
    try:
        return question(store)
    except (DbError, ValueError) as error:
        return type(error), str(error)


def apply(pair: EnginePair, clock: Clock, edit: str, value: Any) -> None:
    """Apply an edit that a test has drawn."""
    if edit == "add":
        for draft in value:
            pair.write(_adding(_placed_now(pair, clock, draft)))
    elif edit == "create":
        drafts = [_placed_now(pair, clock, draft) for draft in value]
        pair.write(lambda store: store.desk.create(drafts, ADA))
    elif edit == "wait":
        clock.seconds += value
    elif edit == "clear":
        pair.write(Store.clear)
    else:
        pair.write(lambda store: _changed(store, edit, pair.prefix + value))


def _placed_now(pair: EnginePair, clock: Clock, draft: Draft) -> Draft:
    """Return a draft with an id of this example, and its embargo, drawn as seconds from now, as a time."""
    until = int(clock.seconds) + draft.embargo if draft.embargo else draft.embargo
    return structs.replace(draft, id=pair.prefix + (draft.id or ""), embargo=until)


def _adding(draft: Draft) -> Callable[[Store], Any]:
    return lambda store: store.add([draft], categories={draft.category: draft.category.title()})


def _changed(store: Store, edit: str, id_: str) -> Any:
    event = store.desk.event(id_)
    desk, draft = store.desk, event.draft
    if edit == "delete":
        return desk.delete(id_, event.revision, ADA)
    if edit == "settle":
        place = draft.places[0] if draft.places else None
        return desk.settle(id_, event.revision, 1, place, ADA)
    changes: dict[str, Any] = {
        "title": {"title": f"{draft.title} ’n \\ % _ ŠŠ"},
        "retract": {"status": "retracted"},
        "publish": {"status": "published", "embargo": 0},
        "move": {"places": draft.places[::-1][:1]},
        "undate": {"when": None},
        "stale": {"title": "x"},
    }[edit]
    return desk.replace(structs.replace(draft, **changes), event.revision - (edit == "stale"), ADA)


# --- questions


def compare_events(pair: EnginePair, ids: list[str]) -> None:
    """Compare what readers and editors see of each event, the queues, the feed and the totals."""
    for id_ in ids:
        pair.same(lambda store, id_=id_: store.get(id_))
        pair.same(lambda store, id_=id_: store.desk.event(id_))
        pair.same(lambda store, id_=id_: store.desk.history(id_))
    pair.same(lambda store: store.deleted_ids(ids))
    pair.same(lambda store: store.edited_ids(ids))
    for kind in ("draft", "review", "places"):
        pair.same(lambda store, kind=kind: store.desk.queue(kind, 5, 0))
        pair.same(lambda store, kind=kind: store.desk.queue(kind, 5, 3))
    for hidden in (False, True):
        pair.same(lambda store, hidden=hidden: store.categories(hidden=hidden))
    for question in (Store.stamp, Store.days, Store.total, Store.figures):
        pair.same(question)
    compare_feed(pair)


def compare_feed(pair: EnginePair) -> None:
    """Compare the newest part of the feed page by page; the token of one engine is valid for the other."""
    token = pair.same(lambda store: store.desk.changes("now", 3)).token
    epoch, seq, moment = token.split("-")
    token = f"{epoch}-{max(int(seq) - 12, 0)}-{max(int(moment) - 60, 0)}"
    for _ in range(_MAX_PAGES):
        page = pair.same(lambda store, token=token: store.desk.changes(token, 4))
        token = page.token
        if not page.more:
            return


def compare_lists(pair: EnginePair, filter_: Filter) -> None:
    """Compare pages in every order, from the database and from the columns, and exports."""
    for store in pair.stores:
        store._columns.columns = None  # pages come from the database
    for sort in Sort:
        _compare_pages(pair, filter_, sort, 2)
        pair.same(lambda store, sort=sort: _exported(store, filter_, sort))
    pair.same(lambda store: store.summary(Filter()))
    _compare_pages(pair, filter_, Sort.NEWEST, 3)


def _compare_pages(pair: EnginePair, filter_: Filter, sort: Sort, limit: int) -> None:
    cursor = None
    for _ in range(_MAX_PAGES):
        page = pair.same(lambda store, cursor=cursor: store.find(filter_, limit, sort, cursor))
        cursor = getattr(page, "next", None)
        if cursor is None:
            return


def _exported(store: Store, filter_: Filter, sort: Sort) -> tuple[Any, list[bytes]]:
    stamp, features = store.snapshot(filter_, sort)
    with closing(features):
        return stamp, list(features)


def compare_views(pair: EnginePair, filter_: Filter) -> None:
    """Compare the counts, groups and tiles of a filter, and its index."""
    for interval, measure in (("auto", None), ("year", "arrests")):
        pair.same(lambda store, interval=interval, measure=measure: store.summary(filter_, interval, measure))
    for zoom in (0, 3, 9):
        pair.same(lambda store, zoom=zoom: store.clusters(filter_, zoom))
    pair.same(lambda store: store.countries(filter_))
    for grouped in (False, True):
        pair.same(lambda store, grouped=grouped: store.tile(filter_, 0, 0, 0, grouped))
    pair.same(lambda store: store.tile(filter_, 3, 4, 2))
    pair.same(lambda store: store.index(filter_, str, "cocaine_kg"))
