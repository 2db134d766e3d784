"""Today, the first screen: what waits for me, what of mine moves, and what I was told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult

from auth.password_age import age_of_actor
from db.desk.accounts.reset_desk import ResetView
from db.desk.notation.localtime import local
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.notices import NoticeToMe
from db.desk.today.waiting import ListPart, Matter
from db.desk.training.trainings import OwnTraining
from db.language import Message, _, _n, clause_words
from tui.kit import (
    Cell,
    DataList,
    FramedScreen,
    ListColumn,
    Location,
    Pane,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    by_clause,
    choose,
    tell_command,
)
from tui.kit.dialogs import tell_facts
from tui.screens.accounts.resets import one_of, permissions_of, show_half, stop_reset
from tui.screens.asking.rules import show_summary
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.requests.card import CardOfMine
from tui.screens.requests.queue import QueueScreen
from tui.screens.sheets.asking import said_of
from tui.screens.sheets.list import screen_of
from tui.screens.tasks.tasks import TasksScreen, open_task
from tui.sheets.asks import At
from tui.sheets.date_words import due_day, left
from tui.sheets.notice_words import happened, told
from tui.sheets.notices import CONTESTED, OBJECT, taking
from tui.sheets.request_facts import became, gone, marked_who, permissions, what
from tui.sheets.task_facts import lacks
from tui.sheets.training import MINE
from tui.sheets.training import permissions as standing_to

WIDE = 100
"""Cells from which on a due day has a column of its own beside what is left until then."""


class Today(FramedScreen):
    """Three lists, one above the other; Tab goes from one to the next."""

    CSS_PATH = "today.tcss"
    NAME = _("Today")
    ABOUT = _(
        "What came back to you, what you have to decide or to do, with its clock in working days, what you "
        "have asked for and on whom it rests, and what was announced to you. Each matter stands here once. "
        "Tab goes from one list to the next."
    )
    KEYS = (
        ScreenCommand(
            "open",
            "enter",
            _("Open"),
            _("Open what is under the cursor; an announcement in full."),
            looks=True,
        ),
        ScreenCommand("next_list", "tab", _("Next list"), _("Go to the next list on this screen.")),
        ScreenCommand(
            "seen", "s", _("Seen"), _("Note that you have read the announcement under the cursor.")
        ),
        ScreenCommand("all_seen", "S", _("All seen"), _("Note that you have read every announcement shown.")),
        ScreenCommand("half", "h", _("Code half"), _("Show your half of a reset's code, once.")),
        ScreenCommand(
            "stop", "x", _("Object"), _("Stop what an announcement tells of, or a reset of a sign-in.")
        ),
        ScreenCommand("tasks", "t", _("Tasks"), _("Only what you have to do, with what each task lacks.")),
        ScreenCommand("rules", "w", _("Rules"), _("The rules in brief, and what they mean for you.")),
        ScreenCommand("refresh", "r", _("Refresh"), _("Ask again what is new."), second="f5"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._resets: tuple[ResetView, ...] = ()

    def where(self) -> Location:
        """The day's own line."""
        return Location(self.NAME)

    def body(self) -> ComposeResult:
        """Warnings, then the three lists."""
        yield TextLine(id="warning")
        yield TextLine(id="reset")
        with Pane(_("Waits for me"), id="waiting"):
            yield DataList[Matter](
                [
                    ListColumn(
                        _("Due"), lambda row: due_day(row.due), width=13, in_english=10, from_width=WIDE
                    ),
                    ListColumn(_("Workdays"), _left, width=8),
                    ListColumn(_("Kind"), _kind, width=12, in_english=15),
                    ListColumn(_("Who"), self._who, width=16),
                    ListColumn(_("What"), _what),
                ],
                key=_key,
                empty=_("Nothing waits for you."),
                became=self._decided_by_others,
            )
        with Pane(_("Mine, under way"), id="mine"):
            yield DataList[RequestRow | TaskRow](
                [
                    ListColumn(
                        _("Due"), lambda row: due_day(row.due), width=13, in_english=10, from_width=WIDE
                    ),
                    ListColumn(_("Workdays"), _left, width=8),
                    ListColumn(_("Kind"), _kind, width=12, in_english=15, from_width=WIDE),
                    ListColumn(_("Who"), self._who, width=16),
                    ListColumn(_("Where it stands"), _stands, width=16, in_english=20),
                    ListColumn(_("What"), _asked),
                ],
                key=_key,
                empty=_("Nothing of yours is under way."),
                became=self._became_of_mine,
            )
        with Pane(_("Announcements"), id="told"):
            yield DataList[NoticeToMe](
                [
                    ListColumn(_("When"), lambda notice: local(notice.at)[5:16], width=11),
                    ListColumn(_("Announcement"), told),
                ],
                key=lambda notice: notice.id,
                empty=_("Nothing new was announced."),
            )

    def on_mount(self) -> None:
        """Fill the lists."""
        self.do_refresh()

    def come_back(self) -> None:
        """Something may have happened meanwhile. What waits was dealt with by the reader, on another screen,
        if nobody else did so: the cursor goes on to the next."""
        waiting = self._of("waiting")
        if not waiting.astray:
            waiting.begin_act()
        self.do_refresh()
        waiting.end_act()

    def catch_up(self) -> None:
        """Others did something: the cursor goes nowhere by itself."""
        self.do_refresh()

    def can(self, command_id: str) -> bool:
        """What the list with the cursor offers."""
        current = self._list()
        if command_id in ("seen", "all_seen"):
            return current is not None and current is self._of("told") and current.current is not None
        if command_id == "open":
            return current is not None and current.current is not None
        if command_id == "half":
            return any(one.half for one in self._resets)
        if command_id == "stop":
            return self._contested() is not None or any(one.may_stop for one in self._resets)
        return True

    def do_refresh(self) -> None:
        """Ask the desk again."""
        desk = self.app.desk
        self.app.set_waiting(self._fill("waiting", desk.waiting.mine))
        self._fill("mine", desk.waiting.others)
        self._resets = desk.resets.open()
        self._show_told(desk.waiting.news())
        self._warn()
        self.refresh_keys()

    def _fill(self, pane: str, ask: Callable[[int, int], ListPart[Any]]) -> int:
        """Ask for a list again, the cursor staying where it is; how many rows it has."""
        total = ask(0, 0).total
        self._of(pane).show(lambda offset, limit: ask(offset, limit).rows, total=total, keep=True)
        return total

    def _decided_by_others(self, row: Matter) -> Message | None:
        if not isinstance(row, RequestRow):
            return None
        last = self.app.desk.queue.gone(row.id)
        return gone(row, last) if last is not None else None

    def _became_of_mine(self, row: RequestRow | TaskRow) -> Message | None:
        return became(self.app.desk.requests.one(row.id)) if isinstance(row, RequestRow) else None

    async def do_rules(self) -> None:
        """The rules in few words."""
        await show_summary(self)

    def do_tasks(self) -> None:
        """All that is to be done."""
        self.app.push_screen(TasksScreen())

    async def do_half(self) -> None:
        """The reader's half of a code, once."""
        chosen = await one_of(self, [one for one in self._resets if one.half])
        if chosen is not None:
            await show_half(self, chosen)
            self.do_refresh()

    async def do_stop(self) -> None:
        """Object to what the announcement under the cursor tells of; elsewhere, end a reset. Either is asked
        about first."""
        contested = self._contested()
        if contested is not None:
            at = At(self.app.desk, (contested.id,), lambda: [contested])
            made = await said_of(self, OBJECT, at)
            if made is not None:
                self.do_refresh()
                self.app.tell(made, "good")
            return
        chosen = await one_of(self, [one for one in self._resets if one.may_stop])
        if chosen is not None and await stop_reset(self, chosen):
            self.do_refresh()

    def _contested(self) -> NoticeToMe | None:
        """What the announcement under the cursor tells of, where one may object to it."""
        current = self._list()
        row = current.current if current is not None and current is self._of("told") else None
        return row if isinstance(row, NoticeToMe) and row.kind in CONTESTED else None

    def do_next_list(self) -> None:
        """On to the next list."""
        self.focus_next(DataList)

    async def do_open(self) -> None:
        """Decide or do what waits, follow what is under way, read what was announced."""
        current = self._list()
        row = current.current if current is not None else None
        if isinstance(row, TaskRow):
            open_task(self, row)
        elif isinstance(row, OwnTraining):
            self.app.push_screen(screen_of(MINE)())
        elif isinstance(row, NoticeToMe):
            await self._read(row)
        elif isinstance(row, RequestRow) and (row.returned or current is self._of("mine")):
            self.app.push_screen(CardOfMine(self.app.desk.requests.one(row.id)))
        elif isinstance(row, RequestRow):
            await self._decide(row)

    async def _decide(self, row: RequestRow) -> None:
        """On to the queue, with the cursor on ``row``; where somebody was first, say who, and stay here."""
        last = self.app.desk.queue.gone(row.id)
        if last is not None:
            self.do_refresh()
            self.app.tell(gone(row, last), "warn")
            return
        await self.app.switch_mode("queue")
        if isinstance(self.app.screen, QueueScreen):
            self.app.screen.seek(row.id)

    async def _read(self, notice: NoticeToMe) -> None:
        """An announcement in full, which is read then; an acknowledgement is said by a key of its own."""
        facts = [(_("When"), local(notice.at)[:16]), (_("Announcement"), told(notice, whole=True))]
        if notice.hands_out:
            await self._hand_out(notice)
        else:
            await tell_facts(self, _("Announcement"), facts)
        if not notice.acknowledge:
            self._mark([notice])

    async def _hand_out(self, notice: NoticeToMe) -> None:
        """The directory that came with an announcement, to be opened or taken (A.8)."""
        options = [Pick("open", _("Open the directory"))]
        options += [Pick("take", _("Take a copy of it"))] * notice.takes
        options.append(Pick("read", _("Read and close")))
        chosen = await choose(self, _("Announcement"), options, text=happened(notice, whole=True))
        if chosen == "take":
            about = _("What you see of the directory, under your mark; once.")
            await tell_command(self, f"{self.app.desk.actor.ssh} {taking(notice)} > FILE.xlsx", about)
        elif chosen == "open":
            await self.app.switch_mode("directory")
            if isinstance(self.app.screen, DirectoryScreen):
                self.app.screen.show_book(notice.hands_out)

    def do_seen(self) -> None:
        """The announcement under the cursor is read; acknowledged, where it asks for that (G.9)."""
        notice = self._of("told").current
        if isinstance(notice, NoticeToMe) and notice.acknowledge:
            self.app.desk.notices.acknowledge(notice.id)
            self._mark([])
            self.app.tell(_("Acknowledged; it is on record."), "good")
        elif isinstance(notice, NoticeToMe):
            self._mark([notice])

    def do_all_seen(self) -> None:
        """All announcements are read."""
        self._mark(self.app.desk.notices.unread())

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    def on_descendant_focus(self) -> None:
        """The keys differ by list."""
        self.refresh_keys()

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

    def _mark(self, notices: Sequence[NoticeToMe]) -> None:
        if notices:
            self.app.desk.notices.mark_seen(*(notice.id for notice in notices))
        self._show_told(self.app.desk.waiting.news())
        self.refresh_keys()

    def _show_told(self, notices: Sequence[NoticeToMe]) -> None:
        self._of("told").show(
            lambda offset, limit: notices[offset : offset + limit], total=len(notices), keep=True
        )

    def _list(self) -> DataList[Matter] | DataList[NoticeToMe] | None:
        return self.focused if isinstance(self.focused, DataList) else None

    def _who(self, row: Matter) -> Cell:
        if isinstance(row, OwnTraining):
            return Styled(self.app.reader.name, "strong")
        return Styled(marked_who(row), "strong")

    def _of(self, pane: str) -> DataList:  # type: ignore[type-arg]  # rows differ by pane
        return self.query_one(f"#{pane} DataList", DataList)


