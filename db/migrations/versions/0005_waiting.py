"""Add an index of the drafts and events in review, in the order of their last change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the index. It contains only the few events that are neither published nor retracted."""
    waiting = sa.text("status IN ('draft', 'review')")
    op.create_index("ix_event_waiting", "event", ["status", "updated"], sqlite_where=waiting)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_event_waiting")
