"""Remember which fields editors changed, so that imports keep them; of earlier changes the history says so.

Changes by the command line are imports. A change under the name of somebody whose import ran at that time is one too.
"""

import json
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_COMMAND_LINE = "command line"
_CHOSEN = "chosen:"  # before the mark of places that were only chosen in review
_FIELDS = ("title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note")


def upgrade() -> None:
    """Create the table, and fill it from the history of each event that a person changed."""
    op.create_table(
        "edited",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event"),
    )
    connection = op.get_bind()
    runs = connection.execute(sa.text("SELECT who, created, finished FROM import_job")).all()
    for pk, id_, encoded in _edited_events(connection):
        marks = _marks(connection, id_, json.loads(encoded)["properties"], runs)
        if marks:
            connection.execute(
                sa.text("INSERT INTO edited (event, fields) VALUES (:event, :fields)"),
                {"event": pk, "fields": json.dumps(marks)},
            )


def _edited_events(connection: sa.Connection) -> Any:
    """Return row, id and Feature of each event with a change that is not by the command line, or by its review."""
    sql = (
        "SELECT e.pk, e.id, f.feature FROM event e JOIN encoded f ON f.event = e.pk WHERE e.id IN"
        " (SELECT event FROM history WHERE who != :who UNION SELECT event FROM place_choice)"
    )
    return connection.execute(sa.text(sql), {"who": _COMMAND_LINE}).all()


def _marks(connection: sa.Connection, id_: str, properties: dict[str, Any], runs: Any) -> dict[str, str]:
    """Return the fields of an event whose value is an editor's, each with a mark of the imported value."""
    sql = "SELECT EXISTS (SELECT 1 FROM place_choice WHERE event = :id)"
    has_choice = bool(connection.execute(sa.text(sql), {"id": id_}).scalar_one())
    sql = "SELECT at, who, action, fields FROM history WHERE event = :id ORDER BY revision"
    marks: dict[str, str] = {}
    for at, who, action, fields in connection.execute(sa.text(sql), {"id": id_}):
        changes = [(field["name"], field["old"], field["new"]) for field in json.loads(fields)]
        is_import = who == _COMMAND_LINE and not (has_choice and _is_review(changes))
        is_import |= any(who == name and begin <= at <= (end or at) for name, begin, end in runs)
        if action == "created" and not is_import:
            marks = dict.fromkeys(_names(properties), "")
        for name, old, new in changes:
            _fold(marks, name, old, new, is_import=is_import)
    return marks


def _is_review(changes: list[Any]) -> bool:
    """Return whether a change is the choice of a place, which `timeline review` makes."""
    if [name for name, *_ in changes] != ["places"]:
        return False
    (_, old, new) = changes[0]
    return any(place["geocoder"] == "chosen" for place in new) or len(new) < len(old)


def _names(properties: dict[str, Any]) -> list[str]:
    names: list[str] = []
    for name in _FIELDS:
        value = properties.get(name)
        if isinstance(value, dict):
            names += [f"{name}.{key}" for key in value]
        elif value:
            names.append(name)
    return names


def _fold(marks: dict[str, str], name: str, old: Any, new: Any, *, is_import: bool) -> None:
    if is_import:
        marks.pop(name, None)
    elif name == "embargo_until" or (name == "status" and name not in marks and old != "published"):
        return
    else:
        imported = marks.get(name, _CHOSEN + _mark(old)).removeprefix(_CHOSEN)
        is_choice = name == "places" and _is_choice(old, new) and marks.get(name, _CHOSEN).startswith(_CHOSEN)
        marks[name] = _CHOSEN + imported if is_choice else imported
        if imported == _mark(new):
            del marks[name]


def _is_choice(old: Any, new: Any) -> bool:
    others = [place for place in new if place not in old]
    return len(others) == 1 and others[0]["geocoder"] == "chosen" and len(old) <= len(new)


def _mark(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("edited")
