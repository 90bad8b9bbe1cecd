"""The built-in categories and the marker shapes.

To add a category: append it to VOCABULARY and run `.venv/bin/python -m db.migrations.new_category`, which writes the
migration that adds it to every database. A test compares the two.
"""

from typing import NamedTuple

# Every shape that a category may have. timeline/web/stills/markers.py draws them, for the pages and their scripts.
SHAPES = ("circle", "triangle", "diamond", "square", "inverted_triangle", "hexagon")
# A category that an import creates gets the next colour and shape of these lists.
COLORS = ("#1f3fae", "#c2300f", "#571f5c", "#1492b4", "#ab8100", "#3f7f5f")


class BuiltInCategory(NamedTuple):
    """A category of every database: labels by language, colour as #rrggbb, and one of SHAPES."""

    slug: str
    labels: dict[str, str]
    color: str
    shape: str


def _labels(en: str, ca: str, es: str, fr: str, ar: str) -> dict[str, str]:
    return {"en": en, "ca": ca, "es": es, "fr": fr, "ar": ar}


# Labels that built-in categories once had, casefolded. Imports still read them, so that files made earlier come in.
FORMER_LABELS = {
    "escorcoll": "raid",
    "perquisition": "raid",
    "اعتقال": "arrest",
    "إدانة": "conviction",
    "audience": "court_hearing",
}


# The colours were chosen for their contrast on the map and for colour-blind readers; no two
# categories have both the same colour and the same shape.
VOCABULARY = (
    BuiltInCategory(
        "raid", _labels("Raid", "Batuda", "Redada", "Descente de police", "مداهمة"), "#1f3fae", "circle"
    ),
    BuiltInCategory(
        "arrest", _labels("Arrest", "Detenció", "Detención", "Arrestation", "توقيف"), "#c2300f", "triangle"
    ),
    BuiltInCategory(
        "seizure", _labels("Seizure", "Comís", "Incautación", "Saisie", "ضبط"), "#ab8100", "square"
    ),
    BuiltInCategory("death", _labels("Death", "Mort", "Muerte", "Décès", "وفاة"), "#571f5c", "diamond"),
    BuiltInCategory(
        "protest",
        _labels("Protest", "Protesta", "Protesta", "Manifestation", "احتجاج"),
        "#1492b4",
        "triangle",
    ),
    BuiltInCategory(
        "use_of_force",
        _labels("Use of force", "Ús de la força", "Uso de la fuerza", "Usage de la force", "استخدام القوة"),
        "#c2300f",
        "inverted_triangle",
    ),
    BuiltInCategory(
        "cyber_operation",
        _labels(
            "Cyber operation",
            "Operació cibernètica",
            "Operación cibernética",
            "Cyberopération",
            "عملية سيبرانية",
        ),
        "#1492b4",
        "hexagon",
    ),
    BuiltInCategory(
        "pilot_programme",
        _labels("Pilot programme", "Programa pilot", "Programa piloto", "Programme pilote", "برنامج تجريبي"),
        "#3f7f5f",
        "hexagon",
    ),
    BuiltInCategory(
        "policy_change",
        _labels(
            "Policy change",
            "Canvi de política",
            "Cambio de política",
            "Changement de politique",
            "تغيير في السياسات",
        ),
        "#ab8100",
        "inverted_triangle",
    ),
    BuiltInCategory(
        "conviction",
        _labels("Conviction", "Condemna", "Condena", "Condamnation", "حكم بالإدانة"),
        "#571f5c",
        "square",
    ),
    BuiltInCategory(
        "court_hearing",
        _labels("Court hearing", "Vista judicial", "Vista judicial", "Audience judiciaire", "جلسة محكمة"),
        "#1f3fae",
        "diamond",
    ),
    BuiltInCategory("study", _labels("Study", "Estudi", "Estudio", "Étude", "دراسة"), "#3f7f5f", "circle"),
)
