"""Entries under review, by exception: what is wrong is corrected, who is gone is removed, and the rest of
what was read is right by one key (B.5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from db.desk.reviews.review_views import CampaignRow, ItemRow, Spread, UnitPart
from db.desk.reviews.reviews import AT_ONCE, Reviews
from db.language import Text, _, listed
from tui.kit import SEARCH, Cell, DataList, ListColumn, ScreenCommand, Styled, TextInput, confirm, datalist
from tui.kit.sorting import SORT
from tui.screens.asking.change import ChangeScreen
from tui.screens.reviews.list import NEXT, PROGRESS, SHOW, ReviewList
from tui.screens.sheets.marking import ALL, MARK, RANGE, UNMARK

Line = UnitPart | ItemRow
"""A line of the list: the heading of a unit, or an entry of it."""
PREVIOUS = ScreenCommand(
    "previous",
    "left_square_bracket",
    _("Previous"),
    _("Back to the one before that is open."),
    footer=False,
    looks=True,
)
FOLD = ScreenCommand(
    "fold", "enter", _("Fold"), _("Fold a department, or show what is in it."), footer=False, looks=True
)


class ReviewEntries(ReviewList):
    """One entry a line under the heading of its unit. A unit of which nothing is open is folded.

    What was never drawn is never decided: one key for several takes what the list drew, as it drew it.
    """

    NAME = _("Review of entries")
    ABOUT = _(
        "Read down and mark what is wrong; the rest is right by one key. a: right. b: something is wrong, "
        "the change form opens and what you submit goes to those who decide. x: the person is gone; it stays "
        "under way until the entry is removed. * marks the rest of a department on its heading, else all "
        "that you read; a lists them first. What you did not scroll to is not among them."
    )
    KEYS = (
        ScreenCommand("right", "a", _("Right"), _("The entry is right as it stands.")),
        ScreenCommand(
            "wrong", "b", _("Wrong"), _("Something is wrong: correct it in the change form."), looks=True
        ),
        ScreenCommand("gone", "x", _("Gone"), _("The person is gone; the entry is to be removed.")),
        ALL,
        MARK,
        RANGE,
        UNMARK,
        SEARCH,
        FOLD,
        NEXT,
        PREVIOUS,
        SHOW,
        SORT,
        PROGRESS,
    )
    SHOWS_UNIT = False

    def __init__(self, campaign: CampaignRow) -> None:
        super().__init__(campaign)
        self._spread = Spread((), ())
        self._turned: set[int] = set()
        """Units that are folded though something is open there, or shown though nothing is."""
        self._anchor: int | None = None
        self._units: dict[Any, int] = {}
        """The unit of each entry that was read."""

    def body(self) -> ComposeResult:
        yield TextInput(hint=_("Part of a name"), classes="search")
        yield from super().body()

    def list_of(self, columns: Sequence[ListColumn[ItemRow]]) -> DataList[Any]:
        return DataList[Any](
            columns,
            key=_key,
            empty=_("There is nothing here to decide."),
            multi=True,
            heads=self._heading,
        )

    def on_mount(self) -> None:
        self.query_one(".search").display = False  # Textual goes on with what the base does

    # The list

    @property
    def _list(self) -> DataList[Line]:
        rows: DataList[Line] = self.query_one(DataList)
        return rows

    @property
    def _words(self) -> str:
        return self.query_one(TextInput).value.strip()

    @property
    def current(self) -> ItemRow | None:
        """The entry under the cursor; None on a heading."""
        row = self._list.current if self.is_mounted else None
        return row if isinstance(row, ItemRow) else None

    @property
    def _part(self) -> UnitPart | None:
        """The unit whose heading the cursor is on."""
        row = self._list.current if self.is_mounted else None
        return row if isinstance(row, UnitPart) else None

    def _show_items(self) -> None:
        self._list.show(self._fetch_items, total=self._length)

    def _count(self) -> None:
        self._spread = Reviews(self.app.desk).spread(self._campaign.id, self._which, self._words)
        self._list.ends_at(self._length)
        super()._count()

    def _counts(self) -> list[Text | Styled]:
        found, hands = super()._counts(), self._spread.hands
        found += [" │"] if hands else []
        found += [Styled(f"  {name} {count}", "dim") for name, count in hands]
        return found

    def _is_folded(self, part: UnitPart) -> bool:
        is_done = part.count.open == 0 and not self._campaign.closed and not self._words
        return is_done != (part.unit in self._turned)

    def _lines_of(self, part: UnitPart) -> int:
        return 1 if self._is_folded(part) else 1 + part.count.total

    @property
    def _length(self) -> int:
        return sum(map(self._lines_of, self._spread.parts))

    def _fetch_items(self, offset: int, limit: int) -> tuple[Any, ...]:
        found: list[Line] = []
        for part in self._spread.parts:
            size = self._lines_of(part)
            if offset >= size:
                offset -= size
                continue
            if offset == 0:
                found.append(part)
            if size > 1 and len(found) < limit:
                found += self._items(part.unit, max(offset - 1, 0), limit - len(found))
            offset = 0
            if len(found) >= limit:
                break
        return tuple(found[:limit])

    def _items(self, unit: int, offset: int = 0, limit: int = AT_ONCE) -> tuple[ItemRow, ...]:
        """Fetch entries of ``unit``; in a sorted list, sorted within units of up to `HELD` entries."""
        words, which, reviews = self._words, self._which, Reviews(self.app.desk)
        if self._list.ordered_by is not None:
            rows = reviews.items(self._campaign.id, which, 0, datalist.HELD + 1, unit, words=words)
            self._units.update((row.id, unit) for row in rows)
            ordered: Sequence[Any] = self._list.in_order(rows)
            if len(rows) <= datalist.HELD:
                return tuple(ordered[offset : offset + limit])
        rows = reviews.items(self._campaign.id, which, offset, limit, unit, words=words)
        self._units.update((row.id, unit) for row in rows)
        return rows

    def is_long(self, _rows: DataList[Any]) -> bool:
        return False

    def _all_of(self, part: UnitPart) -> Iterator[ItemRow]:
        offset = 0
        while rows := self._items(part.unit, offset):
            yield from rows
            offset += len(rows)

    def _heading(self, row: Line) -> Cell | None:
        if isinstance(row, ItemRow):
            return None
        sign, count = ("▸" if self._is_folded(row) else "▾"), row.count
        told: Text = _("{total}, open {open}", total=count.total, open=count.open)
        return [Styled(f"{row.name} ", "head"), Styled(told, "warn" if count.open else "dim"), f" {sign}"]

    @on(Input.Changed)
    def _narrow_typed(self) -> None:
        self._count()
        self._show_items()

    def do_search(self) -> None:
        self.query_one(".search").display = True
        super().do_search()

    def do_back(self) -> None:
        """Leave the search field; at the next call clear and hide it; then leave the screen."""
        field = self.query_one(TextInput)
        if self.is_typing() or not field.value:
            field.display = bool(field.value)
            super().do_back()
        else:
            field.value, field.display = "", False

    def do_fold(self) -> None:
        part = self._part
        if part is not None:
            self._turned ^= {part.unit}
            self._reload()

    # Moving among what is open

    def do_next(self) -> None:
        self._seek_open(1)

    def do_previous(self) -> None:
        self._seek_open(-1)

    def _go_on(self, after: int | None = None) -> None:
        self._seek_open(1)

    def _seek_open(self, way: int) -> None:
        """Move the cursor to the next open entry in that direction; stay if there is none."""
        self._turned -= {part.unit for part in self._spread.parts if part.count.open}
        self._list.ends_at(self._length)
        found = chain(self._open_places(way, self._list.cursor), self._open_places(way))
        place = next(found, None)
        if place is not None:
            self._list.go(place)

    def _open_places(self, way: int, beyond: int | None = None) -> Iterator[int]:
        """Yield the places of open entries, all or those ``beyond`` a place, in that direction; fetched page
        by page, as mostly only the next one counts."""
        starts = accumulate(map(self._lines_of, self._spread.parts), initial=0)
        parts = list(zip(starts, self._spread.parts, strict=False))
        for start, part in parts[::way]:
            for offset in range(0, part.count.total if part.count.open else 0, AT_ONCE)[::way]:
                first = start + 1 + offset
                if beyond is not None and ((first + AT_ONCE - 1 if way > 0 else first) - beyond) * way <= 0:
                    continue
                places = list(enumerate(self._items(part.unit, offset), first))
                for place, row in places[::way]:
                    if row.status == "open" and (beyond is None or (place - beyond) * way > 0):
                        yield place

    # Marks

    def do_mark(self) -> None:
        """Mark or unmark the entry and go to the next; on a heading, show that it can't be marked."""
        self._list.action_mark()

    def do_range(self) -> None:
        if self._anchor is None:
            self._anchor = self._list.cursor
            self.app.tell(_("From here; press m again where it ends."))
            return
        first, last = sorted((self._anchor, self._list.cursor))
        self._anchor = None
        self._mark_rows(row for row in self._fetch_items(first, last - first + 1) if isinstance(row, ItemRow))

    def do_mark_all(self) -> None:
        """Mark the open entries of the unit under the cursor's heading, else of all units drawn, as far as
        they were drawn; show how many were not."""
        drawn = {self._units[number] for number in self._list.drawn if number in self._units}
        parts = [self._part] if self._part is not None else self._spread.parts
        mine = Reviews(self.app.desk).spread(self._campaign.id, "mine", self._words).parts
        undrawn = {part.unit for part in parts} - drawn
        unread = sum(part.count.open for part in mine if part.unit in undrawn)
        self._mark_rows((row for part in parts if part.unit in drawn for row in self._all_of(part)), unread)

    def _mark_rows(self, rows: Iterable[ItemRow], unread: int = 0) -> None:
        """Mark those of ``rows`` that are open, decided by the reader, and were drawn as they are. Show how
        many were not drawn (``unread`` others included), or that nothing is open here."""
        found = list[Line]()
        for row in rows:
            if row.status == "open" and row.mine and self._was_read(row):
                found.append(row)
            elif row.status == "open" and row.mine:
                unread += 1
        self._list.mark_rows(found)
        if not found and not unread:
            self.app.tell(_("Nothing is open here that you decide."), "warn")
        if unread:
            told = _(
                "Not marked: {count}, which you have not seen as they are. Scroll to them.", count=unread
            )
            self.app.tell(told, "warn")

    def _was_read(self, row: ItemRow) -> bool:
        """Return whether this version of the entry was drawn."""
        drawn = self._list.drawn.get(row.id)
        return isinstance(drawn, ItemRow) and drawn.version == row.version

    def do_unmark(self) -> None:
        self._anchor = None
        self._list.clear_marks()
        self.refresh_keys()

    @on(DataList.Marked)
    def _renew_keys(self) -> None:
        self.refresh_keys()

    # Deciding

    async def do_right(self) -> None:
        """Ask, and decide that the marked entries, the unit's rest, or the one under the cursor are right, as
        far as they were drawn."""
        if not self._list.marked and self._part is not None:
            self.do_mark_all()
        rows = [row for row in self._list.marked.values() if isinstance(row, ItemRow)]
        rows = [row for row in rows if self._was_read(row)]
        if rows:
            await self._decide_rest(rows)
        elif self._part is None:
            await super().do_right()

    async def _decide_rest(self, rows: Sequence[ItemRow]) -> None:
        """List the names, and after a yes decide, recorded, that these entries are right as drawn; show those
        left out and why."""
        title = _("Right as they stand: {count}", count=len(rows))
        if not await confirm(self, title, text=listed(row.name for row in rows), yes=_("Right")):
            return
        left = Reviews(self.app.desk).decide_rest(self._campaign.id, [(row.id, row.version) for row in rows])
        self._list.clear_marks()
        self._reload()
        self._seek_open(1)
        said: Text = _("Right: {count}", count=len(rows) - len(left))
        if left:
            names = {row.id: row.name for row in rows}
            why = listed(_("{who}: {why}", who=names[one.item], why=one.why) for one in left)
            said = _("{count}. Left out {number}: {why}", count=said, number=len(left), why=why)
        self.app.tell(said, "warn" if left else "good")

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible. Correcting takes the right to propose; reporting somebody as
        gone is not for people who confirm their own entry."""
        row, is_open = self.current, not self._campaign.closed
        if command_id == "right":
            return self.decidable or (
                is_open and self.is_mounted and (bool(self._list.marked) or self._part is not None)
            )
        if command_id == "fold":
            return self._part is not None and not self.is_typing()  # Enter in the field leads to the list
        if command_id in ("mark", "range", "mark-all"):
            decides = command_id != "range" or bool(self._campaign.mine)
            return is_open and decides and (row is not None or command_id == "mark-all")
        if command_id in ("next", "previous"):
            return self.is_mounted and self._list.current is not None
        if command_id == "wrong":
            return self.decidable and row is not None and row.may_propose
        if command_id == "gone":
            answers_for_others = self._campaign.kind != "confirmation" or self._campaign.oversees
            return self.decidable and "removed" in self._campaign.verdicts and answers_for_others
        return super().can(command_id)

    async def do_wrong(self) -> None:
        """Open the change form; once a change is submitted, record the entry as corrected."""
        row = self.current
        if row is None or row.entry is None:
            return
        form = self.app.desk.changes.form(row.entry)
        number = await self.app.push_screen_wait(ChangeScreen(form))
        if number is not None:
            await self.decide_anew("corrected", request=number)

    async def do_gone(self) -> None:
        """Ask, then decide, recorded, that the entry is to be removed."""
        row = self.current
        if row is None or not await confirm(
            self,
            _("Is {name} gone?", name=row.name),
            text=_("The entry is to be removed, and with it the account and the rights."),
            yes=_("Gone"),
            no=_("Keep it"),
        ):
            return
        if not await self.decide_anew("removed"):
            return
        self.app.tell(_("Marked as gone. It is under way until the entry is removed."), "warn")


def _key(row: Line) -> int | str:
    return row.id if isinstance(row, ItemRow) else f"unit {row.unit}"
