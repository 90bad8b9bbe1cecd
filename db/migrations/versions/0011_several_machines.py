"""Let servers on several machines share a database: leases of imports, rejected rows, wrong keys; two clearer names.

Imports of before have no lease: they belong to the machine that runs this.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_RENAMED = (("place_answer", "asked", "answered"), ("data_version", "one", "single_row"))


def upgrade() -> None:
    """Add the columns and tables, and rename two columns."""
    op.add_column("import_job", sa.Column("host", sa.String(), nullable=True))
    op.add_column("import_job", sa.Column("lease_ends", sa.Integer(), nullable=True))
    op.create_table(
        "rejected_part",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["import_job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "number"),
    )
    op.create_table(
        "wrong_keys",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
        sqlite_with_rowid=False,
    )
    for table, old, new in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def downgrade() -> None:
    """Drop the columns and tables, and rename the columns back."""
    for table, old, new in _RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    for table in ("wrong_keys", "rejected_part"):
        op.drop_table(table)
    for column in ("lease_ends", "host"):
        op.drop_column("import_job", column)
