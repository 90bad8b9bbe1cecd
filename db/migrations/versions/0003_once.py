"""Store each value once: move the Features to a table of their own, and drop the columns that repeat them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_EVENT = ("feature", "summary", "note", "data")
_PLACE = (
    "position", "precision", "country", "countries", "admin1", "radius_km", "confidence", "geocoder", "gazetteer_id"
)  # fmt: skip


def upgrade() -> None:
    """Drop the columns that the Feature contains, and store the small tables in the order of their primary keys."""
    op.create_table(
        "encoded",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("feature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event"),
    )
    op.execute("INSERT INTO encoded (event, feature) SELECT pk, feature FROM event ORDER BY pk")
    op.drop_table("source")
    for table, columns in (("event", _EVENT), ("place", _PLACE)):
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    # Two events rarely have the same title, so the index needs no second column.
    op.drop_index("ix_event_title")
    title = sa.text("title COLLATE NOCASE")
    op.create_index("ix_event_title", "event", [title], sqlite_where=sa.text("status = 'published'"))
    _rebuild("figure", _figure(), "event", "name")
    _rebuild("tag", _tag(), "tag", "event")
    op.create_index("ix_tag_event", "tag", ["event"])
    _rebuild("place_country", _place_country(), "country", "place")
    op.create_index("ix_place_country_place", "place_country", ["place"])


def downgrade() -> None:
    """Raise NotImplementedError: the columns would have to be read from every Feature."""
    raise NotImplementedError("revision 0003 has no downgrade; restore a backup made before it")


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


def _rebuild(name: str, columns: list[sa.Column], *key: str) -> None:  # type: ignore[type-arg]  # of any type
    """Rebuild a table WITHOUT ROWID (https://www.sqlite.org/withoutrowid.html), which halves its size."""
    op.rename_table(name, f"old_{name}")
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=False)
    names = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO {name} ({names}) SELECT {names} FROM old_{name} ORDER BY {', '.join(key)}")
    # This also drops its indexes, so the new table may use their names.
    op.drop_table(f"old_{name}")
