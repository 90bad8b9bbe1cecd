"""Replace labels of categories by those of the glossary, in which a term has one translation everywhere."""

from db.migrations.vocabulary import relabel_category

revision = "0007"
down_revision = "0006"

# Slug, language, label until now, label from now on.
_LABELS = (
    ("raid", "ca", "Escorcoll", "Batuda"),
    ("raid", "fr", "Perquisition", "Descente de police"),
    ("arrest", "ar", "اعتقال", "توقيف"),
    ("conviction", "ar", "إدانة", "حكم بالإدانة"),
    ("court_hearing", "fr", "Audience", "Audience judiciaire"),
)


def upgrade() -> None:
    """Replace the labels that nobody has changed."""
    for slug, language, old, new in _LABELS:
        relabel_category(slug, {language: old}, {language: new})


def downgrade() -> None:
    """Restore the earlier labels."""
    for slug, language, old, new in _LABELS:
        relabel_category(slug, {language: new}, {language: old})