def _key(row: Matter) -> Hashable:
    if isinstance(row, OwnTraining):
        return row.book, row.topic.id
    return isinstance(row, TaskRow), row.id


def _left(row: Matter) -> Cell:
    if row.due is None and isinstance(row, OwnTraining):
        return Styled(_("late"), "bad")
    if row.due is None and isinstance(row, RequestRow) and row.returned:
        return Styled(row.state_label, "warn")
    return left(row.due)


def _kind(row: Matter) -> Cell:
    return _("Training") if isinstance(row, OwnTraining) else row.kind_label


def _what(row: Matter) -> Cell:
    """A training has no card of its own on which its clause would stand."""
    if isinstance(row, OwnTraining):
        clause = Styled(clause_words(row.topic.due_clause), "dim")
        book = Styled(row.book_label, "dim")
        if row.due is not None:
            return [row.topic.label, "  ", clause, "  ", book]
        return [row.topic.label, "  ", standing_to(row.training), "  ", clause, "  ", book]
    return lacks(row) if isinstance(row, TaskRow) else what(row)


def _stands(row: RequestRow | TaskRow) -> Cell:
    """For whom it waits, that is not for the reader."""
    if isinstance(row, RequestRow):
        return permissions(row)
    return lacks(row)


def _asked(row: RequestRow | TaskRow) -> Cell:
    return what(row) if isinstance(row, RequestRow) else row.about
