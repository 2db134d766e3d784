"""Tasks: what the reader has to do by when, what must be there first, and saying that it is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from db.desk.authority.actor import Strength
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import today
from db.desk.entry.priority import priority_of
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, Asked, Power, SaidLine, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover, note_office
from db.desk.requests.bulk_facts import facts_for
from db.desk.requests.open_requests import deciding_places
from db.desk.requests.power_telling import tell_beside
from db.desk.tasks.assignees import OpenTask, TaskAssignees
from db.desk.tasks.finishing import (
    HAND_BACK,
    RECEIPT,
    already_closed,
    finish_if_complete,
    finish_task,
    hand_in,
    mark_proof,
    missing_proof,
)
from db.desk.tasks.handback import (
    all_back,
    asks_back,
    hand_back_tasks,
    list_copies,
    open_copies,
    reopen_hand_back,
)
from db.desk.tasks.task_kinds import done_by_others
from db.desk.tasks.task_views import (
    BY_HAND,
    OUTCOMES,
    CopyView,
    TaskRow,
    TaskView,
    copy_view,
    row_of,
    view_of,
)
from db.language import _
from db.policy.vocabulary import HEAD, PERSON
from db.store import clock
from db.store.moves import Moves
from db.store.sql import constant, fetch, for_update
from db.store.tables import Entry, HandBack, Task, TaskProof, UnitAbove

AT_ONCE = 200
CHUNK = 10_000
WORD_LENGTH = 200
HANDING_BACK: frozenset[Strength] = frozenset({"full", "leaving"})
ANSWERED_FOR = Entry.select(Entry.id).where(Entry.inside_owner.is_null(False))
"""Outside contacts: the head that does something about one is that of who answers for it (E.5)."""


@dataclass(frozen=True, slots=True)
class TaskWindow:
    """Part of the tasks that wait for the reader, oldest due first; the counts are of all of them."""

    rows: tuple[TaskRow, ...]
    total: int
    overdue: int


def _says_of_copy(asked: Asked) -> tuple[SaidLine, ...]:
    """Say whose copy is signed for, and what its holder said of it."""
    row = HandBack.get_or_none(HandBack.id == asked["copy"])
    if row is None:
        return ()
    lines = (
        SaidLine(_("who"), "", str(row.entry.name)),
        SaidLine(_("number of the copy"), "", row.copy),
        SaidLine(_("by its holder's word"), "", OUTCOMES.get(asked.get("said_by_holder") or "", "")),
        SaidLine(_("what became of it"), "", OUTCOMES.get(asked["outcome"], "")),
        SaidLine(_("reason"), "", str(asked.get("word", ""))),
    )
    return tuple(one for one in lines if one.after)


def _says_of_added(asked: Asked) -> tuple[SaidLine, ...]:
    """Say from whom a copy is asked back by hand, and which."""
    row = Task.get_or_none(Task.id == asked["task"])
    entry = row.entry if row is not None else None
    if entry is None:
        return ()
    return (
        SaidLine(_("who"), "", str(entry.name)),
        SaidLine(_("number of the copy"), "", str(asked["copy"])),
    )


class Tasks(OperationGroup):
    """Operations on the actor's tasks."""

    @operation("tasks.mine", label=_("list own tasks"), recorded=False, power=LOOKS)
    def mine(self, offset: int = 0, limit: int = AT_ONCE) -> TaskWindow:
        """Return what waits for the actor to be done, confirmed or signed for, `AT_ONCE` at the most."""
        waiting, account, tags = (
            tasks_to_do(self.permissions),
            self.permissions.account,
            priority_of(self.permissions),
        )
        day = today().isoformat()
        return TaskWindow(
            rows=tuple(
                replace(row_of(task, account), tag=tags.tag_of(task.entry_id).label)
                for task in waiting[offset : offset + min(limit, AT_ONCE)]
            ),
            total=len(waiting),
            overdue=sum(task.due < day for task in waiting),
        )

    @operation("tasks.one", label=_("open a task of their own"), recorded=True, power=power_over(Moves.DUTY))
    def one(self, task: int) -> TaskView:
        """Return everything about a task that waits for the actor, that they did, or that was theirs and was
        passed on or cancelled. Stores copies issued meanwhile on its hand-back list. Raises Refused alike for
        any other and for none."""
        row, assignees = Task.get_or_none(Task.id == task), TaskAssignees()
        account = self.permissions.account
        if row is None or not (
            assignees.acting_capacity(row, account)
            or assignees.may_sign_off(row, account)
            or account in (row.done_by_id, row.handed_by_id)
            or (account == row.account_id and row.state == "cancelled")
        ):
            raise no_such_task()
        self.act.note_facts(
            book=row.book_id, unit=row.unit_id, entry=row.entry_id, clause=row.clause, task=row.id
        )
        if row.state == "open" and asks_back(row):
            list_copies(row)
        return view_of(row, assignees, account)

    @operation("tasks.done", label=_("do a task"), recorded=True, power=power_over(Moves.DUTY), held=True)
    def done(self, task: int, word: str = "") -> None:
        """End a task as done, with its lateness; where its receipt has to be confirmed, store the submission,
        or as the receiver confirm it and end the task. ``word`` is a note for the record. Raises Refused,
        with the clause, as long as something is lacking."""
        row, turn = self._own_task(task)
        if row.handed_at is not None:
            self._receive(row, word)
            return
        self.act.note_facts(word=_one_line(row, word))
        receipt = TaskProof.get_or_none(
            (TaskProof.task == row) & (TaskProof.what == RECEIPT) & TaskProof.met_at.is_null()
        )
        missing = missing_proof(row, but=frozenset({RECEIPT}))
        if missing is not None:
            raise missing
        if receipt is not None:
            hand_in(row, turn.account)
        else:
            self.act.note_facts(late=finish_task(row, turn.account))

    @operation(
        "tasks.tick", label=_("tick off a step"), recorded=True, power=power_over(Moves.DUTY), held=True
    )
    def tick(self, task: int, what: str, word: str = "") -> None:
        """Store that the step ``what``, of which only the doer can know, such as an outside system kept in
        step (G.4), is done, with a note ``word``; end the task where nothing else is lacking. Raises Invalid
        for any other step."""
        row, turn = self._own_task(task)
        said = _one_line(row, word)
        if what not in BY_HAND or row.handed_at is not None or not mark_proof(row, what, turn.account, said):
            raise Invalid(Problem("what", _("There is no step of that kind to complete here.")))
        self.act.note_facts(what=what, word=said)
        finish_if_complete(row, turn.account)

    @operation(
        "tasks.sign_off",
        label=_("sign off a copy"),
        recorded=True,
        power=Power(frozenset({Moves.DUTY}), says=_says_of_copy),
    )
    def sign_off(self, copy: int, outcome: str, word: str = "") -> None:
        """Lock and sign off a copy as returned, destroyed or lost; a lost one takes a ``word``. With the last
        copy, end the tasks that waited for it. Where it is lost against its holder's word, or was returned by
        that word and is not, the holder and the watchers are notified. Raises Refused for one that is signed
        off; Invalid."""
        found = for_update(HandBack.select().where(HandBack.id == copy)).get_or_none()
        if found is None:
            raise no_such_task()
        turn = self._signer(found.task_id)
        said = _one_line(found.task, _checked(outcome, word))
        changed = (
            HandBack.update(outcome=outcome, word=said, signed_by=turn.account, signed_at=clock.now())
            .where((HandBack.id == copy) & HandBack.signed_at.is_null())
            .execute()
        )
        if changed != 1:
            raise Refused(_("This copy is signed off already."), SILENT, _("Go on with the next one."))
        self.act.note_facts(copy=found.copy, outcome_of_copy=outcome, word=said)
        if outcome != found.outcome and (outcome == "lost" or found.outcome == "returned"):
            self.act.note_facts(said_by_holder=found.outcome, holders_word=found.word)
            self.act.beside["said_by_holder"] = found.outcome
            tell_beside(self.act, found.entry.person_id)
        all_back(found.entry_id, found.task.book_id, turn.account)

    @operation(
        "tasks.own_copies",
        label=_("list their own copies to hand back"),
        recorded=True,
        power=power_over(Moves.DUTY),
        strengths=HANDING_BACK,
    )
    def own_copies(self) -> tuple[CopyView, ...]:
        """Return copies to hand back, also after the last day, adding what was issued meanwhile."""
        for task in hand_back_tasks(self.permissions.person):
            list_copies(task)
        return tuple(copy_view(row.entry.book_id, row) for row in open_copies(self.permissions.person))

    @operation(
        "tasks.say_copy",
        label=_("say what became of their own copy"),
        recorded=True,
        power=power_over(Moves.DUTY),
        strengths=HANDING_BACK,
    )
    def say_copy(self, copy: int, outcome: str, word: str = "") -> None:
        """Store what became of an own copy, for those who sign it off. A lost one takes a ``word``. Notifies
        nobody. Raises Refused for any copy that the actor does not have to hand back; Invalid."""
        row = open_copies(self.permissions.person).where(HandBack.id == copy).first()
        if row is None:
            raise Refused(
                _("There is no such copy among those you hand back."),
                SILENT,
                _("Choose one from your list."),
            )
        said = _one_line(row.task, _checked(outcome, word))
        self.act.note_facts(book=row.task.book_id, entry=row.entry_id, clause=row.task.clause)
        self.act.note_facts(copy=row.copy, outcome_of_copy=outcome, word=said)
        HandBack.update(outcome=outcome, word=said).where(
            (HandBack.id == row.id) & HandBack.signed_at.is_null()
        ).execute()

    @operation(
        "tasks.add_copy",
        label=_("list a copy to hand back"),
        recorded=True,
        power=Power(frozenset({Moves.DUTY}), says=_says_of_added),
    )
    def add_copy(self, task: int, copy: str) -> None:
        """Store one more copy, such as one on paper, on the hand-back list, whose task waits again for it;
        notify the person and the watchers. Raises Invalid for one that is listed, and where the task asks for
        none back."""
        row, _turn = self._own_task(task)
        name = _one_line(row, copy, "copy")
        entry = row.entry
        if not asks_back(row) or entry is None:
            raise Invalid(Problem("copy", _("Nothing is handed back here.")))
        if not name:
            raise Invalid(Problem("copy", _("Say which copy it is.")))
        if HandBack.get_or_none((HandBack.entry == entry.id) & (HandBack.copy == name[:80])):
            raise Invalid(Problem("copy", _("This copy is on the list already.")))
        list_copies(row)
        HandBack.create(task=row, entry=entry.id, copy=name[:80])
        reopen_hand_back(entry.id, row.book_id)
        self.act.note_facts(copy=name[:80])
        tell_beside(self.act, entry.person_id)

    def _signer(self, task: int) -> NamedApprover:
        """Return in which capacity the actor signs off the copies of ``task``, and note the task for the
        audit. Raises Refused."""
        row = Task.get_by_id(task)
        if not asks_back(row):
            return self._own_task(task)[1]
        found = next((d for d in TaskAssignees().signers(row) if d.account == self.permissions.account), None)
        if row.state != "open" or found is None:
            raise no_such_task()
        self.act.note_facts(
            book=row.book_id, unit=row.unit_id, entry=row.entry_id, clause=row.clause, task=row.id
        )
        note_office(self.act, found)
        return found

    def _receive(self, row: Task, word: str) -> None:
        """Confirm the receipt of a submission and end the task, as of the submission. Raises Refused while
        something is lacking."""
        said = _one_line(row, word)
        mark_proof(row, RECEIPT, self.permissions.account, said)
        missing = missing_proof(row)
        if missing is not None:
            raise missing
        self.act.note_facts(received=True, word=said, late=finish_task(row, self.permissions.account))

    def _own_task(self, task: int) -> tuple[Task, NamedApprover]:
        """Return a task that waits for the actor, locked, with their capacity; note it for the audit. Raises
        Refused."""
        wanted = Task.select().where(Task.id == task)
        row = for_update(wanted).get_or_none()
        turn = TaskAssignees().acting_capacity(row, self.permissions.account) if row is not None else None
        if row is not None:
            self.act.note_facts(book=row.book_id, unit=row.unit_id, entry=row.entry_id, clause=row.clause)
            self.act.note_facts(task=row.id, kind=row.kind)
        if row is None or turn is None:
            if row is not None and self.permissions.account in (row.done_by_id, row.handed_by_id):
                raise already_closed()
            if row is not None and TaskAssignees().may_sign_off(row, self.permissions.account):
                raise Refused(
                    _("Somebody else does this task; you sign for its copies."),
                    row.clause,
                    _("Sign off each copy that is listed."),
                )
            raise no_such_task()
        note_office(self.act, turn)
        return row, turn


