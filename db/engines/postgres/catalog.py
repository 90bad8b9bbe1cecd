"""What SQLAlchemy and Alembic need to inspect tables and indexes: our connections differ from the usual ones.

They receive values in the binary format, in which psycopg leaves two types of PostgreSQL's catalog as they are. And all
integers are of 64 bits here, but two functions of the catalog want one of 32.
"""

import struct
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

_INT2VECTOR, _OIDVECTOR = 22, 30  # of pg_type
_ARRAY_HEADER = struct.Struct("!iiIii")  # dimensions, whether it has nulls, type; length and first index
_LENGTH_BYTES = 4


class VectorLoader(Loader):
    """Loads `int2vector` and `oidvector` as their text, such as "1 2", which SQLAlchemy expects."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        """Return the numbers of a vector, separated by spaces."""
        content = bytes(data)[_ARRAY_HEADER.size :]
        numbers = []
        while content:
            end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES])
            numbers.append(str(int.from_bytes(content[_LENGTH_BYTES:end])))
            content = content[end:]
        return " ".join(numbers)


for _oid in (_INT2VECTOR, _OIDVECTOR):
    psycopg.adapters.register_loader(_oid, VectorLoader)


class generate_subscripts(GenericFunction[int]):  # noqa: N801  # the name of the function in SQL
    """`generate_subscripts(array, dimension)`."""

    type = Integer()
    inherit_cache = True


class pg_get_indexdef(GenericFunction[str]):  # noqa: N801
    """`pg_get_indexdef(index, column, pretty)`."""

    type = Text()
    package = "pg_catalog"
    inherit_cache = True


@compiles(generate_subscripts, "postgresql")
@compiles(pg_get_indexdef, "postgresql")
def _with_narrow_number(element: Any, compiler: Any, **options: Any) -> str:
    """Return the call of a function whose second argument is of 32 bits."""
    first, second, *others = (compiler.process(clause, **options) for clause in element.clauses)
    return f"pg_catalog.{element.name}({', '.join((first, f'{second}::integer', *others))})"
