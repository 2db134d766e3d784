"""Today, the first screen: what waits for me, what of mine moves, what I answer for, and what I was told, in
one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from db.desk.accounts.reset_desk import ResetView
from db.desk.notation.localtime import local
from db.desk.overview.outlook import UnitOutlook, Unusual
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.notice_views import NoticeToMe
from db.desk.today.waiting import Alike, OtherMatter, WaitingFilter
from db.language import Text, _
from tui.jobs import Job, list_jobs
from tui.kit import (
    SEARCH,
    Pick,
    ScreenCommand,
    choose,
)
from tui.kit.commands import key_name
from tui.kit.dialogs import SayFacts
from tui.kit.going import begin_job
from tui.screens.accounts.resets import one_of, show_half, stop_reset
from tui.screens.asking.rules import show_summary
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.evidence.view import open_evidence
from tui.screens.pickup import take_out
from tui.screens.reports.reports import open_report
from tui.screens.requests.card import CardOfMine, CardToDecide, open_request
from tui.screens.requests.deciding import DECIDED, decide, say_of, why_others_decide
from tui.screens.requests.own_request import form_to_amend, may_amend
from tui.screens.requests.queue import QueueScreen
from tui.screens.sheets.asking import do_and_describe
from tui.screens.sheets.list import command_of, screen_of
from tui.screens.tasks.tasks import TasksScreen, end_task, is_done_by_key, open_task
from tui.screens.today.list import TodayList
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.deciding import APPROVE, REJECT, RETURN
from tui.sheets.notice_words import describe_notice, notice_line
from tui.sheets.notices import OBJECT, take_command
from tui.sheets.registry import SHEETS
from tui.sheets.request_facts import taken_words
from tui.sheets.requests import COMMENT, REMIND, UNDER_WAY, WITHDRAW
from tui.sheets.sheet import Verb
from tui.sheets.tasks import DONE
from tui.sheets.today import (
    SPANS,
    DealtWith,
    TodayRow,
    WithOthers,
    plain_of,
)

TASKS, ALL = "tasks", "all"
READ_IT: Final = Pick("read", _("Read and close"))
DECIDES: Final = ("agree", "return", "decline")
ON_ROW: Final = (*DECIDES, "amend", "end", "remind", "comment", "evidence")
"""Act on the row under the cursor: where one does not apply, the key says so."""


class ReadNotice(SayFacts):
    """An announcement in full; one that asks for it is acknowledged here by the key of the list."""

    KEYS = (*SayFacts.KEYS, ScreenCommand("agree", "a", _("Acknowledge"), _("Acknowledge what you read.")))

    def __init__(self, facts: Sequence[Fact], *, acknowledge: bool) -> None:
        super().__init__(_("Announcement"), facts)
        self._acknowledge = acknowledge

    def can(self, command_id: str) -> bool:
        return command_id != "agree" or self._acknowledge

    def do_agree(self) -> None:
        self.dismiss("agree")


class Today(TodayList):
    """The list, and what is done with the row under the cursor."""

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
        ScreenCommand(
            "new", "n", _("New"), _("Begin something: a change, a joiner, a delegation, a report.")
        ),
        ScreenCommand("filter", "f", _("Filter"), _("Only what is due when, or of one kind; or the tasks.")),
        ScreenCommand("half", "r", _("Code half"), _("Show your half of a reset's code, once.")),
        ScreenCommand(
            "rules", "w", _("Rules"), _("The rules in brief, and what they mean for you."), footer=False
        ),
        replace(SEARCH, label=_("Find people"), help=_("Find somebody in the directory.")),
        ScreenCommand("out", "o", _("Due days"), _("Take out the due days as a calendar."), footer=False),
        ScreenCommand("renew", "f5", _("Refresh"), _("Ask again what is new."), footer=False),
    )

    def can(self, command_id: str) -> bool:
        row = self.current
        match command_id:
            case "open":
                return row is not None
            case "agree":
                may_acknowledge = isinstance(row, NoticeToMe) and row.acknowledge
                return may_acknowledge or self._to_decide() is not None or self._to_do() is not None
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
                return self._may_end() or any(one.may_stop for one in self._resets)
            case "evidence":
                one = self._request()
                return one is not None and one.evidence > 0
            case "half":
                return any(one.half for one in self._resets)
            case "search":
                return any(mode.id == "directory" for mode in self.app.modes)
        return True

    async def do_out(self) -> None:
        """Show the command that fetches the due days as a calendar file."""
        about = _("A calendar file (iCalendar) for your phone or mail program; it names nobody.")
        await take_out(self, ("today", "calendar"), "due-days.ics", about)

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Return the possible commands, labelled by what they do to the row under the cursor."""
        row = self.current
        words: dict[str, Text] = {}
        if isinstance(row, NoticeToMe):
            words = {
                "agree": _("Acknowledge"),
                "end": _("Object") if OBJECT.offered(row) else _("Put aside"),
            }
        elif isinstance(row, TaskRow):
            words = {"agree": DONE.label}
        elif isinstance(row, WithOthers | RequestRow):
            words = {"end": _("Withdraw")}
        return tuple(replace(one, label=words.get(one.id, one.label)) for one in super().offered_commands())

    def _is_one(self, row: TodayRow | None) -> bool:
        return not isinstance(row.row if isinstance(row, WithOthers) else row, Alike)

    def _request(self) -> RequestRow | None:
        """Return the one request under the cursor, whoever acts on it; else None."""
        row = self.current
        one = (
            plain_of(row)
            if row is not None and not isinstance(row, DealtWith) and self._is_one(row)
            else None
        )
        return one if isinstance(one, RequestRow) else None

    def why_not(self, command: ScreenCommand) -> Text:
        row = self.current
        if row is None or command.id not in ON_ROW:
            return super().why_not(command)
        said = {"key": key_name(command.key), "label": command.label}
        other = _("{key} ({label}) does not apply to this row; Enter opens it. ? lists all keys.", **said)
        if command.id not in DECIDES:
            return other
        if isinstance(row, WithOthers) and isinstance(row.row, RequestRow):
            return why_others_decide(self.app.desk, row.row, own=row.own)
        if isinstance(row, RequestRow) and row.returned is not None:
            return _("It was returned to you: e amends it, x withdraws it.")
        return DECIDED if self._is_held(row) else other

    def _to_decide(self) -> RequestRow | None:
        """Return the request under the cursor if it waits for the reader's decision; else None."""
        row = self.current
        waits = isinstance(row, RequestRow) and row.returned is None and not self._is_held(row)
        return row if waits and isinstance(row, RequestRow) else None

    def _to_do(self) -> TaskRow | None:
        """Return the task under the cursor if a key can end it; else None."""
        row = self.current
        waits = isinstance(row, TaskRow) and is_done_by_key(row) and not self._is_held(row)
        return row if waits and isinstance(row, TaskRow) else None

    def _may_end(self) -> bool:
        """Return whether the row under the cursor can be put aside or withdrawn."""
        row = self.current
        if isinstance(row, NoticeToMe):
            return OBJECT.offered(row) or not row.acknowledge
        request = plain_of(row) if row is not None else None
        if not isinstance(request, RequestRow) or request.state not in UNDER_WAY or not self._is_one(row):
            return False
        return row.own if isinstance(row, WithOthers) else request.returned is not None

    async def do_agree(self) -> None:
        """Acknowledge the announcement at the cursor (G.9), end the task there unless something is lacking,
        or ask and approve the request; each recorded."""
        row = self.current
        if isinstance(row, NoticeToMe):
            self._acknowledge(row)
        elif (task := self._to_do()) is not None:
            self._tell_done(end_task(self, task))
        else:
            await self._decide_request(APPROVE)

    def _acknowledge(self, notice: NoticeToMe) -> None:
        self.app.desk.notices.acknowledge(notice.id)
        self._tell_done(_("Acknowledged; it is on record."))

    async def do_return(self) -> None:
        await self._decide_request(RETURN)

    async def do_decline(self) -> None:
        await self._decide_request(REJECT)

    async def _decide_request(self, verb: Verb[RequestRow]) -> None:
        """Ask, and decide on the request at the cursor, recorded; an approval opens nothing first, so the
        record says what was seen."""
        row = self._to_decide()
        if row is not None:
            view = self._opened if verb is APPROVE else self._open_current()
            self._tell_done(await decide(self, verb, row, view.digest if view is not None else row.digest))

    def _tell_done(self, said: Text | None) -> None:
        """Refresh the list and show ``said``; None: nothing was done."""
        if said is not None:
            self._opened = None
            if self.app.desk.holding.is_new:
                self._list.refresh()  # nothing is in force yet: each row stands, one of them dim
                self.refresh_keys()
            else:
                self.do_refresh()
            self._list.pass_faded()
            self.app.tell(said, "good")

    def do_amend(self) -> None:
        row = self.current
        if isinstance(row, RequestRow):
            self.app.push_screen(form_to_amend(self, row))

    async def do_end(self) -> None:
        """Put the announcement aside or object to it, withdraw the reader's own request, or stop a reset of a
        sign-in; ask which, and before anything ends."""
        row, resets = self.current, [one for one in self._resets if one.may_stop]
        chosen: str | None = "reset" if resets else "row"
        if resets and self._may_end() and self._list.was_moved:
            options = [Pick("reset", _("The reset of a sign-in")), Pick("row", _("What is under the cursor"))]
            chosen = await choose(self, _("End what?"), options)
        if chosen == "reset":
            await self._stop(resets)
        elif chosen == "row" and isinstance(row, NoticeToMe) and OBJECT.offered(row):
            await self._object_to(row)
        elif chosen == "row" and isinstance(row, NoticeToMe):
            await self._put_aside(row)
        elif chosen == "row" and row is not None and isinstance(own := plain_of(row), RequestRow):
            self._tell_done(
                await do_and_describe(self, WITHDRAW, At(self.app.desk, (own.id,), lambda: (own,)))
            )

    async def _stop(self, resets: Sequence[ResetView]) -> None:
        one = await one_of(self, resets)
        if one is not None and await stop_reset(self, one):
            self.do_refresh()

    async def _object_to(self, notice: NoticeToMe) -> None:
        self._tell_done(
            await do_and_describe(self, OBJECT, At(self.app.desk, (notice.id,), lambda: [notice]))
        )

    async def _put_aside(self, notice: NoticeToMe) -> None:
        """Mark the announcement, or after asking all that ask nothing of the reader, as read, and show how
        many."""
        shown = [one for section in self._sections for one in section.rows if isinstance(one, NoticeToMe)]
        plain = [one for one in shown if not (one.acknowledge or OBJECT.offered(one))]
        chosen: str | None = "one"
        if len(plain) > 1:
            every = _("All {count} that ask nothing of you", count=len(plain))
            options = [Pick("one", _("This announcement")), Pick(ALL, every)]
            chosen = await choose(self, _("Put aside"), options)
        if chosen is None:
            return
        aside, rest = (plain, len(shown) - len(plain)) if chosen == ALL else ([notice], 0)
        self._mark_notices_seen(aside)
        told = _("Put aside: {count}", count=len(aside))
        if rest:
            told = _(
                "{told}. You can object to, or acknowledge, {rest} more: they stay", told=told, rest=rest
            )
        self.app.tell(told, "good")

    def _mark_notices_seen(self, notices: Sequence[NoticeToMe]) -> None:
        numbers = [number for one in notices for number in (one.id, *one.twins)]
        self.app.desk.notices.mark_seen(*numbers)
        self.do_refresh()

    async def do_comment(self) -> None:
        """Ask for a comment on the request at the cursor and add it for the other side, recorded."""
        one = self._request()
        if one is not None:
            self._tell_done(await say_of(self, one))

    async def do_remind(self) -> None:
        one = self._request()
        if one is not None:
            self._tell_done(await do_and_describe(self, REMIND, At(self.app.desk, (one.id,), lambda: (one,))))

    async def do_evidence(self) -> None:
        view = self._open_current()
        if view is not None:
            await open_evidence(self, view.evidence, view.row.id)

    async def do_filter(self) -> None:
        """Ask for a due span or kind to narrow the list to, or widen it; or open the list of tasks."""
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
            self._narrow_list(WaitingFilter(due=span or "all", kind=value if what == "kind" else ""))

    def do_back(self) -> None:
        if self._wanted != WaitingFilter():
            self._narrow_list(WaitingFilter())
        else:
            super().do_back()

    def _narrow_list(self, wanted: WaitingFilter) -> None:
        self._wanted = wanted
        self._gone.clear()
        self._fill_list(narrowed=True)
        self.refresh_top()

    async def do_search(self) -> None:  # type: ignore[override]
        await self.app.switch_mode("directory")
        if isinstance(self.app.screen, DirectoryScreen):
            self.app.screen.perform(SEARCH.id)

    async def do_rules(self) -> None:
        await show_summary(self)

    async def do_half(self) -> None:
        """Ask which reset if there are several, and show the reader's half of its code, once."""
        chosen = await one_of(self, [one for one in self._resets if one.half])
        if chosen is not None:
            await show_half(self, chosen)
            self.do_refresh()

    # Opening

    async def do_open(self) -> None:
        """Open the row's card, its screen, the queue at it, the unit's report, or the form of a job; for what
        others dealt with, show the outcome."""
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
                self.app.tell(self._outcome_words(row) or row.said, "warn")
            case OtherMatter():
                sheet = next(one for one in SHEETS if one.id == row.opens)
                self.app.push_screen(screen_of(sheet)())
            case NoticeToMe() if row.folded:
                await self._unfold(row)
            case NoticeToMe():
                await self._read(row)
            case UnitOutlook():
                await open_report(self, "compliance", row.book, row.unit)
            case Unusual():
                await open_report(self, "access", row.book)
            case Job():
                await begin_job(self, row)
            case RequestRow() if row.returned is not None:
                self.app.push_screen(CardOfMine(desk.requests.one(row.id)))
            case RequestRow():
                await self._to_queue(lambda queue: queue.seek_request(row.id), row)

    async def do_new(self) -> None:
        """Ask which of the jobs that need no row to begin, and open its form."""
        jobs = {job.begins: job for job in list_jobs(self.app.desk) if job.begins}
        picks = [Pick(begins, job.title) for begins, job in jobs.items()]
        chosen = await choose(self, _("What would you like to begin?"), picks)
        if chosen is not None:
            await begin_job(self, jobs[chosen])

    async def _to_queue(self, then: Callable[[QueueScreen], None], row: RequestRow | None = None) -> None:
        """Switch to the queue and call ``then`` with it; if somebody was faster with ``row``, show who and
        stay."""
        last = self.app.desk.queue.gone(row.id) if row is not None else None
        if row is not None and last is not None:
            self.do_refresh()
            self.app.tell(taken_words(row, last), "warn")
            return
        await self.app.switch_mode("queue")
        if isinstance(self.app.screen, QueueScreen):
            then(self.app.screen)

    async def _unfold(self, notice: NoticeToMe) -> None:
        """List the announcements folded into one, and read the one chosen."""
        each = {str(one.id): one for one in self.app.desk.notices.unread(notice.id)}
        picks = [Pick(number, describe_notice(one)) for number, one in each.items()]
        chosen = await choose(self, _("Announcement"), picks)
        if chosen is not None:
            await self._read(each[chosen])

    async def _read(self, notice: NoticeToMe) -> None:
        """Show an announcement in full and mark it as read; acknowledging or objecting takes a key of its
        own."""
        shown = [(_("When"), local(notice.at)[:16]), (_("Announcement"), notice_line(notice, whole=True))]
        if notice.hands_out:
            await self._hand_out(notice)
        elif notice.request is not None:
            options = [Pick("open", _("Open the request")), READ_IT]
            chosen = await choose(self, _("Announcement"), options, text=describe_notice(notice, whole=True))
            if chosen == "open":
                open_request(self.app, notice.request)
            elif chosen is None:
                return
        elif OBJECT.offered(notice):
            read = Pick("agree", _("Acknowledge"), "a") if notice.acknowledge else READ_IT
            options = [read, Pick("object", OBJECT.label, "x")]
            chosen = await choose(self, _("Announcement"), options, text=describe_notice(notice, whole=True))
            if chosen == "object":
                await self._object_to(notice)
            elif chosen == "agree":
                self._acknowledge(notice)
            if chosen != "read":
                return
        elif await self.app.push_screen_wait(ReadNotice(shown, acknowledge=notice.acknowledge)) == "agree":
            self._acknowledge(notice)
        if not notice.acknowledge:
            self._mark_notices_seen([notice])

    async def _hand_out(self, notice: NoticeToMe) -> None:
        """Ask whether to open the directory that came with an announcement, or to take a copy (A.8), and do
        it."""
        options = [Pick("open", _("Open the directory"))]
        options += [Pick("take", _("Take a copy of it"))] * notice.takes
        options.append(READ_IT)
        chosen = await choose(self, _("Announcement"), options, text=describe_notice(notice, whole=True))
        if chosen == "take":
            about_it = _("What you see of the directory, under your mark; once.")
            await take_out(self, take_command(notice).split(), "directory.xlsx", about_it)
        elif chosen == "open":
            await self.app.switch_mode("directory")
            if isinstance(self.app.screen, DirectoryScreen):
                self.app.screen.show_book(notice.hands_out)
