"""A card: everything of an entry that its reader may see, protected numbers masked until revealed."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.timer import Timer

from db.desk.authority.sight import Shown
from db.desk.directory.directory_views import Card
from db.desk.entry.lines import EntryLine
from db.desk.entry.stale import StaleEntry
from db.desk.notation.localtime import local, seconds_until
from db.language import Label, Text, _
from tui.kit import Cell, FactList, FramedScreen, Location, Pick, ScreenCommand, Styled, TextLine, choose
from tui.screens.asking.change import propose_change
from tui.screens.directory.contact import contact
from tui.screens.directory.photo import Photo
from tui.screens.directory.purpose import Known, is_covered, reveal
from tui.screens.directory.why import ask_why
from tui.screens.sheets.asking import draw_sheet, said_of
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.card_facts import card_facts, is_day, seen_under
from tui.sheets.case_facts import MyCase
from tui.sheets.case_reports import ENTRY, ERROR, FIELD
from tui.sheets.cell import Fact
from tui.sheets.looking import REVEAL, WHY
from tui.sheets.papers import UNDERTAKING
from tui.sheets.stale import FIELD as DEAD
from tui.sheets.stale import REPORT

SOON = 24 * 60 * 60
"""Seconds; no session is open for longer."""


class CardView(VerticalScroll, can_focus=False):
    """A card as a widget: a preview of what the list has, or the whole."""

    DEFAULT_CSS = """
    CardView { height: 1fr; }
    CardView .post { margin-bottom: 1; }
    CardView .remark { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.card: Card | None = None
        self.known = Known()
        self._end: Timer | None = None
        self._unseen: tuple[EntryLine | None, Label | None] | None = None

    def compose(self) -> ComposeResult:
        """Name, facts, remark."""
        yield TextLine(classes="name")
        yield TextLine(classes="post")
        yield FactList()
        yield TextLine(classes="remark")

    def preview(self, row: EntryLine | None, unit: Label | None) -> None:
        """What the list knows of an entry; nothing is recorded for it. ``unit`` is what a unit is called,
        where it is not a department. Drawn once there is room for it, not at each key of a search."""
        if not self.is_on_screen:
            self._unseen = row, unit
            return
        self._unseen = None
        if self.card is not None and row is not None and row.entry == self.card.entry:
            return
        self._forget()
        if row is None:
            self._draw("", "", [], "")
            return
        facts: list[Fact] = [(unit or _("Department"), row.unit_name)]
        if row.organisation:
            facts.append((_("Organisation"), row.organisation))
        facts += [(field.label, _value(field)) for field in row.fields]
        self._draw(row.name, row.position, facts, _("Enter opens the whole card."))

    def on_show(self) -> None:
        """Draw what was to be previewed meanwhile."""
        if self._unseen is not None:
            self.preview(*self._unseen)

    def show(self, card: Card) -> None:
        """The whole card."""
        self._unseen = None
        if self.card is None or self.card.entry != card.entry:
            self.known = Known()
        self.card = card
        self._end_in_time(card)
        facts = card_facts(card, partial(_drawn, known=self.known))
        self._draw(card.name, card.position, facts, seen_under(card))

    def _end_in_time(self, card: Card) -> None:
        """What was granted for a time is not left on a screen that stays open past its end (A.13)."""
        if self._end is not None:
            self._end.stop()
            self._end = None
        if card.until is not None and not is_day(card.until):
            left = seconds_until(card.until)
            if left < SOON:
                self._end = self.set_timer(max(left, 0), partial(self._over, card))

    def _over(self, card: Card) -> None:
        if self.card is not None and self.card.entry == card.entry:
            self._forget()
            end = local(card.until or "")[:16]
            said = _("The access that was granted to you is over since {end}.", end=end)
            self._draw(card.name, "", [], _("{reason} ({clause})", reason=said, clause=card.clause))

    def _forget(self) -> None:
        self.card = None
        self.known = Known()

    def show_known(self, card: Card, known: Known) -> None:
        """The whole card with what is known of it, until another card is shown."""
        self.card, self.known = card, known
        self.show(card)

    def _draw(self, name: str, post: str, facts: list[Fact], remark: Text) -> None:
        self.query_one(".name", TextLine).show(name, "strong")
        self.query_one(".post", TextLine).show(post)
        self.query_one(FactList).show(facts)
        self.query_one(".remark", TextLine).show(remark, "dim")


class CardScreen(FramedScreen):
    """A card as a screen of its own, where there is no room beside the list."""

    CSS_PATH = "card.tcss"
    NAME = _("Card")
    ABOUT = _(
        "All that you may see of this entry. Protected numbers are masked: r asks what you need them for, "
        "records it and shows them. w says why you see what you see."
    )
    KEYS = (
        command_of(REVEAL),
        ScreenCommand(
            "contact", "c", _("Contact"), _("How to call or write, with words to begin with."), looks=True
        ),
        ScreenCommand("change", "e", _("Correct"), _("Propose a change to the entry."), looks=True),
        command_of(WHY),
        ScreenCommand("photo", "p", _("Photo"), _("Show the person's photo."), footer=False, looks=True),
        command_of(REPORT, "d", footer=False),
        command_of(UNDERTAKING, footer=False),
        ScreenCommand(ERROR.id, "x", ERROR.label, ERROR.help, second="X"),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    AUTO_FOCUS = ""
    SHOWS_MODES = False

    def __init__(self, card: Card, known: Known | None = None) -> None:
        super().__init__()
        self._card = card
        self._known = known or Known()

    def where(self) -> Location:
        """Whose card, in which book."""
        return Location(_("Card: {name}", name=self._card.name), (self._card.title,))

    def body(self) -> ComposeResult:
        """The card."""
        yield CardView()

    def on_mount(self) -> None:
        """Fill it."""
        self._show()

    def _show(self) -> None:
        self.query_one(CardView).show_known(self._card, self._known)
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        """Nothing to reveal without a masked field; nothing to propose without the right."""
        if command_id == "reveal":
            return bool(self._known.covered(self._card.fields))
        if command_id == "photo":
            return any(field.kind == "photo" for field in self._card.fields)
        if command_id == "change":
            return self._card.may_propose
        if command_id == UNDERTAKING.id:
            return self._card.may_draw_undertaking
        return True

    async def do_reveal(self) -> None:
        """Ask for the purpose, then show."""
        if await reveal(self, self._card, self._known):
            self._show()

    async def do_contact(self) -> None:
        """The card for a call or a letter."""
        await contact(self, self._card, self._known)
        self._show()

    async def do_why(self) -> None:
        """Why the entry is seen, or one of its fields."""
        await ask_why(self, self._card)

    def do_change(self) -> None:
        """The change form."""
        propose_change(self, self._card.entry)

    def do_photo(self) -> None:
        """The photo over the card."""
        show_photo(self, self._card.entry, self._card.name)

    async def do_sheet(self) -> None:
        """The undertaking, to be signed."""
        await draw_sheet(self, UNDERTAKING, At(self.app.desk, (self._card.entry,)))

    async def do_error(self) -> None:
        """What is wrong (H.5.3)."""
        await report_error(self, self._card)

    async def do_report(self) -> None:
        """Which number or address does not reach the person (E.14)."""
        options = [Pick(field.name, field.label, note=field.text) for field in self._card.fields]
        field = await choose(self, DEAD.title, options)
        if field is not None:
            at = At[StaleEntry](self.app.desk, (self._card.entry,), answers={DEAD.id: field})
            self.app.tell(REPORT.done(at, REPORT.do(at)))


def show_photo(screen: FramedScreen, entry: int, name: str) -> None:
    """The photo of an entry, or that there is none."""
    found = screen.app.desk.directory.photo(entry)
    if found is None:
        screen.app.tell(_("There is no photo of {name}.", name=name), "")
    else:
        screen.app.push_screen(Photo(entry, name, *found))


async def report_error(screen: FramedScreen, card: Card) -> None:
    """Ask which field is wrong and how; it goes to whom the regulation names (H.5.3)."""
    options = [Pick("", _("The entry as a whole"))]
    options += [Pick(field.name, field.label) for field in card.fields]
    field = await choose(screen, _("What is wrong?"), options)
    if field is None:
        return
    at = At[MyCase](screen.app.desk, answers={ENTRY.id: card.entry, FIELD.id: field})
    said = await said_of(screen, ERROR, at)
    if said is not None:
        screen.app.tell(said)


def short_number(number: str) -> str:
    """The extension at the end of a number, or the number as one says it within a town."""
    return number.rpartition("-")[2] if "-" in number else " ".join(number.split()[-2:])


def _value(field: Shown) -> Styled | Text:
    return Styled(field.text, "dim") if is_covered(field) else field.text


def _drawn(field: Shown, known: Known) -> Cell:
    if field.kind == "photo" and field.look in ("open", "shown"):
        return ["▣", Styled(_("  p shows it"), "dim")]
    return known.drawn(field)
