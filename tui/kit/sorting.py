"""Sorting a list that is no sheet: as far as all of its rows are here, by what stands in them."""

from __future__ import annotations

from db.language import Message, _
from tui.kit import datalist
from tui.kit.choosing import Pick, choose
from tui.kit.commands import ScreenCommand
from tui.kit.datalist import DataList
from tui.kit.framed_screen import FramedScreen

SORT = ScreenCommand("sort", "s", _("Sort"), _("Choose the column that sorts the list; again reverses it."))
OWN_ORDER = ""


class SortedScreen(FramedScreen):
    """A screen with one list, which ``s`` sorts. A longer one is searched or filtered first."""

    def is_long(self, rows: DataList[object]) -> bool:
        """Return whether there are too many rows to sort."""
        return rows.is_long

    async def do_sort(self) -> None:
        """Ask for a column in a box and sort by it, in the other direction if it was chosen before; show why
        not if the list is too long."""
        rows: DataList[object] = self.query_one(DataList)
        if self.is_long(rows):
            self.app.tell(too_long(SORT), "warn")
            return
        columns = [column for column in rows.columns if column.title]
        by = rows.ordered_by
        options = [
            Pick(str(place), column.title, note=("↓" if rows.downwards else "↑") if column is by else "")
            for place, column in enumerate(columns)
        ]
        if by is not None:
            options.append(Pick(OWN_ORDER, _("As it was"), key="0"))
        selected = str(columns.index(by)) if by in columns else ""
        chosen = await choose(self, _("Sort by what?"), options, selected=selected)
        if chosen is not None:
            rows.order_by(columns[int(chosen)] if chosen != OWN_ORDER else None)

    def respeak(self) -> None:
        """Draw every text again, and sort again: another language has another order."""
        super().respeak()
        rows = self.query_one(DataList)
        if rows.ordered_by is not None:
            rows.reload()


def too_long(command: ScreenCommand) -> Message:
    """Build the message that the list is too long for ``command``."""
    said = {"label": command.label, "count": datalist.HELD}
    return _("{label}: the list is longer than {count} rows. Search or filter it first.", **said)
