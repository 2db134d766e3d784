"""An emergency: the number to call now, what came of each call, and everybody of a class (D.9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult

from db.desk.emergency.calls import OUTCOMES, CallNumber, CallSheet, Outcome, RollLine
from db.desk.emergency.emergencies import Emergencies
from db.desk.notation.localtime import local
from db.language import Text, _
from tui.kit import (
    BACK,
    Cell,
    DataList,
    FramedScreen,
    ListColumn,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    choose,
    clause_text,
)
from tui.screens.sheets.list import SheetScreen
from tui.sheets.cell import Tone
from tui.sheets.emergency import BOOK, EMERGENCY, UNIT


class EmergencyCall(FramedScreen):
    """The numbers of one entry: the one to call now on top, the cursor on it."""

    CSS_PATH = "emergency.tcss"
    NAME = _("Emergency")
    ABOUT = _(
        "Call the number on top and press what came of it: a reached, d not: no answer, engaged, or a "
        "wrong or dead number, or what was noted before is a mistake. It is noted with your name, and the "
        "next number is offered. Whoever stands "
        "in for you sees what you tried. The arrows choose another number; ] goes to the next person."
    )
    SHOWS_MODES = False
    KEYS = (
        ScreenCommand("reached", "a", _("Reached"), _("Somebody was reached at this number.")),
        ScreenCommand(
            "missed",
            "d",
            _("Not reached"),
            _("Nobody answered, the line was engaged, the number is dead, or it was noted by mistake."),
        ),
        ScreenCommand(
            "on", "right_square_bracket", _("Next one"), _("Go to the next person of the list."), looks=True
        ),
        ScreenCommand("back", "escape", BACK.label, _("Back to the list.")),
    )

    def __init__(self, entry: int, others: Sequence[int] = ()) -> None:
        super().__init__()
        self._others = tuple(others)
        self._sheet: CallSheet = Emergencies(self.app.desk).open(entry)

    def where(self) -> Location:
        return Location(
            _("Emergency: {name}", name=f"{self._sheet.name} {self._sheet.unit}".strip()),
            (self._sheet.title,),
        )

    def body(self) -> ComposeResult:
        yield TextLine(id="now")
        yield TextLine(id="number")
        yield DataList(_NUMBERS, key=lambda number: number.place, empty=_("No number is on record."))
        yield TextLine(clause_text(self._sheet.clause), "dim", id="clause")

    def on_mount(self) -> None:
        self._show_sheet(self._sheet)

    def can(self, command_id: str) -> bool:
        """Return whether there is a number for the result of a call, or a next person."""
        if command_id in ("reached", "missed"):
            return bool(self._sheet.numbers)
        if command_id == "on":
            return self._following is not None
        return True

    @property
    def _following(self) -> int | None:
        places = [place for place, entry in enumerate(self._others) if entry == self._sheet.entry]
        following = self._others[places[0] + 1 :] if places else ()
        return next(iter(following), None)

    def _show_sheet(self, sheet: CallSheet) -> None:
        self._sheet = sheet
        numbers = self.query_one(DataList)
        numbers.show_all(sheet.numbers)
        if sheet.next is not None:
            numbers.go(sheet.next - 1)
        self._show_number()
        self.refresh_top()
        self.refresh_keys()

    @on(DataList.Moved)
    def _show_number(self) -> None:
        """Show the number under the cursor, large enough to be read at a glance."""
        number: CallNumber | None = self.query_one(DataList).current
        now = self.query_one("#now", TextLine)
        if self._sheet.stuck:
            now.show(self._sheet.stuck, "warn")
        elif self._sheet.reached:
            now.show(_("Somebody was reached. Call again only if you need to."), "good")
        elif number is not None:
            now.show(_("Call now: {who}", who=number.whose or number.label), "strong")
        self.query_one("#number", TextLine).show(number.text if number is not None else "", "strong")

    def _note_outcome(self, outcome: Outcome) -> None:
        number: CallNumber | None = self.query_one(DataList).current
        if number is not None:
            self._show_sheet(Emergencies(self.app.desk).note(self._sheet.entry, number.place, outcome))
            self.app.tell(_("Noted."))

    def do_reached(self) -> None:
        self._note_outcome("reached")

    async def do_missed(self) -> None:
        """Ask why the number was not reached, record that, and go to the next one."""
        missed: list[Outcome] = [outcome for outcome in OUTCOMES if outcome != "reached"]
        why = await choose(self, _("Not reached"), [Pick(one, OUTCOMES[one]) for one in missed])
        if why is not None:
            self._note_outcome(next(one for one in missed if one == why))

    def do_on(self) -> None:
        if self._following is not None:
            self._show_sheet(Emergencies(self.app.desk).open(self._following))


class EmergencyRoll(SheetScreen[RollLine]):
    """Everybody of a class, with how far the calls have come. Calls are noted where their numbers stand."""

    SHEET = replace(EMERGENCY, verbs=())
    KEYS = (ScreenCommand("open", "enter", _("Call"), _("Show the number to call now."), looks=True),)

    def __init__(self, book: str, title: Text, unit: int | None) -> None:
        super().__init__({BOOK.id: book, UNIT.id: ((book, unit),)})
        self._title = title

    def where(self) -> Location:
        reached = sum(line.reached for line in self._all)
        counted = _("reached {count} of {all}", count=reached, all=len(self._all))
        return Location(self.NAME, (self._title, counted))

    async def do_open(self) -> None:
        line = self.current
        if line is not None:
            self.app.push_screen(EmergencyCall(line.entry, [one.entry for one in self._shown]))


def _last_call(number: CallNumber) -> Cell:
    call = number.result
    if call is None:
        return Styled(_("not called yet"), "dim")
    tone: Tone = "good" if call.outcome == "reached" else "bad" if call.outcome == "wrong" else "warn"
    return [Styled(call.label, tone), Styled(f"  {local(call.at)[11:16]} {call.by}", "dim")]


_NUMBERS: tuple[ListColumn[CallNumber], ...] = (
    ListColumn(_("No."), lambda number: str(number.place), width=4),
    ListColumn(_("Who answers"), lambda number: number.whose or number.label, width=18),
    ListColumn(_("Number"), lambda number: Styled(number.text, "strong"), width=18),
    ListColumn(_("Calls"), _last_call),
)
