"""${message}"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Upgrade by one revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade by one revision."""
    ${downgrades if downgrades else "pass"}
