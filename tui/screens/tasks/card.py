"""One task: what it lacks, ticking off, signing copies off, and saying that it is done."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.outside.drift_words import reason
from db.desk.tasks.task_views import CopyView, ProofView, TaskView
from db.language import Message, Text, _, _n
from tui.kit import Cell, Command, Facts, Frame, Option, Styled, Where, ask_text, choose, clause_text
from tui.screens.lifecycle.opening import amendment, let_join
from tui.screens.requests.request_words import moment, names
from tui.screens.sheets.asking import carry_out
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.clocks import day, left
from tui.sheets.hand_back import ADD, SIGN_OFF, TASK
from tui.sheets.joiners import CALL_OFF
from tui.sheets.sheet import Verb

RECEIVE = Command("done", "f", _("Confirm receipt"), _("Confirm that what was handed in arrived."))
SYSTEMS = {"wecom": _("WeCom")}


class TaskCard(Frame):
    """Everything about one task, and what can be done about it."""

    NAME = _("Task")
    ABOUT = _(
        "What has to be there before the task ends, each with its clause. A step outside is ticked off here; "
        "copies are signed off one by one; what is entered by a request ends by itself once it is approved."
    )
    KEYS = (
        Command(
            "done",
            "f",
            _("Done"),
            _("Say that it is done. What asks for a receipt is handed in by it; the receiver confirms."),
        ),
        Command("enter", "enter", _("Enter it"), _("Open the form that the task asks for.")),
        Command("tick", "t", _("Tick off"), _("Tick off a step that is done outside.")),
        Command("sign", "s", _("Sign off"), _("Sign off a copy: returned, destroyed or lost.")),
        Command("add", "n", _("One more copy"), _("Put another copy on the list, such as one on paper.")),
        Command("call_off", "x", _("Call off"), _("Whoever is expected does not come; you are asked why.")),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init__(self, view: TaskView) -> None:
        super().__init__()
        self._view = view
        self._over = False

    def where(self) -> Where:
        """What, in which book, under which clause."""
        row = self._view.row
        return Where(_("Task: {what}", what=row.kind_label), (row.book_label, clause_text(self._view.clause)))

    def body(self) -> ComposeResult:
        """All of it."""
        with VerticalScroll(classes="form"):
            yield Facts(self._facts())

    def offered(self) -> tuple[Command, ...]:
        """Whoever is to confirm the receipt does that, and nothing else."""
        found = super().offered()
        if not self._view.receives:
            return found
        return tuple(RECEIVE if command.id == RECEIVE.id else command for command in found)

    def can(self, command_id: str) -> bool:
        """What fits the task as it stands."""
        view, is_open = self._view, self._view.row.state in ("open", "handed")
        if command_id == "tick":
            return is_open and any(proof.tick for proof in view.proofs)
        if command_id == "sign":
            return is_open and view.signs and any(copy.signed_at is None for copy in view.copies)
        if command_id == "add":
            return is_open and any(proof.what == "hand-back" for proof in view.proofs)
        if command_id in ("enter", "call_off"):
            return is_open and view.row.pending and (view.row.request is None or view.row.returned)
        return command_id != "done" or is_open

    def do_done(self) -> None:
        """Done, handed in, or received."""
        self.app.desk.tasks.done(self._view.row.id)
        self._again(_("Done.") if not self._waits_for_receipt() else _("Handed in; the receipt is to come."))

    def do_enter(self) -> None:
        """The form of the joiner."""
        row = self._view.row
        if row.amends is not None:
            self.app.push_screen(amendment(self, row.amends))
        else:
            let_join(self, row.book, row.entry)

    async def do_tick(self) -> None:
        """Tick off one step."""
        steps = [proof for proof in self._view.proofs if proof.tick]
        what: str | None = steps[0].what
        if len(steps) > 1:
            what = await choose(self, _("Tick off which?"), [Option(one.what, one.label) for one in steps])
        if what is None:
            return
        tick = partial(self.app.desk.tasks.tick, self._view.row.id, what)
        word = await ask_text(self, _("Tick off"), _("A word about it; may be left blank"), check=tick)
        if word is not None:
            self._again(_("Ticked off."))

    async def do_sign(self) -> None:
        """Sign off one copy."""
        waiting = [copy for copy in self._view.copies if copy.signed_at is None]
        chosen: str | None = str(waiting[0].id)
        if len(waiting) > 1:
            options = [Option(str(copy.id), copy.copy, note=copy.what) for copy in waiting]
            chosen = await choose(self, _("Sign off which copy?"), options)
        if chosen is not None:
            await self._carry_out(SIGN_OFF, int(chosen))

    async def do_add(self) -> None:
        """One more copy on the list."""
        await self._carry_out(ADD)

    async def do_call_off(self) -> None:
        """The joiner does not come."""
        await self._carry_out(CALL_OFF, self._view.row.id)

    async def _carry_out(self, verb: Verb[Any], *keys: int) -> None:
        """Ask what a verb of the task's asks, and do it."""
        at: At[Any] = At(self.app.desk, keys, answers={TASK.id: self._view.row.id})
        made = await carry_out(self, verb, at)
        if made is not None:
            self._again(verb.done(at, made.result))

    def catch_up(self) -> None:
        """Others may have done or decided what it waits for. It is opened anew, which is recorded, only
        where something of it differs."""
        shown = self._view.row
        now = next((row for row in self.app.desk.tasks.mine().rows if row.id == shown.id), None)
        if now is not None and now != shown:
            self._show(self.app.desk.tasks.one(shown.id))
        elif now is None and not self._over:
            self.app.tell(_("This task waits for you no more: done, called off, or another's now."), "warn")
        self._over = now is None

    def come_back(self) -> None:
        """The form may have been handed in meanwhile."""
        waiting = {row.id for row in self.app.desk.tasks.mine().rows}
        if self._view.row.id in waiting:
            self._show(self.app.desk.tasks.one(self._view.row.id))

    def _again(self, said: Text) -> None:
        """Show what is left of it; once nothing is, go back to the list."""
        waiting = {row.id for row in self.app.desk.tasks.mine().rows}
        if self._view.row.id in waiting:
            self._show(self.app.desk.tasks.one(self._view.row.id))
            self.app.tell(said)
        else:
            self.finish()
            self.app.call_later(self.app.tell, said)

    def _show(self, view: TaskView) -> None:
        self._view = view
        self.query_one(Facts).show(self._facts())
        self.refresh_keys()

    def _waits_for_receipt(self) -> bool:
        return any(proof.what == "receipt" for proof in self._view.proofs) and not self._view.receives

    def _facts(self) -> list[Fact]:
        view, row = self._view, self._view.row
        found: list[Fact] = [
            (_("Who"), Styled(f"{row.name} {row.unit}".strip(), "strong")),
            (_("Since"), day(view.started_on)),
            (_("Due"), day(row.due.day)),
            (_("Workdays"), left(row.due)),
            (_("Rests on"), names(view.doers) if view.doers else _("nobody yet")),
            (_("State"), row.state_label),
        ]
        if row.request is not None:
            number = str(row.request)
            found.append((_("Request"), _("{number}, returned", number=number) if row.returned else number))
        found.append(("", ""))
        found += [(proof.label, _proof(proof)) for proof in view.proofs]
        if any(proof.what == "sync" for proof in view.proofs):
            found += [
                (SYSTEMS.get(system, system), _joined(fields) if fields else _("delete the member"))
                for system, fields in view.systems
            ]
        if view.copies:
            found += [("", ""), *((copy.copy, _copy(copy)) for copy in view.copies)]
            if not view.signs:
                found.append((_("Signed off by"), names(view.signers) if view.signers else _("nobody yet")))
        if view.late:
            found.append((_("Late"), _n("{days} working day", "{days} working days", days=view.late)))
        return found


def _proof(proof: ProofView) -> Cell:
    clause = Styled(f"  {proof.clause}", "dim")
    if proof.met_at is None:
        why: list[Text | Styled] = ["  ", Styled(reason(proof.word), "bad")] if proof.word else []
        return [Styled(_("○ lacking"), "warn"), *why, clause]
    said = f"  {moment(proof.met_at)} {proof.met_by} {proof.word}".rstrip()
    return [Styled(_("✓ done"), "good"), said, clause]


def _copy(copy: CopyView) -> Cell:
    since = copy.what
    if copy.issued_at:
        since = Message("{what} {at}", {"what": copy.what, "at": moment(copy.issued_at)})
    what: list[Text | Styled] = [since, "  "] if since else []
    if copy.signed_at is None:
        return [*what, Styled(_("○ to hand back"), "warn")]
    return [*what, Styled("✓ ", "good"), copy.outcome, f" {copy.signed_by} {copy.word}".rstrip()]


def _joined(parts: tuple[Text, ...]) -> Text:
    joined: Text = ""
    for part in parts:
        joined = Message("{first} · {rest}", {"first": joined, "rest": part}) if joined else part
    return joined
