"""Consents: what others want to be given of the reader's entry, and what was given to whom (B.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db.desk.asking.consent_desk import NO, OPEN, YES, ConsentLine, ConsentView, Received
from db.desk.asking.consents import ANSWERS
from db.desk.notation.localtime import local
from db.language import Message, Text, _, _n, clause_words, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact, Styled, Tone
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb
from tui.sheets.units import UNIT

STATES: Final[dict[str, tuple[Message, Tone]]] = {
    "asked": (_("waits for you"), "warn"),
    "given": (_("you agreed"), "good"),
    "refused": (_("you refused"), "bad"),
    "silent": (_("not answered"), "dim"),
    "withdrawn": (_("taken back"), "dim"),
    "left": (_("ended with your last day"), "dim"),
}


ASKED: Final[dict[str, Message]] = {**ANSWERS, "void": _("over")}
"""The same to those who keep the register; ``void``: the request came back or ended."""


def _answers(at: At[Any]) -> list[OfferedAnswer[str]]:
    """Return the answers to a request for consent: yes, yes without the protected fields if there are any,
    no."""
    row = next(iter(at.rows), None)
    found = [OfferedAnswer(YES, _("Yes, all of it"), note=row.to if row is not None else "")]
    if row is not None and row.protected:
        found.append(OfferedAnswer(OPEN, _("Yes, without {fields}", fields=listed(row.protected))))
    return [*found, OfferedAnswer(NO, _("No, none of it"))]


ANSWER_ASK: OneOf[str] = OneOf(
    "answer",
    _("Answer yes, open (yes, without protected fields) or no."),
    title=_("May your entry be given?"),
    choices=_answers,
)

ANSWER: Verb[ConsentView] = Verb(
    id="answer",
    operation="consents.answer",
    key="a",
    label=_("Answer"),
    help=_("Say yes, yes in part, or no."),
    asks=(ANSWER_ASK,),
    offered=lambda row: row.state == "asked",
    do=lambda at: at.desk.consents.answer(at.number, at[ANSWER_ASK]),
    done=lambda _at, _made: _("Your answer is on record."),
    example="consents answer 3 --answer yes",
)
WITHDRAW: Verb[ConsentView] = Verb(
    id="withdraw",
    operation="consents.withdraw",
    key="x",
    label=_("Take back"),
    help=_("Take a consent back; what was given is closed at once."),
    offered=lambda row: row.state == "given",
    sure=lambda _at: Question(_("Take your consent back?"), yes=_("Take back"), no=_("Keep it")),
    do=lambda at: at.desk.consents.withdraw(at.number),
    done=lambda _at, _made: _("Taken back; nobody sees it by that consent any more."),
    example="consents withdraw 3",
)


def _moment(at: str | None) -> Text:
    return local(at)[:16] if at else ""


def _facts(row: ConsentView) -> Sequence[Fact]:
    found: list[Fact] = [
        (_("Asked by"), row.asked_by),
        (_("Reason"), row.reason),
        (_("Given to"), _n("{unit}, for {days} day", "{unit}, for {days} days", unit=row.to, days=row.days)),
        (_("Answer until"), [day(row.due), "  ", Styled(clause_text(row.due_clause), "dim")]),
        (_("What of it"), listed(row.fields)),
        (_("Protected"), listed(row.protected) if row.protected else "–"),
    ]
    for label, moment in ((_("Answered"), row.answered_at), (_("Taken back"), row.withdrawn_at)):
        if moment is not None:
            found.append((label, _moment(moment)))
    return [*found, (_("Clause"), clause_words(row.clause))]


def _values(row: Received) -> Sequence[Text]:
    return [_("{name}: {value}", name=label, value=value) for label, value in row.values]


def _values_data(row: Received) -> object:
    return [{"label": label, "value": value} for label, value in row.values]


CONSENTS: Sheet[ConsentView] = Sheet(
    id="consents",
    operation="consents.mine",
    title=_("Consents"),
    about=_(
        "Your entry is given to another department only with your consent. Answer each question until its "
        "day; silence is a no. A consent can be taken back at any time, and what was given is closed at once."
    ),
    help=_("List who wants to be given your entry, and what you answered."),
    rows=lambda at: at.desk.consents.mine(),
    key=lambda row: row.id,
    named="consent",
    columns=(
        Column(
            "due",
            _("Until"),
            lambda row: day(row.due),
            13,
            in_english=10,
            whole=True,
            data=lambda row: row.due,
        ),
        Column("asked_by", _("Asked by"), lambda row: row.asked_by, 12, tone="strong"),
        Column("to", _("Given to"), lambda row: row.to),
        Column("reason", _("Why"), lambda row: row.reason, from_width=100),
        Column(
            "state",
            _("State"),
            lambda row: STATES[row.state][0],
            14,
            tone=lambda row: STATES[row.state][1],
            data=lambda row: row.state,
            few=True,
        ),
        Column("days", _("Days"), lambda row: row.days, from_width=NEVER),
        Column("fields", _("What of it"), lambda row: row.fields, from_width=NEVER),
    ),
    facts=_facts,
    verbs=(ANSWER, WITHDRAW),
    empty=_("Nobody has asked for your entry. Whoever asks waits here for your answer."),
    example="consents",
)
RECEIVED: Sheet[Received] = Sheet(
    id="consents received",
    operation="consents.received",
    title=_("Given to us"),
    about=_(
        "Entries that people agreed to give to your department: what they agreed to, and until when. Each "
        "look at this list is recorded."
    ),
    help=_("List entries that were given to your department, and until when."),
    rows=lambda at: at.desk.consents.received(),
    key=lambda row: row.entry,
    named="entry",
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", UNIT, lambda row: row.unit, few=True),
        Column("to", _("Given to"), lambda row: row.to, from_width=100, few=True),
        Column("until", _("Until"), lambda row: _moment(row.until), 16, data=lambda row: row.until),
        Column("values", _("What of it"), _values, from_width=NEVER, data=_values_data),
    ),
    facts=lambda row: row.values,
    context=lambda row: (row.book, clause_text(row.clause)),
    empty=_("Nothing was given to your department. What a granted disclosure opens to it is listed here."),
    example="consents received",
)
REGISTER: Sheet[ConsentLine] = Sheet(
    id="consents register",
    operation="consents.register",
    title=_("Consents"),
    about=_("Every consent that was asked for in a directory, with its scope and dates."),
    help=_("List every consent that was asked for in a directory, and what came of it."),
    of=(BOOK,),
    rows=lambda at: at.desk.consents.register(at[BOOK]),
    key=lambda row: row.id,
    named="consent",
    book=lambda at, _row: at[BOOK],
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("asked_by", _("Asked by"), lambda row: row.asked_by, 12, few=True),
        Column("to", _("Given to"), lambda row: row.to, few=True),
        Column("fields", _("What of it"), lambda row: row.fields, from_width=100),
        Column("state", _("State"), lambda row: ASKED[row.state], 16, few=True, data=lambda row: row.state),
        Column("asked", _("Asked"), lambda row: _moment(row.asked_at), from_width=NEVER),
        Column("answered", _("Answered"), lambda row: _moment(row.answered_at), from_width=NEVER),
        Column("withdrawn", _("Taken back"), lambda row: _moment(row.withdrawn_at), from_width=NEVER),
        Column("until", _("Until"), lambda row: _moment(row.until), 16),
    ),
    empty=_(
        "Nobody was asked for consent in this directory. A request for a disclosure asks those it names."
    ),
    example="consents register --book safety",
)
