"""Today, the first screen: what waits for me, what of mine moves, what I answer for, and what I was told, in
one list."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer

from auth.password_age import age_of_actor
from db.desk import Refused
from db.desk.accounts.reset_desk import ResetView
from db.desk.notation.localtime import local
from db.desk.overview.outlook import DeadlineOutlook, UnitOutlook, Unusual
from db.desk.requests.request_views import RequestRow, RequestView, acting
from db.desk.tasks.task_views import TaskRow
from db.desk.today.notices import NoticeToMe
from db.desk.today.waiting import Alike, Matter, Tally, WaitingFilter
from db.desk.training.trainings import OwnTraining
from db.language import Message, Text, _, _n, listed
from tui.jobs import Job, list_jobs
from tui.kit import (
    SEARCH,
    DataList,
    FactList,
    FramedScreen,
    ListColumn,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    by_clause,
    choose,
    tell_command,
)
from tui.kit.dialogs import tell_facts
from tui.kit.sections import Heading, SectionList
from tui.screens.accounts.resets import one_of, permissions_of, show_half, stop_reset
from tui.screens.asking.rules import show_summary
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.evidence.view import open_evidence
from tui.screens.reports.reports import open_report
from tui.screens.requests.card import CardOfMine, CardToDecide
from tui.screens.requests.deciding import decide, say_of
from tui.screens.requests.own_request import form_to_amend, may_amend
from tui.screens.requests.queue import QueueScreen
from tui.screens.sheets.asking import said_of
from tui.screens.sheets.list import command_of, screen_of
from tui.screens.tasks.tasks import TasksScreen, open_task
from tui.sheets.asks import At
from tui.sheets.cell import Cell
from tui.sheets.deciding import APPROVE, REJECT, RETURN
from tui.sheets.notice_words import happened, told
from tui.sheets.notices import CONTESTED, OBJECT, taking
from tui.sheets.request_facts import became, facts, gone
from tui.sheets.requests import COMMENT, REMIND, UNDER_WAY, WITHDRAW
from tui.sheets.sheet import Verb
from tui.sheets.today import (
    SPANS,
    DealtWith,
    TodayRow,
    WithOthers,
    about,
    across,
    ages,
    answered,
    clock,
    key_of,
    kind,
    matters_of,
    months,
    plain_of,
    summary,
    tail,
    tallied,
    who,
    whose,
)
from tui.sheets.training import MINE

WIDE = 110
"""Cells from which on the item under the cursor stands beside the list."""
PAGE = 60
"""Rows of a section that are asked for at first."""
SETTLED = 0.3
"""Seconds without a key after which the request under the cursor is opened, which is recorded, and after
which what the reader answers for is counted."""
EVERY_UNIT = 12
"""Units that are listed, the worst first."""
COUNTED = 60
"""Seconds for which what the reader answers for is not counted again."""
ROOM, JOBS = 8, 6
"""Rows below which it is told what the reader can do from here, and how much of it."""
TASKS, ALL = "tasks", "all"


@dataclass
class TodaySection:
    """A part of the list: its heading, how many rows there are, those that are here, and what gives more."""

    id: str
    title: Text
    total: int
    rows: Sequence[TodayRow]
    more: Callable[[int, int], Sequence[TodayRow]] | None = None
    right: Text = ""

    def part(self, offset: int, limit: int) -> Sequence[TodayRow]:
        """Rows from ``offset``."""
        if self.more is None or offset + limit <= len(self.rows):
            return self.rows[offset : offset + limit]
        return self.more(offset, min(limit, self.total - offset))


class Today(FramedScreen):
    """One list in sections; at its right, where there is room, the item under the cursor."""

    CSS_PATH = "today.tcss"
    NAME = _("Today")
    ABOUT = _(
        "What came back to you, what you have to decide or to do, what of yours waits for others, what you "
        "answer for, and what is new. Each matter stands here once, requests that are alike in one row. The "
        "numbers on top narrow the list: f. Decide here by a, b and d, or open a row by Enter."
    )
    KEYS = (
        ScreenCommand("open", "enter", _("Open"), _("Open what is under the cursor."), looks=True),
        ScreenCommand("agree", "a", _("Approve"), _("Approve the request, acknowledge the announcement.")),
        ScreenCommand("return", "b", _("Return"), RETURN.help),
        ScreenCommand("decline", "d", _("Reject"), REJECT.help),
        ScreenCommand("amend", "e", _("Amend"), _("Amend a request that was returned to you."), looks=True),
        ScreenCommand(
            "end",
            "x",
            _("Put aside"),
            _("Put an announcement aside, object to what it tells of, withdraw a request, stop a reset."),
        ),
        command_of(REMIND),
        command_of(COMMENT),
        ScreenCommand("evidence", "v", _("Evidence"), _("Open what is attached to the request."), looks=True),
        ScreenCommand("new", "n", _("New"), _("Begin something: a change, a joiner, a stand-in, a report.")),
        ScreenCommand("filter", "f", _("Filter"), _("Only what is due when, or of one kind; or the tasks.")),
        ScreenCommand("half", "r", _("Code half"), _("Show your half of a reset's code, once.")),
        ScreenCommand(
            "rules", "w", _("Rules"), _("The rules in brief, and what they mean for you."), footer=False
        ),
        replace(SEARCH, label=_("Find people"), help=_("Find somebody in the directory.")),
        ScreenCommand("refresh", "f5", _("Refresh"), _("Ask again what is new."), footer=False),
    )

    def __init__(self) -> None:
        super().__init__()
        self._resets: tuple[ResetView, ...] = ()
        self._sections: list[TodaySection] = []
        self._wanted = WaitingFilter()
        self._tally: Tally | None = None
        self._outlook: DeadlineOutlook | None = None
        self._counted_at = -math.inf
        self._unusual: tuple[Unusual, ...] = ()
        self._jobs: tuple[Job, ...] = ()
        self._gone: dict[int, DealtWith] = {}
        """Place in what waits -> what somebody else dealt with there while its reader looked on."""
        self._opened: RequestView | None = None
        self._settling: Timer | None = None

    def where(self) -> Location:
        """The day's own line."""
        return Location(self.NAME, (SPANS[self._wanted.due],) if self._wanted.due != "all" else ())

    def body(self) -> ComposeResult:
        """Warnings, the numbers, the list, and the item beside it."""
        yield TextLine(id="warning")
        yield TextLine(id="reset")
        yield TextLine(id="numbers")
        yield TextLine(id="answered")
        with Horizontal(id="parts"):
            yield SectionList[TodayRow](
                [
                    ListColumn("", clock, width=8),
                    ListColumn("", kind, width=6, in_english=10),
                    ListColumn("", lambda row: who(row, self.app.reader.name), width=16),
                    ListColumn("", about),
                    ListColumn("", self._tail, width=7, right=True),
                ],
                key=key_of,
                across=across,
                empty=_("Nothing waits for you, and nothing is new. 2 finds people, 4 begins a request."),
                became=self._became,
            )
            if self.app.size.width >= WIDE:
                yield self._side()

    def _side(self) -> VerticalScroll:
        lists = (FactList(id=part, classes="load") for part in ("months", "whose", "ages"))
        return VerticalScroll(FactList(id="item"), *lists, id="side", can_focus=False)

    def on_mount(self) -> None:
        """Fill the list; what the reader answers for is counted once that is drawn."""
        self.do_refresh()
        self._count_later()

    def on_resize(self, event: events.Resize) -> None:
        """The item stands beside the list where there is room."""
        side = self.query("#side")
        if event.size.width >= WIDE and not side:
            self.query_one("#parts").mount(self._side())
            self.call_after_refresh(self._show_side)
        elif event.size.width < WIDE:
            side.remove()

    def come_back(self) -> None:
        """Something may have happened meanwhile. What waits was dealt with by the reader, on another screen,
        if nobody else did so: the cursor goes on to the next, and what others dealt with goes."""
        self._gone.clear()
        is_free = not self.is_busy  # else a command goes on that acts on its item still
        if is_free and not self._list.astray:
            self._list.begin_act()
        self.do_refresh()
        if is_free:
            self._list.end_act()
        self._count_later()

    def catch_up(self) -> None:
        """Others did something: the cursor goes nowhere by itself, and what they dealt with stays, dim."""
        self._fill(by_others=True)
        self._count_later()

    def do_refresh(self) -> None:
        """Ask the desk again."""
        self._fill()

    # The list

    @property
    def _list(self) -> SectionList[TodayRow]:
        return self.query_one(SectionList)

    @property
    def current(self) -> TodayRow | None:
        """The row under the cursor."""
        row: TodayRow | None = self._list.current if self.is_mounted else None
        return row

    def _fill(self, *, by_others: bool = False, keep: bool = True, narrowed: bool = False) -> None:
        """Ask again. ``by_others``: what somebody else dealt with stays; ``keep``: the cursor with its item,
        else at the top while its reader has not moved it; ``narrowed``: its reader chose what to see."""
        desk, before = self.app.desk, self._waiting() if self._sections else {}
        count = desk.waiting.count()
        self.app.set_waiting(count.all)
        if by_others:
            self._keep_gone(before, count.matters)
        self._tally = desk.waiting.tally()
        self._sections = self._ask()
        self._resets = desk.resets.open()
        total = sum(section.total + 1 for section in self._sections)
        stays = not narrowed and (keep or self._list.was_moved)
        self._list.show(self._fetch, total=total, keep=stays, narrowed=narrowed)
        self._show_numbers()
        self._warn()
        if by_others:
            self._tell_new(before)
        self.refresh_keys()

    def _ask(self) -> list[TodaySection]:
        """The sections that hold anything."""
        waiting, wanted = self.app.desk.waiting, self._wanted
        mine, others = (waiting.page(whose, wanted, 0, PAGE) for whose in ("mine", "others"))
        back, rest = mine.returned, mine.total - mine.returned
        kept = {min(place, rest): row for place, row in self._gone.items()}
        found = [
            TodaySection("returned", _("Returned to me {count}", count=back), back, mine.rows[:back]),
            TodaySection(
                "mine",
                _("Waits for me {count}", count=rest),
                rest + len(kept),
                self._merged(mine.rows[back:], kept, 0),
                lambda offset, limit: self._more(offset, limit, back, kept),
                right=self._narrowed(),
            ),
            TodaySection(
                "others",
                _("Mine, with others {count}", count=others.total),
                others.total,
                _elsewhere(others.rows),
                lambda offset, limit: _elsewhere(waiting.page("others", wanted, offset, limit).rows),
            ),
        ]
        if wanted == WaitingFilter():
            found += self._beside()
            if sum(section.total for section in found) < ROOM:
                found.append(TodaySection("jobs", _("Often done"), len(self._jobs), self._jobs))
        return [section for section in found if section.total]

    def _beside(self) -> list[TodaySection]:
        """What the reader sees to besides, and what they were told."""
        waiting = self.app.desk.waiting
        agreed = waiting.passed()
        passed = [WithOthers(row, own=False) for row in agreed]
        known = {(False, row.id) for row in agreed}
        news = [one for one in waiting.news() if one.matter not in known]
        late = sorted((one for one in news if one.matter is not None), key=lambda one: one.due)
        fresh = [one for one in news if one.matter is None]
        lists: list[tuple[str, Text, Sequence[TodayRow]]] = [
            ("unusual", _("Unlike other days {count}", count=len(self._unusual)), self._unusual),
            ("passed", _("Agreed by me, with others {count}", count=len(passed)), passed),
            ("units", _("Units, this month"), self._units()),
            ("late", _("Overdue with others {count}", count=len(late)), late),
            ("news", _("News {count}", count=len(fresh)), fresh),
        ]
        return [TodaySection(id, title, len(rows), rows) for id, title, rows in lists]

    def _units(self) -> Sequence[UnitOutlook]:
        """The units of which the reader sees the deadlines, where there are several: all of them for whom
        nothing waits, else those where something is overdue."""
        units = self._outlook.units if self._outlook is not None and len(self._outlook.units) > 1 else ()
        if self._tally is not None and self._tally.all:
            units = tuple(unit for unit in units if unit.overdue)
        return units[:EVERY_UNIT]

    def _more(self, offset: int, limit: int, back: int, kept: dict[int, DealtWith]) -> Sequence[TodayRow]:
        begin = offset - sum(place < offset for place in kept)
        rows = self.app.desk.waiting.page("mine", self._wanted, back + begin, limit).rows
        return self._merged(rows, kept, offset)[:limit]

    @staticmethod
    def _merged(rows: Sequence[TodayRow], kept: dict[int, DealtWith], offset: int) -> list[TodayRow]:
        """``rows`` with what others dealt with between them, where it stood."""
        found, rest = list[TodayRow](), list(rows)
        while rest or offset + len(found) in kept:
            place = offset + len(found)
            found.append(kept[place] if place in kept else rest.pop(0))
        return found

    def _fetch(self, offset: int, limit: int) -> Sequence[TodayRow | Heading]:
        found: list[TodayRow | Heading] = []
        for section in self._sections:
            if offset <= section.total and limit > len(found):
                if offset == 0:
                    found.append(Heading(section.id, section.title, section.right))
                first = max(offset - 1, 0)
                found += section.part(first, min(limit - len(found), section.total - first))
            offset = max(offset - section.total - 1, 0)
        return found

    def _waiting(self) -> dict[int, RequestRow]:
        """What waits for the reader and was asked for, by its place."""
        rows = next((section.rows for section in self._sections if section.id == "mine"), ())
        return {place: row for place, row in enumerate(rows) if isinstance(row, RequestRow)}

    def _keep_gone(self, before: dict[int, RequestRow], now: frozenset[tuple[bool, int]]) -> None:
        """Keep in its place what somebody else dealt with meanwhile."""
        for place, row in before.items():
            if (False, row.id) not in now:
                last = self.app.desk.queue.gone(row.id)
                if last is not None:
                    by = acting(last.who, last.on_behalf_of, last.office)
                    self._gone[place] = DealtWith(row, _("already {act} by {who}", act=last.act, who=by))
                    self.app.tell(gone(row, last), "warn")

    def _tell_new(self, before: dict[int, RequestRow]) -> None:
        known = {row.id for row in before.values()}
        new = [
            row
            for row in self._waiting().values()
            if row.id not in known and (False, row.id) in self.app.fresh
        ]
        if new and not self.typing():
            names = listed(
                Message("{who} {kind}", {"who": row.name or row.requester, "kind": row.kind_label})
                for row in new
            )
            self.app.tell(_("{count} new: {names}", count=len(new), names=names), "")

    def _tail(self, row: TodayRow) -> Cell:
        return tail(row, fresh=bool(matters_of(row) & self.app.fresh))

    def _became(self, row: TodayRow) -> Message | None:
        request = plain_of(row)
        if not isinstance(request, RequestRow):
            return None
        last = self.app.desk.queue.gone(request.id)
        if last is not None:
            return gone(request, last)
        with suppress(Refused):
            return became(self.app.desk.requests.one(request.id)) if isinstance(row, WithOthers) else None
        return None

    def _show_numbers(self) -> None:
        if self._tally is not None:
            self.query_one("#numbers", TextLine).show(tallied(self._tally, self._wanted.due))
        if self._outlook is not None:
            self.query_one("#answered", TextLine).show(answered(self._outlook))

    def _count_later(self) -> None:
        """Count what the reader answers for where that was long ago: no list waits for it."""
        if time.monotonic() - self._counted_at > COUNTED:
            self._counted_at = time.monotonic()
            self.set_timer(SETTLED, self._count)

    def _count(self) -> None:
        """Count what the reader answers for; at first also what is unlike other days, which is on record, and
        what they can do from here."""
        if not self.is_current:
            self._counted_at = -math.inf
            return
        is_first = self._outlook is None
        with suppress(Refused):
            self._outlook = self.app.desk.overview.outlook()
            if is_first:
                self._unusual = self.app.desk.overview.unusual()
        if is_first:
            jobs = [job for job in list_jobs(self.app.desk) if job.keys[:1].isdigit()]
            everybodys = [job for job in jobs if not job.may]
            theirs = [job for job in jobs if job.may][: JOBS // 2]
            self._jobs = (*theirs, *everybodys[: JOBS - len(theirs)])
        self._fill(by_others=True, keep=False)
        self._show_side()

    def _narrowed(self) -> Text:
        kinds = {kind: label for kind, label, _count in self._tally.kinds} if self._tally is not None else {}
        label = kinds.get(self._wanted.kind, SPANS[self._wanted.due])
        return Message("{label} f", {"label": label})

    def _warn(self) -> None:
        age = age_of_actor(self.app.desk.actor)
        line = self.query_one("#warning", TextLine)
        line.display = age.warned
        if age.warned:
            line.show(
                Styled(
                    _n(
                        "Change your password within {days} day ({clause}): digit 8, My account.",
                        "Change your password within {days} days ({clause}): digit 8, My account.",
                        days=age.days_left,
                        clause=by_clause(age.clause),
                    ),
                    "warn",
                )
            )
        under_way = permissions_of(self._resets)
        self.query_one("#reset", TextLine).display = bool(under_way)
        if under_way:
            self.query_one("#reset", TextLine).show(under_way)

    # The item under the cursor

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self.current
        self.app.see(matters_of(row))
        if self._opened is not None and (not isinstance(row, RequestRow) or self._opened.row != row):
            self._opened = None
        if self._settling is not None:
            self._settling.stop()
        if self._opened is None:
            self._show_side()
            if self._list.was_moved and self.query("#side") and isinstance(row, RequestRow):
                self._settling = self.set_timer(SETTLED, self._settle)
        self.refresh_keys()

    def _settle(self) -> None:
        """Show all of what the cursor rests on. Where it was decided meanwhile, a key says so."""
        if self.is_current:
            with suppress(Refused):
                self._seen()
            self._show_side()

    def _seen(self) -> RequestView | None:
        """The request under the cursor, opened as its author or its decider does, which is recorded."""
        row, desk = self.current, self.app.desk
        if isinstance(row, RequestRow) and self._opened is None:
            self._opened = desk.requests.one(row.id) if row.returned is not None else desk.queue.one(row.id)
        elif isinstance(row, WithOthers) and isinstance(row.row, RequestRow) and self._opened is None:
            self._opened = (desk.requests if row.own else desk.queue).one(row.row.id)
        return self._opened

    def _show_side(self) -> None:
        row = self.current
        for item in self.query("#item").results(FactList):
            found = summary(row) if row is not None else []
            if self._opened is not None and isinstance(row, RequestRow):
                found = [*found[:2], *facts(self._opened)]
            item.show(found)
        mine = next((section for section in self._sections if section.id == "mine"), None)
        waiting = mine.rows if mine is not None and len(mine.rows) == mine.total else ()
        load = {
            "months": months(self._outlook) if self._outlook is not None else [],
            "whose": whose(waiting),
            "ages": ages(waiting),
        }
        for part in self.query(".load").results(FactList):
            part.show(load[str(part.id)])

    # What can be done

    def can(self, command_id: str) -> bool:
        """What the row under the cursor offers."""
        row = self.current
        match command_id:
            case "open":
                return row is not None
            case "agree":
                return self._to_decide() is not None or (isinstance(row, NoticeToMe) and row.acknowledge)
            case "return" | "decline":
                return self._to_decide() is not None
            case "comment" | "remind":
                one = self._request()
                return (
                    one is not None
                    and one.state in UNDER_WAY
                    and (command_id == "comment" or isinstance(row, WithOthers))
                )
            case "amend":
                return isinstance(row, RequestRow) and may_amend(row)
            case "end":
                return self._ends() or any(one.may_stop for one in self._resets)
            case "evidence":
                one = self._request()
                return one is not None and one.evidence > 0
            case "half":
                return any(one.half for one in self._resets)
            case "search":
                return any(mode.id == "directory" for mode in self.app.modes)
        return True

    def offered(self) -> tuple[ScreenCommand, ...]:
        """Keys are called as what they do to the row under the cursor."""
        row = self.current
        words: dict[str, Text] = {}
        if isinstance(row, NoticeToMe):
            words = {
                "agree": _("Acknowledge"),
                "end": _("Object") if row.kind in CONTESTED else _("Put aside"),
            }
        elif isinstance(row, WithOthers | RequestRow):
            words = {"end": _("Withdraw")}
        return tuple(replace(one, label=words.get(one.id, one.label)) for one in super().offered())

    def _is_one(self, row: TodayRow | None) -> bool:
        return not isinstance(row.row if isinstance(row, WithOthers) else row, Alike)

    def _request(self) -> RequestRow | None:
        """The one request under the cursor, whoever has to act on it."""
        row = self.current
        one = (
            plain_of(row)
            if row is not None and not isinstance(row, DealtWith) and self._is_one(row)
            else None
        )
        return one if isinstance(one, RequestRow) else None

    def _to_decide(self) -> RequestRow | None:
        """The request under the cursor, where it waits for the reader's decision."""
        row = self.current
        return row if isinstance(row, RequestRow) and row.returned is None else None

    def _ends(self) -> bool:
        """Whether the row under the cursor can be put aside or withdrawn."""
        row = self.current
        if isinstance(row, NoticeToMe):
            return not row.acknowledge
        request = plain_of(row) if row is not None else None
        if not isinstance(request, RequestRow) or request.state not in UNDER_WAY or not self._is_one(row):
            return False
        return row.own if isinstance(row, WithOthers) else request.returned is not None

    async def do_agree(self) -> None:
        """Approve what is shown; acknowledge what asks for that (G.9)."""
        row = self.current
        if isinstance(row, NoticeToMe):
            self.app.desk.notices.acknowledge(row.id)
            self._tell_done(_("Acknowledged; it is on record."))
        else:
            await self._decide(APPROVE)

    async def do_return(self) -> None:
        """Send it back with a word."""
        await self._decide(RETURN)

    async def do_decline(self) -> None:
        """Turn it down with a word."""
        await self._decide(REJECT)

    async def _decide(self, verb: Verb[RequestRow]) -> None:
        """Agreeing at once opens nothing, so that the record says how much was seen."""
        row = self._to_decide()
        if row is not None:
            view = self._opened if verb is APPROVE else self._seen()
            self._tell_done(await decide(self, verb, row, view.digest if view is not None else row.digest))

    def _tell_done(self, said: Text | None) -> None:
        """Say what was done, once the list shows it; None: nothing was."""
        if said is not None:
            self._opened = None
            self.do_refresh()
            self.app.tell(said, "good")

    def do_amend(self) -> None:
        """The form of the returned request."""
        row = self.current
        if isinstance(row, RequestRow):
            self.app.push_screen(form_to_amend(self, row))

    async def do_end(self) -> None:
        """Put the announcement aside, or all that are shown, or object to what it tells of; withdraw the
        reader's own request; stop a reset of a sign-in that is under way. What ends something is asked about
        first."""
        row, resets = self.current, [one for one in self._resets if one.may_stop]
        chosen: str | None = "reset" if resets else "row"
        if resets and self._ends() and self._list.was_moved:
            options = [Pick("reset", _("The reset of a sign-in")), Pick("row", _("What is under the cursor"))]
            chosen = await choose(self, _("End what?"), options)
        if chosen == "reset":
            await self._stop(resets)
        elif chosen == "row" and isinstance(row, NoticeToMe) and row.kind in CONTESTED:
            self._tell_done(await said_of(self, OBJECT, At(self.app.desk, (row.id,), lambda: [row])))
        elif chosen == "row" and isinstance(row, NoticeToMe):
            await self._put_aside(row)
        elif chosen == "row" and row is not None and isinstance(own := plain_of(row), RequestRow):
            self._tell_done(await said_of(self, WITHDRAW, At(self.app.desk, (own.id,), lambda: (own,))))

    async def _stop(self, resets: Sequence[ResetView]) -> None:
        """End a reset, once it was asked whether that is meant."""
        one = await one_of(self, resets)
        if one is not None and await stop_reset(self, one):
            self.do_refresh()

    async def _put_aside(self, notice: NoticeToMe) -> None:
        shown = [one for section in self._sections for one in section.rows if isinstance(one, NoticeToMe)]
        plain = [one for one in shown if not one.acknowledge]
        chosen: str | None = "one"
        if len(plain) > 1:
            every = _("All {count} that are shown", count=len(plain))
            options = [Pick("one", _("This announcement")), Pick(ALL, every)]
            chosen = await choose(self, _("Put aside"), options)
        if chosen is not None:
            self._mark(plain if chosen == ALL else [notice])

    def _mark(self, notices: Sequence[NoticeToMe]) -> None:
        numbers = [number for one in notices for number in (one.id, *one.twins)]
        self.app.desk.notices.mark_seen(*numbers)
        self.do_refresh()

    async def do_comment(self) -> None:
        """Say something about it to the other side."""
        one = self._request()
        if one is not None:
            self._tell_done(await say_of(self, one))

    async def do_remind(self) -> None:
        """Remind whoever it waits for."""
        one = self._request()
        if one is not None:
            self._tell_done(await said_of(self, REMIND, At(self.app.desk, (one.id,), lambda: (one,))))

    async def do_evidence(self) -> None:
        """Open one of the attached files."""
        view = self._seen()
        if view is not None:
            await open_evidence(self, view.evidence, view.row.id)

    async def do_filter(self) -> None:
        """Narrow the list to what is due when, or to one kind; choosing everything widens it again."""
        tally = self.app.desk.waiting.tally()
        counts = {"all": tally.all, "overdue": tally.overdue, "today": tally.today, "week": tally.week}
        counts["later"] = tally.later
        options = [Pick(f"due:{span}", label, note=str(counts[span])) for span, label in SPANS.items()]
        options += [Pick(f"kind:{kind}", label, note=str(count)) for kind, label, count in tally.kinds]
        options.append(Pick(TASKS, _("Tasks, with what each lacks")))
        chosen = await choose(self, _("Show"), options)
        if chosen == TASKS:
            self.app.push_screen(TasksScreen())
        elif chosen is not None:
            what, _colon, value = chosen.partition(":")
            span = next((one for one in SPANS if what == "due" and one == value), None)
            self._narrow(WaitingFilter(due=span or "all", kind=value if what == "kind" else ""))

    def do_back(self) -> None:
        """Everything again, where the list is narrowed."""
        if self._wanted != WaitingFilter():
            self._narrow(WaitingFilter())
        else:
            super().do_back()

    def _narrow(self, wanted: WaitingFilter) -> None:
        self._wanted = wanted
        self._gone.clear()
        self._fill(narrowed=True)
        self.refresh_top()

    async def do_search(self) -> None:  # type: ignore[override]
        """Find somebody in the directory."""
        await self.app.switch_mode("directory")
        if isinstance(self.app.screen, DirectoryScreen):
            self.app.screen.perform(SEARCH.id)

    async def do_rules(self) -> None:
        """The rules in few words."""
        await show_summary(self)

    async def do_half(self) -> None:
        """The reader's half of a code, once."""
        chosen = await one_of(self, [one for one in self._resets if one.half])
        if chosen is not None:
            await show_half(self, chosen)
            self.do_refresh()

    # Opening

    async def do_open(self) -> None:
        """What is behind the row: its card, its screen, the queue with all that are alike, the unit's
        report."""
        row, desk = self.current, self.app.desk
        match row:
            case Alike():
                await self._to_queue(lambda queue: queue.narrow_to(row.requests))
            case WithOthers(row=Alike() as alike):
                options = [Pick(str(number), f"#{number}") for number in alike.requests]
                chosen = await choose(self, alike.first.kind_label, options)
                if chosen is not None:
                    self.app.push_screen(CardOfMine(desk.requests.one(int(chosen))))
            case WithOthers(row=RequestRow() as request):
                opens = CardOfMine(desk.requests.one(request.id)) if row.own else None
                self.app.push_screen(opens or CardToDecide(desk.queue.one(request.id)))
            case WithOthers(row=TaskRow() as task) | (TaskRow() as task):
                open_task(self, task)
            case DealtWith():
                self.app.tell(self._became(row) or row.said, "warn")
            case OwnTraining():
                self.app.push_screen(screen_of(MINE)())
            case NoticeToMe():
                await self._read(row)
            case UnitOutlook():
                open_report(self, "compliance", row.book, row.unit)
            case Unusual():
                open_report(self, "access", row.book)
            case Job():
                await self._begin_job(row)
            case RequestRow() if row.returned is not None:
                self.app.push_screen(CardOfMine(desk.requests.one(row.id)))
            case RequestRow():
                await self._to_queue(lambda queue: queue.seek(row.id), row)

    async def do_new(self) -> None:
        """Begin one of the jobs that need no row."""
        jobs = {job.begins: job for job in list_jobs(self.app.desk) if job.begins}
        picks = [Pick(begins, job.title) for begins, job in jobs.items()]
        chosen = await choose(self, _("What would you like to begin?"), picks)
        if chosen is not None:
            await self._begin_job(jobs[chosen])

    async def _begin_job(self, job: Job) -> None:
        """On to where a job is done, and begin it, or say what is pressed there."""
        digit, *more = job.keys.split()
        if not digit.isdigit():
            self.perform(job.begins)
        for mode in self.reachable_modes():
            if mode.digit == digit and job.begins:
                await self.do_there(mode, job.begins)
            elif mode.digit == digit:
                self.go_to(mode.id)
                if more:
                    hint = _("{job}: now press {keys}", job=job.title, keys=" ".join(more))
                    self.app.call_later(self.app.tell, hint)

    async def _to_queue(self, then: Callable[[QueueScreen], None], row: RequestRow | None = None) -> None:
        """On to the queue; where somebody was first with ``row``, say who, and stay here."""
        last = self.app.desk.queue.gone(row.id) if row is not None else None
        if row is not None and last is not None:
            self.do_refresh()
            self.app.tell(gone(row, last), "warn")
            return
        await self.app.switch_mode("queue")
        if isinstance(self.app.screen, QueueScreen):
            then(self.app.screen)

    async def _read(self, notice: NoticeToMe) -> None:
        """An announcement in full, which is read then; an acknowledgement is said by a key of its own."""
        shown = [(_("When"), local(notice.at)[:16]), (_("Announcement"), told(notice, whole=True))]
        if notice.hands_out:
            await self._hand_out(notice)
        else:
            await tell_facts(self, _("Announcement"), shown)
        if not notice.acknowledge:
            self._mark([notice])

    async def _hand_out(self, notice: NoticeToMe) -> None:
        """The directory that came with an announcement, to be opened or taken (A.8)."""
        options = [Pick("open", _("Open the directory"))]
        options += [Pick("take", _("Take a copy of it"))] * notice.takes
        options.append(Pick("read", _("Read and close")))
        chosen = await choose(self, _("Announcement"), options, text=happened(notice, whole=True))
        if chosen == "take":
            about_it = _("What you see of the directory, under your mark; once.")
            await tell_command(self, f"{self.app.desk.actor.ssh} {taking(notice)} > FILE.xlsx", about_it)
        elif chosen == "open":
            await self.app.switch_mode("directory")
            if isinstance(self.app.screen, DirectoryScreen):
                self.app.screen.show_book(notice.hands_out)


def _elsewhere(rows: Sequence[Matter | Alike]) -> list[TodayRow]:
    return [WithOthers(row, own=True) for row in rows if not isinstance(row, OwnTraining)]
