"""Who may do what: roles, and the ways an event takes from draft to published and retracted."""

from dataclasses import dataclass

from db.desk import StoredEvent
from db.editing.api_keys import Role
from db.events.draft import Draft, Status
from timeline.errors import BadParameter, Forbidden

RANK: dict[Role, int] = {"editor": 0, "reviewer": 1, "admin": 2}

# From one status to another, or staying in one: the least role that may do it.
STEPS: dict[tuple[Status, Status], Role] = {
    ("draft", "draft"): "editor",
    ("draft", "review"): "editor",
    ("draft", "published"): "reviewer",
    ("review", "review"): "editor",
    ("review", "draft"): "editor",
    ("review", "published"): "reviewer",
    ("published", "published"): "reviewer",
    ("published", "retracted"): "reviewer",
    ("retracted", "retracted"): "reviewer",
    ("retracted", "draft"): "admin",
    ("retracted", "published"): "admin",
}
_BIRTH: dict[Status, Role] = {"draft": "editor", "review": "editor", "published": "reviewer"}
_DEATH: dict[Status, Role] = {
    "draft": "editor",
    "review": "editor",
    "published": "reviewer",
    "retracted": "reviewer",
}


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody who may edit: the name that history keeps, and the role.

    A host application that knows its own people makes these (see `timeline.app.create_app`).
    """

    name: str
    role: Role

    def need(self, role: Role, what: str) -> None:
        """Raise Forbidden, which names the role that is needed, unless this one is of it or above."""
        if RANK[self.role] < RANK[role]:
            raise Forbidden(what, role, self.role)

    def may(self, old: Status, new: Status) -> bool:
        """Tell whether the way from one status to another is open to this role."""
        step = STEPS.get((old, new))
        return step is not None and RANK[self.role] >= RANK[step]


def check_new(editor: Editor, draft: Draft) -> None:
    """Raise Forbidden or BadParameter unless an editor may make an event of this status."""
    if draft.status not in _BIRTH:
        raise BadParameter(
            "status", f"a new event cannot be {draft.status}; expected draft, review or published"
        )
    editor.need(_BIRTH[draft.status], f"making an event that is {_word(draft.status)}")


def check_step(editor: Editor, old: StoredEvent, draft: Draft) -> None:
    """Raise Forbidden or BadParameter unless an editor may change an event so."""
    way = (old.draft.status, draft.status)
    if way not in STEPS:
        ways = ", ".join(new for before, new in STEPS if before == way[0])
        raise BadParameter(
            "status", f"an event that is {_word(way[0])} cannot become {way[1]}; expected {ways}"
        )
    what = (
        f"changing an event that is {_word(way[0])}"
        if way[0] == way[1]
        else f"making an event {_word(way[1])}"
    )
    editor.need(STEPS[way], what)


def check_end(editor: Editor, old: StoredEvent) -> None:
    """Raise Forbidden unless an editor may delete this event."""
    editor.need(_DEATH[old.draft.status], f"deleting an event that is {_word(old.draft.status)}")


def _word(status: Status) -> str:
    return {"draft": "a draft", "review": "in review"}.get(status, status)
