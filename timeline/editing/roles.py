"""Roles of editors, and the status changes of an event that each role allows."""

from dataclasses import dataclass

from db.desk import StoredEvent
from db.editing.api_keys import Role
from db.events.draft import Draft, Status
from timeline.errors import BadParameter, Forbidden

RANK: dict[Role, int] = {"editor": 0, "reviewer": 1, "admin": 2}

# The lowest role that may change an event from the first status to the second.
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
_CREATE: dict[Status, Role] = {"draft": "editor", "review": "editor", "published": "reviewer"}
_DELETE: dict[Status, Role] = {
    "draft": "editor",
    "review": "editor",
    "published": "reviewer",
    "retracted": "reviewer",
}


@dataclass(frozen=True, slots=True)
class Editor:
    """A person who may edit: the name that the history shows, and the role.

    A host application with its own users returns these from `identify` (see `timeline.app.create_app`).
    """

    name: str
    role: Role

    def need(self, role: Role, action: str) -> None:
        """Raise Forbidden, which names `role`, unless this editor has that role or a higher one."""
        if RANK[self.role] < RANK[role]:
            raise Forbidden(action, role, self.role)

    def may(self, old: Status, new: Status) -> bool:
        """Return whether this editor may change an event from one status to the other."""
        step = STEPS.get((old, new))
        return step is not None and RANK[self.role] >= RANK[step]


def check_new(editor: Editor, draft: Draft) -> None:
    """Raise Forbidden or BadParameter unless an editor may create an event with this status."""
    if draft.status not in _CREATE:
        raise BadParameter(
            "status", f"a new event cannot be {draft.status}; expected draft, review or published"
        )
    editor.need(_CREATE[draft.status], f"creating an event that is {_word(draft.status)}")


def check_step(editor: Editor, old: StoredEvent, draft: Draft) -> None:
    """Raise Forbidden or BadParameter unless an editor may change an event to the status of `draft`."""
    step = (old.draft.status, draft.status)
    if step not in STEPS:
        expected = ", ".join(new for before, new in STEPS if before == step[0])
        raise BadParameter(
            "status", f"an event that is {_word(step[0])} cannot become {step[1]}; expected {expected}"
        )
    action = (
        f"changing an event that is {_word(step[0])}"
        if step[0] == step[1]
        else f"changing an event to {_word(step[1])}"
    )
    editor.need(STEPS[step], action)


def check_end(editor: Editor, old: StoredEvent) -> None:
    """Raise Forbidden unless an editor may delete this event."""
    editor.need(_DELETE[old.draft.status], f"deleting an event that is {_word(old.draft.status)}")


def _word(status: Status) -> str:
    return {"draft": "a draft", "review": "in review"}.get(status, status)
