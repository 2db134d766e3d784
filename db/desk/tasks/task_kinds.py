"""The kinds of task. What differs between them is here to register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.desk.refusal import Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.language import Text
from db.policy.wording import DUTIES
from db.store.tables import Task


def _nothing(_task: Task) -> Refused | None:
    """Return None: whoever does the task says whether it is done."""
    return None


def _nobody(_task: Task, _account: int) -> bool:
    return False


def _itself(_task: Task, _account: int) -> Text:
    """Return an empty text: the kind and the person concerned say it all."""
    return ""


@dataclass(frozen=True, slots=True)
class TaskKind:
    """A kind of task.

    ``lacking`` gives the refusal to finish it as long as what it asks for is not on record yet.
    ``by_itself``: it is done as soon as nothing is lacking, without anybody saying so.
    ``about`` says which one of its kind it is, where that is not told by whom it concerns, and no more than
    the account that asks may know.
    ``thing`` is the key of the detail that numbers what it is about.
    ``assignees``: who does it, where that is not for the task itself to say.
    ``concerns``: whether what it is about concerns the account, which hears nothing of it.
    ``days``, of a book: what gives a task its day by the present calendar, where that is no count of working
    days from its start; tasks of one ``thing`` then have one day.
    """

    id: str
    label: Text
    lacking: Callable[[Task], Refused | None] = _nothing
    by_itself: bool = False
    about: Callable[[Task, int], Text] = _itself
    thing: str = ""
    assignees: Callable[[Task, ApproverResolver], tuple[NamedApprover, ...]] | None = None
    concerns: Callable[[Task, int], bool] = _nobody
    days: Callable[[str], Callable[[Task], str]] | None = None


_KINDS: dict[str, TaskKind] = {}


def register(kind: TaskKind) -> None:
    """Register a kind of task for lists of tasks and the duty runner."""
    _KINDS[kind.id] = kind


def done_by_others() -> list[str]:
    """Return kinds of task that are not done by the account or the role of the task itself."""
    return [kind.id for kind in _KINDS.values() if kind.assignees is not None]


def kind_of(kind: str) -> TaskKind:
    """Return the kind; one that nobody registered is done when its doer says so."""
    found = _KINDS.get(kind)
    return found or TaskKind(kind, {str(duty): label for duty, label in DUTIES.items()}.get(kind, kind))
