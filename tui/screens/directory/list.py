"""The list of the directory: what is typed and where it is looked for, the tree of units, the people, and the
card of who is under the cursor: below the list, or on a wide screen beside it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Input

from db.desk import Side
from db.desk.directory.by_value import PART_OF_NUMBER, ByValue, is_part_of_number
from db.desk.directory.directory_views import BookView, FacetValue
from db.desk.directory.terms import Purpose
from db.desk.entry.lines import EntryLine
from db.language import Label, Text, _
from tui.kit import Cell, DataList, Location, Node, Pane, Styled, TextInput, TextLine, UnitTree
from tui.kit.sorting import SortedScreen
from tui.screens.directory.book_rights import NO_BOOK, rights_in
from tui.screens.directory.card import CardView
from tui.screens.directory.columns import columns
from tui.screens.directory.elsewhere import SIDES, OtherSide, find_elsewhere
from tui.screens.directory.listed_rows import listed_rows
from tui.screens.directory.purpose import usual_purpose
from tui.screens.directory.unit import node_of, said_offices

SETTLED = 1.5
"""Seconds without a key after which a look-up counts as made, and is recorded."""
NEAR = 40
"""People who are shown at the most where only names like the one that was typed are found."""
EMPTY = _("Nobody you may see. Esc, then w: why, n: ask for access.")
HINT = _("Name, pinyin, number, unit …")
HINT_ON_PUPILS = _("Name, pinyin, number, class …")


class DirectoryList(SortedScreen):
    """Lists whoever is within reach, by unit or by what one types; its keys are `DirectoryScreen`'s."""

    NAME = Label("名册", "Directory")  # as the whole is called; a book is a 通讯录

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
        self._show_entries(keep=True)

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
        self._show_entries()
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
        return [Node(str(unit.id), unit.name, unit.place, leaf=True) for unit in found]

    def _show_entries(self, *, keep: bool = False) -> None:
        """Search or list the entries by tree, field and facets; where nobody fits, look elsewhere. ``keep``:
        the cursor stays on its entry. Records nothing."""
        if self._book is None:
            return
        book, unit, side, text = self._book.id, self._unit, self._side, self._text
        directory, facets = self.app.desk.directory, [value.facet for value in self._facets]
        rows = listed_rows(directory, book, unit, side, text, facets, self._by_value.lines)
        listing = self.query_one(DataList)
        trail = self.query_one(UnitTree).path if not (text or facets) else ()
        total = self._counts[trail[-1 if unit is not None else 0].id] if trail else None

        def place(row: EntryLine) -> int | None:
            return directory.place(book, row.entry, unit, side, facets)

        listing.show(rows, total=total, keep=keep, find_place=None if text else place)
        self._elsewhere = None
        listing.empty = self._by_value.withheld or (PART_OF_NUMBER if is_part_of_number(text) else EMPTY)
        if text and not listing.in_sight:
            narrowed = unit is not None or bool(facets)
            found = find_elsewhere(self.app.desk, self._books, self._book, side, text, narrowed=narrowed)
            if found is None and not facets:
                near = directory.search(book, text, None, side, NEAR, near=True)
                listing.show(lambda offset, limit: near[offset : offset + limit], keep=keep)
            elif found is not None:
                self._elsewhere, listing.empty = found, _("{found} Enter looks there.", found=found.sentence)
        self.query_one("#scope", TextLine).show(self._scope())

    def _scope(self) -> Cell:
        """Return a cell with the unit searched, its number of people, and the filters."""
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
            self._show_entries()

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
        """Show the tree in the place of the list while it has the focus."""
        self.set_class(isinstance(event.widget, UnitTree), "-choosing")
        self.refresh_keys()

    @on(Input.Changed, ".search")
    def _search_typed(self) -> None:
        self._by_value = ByValue()
        self._show_entries(keep=not isinstance(self.focused, Input))  # Esc in the list took the text away
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SETTLED, self._record_lookup)

    @on(Input.Submitted, ".search")
    def _take_search(self) -> None:
        self._record_lookup()
        self.query_one(DataList).focus()

    def _record_lookup(self) -> None:
        """Record the look-up of the text typed, once, and look for a whole protected value then."""
        if self._book is not None and self._text and self._text != self._recorded:
            self._recorded = self._text
            directory = self.app.desk.directory
            directory.settled(self._book.id, self._text, self._unit)
            if not self._facets:
                self._by_value = directory.by_value(self._book.id, self._text, self._unit, self._side)
                if self._by_value != ByValue():
                    self._show_entries()
            if self._elsewhere is not None:
                directory.settled(self._elsewhere.book.id, self._text)

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self._current
        self.query_one(CardView).preview(row, self._book.unit_label if self._book is not None else None)
        self.refresh_keys()

    def _look_there(self, found: OtherSide) -> None:
        self._record_lookup()
        self._book, self._side = found.book, found.side
        self._open_book()
        self.query_one(DataList).focus()

    def show_book(self, chosen: str) -> None:
        """Switch to the book ``chosen``, if it is one of the reader's."""
        for book in (one for one in self._books if one.id == chosen):
            self._book, self._side = book, book.sides[0]
            self._open_book()

    def show_unit(self, book: str, path: Sequence[int]) -> None:
        """Switch to a unit of ``book``, whose ``path`` begins at the root, and clear the search."""
        if self._book is None or self._book.id != book or self._side != "internal":
            self.show_book(book)
        self.query_one(TextInput).value = ""
        self.query_one(UnitTree).lead_to([str(unit) for unit in path])
        self.query_one(DataList).focus()
