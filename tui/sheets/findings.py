"""Findings of inspections, followed to closure (C.6, H.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from db.desk.due_dates import today
from db.desk.reviews.inspecting import FindingRow, Inspections
from db.desk.reviews.inspecting import due_day as read_day
from db.desk.reviews.reviews import Reviews
from db.language import _
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Fact, Tone
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import NEVER, Column, Sheet, Verb

DAYS = 14
"""Days that a finding is given unless another day is typed."""
TONES: dict[str, Tone] = {"open": "warn", "answered": "accent", "closed": "good"}


def _inspections(at: At[Any]) -> list[OfferedAnswer[int]]:
    rows = Reviews(at.desk).campaigns()
    return [OfferedAnswer(row.id, row.label, note=row.opened) for row in rows if row.of == "points"]


def _running(at: At[Any]) -> list[OfferedAnswer[int]]:
    rows = Reviews(at.desk).campaigns()
    return [
        OfferedAnswer(row.id, row.label, note=row.opened) for row in rows if row.of == "points" and row.runs
    ]


def _points(at: At[Any]) -> list[OfferedAnswer[int | None]]:
    found: list[OfferedAnswer[int | None]] = [OfferedAnswer(None, _("None of them"), word="none")]
    points = Reviews(at.desk).items(at[UNDER_WAY], "all")
    return found + [OfferedAnswer(row.id, row.name) for row in points]


def _owners(at: At[FindingRow]) -> list[OfferedAnswer[int]]:
    """Return the people who could own the finding, or one written in the inspection of the answers, as
    choices."""
    if at.keys:
        owners = Inspections(at.desk).owners(at.row.campaign, at.row.id)
    else:
        owners = Inspections(at.desk).owners(at[INSPECTION])
    return [OfferedAnswer(one.account, one.name, note=one.role) for one in owners]


def _proposed(at: At[FindingRow]) -> str:
    if not at.keys:
        return (today() + timedelta(days=DAYS)).isoformat()
    due = at.row.due
    return max(due.day if due is not None else "", today().isoformat())


INSPECTION: OneOf[int] = OneOf(
    "inspection",
    _("Only what one inspection found."),
    required=False,
    choices=_inspections,
    nothing=_("No inspection is yours to see."),
)
UNDER_WAY: OneOf[int] = OneOf(
    "inspection",
    _("The inspection in which it was found."),
    title=_("In which inspection?"),
    choices=_running,
    nothing=_("No inspection that you carry out is under way."),
    advice=_("Tell whoever carries out the inspections of the directory."),
    obvious=True,
)
POINT: OneOf[int | None] = OneOf(
    "point",
    _("The point of the inspection at which it was found, where it is one."),
    title=_("At which point?"),
    required=False,
    choices=_points,
)
WHAT = Typed("what", _("What was found"))
OWNER: OneOf[int] = OneOf("owner", _("Who is responsible."), title=_("Who is responsible?"), choices=_owners)
DUE = Typed(
    "due",
    _("Day, as 2026-11-23"),
    title=_("By when?"),
    check=lambda _at, text: read_day(text),
    proposed=_proposed,
)
DONE = Typed("word", _("What was done"))
SEEN = Typed("word", _("What you saw"))
MISSING = Typed("word", _("What is missing"))

ANSWER: Verb[FindingRow] = Verb(
    id="answer",
    operation="inspections.answer",
    key="c",
    label=_("Answer"),
    help=_("Say what was done about it."),
    asks=(DONE,),
    offered=lambda row: row.mine,
    do=lambda at: Inspections(at.desk).answer(at.number, at[DONE]),
    done=lambda _at, _made: _("Answered; an inspector looks at it."),
    example="findings answer 3 --word 'the lock was changed'",
)
CLOSE: Verb[FindingRow] = Verb(
    id="close",
    operation="inspections.settle",
    key="x",
    label=_("Close finding"),
    help=_("It is done; say what you saw."),
    asks=(SEEN,),
    offered=lambda row: row.settles,
    do=lambda at: Inspections(at.desk).settle(at.number, "close", at[SEEN]),
    example="findings close 3 --word 'seen on 11-23'",
)
REOPEN: Verb[FindingRow] = Verb(
    id="reopen",
    operation="inspections.settle",
    key="b",
    label=_("Not done"),
    help=_("Send it back, and say what is missing."),
    asks=(MISSING,),
    offered=lambda row: row.settles and row.state == "answered",
    do=lambda at: Inspections(at.desk).settle(at.number, "reopen", at[MISSING]),
    example="findings reopen 3 --word 'the key is still with them'",
)
PASS_ON: Verb[FindingRow] = Verb(
    id="pass-on",
    operation="inspections.pass_on",
    key="e",
    label=_("Another owner"),
    help=_("Make somebody else responsible, by a day."),
    asks=(OWNER, DUE),
    offered=lambda row: row.settles and row.state == "open",
    do=lambda at: Inspections(at.desk).pass_on(at.number, at[OWNER], at[DUE]),
    done=lambda at, _made: _("Passed on to {name}.", name=at.chosen_label(OWNER)),
    example="findings pass-on 3 --owner 孙悦 --due 2026-12-07",
)
REMIND: Verb[FindingRow] = Verb(
    id="remind",
    operation="inspections.remind",
    key="t",
    label=_("Remind"),
    help=_("Remind whoever is responsible; once a day."),
    offered=lambda row: row.settles and row.state == "open",
    do=lambda at: Inspections(at.desk).remind(at.number),
    done=lambda _at, _made: _("Reminded."),
    example="findings remind 3",
)
FIND: Verb[FindingRow] = Verb(
    id="add",
    operation="inspections.find",
    key="n",
    label=_("Other finding"),
    help=_("Record what was found, who is responsible, and by when."),
    on="none",
    asks=(UNDER_WAY, POINT, WHAT, OWNER, DUE),
    open_to=lambda at: bool(_running(at)),
    do=lambda at: Inspections(at.desk).find(at[UNDER_WAY], at[WHAT], at[OWNER], at[DUE], at[POINT]),
    done=lambda _at, made: _("Written down: finding {number}", number=made),
    example="findings add --what 'a list lay open' --owner 孙悦 --due 2026-12-07",
)


def _facts(row: FindingRow) -> Sequence[Fact]:
    found: list[Fact] = [(_("Point"), row.point)] if row.point else []
    return found + [(one.at, [f"{one.who} ", one.act, f" “{one.word}”"]) for one in row.history]


FINDINGS: Sheet[FindingRow] = Sheet(
    id="findings",
    operation="inspections.findings",
    title=_("Findings"),
    about=_(
        "Findings of inspections. Whoever is responsible for one answers it; an inspector checks and "
        "closes it, or sends it back. Nobody closes a finding that they are responsible for."
    ),
    help=_(
        "List findings of inspections that you are responsible for or follow, or show one with its history."
    ),
    of=(INSPECTION,),
    rows=lambda at: Inspections(at.desk).findings(at.answers.get(INSPECTION.id)),
    key=lambda row: row.id,
    named="finding",
    book=lambda _at, row: row.book,
    columns=(
        Column("due", _("Due"), lambda row: row.due, 18, whole=True),
        Column("what", _("What"), lambda row: row.what, tone="strong"),
        Column("owner", _("Responsible"), lambda row: row.owner, 10, few=True),
        Column(
            "state",
            _("Status"),
            lambda row: row.state_label,
            12,
            in_english=14,
            few=True,
            tone=lambda row: TONES[row.state],
            data=lambda row: row.state,
        ),
        Column("book", _("Directory"), lambda row: row.book_label, from_width=NEVER),
    ),
    facts=_facts,
    context=lambda row: (row.book_label, clause_text(row.clause)),
    verbs=(ANSWER, CLOSE, REOPEN, PASS_ON, REMIND, FIND),
    empty=_("There are no findings for you. What an inspection finds is listed here."),
    example="findings",
)
