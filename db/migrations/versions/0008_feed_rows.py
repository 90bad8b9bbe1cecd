"""Add the row number of the event to the entries of the feed, so that columns in memory can follow it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; entries of before have none, since their events may be gone."""
    op.add_column("change", sa.Column("pk", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("change", "pk")
