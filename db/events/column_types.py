"""What the tables share: a column of JSON, and the storage of small rows."""

import json
from typing import Any

from sqlalchemy import JSON, Dialect, Text, TypeDecorator

# Small rows are stored in the order of their key, without a second tree of row numbers.
BY_KEY = {"sqlite_with_rowid": False}


class _JsonText(TypeDecorator[Any]):
    """JSON as a text, which every engine returns as it was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


# PostgreSQL's own type would return parsed values to queries that expect the text.
JSON_TEXT = JSON(none_as_null=True).with_variant(_JsonText(), "postgresql")
