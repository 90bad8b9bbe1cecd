"""An index of what waits for an editor, in the order of its last change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index, of the few events that are neither published nor retracted."""
    waiting = sa.text("status IN ('draft', 'review')")
    op.create_index("ix_event_waiting", "event", ["status", "updated"], sqlite_where=waiting)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_event_waiting")
