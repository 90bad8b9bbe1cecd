"""Addresses of databases: with several hosts, and without their password."""

import re

_SEVERAL_HOSTS = re.compile(
    r"(?P<scheme>[\w+]+)://(?:(?P<user>[^@/]*)@)?(?P<hosts>[^/?@]*,[^/?@]*)(?P<rest>(?:[/?].*)?)"
)
_PASSWORD = re.compile(r":(?!//).*@")  # also of an address that cannot be parsed
_PASSWORD_PARAMETER = re.compile(r"(password=)[^&]*")


def one_host(url: str) -> str:
    """Return an address with several hosts (`postgresql://user@a:5432,b:5432/events`) as SQLAlchemy can parse it.

    The hosts become parameters, as in `postgresql://user@/events?host=a:5432&host=b:5432`.
    """
    match = _SEVERAL_HOSTS.fullmatch(url)
    if match is None:
        return url
    path, _, query = match["rest"].partition("?")
    hosts = [f"host={host}" for host in match["hosts"].split(",")]
    user = f"{match['user']}@" if match["user"] is not None else ""
    return f"{match['scheme']}://{user}{path or '/'}?{'&'.join([*hosts, *([query] if query else [])])}"


def without_password(address: str) -> str:
    """Return an address for a message or a log: without any password, even if the address has a mistake."""
    return _PASSWORD_PARAMETER.sub(r"\1...", _PASSWORD.sub("@", address))
