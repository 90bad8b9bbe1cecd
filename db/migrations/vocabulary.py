"""Steps for migrations that change the categories. Only add functions here: old migrations rely on the others."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from db.events.categories import SHAPES


def add_category(slug: str, labels: Mapping[str, str], *, color: str, shape: str) -> None:
    """Add a category behind the existing ones; `labels` by language, `color` as #rrggbb, `shape` one of SHAPES.

    A category that an import has already created under this slug gets the labels, colour and shape, and keeps its
    position. Raises ValueError for an unknown shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown marker shape {shape!r}; expected one of {', '.join(SHAPES)}")
    row = {"slug": slug, "labels": dict(labels), "color": color, "shape": shape}
    op.get_bind().execute(_INSERT, row)
    # ETags of /categories contain the data version. An empty database keeps version 0.
    op.execute("UPDATE data_version SET version = version + 1 WHERE version > 0")


_INSERT = sa.text(
    "INSERT INTO category (slug, labels, color, shape, position)"
    " SELECT :slug, :labels, :color, :shape, coalesce(max(position) + 1, 0) FROM category WHERE true"
    " ON CONFLICT (slug) DO UPDATE"
    " SET labels = excluded.labels, color = excluded.color, shape = excluded.shape"
).bindparams(sa.bindparam("labels", type_=sa.JSON()))


def relabel_category(slug: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Replace labels of a category, by language; a label that is not the old one was chosen by somebody and stays."""
    labels = op.get_bind().execute(_LABELS, {"slug": slug}).scalar()
    if labels is None:
        return
    replaced = {
        language: new[language] if language in new and label == old[language] else label
        for language, label in labels.items()
    }
    if replaced != labels:
        op.get_bind().execute(_RELABEL, {"slug": slug, "labels": replaced})
        op.execute("UPDATE data_version SET version = version + 1 WHERE version > 0")


_LABELS = sa.text("SELECT labels FROM category WHERE slug = :slug").columns(labels=sa.JSON())
_RELABEL = sa.text("UPDATE category SET labels = :labels WHERE slug = :slug").bindparams(
    sa.bindparam("labels", type_=sa.JSON())
)


def remove_category(slug: str) -> None:
    """Remove a category. The foreign key of `event` raises IntegrityError while events use it."""
    op.get_bind().execute(sa.text("DELETE FROM category WHERE slug = :slug"), {"slug": slug})
