"""The tasks that a campaign gives to those who decide: one for each place and person (not an operation).

They stand on Today with their clock, are reminded and escalated like every task, and end by themselves
once nothing of theirs is undecided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from db.approval.facts import ApprovalContext
from db.desk.authority.permissions import books_of, root_of
from db.desk.due_dates import today
from db.desk.entry.noting import Event
from db.desk.notation.localtime import local
from db.desk.refusal import Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.desk.reviews.review_approvers import is_overdue, left_to_runner
from db.desk.reviews.review_kinds import due_clause, label_of
from db.desk.reviews.status import campaign_progress, items_of, undecided_items
from db.desk.tasks.finishing import cancel_task, finish_if_complete, pass_task_on
from db.desk.tasks.opening import mark_once
from db.desk.tasks.task_kinds import TaskKind, register
from db.language import Text, _
from db.policy.vocabulary import HEAD, PERSON
from db.store import clock
from db.store.audit import canonical
from db.store.bulk import insert_rows
from db.store.sql import for_update, unindexed
from db.store.tables import Account, Campaign, DutyMark, Entry, Finding, Request, ReviewItem, Task

KIND = "review"
FINDING = "finding"
LATE = ":late"
"""What the key of a task ends with that whoever runs a review has once it is overdue."""
TASK = (
    "duty", "kind", "book_id", "entry_id", "unit_id", "role", "clause", "detail", "state", "opened_at",
    "started_on", "due",
)  # fmt: skip


def open_duties(campaign: Campaign) -> None:
    """Open a task for everybody who has something to decide in a new campaign."""
    here = ReviewItem.campaign == campaign
    if campaign.by == PERSON:
        each: Any = ReviewItem.select(ReviewItem.unit, ReviewItem.entry).where(here).tuples()
        _open_all(campaign, [(unit, PERSON, entry) for unit, entry in each])
        open_for_runner(campaign)
        return
    units: Any = ReviewItem.select(ReviewItem.unit).where(here).distinct().tuples()
    places = _places(campaign, {unit for (unit,) in units})
    _open_all(campaign, [(unit, campaign.by, None) for unit in places])


def extend_duties(campaign: Campaign, joined: Mapping[int, int]) -> None:
    """Open tasks for approvers of entries that came later (entry -> unit), as far as these have no open
    one."""
    if campaign.by == PERSON:
        for entry, unit in joined.items():
            _open(campaign, unit, role=PERSON, entry=entry)
        open_for_runner(campaign, among=ReviewItem.entry.in_(list(joined)))
        return
    places = _places(campaign, set(joined.values()))
    busy = {task.unit_id for task in _in_units(campaign, places)}
    for unit in places:
        if unit not in busy:
            _open(campaign, unit, role=campaign.by, turn=f":{min(joined)}")


def open_for_runner(campaign: Campaign, among: Any = True) -> list[Task]:
    """Open a task for whoever runs a review by the persons concerned, where somebody (``among`` a condition
    on `ReviewItem`) can't answer or did not in time, and return it; nothing where there is one."""
    if campaign.by != PERSON or _runners(campaign).exists():
        return []
    if not items_of(campaign).where(left_to_runner(campaign), undecided_items(), among).exists():
        return []
    turn = LATE if is_overdue(campaign) else ""
    _open(campaign, root_of(campaign.book_id), role=campaign.runs, turn=turn)
    return list(_runners(campaign))


def settle_duties(campaign: Campaign, account: int | None) -> None:
    """End the campaign's tasks that have nothing undecided left."""
    for task in duties_of(campaign):
        finish_if_complete(task, account)


def settle_about(campaign: Campaign, item: int, account: int | None) -> None:
    """Lock the tasks about ``item`` and end those with nothing else undecided."""
    row = ReviewItem.get_by_id(item)
    if campaign.by == PERSON:
        concerned = [_of_person(campaign, row), _runners(campaign)]
    else:
        concerned = [_in_units(campaign, {row.unit_id, root_of(campaign.book_id)})]
    for tasks in concerned:
        for task in for_update(tasks.order_by(Task.id)):
            finish_if_complete(task, account)


