"""What can be asked for, in every book of the reader: one list, one form behind each line."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.language import Message, Text, _, clause_words
from tui.kit import DataList, FramedScreen, ListColumn, Location, ScreenCommand, Styled, TextLine, clause_text
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.sheets.askable import CHANGE, Askable, by_form


class AskScreen(FramedScreen):
    """The list; Enter opens the form. Dismisses itself with the number of the request, or None."""

    CSS_PATH = "ask.tcss"
    NAME = _("New request")
    ABOUT = _(
        "Everything that you may ask for in your directories, with the clause it stands under. The form "
        "says who decides and by when before you submit it."
    )
    KEYS = (
        ScreenCommand(
            "open", "enter", _("Open"), _("Open the form of what is under the cursor."), looks=True
        ),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )
    HOME = ""
    SHOWS_MODES = False

    def where(self) -> Location:
        return Location(self.NAME)

    def body(self) -> ComposeResult:
        yield DataList[Askable](
            [
                ListColumn(_("What"), lambda row: Styled(row.label, "strong"), width=20),
                ListColumn(_("Directory"), lambda row: row.book_label),
                ListColumn(
                    _("Clause"), lambda row: Styled(clause_words(row.clause), "dim"), width=24, from_width=100
                ),
            ],
            key=lambda row: (row.kind, row.book),
            empty=_("There is nothing that you may ask for."),
        )
        yield TextLine(id="help")

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(by_form(self.app.desk))

    @property
    def _current(self) -> Askable | None:
        row: Askable | None = self.query_one(DataList).current
        return row

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self._current
        told: Text = ""
        if row is not None:
            told = Message("{help}  {clause}", {"help": row.help, "clause": clause_text(row.clause)})
        self.query_one("#help", TextLine).show(told, "dim")
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        return command_id != "open" or (self.is_mounted and self._current is not None)

    def do_open(self) -> None:
        row = self._current
        if row is None:
            return
        desk = self.app.desk
        screen: FramedScreen
        if row.kind == CHANGE and row.entry is not None:
            screen = ChangeScreen(desk.changes.form(row.entry))
        else:
            screen = AskForm(desk.asking.form(row.kind, row.book))
        self.app.push_screen(screen, self._dismiss_with)

    def _dismiss_with(self, number: object) -> None:
        if isinstance(number, int):
            self.dismiss(number)

    def do_back(self) -> None:
        self.dismiss(None)