def tasks_to_do(permissions: Permissions) -> list[Task]:
    """Return open tasks that the actor does, confirms or signs copies for, by due day; among those of one day
    tagged people come first (F.3.2). Cached in ``permissions`` for as long as nothing changes on record."""
    known: list[Task] | None = permissions.derived.get((Task, permissions.books))
    if known is None:
        known = permissions.derived[Task, permissions.books] = _to_do(permissions)
    return [*known]


def _to_do(permissions: Permissions) -> list[Task]:
    columns = (
        Task.id, Task.kind, Task.book, Task.unit, Task.role, Task.account, Task.entry, Task.clause,
        Task.handed_at, Task.handed_by,
    )  # fmt: skip
    wanted: Any = Task.select(*columns).where(may_be_theirs(permissions))
    waiting = [OpenTask(*row) for row in fetch(*wanted.sql())]
    assignees, account = (
        TaskAssignees(ApproverResolver(facts_for(permissions, len(waiting)))),
        permissions.account,
    )
    mine = [
        one
        for one in waiting
        if assignees.acting_capacity(one, account) is not None or assignees.may_sign_off(one, account)
    ]
    found: list[Task] = []
    for first in range(0, len(mine), CHUNK):
        found.extend(Task.select().where(Task.id.in_([one.id for one in mine[first : first + CHUNK]])))
    tags = priority_of(permissions)
    return sorted(found, key=lambda task: (task.due, tags.tag_of(task.entry_id).rank, task.id))


