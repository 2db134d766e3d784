"""What is decided about one person: rungs of the ladder, how often it happened, and the fine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult

from db.desk import Invalid, Problem
from db.desk.cases.case_views import CaseView, PartyView, RungView, check_choice
from db.desk.cases.sentencing import HARSHEST, NOT_PUNISHED, Sentence
from db.language import Text, _, currency_words
from tui.kit import Cell, DataList, Dialog, ListColumn, ScreenCommand, Styled, TextLine, ask_text
from tui.kit.keyed import Keyed
from tui.sheets.case_facts import party_cell
from tui.sheets.case_work import chosen_rungs

OTHER = "other"
"""Stands below the ladder where a sanction may be written."""


class PickRungs(Dialog[tuple[str, ...]]):
    """The ladder, mildest first; Space selects, Enter takes what is selected."""

    CSS_PATH = "sentence.tcss"
    NAME = _("What is decided?")
    ABOUT = _(
        "Space selects rungs of the ladder, Enter takes the selected ones. Not to punish is a decision too: "
        "it has a line of its own."
    )
    KEYS = (
        ScreenCommand("take", "enter", _("Take"), _("Decide the selected ones.")),
        ScreenCommand("mark", "space", _("Select"), _("Select or deselect."), looks=True),
        ScreenCommand("back", "escape", _("Back"), _("Decide nothing yet.")),
    )
    AUTO_FOCUS = "DataList"

    def __init__(self, view: CaseView, whom: PartyView, ladder: Sequence[RungView]) -> None:
        super().__init__(_("What is decided about {name}?", name=whom.name))
        self._view, self._whom, self._ladder = view, whom, ladder

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether the ladder was drawn when the key that decides was typed."""
        return command.id != "take" or self.sight.may_mean(True, self.app.typed_at)

    def body(self) -> ComposeResult:
        yield TextLine(party_cell(self._whom))
        yield TextLine(Styled(_("Space selects. Not to punish is a decision too."), "dim"))
        yield DataList[RungView](
            [
                ListColumn(_("Sanction"), lambda rung: Styled(rung.label, "strong")),
                ListColumn(_("Fine"), _each, width=14, in_english=18),
                ListColumn(_("Clause"), lambda rung: rung.clause, width=16),
            ],
            key=lambda rung: rung.id,
            multi=True,
        )

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(self._ladder)

    def do_mark(self) -> None:
        self.query_one(DataList).action_mark()

    def do_take(self) -> None:
        marked = {rung.id for rung in self.query_one(DataList).marked.values()}
        chosen = tuple(rung for rung in self._ladder if rung.id in marked)
        names = tuple(rung.id for rung in chosen)
        chosen_rungs(names, "")
        check_choice(self._view, self._whom, chosen)
        self.dismiss(names)


async def ask_sentence(
    screen: Keyed, view: CaseView, whom: PartyView, written: dict[int, str]
) -> Sentence | None:
    """Ask in boxes for the sanction on a party; return it, None if the reader went back. Decides nothing.
    Texts typed are kept in ``written``, by party, and proposed again."""
    ladder = view.ladder
    other = RungView(
        OTHER, _("another sanction"), view.further, fine=False, each=0, currency="",
        severity=HARSHEST, grave=True,
    )  # fmt: skip
    none = RungView(NOT_PUNISHED, _("not punished"), "", fine=False, each=0, currency="")
    rows = (*ladder, none, other) if view.further else (*ladder, none)
    picked = await screen.app.push_screen_wait(PickRungs(view, whom, rows))
    if picked is None:
        return None
    rungs = tuple(rung for rung in picked if rung not in (NOT_PUNISHED, OTHER))
    if OTHER in picked:
        label, before = _("The sanction in words"), written.get(whom.id, "")
        typed = await ask_text(screen, other.label, label, value=before, required=True)
        if typed is None:
            return None
        written[whom.id] = typed
    times: int | None = max(whom.copies, 1)
    if any(rung.fine for rung in ladder):
        label = _("Times that it happened; a fine counts for each")
        times = await _number(screen, _("How often?"), label, str(times))
    if times is None:
        return None
    amount = None
    if any(rung.id in rungs and rung.fine and not rung.each for rung in ladder):
        amount = await _number(
            screen, _("Fine"), _("For each time, in {what}", what=currency_words("CNY")), ""
        )
        if amount is None:
            return None
    return Sentence(whom.id, rungs, times, amount, written[whom.id] if OTHER in picked else "")


async def _number(screen: Keyed, title: Text, label: Text, value: str) -> int | None:
    """Ask for a number of 1 or more; return it, None if the reader went back."""
    typed = await ask_text(screen, title, label, value=value, required=True, longest=8, check=_check_count)
    return int(typed) if typed is not None else None


def _check_count(text: str) -> None:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise Invalid(Problem("times", _("A whole number, 1 or more")))


def _each(rung: RungView) -> Cell:
    if not rung.fine:
        return ""
    if not rung.each:
        return Styled(_("you name it"), "dim")
    return _("{amount} {currency} each time", amount=rung.each, currency=currency_words(rung.currency))
