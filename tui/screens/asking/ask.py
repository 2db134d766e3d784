"""What can be asked for, in every book of the reader: one list, one form behind each line."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult

from db.desk.audit.act_names import clause_words
from db.language import Message, Text, _
from tui.kit import Column, Command, DataList, Frame, Line, Styled, Where, clause_text
from tui.screens.asking.form import AskForm
from tui.screens.requests.change import Change

CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Askable:
    """Something to ask for. ``entry`` is the own entry, where it is a change."""

    id: str
    label: Text
    help: Text
    book: str
    book_label: Text
    clause: str
    entry: int | None = None


class Ask(Frame):
    """The list; Enter opens the form. Dismisses itself with the number of the request, or None."""

    CSS_PATH = "ask.tcss"
    NAME = _("New request")
    ABOUT = _(
        "Everything that you may ask for in your directories, with the clause it stands under. The form says "
        "who decides and by when before you hand it in."
    )
    KEYS = (
        Command("open", "enter", _("Open"), _("Open the form of what is under the cursor.")),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    SHOWS_MODES = False

    def where(self) -> Where:
        """The chooser."""
        return Where(self.NAME)

    def body(self) -> ComposeResult:
        """What can be asked for, and what the line under the cursor is about."""
        yield DataList[Askable](
            [
                Column(_("What"), lambda row: Styled(row.label, "strong"), width=20),
                Column(_("Book"), lambda row: row.book_label),
                Column(
                    _("Clause"), lambda row: Styled(clause_words(row.clause), "dim"), width=24, from_width=100
                ),
            ],
            key=lambda row: (row.id, row.book),
            empty=_("There is nothing that you may ask for."),
        )
        yield Line(id="help")

    def on_mount(self) -> None:
        """Fill the list."""
        rows = self._rows()
        self.query_one(DataList).show(lambda offset, limit: rows[offset : offset + limit], total=len(rows))

    def _rows(self) -> list[Askable]:
        desk = self.app.desk
        books = desk.me.who().books
        own = [
            Askable(CHANGE, _("change of own entry"), _("New values for your own entry."), book.id,
                  book.title, desk.asking.clause(CHANGE, book.id), book.entry)
            for book in books
            if book.entry is not None
        ]  # fmt: skip
        return own + [
            Askable(offer.id, offer.label, offer.help, offer.book, offer.book_label, offer.clause)
            for offer in desk.asking.offers()
        ]

    @property
    def _current(self) -> Askable | None:
        row: Askable | None = self.query_one(DataList).current
        return row

    @on(DataList.Moved)
    def _moved(self) -> None:
        row = self._current
        told: Text = ""
        if row is not None:
            told = Message("{help}  {clause}", {"help": row.help, "clause": clause_text(row.clause)})
        self.query_one("#help", Line).show(told, "dim")
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        """Something must be under the cursor."""
        return command_id != "open" or (self.is_mounted and self._current is not None)

    def do_open(self) -> None:
        """The form of it."""
        row = self._current
        if row is None:
            return
        desk = self.app.desk
        screen: Frame
        if row.id == CHANGE and row.entry is not None:
            screen = Change(desk.changes.form(row.entry))
        else:
            screen = AskForm(desk.asking.form(row.id, row.book))
        self.app.push_screen(screen, self._asked)

    def _asked(self, number: object) -> None:
        if isinstance(number, int):
            self.dismiss(number)

    def do_back(self) -> None:
        """Leave."""
        self.dismiss(None)
