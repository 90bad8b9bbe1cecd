"""Say each thing once, in the stored Feature, and keep that apart from what is searched and counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_EVENT = ("feature", "summary", "note", "data")
_PLACE = (
    "position", "precision", "country", "countries", "admin1", "radius_km", "confidence", "geocoder", "gazetteer_id"
)  # fmt: skip


def upgrade() -> None:
    """Drop what the Feature holds, and keep the small tables in their primary keys' order."""
    op.create_table(
        "encoded",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("feature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event"),
    )
    op.execute("INSERT INTO encoded (event, feature) SELECT pk, feature FROM event ORDER BY pk")
    op.drop_table("source")
    for table, names in (("event", _EVENT), ("place", _PLACE)):
        for name in names:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    # Titles are rarely the same, so that ties need no index.
    op.drop_index("ix_event_title")
    title = sa.text("title COLLATE NOCASE")
    op.create_index("ix_event_title", "event", [title], sqlite_where=sa.text("status = 'published'"))
    _make("figure", _figure(), "event", "name")
    _make("tag", _tag(), "tag", "event")
    op.create_index("ix_tag_event", "tag", ["event"])
    _make("place_country", _place_country(), "country", "place")
    op.create_index("ix_place_country_place", "place_country", ["place"])


def downgrade() -> None:
    """Refuse: the columns would have to be read out of every Feature again."""
    raise NotImplementedError("version 0003 cannot be taken back; restore the backup made before it")


def _figure() -> list[sa.Column]:  # type: ignore[type-arg]  # of any type
    return [
        sa.Column("event", sa.Integer(), sa.ForeignKey("event.pk", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
    ]


def _tag() -> list[sa.Column]:  # type: ignore[type-arg]  # of any type
    return [
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("event", sa.Integer(), sa.ForeignKey("event.pk", ondelete="CASCADE"), nullable=False),
    ]


def _place_country() -> list[sa.Column]:  # type: ignore[type-arg]  # of any type
    return [
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), sa.ForeignKey("place.pk", ondelete="CASCADE"), nullable=False),
    ]


def _make(name: str, columns: list[sa.Column], *key: str) -> None:  # type: ignore[type-arg]  # of any type
    """Make a table anew WITHOUT ROWID (https://www.sqlite.org/withoutrowid.html), which halves its size."""
    op.rename_table(name, f"old_{name}")
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=False)
    listed = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO {name} ({listed}) SELECT {listed} FROM old_{name} ORDER BY {', '.join(key)}")
    # Its indexes go with it, so that their names are free again.
    op.drop_table(f"old_{name}")
