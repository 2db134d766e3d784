"""To do: what waits for the reader's decision, and what they have to do, the oldest due day first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from db.desk import Refused
from db.desk.entry.naming import actor_name
from db.desk.requests.queue import AT_ONCE
from db.desk.requests.request_views import RequestRow, RequestView
from db.desk.tasks.task_views import TaskRow
from db.desk.today.todo import FACETS, NONE, Chosen, Matter, read_selection
from db.language import Message, Text, _, listed
from tui.kit import DataList, FactList, Preview, ScreenCommand, Styled, TextInput, TextLine
from tui.screens.requests.card import CardToDecide, has_to_open, open_what_proves
from tui.screens.requests.chips import Chips
from tui.screens.requests.deciding import (
    DECIDED,
    DECISION_KEYS,
    SAYING,
    STEPPING,
    TOGETHER,
    decide,
    decide_together,
    say_of,
)
from tui.screens.sheets.asking import do_and_describe
from tui.screens.sheets.columns import list_columns
from tui.screens.sheets.list import LIST_CSS, command_of, screen_of
from tui.screens.sheets.marking import MARKING
from tui.screens.sheets.paged import PagedScreen
from tui.screens.tasks.card import is_still_to_enter
from tui.screens.tasks.tasks import end_task, is_done_by_key, open_task
from tui.sheets.asks import At
from tui.sheets.deciding import APPROVE, REJECT, RETURN
from tui.sheets.delegation import DELEGATION, NEW
from tui.sheets.joiners import CALL_OFF
from tui.sheets.request_facts import facts, request_person, taken_words
from tui.sheets.sheet import Sheet, Verb
from tui.sheets.tasks import DONE
from tui.sheets.todo import CHOSEN, TODO, is_alike, key_of, matter_facts, may_go_together

SETTLED = 0.3
"""Seconds without a key after which the request under the cursor is opened, which is recorded."""
WIDE = 110
"""Cells from which on the preview stands beside the list."""


class QueueScreen(PagedScreen[Matter]):
    """Chips, list, and the matter that the cursor is on: beside it, or under it on a narrow screen."""

    CSS_PATH: ClassVar[Any] = [LIST_CSS, "queue.tcss"]
    SHEET: ClassVar[Sheet[Matter]] = TODO
    SHOWS_MODES = True
    LIVE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual declares it
    KEYS = (
        *DECISION_KEYS,
        command_of(DONE),
        command_of(CALL_OFF),
        *MARKING,
        ScreenCommand("evidence", "v", _("Evidence"), _("Open what is attached to the request."), looks=True),
        ScreenCommand("filter", "f", _("Filter"), _("Go to the chips, which narrow the list."), looks=True),
        SAYING,
        ScreenCommand("open", "enter", _("Details"), _("Everything about it, with its history."), looks=True),
        *STEPPING,
        ScreenCommand(
            "delegate", "n", _("Delegate"), _("Let somebody decide for you while you are away."), footer=False
        ),
    )

    def __init__(self) -> None:
        super().__init__({CHOSEN: NONE})
        self._opened: RequestView | None = None
        self._places: Mapping[int, int] = {}
        self._settling: Timer | None = None

    def body(self) -> ComposeResult:
        yield Chips()
        yield TextLine(id="said")
        yield TextInput(hint=_("Part of any column"), classes="search")
        yield TextLine(id="narrowed")
        with Container(id="pair"):
            rows = DataList[Matter](
                list_columns(TODO, self.place),
                key=key_of,
                empty=TODO.empty,
                multi=True,
                unlike=_unlike,
                became=self._outcome_words,
            )
            rows.fades = self._is_decided
            yield rows
            with Preview(id="preview"):
                yield FactList()

    def refill(self, *, keep: bool = True) -> None:
        """Fetch the rows and the counts of the chips."""
        window = self.app.desk.todo.window(self._chosen, 0, 0)
        self.query_one(Chips).show(window.chips, self._chosen)
        self._total, self._places = window.total, window.requests
        super().refill(keep=keep)

    @property
    def _chosen(self) -> Chosen:
        chosen: Chosen = self._answers[CHOSEN]
        return chosen

    def why_not(self, command: ScreenCommand) -> Text:
        row = self.current
        is_held = command.id in TOGETHER and row is not None and self._is_decided(row)
        return DECIDED if is_held else super().why_not(command)

    def _is_decided(self, row: Matter) -> bool:
        """Return whether the reader decided on it and may still undo that."""
        return self.app.desk.holding.holds(is_task=isinstance(row, TaskRow), number=row.id)

    def _outcome_words(self, row: Matter) -> Message | None:
        last = self.app.desk.queue.gone(row.id) if isinstance(row, RequestRow) else None
        return taken_words(row, last) if last is not None and isinstance(row, RequestRow) else None

    def _alive(self, rows: Sequence[Matter]) -> Sequence[Matter]:
        """Return the rows whose marks stay, those hidden by chips included."""
        if not any(self._chosen.values()) or {*self._list.marked} <= {key_of(row) for row in rows}:
            return rows
        return (*rows, *self.app.desk.todo.window(limit=AT_ONCE).rows)

    def seek_request(self, request: int) -> None:
        """Unset all chips and move the cursor to a request."""
        self._choose_group(NONE)
        place = self._places.get(request)
        if place is not None:
            self._list.go(place)

    def choose_kept(self, written: str) -> None:
        self._choose_group(read_selection(written))

    def narrow_to(self, requests: tuple[int, ...]) -> None:
        """Show these requests alone, which are one row elsewhere."""
        self._choose_group({"request": frozenset(map(str, requests))})

    def can(self, command_id: str) -> bool:
        row = self.current
        if command_id in TOGETHER:
            marked = self.is_mounted and bool(self._list.marked)
            return marked or (isinstance(row, RequestRow) and not self._is_decided(row))
        if command_id == DONE.id:
            is_held = row is not None and self._is_decided(row)
            return isinstance(row, TaskRow) and is_done_by_key(row) and not self._list.marked and not is_held
        if command_id == CALL_OFF.id:
            return isinstance(row, TaskRow) and is_still_to_enter(row) and not self._is_decided(row)
        if command_id == SAYING.id:
            return isinstance(row, RequestRow)
        if command_id == "evidence":
            return isinstance(row, RequestRow) and has_to_open(row)
        if command_id in ("previous", "next"):
            return row is not None
        return command_id == "filter" or super().can(command_id)

    # The chips

    def do_filter(self) -> None:  # type: ignore[override]
        self.query_one(Chips).focus()

    @on(Chips.Left)
    def _leave_chips(self) -> None:
        self._list.focus()

    @on(Chips.Kept)
    def _keep_chips(self) -> None:
        if not any(self._chosen.get(facet) for facet in FACETS):
            self.app.tell(_("Set some chips first."), "warn")
            return
        is_kept = self.app.desk.todo.toggle_filter(self._chosen)
        self.refill()
        self.app.tell(_("Kept as a chip at the end; g finds it too.") if is_kept else _("No longer kept."))

    @on(Chips.Turned)
    def _turned(self, event: Chips.Turned) -> None:
        self._choose_group(event.chosen)

    def _choose_group(self, chosen: Chosen) -> None:
        if chosen != self._chosen:
            self._answers[CHOSEN], marked = chosen, dict(self._list.marked)
            self.refill(keep=False)
            self._list.marked = marked
            self._say_narrowing()
            self.refresh_top()

    def do_back(self) -> None:
        """Clear the search, then the chips; then leave."""
        if self._answers_narrow() and not (self.is_typing() or self.query_one(TextInput).value):
            self._choose_group(NONE)
        else:
            super().do_back()

    def _answers_narrow(self) -> bool:
        return any(self._chosen.values())

    def _narrowing(self, seen: int) -> list[Text | Styled]:
        words: list[Text] = [
            listed(
                chip.label
                for chip in self.query_one(Chips).chips
                if chip.facet == facet and chip.value in held
            )
            for facet in FACETS
            if (held := self._chosen.get(facet))
        ]
        if alone := self._chosen.get("request"):
            words = [*words, _("{count} alike", count=len(alone))]
        found: list[Text | Styled] = []
        for word in words:
            found += [" + " if found else _("Only"), *([] if found else [" "]), Styled(word, "accent")]
        if found and not alone and not self.query_one(Chips).is_kept:
            found += ["  ", Styled(_("f, then s: keep it"), "dim")]
        return [*found, *(["  "] if found else []), *super()._narrowing(seen)]

    # Marks

    def do_alike(self) -> None:
        """Mark all requests that are alike with the one at the cursor (`is_alike`)."""
        row = self.current
        if row is not None:
            self._list.mark_rows([one for one in self._shown if one is row or is_alike(row, one)])

    def do_range(self) -> None:
        """Mark a range as in any list; leave out and name what can't be decided together."""
        before = set(self._list.marked)
        super().do_range()
        self._leave_out_unlike(before)

    def do_mark_all(self) -> None:
        """Mark all rows shown that can be decided together; name those left out."""
        before = set(self._list.marked)
        super().do_mark_all()
        self._leave_out_unlike(before)

    def _leave_out_unlike(self, before: set[object]) -> None:
        marked = self._list.marked
        first = next((row for key, row in marked.items() if key in before), None) or self.current
        if first is None:
            return
        unlike = [key for key, row in marked.items() if not may_go_together(first, row)]
        for key in unlike:
            del marked[key]
        if unlike:
            told = {"count": len(unlike), "who": _name_of_row(first)}
            self.app.tell(_("Not marked: {count}, which are decided apart from {who}.", **told), "warn")
            self.refresh_keys()

    # The matter under the cursor

    @on(DataList.Moved)
    def _preview(self) -> None:
        row = self.current
        if row is not None and self._opened is not None and self._opened.row == row:
            return  # it was asked for again, and stands as it is shown
        if self._settling is not None:
            self._settling.stop()
        self._opened = None
        self.query_one(FactList).show(matter_facts(row) if row is not None else [])
        if isinstance(row, RequestRow):
            self._settling = self.set_timer(SETTLED, self._open_resting)

    def _open_resting(self) -> None:
        if self.app.screen is self:
            with suppress(Refused):
                self._open_current()

    def _open_current(self) -> RequestView | None:
        """Return the request under the cursor in full; opens it, recorded, unless it is open already."""
        row = self.current
        if isinstance(row, RequestRow) and (self._opened is None or self._opened.row.id != row.id):
            self._opened = self.app.desk.queue.one(row.id)
            asked = (_("Asked by"), actor_name(row.requester))
            self.query_one(FactList).show([asked, *facts(self._opened, history=True)])
        return self._opened

    # Deciding

    async def do_approve(self) -> None:
        await self._decide_marked(APPROVE)

    async def do_return(self) -> None:
        await self._decide_marked(RETURN)

    async def do_reject(self) -> None:
        await self._decide_marked(REJECT)

    def do_done(self) -> None:
        row = self.current
        if isinstance(row, TaskRow):
            self._decided(end_task(self, row))

    async def do_call_off(self) -> None:
        row = self.current
        if isinstance(row, TaskRow):
            self._decided(await do_and_describe(self, CALL_OFF, At(self.app.desk, (row.id,), lambda: [row])))

    async def _decide_marked(self, verb: Verb[RequestRow]) -> None:
        """Ask, and decide on the marked requests, else on the one under the cursor. An approval opens nothing
        first, so the record says what was seen."""
        row, marked = self.current, self._marked_requests()
        if marked:
            self._decided(await decide_together(self, verb, marked), all_marked=True)
        elif isinstance(row, RequestRow):
            view = self._opened if verb is APPROVE else self._open_current()
            self._decided(await decide(self, verb, row, view.digest if view is not None else row.digest))

    def _marked_requests(self) -> list[RequestRow]:
        """Return the marked requests without those already decided that may be undone."""
        rows = self._list.marked.values()
        return [row for row in rows if isinstance(row, RequestRow) and not self._is_decided(row)]

    def _decided(self, text: Text | None, *, all_marked: bool = False) -> None:
        if text is not None:
            if all_marked:
                self._list.clear_marks()
            self._opened = None
            if self.app.desk.holding.is_new and not all_marked:
                self._list.refresh()  # nothing is in force yet: each row stands, one of them dim
            else:
                self.refill()
            self._list.pass_faded()
            self.app.tell(text)

    async def do_comment(self) -> None:
        """Ask for a comment for the requester and add it, recorded."""
        row = self.current
        if isinstance(row, RequestRow):
            self._decided(await say_of(self, row))

    # Looking

    def do_next(self) -> None:
        self._list.action_move(1)

    def do_previous(self) -> None:
        self._list.action_move(-1)

    async def step(self, by: int) -> None:
        """Move the cursor by ``by`` and open the request or task there."""
        self._list.action_move(by)
        await self.do_open()

    async def do_open(self) -> None:
        row = self.current
        if isinstance(row, TaskRow):
            open_task(self, row)
            return
        view = self._open_current()
        if view is not None:
            self.app.push_screen(CardToDecide(view, self.step))

    async def do_evidence(self) -> None:
        view = self._open_current()
        if view is not None:
            await open_what_proves(self, view)

    def do_delegate(self) -> None:
        """Open the delegations, and the form of a new one if the reader has a role for it."""
        screen = screen_of(DELEGATION)()
        self.app.push_screen(screen)
        if self.app.desk.delegation.roles():
            screen.call_after_refresh(screen.perform, NEW.id)


def _name_of_row(row: Matter) -> Text:
    return request_person(row) if isinstance(row, RequestRow) else f"{row.name} {row.unit}".strip()


def _unlike(row: Matter, marked: Matter) -> Text:
    """Return why a matter can't be decided together with a marked one; "" if it can."""
    if may_go_together(row, marked):
        return ""
    if not (isinstance(row, RequestRow) and isinstance(marked, RequestRow)):
        return _("A task is done by itself: Enter opens it.")
    return _(
        "Selected are {kind} at step {step}; {who} is {other} at step {other_step}. Decide on it by itself.",
        kind=marked.kind_label,
        step=marked.step,
        who=request_person(row),
        other=row.kind_label,
        other_step=row.step,
    )