def may_be_theirs(permissions: Permissions) -> Any:
    """Return a condition that every open task of the account's meets, and few others, which an index serves.
    There may be a task for each colleague, such as to confirm their entry, of which only the account's own is
    looked at; a head's are those of departments below."""
    roles, offices, headed = deciding_places(permissions)
    own = [entry for entry, _unit in permissions.own.values()]
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_(headed))
    there = Task.unit.in_(below) | Task.unit.is_null() | Task.entry.in_(ANSWERED_FOR)
    led = Task.book.in_([book for book, held in roles.items() if held == {HEAD}]) & there
    others = (Task.account == permissions.account) | Task.kind.in_(done_by_others())
    if permissions.holdings:  # any office signs for copies where none in turn may
        others |= Task.id.in_(HandBack.select(HandBack.task).where(HandBack.signed_at.is_null()))
    open_here = Task.select(Task.id).where((Task.state == "open") & Task.book.in_(permissions.books))
    few = Task.role.is_null() | (Task.role != constant(PERSON))  # as the index on them says it
    perhaps: Any = open_here.where(few & (Task.book.in_(offices) | led | others))
    if own:
        perhaps += open_here.where((Task.role == PERSON) & Task.entry.in_(own))
    # Somebody may owe copies of a book that they can open no more.
    mine = (Task.account == permissions.account) & (Task.kind == HAND_BACK)
    perhaps += Task.select(Task.id).where((Task.state == "open") & mine)
    return Task.id.in_(perhaps)


def no_such_task() -> Refused:
    """Build the refusal that is the same whether a task exists or not."""
    return Refused(
        _("There is no such task among yours."), SILENT, _("Look at Today for what waits for you.")
    )


def _checked(outcome: str, word: str) -> str:
    """Return ``word``. Raises Invalid for an unknown outcome, and for a lost copy without a word."""
    if outcome not in OUTCOMES:
        raise Invalid(Problem("outcome", _("Choose one from the list.")))
    if outcome == "lost" and not word.strip():
        raise Invalid(Problem("word", _("Say in a few words how it was lost.")))
    return word


def _one_line(task: Task, word: str, field: str = "word") -> str:
    """Return ``word``, said of ``task``, on one line, cut to `WORD_LENGTH`. Raises Refused for a card's
    number."""
    said = " ".join(word.split())[:WORD_LENGTH]
    refuse_card_numbers([policy_of(task.book_id)], _("What you say"), said, field)
    return said
