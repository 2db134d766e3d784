"""Cases: those that the reader handles, what they reported, and what was decided about them (A.18, C.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from db.desk.audit.act_names import clause_words
from db.desk.audit.record_views import AuditRow
from db.desk.cases.case_states import ATTACHED, OUTCOMES, VERDICTS
from db.desk.cases.case_views import CaseRow, CaseView
from db.desk.cases.cases import KindOption
from db.desk.cases.own_cases import OwnCase
from db.desk.cases.sentencing import Sentence
from db.language import Message, Text, _
from tui.sheets.asks import At, Choice, Number, OneOf, Typed
from tui.sheets.case_facts import data, facts, stands
from tui.sheets.cell import names
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import NEVER, Column, Sheet, Verb, Whole, nothing

AT_ONCE: Final = 200
"""Records of the audit within a case that a command lists."""
Part = Literal["handler", "reporter", "concerned"]
PARTS: Final[dict[Part, Message]] = {
    "handler": _("handler"),
    "reporter": _("reporter"),
    "concerned": _("concerned"),
}


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case in the list, and what its reader is in it."""

    row: CaseRow
    part: Part


def _rows(at: At[Any]) -> Sequence[MyCase]:
    """The open ones to handle, the first due on top; one's own, the newest first; the closed ones."""
    handled = [MyCase(row, "handler") for row in at.desk.cases.queue()]
    known = {case.row.id for case in handled}
    own = [
        MyCase(row, "reporter" if row.mine else "concerned")
        for row in at.desk.cases.mine()
        if row.id not in known
    ]
    going_on = [case for case in handled if case.row.state != "closed"]
    return [*going_on, *own, *handled[len(going_on) :]]


def _whole(at: At[Any]) -> CaseView | OwnCase:
    """All of it for who handles it, else as far as it is the reader's own."""
    case, cases = at.number, at.desk.cases
    handled = {row.id for row in cases.queue()}
    if case not in handled and case in {row.id for row in cases.mine()}:
        return cases.own(case)
    return cases.one(case)


def _kind(kind: KindOption) -> Choice[str]:
    return Choice(kind.id, kind.label, note=clause_text(kind.clause))


def _kinds(at: At[MyCase]) -> list[Choice[str]]:
    """Those of the case's book; of all books where the case is not in the list, which the desk refuses."""
    books = {case.row.book for case in at.rows}
    channels = [one for one in at.desk.cases.channels() if not books or one.book in books]
    return [_kind(kind) for channel in channels for kind in channel.kinds]


def _kinds_to_report(at: At[Any]) -> list[Choice[str]]:
    channels = [one for one in at.desk.cases.channels() if one.book == at[BOOK]]
    return [_kind(kind) for channel in channels for kind in channel.kinds]


def _outcomes(sort: str) -> list[Choice[str]]:
    return [Choice(outcome, OUTCOMES[outcome]) for outcome in VERDICTS[sort]]


def _people(at: At[MyCase]) -> list[Choice[int]]:
    found = at.desk.casework.people(at.number, at[NAME])
    return [Choice(one.entry, one.name, note=f"{one.unit} {one.position}") for one in found]


def _concerned(at: At[MyCase]) -> list[Choice[int]]:
    return [Choice(one.entry, one.name, note=one.unit) for one in at.desk.cases.one(at.number).parties]


BOOK: OneOf[str] = OneOf(
    "book",
    _("The book; needed where you are in several."),
    title=_("Which directory?"),
    choices=lambda at: [Choice(one.book, one.book_label) for one in at.desk.cases.channels()],
    obvious=True,
)
REPORTED: OneOf[str] = OneOf(
    "kind",
    _("Its kind, such as leak; left out, whoever handles it says."),
    required=False,
    choices=_kinds_to_report,
    missing="",
)
HAPPENED = Typed("words", _("What happened"))
COPY = Typed("copy", _("The number on a copy that was found."), required=False)
ENTRY = Number("entry", _("The entry"))
FIELD = Typed("field", _("Which field is wrong."), required=False)
WRONG = Typed("words", _("What is wrong, and what would be right"))
KIND: OneOf[str] = OneOf(
    "kind", _("Its kind, such as leak."), title=_("What kind of breach?"), choices=_kinds
)
SORTED = Typed("word", _("A word about it"))
BEGUN = Typed("word", _("How you begin"))
NAME = Typed("name", _("Beginning of a name, or a login"))
FOUND: OneOf[int] = OneOf(
    "entry",
    _("The entry, where several are called so."),
    choices=_people,
    nothing=_("Nobody in this directory is called so; leavers are found too."),
    obvious=True,
)
PERSON: OneOf[int] = OneOf(
    "person",
    _("Who is not concerned."),
    title=_("Who is not concerned?"),
    choices=_concerned,
    nothing=_("Nobody is named in this case."),
)
WHY = Typed("word", _("Why"))
WHAT: OneOf[str] = OneOf(
    "what",
    _("What is attached: an audit record, a traced copy, or a file of your tray."),
    choices=lambda _at: [Choice(what, label) for what, label in ATTACHED.items()],
)
NUMBER = Typed("number", _("Its number."))
NOTED = Typed("word", _("What you write down"))
VERDICT: OneOf[str] = OneOf(
    "outcome",
    _("Whether there was a breach."),
    title=_("Was there a breach?"),
    choices=lambda _at: _outcomes("incident"),
)
SANCTION = Typed("sanction", _("Rungs of the book's ladder, separated by commas."), required=False)
TIMES = Number(
    "times",
    _("How often it happened; a fine counts for each time. As many as copies were traced unless said."),
    required=False,
)
FINE = Number("fine", _("One fine, where the regulation names none."), required=False)
GROUNDS = Typed("word", _("The grounds of the decision"))
ANSWERED: OneOf[str] = OneOf(
    "outcome",
    _("What came of it."),
    title=_("What came of it?"),
    choices=lambda _at: _outcomes("error"),
)
ANSWER_WORD = Typed("word", _("What was found; the reporter reads it"))
CARRIED_OUT = Typed("word", _("What was carried out"))


