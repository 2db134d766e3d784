"""The calendar: days off and days worked, as the organisation or one directory added them."""

from __future__ import annotations

from typing import Any, Final

from db.desk.calendars.calendars import LABELS, DeclaredDay, MovedDeadlines, PastLine
from db.language import Text, _, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf
from tui.sheets.cell import Cell, Styled
from tui.sheets.files import TableAsk
from tui.sheets.sheet import Column, Question, Sheet, Verb

ORGANISATION: Final = ""


def known_calendars(at: At[Any]) -> list[OfferedAnswer[str]]:
    """Return the choices of whose days to look at: the organisation's, and each of the reader's books."""
    books = [OfferedAnswer(one.id, one.title) for one in at.desk.me.who().books]
    return [OfferedAnswer(ORGANISATION, _("The organisation"), word="organisation"), *books]


WHOSE: Final[OneOf[str]] = OneOf(
    "book",
    _("A directory, for days of its own; left out: the organisation's."),
    title=_("Whose days?"),
    choices=known_calendars,
    required=False,
    missing=ORGANISATION,
)
FILE: Final = TableAsk("file", _("A file in your tray: day, kind, name."))


def _keeps(at: At[Any]) -> bool:
    return at.desk.calendar.status(at[WHOSE]).keeps


def _unknown(at: At[Any]) -> Cell:
    years = at.desk.calendar.status(at[WHOSE]).unknown
    if not years:
        return ""
    told = _("Deadlines reach into {years}; its holidays are not known yet.", years=listed(map(str, years)))
    return [Styled(told, "bad")]


def change_words(changed: MovedDeadlines) -> Text:
    if not changed.days:
        return _("Nothing new: the calendar has these days already.")
    return _(
        "Days: {days}. Deadlines moved: {moved}; people told: {told}.",
        days=changed.days,
        moved=changed.moved,
        told=changed.told,
    )


def _ask_to_remove(at: At[DeclaredDay]) -> Question:
    return Question(
        _("Remove these days: {days}?", days=listed(row.day for row in at.rows)),
        text=_("Deadlines under way are counted again, and those concerned are told."),
        yes=_("Remove"),
        no=_("Leave them in"),
    )


IMPORT: Verb[DeclaredDay] = Verb(
    id="import",
    operation="calendar.add",
    key="i",
    label=_("Import"),
    help=_("Take in a file of days from your tray."),
    on="none",
    asks=(WHOSE, FILE),
    open_to=_keeps,
    do=lambda at: at.desk.calendar.add(at[WHOSE], at[FILE].rows, at[FILE].source),
    done=lambda _at, changed: change_words(changed),
    example="calendar import --file 7f3a",
    lengthy=True,
)
REMOVE: Verb[DeclaredDay] = Verb(
    id="remove",
    operation="calendar.take_out",
    key="x",
    label=_("Remove"),
    help=_("Remove days, which are again as they are without the calendar."),
    on="all",
    asks=(WHOSE,),
    open_to=_keeps,
    sure=_ask_to_remove,
    do=lambda at: at.desk.calendar.take_out(at[WHOSE], [str(key) for key in at.keys]),
    done=lambda _at, changed: change_words(changed),
    example="calendar remove 2027-02-20",
    lengthy=True,
)


CALENDAR: Sheet[DeclaredDay] = Sheet(
    id="calendar",
    operation="calendar.days",
    title=_("Calendar"),
    about=_(
        "Days that are off, or worked, other than the public holidays that come with mingce: what was "
        "announced since, make-up workdays, company and school days. Deadlines are counted in them. Whoever "
        "keeps the calendar takes in a file (CSV or XLSX with day, kind, name), all of it or nothing."
    ),
    help=_("List the days that the organisation, or one directory, added to the calendar."),
    of=(WHOSE,),
    rows=lambda at: at.desk.calendar.days(at[WHOSE]),
    key=lambda row: row.day,
    named="day",
    numbered=False,
    said=_unknown,
    columns=(
        Column("day", _("Day"), lambda row: row.day, 10, tone="strong"),
        Column("year", _("Year"), lambda row: row.day[:4], 5, few=True),
        Column("kind", _("Kind"), lambda row: LABELS[row.kind], 8, few=True, data=lambda row: row.kind),
        Column("name", _("Occasion"), lambda row: row.name),
        Column("since", _("Added on"), lambda row: row.since, 10),
        Column("source", _("File"), lambda row: row.source, 20, from_width=100, few=True),
    ),
    verbs=(IMPORT, REMOVE),
    empty=_("No days were added. Without them the public holidays count that come with mingce."),
    example="calendar --only year=2027",
)
HISTORY: Sheet[PastLine] = Sheet(
    id="calendar history",
    operation="calendar.history",
    title=_("History of the calendar"),
    about=_("Calendar history, newest first."),
    help=_("List who put which days into the calendar, or took them out."),
    of=(WHOSE,),
    rows=lambda at: at.desk.calendar.history(at[WHOSE]),
    key=lambda row: row.id,
    named="line",
    numbered=False,
    columns=(
        Column("at", _("When"), lambda row: row.at, 16),
        Column("by", _("Who"), lambda row: row.by, 10, few=True),
        Column("day", _("Day"), lambda row: row.day, 10, tone="strong"),
        Column("kind", _("Kind"), lambda row: LABELS[row.kind], 9, few=True, data=lambda row: row.kind),
        Column("name", _("Occasion"), lambda row: row.name),
        Column("source", _("File"), lambda row: row.source.partition(" ")[0], 20, from_width=100, few=True),
    ),
    empty=_("Nobody changed this calendar."),
    example="calendar history --book class",
)