def follow_entry(entry: Entry) -> None:
    """Move what running reviews ask about ``entry`` to its unit now, with tasks there; end the tasks of the
    former unit that lack nothing more, locked. Who is asked themselves stays so."""
    undecided = ReviewItem.verdict.is_null() & Campaign.closed_at.is_null() & (Campaign.of == "entries")
    elsewhere = (ReviewItem.entry == entry) & (ReviewItem.unit != entry.unit_id) & (Campaign.by != PERSON)
    for item in list(ReviewItem.select(ReviewItem, Campaign).join(Campaign).where(elsewhere & undecided)):
        ReviewItem.update(unit=entry.unit_id).where(ReviewItem.id == item.id).execute()
        for task in for_update(_in_units(item.campaign, {item.unit_id}).order_by(Task.id)):
            finish_if_complete(task, None)
        extend_duties(item.campaign, {entry.id: entry.unit_id})


def settle_with(entry: Entry, event: Event) -> None:
    """End the tasks of running reviews that have nothing undecided left after ``event`` of ``entry``: a
    change corrects what was found wrong, a leave decides the item. Calls `follow_entry` first, except for a
    leave."""
    if event != "leave":
        follow_entry(entry)
    of_it = (ReviewItem.entry == entry) & Campaign.closed_at.is_null()
    if event != "leave":
        of_it &= ReviewItem.verdict.is_null(False)
    for item in ReviewItem.select(ReviewItem, Campaign).join(Campaign).where(of_it):
        settle_about(item.campaign, item.id, None)


def reopen_with(request: Request) -> None:
    """Delete the verdicts of running reviews that rest on ``request``, which was rejected or withdrawn: the
    items are undecided again."""
    running = Campaign.select(Campaign.id).where(Campaign.closed_at.is_null())
    ReviewItem.update(
        verdict=None, request=None, version=None, decided_by=None, on_behalf_of=None, decided_at=None
    ).where((ReviewItem.request == request) & ReviewItem.campaign.in_(running)).execute()


def end_duties(campaign: Campaign, account: int | None) -> None:
    """End each task of a campaign: as done where nothing of it is undecided, else as cancelled."""
    for task in duties_of(campaign):
        if not finish_if_complete(task, account):
            cancel_task(task, account)


def open_finding(finding: Finding, clause: str) -> None:
    """Store a task for a finding: for its owner to answer, or once it is answered for the inspectors to look
    at. Notifies nobody."""
    book, answered, review_approvers = (
        finding.campaign.book_id,
        finding.state == "answered",
        tasks_of(finding).count(),
    )
    Task.create(
        duty=f"{FINDING}:{finding.id}:{review_approvers}" if review_approvers else f"{FINDING}:{finding.id}",
        kind=FINDING,
        book=book,
        unit=root_of(book),
        role=finding.campaign.by if answered else None,
        account=None if answered else finding.owner_id,
        clause=clause,
        detail=canonical({"campaign": finding.campaign_id, "finding": finding.id}).decode("utf-8"),
        opened_at=clock.now(),
        started_on=today().isoformat(),
        due=max(finding.due, today().isoformat()) if answered else finding.due,
    )


def end_finding(finding: Finding, account: int | None) -> None:
    """End the open task of a finding, as done or else as cancelled."""
    for task in tasks_of(finding).where(Task.state == "open"):
        if not finish_if_complete(task, account):
            cancel_task(task, account)


def pass_finding_on(finding: Finding, account: int, to: int) -> bool:
    """End the open task of a finding that ``account`` passes on to ``to``; return whether it was late."""
    open_here = list(tasks_of(finding).where(Task.state == "open"))
    for task in open_here:
        pass_task_on(task, account, to)
    return any(task.late for task in open_here)


