"""The audit for information security (C.6): who, what, on whom, when, from where, by which clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from db.desk.audit.audit import AuditFilter, ChainState
from db.desk.audit.record_views import AuditRow
from db.desk.entry.naming import actor_name
from db.language import Text, _, _n, clause_words
from tui.kit import (
    DataList,
    FactList,
    ListColumn,
    Location,
    Pick,
    Preview,
    ScreenCommand,
    Styled,
    TextLine,
    ask_text,
    choose,
)
from tui.kit.sorting import SORT, SortedScreen
from tui.screens.audit.one import AuditOne, facts_of, outcome
from tui.screens.reports.out import read_period
from tui.screens.sheets.list import screen_of
from tui.sheets.granted import OPENED

NEXT_STRETCH = 0.05
"""Seconds between two stretches of the chain that are checked."""

PAGE = 100
"""Rows that are asked for at once."""
DIMENSIONS: dict[str, Text] = {
    "person": _("Who"),
    "object": _("On whom"),
    "act": _("Act"),
    "outcome": _("Outcome"),
    "clause": _("Clause"),
    "source": _("From"),
    "book": _("Directory"),
}


class AuditScreen(SortedScreen):
    """The records, newest first; what they are narrowed to and the chain's state above them."""

    CSS_PATH = "audit.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual declares it
    NAME = _("Audit")
    ABOUT = _(
        "Every act is here, the refused ones and the look-ups too, newest first. f keeps only the "
        "records that are like the one under the cursor in what you choose; Esc shows everything again. "
        "Each record is bound to the one before it; the corner says how far that was checked and whether "
        "it holds. Your own looks are recorded as well."
    )
    KEYS = (
        ScreenCommand(
            "open", "enter", _("Record"), _("Open the record with all its particulars."), looks=True
        ),
        ScreenCommand("undo", "f", _("All"), _("Show everything again."), looks=True),
        ScreenCommand("person", "f", _("Who"), _("Only this person; again for everybody."), looks=True),
        ScreenCommand(
            "object", "f", _("On whom"), _("Only what concerns this entry; again for all."), looks=True
        ),
        ScreenCommand("act", "f", _("Act"), _("Only this act; again for all."), looks=True),
        ScreenCommand(
            "outcome", "f", _("Outcome"), _("Only what was allowed, or refused, like this one."), looks=True
        ),
        ScreenCommand("clause", "f", _("Clause"), _("Only what this clause allowed or refused."), looks=True),
        ScreenCommand("source", "f", _("From"), _("Only from this address; again for all."), looks=True),
        ScreenCommand("opened", "v", OPENED.title, OPENED.help, footer=False),
        ScreenCommand("day", "p", _("Day"), _("Only this day; again for all days."), looks=True),
        ScreenCommand(
            "filter",
            "f",
            _("Something else, from a list"),
            _("Choose what to narrow by from a list, or a period."),
            looks=True,
        ),
        ScreenCommand("find", "slash", _("Find people"), _("Find a person by name or login."), second="f3"),
        SORT,
    )

    def __init__(self) -> None:
        super().__init__()
        self._filter = AuditFilter()
        self._words: dict[str, Text] = {}
        self._pages: dict[int, tuple[AuditRow, ...]] = {}

    def where(self) -> Location:
        return Location(self.NAME, tuple(self._words.values()))

    def body(self) -> ComposeResult:
        with Horizontal(id="state"):
            yield TextLine(id="narrowed")
            yield TextLine(id="chain")
        with Horizontal(id="records"):
            yield DataList[AuditRow](
                [
                    ListColumn(_("When"), lambda row: row.at[5:16], width=11, order=lambda row: row.seq),
                    ListColumn(
                        _("Who"), lambda row: actor_name(row.who or row.login or "–"), width=8, in_english=10
                    ),
                    ListColumn(_("Act"), lambda row: Styled(row.label, "strong")),
                    ListColumn(_("On whom"), lambda row: row.whom or row.unit, width=10),
                    ListColumn(_("Outcome"), outcome, width=12),
                    ListColumn(_("From"), lambda row: row.source, width=13, from_width=100),
                ],
                key=lambda row: row.seq,
                empty=_("No record fits. Esc shows all again."),
            )
            with Preview(id="preview"):
                yield FactList()

    def on_mount(self) -> None:
        self._show_records()
        self._check_chain()

    def can(self, command_id: str) -> bool:
        if command_id in ("filter", "find"):
            return True
        if command_id == "undo":
            return bool(self._words)
        row = self._current
        if row is None or command_id not in ("open", "day", *DIMENSIONS):
            return row is not None or command_id not in ("open", "day", *DIMENSIONS)
        return (
            command_id in ("open", "day") or bool(self._value(row, command_id)) or command_id in self._words
        )

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        """Return the possible commands; filters are labelled by what they would leave, or no longer
        filter."""
        return tuple(
            replace(one, label=self._narrowing(one)) if one.id in DIMENSIONS else one
            for one in super().offered_commands()
        )

    def _narrowing(self, command: ScreenCommand) -> Text:
        row = self._current
        if command.id in self._words:
            return _("{what}: all again", what=command.label)
        if row is None:
            return command.label
        return _("{what}: {value}", what=command.label, value=self._label(row, command.id))

    # The list

    @property
    def _current(self) -> AuditRow | None:
        rows = self.query_one(DataList) if self.is_mounted else None
        row: AuditRow | None = rows.current if rows is not None else None
        return row

    def _show_records(self) -> None:
        first = self.app.desk.audit.window(replace(self._filter, upto=None), 0, PAGE)
        self._filter = replace(self._filter, upto=first.upto)
        self._pages = {0: first.rows}
        self.query_one(DataList).show(self._fetch_rows, total=first.total)
        narrowed = Styled(_("narrowed"), "accent") if self._words else Styled(_("everything"), "dim")
        self.query_one("#narrowed", TextLine).show(
            [_n("{count} record", "{count} records", count=first.total), "  ", narrowed]
        )
        self.refresh_top()
        self.refresh_keys()

    def _fetch_rows(self, offset: int, limit: int) -> list[AuditRow]:
        """Fetch whole pages of records: each page is one look, recorded once however it is scrolled
        through."""
        first, last = offset // PAGE, (offset + limit - 1) // PAGE
        rows = [row for page in range(first, last + 1) for row in self._page(page)]
        return rows[offset - first * PAGE :][:limit]

    def _page(self, page: int) -> tuple[AuditRow, ...]:
        if page not in self._pages:
            self._pages[page] = self.app.desk.audit.window(self._filter, page * PAGE, PAGE).rows
        return self._pages[page]

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        row = self._current
        self.query_one(FactList).show(facts_of(row) if row is not None else [])
        self.refresh_keys()

    # Narrowing

    def _value(self, row: AuditRow, dimension: str) -> int | str | None:
        values: dict[str, int | str | None] = {
            "person": row.account,
            "object": row.entry,
            "act": row.act,
            "outcome": row.outcome,
            "clause": row.clause,
            "source": row.source,
            "book": row.book,
        }
        return values[dimension]

    def _label(self, row: AuditRow, dimension: str) -> Text:
        labels: dict[str, Text] = {
            "person": actor_name(row.who or row.login),
            "object": row.whom,
            "act": row.label,
            "outcome": outcome(replace(row, clause="")).text,
            "clause": clause_words(row.clause),
            "source": row.source,
            "book": row.book_label,
        }
        return labels[dimension]

    def narrow(self, dimension: str, value: int | str | None, label: Text) -> None:
        self._filter = replace(self._filter, **{dimension: value})  # type: ignore[arg-type]  # by name
        self._words.pop(dimension, None)
        if value is not None:
            self._words[dimension] = label
        self._show_records()

    def _toggle(self, dimension: str) -> None:
        row = self._current
        if dimension in self._words:
            self.narrow(dimension, None, "")
        elif row is not None:
            self.narrow(dimension, self._value(row, dimension), self._label(row, dimension))

    def do_person(self) -> None:
        self._toggle("person")

    def do_object(self) -> None:
        self._toggle("object")

    def do_act(self) -> None:
        self._toggle("act")

    def do_outcome(self) -> None:
        self._toggle("outcome")

    def do_clause(self) -> None:
        self._toggle("clause")

    def do_source(self) -> None:
        self._toggle("source")

    def do_day(self) -> None:
        row = self._current
        if "period" in self._words:
            self._between(None, None, "")
        elif row is not None:
            day = date.fromisoformat(row.at[:10])
            self._between(day, day, row.at[:10])

    def do_back(self) -> None:
        if self._words:
            self.do_undo()
        else:
            super().do_back()

    def do_undo(self) -> None:
        self._filter, self._words = AuditFilter(), {}
        self._show_records()

    def _between(self, first: date | None, last: date | None, label: Text) -> None:
        self._filter = replace(self._filter, first=first, last=last)
        self._words.pop("period", None)
        if first is not None:
            self._words["period"] = label
        self._show_records()

    async def do_filter(self) -> None:
        """Ask for a dimension, then one of its values, the most frequent first, and narrow the list."""
        options = [Pick(name, label) for name, label in DIMENSIONS.items()]
        dimension = await choose(self, _("Narrow by"), [*options, Pick("period", _("Period"))])
        if dimension == "period":
            await self._choose_period()
        elif dimension is not None:
            facets = self.app.desk.audit.facets(self._filter, dimension)
            values = {str(facet.value): facet for facet in facets}
            offered = [Pick(key, facet.label, note=str(facet.count)) for key, facet in values.items()]
            chosen = await choose(self, DIMENSIONS[dimension], offered)
            if chosen is not None:
                self.narrow(dimension, values[chosen].value, values[chosen].label)

    async def _choose_period(self) -> None:
        period = await read_period(self)
        if period is not None:
            self._between(period.first, period.last, str(period))

    def do_opened(self) -> None:
        self.app.push_screen(screen_of(OPENED)())

    async def do_find(self) -> None:
        said = await ask_text(self, _("Person"), _("Name or login"), required=True, yes=_("Search"))
        if said is None:
            return
        found = self.app.desk.audit.person(said)
        if not found:
            self.app.tell(_("Nobody in your audit is called “{text}”.", text=said), "warn")
            return
        chosen: str | None = str(found[0].value)
        if len(found) > 1:
            chosen = await choose(self, _("Person"), [Pick(str(facet.value), facet.label) for facet in found])
        for facet in found:
            if str(facet.value) == chosen:
                self.narrow("person", facet.value, facet.label)

    def do_open(self) -> None:
        row = self._current
        if row is not None:
            self.app.push_screen(AuditOne(self.app.desk.audit.one(row.seq)))

    # The chain

    def _check_chain(self) -> None:
        """Verify the next stretch of the chain and show the state; repeat until all is checked or it is
        broken."""
        state = self.app.desk.audit.chain()
        self.query_one("#chain", TextLine).show(chain_words(state))
        if state.sound and not state.complete:
            self.set_timer(NEXT_STRETCH, self._check_chain)


def chain_words(state: ChainState) -> Styled:
    if not state.sound:
        return Styled(_("✗ Chain broken at record {seq}", seq=state.bad or state.checked), "bad")
    if state.complete:
        return Styled(
            _n("✓ Chain whole, {count} record", "✓ Chain whole, {count} records", count=state.records), "good"
        )
    return Styled(
        _("… Chain checked to {checked} of {count}", checked=state.checked, count=state.records), "dim"
    )
