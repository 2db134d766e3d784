"""One task: what it lacks, ticking off, signing copies off, and saying that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from db.desk.tasks.finishing import RECEIPT
from db.desk.tasks.task_views import TaskRow, TaskView
from db.language import Text, _
from tui.kit import Location, Pick, ScreenCommand, ask_text, choose, clause_text
from tui.screens.lifecycle.opening import amendment, open_join_form
from tui.screens.sheets.asking import draw_sheet
from tui.screens.sheets.card import FactCard
from tui.screens.sheets.list import command_of, screen_of
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.hand_back import ADD, OWN, SHEET, SIGN_OFF, TASK
from tui.sheets.joiners import CALL_OFF
from tui.sheets.task_facts import task_facts
from tui.sheets.tasks import DONE, TICK

RECEIVE = ScreenCommand("done", "a", _("Confirm receipt"), _("Confirm the receipt."))


def is_still_to_enter(row: TaskRow) -> bool:
    """Return whether the task needs a form that nobody has submitted, or that was returned."""
    return row.pending and (row.request is None or row.returned)


class TaskCard(FactCard):
    """Everything about one task, and what can be done about it."""

    NAME = _("Task")
    ABOUT = _(
        "What has to be there before the task ends, each with its clause. A step outside is ticked off here; "
        "copies are signed off one by one; what is entered by a request ends by itself once it is approved."
    )
    KEYS = (
        command_of(DONE),
        ScreenCommand(
            "enter", "enter", _("Enter it"), _("Open the form that the task asks for."), looks=True
        ),
        command_of(TICK),
        ScreenCommand("sign", "a", _("Sign off"), _("Sign off a copy: returned, destroyed or lost.")),
        ScreenCommand(
            "say",
            "c",
            _("Say what became of it"),
            _("Say of each copy of yours what became of it."),
            looks=True,
        ),
        ScreenCommand(
            "add", "n", _("One more copy"), _("Put another copy on the list, such as one on paper.")
        ),
        command_of(SHEET, footer=False),
        command_of(CALL_OFF),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )
    VERBS = (ADD, CALL_OFF)

    def __init__(self, view: TaskView) -> None:
        super().__init__()
        self._view = view
        self._over = False

    def where(self) -> Location:
        row = self._view.row
        return Location(
            _("Task: {what}", what=row.kind_label), (row.book_label, clause_text(self._view.clause))
        )

    def facts(self) -> Sequence[Fact]:
        return task_facts(self._view)

    def place(self) -> At[Any]:
        number = self._view.row.id
        return At(self.app.desk, (number,), answers={TASK.id: number})

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Return the possible commands; "done" is labelled as a receipt for those who confirm one."""
        found = super().offered_commands()
        if not self._view.receives:
            return found
        return tuple(RECEIVE if command.id == RECEIVE.id else command for command in found)

    def can(self, command_id: str) -> bool:
        view, is_open = self._view, self._view.row.state in ("open", "handed") and not self._is_held
        if command_id == "tick":
            return is_open and any(proof.tick for proof in view.proofs)
        if command_id == "sign":
            return is_open and view.signs and any(copy.signed_at is None for copy in view.copies)
        if command_id == "say":
            return is_open and view.returns and any(copy.signed_at is None for copy in view.copies)
        if command_id == SHEET.id:
            return view.signs and bool(view.copies)
        if command_id == "add":
            return is_open and any(proof.what == "hand-back" for proof in view.proofs)
        if command_id in ("enter", CALL_OFF.id):
            return is_open and is_still_to_enter(view.row)
        if command_id == "done":
            return (
                is_open
                and not view.row.pending
                and not (self._lacks and (self.can("tick") or self.can("sign")))
            )
        return True

    def in_footer(self, command: ScreenCommand) -> bool:
        """Return whether the footer shows a command: not "done" while something is lacking; its key says
        what."""
        return super().in_footer(command) and not (command.id == "done" and self._lacks)

    @property
    def _lacks(self) -> bool:
        """Whether more than the receipt is missing before the task is done."""
        proofs = (proof for proof in self._view.proofs if proof.what != RECEIPT)
        lacks = any(proof.met_at is None for proof in proofs) or bool(self._view.row.refuses)
        return lacks and not self._view.receives

    @property
    def _is_held(self) -> bool:
        """Whether the reader decided something about it that can still be undone."""
        return self.app.desk.holding.holds(is_task=True, number=self._view.row.id)

    def ask_what(self) -> None:
        """Ask which command of the key for done is meant; if one alone is possible and asks before it acts,
        do it."""
        asking = [one for one in (TICK.id, "sign") if self.can(one)]
        if self._lacks and len(asking) == 1:
            self.perform_there(asking[0])
        else:
            self.ask_which_of(DONE.key)

    def do_done(self) -> None:
        self.app.desk.tasks.done(self._view.row.id)
        self.show_result(
            _("Done.") if not self._waits_for_receipt() else _("Submitted; the receipt is to come.")
        )

    def do_enter(self) -> None:
        row = self._view.row
        if row.amends is not None:
            self.app.push_screen(amendment(self, row.amends))
        else:
            open_join_form(self, row.book, row.entry)

    async def do_tick(self) -> None:
        steps = [proof for proof in self._view.proofs if proof.tick]
        what: str | None = steps[0].what
        if len(steps) > 1:
            what = await choose(self, _("Tick off which?"), [Pick(one.what, one.label) for one in steps])
        if what is None:
            return
        tick = partial(self.app.desk.tasks.tick, self._view.row.id, what)
        title, label = _("Tick off"), _("A word about it; may be left blank")
        word = await ask_text(self, title, label, check=tick, yes=title)
        if word is not None:
            self.show_result(_("Ticked off."))

    async def do_sign(self) -> None:
        waiting = [copy for copy in self._view.copies if copy.signed_at is None]
        chosen: str | None = str(waiting[0].id)
        if len(waiting) > 1:
            options = [Pick(str(copy.id), copy.copy, note=copy.what) for copy in waiting]
            chosen = await choose(self, _("Sign off which copy?"), options)
        if chosen is not None:
            await self.do_verb(SIGN_OFF, replace(self.place(), keys=(int(chosen),)))

    def do_say(self) -> None:
        self.app.push_screen(screen_of(OWN)())

    async def do_sheet(self) -> None:
        await draw_sheet(self, SHEET, self.place())

    def catch_up(self) -> None:
        """Open the task again, recorded, if it differs; warn once if it is no longer the reader's."""
        shown = self._view.row
        now = next((row for row in self.app.desk.tasks.mine().rows if row.id == shown.id), None)
        if now is not None and now != shown:
            self._show_task(self.app.desk.tasks.one(shown.id))
        elif now is None and not self._over:
            self.app.tell(_("This task is no longer yours: it was done, cancelled or reassigned."), "warn")
        self._over = now is None

    def come_back(self) -> None:
        waiting = {row.id for row in self.app.desk.tasks.mine().rows}
        if self._view.row.id in waiting:
            self._show_task(self.app.desk.tasks.one(self._view.row.id))

    def show_result(self, said: Text) -> None:
        """Show the task as it is now, and ``said``; close the card if nothing is left to do."""
        waiting = {row.id for row in self.app.desk.tasks.mine().rows}
        if self._view.row.id in waiting and not self._is_held:
            self._show_task(self.app.desk.tasks.one(self._view.row.id))
            self.app.tell(said)
        else:
            self.finish()
            self.app.call_later(self.app.tell, said)

    def _show_task(self, view: TaskView) -> None:
        self._view = view
        self.redraw_facts()

    def _waits_for_receipt(self) -> bool:
        return any(proof.what == RECEIPT for proof in self._view.proofs) and not self._view.receives