def passed_to(finding: Finding, owner: int) -> Task | None:
    """Return the task of whom the finding was passed on from to ``owner``, the last time."""
    over = tasks_of(finding).where(Task.state == "cancelled").order_by(Task.id.desc())
    return next((one for one in over if json.loads(one.detail).get("passed_to") == owner), None)


def may_answer(account: int, book: str) -> bool:
    """Return whether ``account`` can be asked to answer a finding in ``book``: it is active and something in
    the book."""
    return book in books_of(account) and Account.get_by_id(account).state == "active"


def tasks_of(finding: Finding) -> Any:
    duty = f"{FINDING}:{finding.id}"
    return Task.select().where((Task.duty == duty) | Task.duty.startswith(f"{duty}:"))


def duties_of(campaign: Campaign) -> list[Task]:
    """Return the tasks of a campaign that are still to be done."""
    begin = f"{KIND}:{campaign.id}:"
    return list(Task.select().where(Task.duty.startswith(begin) & (Task.state == "open")))


def _of_person(campaign: Campaign, item: ReviewItem) -> Any:
    """Query the open task of the person whom ``item`` is about."""
    duty = _duty(campaign, item.unit_id, item.entry_id or PERSON)
    return Task.select().where((Task.duty == duty) & (Task.state == "open"))


def _runners(campaign: Campaign) -> Any:
    """Query the open tasks of those who run a review by the persons concerned."""
    duty = _duty(campaign, root_of(campaign.book_id), campaign.runs)
    return Task.select().where(Task.duty.in_([duty, duty + LATE]) & (Task.state == "open"))


def _in_units(campaign: Campaign, units: Collection[int]) -> Any:
    """Build the query for a campaign's open tasks in some units; not by the index on open ones."""
    still = (unindexed(Task.state) == "open") & Task.duty.startswith(f"{KIND}:{campaign.id}:")
    return Task.select().where(Task.unit.in_(sorted(units)) & still)


def campaign_of(task: Task) -> int:
    return int(json.loads(task.detail)["campaign"])


def _places(campaign: Campaign, units: set[int]) -> list[int]:
    """Return the units whose approvers get a task for ``units``: the root alone where those decide who run
    the campaign."""
    whole_book = campaign.by == campaign.runs and campaign.by != HEAD
    return [root_of(campaign.book_id)] if whole_book else sorted(units)


def _duty(campaign: Campaign, unit: int, whose: int | str) -> str:
    """Make the key of a task, of an entry or a role in ``unit``."""
    return f"{KIND}:{campaign.id}:{unit}:{whose}"


def _open(campaign: Campaign, unit: int, *, role: str, entry: int | None = None, turn: str = "") -> None:
    if mark_once(f"open:{_duty(campaign, unit, entry or role)}{turn}"):
        insert_rows(Task, TASK, _rows(campaign, [(unit, role, entry)], turn))


def _open_all(campaign: Campaign, wanted: Sequence[tuple[int, str, int | None]]) -> None:
    """Open the tasks of a new campaign, each once (`_rows`)."""
    rows, at = _rows(campaign, wanted), clock.now()
    insert_rows(DutyMark, ("key", "at"), ((f"open:{row[0]}", at) for row in rows))
    insert_rows(Task, TASK, rows)


def _rows(
    campaign: Campaign, wanted: Iterable[tuple[int, str, int | None]], turn: str = ""
) -> list[tuple[object, ...]]:
    """Return the rows of new tasks: unit, role, and entry where it is one's own. All of them before any is
    written: nothing can be asked while PostgreSQL takes rows in."""
    detail = canonical({"campaign": campaign.id, "review": campaign.kind}).decode("utf-8")
    same = (due_clause(campaign), detail, "open", clock.now(), today().isoformat(), campaign.due)
    return [
        (_duty(campaign, unit, entry or role) + turn, KIND, campaign.book_id, entry, unit, role, *same)
        for unit, role, entry in wanted
    ]


