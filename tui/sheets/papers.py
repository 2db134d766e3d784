"""Sheets for signatures: which were drawn up, taking one out to be printed, and entering its scan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from db.desk import Invalid, Problem
from db.desk.notation.parsing import read_day
from db.desk.papers.papers import Entered, PaperRow, ScanView
from db.desk.papers.sheets import sheet_kinds
from db.language import Message, Text, _, clause_words
from tui.sheets.asks import Ask, At, OfferedAnswer, OneOf, Row, Typed, TypedLate
from tui.sheets.cell import Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.out import to_type
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb, always, nothing


def take_command(at: At[Any], number: str) -> str:
    """Return the line to type on one's own machine that fetches a sheet as PDF."""
    return to_type(at.desk.actor.ssh, ["papers", "get", number], f"{number}.pdf")


def _drawn_facts(at: At[Any], number: str) -> Sequence[Fact]:
    next_step = _("Print it, have it signed, send the scan in (`evidence add`), and enter it under Sheets.")
    return [(_("To take it out"), Styled(take_command(at, number), "accent")), ("", next_step)]


def _sheet_question(_at: At[Any]) -> Question:
    return Question(
        _("Draw up a sheet to sign?"),
        _("It gets the next number, with today's date and your name, and stays on record, signed or not."),
        yes=_("Draw up"),
        no=_("Not now"),
    )


def drawing_verb(
    kind: str,
    of: Callable[[At[Row]], str],
    example: str,
    *,
    asks: tuple[Ask[Any], ...] = (),
    key: str = "",
    single: bool = False,
    open_to: Callable[[At[Row]], bool] = always,
) -> Verb[Row]:
    """Return the verb that draws up a numbered sheet of ``kind``, recorded; ``single``: of the row under the
    cursor."""
    return Verb(
        id="sheet",
        operation="papers.draw_up",
        key=key,
        label=_("Sheet to sign"),
        help=_("Draw up a sheet to be printed and signed, such as a receipt list."),
        on="one" if single else "none",
        asks=asks,
        open_to=open_to,
        sure=_sheet_question,
        do=lambda at: at.desk.papers.draw_up(kind, of(at), at[WORDS] if WORDS in asks else ""),
        done=lambda _at, number: _("Sheet {number} is drawn up.", number=number),
        shows=_drawn_facts,
        data=lambda number: {"paper": number},
        example=example,
    )


def _day(text: str) -> None:
    day = read_day(text)
    if isinstance(day, Message):
        raise Invalid(Problem(DAY.id, day))


def _scans(at: At[PaperRow]) -> list[OfferedAnswer[str]]:
    valid = [one for one in at.row.scans if not one.struck]
    return [
        OfferedAnswer(file, file, note=_of_file(valid, file))
        for file in dict.fromkeys(one.evidence for one in valid)
    ]


def _of_file(scans: Sequence[ScanView], file: str) -> Text:
    mine = [one for one in scans if one.evidence == file]
    return Message("{day} {who}", {"day": mine[0].signed_on, "who": mine[0].entered_by})


WORDS = Typed("words", _("The facts, as the person is to read them."), title=_("Sheet to sign"), longest=2000)
KIND: OneOf[str] = OneOf(
    "kind",
    _("What is signed: issue, revision, training, undertaking, hand-back or decision."),
    title=_("What is to be signed?"),
    choices=lambda _at: [OfferedAnswer(id, kind.label) for id, kind in sheet_kinds().items()],
)
OF = Typed(
    "of",
    _("Of what: an issue, a revision, a topic (book/topic), an entry, a task, or a case."),
    title=_("Sheet to sign"),
)
FACTS = TypedLate(
    "words",
    _("The facts of a decision, as the person is to read them."),
    title=_("Sheet to sign"),
    longest=2000,
)
FILE: OneOf[str] = OneOf(
    "file",
    _("The scan, a file of your tray."),
    title=_("Which file is the scan?"),
    choices=lambda at: [OfferedAnswer(one.id, one.name, note=one.id) for one in at.desk.evidence.tray()],
    nothing=_("Your tray is empty; send the scan in first: `evidence add`."),
)
DAY = Typed(
    "day",
    _("The day on the signatures, such as 2026-11-23"),
    title=_("Enter a scan"),
    check=lambda _at, text: _day(text),
)
LINES = Typed(
    "lines",
    _("Which lines are signed, such as 1,3-5, or `all`; blank where there is one."),
    title=_("Enter a scan"),
    required=False,
)
SCAN: OneOf[str] = OneOf(
    "file",
    _("The scan that counts no more."),
    title=_("Which scan?"),
    choices=_scans,
    nothing=_("No scan of this sheet counts."),
    obvious=True,
)
DRAW: Verb[PaperRow] = Verb(
    id="draw",
    operation="papers.draw_up",
    key="n",
    label=_("Draw up"),
    help=_("Draw up a sheet to be printed and signed, of what is on record."),
    on="none",
    asks=(KIND, OF, FACTS),
    do=lambda at: at.desk.papers.draw_up(at[KIND], at[OF], at[FACTS]),
    done=lambda _at, number: _("Sheet {number} is drawn up.", number=number),
    shows=_drawn_facts,
    data=lambda number: {"paper": number},
    example="papers draw --kind undertaking --of 412",
)


