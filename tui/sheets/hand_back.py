"""Copies that are to be handed back, as a task lists them, and signing them off (H.5.4)."""

from __future__ import annotations

from db.desk.notation.localtime import local
from db.desk.tasks.task_views import OUTCOMES, CopyView
from db.language import Text, _
from tui.sheets.asks import Number, OfferedAnswer, OneOf, Typed
from tui.sheets.papers import drawing_verb
from tui.sheets.sheet import Column, Sheet, Verb

TASK = Number("task", _("The task that lists them."))
OUTCOME: OneOf[str] = OneOf(
    "outcome",
    _("What became of it."),
    title=_("What became of it?"),
    choices=lambda _at: [OfferedAnswer(id, label) for id, label in OUTCOMES.items()],
)
OWN_WORD = Typed(
    "word",
    _("Where it is, or how it was lost; may be left blank"),
    title=_("A word about it"),
    required=False,
    longest=200,
)
WORD = Typed(
    "word", _("A word about it; may be left blank"), title=_("Sign off"), required=False, longest=200
)
COPY = Typed("copy", _("Which copy is it?"), title=_("One more copy"), longest=80)


def _signed_words(row: CopyView) -> Text:
    return f"{local(row.signed_at)[:16]} {row.signed_by} {row.word}".rstrip() if row.signed_at else row.word


SIGN_OFF: Verb[CopyView] = Verb(
    id="sign-off",
    operation="tasks.sign_off",
    key="a",
    label=_("Sign off"),
    help=_("Sign off a copy: returned, destroyed or lost."),
    asks=(OUTCOME, WORD),
    offered=lambda row: row.signed_at is None,
    do=lambda at: at.desk.tasks.sign_off(at.number, at[OUTCOME], at[WORD]),
    done=lambda _at, _made: _("Signed off."),
    example="tasks copies sign-off 7 --task 12 --outcome returned",
)
ADD: Verb[CopyView] = Verb(
    id="add",
    operation="tasks.add_copy",
    key="n",
    label=_("One more copy"),
    help=_("Put another copy on the list, such as one on paper."),
    on="none",
    asks=(COPY,),
    do=lambda at: at.desk.tasks.add_copy(at[TASK] or 0, at[COPY]),
    done=lambda _at, _made: _("It is on the list."),
    example="tasks copies add --task 12 --copy '纸质通讯录'",
)
SHEET: Verb[CopyView] = drawing_verb(
    "hand-back", lambda at: str(at[TASK] or 0), "tasks copies sheet --task 12", key="o"
)
COPIES: Sheet[CopyView] = Sheet(
    id="tasks copies",
    operation="tasks.one",
    title=_("Copies to hand back"),
    about=_("What somebody who moves or leaves has to hand back; each copy is signed off by itself."),
    help=_("List the copies that a task asks back, and what became of each."),
    of=(TASK,),
    rows=lambda at: at.desk.tasks.one(at[TASK] or 0).copies,
    key=lambda row: row.id,
    named="copy",
    columns=(
        Column("number", _("Copy"), lambda row: row.copy, 16, tone="strong"),
        Column("what", _("What"), lambda row: row.what),
        Column("outcome", _("What became of it"), lambda row: row.outcome, 12, few=True),
        Column("signed", _("Signed off by"), _signed_words, data=lambda row: row.signed_at),
    ),
    verbs=(SIGN_OFF, ADD, SHEET),
    empty=_("Nothing is handed back here."),
    example="tasks copies --task 12",
)
SAY: Verb[CopyView] = Verb(
    id="say",
    operation="tasks.say_copy",
    key="c",
    label=_("Say what became of it"),
    help=_("Say of a copy of yours that you returned, destroyed or lost it; its receiver signs it off."),
    asks=(OUTCOME, OWN_WORD),
    do=lambda at: at.desk.tasks.say_copy(at.number, at[OUTCOME], at[OWN_WORD]),
    done=lambda _at, _made: _("Said. Whoever receives it signs it off."),
    example="copies-back say 7 --outcome returned",
)
OWN: Sheet[CopyView] = Sheet(
    id="copies-back",
    operation="tasks.own_copies",
    title=_("Copies to hand back"),
    about=_(
        "The copies of directories that you have to hand back because you leave or move. They go to whoever "
        "receives them, who signs each off. After your last day this list is all that you can open."
    ),
    help=_("List the copies that you have to hand back, and what you said of each."),
    rows=lambda at: at.desk.tasks.own_copies(),
    key=lambda row: row.id,
    named="copy",
    columns=(
        Column("number", _("Copy"), lambda row: row.copy, 16, tone="strong"),
        Column("what", _("What"), lambda row: row.what),
        Column("outcome", _("What became of it"), lambda row: row.outcome, 24, few=True),
        Column("word", _("A word"), lambda row: row.word, from_width=100),
    ),
    verbs=(SAY,),
    empty=_("You have nothing to hand back. Whoever leaves or moves is asked for their copies."),
    example="copies-back",
)
