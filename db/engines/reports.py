"""What an engine reports about its servers and its files."""

from typing import NamedTuple


class Leftovers(NamedTuple):
    """What remains in the files of a database after a purge.

    `pinned`: a reader kept the log from being emptied. `searched` counts the words that were searched for in the
    `files`; `remaining` counts those that are still there, by file name. `unreached` lists what may contain the text
    and cannot be searched.
    """

    pinned: bool
    searched: int
    files: tuple[str, ...]
    remaining: dict[str, int]
    unreached: tuple[str, ...] = ()


class CommitState(NamedTuple):
    """Whether the synchronous replicas, for which every commit waits, confirm the commits of now.

    `replicas_connected` is None if the role of the database may not see it. `seconds_waiting` is that of the commit
    that has waited longest; None if none waits.
    """

    confirmed: bool
    replicas_needed: int
    replicas_connected: int | None
    seconds_waiting: float | None


class ReplicaState(NamedTuple):
    """How far a replica follows its primary: whether it answers, and whether readers use it (`current`).

    `behind_bytes` and `behind_seconds` say what it has not replayed yet; None if unknown, or if that is nothing.
    """

    name: str
    answers: bool
    current: bool
    behind_bytes: int | None
    behind_seconds: float | None
