"""What an inspection finds: who sees to it, by when, and its way to closure (C.6, H.3.1, H.6.1).

open ──answered by its owner──▶ answered ──closed by an inspector──▶ closed
answered ──not done yet──▶ open ──passed on by an inspector──▶ open, with another owner
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import Due, due_of, today
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notation.parsing import read_day
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS, OBJECTED_TO, Asked, Power, SaidLine, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.independence import same_person
from db.desk.requests.request_views import name_of
from db.desk.reviews.deciding import campaign_closed, lock_item, not_yours, store_verdict
from db.desk.reviews.duties import (
    end_finding,
    may_answer,
    open_finding,
    pass_finding_on,
    passed_to,
    settle_duties,
    tasks_of,
)
from db.desk.reviews.review_approvers import ReviewApprovers
from db.desk.tasks.opening import mark_once
from db.language import Label, Message, _, _n, say
from db.policy.vocabulary import HEAD
from db.policy.wording import POINTS
from db.store import clock
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Account, Campaign, Finding, FindingEvent, Grant, ReviewItem, Task, Unit

WORD_LENGTH = 500
STATES: dict[str, Message] = {
    "open": _("to be answered"),
    "answered": _("answered"),
    "closed": _("closed"),
}
EVENTS: dict[str, Message] = {
    "found": _("found"),
    "answered": _("answered"),
    "reopened": _("not done yet"),
    "late": _("noted as overdue with"),
    "passed": _("passed on to"),
    "reminded": _("reminded"),
    "closed": _("closed"),
}


@dataclass(frozen=True, slots=True)
class FindingEventView:
    """A line of a finding's history."""

    at: str
    who: str
    act: Message
    word: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with its history. ``mine``: the reader has to answer it; ``settles``: may close it."""

    id: int
    campaign: int
    book: str
    book_label: Label
    point: Message | str
    what: str
    owner: str
    due: Due | None
    state: str
    state_label: Message
    clause: str
    history: tuple[FindingEventView, ...]
    mine: bool
    settles: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can see to a finding, with what they are in the book."""

    account: int
    name: str
    role: Label | Message


def _says_of_passing_on(asked: Asked) -> tuple[SaidLine, ...]:
    """Say who answers for a finding by when, and of how late it was when it was passed on."""
    row = Finding.get_by_id(asked["finding"])
    lines = [
        SaidLine(_("finding"), "", row.what),
        SaidLine(_("who answers for it"), "", name_of(asked["owner"])),
        SaidLine(_("until"), "", str(asked["due"])),
    ]
    before = passed_to(row, asked["owner"])
    if before is not None and before.late:
        was = _n("{name}, {days} working day", "{name}, {days} working days", days=before.late,
                 name=name_of(before.account_id))  # fmt: skip
        lines.append(SaidLine(_("was late"), "", was))
    return tuple(lines)