def _decide(at: At[MyCase]) -> None:
    """For all persons concerned alike. What is asked of nobody without a breach, the desk refuses."""
    rungs = tuple(one for one in at[SANCTION].split(",") if one)
    times, fine = at[TIMES], at[FINE]
    sentences: list[Sentence] = []
    if at[VERDICT] == "breach" or rungs or times or fine:
        parties = at.desk.cases.one(at.number).parties
        sentences = [
            Sentence(one.entry, rungs, max(one.copies, 1) if times is None else times, fine or 0)
            for one in parties
        ]
    at.desk.casework.decide(at.number, at[VERDICT], at[GROUNDS], sentences)


def _reported(_at: At[Any], number: int) -> Text:
    return reported(number)


def reported(number: int) -> Text:
    """What is said of a case that was begun."""
    return _("Reported: case {number}. F11 or `case` shows what comes of it.", number=number)


REPORT: Verb[MyCase] = Verb(
    id="report",
    operation="cases.report",
    key="n",
    label=_("Report a breach"),
    help=_("Report a leak, a misuse or any other breach."),
    on="none",
    asks=(HAPPENED, BOOK, REPORTED, COPY),
    do=lambda at: at.desk.cases.report(at[BOOK], at[HAPPENED], at[REPORTED], at[COPY]),
    done=_reported,
    example="case report --words 'the list was posted in a group' --book staff --kind leak",
)
ERROR: Verb[MyCase] = Verb(
    id="error",
    operation="cases.error",
    label=_("Report error"),
    help=_("Report that an entry is wrong; you hear what came of it."),
    on="none",
    asks=(ENTRY, WRONG, FIELD),
    do=lambda at: at.desk.cases.error(at.answers[ENTRY.id], at[WRONG], at[FIELD]),
    done=_reported,
    example="case error --entry 4 --words 'the extension is 8013' --field extension",
)
TRIAGE: Verb[MyCase] = Verb(
    id="triage",
    operation="casework.triage",
    label=_("Sort out"),
    help=_("Say what kind of case it is; it goes to who handles that."),
    asks=(KIND, SORTED),
    do=lambda at: at.desk.casework.triage(at.number, at[KIND], at[SORTED]),
    example="case triage 12 --kind leak --word 'posted in public'",
)
INVESTIGATE: Verb[MyCase] = Verb(
    id="investigate",
    operation="casework.investigate",
    label=_("Investigate"),
    help=_("Begin the investigation."),
    asks=(BEGUN,),
    do=lambda at: at.desk.casework.investigate(at.number, at[BEGUN]),
    example="case investigate 12 --word 'asking the members of the group'",
)
INVOLVE: Verb[MyCase] = Verb(
    id="person",
    operation="casework.involve",
    label=_("Person"),
    help=_("Name somebody who is concerned."),
    asks=(NAME, FOUND),
    do=lambda at: at.desk.casework.involve(at.number, at[FOUND]),
    example="case person 12 --name 张文",
)
RELEASE: Verb[MyCase] = Verb(
    id="release",
    operation="casework.release",
    label=_("Take off"),
    help=_("Take somebody off who is not concerned."),
    asks=(PERSON, WHY),
    do=lambda at: at.desk.casework.release(at.number, at[PERSON], at[WHY]),
    example="case release 12 --person 张文 --word 'another of the same name'",
)
ATTACH: Verb[MyCase] = Verb(
    id="attach",
    operation="casework.attach",
    label=_("Attach"),
    help=_("Attach an audit record or a traced copy by its number, or a file of your tray."),
    asks=(WHAT, NUMBER),
    do=lambda at: at.desk.casework.attach(at.number, at[WHAT], at[NUMBER]),
    example="case attach 12 --what copy --number C0012-003",
)
NOTE: Verb[MyCase] = Verb(
    id="note",
    operation="casework.note",
    label=_("Note"),
    help=_("Write something down."),
    asks=(NOTED,),
    do=lambda at: at.desk.casework.note(at.number, at[NOTED]),
    example="case note 12 --word 'heard Li'",
)
DECIDE: Verb[MyCase] = Verb(
    id="decide",
    operation="casework.decide",
    label=_("Decide"),
    help=_("Decide a case, for all persons concerned alike."),
    asks=(VERDICT, GROUNDS, SANCTION, TIMES, FINE),
    do=_decide,
    done=lambda _at, _made: _("Decided; those concerned and the reporter hear it."),
    example="case decide 12 --outcome breach --sanction fine --times 2 --word 'proven by the copy'",
)
ANSWER: Verb[MyCase] = Verb(
    id="answer",
    operation="casework.answer",
    label=_("Answer"),
    help=_("Say whether the error was corrected."),
    asks=(ANSWERED, ANSWER_WORD),
    do=lambda at: at.desk.casework.answer(at.number, at[ANSWERED], at[ANSWER_WORD]),
    done=lambda _at, _made: _("Answered; the reporter hears it."),
    example="case answer 13 --outcome corrected --word 'changed today'",
)
CLOSE: Verb[MyCase] = Verb(
    id="close",
    operation="casework.close",
    label=_("Close case"),
    help=_("What was decided is carried out."),
    asks=(CARRIED_OUT,),
    do=lambda at: at.desk.casework.close(at.number, at[CARRIED_OUT]),
    example="case close 12 --word paid",
)


