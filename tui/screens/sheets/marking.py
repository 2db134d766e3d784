"""Marking rows of a list: one, all from here to there, all alike, all that are shown."""

from __future__ import annotations

from typing import Any, ClassVar, Generic

from db.language import _
from tui.kit import DataList, FramedScreen, ScreenCommand
from tui.sheets.asks import Key, Row
from tui.sheets.reading import few_alike
from tui.sheets.sheet import Sheet

RANGE = ScreenCommand(
    "range", "m", _("Mark to here"), _("Mark from one row to another: press it at both."), looks=True
)
ALIKE = ScreenCommand(
    "alike",
    "equals_sign",
    _("Mark alike"),
    _("Mark all rows like the one under the cursor."),
    footer=False,
    looks=True,
)
ALL = ScreenCommand("mark-all", "asterisk", _("Mark all"), _("Mark every row that is shown."), footer=False)
UNMARK = ScreenCommand("unmark", "minus", _("Unmark"), _("Drop all marks."), footer=False)
MARK = ScreenCommand(
    "mark", "space", _("Mark"), _("Mark or unmark the row under the cursor."), footer=False, looks=True
)
MARKING = (MARK, RANGE, ALIKE, ALL, UNMARK)


class MarkingScreen(FramedScreen, Generic[Row]):
    """A screen with the list of a sheet, ``_shown`` as it is sorted and narrowed."""

    SHEET: ClassVar[Sheet[Any]]

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Row] = []
        self._anchor: Key | None = None
        """Where a range begins that has no end yet."""

    @property
    def _list(self) -> DataList[Row]:
        rows: DataList[Row] = self.query_one(DataList)
        return rows

    @property
    def current(self) -> Row | None:
        return self._list.current if self.is_mounted else None

    def do_mark(self) -> None:
        self._list.action_mark()

    def do_range(self) -> None:
        row = self.current
        if row is None:
            return
        keys = [self.SHEET.key(one) for one in self._shown]
        if self._anchor not in keys:
            self._anchor = self.SHEET.key(row)
            self.app.tell(_("From here; press m again where it ends."))
            return
        first, last = sorted((keys.index(self._anchor), self._list.cursor))
        self._anchor = None
        self._list.mark_rows(self._shown[first : last + 1])

    def do_alike(self) -> None:
        """Mark the rows that equal this one in all columns of few values."""
        row = self.current
        if row is not None:
            self._list.mark_rows(
                [one for one in self._shown if one is row or few_alike(self.SHEET, row, one)]
            )

    def do_mark_all(self) -> None:
        self._list.mark_rows(self._shown)

    def do_unmark(self) -> None:
        self._anchor = None
        self._list.clear_marks()
        self.refresh_keys()
