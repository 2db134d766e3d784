"""The subjects of the desk that others must not know, and what each hooks into what stands below it.

A subject is a folder of `db/desk` with a `hooks.py` that assigns `HOOKS`, and a line in `SUBJECTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.desk.act import Act
    from db.desk.authority.permissions import Permissions
    from db.desk.entry.noting import Event
    from db.desk.frame import OperationGroup
    from db.desk.overview.unreached import Owed
    from db.desk.papers.sheets import SheetKind
    from db.desk.tasks.duties import Alarm
    from db.desk.tasks.handback import Copy
    from db.desk.today.waiting import OtherMatter
    from db.language import Message, Text
    from db.policy.effective import EffectivePolicy
    from db.store.tables import Entry, Request, Task

SUBJECTS = (
    "accounts", "lifecycle", "outside", "privacy", "calendars", "cases", "editions", "emergency",
    "overview", "papers", "reviews", "training",
)  # fmt: skip
"""In the order in which their hooks run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What a subject hooks in; what is run runs within the transaction of what it is hooked into.

    ``groups``: its groups of operations, which are loaded with the desk. ``labels``: what acts beside these,
    and particulars of records, are called; ``words``: for such a particular, what its values are.
    ``lists``: its lists that leave as files, each with the report whose drawers may take it out. ``papers``:
    its sheets to be signed.
    ``admits`` (permissions, arguments or None): what is left of the permissions of somebody who has to do
    something first; with an operation's arguments it raises Refused where nothing is. ``waits``: what waits
    for somebody besides requests and tasks. ``owes``: what people are to get; ``receives`` (entry, position,
    unit): what somebody would besides in that place. ``own_data`` (permissions,
    whether as stored): rows of one's own data, each with the id of its table. ``issued`` (book, entry): the
    fields with which an entry stands in what was handed out, once for each time.
    By the duty runner: ``begins`` before each round and ``ends`` after it, ``erases`` (book or None, source,
    front) for each book, returning how much; ``openers`` open a book's tasks, and ``alarms`` tell of it.
    On entries: ``entered`` when whoever keeps a book enters some of these ids, ``joined`` when they appear in
    it in whatever way, ``changed`` when one has come, changed or gone; ``posts`` before the position of one
    changes, which raises Refused where something is in the way. ``accounts`` (person, account): when an
    account is made. ``turned_down``: when a request is rejected or withdrawn. ``copies`` (person): those
    in their hands, out of any book. ``reads_evidence``: whether the actor may open a file by its number;
    notes as what. ``hidden_tasks`` and ``hidden_records`` (permissions): numbers of tasks, and of records of
    the audit, that are not there for the reader, whom they concern.
    """

    groups: Sequence[type[OperationGroup]] = ()
    labels: Mapping[str, Message] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    papers: Sequence[SheetKind] = ()
    admits: Sequence[Callable[[Permissions, Mapping[str, object] | None], Permissions]] = ()
    waits: Sequence[Callable[[Permissions], Iterable[OtherMatter]]] = ()
    own_data: Sequence[Callable[[Permissions, bool], Iterable[tuple[str, tuple[Text, ...]]]]] = ()
    owes: Sequence[Callable[[EffectivePolicy], Iterable[Owed]]] = ()
    receives: Sequence[Callable[[Entry, str, int], Iterable[Text]]] = ()
    issued: Sequence[Callable[[str, int], Iterable[str]]] = ()
    begins: Sequence[Callable[[], object]] = ()
    ends: Sequence[Callable[[], object]] = ()
    erases: Sequence[Callable[[str | None, str, str], int]] = ()
    openers: Sequence[Callable[[EffectivePolicy], list[Task]]] = ()
    alarms: Sequence[Callable[[EffectivePolicy], Iterable[Alarm]]] = ()
    entered: Sequence[Callable[[str, Sequence[int]], None]] = ()
    joined: Sequence[Callable[[str, Sequence[int]], None]] = ()
    changed: Sequence[Callable[[Entry, Event], None]] = ()
    posts: Sequence[Callable[[Entry], None]] = ()
    accounts: Sequence[Callable[[int, int], None]] = ()
    turned_down: Sequence[Callable[[Request], None]] = ()
    copies: Sequence[Callable[[int], Iterable[Copy]]] = ()
    reads_evidence: Sequence[Callable[[str, Permissions, Act], bool]] = ()
    hidden_tasks: Sequence[Callable[[Permissions], Iterable[int]]] = ()
    hidden_records: Sequence[Callable[[Permissions], Iterable[int]]] = ()


@cache
def hooks() -> Hooks:
    """Load and join the hooks of all subjects; cached. Raises RuntimeError for a subject without hooks."""
    found: list[Hooks] = [
        load_part(f"db.desk.{subject}.hooks", "HOOKS", f"SUBJECTS in db/desk/hooks.py lists {subject!r}")
        for subject in SUBJECTS
    ]
    return Hooks(
        **{one.name: _join_parts([getattr(each, one.name) for each in found]) for one in fields(Hooks)}
    )


def load_part(module: str, name: str, listed: str) -> Any:
    """Return what ``module`` assigns to ``name``. Raises RuntimeError where there is none, which says what to
    add; ``listed`` says where it is asked for."""
    try:
        return getattr(import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as fault:
        if fault.name not in (module, module.rpartition(".")[0], name):
            raise
        file = f"{module.replace('.', '/')}.py"
        raise RuntimeError(
            f"{listed}, but {file}, which assigns {name}, is missing: write it, or take out what asks for it."
        ) from fault


def _join_parts(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Mapping):
        return {name: one for part in parts for name, one in part.items()}
    return tuple(one for part in parts for one in part)
