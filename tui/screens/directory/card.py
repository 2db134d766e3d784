"""A card: everything of an entry that its reader may see, protected numbers masked until revealed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer

from db.desk.authority.sight import Shown
from db.desk.directory.directory_views import Card
from db.desk.directory.preview import EntryPreview
from db.desk.entry.lines import EntryLine
from db.desk.entry.stale import StaleEntry
from db.desk.notation.localtime import local, seconds_until, time_after
from db.desk.refusal import Refused
from db.desk.requests.opened import OpenedView
from db.language import Label, Text, _
from tui.kit import (
    Cell,
    FactList,
    KitApp,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    choose,
)
from tui.screens.directory.copying import COPY
from tui.screens.directory.favourites import FAVOURITE
from tui.screens.directory.keys import CONTACT, CORRECT, NUMBER, PHOTO
from tui.screens.directory.on_entry import OnEntry
from tui.screens.directory.purpose import (
    covered_fields,
    drawn_value,
    for_usual_purpose,
    is_covered,
    usual_purpose,
    with_shown,
)
from tui.screens.directory.why import ask_why
from tui.screens.sheets.ending import end_one
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.card_facts import card_facts, is_day, seen_under
from tui.sheets.case_reports import ERROR
from tui.sheets.cell import Fact
from tui.sheets.looking import REVEAL, WHY
from tui.sheets.papers import UNDERTAKING
from tui.sheets.stale import FIELD as DEAD
from tui.sheets.stale import REPORT

SOON = 24 * 60 * 60
"""Seconds; no session is open for longer."""
RESTS = 0.1
"""Seconds that a list's cursor stays on somebody before more is looked up than the list knows."""


