"""An emergency: who of a class was reached, the numbers to call at once, and what came of a call (D.9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from db.desk import Refused
from db.desk.emergency.calls import OUTCOMES, CallSheet, Outcome, RollLine
from db.desk.emergency.emergencies import Emergencies
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT
from db.language import Text, _, _n
from tui.sheets.asks import At, Number, OfferedAnswer, OneOf
from tui.sheets.books import ELSE
from tui.sheets.cell import Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import NEVER, Column, Sheet, Verb, Whole, nothing
from tui.sheets.units import UnitAsk, unit_in

NONE = _("None of your directories keeps an emergency list that is open to you.")


def _books_with_list(at: At[Any]) -> Sequence[str]:
    """Return the book of the answers, else all that keep an emergency list. Raises Refused if none does."""
    chosen = at.answers.get(BOOK.id)
    found = [chosen] if chosen else Emergencies(at.desk).books()
    if not found:
        raise Refused(NONE, SILENT, ELSE)
    return found


def _books(at: At[Any]) -> list[OfferedAnswer[str]]:
    kept = Emergencies(at.desk).books()
    return [OfferedAnswer(one.id, one.title) for one in at.desk.directory.books() if one.id in kept]


BOOK: OneOf[str] = OneOf(
    "book",
    _("Only this directory; else all of yours."),
    required=False,
    choices=_books,
    nothing=NONE,
    advice=ELSE,
)
UNIT = UnitAsk(
    "unit", _("Only from this unit down: its name or number."), required=False, books=_books_with_list
)
CALLED = Number("number", _("The place of the number that was called."))
OUTCOME: OneOf[Outcome] = OneOf(
    "outcome",
    _("What came of the call."),
    choices=lambda _at: [OfferedAnswer(one, OUTCOMES[one]) for one in get_args(Outcome)],
)


def _rows(at: At[Any]) -> Sequence[RollLine]:
    rows: list[RollLine] = []
    for book, unit in at[UNIT] or [(book, None) for book in _books_with_list(at)]:
        rows += Emergencies(at.desk).roll(book, unit)
    return rows


def state(row: RollLine) -> Styled:
    if row.reached:
        return Styled(_("reached"), "good")
    if row.calls:
        called = _n("{count} call, not reached", "{count} calls, not reached", count=row.calls)
        return Styled(called, "warn")
    return Styled(_("not called yet"), "dim")


def _facts(_at: At[Any], sheet: CallSheet) -> list[Fact]:
    """Return facts of a call sheet: whom to call now, then all numbers in order with the calls made."""
    now = next((one for one in sheet.numbers if one.place == sheet.next), None)
    found: list[Fact] = [("", f"{sheet.name} {sheet.unit}".strip())]
    if now is not None:
        found.append(("", _("Call now: {who}", who=f"{now.whose or now.label} {now.text}")))
    elif sheet.reached:
        found.append(("", _("Somebody was reached. Call again only if you need to.")))
    else:
        found.append(("", sheet.stuck))
    for one in sheet.numbers:
        calls: list[Text | Styled] = []
        for call in one.attempts:
            calls += ["  ", call.label, f" {local(call.at)[11:16]} {call.by}"]
        found.append(([f"{one.place} ", one.whose or one.label], [one.text, *calls]))
    return [*found, ("", clause_text(sheet.clause))]


def _data(sheet: CallSheet) -> dict[str, object]:
    return {
        "entry": sheet.entry,
        "name": sheet.name,
        "unit": sheet.unit,
        "next": sheet.next,
        "reached": sheet.reached,
        "numbers": [
            {
                "place": one.place,
                "whose": one.whose,
                "number": one.text,
                "calls": [{"at": call.at, "by": call.by, "outcome": call.outcome} for call in one.attempts],
            }
            for one in sheet.numbers
        ],
        "clause": sheet.clause,
    }


NOTE: Verb[RollLine] = Verb(
    id="called",
    operation="emergency.note",
    label=_("Called"),
    help=_("Note what came of a call; the next number is shown."),
    asks=(CALLED, OUTCOME),
    do=lambda at: Emergencies(at.desk).note(at.number, at.answers[CALLED.id], at[OUTCOME]),
    done=lambda _at, _made: _("Noted."),
    shows=_facts,
    example="emergency called 412 --number 1 --outcome no-answer",
)
EMERGENCY: Sheet[RollLine] = Sheet(
    id="emergency",
    operation="emergency.roll",
    title=_("Emergency"),
    about=_(
        "Everybody of the class and whether the family was reached within the last twelve hours. Enter shows "
        "the number to call now; whoever stands in for you sees the same."
    ),
    help=_("In an emergency: who was reached, or the numbers of one entry in calling order."),
    of=(BOOK, UNIT),
    rows=_rows,
    key=lambda row: row.entry,
    named="entry",
    whole=Whole("emergency.open", lambda at: Emergencies(at.desk).open(at.number), _facts, _data),
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at.answers.get(BOOK.id)), lambda row: row.unit, few=True),
        Column("calls", _("Calls"), lambda row: state(row).text, 26, few=True,
               tone=lambda row: state(row).tone, data=lambda row: row.calls),
        Column("reached", _("Reached"), nothing, from_width=NEVER, data=lambda row: row.reached),
    ),
    verbs=(NOTE,),
    empty=_("Nobody is within your reach."),
    example="emergency 412",
)  # fmt: skip
