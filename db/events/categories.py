"""The categories that a new database holds: slug, labels, colour and marker shape.

Colours and shapes are those of the design: colour-blind distances and contrast on land were measured for the
six colours, and no two categories share both colour and shape.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """One category of the vocabulary."""

    slug: str
    labels: dict[str, str]
    color: str
    shape: str


def _labels(en: str, ca: str, es: str, fr: str, ar: str) -> dict[str, str]:
    return {"en": en, "ca": ca, "es": es, "fr": fr, "ar": ar}


VOCABULARY = (
    Kind("raid", _labels("Raid", "Escorcoll", "Redada", "Perquisition", "مداهمة"), "#1f3fae", "circle"),
    Kind(
        "arrest", _labels("Arrest", "Detenció", "Detención", "Arrestation", "اعتقال"), "#c2300f", "triangle"
    ),
    Kind("seizure", _labels("Seizure", "Comís", "Incautación", "Saisie", "ضبط"), "#ab8100", "square"),
    Kind("death", _labels("Death", "Mort", "Muerte", "Décès", "وفاة"), "#571f5c", "diamond"),
    Kind(
        "protest",
        _labels("Protest", "Protesta", "Protesta", "Manifestation", "احتجاج"),
        "#1492b4",
        "triangle",
    ),
    Kind(
        "use_of_force",
        _labels("Use of force", "Ús de la força", "Uso de la fuerza", "Usage de la force", "استخدام القوة"),
        "#c2300f",
        "inverted_triangle",
    ),
    Kind(
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
    Kind(
        "pilot_programme",
        _labels("Pilot programme", "Programa pilot", "Programa piloto", "Programme pilote", "برنامج تجريبي"),
        "#3f7f5f",
        "hexagon",
    ),
    Kind(
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
    Kind(
        "conviction",
        _labels("Conviction", "Condemna", "Condena", "Condamnation", "إدانة"),
        "#571f5c",
        "square",
    ),
    Kind(
        "court_hearing",
        _labels("Court hearing", "Vista judicial", "Vista judicial", "Audience", "جلسة محكمة"),
        "#1f3fae",
        "diamond",
    ),
    Kind("study", _labels("Study", "Estudi", "Estudio", "Étude", "دراسة"), "#3f7f5f", "circle"),
)

# What a category made by an import gets, in turn.
COLORS = ("#1f3fae", "#c2300f", "#571f5c", "#1492b4", "#ab8100", "#3f7f5f")
SHAPES = ("circle", "triangle", "diamond", "square", "inverted_triangle", "hexagon")