def _entered(_at: At[Any], made: Entered) -> Text:
    return _(
        "Entered. Signatures that count: {count}; on record already: {known}. Those who signed are told.",
        count=made.counted,
        known=made.known,
    )


ENTER: Verb[PaperRow] = Verb(
    id="enter",
    operation="papers.enter",
    key="i",
    label=_("Enter scan"),
    help=_("Attach the scan of a signed sheet; its signatures count, and those who signed are told."),
    on="one",
    asks=(FILE, DAY, LINES),
    offered=lambda row: row.enters,
    do=lambda at: at.desk.papers.enter(at.word, at[FILE], at[DAY], at[LINES]),
    done=_entered,
    data=lambda made: {"counted": made.counted, "known": made.known},
    example="papers enter P0012 --file 7f3a --day 2026-11-23 --lines 1,3-5",
)
STRIKE: Verb[PaperRow] = Verb(
    id="strike",
    operation="papers.strike",
    key="x",
    label=_("Strike scan"),
    help=_("Say that a scan does not show what was entered; what it counted for is taken back."),
    on="one",
    asks=(SCAN,),
    offered=lambda row: row.enters and any(not one.struck for one in row.scans),
    sure=lambda at: Question(
        _("Strike a scan of sheet {number}?", number=at.word),
        text=_("What its signatures counted for is taken back, and those who signed are told."),
        yes=_("Strike scan"),
    ),
    do=lambda at: at.desk.papers.strike(at.word, at[SCAN]),
    done=lambda _at, count: _("Struck: {count}", count=count),
    example="papers strike P0012 --file 7f3a",
)


def _facts(row: PaperRow) -> Sequence[Fact]:
    found: list[Fact] = [
        (_("Drawn up"), [row.drawn_up, "  ", row.by]),
        (_("Lines"), _("{signed} of {count} signed", signed=row.signed, count=row.lines)),
    ]
    for one in row.scans:
        told = _(
            "line {line}, {name}: signed on paper {day}; entered by {who} {at} ({file})",
            line=one.line, name=one.name, day=one.signed_on, who=one.entered_by, at=one.entered_at,
            file=one.evidence,
        )  # fmt: skip
        if one.struck:
            found.append(("", Styled(_("{told}: struck, counts no more", told=told), "bad")))
        else:
            found.append(("", told if one.counted else Styled(_("{told}: known already", told=told), "dim")))
    return found


PAPERS: Final[Sheet[PaperRow]] = Sheet(
    id="papers",
    operation="papers.list",
    title=_("Sheets to sign"),
    about=_(
        "Sheets that were drawn up to be printed and signed by hand, with the scans that came back. A scan "
        "is entered with the day and the lines that are signed; each person is told, and can object."
    ),
    help=_("List the sheets that were drawn up to be signed, and what came back of each."),
    rows=lambda at: at.desk.papers.list(),
    key=lambda row: row.number,
    named="paper",
    numbered=False,
    columns=(
        Column("paper", _("Sheet"), lambda row: row.number, 7, tone="strong"),
        Column("kind", _("What"), lambda row: row.label, few=True, data=lambda row: row.kind),
        Column("about", _("Of"), lambda row: row.subject, 16, data=lambda row: row.about),
        Column("book", _("Directory"), lambda row: row.book_label, 16, from_width=100, few=True,
               data=lambda row: row.book),
        Column("drawn_up", _("Drawn up"), lambda row: row.drawn_up, 16, from_width=100),
        Column("by", _("Drawn up by"), lambda row: row.by, from_width=NEVER),
        Column("signed", _("Signed"), lambda row: f"{row.signed}/{row.lines}", 7, in_english=8, right=True,
               tone=lambda row: "good" if row.signed == row.lines else "warn"),
        Column("scans", _("Scans"), nothing, from_width=NEVER, data=lambda row: [
            {"line": one.line, "name": one.name, "day": one.signed_on, "by": one.entered_by,
             "at": one.entered_at, "file": one.evidence, "counted": one.counted, "struck": one.struck}
            for one in row.scans
        ]),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), from_width=NEVER,
               data=lambda row: row.clause),
    ),
    facts=_facts,
    context=lambda row: (row.book_label, clause_text(row.clause)),
    verbs=(ENTER, DRAW, STRIKE),
    empty=_("No sheet was drawn up yet."),
    example="papers",
)  # fmt: skip
UNDERTAKING: Final[Verb[Any]] = drawing_verb(
    "undertaking", lambda at: str(at.number), "papers draw --kind undertaking --of 412", key="o", single=True
)
"""Of the person of a card."""
