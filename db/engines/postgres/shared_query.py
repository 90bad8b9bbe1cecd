"""A short query that many threads share: each gets the answer of one that began after it came."""

import threading
import time
from typing import Any

import psycopg
from sqlalchemy import URL

from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.drivers import Driver
from db.engines.postgres.statements import numbered


class SharedQuery:
    """One query on a connection of its own, which is opened when it is needed. At most one is under way.

    While one is under way, all who come wait for the next one together: however many ask, the server answers two
    queries in the time of one. After a query without an answer, `row` returns None for `rest_seconds`.
    """

    def __init__(self, url: URL, sql: str, rest_seconds: float = 0.0) -> None:
        self._url = url
        self._sql = numbered(sql)
        self._rest_seconds = rest_seconds
        self._rest_until = 0.0
        self._changed = threading.Condition()
        self._started = self._finished = 0
        self._row: tuple[Any, ...] | None = None
        self._driver: Driver | None = None
        self._closed = False

    def row(self, seconds: float, *, connect: bool) -> tuple[Any, ...] | None:
        """Return the row of a query that begins from now on; None if there is no answer within `seconds`.

        Who has waited for an earlier query gives its own as much time again: it answers others as well, and a query
        that is ended early costs them the connection.
        Without `connect`, return None if there is no connection: to open one can take longer.
        """
        now = time.monotonic()
        if now < self._rest_until:
            return None
        end = now + seconds
        with self._changed:
            wanted = self._started + 1
            while self._finished < wanted:
                if self._started == self._finished:
                    self._started += 1
                    break
                if not self._changed.wait(end - time.monotonic()):
                    return None
            else:
                return self._row
        row = None
        try:
            row = self._run(time.monotonic() + seconds, connect=connect)
        finally:
            with self._changed:
                self._row = row
                self._finished = self._started
                self._changed.notify_all()
        return row

    def close(self) -> None:
        """Close the connection."""
        self._closed = True
        with self._changed:
            idle = self._started == self._finished
        if idle:
            self._drop()

    def _run(self, end: float, *, connect: bool) -> tuple[Any, ...] | None:
        try:
            if self._driver is None:
                if not connect:
                    return None
                self._driver = Driver.connect(**libpq_parameters(self._url), autocommit=True)
            self._driver.end = end
            row = next(iter(self._driver.look_up(self._sql)), None)
        except psycopg.Error:
            self._rest_until = time.monotonic() + self._rest_seconds
            self._drop()
            return None
        if self._closed:
            self._drop()
        return row

    def _drop(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()
