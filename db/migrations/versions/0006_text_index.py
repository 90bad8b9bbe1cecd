"""Rebuild the full-text table of databases created at 0001 or 0002 in the form of later databases."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_CREATE = (
    "CREATE VIRTUAL TABLE new_text USING fts5"
    " (title, summary, places, tags, content='', columnsize=0, tokenize=\"unicode61 remove_diacritics 2\")"
)


def upgrade() -> None:
    """Drop the column sizes, which no query uses.

    The index itself has the same format in both forms, so its two shadow tables are copied as they are
    (https://www.sqlite.org/fts5.html, 4.5 and 4.6): the table stores no text from which to build them again.
    """
    has_column_sizes = sa.text("SELECT 1 FROM sqlite_master WHERE name = 'event_text_docsize'")
    if not op.get_bind().execute(has_column_sizes).first():
        return
    op.execute(_CREATE)
    for shadow in ("data", "idx"):
        op.execute(f"DELETE FROM new_text_{shadow}")
        op.execute(f"INSERT INTO new_text_{shadow} SELECT * FROM event_text_{shadow}")
    op.execute("DROP TABLE event_text")
    op.execute("ALTER TABLE new_text RENAME TO event_text")


def downgrade() -> None:
    """Do nothing: the programs of revision 0005 read both forms."""
