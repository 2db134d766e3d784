"""A list of which each row can be decided, once: to be typed at faster than it is drawn."""

from __future__ import annotations

from typing import cast

from textual.app import ComposeResult

from db.desk import Desk
from tests.tui.kit.stage import COLUMNS, Row, person
from tui.kit import DataList, FactList, FramedScreen, KitApp, Look, Mode, Reader, ScreenCommand, confirm


class Card(FramedScreen):
    """One of them, to be decided too."""

    KEYS = (
        ScreenCommand("approve", "a", "Approve", "Approve it."),
        ScreenCommand("back", "escape", "Back", "Back."),
    )
    HOME = ""

    def body(self) -> ComposeResult:
        yield FactList([("", "the card")])

    def do_approve(self) -> None:
        cast(Deciding, self.app.screen_stack[0]).decide()
        self.finish()


class Deciding(FramedScreen):
    """What is decided leaves the list, and the cursor goes on to the next."""

    NAME = "Deciding"
    ABOUT = "Decide each."
    KEYS = (
        ScreenCommand("approve", "a", "Approve", "Approve it."),
        ScreenCommand("end", "x", "End", "End it, once that was asked."),
        ScreenCommand("open", "enter", "Open", "Open it.", looks=True),
        ScreenCommand("next", "n", "Next", "Go to the next.", looks=True),
        ScreenCommand("mark", "space", "Mark", "Mark it.", looks=True),
    )

    def __init__(self) -> None:
        super().__init__()
        self.waiting = [person(number) for number in range(40)]
        self.decided: list[int] = []

    def body(self) -> ComposeResult:
        yield DataList[Row](COLUMNS, key=lambda row: row.id, multi=True)

    def on_mount(self) -> None:
        self.query_one(DataList).show(lambda offset, limit: self.waiting[offset : offset + limit])

    def can(self, command_id: str) -> bool:
        return self.is_mounted and self.query_one(DataList).current is not None

    def do_approve(self) -> None:
        self.decide()

    async def do_end(self) -> None:
        if await confirm(self, "End it?"):
            self.decide()

    def do_next(self) -> None:
        self.query_one(DataList).action_move(1)

    def do_mark(self) -> None:
        self.query_one(DataList).action_mark()

    def do_open(self) -> None:
        self.app.push_screen(Card())

    def decide(self) -> None:
        """Decide on the row under the cursor."""
        rows = self.query_one(DataList)
        row = rows.current or self.waiting[rows.cursor]
        self.decided.append(row.id)
        self.waiting.remove(row)
        rows.reload()
        self.app.tell(f"decided {len(self.decided)}")


class DecidingStage(KitApp):
    """The list, and nothing else."""

    def __init__(self) -> None:
        super().__init__(language="en", look=Look(), desk=cast(Desk, object()), reader=Reader("李伟", ""))

    def on_mount(self) -> None:
        self.offer_modes([Mode("deciding", "1", "Deciding", Deciding)])

    @property
    def deciding(self) -> Deciding:
        """The list."""
        return cast(Deciding, self.screen_stack[0])
