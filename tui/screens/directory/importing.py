"""An import on the screen: a file of the tray, its columns, its rows, and submitting it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from db.desk import Invalid
from db.desk.importing.outcome import ImportLine
from db.language import Text, _
from tui.kit import Location, Pick, ScreenCommand, WorkStopped, choose, confirm, tell_facts
from tui.kit.keyed import Keyed
from tui.screens.evidence.reading import READING
from tui.screens.pickup import take_out
from tui.screens.sheets.asking import pick_table, read_table
from tui.screens.sheets.list import SheetScreen, command_of
from tui.sheets.cell import Fact
from tui.sheets.files import FileTable
from tui.sheets.importing import (
    ALIKE,
    FILE,
    IMPORT,
    MATCH,
    NEW_UNITS,
    REST,
    SUBMIT,
    VIEW,
    columns_of,
    view_at,
)
from tui.sheets.leavers import BOOK
from tui.sheets.sheet import Sheet, Verb

YES = "yes"
ON = _("said")
"""Beside what was said already, and is taken back when it is chosen again."""


class ImportScreen(SheetScreen[ImportLine]):
    """A file's rows. What is said besides the file is kept as a draft, until it is submitted."""

    SHEET: ClassVar[Sheet[ImportLine]] = IMPORT
    KEYS = (
        command_of(SUBMIT),
        ScreenCommand("file", "i", _("Other file"), _("Take another file, or the mended one.")),
        ScreenCommand(
            "set-right", "e", _("Settle"), _("Leave out columns, or say that people or departments are new.")
        ),
        ScreenCommand("columns", "v", _("Columns"), _("Show what each column of the file is taken for.")),
        ScreenCommand("out", "o", _("Problems"), _("Take out the rows with problems, to be mended.")),
        ScreenCommand("template", "o", _("Template"), _("Take out a sheet to fill in."), footer=False),
        ScreenCommand("discard", "x", _("Discard"), _("Drop this import; the file stays in your tray.")),
    )

    def __init__(self, book: str, title: Text, table: FileTable, typed: Mapping[str, str]) -> None:
        super().__init__(
            {
                BOOK.id: book,
                FILE.id: table,
                REST.id: bool(typed.get(REST.id)),
                ALIKE.id: bool(typed.get(ALIKE.id)),
                NEW_UNITS.id: typed.get(NEW_UNITS.id, ""),
                MATCH.id: typed.get(MATCH.id, ""),
            }
        )
        self._title = title
        self._one_reading = asyncio.Lock()

    def where(self) -> Location:
        return Location(self.NAME, (self._title, self.place[FILE].source.name))

    def on_mount(self) -> None:
        """Keep as a draft which file it is, once the base has read it: Textual calls that after this."""
        self.call_later(self._keep_typed)

    def come_back(self) -> None:
        """Check the file again, as somebody may have been entered meanwhile, unless work is under way."""
        if not (self.is_busy or self._one_reading.locked()):
            self.refill()

    def refill(self, *, keep: bool = True) -> None:
        """Check the file again in a process beside the session."""
        self.run_flow(partial(self._read_again, keep), name=READING, group=READING, exclusive=True)

    async def _read_again(self, keep: bool) -> None:
        async with self._one_reading:  # the one before may be ending
            await self._read(keep)

    async def _read(self, keep: bool) -> None:
        self._answers.pop(VIEW, None)
        place = self.place
        what = _("Reading {file}", file=place[FILE].source.name)
        await self._await_turn()
        self._list.empty = ""
        try:
            self._answers[VIEW] = await self.app.work(self, what, lambda: view_at(place))
        except (WorkStopped, Invalid):
            self._list.empty = _("{file} was not read. i takes a file.", file=place[FILE].source.name)
            self._list.refresh()
            raise
        self._list.empty = self.SHEET.empty
        self._take_rows(self.SHEET.rows(self.place), self.place, keep=keep)
        self.app.recount()

    async def _await_turn(self) -> None:
        """Show that the file is read later, and wait for other work, such as a report, to end."""
        if not self.app.working.is_free:
            file = self.place[FILE].source.name
            self._list.empty = _("{file} is read as soon as what is under way is done.", file=file)
            self._list.refresh()
            await self.app.working.until_free()

    def can(self, command_id: str) -> bool:
        """Return whether the command is possible: submitting without problems, taking problems out if there
        are some."""
        if command_id in (SUBMIT.id, "out"):
            states = {line.state for line in self._all}
            return (
                bool(states & {"wrong", "changed"})
                if command_id == "out"
                else "new" in states and "wrong" not in states
            )
        return super().can(command_id)

    def _keep_typed(self) -> None:
        place = self.place
        typed = {
            FILE.id: place[FILE].evidence,
            REST.id: YES if place[REST] else "",
            ALIKE.id: YES if place[ALIKE] else "",
            NEW_UNITS.id: place[NEW_UNITS],
            MATCH.id: place[MATCH],
        }
        self.app.desk.drafts.save_form(draft_of(place[BOOK]), place[FILE].source.name, typed)

    async def do_file(self) -> None:
        """Ask for another file of the tray, keeping the other answers."""
        table = await pick_table(self)
        if table is not None:
            self._answer({FILE.id: table})
            self.refresh_top()

    async def do_set_right(self) -> None:
        """Ask for what the file can't say: leaving columns, namesakes, matching, new departments."""
        place, row = self.place, self.current
        options = [
            Pick(REST.id, REST.label, note=ON if place[REST] else ""),
            Pick(ALIKE.id, ALIKE.label, note=ON if place[ALIKE] else ""),
            Pick(MATCH.id, _("Match people by …"), note=view_at(place).matched_by),
        ]
        doubted = row.doubted if row is not None else ""
        if doubted:
            options.append(Pick(NEW_UNITS.id, _("{unit} is a new department.", unit=doubted)))
        chosen = await choose(self, _("Settle what?"), options, selected=NEW_UNITS.id if doubted else "")
        if chosen == NEW_UNITS.id:
            self._answer({chosen: ";".join(filter(None, (place[NEW_UNITS], doubted)))})
        elif chosen == MATCH.id:
            keys = [Pick(name, label) for name, label in view_at(place).keys]
            by = await choose(self, _("Match people by what?"), keys, selected=place[MATCH])
            if by is not None:
                self._answer({MATCH.id: by})
        elif chosen is not None:
            self._answer({chosen: not place.answers[chosen]})

    def _answer(self, answers: Mapping[str, object]) -> None:
        self._answers |= answers
        self._keep_typed()
        self.refill()

    async def do_columns(self) -> None:
        await tell_facts(self, _("Columns"), columns_of(view_at(self.place)))

    async def do_out(self) -> None:
        """Show the command that fetches the rows with problems as a workbook."""
        place = self.place
        words = ["import", "problems", "--book", place[BOOK], "--file", place[FILE].evidence]
        words += [f"--{ask.id}" for ask in (REST, ALIKE) if place[ask]]
        for ask in (NEW_UNITS, MATCH):
            if place[ask]:
                words += [f"--{ask.id}", place[ask]]
        await take_out(self, words, "problems.xlsx", "", _("Problems"))

    async def do_template(self) -> None:
        """Show the command that fetches a workbook to fill in."""
        words = ("import", "template", "--book", self.place[BOOK])
        await take_out(self, words, "template.xlsx", "", _("Template"))

    async def do_discard(self) -> None:
        if await confirm(self, _("Drop this import?"), yes=_("Drop"), no=_("Keep it")):
            self.app.desk.drafts.discard(draft_of(self.place[BOOK]))
            self.finish()

    async def _do_verb(self, verb: Verb[ImportLine]) -> None:
        self._ends = verb is SUBMIT
        await super()._do_verb(verb)

    async def _show_result(self, said: Text, shown: Sequence[Fact], *, everything: bool = True) -> None:
        """Show the result of a verb; once the file is submitted, delete the draft and close the screen."""
        if not self._ends:
            await super()._show_result(said, shown, everything=everything)
            return
        self.app.desk.drafts.discard(draft_of(self.place[BOOK]))
        self.finish()
        self.app.call_later(self.app.tell, said)


def draft_of(book: str) -> str:
    """Return the name of the draft of an import into ``book``."""
    return f"import {book}"


async def begin_import(screen: Keyed, book: str, title: Text) -> None:
    """Show the import that is under way, go on with a kept one after asking, or ask for a file of the tray;
    open it over ``screen``."""
    if await screen.app.lead_to_work(lambda one: isinstance(one, ImportScreen) and one.place[BOOK] == book):
        return
    desk = screen.app.desk
    kept = desk.drafts.saved_form(draft_of(book))
    typed: Mapping[str, str] = kept.typed if kept is not None else {}
    file = next((one for one in desk.evidence.tray() if one.id == typed.get(FILE.id)), None)
    if file is not None and await confirm(
        screen, _("Go on with {file}?", file=file.name), yes=_("Go on"), no=_("Another file")
    ):
        table = await read_table(screen, file)
    else:
        typed, table = {}, await pick_table(screen)
    if table is not None:
        screen.app.push_screen(ImportScreen(book, title, table, typed))
