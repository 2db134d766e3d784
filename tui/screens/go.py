"""What the box of g finds on record: people and units within reach, a request by its number, reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from db.desk.directory.directory_views import BookView
from db.desk.directory.kept_people import KeptLines
from db.desk.directory.units_named import UnitFound
from db.desk.entry.lines import EntryLine
from db.desk.today.todo import NONE, Chip
from db.language import LANGUAGES, _, say
from reports.catalogue import ReportOffer, catalogue
from tui.kit import FramedScreen, Styled
from tui.kit.base import KitApp
from tui.kit.go_target import GoTarget
from tui.kit.keyed import Keyed
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import CardScreen, said_marks
from tui.screens.directory.purpose import reveal_at_once, usual_purpose
from tui.screens.lifecycle.opening import open_leave_form, open_move_form
from tui.screens.reports.asked import ReportScope
from tui.screens.reports.view import open_drawn
from tui.screens.requests.card import open_request
from tui.screens.requests.queue import QueueScreen

PEOPLE: Final = 6
UNITS: Final = 3
REPORTS: Final = 3
EVENTS: Final[Mapping[str, re.Pattern[str]]] = {
    "leave": re.compile(r"离职|\b(lizhi|leaver?)\b", re.IGNORECASE),
    "move": re.compile(r"调动|调岗|\b(diaodong|diaogang|mover?)\b", re.IGNORECASE),
}
"""Words that begin a request about the person whose name stands before or behind them, without a blank."""
LABELS: Final = {"leave": _("Leaver"), "move": _("Move")}
FORMS: Final = {"leave": open_leave_form, "move": open_move_form}


class RecordFinder:
    """For one opening of the box. Every look-up of people that came to rest is put on record, once a book.
    Over a form there are people alone, whose cards lie over it: no other place, where it would be lost."""

    def __init__(self, app: KitApp) -> None:
        self._app = app
        self._books: Sequence[BookView] = app.desk.directory.books() if app.modes else ()
        self._leads_away = isinstance(app.screen, Keyed) and bool(app.screen.reachable_modes())
        self._shown: dict[str, set[str]] = {}
        self._recorded: set[tuple[str, str]] = set()
        self._kept_filters: Sequence[Chip] | None = None

    def find(self, text: str) -> Sequence[GoTarget]:
        """Return people first, then other targets that ``text`` finds; # finds a request alone, @ people
        alone. Records nothing."""
        wanted = text.lstrip("@#").strip()
        if text.startswith("#"):
            return [self._request(int(wanted))] if wanted.isascii() and wanted.isdigit() else []
        if event := self._event(text, wanted):
            return event
        found = [*self._people(text, wanted)] if wanted else [*self._app.ready_work(), *self._kept_targets()]
        if text.startswith("@") or not wanted or not self._leads_away:
            return found
        return [*found, *self._filters(wanted), *self._units(wanted), *self._reports(wanted)]

    def _event(self, text: str, wanted: str) -> Sequence[GoTarget]:
        """Return the people meant by a word such as 离职 and a name, each leading to the form of that event;
        none if the reader may not begin it."""
        kind = next((one for one, word in EVENTS.items() if word.search(wanted)), "")
        name = EVENTS[kind].sub("", wanted, count=1).strip() if kind else ""
        if not name:
            return []
        books = [book for book in self._books if kind in self._app.desk.lifecycle.begins(book.id)]
        return [*self._people(text, name, books, kind)]

    def record_lookup(self, text: str) -> None:
        """Record the look-up, once, in each book in which ``text`` showed somebody."""
        for book in self._shown.get(text, ()):
            if (book, text) not in self._recorded:
                self._recorded.add((book, text))
                self._app.desk.directory.settled(book, text.lstrip("@").strip())

    def forget_opened(self) -> bool:
        there = bool(self._app.desk.directory.kept().recent)
        if there:
            self._app.desk.directory.forget()
        return there

    def _kept_targets(self) -> Iterator[GoTarget]:
        """Yield favourites, then people opened lately."""
        books = {book.id: book for book in self._books}
        kept = self._app.desk.directory.kept() if books else KeptLines((), ())
        favourites = {line.entry for _book, line in kept.favourites}
        for book, line in (*kept.favourites, *(row for row in kept.recent if row[1].entry not in favourites)):
            if book in books:
                yield self._person(books[book], line, is_favourite=line.entry in favourites)

    def _people(
        self, text: str, wanted: str, books: Sequence[BookView] | None = None, kind: str = ""
    ) -> Iterator[GoTarget]:
        left, search = PEOPLE, self._app.desk.directory.search
        places = [(book, side) for book in (self._books if books is None else books) for side in book.sides]
        for near in (False, True):
            for book, side in places:
                rows = search(book.id, wanted, None, side, left, near=near) if left else ()
                if rows:
                    self._shown.setdefault(text, set()).add(book.id)
                left -= len(rows)
                yield from (self._person(book, row, kind=kind) for row in rows)
            if left < PEOPLE:
                return

    def _person(
        self, book: BookView, row: EntryLine, *, is_favourite: bool = False, kind: str = ""
    ) -> GoTarget:
        number = row.text("extension") or row.text("phone")
        place = row.organisation or row.unit_name
        said = [Styled(row.name, "strong"), *said_marks(row), f"  {row.position}  ", Styled(place, "dim")]
        if kind:
            go = partial(self._begin_form, kind, row.entry)
            return GoTarget(f"{kind} {row.entry}", _("Do"), said, LABELS[kind], "Enter", go)
        usual = usual_purpose(self._app, book.id)
        covered = any(field.look == "masked" for field in row.fields)
        return GoTarget(
            f"entry {row.entry}",
            _("Person"),
            [Styled("+ ", "accent") if is_favourite else "", *said, f"  {number}"],
            _("Card"),
            "Enter",
            partial(self._open_card, row.entry),
            partial(self._open_card, row.entry, at_once=True) if covered else None,
            _("Number: {purpose}", purpose=usual.label) if usual is not None else "",
        )

    def _begin_form(self, kind: str, entry: int) -> None:
        screen = self._app.screen
        if isinstance(screen, FramedScreen):
            FORMS[kind](screen, entry)

    async def _open_card(self, entry: int, *, at_once: bool = False) -> None:
        card = self._app.desk.directory.card(entry)
        screen, shown = self._app.screen, None
        if at_once and isinstance(screen, Keyed):
            shown = await reveal_at_once(screen, card)
        self._app.push_screen(CardScreen(shown or card))

    def _request(self, number: int) -> GoTarget:
        return GoTarget(
            f"request {number}",
            _("Request"),
            [Styled(f"#{number}", "strong"), "  ", _("of your own, or in your queue now or before")],
            _("Open"),
            f"#{number}",
            partial(open_request, self._app, number),
        )

    def _filters(self, wanted: str) -> Iterator[GoTarget]:
        """Yield the reader's kept filters of To do whose name contains ``wanted``."""
        if self._kept_filters is None:
            there = any(mode.id == "queue" for mode in self._app.modes)
            chips = self._app.desk.todo.window(NONE, 0, 0).chips if there else ()
            self._kept_filters = [chip for chip in chips if chip.facet == "kept"]
        for chip in self._kept_filters:
            if wanted.casefold() in say(chip.label, self._app.language).casefold():
                yield GoTarget(
                    f"filter {chip.value}",
                    _("Filter"),
                    [Styled(chip.label, "strong"), f"  {chip.count}"],
                    QueueScreen.NAME,
                    "3 f",
                    partial(self._show_filter, chip.value),
                )

    async def _show_filter(self, written: str) -> None:
        await self._app.switch_mode("queue")
        screen = self._app.screen_stack[0]
        if isinstance(screen, QueueScreen):
            screen.call_after_refresh(screen.choose_kept, written)

    def _units(self, wanted: str) -> Iterator[GoTarget]:
        left = UNITS
        for book in self._books:
            for unit in self._app.desk.directory.units_named(book.id, wanted, left) if left else ():
                left -= 1
                yield GoTarget(
                    f"unit {unit.id}",
                    _("Department"),
                    [Styled(unit.name, "strong"), "  ", Styled(unit.place, "dim")],
                    DirectoryScreen.NAME,
                    "u",
                    partial(self._show_unit, book.id, unit),
                )

    async def _show_unit(self, book: str, unit: UnitFound) -> None:
        if self._app.current_mode != "directory":
            await self._app.switch_mode("directory")
        first = self._app.screen_stack[0]
        for screen in self._app.screen_stack[1:]:
            if isinstance(screen, FramedScreen):
                screen.dismiss(None)
        if isinstance(first, DirectoryScreen):
            first.call_after_refresh(first.show_unit, book, unit.path)

    def _reports(self, wanted: str) -> Iterator[GoTarget]:
        if not self._app.desk.overview.offered():
            return
        words = wanted.casefold()
        kept = 0
        for offer in catalogue(self._app.desk):
            title = offer.kind.title
            names = " ".join([offer.kind.name, *(say(title, language) for language in LANGUAGES)])
            if kept < REPORTS and words in names.casefold():
                kept += 1
                yield GoTarget(
                    f"report {offer.kind.name}",
                    _("Report"),
                    [Styled(title, "strong"), "  ", Styled(offer.kind.about, "dim")],
                    _("Reports"),
                    "7",
                    partial(self._draw, offer),
                )

    async def _draw(self, offer: ReportOffer) -> None:
        screen = self._app.screen
        if isinstance(screen, FramedScreen):
            await open_drawn(screen, offer, ReportScope())