class Inspections(OperationGroup):
    """Operations on findings."""

    @operation("inspections.findings", label=_("list findings"), recorded=False, power=LOOKS)
    def findings(self, campaign: int | None = None) -> tuple[FindingRow, ...]:
        """List findings that the actor has to answer or look at, and those of inspections of their books that
        they carry out or oversee; open ones first, by due day. With ``campaign`` only of that one."""
        rows = (
            Finding.select(Finding, Campaign)
            .join(Campaign)
            .where(Campaign.book.in_(self.permissions.books))
            .order_by(Finding.due, Finding.id)
        )
        if campaign is not None:
            rows = rows.where(Finding.campaign == campaign)
        found = [row for row in rows if row.owner_id == self.permissions.account or self._sees(row.campaign)]
        return tuple(self._row(row) for row in sorted(found, key=lambda row: row.state == "closed"))

    @operation(
        "inspections.owners",
        label=_("list who can be responsible for a finding"),
        recorded=False,
        power=LOOKS,
    )
    def owners(self, campaign: int, finding: int | None = None) -> tuple[Owner, ...]:
        """Return who can be asked to answer a finding: heads and role holders, but its present owner."""
        row = self._inspected(campaign)
        policy, found = policy_of(row.book_id), dict[int, Label | Message]()
        labels = {role.id: role.label for role in policy.roles}
        held: Any = (
            Grant.select(Account.id, Grant.role, Unit.name)
            .join(Account, on=Grant.is_of())
            .join(Unit, JOIN.LEFT_OUTER, on=(Grant.unit == Unit.id))
            .where((Grant.book == row.book_id) & Grant.in_force())
            .order_by(Grant.role == HEAD, Grant.id)
            .tuples()
        )
        for account, role, unit in held:
            office = _("head of {unit}", unit=unit) if role == HEAD else labels.get(role, Label(role, role))
            found.setdefault(account, office)
        able = Account.select().where(Account.id.in_(list(found)) & (Account.state == "active"))
        present = Finding.get_or_none((Finding.id == finding) & (Finding.campaign == row))
        rows = [
            Owner(one.id, name_of(one.id), found[one.id])
            for one in able
            if present is None or one.id != present.owner_id
        ]
        return tuple(sorted(rows, key=lambda one: one.account))

    @operation(
        "inspections.find",
        label=_("write down a finding"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY, way=Way.TOLD, undo="inspections.settle"),
    )
    def find(self, campaign: int, what: str, owner: int, due: str, item: int | None = None) -> int:
        """Store a finding with its owner and due day (ISO), and open the owner's task; the owner is notified
        as of every act on them. Return its number. ``item`` is the point at which it was found, which is
        decided as ``corrected`` by it. Raises Invalid, and Refused for anyone who does not inspect."""
        row = self._inspected(campaign)
        self.act.note_facts(book=row.book_id, clause=row.clause, campaign=row.id)
        if row.closed_at is not None:
            raise campaign_closed(row)
        said = " ".join(what.split())[:WORD_LENGTH]
        problems = []
        if not said:
            problems.append(Problem("what", _("Say what was found.")))
        try:
            day = due_day(due)
        except Invalid as invalid:
            problems.extend(invalid.problems)
        if not may_answer(owner, row.book_id):
            problems.append(_nobody())
        if problems:
            raise Invalid(*problems)
        refuse_card_numbers([policy_of(row.book_id)], _("What you say"), said, "what")
        point = self._point(row, item)
        finding = Finding.create(
            campaign=row,
            item=item,
            what=said,
            owner=owner,
            due=day.isoformat(),
            found_by=self.permissions.account,
            found_at=clock.now(),
        )
        self.act.back = {"verdict": "close", "word": say(OBJECTED_TO, "zh_CN")}
        self.act.witnesses.append(owner)
        self._event(finding, "found", said)
        if point is not None:
            decider = ReviewApprovers(row).capacity(point, self.permissions.account)
            if decider is None:
                raise not_yours(row)
            store_verdict(point, decider, "corrected")
        open_finding(finding, row.clause)
        self.act.note_facts(finding=finding.id, item=item, owner=owner, due=finding.due)
        return int(finding.id)

    @operation(
        "inspections.answer",
        label=_("answer a finding"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def answer(self, finding: int, word: str) -> None:
        """Store the owner's answer, end the owner's task and open one for the inspectors. Raises Refused for
        anyone but the owner; Invalid."""
        row = self._finding(finding)
        if row.owner_id != self.permissions.account:
            raise Refused(
                _("This finding is somebody else's to answer."),
                row.campaign.clause,
                _("It is answered by {name}. Remind them of it.", name=name_of(row.owner_id)),
            )
        self._change_state(row, "open", "answered", "answered", word)
        self._hand_on(row)

    @operation(
        "inspections.settle",
        label=_("close or reopen a finding"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY, way=Way.TOLD),
    )
    def settle(self, finding: int, verdict: str, word: str = "") -> None:
        """As an inspector, close a finding (``close``), ending its task and the campaign's tasks that have
        nothing else left; or reopen one whose answer does not do (``reopen``), with a new task for its owner.
        Notifies the watchers. Raises Refused to the owner; Invalid."""
        row = self._finding(finding)
        if any(same_person(row.owner_id, hand) for hand in (self.permissions.account, self._hand())):
            raise Refused(
                _("Nobody closes a finding that they are responsible for."),
                row.campaign.clause,
                _("Answer it; an inspector looks at it and closes it."),
            )
        self._inspected(row.campaign_id)
        if verdict == "reopen":
            self._change_state(row, "answered", "open", "reopened", word)
            self._hand_on(row)
        elif verdict == "close":
            self._change_state(row, row.state, "closed", "closed", word)
            end_finding(row, self.permissions.account)
            settle_duties(row.campaign, self.permissions.account)
        else:
            raise Invalid(Problem("verdict", _("Close it, or send it back.")))

    @operation(
        "inspections.pass_on",
        label=_("pass a finding on"),
        recorded=True,
        power=Power(
            frozenset({Moves.SANCTION, Moves.DUTY}), Way.TOLD, "inspections.pass_on", says=_says_of_passing_on
        ),
    )
    def pass_on(self, finding: int, owner: int, due: str) -> None:
        """As an inspector, give a finding that is not answered another ``owner`` and due day (ISO); end the
        former owner's task and open one for the new owner. Where it is late, that is kept on record with the
        former owner. Both are notified. Raises Invalid."""
        row = self._finding(finding)
        self._inspected(row.campaign_id)
        day = due_day(due) if self.act.second is None else date.fromisoformat(due)  # as it was, if put back
        if owner == row.owner_id or not may_answer(owner, row.campaign.book_id):
            raise Invalid(_nobody())
        self.act.back = {"owner": row.owner_id, "due": row.due}
        self.act.witnesses += [row.owner_id, owner]
        late = row.state == "open" and pass_finding_on(row, self.permissions.account, owner)
        if late:
            self._event(row, "late", name_of(row.owner_id))
        self._change_state(row, "open", "open", "passed", name_of(owner))
        Finding.update(owner=owner, due=day.isoformat()).where(Finding.id == row.id).execute()
        self._hand_on(row)
        self.act.note_facts(owner=owner, due=day.isoformat(), late=late or None)

    @operation(
        "inspections.remind",
        label=_("remind of a finding"),
        recorded=True,
        power=power_over(Moves.SANCTION, Moves.DUTY),
    )
    def remind(self, finding: int) -> None:
        """As an inspector, remind the owner of an open finding by notice, and add that to its history. Raises
        Refused for a finding that does not wait for its owner, Invalid if they were reminded today."""
        row = self._finding(finding)
        self._inspected(row.campaign_id)
        task = tasks_of(row).where(Task.state == "open").get_or_none()
        if row.state != "open" or task is None:
            raise _elsewhere(row)
        if not mark_once(f"remind:finding:{row.id}:{today()}"):
            raise Invalid(Problem("finding", _("They were reminded of it today.")))
        store_notice(
            "duty-overdue" if task.due < today().isoformat() else "duty-due",
            task.book_id,
            [row.owner_id],
            clause=task.clause,
            unit=task.unit_id,
            detail={"task": task.kind, "number": task.id, "due": task.due},
        )
        self._event(row, "reminded", name_of(row.owner_id))
        self.act.note_facts(owner=row.owner_id)

    # Who sees what

    def _sees(self, campaign: Campaign) -> bool:
        policy = policy_of(campaign.book_id)
        functions = (campaign.by, campaign.runs, policy.supervisor.role, policy.maintainer.role)
        return self.permissions.holds_throughout(campaign.book_id, *functions)

    def _inspected(self, campaign: int) -> Campaign:
        """Find an inspection that the actor carries out. Raises Refused alike for any other and for none."""
        row: Campaign | None = Campaign.get_or_none(Campaign.id == campaign)
        known = row is not None and row.book_id in self.permissions.books and row.of == "points"
        if row is None or not known or not self.permissions.holds_throughout(row.book_id, row.by):
            clause = row.clause if row is not None and known and self._sees(row) else SILENT
            raise Refused(
                _("There is no such inspection for you."), clause, _("Findings are the inspectors' to write.")
            )
        return row

    def _finding(self, finding: int) -> Finding:
        wanted = Finding.select().where(Finding.id == finding)
        row: Finding | None = for_update(wanted).get_or_none()
        known = row is not None and row.campaign.book_id in self.permissions.books
        if row is None or not known or not (
            row.owner_id == self.permissions.account or self._sees(row.campaign)
        ):  # fmt: skip
            raise Refused(
                _("There is no such finding for you."), SILENT, _("Choose one from the list of findings.")
            )
        self.act.note_facts(book=row.campaign.book_id, clause=row.campaign.clause, finding=row.id)
        return row

    def _point(self, campaign: Campaign, item: int | None) -> ReviewItem | None:
        if item is None:
            return None
        row = lock_item(item)
        if row is None or row.campaign_id != campaign.id:
            raise not_yours(campaign)
        return row

    # What happens to a finding

    def _change_state(self, row: Finding, before: str, after: str, what: str, word: str) -> None:
        said = " ".join(word.split())[:WORD_LENGTH]
        if not said:
            raise Invalid(Problem("word", _("Say in a few words what was done or seen.")))
        refuse_card_numbers([policy_of(row.campaign.book_id)], _("What you say"), said, "word")
        closed = clock.now() if after == "closed" else None
        moved = (
            Finding.update(state=after, closed_at=closed)
            .where((Finding.id == row.id) & (Finding.state == before) & (Finding.state != "closed"))
            .execute()
        )
        if moved != 1:
            raise _elsewhere(row)
        self._event(row, what, said)
        self.act.note_facts(state=after)

    def _hand_on(self, row: Finding) -> None:
        """End the finding's open task and open the one for whoever acts next, the owner or the inspectors."""
        end_finding(row, self.permissions.account)
        open_finding(Finding.get_by_id(row.id), row.campaign.clause)

    def _hand(self) -> int:
        """Return the account that acts: the objector, where an objection takes an act back."""
        second = self.act.second
        return self.permissions.account if second is None or second.account is None else second.account

    def _event(self, finding: Finding, what: str, word: str) -> None:
        FindingEvent.create(finding=finding, at=clock.now(), account=self._hand(), act=what, word=word)

    def _row(self, row: Finding) -> FindingRow:
        campaign, mine = row.campaign, row.owner_id == self.permissions.account
        events = FindingEvent.select().where(FindingEvent.finding == row).order_by(FindingEvent.id)
        point = row.item.point if row.item is not None else ""
        book = campaign.book
        return FindingRow(
            id=row.id,
            campaign=campaign.id,
            book=book.id,
            book_label=book.title,
            point=next((text for known, text in POINTS.items() if known == point), point),
            what=row.what,
            owner=name_of(row.owner_id),
            due=due_of(book.id, row.due, campaign.clause) if row.state != "closed" else None,
            state=row.state,
            state_label=STATES[row.state],
            clause=campaign.clause,
            history=tuple(
                FindingEventView(local(one.at)[:16], name_of(one.account_id), EVENTS[one.act], one.word)
                for one in events
            ),
            mine=mine and row.state == "open",
            settles=not mine
            and row.state != "closed"
            and self.permissions.holds_throughout(campaign.book_id, campaign.by),
        )


def _nobody() -> Problem:
    return Problem("owner", _("Choose somebody who works with this directory."))


def due_day(text: str) -> date:
    """Read the day by which a finding is to be answered. Raises Invalid for one that is over, or is none."""
    day = read_day(text)
    if isinstance(day, Message) or day < today():
        raise Invalid(Problem("due", _("Write a day from today on, as 2026-11-23.")))
    return day


def _elsewhere(row: Finding) -> Refused:
    return Refused(
        _("This finding is at another step by now."),
        row.campaign.clause,
        _("Look at its history, then try again."),
    )
