"""The directory: what is typed and where it is looked for, the list, and the card of who is under its cursor:
below the list, or on a wide screen beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Input

from db.desk import Side
from db.desk.directory.by_value import PART_OF_NUMBER, ByValue, is_part_of_number
from db.desk.directory.directory_views import BookView, Card, FacetValue
from db.desk.directory.revealed import LASTS
from db.desk.directory.terms import Purpose
from db.desk.entry.lines import EntryLine
from db.language import Label, Text, _
from tui.kit import (
    Cell,
    DataList,
    Location,
    Node,
    Pane,
    Pick,
    ScreenCommand,
    Styled,
    TextInput,
    TextLine,
    UnitTree,
    choose,
)
from tui.kit.sorting import SortedScreen
from tui.screens.asking.form import ask_access
from tui.screens.directory.backups import BackupsScreen
from tui.screens.directory.book_rights import NO_BOOK, rights_in
from tui.screens.directory.calendar import Calendar
from tui.screens.directory.card import CardScreen, CardView
from tui.screens.directory.columns import columns
from tui.screens.directory.elsewhere import SIDES, OtherSide, find_elsewhere
from tui.screens.directory.emergency import EmergencyCall, EmergencyRoll
from tui.screens.directory.facets import change_region, change_tags, choose_facets
from tui.screens.directory.importing import begin_import
from tui.screens.directory.keys import CHOOSE_UNIT, KEYS, LOOK_THERE, NUMBER, OF_PUPILS, ON_ENTRY
from tui.screens.directory.listed_rows import listed_rows
from tui.screens.directory.on_entry import OnEntry
from tui.screens.directory.purpose import for_usual_purpose, usual_purpose
from tui.screens.directory.unit import node_of, said_offices, show_unit
from tui.screens.directory.why import ask_why, explain, explain_absence
from tui.screens.lifecycle.opening import let_join, let_leave, let_move
from tui.screens.sheets.list import screen_of
from tui.sheets.backups import OVERSEEN, RUNS
from tui.sheets.books import BOOK
from tui.sheets.offices import DAY, OFFICES
from tui.sheets.papers import UNDERTAKING

SETTLED = 1.5
"""Seconds without a key after which a look-up counts as made, and is recorded."""
WIDE = 110
NEAR = 40
"""People who are shown at the most where only names like the one that was typed are found."""
EMPTY = _("Nobody you may see. Esc, then w: why, n: ask for access.")
HINT = _("Name, pinyin, number, unit …")
HINT_ON_PUPILS = _("Name, pinyin, number, class …")


class DirectoryScreen(OnEntry, SortedScreen):
    """Whoever is within reach, by unit or by what one types."""

    CSS_PATH = "browse.tcss"
    NAME = Label("名册", "Directory")  # as the whole is called; a book is a 通讯录
    ABOUT = _(
        "Press / and type: a name, part of it, pinyin or its initials, an extension, the end of a number, an "
        "address, a position, a unit, or a unit and a name. u opens the tree of units. You find whom the "
        "regulations let you see. Protected numbers are masked until you say what you need them for; then "
        "they stay in clear for half an hour. A part of a number finds only numbers that you may see; a "
        "protected one is found once you typed all of it, which is recorded. Look-ups are recorded."
    )
    KEYS = KEYS
    HOME = "DataList"
    AUTO_FOCUS = "DataList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual declares it

    def __init__(self) -> None:
        super().__init__()
        self._books: Sequence[BookView] = self.app.desk.directory.books()
        self._book = self._books[0] if self._books else None
        self._side: Side = "internal"
        self._unit: int | None = None
        self._counts: dict[str, int] = {}
        self._in_chart = False
        """Whether the tree says who heads a unit: once it was opened."""
        self._named: dict[str, Sequence[int]] = {}
        """The units that what was typed in the tree means, each with its path."""
        self._rights = NO_BOOK
        self._facets: tuple[FacetValue, ...] = ()
        self._elsewhere: OtherSide | None = None
        self._waiting: Timer | None = None
        self._recorded = ""
        self._by_value = ByValue()
        self._usual: Purpose | None = None

    def where(self) -> Location:
        if self._book is None:
            return Location(self.NAME)
        return Location(self.NAME, (self._book.title, *self._book.policies))

    def body(self) -> ComposeResult:
        with Horizontal(id="asked"):
            yield TextInput(hint=HINT, classes="search", max_length=64)
            yield TextLine(id="scope")
        yield TextLine(id="offices")
        with Container(id="people"):
            yield DataList[EntryLine]((), key=lambda row: row.entry, empty=EMPTY)
            yield CardView()
        with Pane(_("Units"), id="tree"):
            yield UnitTree()

    def on_mount(self) -> None:
        self._open_book()

    def come_back(self) -> None:
        tree = self.query_one(UnitTree)
        tree.reload(unseen=not tree.has_focus)
        self._show(keep=True)

    def can(self, command_id: str) -> bool:
        """Return whether a command makes sense: who is under the cursor, and what the book allows. In the
        tree letters are part of a unit's name."""
        if self.has_class("-choosing") and any(command_id == one.id for one in self.KEYS):
            return command_id in ("open", "search")
        if not self._rights.allow(command_id):
            return False
        if command_id == "book":
            return len(self._books) > 1
        if command_id in ("unit", "region"):
            return self._in_tree
        if command_id == "narrow":
            return bool(self._facets) or (self._book is not None and bool(self._book.facets))
        if command_id == "open" and self._elsewhere is not None:
            return True
        row = self._current if self.is_mounted and command_id in ON_ENTRY else None
        if command_id == UNDERTAKING.id and row is not None and self._book is not None:
            whose = self._book.undertaking
            return whose == "everyone" or (whose == "own" and row.entry == self._book.own_entry)
        return command_id not in ON_ENTRY or row is not None

    def offered(self) -> tuple[ScreenCommand, ...]:
        """Call what befalls pupils by its own words: they enrol and change class."""
        offered = super().offered()
        if self.has_class("-choosing"):
            return tuple(CHOOSE_UNIT if one.id == "open" else one for one in offered)
        found = tuple(for_usual_purpose(one, self._usual) if one is NUMBER else one for one in offered)
        if self._elsewhere is not None and self._current is None:
            found = tuple(LOOK_THERE if command.id == "open" else command for command in found)
        if self._book is None or not self._book.of_pupils:
            return found
        return tuple(OF_PUPILS.get(command.id, command) for command in found)

    def in_footer(self, command: ScreenCommand) -> bool:
        """Show the key for access where nobody is found, and the way back out of the tree."""
        wanted = {"ask": self._current is None, "back": self.has_class("-choosing")}
        return super().in_footer(command) or wanted.get(command.id, False)

    @property
    def _in_tree(self) -> bool:
        return self.query_one(UnitTree).current is not None

    @property
    def _current(self) -> EntryLine | None:
        row: EntryLine | None = self.query_one(DataList).current
        return row if row is not None and row.entry else None

    @property
    def _text(self) -> str:
        return self.query_one(TextInput).value.strip()

    def _open_book(self) -> None:
        self._unit, self._facets, book = None, (), self._book
        offices = self.query_one("#offices", TextLine)
        offices.display = book is not None and bool(book.header)
        if book is not None:
            self._rights = rights_in(self.app.desk, book, self._side)
            self._usual = usual_purpose(self.app, book.id)
            offices.show(said_offices(book), "accent")
            place = _("Org.") if self._side == "external" else book.unit_label
            self.query_one(DataList).show_columns(columns(book.fields[self._side], place))
            self.query_one(TextInput).suggest(HINT_ON_PUPILS if book.of_pupils else HINT)
        self.query_one(UnitTree).show(self._units, open_levels=2, find=self._units_named)
        self._show()
        self.refresh_top()

    def _units(self, above: str | None) -> Sequence[Node]:
        if self._book is None:
            return ()
        found = self.app.desk.directory.units(
            self._book.id, int(above) if above is not None else None, self._side, heads=self._in_chart
        )
        self._counts.update((str(unit.id), unit.count) for unit in found)
        return [node_of(unit) for unit in found]

    def _units_named(self, text: str) -> Sequence[Node]:
        if self._book is None:
            return ()
        found = self.app.desk.directory.units_named(self._book.id, text, NEAR, self._side)
        self._named = {str(unit.id): unit.path for unit in found}
        return [Node(str(unit.id), unit.name, " < ".join(unit.above), leaf=True) for unit in found]

    def _show(self, *, keep: bool = False) -> None:
        """Ask for what the tree and the field say. ``keep``: around whoever is under the cursor."""
        if self._book is None:
            return
        book, unit, side, text = self._book.id, self._unit, self._side, self._text
        directory, facets = self.app.desk.directory, [value.facet for value in self._facets]
        rows = listed_rows(directory, book, unit, side, text, facets, self._by_value.lines)
        listing = self.query_one(DataList)
        trail = self.query_one(UnitTree).path if not (text or facets) else ()
        total = self._counts[trail[-1 if unit is not None else 0].id] if trail else None
        listing.show(rows, total=total, keep=keep)
        self._elsewhere = None
        listing.empty = self._by_value.withheld or (PART_OF_NUMBER if is_part_of_number(text) else EMPTY)
        if text and not listing.in_sight:
            narrowed = unit is not None or bool(facets)
            found = find_elsewhere(self.app.desk, self._books, self._book, side, text, narrowed=narrowed)
            if found is None and not facets:
                near = directory.search(book, text, None, side, NEAR, near=True)
                listing.show(lambda offset, limit: near[offset : offset + limit], keep=keep)
            elif found is not None:
                self._elsewhere, listing.empty = found, _("{found} Enter looks there.", found=found.said)
        self.query_one("#scope", TextLine).show(self._scope())

    def _scope(self) -> Cell:
        """Say where is looked, among how many, and by what the list is narrowed."""
        node = self.query_one(UnitTree).current
        of_pupils = self._book is not None and self._book.of_pupils
        said: list[Text | Styled] = [_("in all classes") if of_pupils else _("in all units")]
        if self._unit is not None and node is not None:
            said = [_("in {unit} {count}", unit=node.label, count=self._counts[node.id])]
        if self._side == "external":
            said += ["  ", SIDES[self._side]]
        for value in self._facets:
            said += ["  ", Styled(value.label, "accent")]
        return [*said, Styled("  u", "dim")]

    @on(UnitTree.Moved, "UnitTree")
    def _unit_chosen(self) -> None:
        tree = self.query_one(UnitTree)
        node, trail = tree.current, tree.path
        title: Text = self._book.title if self._book is not None else ""
        pane = self.query_one("#tree", Pane)
        if tree.typed:  # Enter chooses
            pane.entitle(_("{book}  / {typed}", book=title, typed=tree.typed))
            return
        pane.entitle(_("{book}: type part of a name, or its initials", book=title))
        unit = int(node.id) if node is not None and len(trail) > 1 else None
        if unit != self._unit:
            self._unit = unit
            self._show()

    @on(UnitTree.Opened, "UnitTree")
    def _to_list(self, event: UnitTree.Opened) -> None:
        event.prevent_default()  # Enter in the tree leads to the list; it opens no card yet.
        tree = self.query_one(UnitTree)
        if tree.typed and tree.current is not None:
            path = self._named[tree.current.id]
            tree.narrow("")
            tree.lead_to([str(unit) for unit in path])
        self.query_one(DataList).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the tree in the place of the list for as long as it has the focus."""
        self.set_class(isinstance(event.widget, UnitTree), "-choosing")
        self.refresh_keys()

    @on(Input.Changed, ".search")
    def _typed(self) -> None:
        self._by_value = ByValue()
        self._show(keep=not isinstance(self.focused, Input))  # Esc in the list took the text away
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SETTLED, self._settle)

    @on(Input.Submitted, ".search")
    def _taken(self) -> None:
        self._settle()
        self.query_one(DataList).focus()

    def on_key(self, event: events.Key) -> None:
        """Go down from the field into the list, and by Enter from an empty list to where people are. The
        frame's own answer to the key comes after this one by itself; called from here it would come twice."""
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.query_one(DataList).focus()
        elif event.key == "enter" and self._current is None and isinstance(self.focused, DataList):
            event.stop()
            self.do_open()

    def _settle(self) -> None:
        """Record the look-up, once a text, and look for a whole protected value then."""
        if self._book is not None and self._text and self._text != self._recorded:
            self._recorded = self._text
            directory = self.app.desk.directory
            directory.settled(self._book.id, self._text, self._unit)
            if not self._facets:
                self._by_value = directory.by_value(self._book.id, self._text, self._unit, self._side)
                if self._by_value != ByValue():
                    self._show()
            if self._elsewhere is not None:
                directory.settled(self._elsewhere.book.id, self._text)

    def do_back(self) -> None:
        """Leave the field for the list; in the list, take what was searched for away."""
        field = self.query_one(TextInput)
        if isinstance(self.focused, UnitTree):
            if self.focused.typed:
                self.focused.narrow("")
            else:
                self.query_one(DataList).focus()
        elif self.focused is field or not field.value:
            super().do_back()
        else:
            field.value = ""

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        self.query_one(CardView).preview(row, self._book.unit_label if self._book is not None else None)
        self.refresh_keys()

    def do_open(self) -> None:
        row = self._current
        if self.has_class("-choosing"):
            self.query_one(UnitTree).action_open()
        elif row is not None:
            self._settle()
            self._show_card(self.app.desk.directory.card(row.entry))
        elif self._elsewhere is not None:
            self._look_there(self._elsewhere)

    def _show_card(self, card: Card) -> None:
        if self.has_class("-wide"):
            self.query_one(CardView).show(card)
        else:
            self.app.push_screen(CardScreen(card, self._step))

    def _step(self, by: int) -> Card | None:
        """Open the card of somebody so many rows further down; None at the end of the list."""
        listing, before = self.query_one(DataList), self._current
        listing.go(max(listing.cursor + by, 0))
        row = self._current
        return self.app.desk.directory.card(row.entry) if row is not None and row != before else None

    def _look_there(self, found: OtherSide) -> None:
        self._settle()
        self._book, self._side = found.book, found.side
        self._open_book()
        self.query_one(DataList).focus()

    def on_whom(self) -> tuple[int, str] | None:
        row = self._current
        return (row.entry, row.name) if row is not None else None

    def whole_card(self) -> Card | None:
        row = self._current
        if row is None:
            return None
        self._settle()
        card = self.query_one(CardView).card
        if card is not None and card.entry == row.entry:
            return card
        return self.app.desk.directory.card(row.entry)

    def show_revealed(self, card: Card) -> None:
        self.set_timer(LASTS.total_seconds(), partial(self._show, keep=True))
        self._show_card(card)
        self._show(keep=True)

    def show_changed(self) -> None:
        view = self.query_one(CardView)
        if view.card is not None:
            view.show(self.app.desk.directory.card(view.card.entry))

    async def do_why(self) -> None:
        """Explain why this entry is seen, or a field of it while its card is open; or why nobody is."""
        row = self._current
        if row is None:
            if self._book is not None:
                explain_absence(self, self._book.id, self._elsewhere.said if self._elsewhere else "")
            return
        card = self.query_one(CardView).card
        if card is not None and card.entry == row.entry:
            await ask_why(self, card)
        else:
            explain(self, row.entry, row.name)

    def do_emergency(self) -> None:
        """Show the first number to call; no question is asked on the way (D.9.3)."""
        row = self._current
        if row is not None:
            rows = [one.entry for one in self.query_one(DataList).in_sight]
            self.app.push_screen(EmergencyCall(row.entry, rows))

    def do_roll(self) -> None:
        if self._book is not None:
            self.app.push_screen(EmergencyRoll(self._book.id, self._book.title, self._unit))

    def do_join(self) -> None:
        if self._book is not None:
            let_join(self, self._book.id, side=self._side)

    async def do_import(self) -> None:
        if self._book is not None:
            await begin_import(self, self._book.id, self._book.title)

    def do_move(self) -> None:
        if self._current is not None:
            let_move(self, self._current.entry)

    def do_leave(self) -> None:
        if self._current is not None:
            let_leave(self, self._current.entry)

    def do_ask(self) -> None:
        """Open the form for access to somebody else, with the name that was looked for."""
        if self._book is not None:
            ask_access(self, self._book.id, "" if any(map(str.isdigit, self._text)) else self._text)

    async def do_narrow(self) -> None:
        """Narrow the list by one more property, or show everybody again (F.3.1)."""
        if self._book is None:
            return
        chosen = await choose_facets(self, self._book.id, self._unit, self._side, self._facets)
        if chosen is not None:
            self._facets = chosen
            self._show()

    async def do_tags(self) -> None:
        row = self._current
        if row is not None and await change_tags(self, row.entry, row.name):
            self._show(keep=True)

    async def do_region(self) -> None:
        node = self.query_one(UnitTree).current
        if self._book is not None and node is not None:
            await change_region(self, self._book.id, int(node.id), self._side, node.label)

    def do_backups(self) -> None:
        """Show the directory's own backups, if the reader makes them (D.8), or the host's (H.6.4)."""
        if self._book is not None and self._rights.oversees:
            self.app.push_screen(screen_of(RUNS)({OVERSEEN.id: self._book.id}))
        elif self._book is not None:
            self.app.push_screen(BackupsScreen(self._book.id, self._book.title))

    def do_offices(self) -> None:
        if self._book is not None:
            self.app.push_screen(screen_of(OFFICES)({BOOK.id: self._book.id, DAY.id: ""}))

    def do_calendar(self) -> None:
        self.app.push_screen(Calendar())

    async def do_unit(self) -> None:
        node = self.query_one(UnitTree).current
        if self._book is not None and node is not None:
            await show_unit(self, self._book, int(node.id), self._side)

    def do_units(self) -> None:
        """Open the tree in place of the list, with who heads each unit."""
        if not self._in_chart:
            self._in_chart = True
            self.query_one(UnitTree).reload()
        self.add_class("-choosing")
        self.query_one(UnitTree).focus()

    def do_side(self) -> None:
        self._side = "external" if self._side == "internal" else "internal"
        self._open_book()

    async def do_book(self) -> None:
        options = [Pick(book.id, book.title) for book in self._books]
        selected = self._book.id if self._book is not None else ""
        chosen = await choose(self, _("Which directory?"), options, selected=selected)
        if chosen is not None:
            self.show_book(chosen)

    def show_book(self, chosen: str) -> None:
        """Go to the book ``chosen``, where it is one of the reader's."""
        for book in (one for one in self._books if one.id == chosen):
            self._book, self._side = book, book.sides[0]
            self._open_book()

    def show_unit(self, book: str, path: Sequence[int]) -> None:
        """Go to a unit of ``book``, whose ``path`` begins at the root."""
        if self._book is None or self._book.id != book or self._side != "internal":
            self.show_book(book)
        self.query_one(TextInput).value = ""
        self.query_one(UnitTree).lead_to([str(unit) for unit in path])
        self.query_one(DataList).focus()
