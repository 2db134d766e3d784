"""How far a directory and WeCom differ, on the screen; from here WeCom is set right."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.outside.drift_views import Drift, DriftRow
from db.desk.outside.drift_words import drift_lines
from db.desk.outside.outside import Outside
from db.language import Text, _
from tui.kit import (
    FramedScreen,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    TextLine,
    choose,
    clause_text,
)
from tui.screens.pickup import take_out
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.list import SheetScreen, command_of
from tui.sheets.asks import At
from tui.sheets.sheet import Sheet, Verb
from tui.sheets.wecom import BOOK, COMPARE, DRIFT, PUSH, PUSH_ONE


async def open_drift(screen: FramedScreen) -> None:
    """Open the differences from WeCom, after asking for the directory if there are several."""
    books = Outside(screen.app.desk).books()
    chosen: str | None = books[0][0] if books else None
    if len(books) > 1:
        options = [Pick(book, label) for book, label in books]
        chosen = await choose(screen, _("Which directory?"), options)
    if chosen is not None:
        screen.app.push_screen(WeComDrift(chosen))


class WeComDrift(SheetScreen[DriftRow]):
    """What the last comparison found, one person a line; beside it what is done to the whole directory."""

    SHEET: ClassVar[Sheet[DriftRow]] = replace(DRIFT, said=None)
    KEYS = (
        command_of(PUSH),
        command_of(COMPARE),
        ScreenCommand("book", "u", _("Directory"), _("Look at another directory.")),
        ScreenCommand(
            "out",
            "o",
            _("File"),
            _("Show the command that takes out the file which WeCom imports, or the differences shown."),
        ),
    )

    def __init__(self, book: str = "") -> None:
        super().__init__({BOOK.id: book or Outside(self.app.desk).books()[0][0]})
        self._drift: Drift | None = None

    def where(self) -> Location:
        found = self._drift
        return Location(self.NAME, (found.book_label, clause_text(found.clause)) if found is not None else ())

    def body(self) -> ComposeResult:
        with Vertical(classes="said"):
            yield TextLine(id="first")
            yield TextLine(id="second")
            yield TextLine(id="failed")
        yield from super().body()

    def refill(self, *, keep: bool = True) -> None:
        self._drift = found = Outside(self.app.desk).drift(self._answers[BOOK.id])
        first, *others = drift_lines(found)
        failed = others.pop() if found.problem else ""
        self._show_line("first", first)
        rest: list[Text | Styled] = []
        for line in others:
            rest += ["  ", Styled(line, "warn")] if rest else [Styled(line, "warn")]
        self._show_line("second", rest)
        self._show_line("failed", Styled(failed, "bad") if failed else "")
        super().refill(keep=keep)
        self.refresh_top()

    @property
    def place(self) -> At[DriftRow]:
        answers = self._answers if self._drift is None else self._answers | {"drift": self._drift}
        return At(self.app.desk, answers=answers)

    def can(self, command_id: str) -> bool:
        found = self._drift
        ready = found is not None and found.connected
        if command_id == "out":
            return found is not None
        if command_id == "book":
            return len(Outside(self.app.desk).books()) > 1
        if command_id in ("compare", PUSH_ONE.id) and not ready:
            return False
        if command_id == "push" and found is not None:
            return ready and (found.dead > 0 or any(one.entry is not None for one in found.rows))
        return super().can(command_id)

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Name the person whom the cursor is on, beside what is done to all."""
        row = self.current
        if row is None:
            return super().offered_commands()
        label = _("{what}: {value}", what=PUSH_ONE.label, value=row.name)
        return tuple(
            replace(one, label=label) if one.id == PUSH_ONE.id else one for one in super().offered_commands()
        )

    async def do_book(self) -> None:
        await open_drift(self)

    async def do_push(self) -> None:
        await self._do_whole(PUSH)

    async def do_compare(self) -> None:
        await self._do_whole(COMPARE)

    async def do_out(self) -> None:
        """Ask whether WeCom's import file or the differences are meant, and show the command that fetches
        it."""
        which: str | None = "import"
        if self._all:
            members = Pick("import", _("The file that WeCom imports"))
            which = await choose(self, _("Take out"), [members, Pick("list", _("The differences shown"))])
        if which == "list":
            await super().do_out()
        if which != "import":
            return
        about = _("The file is a copy of the directory: it is recorded.")
        await take_out(self, ("wecom", "export", "--book", self._answers[BOOK.id]), "members.xlsx", about)

    async def _do_whole(self, verb: Verb[Drift]) -> None:
        at: At[Drift] = At(self.app.desk, answers=self._answers | {"drift": self._drift})
        made = await carry_out(self, verb, at)
        if made is not None:
            await self._show_result(verb.done(at, made.result), ())
