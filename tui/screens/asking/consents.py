"""Consents: what others want to be given of the reader's entry, answered here, and what the reader's own
department was given (B.6.2)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.asking.consent_desk import ConsentView, Received
from db.desk.audit.act_names import clause_words
from db.desk.notation.localtime import local
from db.desk.tasks.task_views import TaskRow
from db.language import Message, _, _n, listed
from tui.kit import (
    Cell,
    Column,
    Command,
    DataList,
    Facts,
    Frame,
    Option,
    Styled,
    choose,
    confirm,
)
from tui.kit.facts import Fact
from tui.screens.requests.request_words import day
from tui.screens.tasks.tasks import OPENS

STATES: dict[str, tuple[Message, str]] = {
    "asked": (_("waits for you"), "warn"),
    "given": (_("you agreed"), "good"),
    "refused": (_("you refused"), "bad"),
    "silent": (_("not answered"), "dim"),
    "withdrawn": (_("taken back"), "dim"),
}


class Consents(Frame):
    """The reader's consents, the open questions first; under the list the one with the cursor."""

    CSS_PATH = "consents.tcss"
    NAME = _("Consents")
    ABOUT = _(
        "Your entry is given to another department only with your consent. Answer each question until its "
        "day; silence is a no. A consent can be taken back at any time, and what was given is closed at once."
    )
    LIVE = True
    KEYS = (
        Command("answer", "enter", _("Answer"), _("Say yes, yes in part, or no."), second="a"),
        Command("withdraw", "w", _("Take back"), _("Take your consent back.")),
        Command("received", "u", _("Given to us"), _("Entries that were given to your department.")),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    SHOWS_MODES = False

    def body(self) -> ComposeResult:
        """List and preview."""
        yield DataList[ConsentView](
            [
                Column(_("Until"), lambda row: day(row.due), width=9),
                Column(_("Asked by"), lambda row: Styled(row.asked_by, "strong"), width=12),
                Column(_("Given to"), lambda row: row.to),
                Column(_("Why"), lambda row: row.reason, from_width=100),
                Column(_("State"), lambda row: _state(row.state), width=14),
            ],
            key=lambda row: row.id,
            empty=_("Nobody has asked for your entry."),
        )
        with VerticalScroll(id="preview", can_focus=False):
            yield Facts()

    def on_mount(self) -> None:
        """Ask for the list."""
        self._load()

    def come_back(self) -> None:
        """Somebody may have asked meanwhile."""
        self._load()

    def _load(self) -> None:
        rows = self.app.desk.consents.mine()
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )

    @property
    def _current(self) -> ConsentView | None:
        row: ConsentView | None = self.query_one(DataList).current
        return row

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        self.query_one(Facts).show(_facts(row) if row is not None else [])
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        """Only an open question is answered, only a given consent taken back."""
        row = self._current if self.is_mounted else None
        wanted = {"answer": "asked", "withdraw": "given"}.get(command_id)
        return wanted is None or (row is not None and row.state == wanted)

    async def do_answer(self) -> None:
        """One key for each answer."""
        row = self._current
        if row is None or row.state != "asked":
            return
        options = [Option("yes", _("Yes, all of it"), "y")]
        if row.protected:
            options.append(Option("open", _("Yes, without {fields}", fields=listed(row.protected)), "o"))
        options.append(Option("no", _("No, none of it"), "n"))
        answer = await choose(
            self,
            _("May your entry be given to {unit}?", unit=row.to),
            options,
            text=_("{who} asks: {reason}", who=row.asked_by, reason=row.reason),
        )
        if answer is not None:
            self.app.desk.consents.answer(row.id, answer)
            self._load()
            self.app.recount()
            self.app.tell(_("Your answer is on record."))

    async def do_withdraw(self) -> None:
        """Take it back, once it was asked whether that is meant."""
        row = self._current
        if row is not None and await confirm(
            self, _("Take your consent back?"), yes=_("Take back"), no=_("Keep it")
        ):
            self.app.desk.consents.withdraw(row.id)
            self._load()
            self.app.tell(_("Taken back; nobody sees it by that consent any more."))

    def do_received(self) -> None:
        """What the reader's department was given."""
        self.app.push_screen(GivenToUs(self.app.desk.consents.received()))


def _open(screen: Frame, _row: TaskRow) -> None:
    screen.app.push_screen(Consents())


OPENS["consent"] = _open


class GivenToUs(Frame):
    """Entries that were given to the reader's department for a time."""

    CSS_PATH = "consents.tcss"
    NAME = _("Given to us")
    ABOUT = _(
        "Entries that people agreed to give to your department: what they agreed to, and until when. Each "
        "look at this list is recorded."
    )
    KEYS = (Command("back", "escape", _("Back"), _("Back to the list."), second="q"),)
    HOME = ""
    SHOWS_MODES = False

    def __init__(self, rows: Sequence[Received]) -> None:
        super().__init__()
        self._rows = rows

    def body(self) -> ComposeResult:
        """List, and the values of the one with the cursor."""
        yield DataList[Received](
            [
                Column(_("Name"), lambda row: Styled(row.name, "strong"), width=12),
                Column(self.app.desk.me.unit_label(), lambda row: row.unit),
                Column(_("Given to"), lambda row: row.to, from_width=100),
                Column(_("Until"), lambda row: local(row.until)[:16], width=16),
            ],
            key=lambda row: row.entry,
            empty=_("Nothing was given to your department."),
        )
        with VerticalScroll(id="preview", can_focus=False):
            yield Facts()

    def on_mount(self) -> None:
        """Fill the list."""
        rows = self._rows
        self.query_one(DataList).show(lambda offset, limit: rows[offset : offset + limit], total=len(rows))

    @on(DataList.Moved)
    def _moved(self) -> None:
        row: Received | None = self.query_one(DataList).current
        shown: list[Fact] = []
        if row is not None:
            shown = [*row.values, (_("Clause"), clause_words(row.clause))]
        self.query_one(Facts).show(shown)


def _state(state: str) -> Cell:
    text, tone = STATES[state]
    if tone == "warn":
        return Styled(text, "warn")
    if tone == "good":
        return Styled(text, "good")
    return Styled(text, "bad" if tone == "bad" else "dim")


def _facts(row: ConsentView) -> list[Fact]:
    found: list[Fact] = [
        (_("Asked by"), row.asked_by),
        (_("Reason"), row.reason),
        (_("Given to"), _n("{unit}, for {days} day", "{unit}, for {days} days", unit=row.to, days=row.days)),
        (_("What of it"), listed(row.fields)),
        (_("Protected"), listed(row.protected) if row.protected else "–"),
    ]
    for label, moment in ((_("Answered"), row.answered_at), (_("Taken back"), row.withdrawn_at)):
        if moment is not None:
            found.append((label, local(moment)[:16]))
    return [*found, (_("Clause"), clause_words(row.clause))]
