"""The tables of editors' keys, their requests, and imports in the background; db.events.tables has those of events."""

from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from db.events.column_types import BY_KEY, JSON_TEXT


class ApiKey(SQLModel, table=True):
    """An API key: `digest` is its SHA-256, the key itself is not stored; times are in seconds of UTC."""

    __tablename__ = "api_key"

    pk: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    digest: str = Field(unique=True)
    created: int
    used: int | None = None
    revoked: int | None = None


class Answered(SQLModel, table=True):
    """The result of a request with an Idempotency-Key: ids and revisions, and the digest of its body."""

    __table_args__ = BY_KEY

    who: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    digest: str
    events: list[Any] = Field(sa_column=Column(JSON_TEXT, nullable=False))
    at: int


class ImportJob(SQLModel, table=True):
    """A background import (`state`: running, done, failed): rows so far, rows in total, and at the end its report.

    `process` is the number of its process on the machine `host`; null for the only machine that uses the database.
    The process renews the lease, which ends at `lease_ends` (seconds of UTC), for as long as it lives.
    """

    __tablename__ = "import_job"

    id: str = Field(primary_key=True)
    who: str
    role: str
    name: str
    state: str
    process: int | None = None
    rows: int = 0
    total: int | None = None
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON_TEXT))
    created: int
    finished: int | None = None
    host: str | None = None
    lease_ends: int | None = None


class RejectedPart(SQLModel, table=True):
    """A compressed part of the file of rejected rows of an import, where its machine shares the database with others.

    Other machines cannot read the file itself. `number` counts from 0.
    """

    __tablename__ = "rejected_part"

    job: str = Field(primary_key=True, foreign_key="import_job.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class WrongKeys(SQLModel, table=True):
    """How many wrong keys an address sent in a row, on any machine, and when the last one came (seconds of UTC).

    `address` is the beginning of a SHA-256.
    """

    __tablename__ = "wrong_keys"
    __table_args__ = BY_KEY

    address: str = Field(primary_key=True)
    count: int
    last: int
