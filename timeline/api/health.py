"""Whether the server answers and can read its database."""

from importlib.metadata import version
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from db.engines.reports import CommitState
from db.store import Store
from timeline.api.http.answers import send_json
from timeline.api.http.query import read_query
from timeline.api.http.route import Route, described
from timeline.api.http.slots import run_in_thread
from timeline.api.params.tables import FORMAT

_ROUTE = Route(summary="The state of the server", parameters=(FORMAT,), tag="Operations")


@get("/health", name="health", opt=described(_ROUTE))
async def health(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return `ok` with the program's version and the data version, or a 503 that describes the problem.

    With replicas, also the state of each; the status is `degraded` while the primary does not answer, so that readers
    get what replicas have and nobody can write, while a replica is not used, or while commits wait for a synchronous
    replica that is away.
    """
    query = read_query(request, (FORMAT,))
    store = query.context.store
    # Without a thread and without a connection of the pool: other requests may use all of them.
    data_version = await store.quick.version()
    if data_version is None:
        data_version = (await run_in_thread(store.stamp)).version
    document = {"status": "ok", "version": version("dateline"), "data_version": data_version}
    document |= _servers(store)
    commits = await store.quick.commits()
    if commits is not None:
        document |= _commits(commits)
    response = send_json(document)
    response.headers["Cache-Control"] = "no-store"
    return response


def _commits(state: CommitState) -> dict[str, Any]:
    """Return whether changes are confirmed, and why not."""
    if state.confirmed:
        return {"commits": state._asdict()}
    problem = (
        "changes are not confirmed: each waits for a synchronous replica that is away or does not answer; start it"
        " again, or take it out of the setting synchronous_standby_names"
    )
    return {"status": "degraded", "commits": {**state._asdict(), "problem": problem}}


def _servers(store: Store) -> dict[str, Any]:
    """Return the state of the primary and of each replica; nothing without replicas."""
    replicas, seconds = store.replica_states(), store.seconds_without_primary()
    if not replicas:
        return {}
    well = seconds is None and all(replica.current for replica in replicas)
    return {
        "status": "ok" if well else "degraded",
        "primary": {
            "answers": seconds is None,
            "seconds_away": None if seconds is None else round(seconds, 1),
        },
        "replicas": [replica._asdict() for replica in replicas],
    }
