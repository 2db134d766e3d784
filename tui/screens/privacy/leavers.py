"""Who left and is on record still: until when, what holds them, and erasing at once what nothing holds."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from db.desk.audit.act_names import clause_words
from db.desk.extracts.rights import BookOption
from db.desk.privacy.privacy import LONGEST, Leaver
from db.language import Text, _
from tui.kit import (
    BACK,
    Cell,
    Column,
    Command,
    DataList,
    Frame,
    Option,
    Styled,
    Where,
    ask_text,
    choose,
    confirm,
    tell_facts,
)
from tui.kit.facts import Fact


class Leavers(Frame):
    """One list, of one book."""

    CSS_PATH = "leavers.tcss"
    NAME = _("Leavers")
    ABOUT = _(
        "Who left the directory and is on record still. The day on which everything personal of them is "
        "erased follows from the regulation; what must be kept, or an open request, task or case, holds it "
        "off. e erases at once what nothing holds, for good: in every directory, in the audit, in backups."
    )
    KEYS = (
        Command("open", "enter", _("Details"), _("What is kept of the person, and by which clause.")),
        Command("erase", "e", _("Erase"), _("Erase everything personal of the person for good.")),
        Command("book", "b", _("Directory"), _("Look at another directory.")),
        Command("back", "escape", BACK.label, BACK.help, second="q"),
    )
    SHOWS_MODES = False

    def __init__(self) -> None:
        super().__init__()
        self._books = self.app.desk.privacy.books()
        self._book: BookOption = self._books[0]

    def where(self) -> Where:
        """Which book."""
        return Where(self.NAME, (self._book.title,))

    def body(self) -> ComposeResult:
        """The list."""
        yield DataList[Leaver](
            self._columns(),
            key=lambda one: one.entry,
            empty=_("Nobody who left this directory is on record still."),
        )

    def on_mount(self) -> None:
        """Ask for the list."""
        self._fill()

    def can(self, command_id: str) -> bool:
        """Who is held can't be erased."""
        one = self.query_one(DataList).current if self.is_mounted else None
        if command_id == "erase":
            return one is not None and not one.why
        if command_id == "book":
            return len(self._books) > 1
        return command_id != "open" or one is not None

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    async def do_open(self) -> None:
        """Everything about one."""
        one: Leaver | None = self.query_one(DataList).current
        if one is not None:
            called = self.app.desk.me.unit_label(self._book.id)
            facts: list[Fact] = [
                (called, one.unit), (_("Left"), one.left), (_("Erased on"), _due(one)),
                (_("Clause"), clause_words(one.clause)), (_("Held by"), _why(one)),
            ]  # fmt: skip
            await tell_facts(self, one.name, facts)

    async def do_erase(self) -> None:
        """Ask for the reason, and once more whether it is meant. Raises Refused, Invalid."""
        one: Leaver | None = self.query_one(DataList).current
        if one is None:
            return
        title = _("Erase {name}", name=one.name)
        reason = await ask_text(self, title, _("Reason"), required=True, longest=LONGEST)
        if reason is None:
            return
        meant = await confirm(
            self,
            _("Erase everything personal of {name}?", name=one.name),
            text=_("It can't be taken back: the keys are destroyed that open it, in backups too."),
            yes=_("Erase"),
            no=_("Keep it"),
        )
        if meant:
            self.app.desk.privacy.erase(self._book.id, one.entry, reason)
            self._fill()
            self.app.tell(_("Erased: {name}", name=one.name))

    async def do_book(self) -> None:
        """Another book."""
        options = [Option(book.id, book.title) for book in self._books]
        chosen = await choose(self, _("Directory"), options, selected=self._book.id)
        for book in self._books:
            if book.id == chosen:
                self._book = book
                self.query_one(DataList).show_columns(self._columns())
                self._fill()

    def _columns(self) -> Sequence[Column[Leaver]]:
        return (
            Column(_("No."), lambda one: str(one.entry), width=6, right=True),
            Column(_("Name"), lambda one: Styled(one.name, "strong"), width=12),
            Column(self.app.desk.me.unit_label(self._book.id), lambda one: one.unit, from_width=100),
            Column(_("Left"), lambda one: one.left, width=10),
            Column(_("Erased on"), lambda one: "–" if one.why else _due(one), width=12),
            Column(_("Clause"), lambda one: clause_words(one.clause), width=14, from_width=100),
            Column(_("Held by"), _held),
        )

    def _fill(self) -> None:
        found = self.app.desk.privacy.leavers(self._book.id)
        self.query_one(DataList).show(lambda offset, limit: found[offset : offset + limit], total=len(found))
        self.refresh_top()
        self.refresh_keys()


def _due(one: Leaver) -> Text:
    if not one.due:
        return _("never")
    return _("{day} at the earliest", day=one.due) if one.why else one.due


def _held(one: Leaver) -> Cell:
    return Styled(clause_words(one.kept_by), "warn") if one.why else Styled(_("nothing"), "dim")


def _why(one: Leaver) -> Text:
    if not one.why:
        return _("nothing")
    return _("{why} ({clause})", why=one.why, clause=clause_words(one.kept_by))
