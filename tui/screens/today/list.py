"""The list of Today: what is asked for, how it is counted, and what stands beside it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from auth.password_age import age_of_actor
from db.desk import Refused
from db.desk.accounts.reset_desk import ResetView
from db.desk.overview.outlook import DeadlineOutlook, UnitOutlook, Unusual
from db.desk.requests.request_views import RequestRow, RequestView, acting_name
from db.desk.today.waiting import Alike, Matter, OtherMatter, Tally, WaitingFilter
from db.language import Message, Text, _, _n, listed
from tui.jobs import Job, list_jobs
from tui.kit import (
    DataList,
    FactList,
    FramedScreen,
    ListColumn,
    Location,
    Preview,
    Styled,
    TextLine,
    by_clause,
)
from tui.kit.sections import Heading, SectionList
from tui.safe import cells
from tui.screens.accounts.resets import reset_line
from tui.sheets.cell import Cell
from tui.sheets.request_facts import facts, outcome_words, taken_words
from tui.sheets.today import (
    SPANS,
    DealtWith,
    TodayRow,
    WithOthers,
    clock,
    key_of,
    kind,
    matters_of,
    months,
    other_deciders,
    outlook_line,
    overdue_ages,
    plain_of,
    row_marks,
    row_matter,
    row_person,
    spanning_cell,
    summary_facts,
    tally_line,
)

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


@dataclass
class TodaySection:
    """A part of the list: its heading, how many rows there are, those that are here, and what gives more."""

    id: str
    title: Text
    total: int
    rows: Sequence[TodayRow]
    more: Callable[[int, int], Sequence[TodayRow]] | None = None
    right: Text = ""

    def page_of_rows(self, offset: int, limit: int) -> Sequence[TodayRow]:
        if self.more is None or offset + limit <= len(self.rows):
            return self.rows[offset : offset + limit]
        return self.more(offset, min(limit, self.total - offset))


class TodayList(FramedScreen):
    """One list in sections; at its right, where there is room, the item under the cursor."""

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
        self._reminded: frozenset[int] = frozenset()
        self._gone: dict[int, DealtWith] = {}
        """Place in what waits -> what somebody else dealt with there while its reader looked on."""
        self._opened: RequestView | None = None
        self._settling: Timer | None = None

    def where(self) -> Location:
        return Location(self.NAME, (SPANS[self._wanted.due],) if self._wanted.due != "all" else ())

    def body(self) -> ComposeResult:
        yield TextLine(id="warning")
        yield TextLine(id="reset")
        yield TextLine(id="numbers")
        yield TextLine(id="answered")
        with Horizontal(id="parts"):
            yield SectionList[TodayRow](
                [
                    ListColumn("", clock, width=10, in_english=12, whole=True),
                    ListColumn("", kind, width=10, in_english=14),
                    ListColumn("", lambda row: row_person(row, self.app.reader.name), width=16),
                    ListColumn("", row_matter),
                    ListColumn("", self._tail, width=10, in_english=14, right=True),
                ],
                key=key_of,
                across=spanning_cell,
                empty=_("Nothing waits for you, and nothing is new. 2 finds people, 4 begins a request."),
                became=self._outcome_words,
            )
            if self.app.size.width >= WIDE:
                yield self._side()

    def _side(self) -> Preview:
        lists = (FactList(id=part, classes="load") for part in ("months", "whose", "ages"))
        return Preview(FactList(id="item"), *lists, id="side")

    def _is_held(self, row: TodayRow | Heading | None) -> bool:
        """Return whether the reader decided on all of a row and can still undo that; True for headings."""
        if isinstance(row, Heading):
            return True
        held, matters = self.app.desk.holding, matters_of(row)
        return bool(matters) and all(held.holds(is_task=task, number=one) for task, one in matters)

    def on_mount(self) -> None:
        """Fill the list; count what the reader answers for once that is drawn."""
        self._list.fades = self._is_held
        self.do_refresh()
        self._count_later()

    def on_resize(self, event: events.Resize) -> None:
        """Show the item beside the list if there is room, and the numbers that fit."""
        self._show_numbers()
        side = self.query("#side")
        if event.size.width >= WIDE and not side:
            self.query_one("#parts").mount(self._side())
            self.call_after_refresh(self._show_side)
        elif event.size.width < WIDE:
            side.remove()

    def come_back(self) -> None:
        """Fetch the list again. What is gone counts as dealt with by the reader on another screen, so the
        cursor goes to the next item; rows that others dealt with are removed."""
        self._gone.clear()
        is_free = not self.is_busy  # else a command goes on that acts on its item still
        if is_free and not self._list.astray:
            self._list.begin_act()
        self.do_refresh()
        if is_free:
            self._list.end_act()
        self._count_later()

    def catch_up(self) -> None:
        """Fetch the list again after others' changes: the cursor stays, and what they dealt with stays,
        dim."""
        self._fill_list(by_others=True)
        self._count_later()

    def do_refresh(self) -> None:
        self._fill_list()

    def do_renew(self) -> None:
        self.do_refresh()
        self.tell_renewed()

    # The list

    @property
    def _list(self) -> SectionList[TodayRow]:
        return self.query_one(SectionList)

    @property
    def current(self) -> TodayRow | None:
        row: TodayRow | None = self._list.current if self.is_mounted else None
        return row

    def _fill_list(self, *, by_others: bool = False, keep: bool = True, narrowed: bool = False) -> None:
        """Fetch rows and counts and show them. ``by_others``: what somebody else dealt with stays; ``keep``:
        the cursor stays with its item, else at the top unless the reader moved it; ``narrowed``: the reader
        chose a filter."""
        desk, before = self.app.desk, self._waiting_requests() if self._sections else {}
        count = desk.waiting.count()
        self.app.set_waiting(count.all)
        if by_others:
            self._keep_gone(before, count.matters)
        self._tally = desk.waiting.tally()
        self._sections = self._ask_sections()
        self._resets = desk.resets.open()
        total = sum(section.total + 1 for section in self._sections)
        stays = not narrowed and (keep or self._list.was_moved)
        self._list.show(self._fetch_rows, total=total, keep=stays, narrowed=narrowed)
        self._show_numbers()
        self._warn()
        if by_others:
            self._tell_new(before)
        self.refresh_keys()

    def _ask_sections(self) -> list[TodaySection]:
        waiting, wanted = self.app.desk.waiting, self._wanted
        mine, others = (waiting.page(whose, wanted, 0, PAGE) for whose in ("mine", "others"))
        back, rest = mine.returned, mine.total - mine.returned
        self._reminded = mine.reminded
        kept = {min(place, rest): row for place, row in self._gone.items()}
        found = [
            TodaySection("returned", _("Returned to me {count}", count=back), back, mine.rows[:back]),
            TodaySection(
                "mine",
                _("Waits for me {count}", count=rest),
                rest + len(kept),
                self._merged(mine.rows[back:], kept, 0),
                lambda offset, limit: self._more_rows(offset, limit, back, kept),
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
            found += self._other_matters()
            if sum(section.total for section in found) < ROOM:
                found.append(TodaySection("jobs", _("Often done"), len(self._jobs), self._jobs))
        return [section for section in found if section.total]

    def _other_matters(self) -> list[TodaySection]:
        """Return the sections below what waits for the reader: unusual use, agreed requests, units, overdue
        items, news."""
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
        """Return the units whose deadlines the reader sees, if there are several: all if nothing waits for
        the reader, else those with something overdue."""
        units = self._outlook.units if self._outlook is not None and len(self._outlook.units) > 1 else ()
        if self._tally is not None and self._tally.all:
            units = tuple(unit for unit in units if unit.overdue)
        return units[:EVERY_UNIT]

    def _more_rows(
        self, offset: int, limit: int, back: int, kept: dict[int, DealtWith]
    ) -> Sequence[TodayRow]:
        begin = offset - sum(place < offset for place in kept)
        rows = self.app.desk.waiting.page("mine", self._wanted, back + begin, limit).rows
        return self._merged(rows, kept, offset)[:limit]

    @staticmethod
    def _merged(rows: Sequence[TodayRow], kept: dict[int, DealtWith], offset: int) -> list[TodayRow]:
        """Return ``rows`` with what others dealt with in its former places."""
        found, rest = list[TodayRow](), list(rows)
        while rest or offset + len(found) in kept:
            place = offset + len(found)
            found.append(kept[place] if place in kept else rest.pop(0))
        return found

    def _fetch_rows(self, offset: int, limit: int) -> Sequence[TodayRow | Heading]:
        found: list[TodayRow | Heading] = []
        for section in self._sections:
            if offset <= section.total and limit > len(found):
                if offset == 0:
                    found.append(Heading(section.id, section.title, section.right))
                first = max(offset - 1, 0)
                found += section.page_of_rows(first, min(limit - len(found), section.total - first))
            offset = max(offset - section.total - 1, 0)
        return found

    def _waiting_requests(self) -> dict[int, RequestRow]:
        """Return the requests that wait for the reader, by place."""
        rows = next((section.rows for section in self._sections if section.id == "mine"), ())
        return {place: row for place, row in enumerate(rows) if isinstance(row, RequestRow)}

    def _keep_gone(self, before: dict[int, RequestRow], now: frozenset[tuple[bool, int]]) -> None:
        """Keep requests that somebody else dealt with in their places, and show who did."""
        for place, row in before.items():
            if (False, row.id) not in now:
                last = self.app.desk.queue.gone(row.id)
                if last is not None:
                    by = acting_name(last.who, last.on_behalf_of)
                    self._gone[place] = DealtWith(row, _("already {act} by {who}", act=last.act, who=by))
                    self.app.tell(taken_words(row, last), "warn")

    def _tell_new(self, before: dict[int, RequestRow]) -> None:
        known = {row.id for row in before.values()}
        new = [
            row
            for row in self._waiting_requests().values()
            if row.id not in known and (False, row.id) in self.app.fresh
        ]
        if new and not self.is_typing():
            names = listed(
                Message("{who} {kind}", {"who": row.name or row.requester, "kind": row.kind_label})
                for row in new
            )
            self.app.tell(_("{count} new: {names}", count=len(new), names=names), "")

    def _tail(self, row: TodayRow) -> Cell:
        reminded = any(number in self._reminded for is_task, number in matters_of(row) if not is_task)
        return row_marks(row, fresh=bool(matters_of(row) & self.app.fresh), reminded=reminded)

    def _outcome_words(self, row: TodayRow) -> Message | None:
        request = plain_of(row)
        if not isinstance(request, RequestRow):
            return None
        last = self.app.desk.queue.gone(request.id)
        if last is not None:
            return taken_words(request, last)
        with suppress(Refused):
            return (
                outcome_words(self.app.desk.requests.one(request.id)) if isinstance(row, WithOthers) else None
            )
        return None

    def _show_numbers(self) -> None:
        if self._tally is not None:
            numbers = tally_line(self._tally, self._wanted.due)
            self._show_fitting("#numbers", [numbers, numbers[:-2]])
        if self._outlook is not None:
            months = self._outlook.months
            newest = (months[first:] for first in range(len(months) + 1))
            self._show_fitting(
                "#answered", [outlook_line(replace(self._outlook, months=some)) for some in newest]
            )

    def _show_fitting(self, where: str, ways: Sequence[Cell]) -> None:
        """Show the first of ``ways`` that fits in the line."""
        line = self.query_one(where, TextLine)
        widths = (sum(cells(text) for text, _tone in line.spans(way)) for way in ways)
        fitting = (way for way, width in zip(ways, widths, strict=True) if width <= self.app.size.width - 2)
        line.show(next(fitting, ways[-1]))

    def _count_later(self) -> None:
        """Start counting what the reader answers for, if the last count is old."""
        if time.monotonic() - self._counted_at > COUNTED:
            self._counted_at = time.monotonic()
            self.set_timer(SETTLED, self._count)

    def _count(self) -> None:
        """Count what the reader answers for; the first time also fetch unusual use, recorded, and the
        reader's jobs."""
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
        self._fill_list(by_others=True, keep=False)
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
                        "Change your password within {days} day ({clause}): 0, then a.",
                        "Change your password within {days} days ({clause}): 0, then a.",
                        days=age.days_left,
                        clause=by_clause(age.clause),
                    ),
                    "warn",
                )
            )
        under_way = reset_line(self._resets)
        self.query_one("#reset", TextLine).display = bool(under_way)
        if under_way:
            self.query_one("#reset", TextLine).show(under_way)

    # The item under the cursor

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self.current
        self.app.note_seen(matters_of(row))
        if self._opened is not None and (not isinstance(row, RequestRow) or self._opened.row != row):
            self._opened = None
        if self._settling is not None:
            self._settling.stop()
        if self._opened is None:
            self._show_side()
            if self._list.was_moved and self.query("#side") and isinstance(row, RequestRow):
                self._settling = self.set_timer(SETTLED, self._open_resting)
        self.refresh_keys()

    def _open_resting(self) -> None:
        """Open the request on which the cursor rests and show it: recorded, unless it is the reader's own.
        Ignore a refusal."""
        if self.is_current:
            with suppress(Refused):
                self._open_current()
            self._show_side()

    def _open_current(self) -> RequestView | None:
        """Return the request under the cursor in full, opening it if need be: recorded, unless it is the
        reader's own."""
        row, desk = self.current, self.app.desk
        if isinstance(row, RequestRow) and self._opened is None:
            self._opened = desk.requests.one(row.id) if row.returned is not None else desk.queue.one(row.id)
        elif isinstance(row, WithOthers) and isinstance(row.row, RequestRow) and self._opened is None:
            self._opened = (desk.requests if row.own else desk.queue).one(row.row.id)
        return self._opened

    def _show_side(self) -> None:
        row = self.current
        for item in self.query("#item").results(FactList):
            found = summary_facts(row) if row is not None else []
            if self._opened is not None and isinstance(row, RequestRow):
                # Changes stand in what was opened; before them is what and who it is, and when it is due.
                found = [*found[: 2 + (row.due is not None)], *facts(self._opened)]
            item.show(found)
        mine = next((section for section in self._sections if section.id == "mine"), None)
        waiting = mine.rows if mine is not None and len(mine.rows) == mine.total else ()
        load = {
            "months": months(self._outlook) if self._outlook is not None else [],
            "whose": other_deciders(waiting),
            "ages": overdue_ages(waiting),
        }
        for part in self.query(".load").results(FactList):
            part.show(load[str(part.id)])

    # What can be done


def _elsewhere(rows: Sequence[Matter | Alike]) -> list[TodayRow]:
    return [WithOthers(row, own=True) for row in rows if not isinstance(row, OtherMatter)]
