"""Add the texts of places as written, the choices of editors, and the answers of network geocoders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the three tables. The next import of an event fills in its texts."""
    op.create_table(
        "place_text",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("doubt", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "position"),
    )
    in_doubt = sa.text("doubt IS NOT NULL")
    op.create_index("ix_place_text_doubt", "place_text", ["event", "position"], sqlite_where=in_doubt)
    op.create_table(
        "place_choice",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event", "text", "country"),
    )
    op.create_table(
        "place_answer",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "text", "country"),
    )


def downgrade() -> None:
    """Drop the three tables."""
    for table in ("place_answer", "place_choice", "place_text"):
        op.drop_table(table)
