"""The file in which the workers of one machine share columns: in the user's cache, since there is no database file."""

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Engine

from db.engines.postgres.addresses import libpq_parameters
from db.private_files import create_private_folder

_IDENTITY = ("host", "port", "dbname")


def columns_file(engine: Engine) -> Path | None:
    """Return a path in the user's cache folder ($XDG_CACHE_HOME, or ~/.cache) that only this database has.

    None for a user without a home. Another database may have the same address later: the file says which history it
    belongs to.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        cache = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    except RuntimeError:
        return None
    folder = cache / "dateline" / "columns"
    with suppress(OSError):  # then the columns are not stored
        create_private_folder(folder)
    parameters = libpq_parameters(engine.url)
    identity = repr([parameters.get(name) for name in _IDENTITY]).encode()
    return folder / blake2b(identity, digest_size=16).hexdigest()