def _lacking(task: Task) -> Refused | None:
    """Return the refusal to end the task while an item of its unit or person is undecided."""
    campaign = Campaign.get_by_id(campaign_of(task))
    mine: Any = None
    if task.entry_id is not None:
        # found by the entry first: SQLite would go through all that the campaign has
        theirs = ReviewItem.select(ReviewItem.id).where(ReviewItem.entry == task.entry_id)
        mine = ReviewItem.id.in_([item.id for item in theirs])
    elif campaign.by == PERSON:
        mine = left_to_runner(campaign)
    elif task.unit_id != root_of(task.book_id) or campaign.by != campaign.runs:
        mine = ReviewItem.unit == task.unit_id
    count = campaign_progress(campaign, mine).undecided
    if not count:
        return None
    return Refused(
        _("Still undecided: {count}.", count=count),
        campaign.clause,
        _("Open Reviews and decide each of them."),
    )


def _finding_of(task: Task) -> Finding:
    found: Finding = Finding.get_by_id(json.loads(task.detail)["finding"])
    return found


def _whoever_it_waits_for(task: Task, resolver: ApproverResolver) -> tuple[NamedApprover, ...]:
    """Return the finding's owner; once it is answered, or where the owner can't answer any more, the
    inspectors."""
    if task.account_id is not None and may_answer(task.account_id, task.book_id):
        return (NamedApprover(task.account_id, PERSON),)
    case = ApprovalContext(task.book_id, root_of(task.book_id), None, frozenset())
    return resolver.approvers(case, _finding_of(task).campaign.by)


def _not_seen_to(task: Task) -> Refused | None:
    """Return the refusal to end the task of a finding while it still waits for its owner or the
    inspectors."""
    state = _finding_of(task).state
    if state == "open" and task.account_id is not None and not may_answer(task.account_id, task.book_id):
        advice = _("Make somebody else responsible under Reviews.")
        return Refused(_("Whoever was responsible can't answer this finding any more."), task.clause, advice)
    if task.account_id is not None and state == "open":
        advice = _("Answer it under Reviews; an inspector closes it.")
        return Refused(_("The finding is not answered yet."), task.clause, advice)
    if task.account_id is None and state == "answered":
        advice = _("Look at the answer under Reviews; close the finding or send it back.")
        return Refused(_("The finding is not closed yet."), task.clause, advice)
    return None


def _which_review(task: Task, _account: int) -> Text:
    """Return the review's name by its kind; where several of a kind run in the book, by the cycle and besides
    it, each with the day that it was opened on and the reason."""
    campaign = Campaign.get_by_id(campaign_of(task))
    label, day = label_of(campaign.kind), local(campaign.opened_at)[5:10]
    alike = (Campaign.book == campaign.book_id) & (Campaign.kind == campaign.kind)
    if Campaign.select().where(alike & Campaign.closed_at.is_null()).count() < 2:
        return label
    if campaign.reason:
        return _("{day} {review}: {reason}", day=day, review=label, reason=campaign.reason)
    return _("{day} {review}", day=day, review=label)


def _days(book: str) -> Callable[[Task], str]:
    days = {
        row.id: row.due
        for row in Campaign.select().where(Campaign.book == book, Campaign.closed_at.is_null())
    }
    return lambda task: days.get(campaign_of(task), task.due)


register(
    TaskKind(
        FINDING,
        _("finding"),
        _not_seen_to,
        by_itself=True,
        about=lambda task, _account: str(_finding_of(task).what),
        thing="finding",
        assignees=_whoever_it_waits_for,
        days=lambda _book: lambda task: task.due,  # which an inspector named
    )
)
register(
    TaskKind(KIND, _("review"), _lacking, by_itself=True, about=_which_review, thing="campaign", days=_days)
)
