"""The directory: what can be done to who is under the cursor of its list, and in it."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.widgets import Input

from db.desk.directory.directory_views import Card
from db.desk.directory.revealed import LASTS
from db.language import _
from tui.kit import DataList, Pick, ScreenCommand, TextInput, UnitTree, choose
from tui.screens.asking.form import ask_access
from tui.screens.directory.backups import BackupsScreen
from tui.screens.directory.calendar import Calendar
from tui.screens.directory.card import CardScreen, CardView
from tui.screens.directory.emergency import EmergencyCall, EmergencyRoll
from tui.screens.directory.facets import change_region, change_tags, choose_facets
from tui.screens.directory.importing import begin_import
from tui.screens.directory.keys import CHOOSE_UNIT, KEYS, LOOK_THERE, NUMBER, OF_PUPILS, ON_ENTRY
from tui.screens.directory.list import DirectoryList
from tui.screens.directory.on_entry import OnEntry
from tui.screens.directory.purpose import for_usual_purpose
from tui.screens.directory.unit import show_unit
from tui.screens.directory.why import ask_why, explain, explain_absence
from tui.screens.lifecycle.opening import open_join_form, open_leave_form, open_move_form
from tui.screens.sheets.list import screen_of
from tui.sheets.backups import OVERSEEN, RUNS
from tui.sheets.books import BOOK
from tui.sheets.offices import DAY, OFFICES
from tui.sheets.papers import UNDERTAKING

WIDE = 110


class DirectoryScreen(OnEntry, DirectoryList):
    """Acts on the people of the list: what each key of the directory does."""

    CSS_PATH = "browse.tcss"
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

    def can(self, command_id: str) -> bool:
        """Return whether to offer a command: by the reader's rights, the entry under the cursor and what the
        book allows. In the tree only ``open`` and ``search``: letters are typed to find a unit."""
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

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Return the possible commands with the labels they have here: Enter in the tree or where nobody
        fits, the number key by its purpose, and pupils' events."""
        offered = super().offered_commands()
        if self.has_class("-choosing"):
            return tuple(CHOOSE_UNIT if one.id == "open" else one for one in offered)
        found = tuple(for_usual_purpose(one, self._usual) if one is NUMBER else one for one in offered)
        if self._elsewhere is not None and self._current is None:
            found = tuple(LOOK_THERE if command.id == "open" else command for command in found)
        if self._book is None or not self._book.of_pupils:
            return found
        return tuple(OF_PUPILS.get(command.id, command) for command in found)

    def in_footer(self, command: ScreenCommand) -> bool:
        """Return whether the footer shows a command: also access where nobody is found, and the way out of
        the tree."""
        wanted = {"ask": self._current is None, "back": self.has_class("-choosing")}
        return super().in_footer(command) or wanted.get(command.id, False)

    def on_key(self, event: events.Key) -> None:
        """Move from the field into the list at down; open the place where people are at Enter in an empty
        list. The frame's own answer to the key comes after this one by itself; called from here it would come
        twice."""
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self.query_one(DataList).focus()
        elif event.key == "enter" and self._current is None and isinstance(self.focused, DataList):
            event.stop()
            self.do_open()

    def do_back(self) -> None:
        """Leave the field or the tree for the list; in the list, clear the search; then leave."""
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

    def do_open(self) -> None:
        row = self._current
        if self.has_class("-choosing"):
            self.query_one(UnitTree).action_open()
        elif row is not None:
            self._record_lookup()
            self._show_card(self.app.desk.directory.card(row.entry))
        elif self._elsewhere is not None:
            self._look_there(self._elsewhere)

    def _show_card(self, card: Card) -> None:
        if self.has_class("-wide"):
            self.query_one(CardView).show(card)
        else:
            self.app.push_screen(CardScreen(card, self._step))

    def _step(self, by: int) -> Card | None:
        """Move the cursor by ``by`` rows and return that entry's card, whose opening is recorded; None at the
        end."""
        listing, before = self.query_one(DataList), self._current
        listing.go(max(listing.cursor + by, 0))
        row = self._current
        return self.app.desk.directory.card(row.entry) if row is not None and row != before else None

    def on_whom(self) -> tuple[int, str] | None:
        row = self._current
        return (row.entry, row.name) if row is not None else None

    def whole_card(self) -> Card | None:
        row = self._current
        if row is None:
            return None
        self._record_lookup()
        card = self.query_one(CardView).card
        if card is not None and card.entry == row.entry:
            return card
        return self.app.desk.directory.card(row.entry)

    def show_revealed(self, card: Card) -> None:
        self.set_timer(LASTS.total_seconds(), partial(self._show_entries, keep=True))
        self._show_card(card)
        self._show_entries(keep=True)

    def do_favourite(self) -> None:
        super().do_favourite()
        self._show_entries(keep=True)

    def show_changed(self) -> None:
        view = self.query_one(CardView)
        if view.card is not None:
            view.show(self.app.desk.directory.card(view.card.entry))

    async def do_why(self) -> None:
        """Open the explanation why this entry, or a field of its open card, is seen; or why nobody is."""
        row = self._current
        if row is None:
            if self._book is not None:
                explain_absence(self, self._book.id, self._elsewhere.sentence if self._elsewhere else "")
            return
        card = self.query_one(CardView).card
        if card is not None and card.entry == row.entry:
            await ask_why(self, card)
        else:
            explain(self, row.entry, row.name)

    def do_emergency(self) -> None:
        """Open the first number to call, recorded, without a question (D.9.3)."""
        row = self._current
        if row is not None:
            rows = [one.entry for one in self.query_one(DataList).in_sight]
            self.app.push_screen(EmergencyCall(row.entry, rows))

    def do_roll(self) -> None:
        if self._book is not None:
            self.app.push_screen(EmergencyRoll(self._book.id, self._book.title, self._unit))

    def do_join(self) -> None:
        if self._book is not None:
            open_join_form(self, self._book.id, side=self._side)

    async def do_import(self) -> None:
        if self._book is not None:
            await begin_import(self, self._book.id, self._book.title)

    def do_move(self) -> None:
        if self._current is not None:
            open_move_form(self, self._current.entry)

    def do_leave(self) -> None:
        if self._current is not None:
            open_leave_form(self, self._current.entry)

    def do_ask(self) -> None:
        """Open the request form for access to somebody else, with the name searched for."""
        if self._book is not None:
            ask_access(self, self._book.id, "" if any(map(str.isdigit, self._text)) else self._text)

    async def do_narrow(self) -> None:
        """Ask for a property and value to narrow the list by, or show everybody again (F.3.1)."""
        if self._book is None:
            return
        chosen = await choose_facets(self, self._book.id, self._unit, self._side, self._facets)
        if chosen is not None:
            self._facets = chosen
            self._show_entries()

    async def do_tags(self) -> None:
        row = self._current
        if row is not None and await change_tags(self, row.entry, row.name):
            self._show_entries(keep=True)

    async def do_region(self) -> None:
        node = self.query_one(UnitTree).current
        if self._book is not None and node is not None:
            await change_region(self, self._book.id, int(node.id), self._side, node.label)

    def do_backups(self) -> None:
        """Open the directory's own backups (D.8), or the host's if the reader answers for those (H.6.4)."""
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
        """Show the tree of units, with their heads, in the place of the list."""
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