class CardView(VerticalScroll, can_focus=False):
    """A card as a widget: a preview of the row under a list's cursor, or the whole."""

    app: KitApp
    DEFAULT_CSS = """
    CardView { height: 1fr; }
    CardView .post { margin-bottom: 1; }
    CardView .post.empty { height: 0; }
    CardView .remark { margin-top: 1; }
    CardView .ways { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.card: Card | None = None
        self._end: Timer | None = None
        self._row: EntryLine | None = None
        self._unit: Label | None = None
        self._resting: Timer | None = None

    @property
    def is_resting(self) -> bool:
        """Whether the superiors of the person under the cursor are about to be looked up."""
        return self._resting is not None

    def compose(self) -> ComposeResult:
        yield TextLine(classes="name")
        yield TextLine(classes="post")
        yield TextLine(classes="ways")
        yield FactList()
        yield TextLine(classes="remark")

    def preview(self, row: EntryLine | None, unit: Label | None) -> None:
        """Show the list's facts of an entry and, once the cursor rests, its superiors; records nothing.
        ``unit``: what a unit is called here, if not a department."""
        if self.card is not None and row is not None and row.entry == self.card.entry:
            return
        self.card, self._row, self._unit = None, row, unit
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        self._draw_row(None)
        if row is not None:
            self._resting = self.set_timer(RESTS, self._look_up)

    def on_resize(self) -> None:
        if self.card is None:
            self.preview(self._row, self._unit)

    def _look_up(self) -> None:
        self._resting = None
        if self._row is not None and self.card is None:
            with suppress(Refused):  # who has left meanwhile stands in the list until it is filled anew
                self._draw_row(self.app.desk.directory.preview(self._row.entry))

    def _draw_row(self, found: EntryPreview | None) -> None:
        row = self._row
        if row is None:
            self._draw("", "", [], "")
        elif self.screen.has_class("-narrow"):
            self._draw_low(row, found)
        else:
            place: Text = row.unit_name if found is None or not found.path else " / ".join(found.path)
            facts: list[Fact] = [(self._unit or _("Department"), place)]
            if row.organisation:
                facts.append((_("Organisation"), row.organisation))
            if found is not None and found.superiors:
                facts.append((_("Reports to"), said_superiors(found)))
            facts += [(field.label, _value(field)) for field in row.fields]
            self._draw([Styled(row.name, "strong"), *said_marks(row)], row.position, facts,
                       _("Enter opens the whole card."))  # fmt: skip

    def _draw_low(self, row: EntryLine, found: EntryPreview | None) -> None:
        name: Cell = [Styled(row.name, "strong"), *said_marks(row), "  ", row.position]
        place: Text = row.organisation or row.unit_name
        if found is not None and found.path and not row.organisation:
            place = " < ".join(reversed(found.path))
        above: list[Text | Styled] = []
        if found is not None and found.superiors:
            above = [Styled(_("   Reports to "), "dim"), *said_superiors(found)]
        ways: list[Text | Styled] = []
        for field in row.fields:
            if any(isinstance(one.text, str) and one.text.endswith(f" {field.text}") for one in row.fields):
                continue  # the extension, which the office phone ends in; the address behind it has its room
            ways += [Styled(field.label, "dim"), " ", _value(field), "   "]
        self._draw(name, [place, *above], [], "", ways)

    def show(self, card: Card) -> None:
        self.card = card
        if self._end is not None:
            self._end.stop()
            self._end = None
        self._end_in_time(card)
        found = self.app.desk.directory.preview(card.entry)
        facts = card_facts(card, partial(_drawn_for_now, found))
        if found.superiors:
            facts.insert(1, (_("Reports to"), said_superiors(found)))
        if found.words is not None:
            facts += [
                ("", ""),
                *((_("To say") if not at else "", line) for at, line in enumerate(found.words.call)),
            ]
        if found.masks and self._end is None:
            masked = replace(card, fields=with_shown(card.fields, found.masks))
            self._end = self.set_timer(found.lasts, partial(self._mask, masked))
        ground = _("Why you see it: {ground}", ground=seen_under(card))
        self._draw(Styled(card.name, "strong"), card.position, facts, ground)

    def _mask(self, card: Card) -> None:
        """Show ``card`` with its values masked again; what became of it, if it is out of reach."""
        if self.card is not None and self.card.entry == card.entry:
            try:
                self.show(card)
            except Refused as gone:  # whoever it is has left meanwhile
                self._draw(Styled(card.name, "strong"), "", [], gone.message)

    def _end_in_time(self, card: Card) -> None:
        """Set a timer that takes the card off the screen when a grant for a time ends (A.13)."""
        if card.until is not None and not is_day(card.until):
            left = seconds_until(card.until)
            if left < SOON:
                self._end = self.set_timer(max(left, 0), partial(self._over, card))

    def _over(self, card: Card) -> None:
        if self.card is not None and self.card.entry == card.entry:
            self.card = None
            end = local(card.until or "")[:16]
            said = _("The access that was granted to you is over since {end}.", end=end)
            remark = _("{reason} ({clause})", reason=said, clause=card.clause)
            self._draw(Styled(card.name, "strong"), "", [], remark)

    def _draw(self, name: Cell, post: Cell, facts: list[Fact], remark: Text, ways: Cell = "") -> None:
        self.query_one(".name", TextLine).show(name)
        line = self.query_one(".post", TextLine)
        line.show(post)
        line.set_class(not post, "empty")
        self.query_one(".ways", TextLine).show(ways)
        self.query_one(FactList).show(facts)
        self.query_one(".remark", TextLine).show(remark, "dim")


def said_marks(row: EntryLine) -> list[Text | Styled]:
    return [part for mark in row.marks for part in (" ", Styled(mark, "accent"))]


def said_superiors(found: EntryPreview) -> list[Text | Styled]:
    """Return the superiors of an entry, nearest first, each with a number."""
    said: list[Text | Styled] = []
    for one in found.superiors:
        mark = _("[deputy]") if one.acting else _("[head]")
        said += [" < ", one.name, " ", Styled(mark, "accent"), f" {one.number}" if one.number else ""]
    return said[1:]


class CardScreen(OnEntry):
    """A card as a screen of its own, where there is no room beside the list."""

    CSS_PATH = "card.tcss"
    NAME = _("Card")
    ABOUT = _(
        "All that you may see of this entry. Protected numbers are masked: r asks what you need them for, "
        "records it and shows them. w says why you see what you see."
    )
    KEYS = (
        command_of(REVEAL),
        NUMBER,
        COPY,
        FAVOURITE,
        CONTACT,
        CORRECT,
        command_of(WHY),
        PHOTO,
        command_of(REPORT, "c", footer=False),
        command_of(UNDERTAKING, footer=False),
        ScreenCommand(ERROR.id, "c", ERROR.label, ERROR.help),
        ScreenCommand(
            "withdraw", "x", _("Give back"), _("Give back access before its days are over."), looks=True
        ),
        ScreenCommand(
            "previous", "left_square_bracket", _("Previous"), _("The one before in the list."), looks=True
        ),
        ScreenCommand("next", "right_square_bracket", _("Next"), _("The next one of the list."), looks=True),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )
    HOME = ""
    AUTO_FOCUS = ""
    SHOWS_MODES = False

    def __init__(self, card: Card, step: Callable[[int], Card | None] | None = None) -> None:
        super().__init__()
        self._card = card
        self._step = step
        """Opens the card so many rows further in the list that this one is from; None at its end."""
        self._usual = usual_purpose(self.app, card.book)

    def where(self) -> Location:
        return Location(_("Card: {name}", name=self._card.name), (self._card.title,))

    def body(self) -> ComposeResult:
        yield CardView()

    def on_mount(self) -> None:
        self.query_one(CardView).show(self._card)
        self.refresh_keys()

    def on_whom(self) -> tuple[int, str]:
        return self._card.entry, self._card.name

    def whole_card(self) -> Card:
        return self._card

    def show_revealed(self, card: Card) -> None:
        self._card = card
        self.query_one(CardView).show(card)
        self.refresh_keys()

    def show_changed(self) -> None:
        self.show_revealed(self.app.desk.directory.card(self._card.entry))

    def can(self, command_id: str) -> bool:
        if command_id in ("previous", "next"):
            return self._step is not None
        if command_id in ("reveal", "number"):
            return bool(covered_fields(self._card.fields))
        if command_id == "photo":
            return any(field.kind == "photo" for field in self._card.fields)
        if command_id == "change":
            return self._card.may_propose
        if command_id == "withdraw":
            return self._card.until is not None and bool(self._opened_views())
        if command_id == UNDERTAKING.id:
            return self._card.may_draw_undertaking
        return True

    def in_footer(self, command: ScreenCommand) -> bool:
        """Return whether the footer shows a command: also copying once nothing is masked."""
        return super().in_footer(command) or (command.id == COPY.id and not covered_fields(self._card.fields))

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        return tuple(
            for_usual_purpose(one, self._usual) if one is NUMBER else one
            for one in super().offered_commands()
        )

    def do_previous(self) -> None:
        self._go_by(-1)

    def do_next(self) -> None:
        self._go_by(1)

    def _go_by(self, by: int) -> None:
        card = self._step(by) if self._step is not None else None
        if card is None:
            self.app.tell(_("The list ends here."), "")
            return
        self._card = card
        self.query_one(CardView).show(card)
        self.refresh_keys()
        self.refresh_top()

    async def do_why(self) -> None:
        await ask_why(self, self._card)

    def _opened_views(self) -> tuple[OpenedView, ...]:
        """Return the reader's requests that opened this card."""
        return tuple(one for one in self.app.desk.access.opened(own=True) if one.entry == self._card.entry)

    async def do_withdraw(self) -> None:
        """Ask which right that opened the card to end, end it, recorded, and close the card: it may be out of
        reach now."""
        said = await end_one(self, self._opened_views())
        if said is not None:
            self.dismiss(None)
            self.app.tell(said, "good")

    async def do_report(self) -> None:
        """Ask which number or address does not reach the person, and report it, recorded (E.14)."""
        options = [Pick(field.name, field.label, note=field.text) for field in self._card.fields]
        field = await choose(self, DEAD.title, options)
        if field is not None:
            at = At[StaleEntry](self.app.desk, (self._card.entry,), answers={DEAD.id: field})
            self.app.tell(REPORT.done(at, REPORT.do(at)))


def short_number(number: str) -> str:
    """Return the extension of a number, or a number without its area code."""
    return number.rpartition("-")[2] if "-" in number else " ".join(number.split()[-2:])


def _value(field: Shown) -> Styled | Text:
    return Styled(field.text, "dim") if is_covered(field) else field.text


def _drawn_for_now(found: EntryPreview, field: Shown) -> Cell:
    """Return a field's cell; for one that is revealed, with the time when it is masked again."""
    if field.look == "shown" and field.kind != "photo" and any(field.name == one.name for one in found.masks):
        until = _("  until {time}", time=time_after(found.lasts))
        return [field.text, Styled(until, "dim")]
    return _draw_field(field)


def _draw_field(field: Shown) -> Cell:
    if field.kind == "photo" and field.look in ("open", "shown"):
        return ["▣", Styled(_("  v shows it"), "dim")]
    return drawn_value(field)
