"""Write the migration for categories that were appended to VOCABULARY: `python -m db.migrations.new_category`."""

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from db.engines import connect_file
from db.events.categories import VOCABULARY, BuiltInCategory
from db.migrations import upgrade

_MIGRATION = '''"""Add {title}."""

from db.migrations.vocabulary import add_category, remove_category

revision = "{revision}"
down_revision = "{previous}"


def upgrade() -> None:
    """Add what VOCABULARY contained when this migration was written."""
{adds}


def downgrade() -> None:
    """Remove it again, which fails while events use it."""
{removes}
'''


def write_migration(categories: Iterable[BuiltInCategory] = VOCABULARY) -> Path | None:
    """Write a migration that adds the categories which no migration adds yet; return its file, or None for none."""
    migrated = _migrated_slugs()
    missing = [category for category in categories if category.slug not in migrated]
    if not missing:
        return None
    previous = upgrade.versions()[0]
    revision = f"{int(previous) + 1:04}"
    file = upgrade.SCRIPTS / "versions" / f"{revision}_add_{missing[0].slug}.py"
    content = _MIGRATION.format(
        title=", ".join(category.slug for category in missing),
        revision=revision,
        previous=previous,
        adds="\n".join(map(_add, missing)),
        removes="\n".join(f'    remove_category("{category.slug}")' for category in missing),
    )
    file.write_text(content, encoding="utf-8")
    return file


def _add(category: BuiltInCategory) -> str:
    labels = "".join(
        f'            "{language}": {json.dumps(label, ensure_ascii=False)},\n'
        for language, label in category.labels.items()
    )
    return (
        f'    add_category(\n        "{category.slug}",\n        {{\n{labels}        }},\n'
        f'        color="{category.color}",\n        shape="{category.shape}",\n    )'
    )


def _migrated_slugs() -> set[str]:
    """Return the slugs that a new database contains, by migrating one in a temporary folder."""
    with TemporaryDirectory() as folder:
        engine = connect_file(Path(folder) / "new.db")
        upgrade.upgrade(engine)
        with engine.connect() as connection:
            slugs = set(connection.scalars(text("SELECT slug FROM category")))
        engine.dispose()
    return slugs


if __name__ == "__main__":
    print(write_migration() or "Every category of VOCABULARY has its migration already.")