def _stands(case: MyCase) -> Text:
    """A closed case stands below those that wait for something; its outcome alone would not tell it."""
    row, told = case.row, stands(case.row).text
    if row.state != "closed":
        return told
    return Message("{outcome} · {state}", {"outcome": told, "state": row.state_label})


CASES: Sheet[MyCase] = Sheet(
    id="case",
    operation="cases.queue",
    title=_("Cases"),
    about=_(
        "Cases that you handle, the first due on top; what you reported, and what was decided about you. "
        "Nobody sees a case that is about themselves before it is decided."
    ),
    help=_(
        "List the cases that you handle, what you reported, and what was decided about you, or show one: in "
        "full if you handle it, else what you reported and what came of it."
    ),
    rows=_rows,
    key=lambda case: case.row.id,
    named="case",
    whole=Whole("cases.one", _whole, facts, data),
    columns=(
        Column("case", _("No."), lambda case: case.row.id, 4, right=True),
        Column("due", _("Due"), lambda case: case.row.due, 18),
        Column("kind", _("About"), lambda case: case.row.kind_label, tone="strong", few=True,
               data=lambda case: case.row.kind),
        Column("concerned", _("Party"), lambda case: names(case.row.concerned), 9,
               data=lambda case: case.row.concerned),
        Column("part", _("You are"), lambda case: PARTS[case.part], 6, in_english=9, few=True,
               data=lambda case: case.part),
        Column("book", _("Directory"), lambda case: case.row.book_label, 16, from_width=100, few=True,
               data=lambda case: case.row.book),
        Column("state", _("Stands"), _stands, 14, few=True, tone=lambda case: stands(case.row).tone,
               data=lambda case: case.row.state),
        Column("outcome", _("Outcome"), nothing, from_width=NEVER,
               data=lambda case: case.row.outcome),
        Column("sort", _("Kind"), nothing, from_width=NEVER, data=lambda case: case.row.sort),
        Column("reported", _("Reported"), lambda case: case.row.reported_at, from_width=NEVER),
        Column("clause", _("Clause"), lambda case: clause_words(case.row.clause), from_width=NEVER,
               data=lambda case: case.row.clause),
    ),
    context=lambda case: (case.row.book_label, clause_text(case.row.clause)),
    verbs=(REPORT, ERROR, TRIAGE, INVESTIGATE, INVOLVE, RELEASE, ATTACH, NOTE, DECIDE, ANSWER, CLOSE),
    empty=_("No case waits for you, and you have reported none."),
    example="case 12",
)  # fmt: skip
CASE = Number("case", _("The case."))
TRAIL: Sheet[AuditRow] = Sheet(
    id="case trail",
    operation="casework.trail",
    title=_("Audit within the case"),
    about=_(
        "What the persons concerned did in this directory, and what was done to the entry that the case is "
        "about, newest first."
    ),
    help=_("Read the audit within a case, newest first."),
    of=(CASE,),
    rows=lambda at: at.desk.casework.trail(at.answers[CASE.id], limit=AT_ONCE),
    key=lambda row: row.seq,
    named="record",
    columns=(
        Column("at", _("When"), lambda row: row.at),
        Column("who", _("Who"), lambda row: row.who, few=True),
        Column("act", _("What"), lambda row: row.label, few=True, data=lambda row: row.act),
        Column("whom", _("About whom"), lambda row: row.whom),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), data=lambda row: row.clause),
    ),
    empty=_("There is nothing in the audit yet. Name who is concerned first."),
    example="case trail --case 12",
)
