"""The ranking of a period and commendations as commands (B.7.1); on the screen both stand in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from db.desk import Invalid, Problem
from db.desk.cases.praise import Praise, PraiseOffer, PraiseRow
from db.desk.cases.ranking import Ranked
from db.desk.due_dates import today
from db.language import Text, _
from reports.period import parse_period
from reports.report import Period
from tui.sheets.asks import Ask, At, Flag, OfferedAnswer, OneOf, Typed
from tui.sheets.sheet import Column, Sheet, Verb
from tui.sheets.units import unit_in

DAYS = 90
"""Days up to today that are ranked unless somebody says otherwise."""


def recent_period() -> Period:
    return Period(today() - timedelta(days=DAYS), today())


@dataclass(frozen=True, eq=False)
class PeriodAsk(Ask[Period]):
    """A period as people write it; a command says it, a screen has it chosen before."""

    def read(self, at: At[Any], word: str) -> Period:
        """Return the period that ``word`` names. Raises Invalid."""
        return parse_period(word, today())

    def as_word(self, answer: Period) -> str:
        return f"{answer.first}..{answer.last}"

    def default_answer(self) -> Period:
        return recent_period()


BOOK: OneOf[PraiseOffer] = OneOf(
    "book",
    _("The directory; needed where you are in several."),
    choices=lambda at: [OfferedAnswer(one, one.book_label) for one in Praise(at.desk).offers()],
    nothing=_("None of your directories has a ranking."),
    obvious=True,
    word=lambda one: one.book,
)
PERIOD = PeriodAsk(
    "period", _("Such as 2026-11, 2026-Q4 or 30d; the last 90 days unless said."), required=False
)
WORD = Typed("word", _("A word of praise"), required=False)
ANYWAY = Flag("anyway", _("Also where the figures are against it."), title=_("Praise all the same?"))
CALLED = unit_in(lambda at: at[BOOK].book)
"""What the book that is ranked calls a unit."""


def _either(at: At[Any]) -> Text:
    return _("{unit} or person", unit=CALLED(at))


def _ranked(at: At[Any]) -> Sequence[Ranked]:
    period = at[PERIOD]
    return Praise(at.desk).ranking(at[BOOK].book, period.first, period.last)


def _key(row: Ranked) -> str:
    return f"{row.unit}" if row.entry is None else f"{row.unit}/{row.entry}"


def _commend(at: At[Ranked]) -> int:
    period, (unit, entry) = at[PERIOD], _parse_praised(at.word)
    return Praise(at.desk).commend(
        at[BOOK].book, period.first, period.last, unit, entry, at[WORD], anyway=at[ANYWAY]
    )


def _parse_praised(word: str) -> tuple[int, int | None]:
    """Return unit and entry from a key that `_key` wrote. Raises Invalid for anything else."""
    unit, slash, entry = word.partition("/")
    numbers = [unit, entry] if slash else [unit]
    if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in numbers):
        raise Invalid(Problem("", _("{number} is not in your list.", number=word)))
    return int(unit), int(entry) if slash else None


def _percent(share: int | None) -> str:
    return "" if share is None else f"{share} %"


COMMEND: Verb[Ranked] = Verb(
    id="commend",
    operation="praise.commend",
    label=_("Commend"),
    help=_("Praise a department or person of the ranking; they hear it."),
    asks=(PERIOD, WORD, ANYWAY),
    do=_commend,
    done=lambda _at, number: _("Commended; it is on record as {number}.", number=number),
    example="ranking commend 12/31 --period 2026-Q4 --word 'always in time'",
)
TAKE_BACK: Verb[PraiseRow] = Verb(
    id="strike",
    operation="praise.take_back",
    key="x",
    label=_("Take back"),
    help=_("Take a commendation back; whoever was praised hears it."),
    on="one",
    do=lambda at: Praise(at.desk).take_back(at.number),
    done=lambda _at, _made: _("Taken back; whoever was praised hears it."),
    example="commendations strike 3",
)
RANKING: Sheet[Ranked] = Sheet(
    id="ranking",
    operation="praise.ranking",
    title=_("Ranking"),
    about=_(
        "Timely: how many deadlines were kept. Accurate: how much of what reviews and reports of errors "
        "looked at was right. Whoever had nothing due and was not looked at has no place. Praise is "
        "announced to who is praised, and everybody of the directory can see what is on record."
    ),
    help=_("Rank departments and people of a directory by how timely and accurate they are."),
    of=(BOOK, PERIOD),
    rows=_ranked,
    key=_key,
    named="whom",
    numbered=False,
    book=lambda at, _row: at[BOOK].book,
    columns=(
        Column("place", _("Place"), lambda row: row.place, 5, right=True),
        Column("name", _either, lambda row: row.name, tone="strong"),
        Column("unit", CALLED, lambda row: row.unit_name if row.entry else "", 16, few=True),
        Column(
            "in_time", _("In time"), lambda row: _percent(row.timeliness), 8, data=lambda row: row.timeliness
        ),
        Column("due", _("Due"), lambda row: row.due, 5, right=True),
        Column("right", _("Right"), lambda row: _percent(row.accuracy), 8, data=lambda row: row.accuracy),
        Column("looked_at", _("Looked at"), lambda row: row.looked_at, 5, right=True),
        Column("score", _("Together"), lambda row: _percent(row.score), 8, data=lambda row: row.score),
    ),
    verbs=(COMMEND,),
    empty=_("Nothing was due in this period, or its ranking is not yours to see."),
    example="ranking --period 2026-Q4",
)
COMMENDATIONS: Sheet[PraiseRow] = Sheet(
    id="commendations",
    operation="praise.list",
    title=_("Commendations"),
    about=RANKING.about,
    help=_("List who was commended in a directory."),
    of=(BOOK,),
    rows=lambda at: Praise(at.desk).list(at[BOOK].book),
    key=lambda row: row.id,
    named="commendation",
    book=lambda at, _row: at[BOOK].book,
    columns=(
        Column("when", _("When"), lambda row: row.at[:10], 10),
        Column("whom", _("Praised"), lambda row: row.whom, 16, tone="strong"),
        Column("period", _("Period"), lambda row: f"{row.first} – {row.last}", 23),
        Column("word", _("Word"), lambda row: row.word),
        Column("by", _("Praised by"), lambda row: row.by, 8, in_english=10),
    ),
    verbs=(TAKE_BACK,),
    empty=_("Nobody was commended yet. Whoever has a place in the ranking can be."),
    example="commendations",
)
