"""Make the full text anew with a tokenizer that splits only at spaces: the words come from db.query.search_words."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Replace the table by an empty one; db.migrations.search_index then fills it from the stored Features."""
    op.execute("DROP TABLE event_text")
    op.execute(
        "CREATE VIRTUAL TABLE event_text USING fts5"
        " (title, summary, places, tags, content='', columnsize=0, tokenize='ascii')"
    )


def downgrade() -> None:
    """Refuse: only the earlier program can fill the earlier table."""
    raise NotImplementedError(
        "the full text of 0008 cannot be written by this program; restore a backup instead"
    )
