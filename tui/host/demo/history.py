"""The happenings acted out, each by the operations of the desk that a person would use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, singledispatchmethod
from math import inf
from pathlib import Path

from db.desk import Desk, Pending
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.receiving import OUT_OF_REACH
from db.desk.editions.tagging import Sorting
from db.desk.emergency.emergencies import Emergencies
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked, MoveAsked
from db.desk.outside.people import outside_people
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks import duties
from db.desk.training.trainings import Trainings
from db.policy.loader import builtin
from db.store.engine import store
from db.store.tables import Account, CaseParty, Entry
from reports.catalogue import kind_named
from reports.export import export
from reports.period import this_month
from tui.host.demo.happening import (
    AnswerDeed,
    AskDeed,
    CallDeed,
    CallOff,
    Case,
    Decide,
    Deed,
    Happenings,
    InspectionFinding,
    Issue,
    JoinDeed,
    LeaveDeed,
    MistakeDeed,
    MoveDeed,
    OutsideDeed,
    Review,
    Revise,
    SignalDeed,
    Sort,
    TakeOut,
    Tick,
    Train,
)
from tui.host.demo.stage import Stage, When, later_by
from tui.host.demo.turns import go_on
from tui.host.demo.wecom import FILE
from tui.host.demo.wecom_members import drifted_members
from tui.host.demo.where import CastPlaces

HANDED_IN = (JoinDeed, MoveDeed, LeaveDeed, AskDeed, Revise)
"""What makes a request that others decide on."""


@dataclass
class History:
    """Puts the happenings on the stage."""

    stage: Stage
    where: CastPlaces

    def play_happenings(self, happenings: Happenings) -> None:
        for ago in happenings.rounds.days:
            self.stage.schedule_act((ago, happenings.rounds.hour), self._run_duties)
        for issue in happenings.issues:
            self._issue(issue)
        for deed in happenings.deeds:
            if isinstance(deed, HANDED_IN):
                self._hand_in(deed)
                if isinstance(deed, Revise):
                    self.stage.schedule_act(deed.read, partial(self._read_revision, deed))
            elif isinstance(deed, Review):
                self._review(deed)
            elif isinstance(deed, Case):
                self._case(deed)
            else:
                self.stage.schedule_act(deed.at, partial(self._act, deed))

    def _run_duties(self) -> None:
        duties.run(duties.RunnerPlace("serve", "127.0.0.1", longest=inf))  # alike on a slow machine

    def _act(self, deed: Deed) -> None:
        self.perform(deed, self.stage.desk(deed.by))

    # Requests

    def _hand_in(self, deed: JoinDeed | MoveDeed | LeaveDeed | AskDeed | Revise) -> None:
        made: list[int] = []

        def submit() -> None:
            made.append(self.submit(deed, self.stage.desk(deed.by), None))

        def amend(desk: Desk, word: str) -> None:
            said = {} if isinstance(deed, Revise) else {"reason": f"{deed.reason}；{word}"}
            self.submit(deed.model_copy(update=said), desk, made[0])

        self.stage.schedule_act(deed.at, submit)
        go_on(self.stage, deed.then, made, amend)

    @singledispatchmethod
    def submit(self, deed: Deed, desk: Desk, amends: int | None) -> int:
        """Submit ``deed``, or resubmit it as the request ``amends``; return the request's number (of an
        expected person, the entry's)."""
        raise TypeError(deed)

    @submit.register
    def _join(self, deed: JoinDeed, desk: Desk, amends: int | None) -> int:
        person = None
        if deed.person:
            entry = self.where.entry(deed.person, "staff")
            person = Entry.get_by_id(entry).person_id
        asked = JoinAsked(
            book=deed.book,
            kind=deed.kind,
            unit=self.where.unit(deed.book, deed.unit),
            joined=self._day(deed.joined),
            values={"name": deed.name, **deed.values},
            reason=deed.reason,
            person=person,
        )
        return desk.lifecycle.join(asked, amends) if deed.values else desk.lifecycle.expect(asked)

    @submit.register
    def _move(self, deed: MoveDeed, desk: Desk, amends: int | None) -> int:
        entry = self.where.entry(deed.whose, deed.book)
        asked = MoveAsked(
            entry=entry,
            version=desk.lifecycle.move_form(entry).version,
            unit=self.where.unit(deed.book, deed.unit),
            position=deed.position,
            day=self._day(deed.day),
            reason=deed.reason,
        )
        return desk.lifecycle.move(asked, amends)

    @submit.register
    def _leave(self, deed: LeaveDeed, desk: Desk, amends: int | None) -> int:
        entry = self.where.entry(deed.whose, deed.book)
        asked = LeaveAsked(entry, self._day(deed.day), deed.reason, successor=deed.successor)
        return desk.lifecycle.leave(asked, amends)

    @submit.register
    def _ask(self, deed: AskDeed, desk: Desk, amends: int | None) -> int:
        asked = {name: self._number(deed.book, text) for name, text in deed.asked.items()}
        changed = self._day(deed.changed) if deed.changed is not None else ""
        if amends is not None:
            desk.asking.amend(amends, asked, deed.reason, changed_on=changed)
            return amends
        return desk.asking.ask(deed.offer, deed.book, asked, deed.reason, changed_on=changed)

    @submit.register
    def _revise(self, deed: Revise, desk: Desk, amends: int | None) -> int:
        day = self.stage.ahead(deed.ahead).isoformat()
        text = Path(builtin()[deed.regulation].path).read_text("utf-8")
        version = builtin()[deed.regulation].version
        effective = builtin()[deed.regulation].file.effective.isoformat()
        for before, after in (
            (f'version = "{version}"', f'version = "{deed.version}"'),
            (f"effective = {effective}", f"effective = {day}"),
            *deed.changes,
        ):
            if before not in text:
                raise ValueError(f"{deed.regulation} does not say {before}")
            text = text.replace(before, after, 1)
        try:
            desk.policies.add(text)
        except Pending as pending:
            return pending.request
        raise RuntimeError(f"{deed.regulation} was revised by one alone")

    def _read_revision(self, revise: Revise) -> None:
        for login in revise.readers:
            reader = self.stage.desk(login).notices
            for notice in reader.unread():
                if notice.kind == "revision":
                    reader.acknowledge(notice.id)

    # What is done at once

    @singledispatchmethod
    def perform(self, deed: Deed, desk: Desk) -> None:
        raise TypeError(deed)

    @perform.register
    def _call_off(self, deed: CallOff, desk: Desk) -> None:
        desk.lifecycle.call_off(self._task(desk, deed.name), deed.word)

    @perform.register
    def _tick(self, deed: Tick, desk: Desk) -> None:
        task = self._task(desk, deed.name, deed.kind)
        if deed.do == "tick":
            desk.tasks.tick(task, deed.what, deed.word)
        else:
            desk.tasks.done(task, deed.word)

    @perform.register
    def _answer(self, deed: AnswerDeed, desk: Desk) -> None:
        desk.consents.answer(desk.consents.mine()[0].id, deed.answer)

    @perform.register
    def _sort(self, deed: Sort, desk: Desk) -> None:
        sorting, where, book = Sorting(desk), self.where, deed.book
        acts: list[Callable[[], None]] = []
        acts += [partial(sorting.set_kind, where.unit(book, unit), kind) for unit, kind in deed.kinds.items()]
        acts += [partial(sorting.tag, where.entry(one, book), tag, True) for one, tag in deed.tags.items()]
        for act in acts:
            try:
                act()
            except Pending as pending:
                queue = self.stage.desk(deed.agreed_by).queue
                queue.approve(pending.request, queue.one(pending.request).digest)

    @perform.register
    def _decide_some(self, deed: Decide, desk: Desk) -> None:
        open_ = [row for row in Reviews(desk).campaigns() if not row.closed]
        campaign = next(row.id for row in open_ if (row.book, row.kind) == (deed.book, deed.kind))
        self._decide_items(deed.by, deed.count, campaign)

    @perform.register
    def _train(self, deed: Train, desk: Desk) -> None:
        people = [entry for unit in deed.units for entry in self.where.people(deed.book, unit)]
        own = self.where.entry(deed.by, deed.book)
        attended = [entry for entry in people[: len(people) - deed.without] if entry != own]
        day = self.stage.day(0) - timedelta(days=deed.days)
        Trainings(desk).record(deed.book, deed.topic, attended, day.isoformat())

    @perform.register
    def _signal(self, deed: SignalDeed, desk: Desk) -> None:
        Stale(desk).report(self.where.entry(deed.whose, deed.book), deed.field)

    @perform.register
    def _call(self, deed: CallDeed, desk: Desk) -> None:
        entry = self.where.entry(deed.whose, deed.book)
        Emergencies(desk).open(entry)
        for place, outcome in deed.calls:
            Emergencies(desk).note(entry, place, outcome)

    @perform.register
    def _mistake(self, deed: MistakeDeed, desk: Desk) -> None:
        Cases(desk).error(self.where.entry(deed.whose, deed.book), deed.words, deed.field)

    @perform.register
    def _take_out(self, deed: TakeOut, desk: Desk) -> None:
        report = kind_named(deed.report).build(desk, deed.book, None, this_month(self.stage.day(0)))
        export(desk, report, deed.format, "zh_CN")

    @perform.register
    def _outside(self, deed: OutsideDeed, _desk: Desk) -> None:
        people = outside_people(deed.book)
        missing = {self.where.entry(whose, deed.book) for whose in deed.missing}
        differing = {self.where.entry(whose, deed.book): told for whose, told in deed.differing.items()}
        held = drifted_members(people, missing=missing, strangers=deed.strangers, differing=differing)
        held.write(store().home.folder / FILE)

    # What goes on for some time

    def _issue(self, issue: Issue) -> None:
        for week in issue.weeks:
            when = (self.stage.week(week), issue.hour)
            self.stage.schedule_act(when, partial(self._send_out, issue))
            last = week == min(issue.weeks)
            openers = issue.openers if last else (*issue.openers, *issue.earlier_openers)
            for minutes, login in enumerate(openers, start=1):
                self.stage.schedule_act(later_by(when, 7 * minutes), partial(self._open_copy, login))
            if issue.closes and not last:
                self.stage.schedule_act(later_by(when, 50), partial(self._close_copies, issue))

    def _send_out(self, issue: Issue) -> None:
        Editions(self.stage.desk(issue.by)).issue(issue.book, issue.edition)

    def _close_copies(self, issue: Issue) -> None:
        editions = Editions(self.stage.desk(issue.by))
        (newest,) = editions.issues(issue.book, issue.edition, limit=1)
        beyond = [copy.number for copy in editions.copies(newest.id) if copy.receipt in OUT_OF_REACH]
        if beyond:
            editions.close(newest.id, issue.closes, *beyond)

    def _open_copy(self, login: str) -> None:
        copies = Copies(self.stage.desk(login))
        copies.open(copies.mine()[0].number)

    def _review(self, review: Review) -> None:
        made: list[int] = []

        def open_() -> None:
            reviews = Reviews(self.stage.desk(review.by))
            made.append(reviews.open(review.book, review.kind, review.reason))

        def at(when: When, act: Callable[[int], None]) -> None:
            self.stage.schedule_act(when, lambda: act(made[0]))

        self.stage.schedule_act(review.at, open_)
        found: list[list[int]] = [[] for _finding in review.findings]
        for finding, numbers in zip(review.findings, found, strict=True):
            at(finding.at, partial(self._record_finding, finding, numbers))
            if finding.answered is not None:
                self.stage.schedule_act(finding.answered, partial(self._answer_finding, finding, numbers))
            if finding.settled is not None:
                self.stage.schedule_act(finding.settled, partial(self._settle_finding, finding, numbers))
        for login, count, ago, hour in review.decided:
            at((ago, hour), partial(self._decide_items, login, count))
        if review.closed is not None:
            at(review.closed, lambda campaign: Reviews(self.stage.desk(review.by)).close(campaign))

    def _case(self, case: Case) -> None:
        made: list[int] = []

        def report() -> None:
            made.append(Cases(self.stage.desk(case.by)).report(case.book, case.words, case.kind))

        self.stage.schedule_act(case.at, report)
        for step, by, ago, hour, word in case.then:
            self.stage.schedule_act((ago, hour), partial(self._handle, case, step, by, word, made))

    def _handle(self, case: Case, step: str, by: str, word: str, made: list[int]) -> None:
        work, [number] = CaseWork(self.stage.desk(by)), made
        match step:
            case "triage":
                work.triage(number, case.kind, word)
            case "investigate":
                work.investigate(number, word)
                if case.concerned:
                    work.involve(number, f"entry:{self.where.entry(case.concerned, case.book)}")
            case "note":
                work.note(number, word)
            case "conclude":
                work.conclude(number, word)
            case "judge":
                work.judge(number, "breach", word)
            case "decide":
                party = CaseParty.get(CaseParty.case == number).id
                if Account.select().where(Account.login == case.concerned).exists():
                    Cases(self.stage.desk(case.concerned)).state(number, "情况属实，请从轻处理")
                else:
                    work.statement(number, party, "已当面听取本人陈述")
                work.decide(number, word, [Sentence(party, case.sanctions)])
            case "appeal":
                Cases(self.stage.desk(by)).appeal(number, word)
            case "close":
                work.close(number, word)

    def _decide_items(self, login: str, count: int, campaign: int) -> None:
        """Decide the next ``count`` items of a campaign as right, one by one."""
        reviews = Reviews(self.stage.desk(login))
        waiting = [item for item in reviews.items(campaign, "mine") if item.status == "open"]
        for item in waiting[:count]:
            seen = reviews.one(campaign, item.id)
            reviews.decide(campaign, item.id, "right", seen.row.version)

    def _record_finding(self, finding: InspectionFinding, numbers: list[int], campaign: int) -> None:
        desk = self.stage.desk(finding.by)
        item = Reviews(desk).items(campaign, "mine")[finding.point].id
        due = self.stage.ahead(finding.days).isoformat()
        owner = self.where.account(finding.owner)
        numbers.append(Inspections(desk).find(campaign, finding.what, owner, due, item))

    def _answer_finding(self, finding: InspectionFinding, numbers: list[int]) -> None:
        Inspections(self.stage.desk(finding.owner)).answer(numbers[0], finding.answer)

    def _settle_finding(self, finding: InspectionFinding, numbers: list[int]) -> None:
        Inspections(self.stage.desk(finding.by)).settle(numbers[0], finding.verdict, finding.word)

    def _day(self, ago: int) -> str:
        """Return the ISO date of ``ago`` working days before now; a negative number lies ahead."""
        return (self.stage.day(ago) if ago >= 0 else self.stage.ahead(-ago)).isoformat()

    def _number(self, book: str, text: str) -> str:
        """Return ``text``, or the number of the unit or entry that ``unit:`` or ``entry:`` names."""
        word, colon, rest = text.partition(":")
        if colon and word == "unit":
            return str(self.where.unit(book, rest))
        return str(self.where.entry(rest, book)) if colon and word == "entry" else text

    def _task(self, desk: Desk, name: str, kind: str = "") -> int:
        rows = desk.tasks.mine().rows
        return next(row.id for row in rows if row.name == name and kind in ("", row.kind))
