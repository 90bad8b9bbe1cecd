"""The first schema: events with their places, sources, figures and tags, and the search tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_PUBLISHED = sa.text("status = 'published'")
_LANGUAGES = ("en", "ca", "es", "fr", "ar")
# Slug, colour, marker shape and one label for each language.
_CATEGORIES = (
    ("raid", "#1f3fae", "circle",
     "Raid", "Escorcoll", "Redada", "Perquisition", "مداهمة"),
    ("arrest", "#c2300f", "triangle",
     "Arrest", "Detenció", "Detención", "Arrestation", "اعتقال"),
    ("seizure", "#ab8100", "square",
     "Seizure", "Comís", "Incautación", "Saisie", "ضبط"),
    ("death", "#571f5c", "diamond",
     "Death", "Mort", "Muerte", "Décès", "وفاة"),
    ("protest", "#1492b4", "triangle",
     "Protest", "Protesta", "Protesta", "Manifestation", "احتجاج"),
    ("use_of_force", "#c2300f", "inverted_triangle",
     "Use of force", "Ús de la força", "Uso de la fuerza", "Usage de la force", "استخدام القوة"),
    ("cyber_operation", "#1492b4", "hexagon",
     "Cyber operation", "Operació cibernètica", "Operación cibernética", "Cyberopération", "عملية سيبرانية"),
    ("pilot_programme", "#3f7f5f", "hexagon",
     "Pilot programme", "Programa pilot", "Programa piloto", "Programme pilote", "برنامج تجريبي"),
    ("policy_change", "#ab8100", "inverted_triangle",
     "Policy change", "Canvi de política", "Cambio de política", "Changement de politique", "تغيير في السياسات"),
    ("conviction", "#571f5c", "square",
     "Conviction", "Condemna", "Condena", "Condamnation", "إدانة"),
    ("court_hearing", "#1f3fae", "diamond",
     "Court hearing", "Vista judicial", "Vista judicial", "Audience", "جلسة محكمة"),
    ("study", "#3f7f5f", "circle",
     "Study", "Estudi", "Estudio", "Étude", "دراسة"),
)  # fmt: skip
_SEARCH_TABLES = (
    "CREATE VIRTUAL TABLE pin_index USING rtree (place, west, east, south, north, first_day, last_day)",
    "CREATE VIRTUAL TABLE event_text USING fts5"
    " (title, summary, places, tags, content='', columnsize=0, tokenize=\"unicode61 remove_diacritics 2\")",
)


def upgrade() -> None:
    """Create every table and insert the first twelve categories."""
    _create_event_tables()
    _create_part_tables()
    _create_indexes()
    for statement in _SEARCH_TABLES:
        op.execute(statement)
    _insert_categories()
    op.execute("INSERT INTO data_version (one, version, moment) VALUES (1, 0, unixepoch())")


def downgrade() -> None:
    """Drop every table."""
    for table in ("pin_index", "event_text"):
        op.execute(f"DROP TABLE {table}")
    for table in ("place_country", "tag", "source", "place", "figure", "event", "data_version", "category"):
        op.drop_table(table)


def _insert_categories() -> None:
    category = sa.table("category", *map(sa.column, ("slug", "labels", "color", "shape", "position")))
    category.c.labels.type = sa.JSON()
    rows = [
        {"slug": slug, "labels": dict(zip(_LANGUAGES, labels, strict=True)), "color": color, "shape": shape}
        for slug, color, shape, *labels in _CATEGORIES
    ]
    op.bulk_insert(category, [{**row, "position": position} for position, row in enumerate(rows)])


def _create_event_tables() -> None:
    op.create_table(
        "category",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("color", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_table(
        "data_version",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moment", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "event",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("start_min", sa.Integer(), nullable=True),
        sa.Column("start_max", sa.Integer(), nullable=True),
        sa.Column("end_min", sa.Integer(), nullable=True),
        sa.Column("end_max", sa.Integer(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("date_precision", sa.String(), nullable=False),
        sa.Column("placed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("feature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'review', 'published', 'retracted')", name="event_status"),
        sa.CheckConstraint(
            "verification IN ('reported', 'confirmed', 'disputed')", name="event_verification"
        ),
        sa.CheckConstraint("start_min <= start_max AND end_min <= end_max", name="event_bounds"),
        sa.ForeignKeyConstraint(
            ["category"],
            ["category.slug"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
    )


def _create_part_tables() -> None:
    op.create_table(
        "figure",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "name"),
    )
    op.create_table(
        "place",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("admin1", sa.String(), nullable=True),
        sa.Column("radius_km", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("geocoder", sa.String(), nullable=False),
        sa.Column("gazetteer_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("ix_place_event", "place", ["event"])

    op.create_table(
        "source",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("date", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("ix_source_event", "source", ["event"])

    op.create_table(
        "tag",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag", "event"),
    )
    op.create_index("ix_tag_event", "tag", ["event"])

    op.create_table(
        "place_country",
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["place.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("country", "place"),
    )
    op.create_index("ix_place_country_place", "place_country", ["place"])


def _create_indexes() -> None:
    undated_last = sa.text("coalesce(start_min, 9223372036854775807)")
    newest = sa.text("start_min DESC")
    op.create_index("ix_event_newest", "event", [newest, "id"], sqlite_where=_PUBLISHED)
    op.create_index("ix_event_oldest", "event", [undated_last, "id"], sqlite_where=_PUBLISHED)
    title = sa.text("title COLLATE NOCASE")
    op.create_index("ix_event_title", "event", [title, "id"], sqlite_where=_PUBLISHED)
    op.create_index("ix_event_updated", "event", [sa.text("updated DESC"), "id"], sqlite_where=_PUBLISHED)
    op.create_index("ix_event_category", "event", ["category", newest], sqlite_where=_PUBLISHED)
    op.create_index("ix_event_unplaced", "event", [newest], sqlite_where=sa.text("NOT placed"))
