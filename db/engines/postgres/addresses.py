"""Addresses of databases: as SQLAlchemy knows them, and as libpq takes them, with several hosts."""

import re
from typing import Any

from sqlalchemy import URL

from db.errors import StoreUnavailable

_DEFAULT_PORT = "5432"
PLANNER_OPTIONS = (
    # Compiling a query takes longer than most of ours run.
    "-c jit=off"
    # The database is in memory or on a disk without moving parts.
    " -c random_page_cost=1.1"
    # An export reads all rows of its cursor.
    " -c cursor_tuple_fraction=1"
    # Outside transactions, a few rows are looked up by their keys: that plan never depends on the values.
    " -c plan_cache_mode=force_generic_plan"
)
"""Settings of every connection, which `options` in an address replaces."""
CONNECT_SECONDS = 3
"""How long the connection to one host may take."""


def libpq_parameters(url: URL) -> dict[str, Any]:
    """Return the parameters for a connection. Of several hosts, the one that accepts writes is chosen by default.

    Raises StoreUnavailable for a value of `prepared_statements`, our own option, other than `on` and `off`.
    """
    query: dict[str, Any] = dict(url.query)
    prepares = query.pop("prepared_statements", "on")
    if prepares not in ("on", "off"):
        raise StoreUnavailable(
            f"prepared_statements={prepares} in the address of the database is unknown; expected on, or off as for"
            " PgBouncer, such as postgresql://…/events?prepared_statements=off"
        )
    named = query.pop("host", ())
    hosts = [named] if isinstance(named, str) else list(named)
    if url.host:
        hosts.insert(0, f"{url.host}:{url.port}" if url.port else url.host)
    parameters = {
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "dateline",
        "options": PLANNER_OPTIONS,
        # A host that is gone is noticed after half a minute, also in the middle of a long statement.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,
        **query,
    }
    if hosts:
        parts = [_host_and_port(host) for host in hosts]
        parameters["host"] = ",".join(host for host, _ in parts)
        parameters["port"] = query.get("port") or ",".join(port for _, port in parts)
    if len(hosts) > 1:
        parameters.setdefault("target_session_attrs", "read-write")
    parameters = {name: value for name, value in parameters.items() if value is not None}
    return parameters if prepares == "on" else {**parameters, "prepare_threshold": None}


def _host_and_port(host: str) -> tuple[str, str]:
    """Return the two parts of `host`, `host:port`, `[::1]:port` or a folder of sockets."""
    if host.startswith("/"):
        return host, _DEFAULT_PORT
    match = re.fullmatch(r"(\[[^]]*\]|[^:]*)(?::(\d+))?", host)
    return (match[1].strip("[]"), match[2] or _DEFAULT_PORT) if match else (host, _DEFAULT_PORT)


def shown(url: URL) -> str:
    """Return the hosts and the database of an address without user and password, for messages."""
    parameters = libpq_parameters(url)
    host = parameters.get("host", "")
    pairs = zip(str(host).split(","), str(parameters.get("port", "")).split(","), strict=False)
    hosts = ",".join(f"{name}:{port}" if not name.startswith("/") else name for name, port in pairs)
    return f"{url.database} at {hosts}" if host else str(url.database)
