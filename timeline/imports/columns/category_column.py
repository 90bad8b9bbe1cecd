"""Find the column of the category where its heading is no usual one: by a word of the heading, or by its values."""

from timeline.exchange.field_names import possible_keys
from timeline.imports.columns.assignment import Assignment

_WORDS = frozenset((
    "type", "category", "kind", "class", "classification", "tipo", "categoria", "clase", "clasificacion", "tipus",
    "classe", "classificacio", "genre", "categorie", "nature", "art", "kategorie", "klasse", "typ", "soort",
    "tipologia", "especie",
))  # fmt: skip
_MAX_CHARACTERS = 60  # of a category
_NO_CATEGORY = "\x00"


def assign_category(assignment: Assignment) -> None:
    """Assign a free column with a word for "category" in its heading and some known values, or with only known ones.

    Where several columns are equally likely, none is assigned: the import asks.
    """
    if assignment.has("category"):
        return
    columns = [name for name in assignment.free() if _may_be_categories(assignment, name)]
    named = [name for name in columns if any(_WORDS & set(key.split("_")) for key in possible_keys(name))]
    # With --create-categories every text may become a category, so that values prove nothing.
    is_any = assignment.is_category(_NO_CATEGORY)
    known = [] if is_any else [name for name in columns if assignment.unknown_categories(name) == 0]
    for candidates in (named, known):
        if len(candidates) == 1:
            assignment.assign("category", candidates[0])
        if candidates:
            return


def _may_be_categories(assignment: Assignment, column: str) -> bool:
    texts = [text for text in map(str.strip, assignment.samples[column]) if text]
    return (
        bool(texts) and max(map(len, texts)) <= _MAX_CHARACTERS and assignment.unknown_categories(column) < 1
    )
