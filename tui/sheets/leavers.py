"""Who left a book and is on record still: until when, what holds them, and erasing what nothing holds."""

from __future__ import annotations

from typing import Any

from db.desk.privacy.privacy import LONGEST, Leaver
from db.language import Text, _, clause_words, listed
from tui.sheets.asks import At, OfferedAnswer, Typed
from tui.sheets.books import WHICH, book_among
from tui.sheets.date_words import day
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb
from tui.sheets.units import unit_in


def _books(at: At[Any]) -> list[OfferedAnswer[str]]:
    mine = at.desk.privacy.books() or at.desk.directory.books()
    return [OfferedAnswer(one.id, one.title) for one in mine]


BOOK = book_among(_books, WHICH)
REASON = Typed("reason", _("Reason"), longest=LONGEST)


def _erasure_day(row: Leaver) -> Text:
    return "" if row.why else row.due or _("never")


def _earliest(row: Leaver) -> Text:
    if not row.why:
        return ""
    return _("{day} at the earliest", day=day(row.due)) if row.due else _("never")


def _question(at: At[Leaver]) -> Question:
    return Question(
        _("Erase everything personal of {name}?", name=listed(row.name for row in at.rows)),
        text=_("It can't be taken back: the keys are destroyed that open it, in backups too."),
        yes=_("Erase"),
        no=_("Keep it"),
    )


ERASE: Verb[Leaver] = Verb(
    id="erase",
    operation="privacy.erase",
    key="x",
    label=_("Erase"),
    help=_("Erase everything personal of the person for good."),
    asks=(REASON,),
    offered=lambda row: not row.why,
    sure=_question,
    do=lambda at: at.desk.privacy.erase(at[BOOK], at.number, at[REASON]),
    done=lambda _at, _made: _(
        "Erased. A backup from before is erased again where it is restored, until it is thinned out."
    ),
    example="leavers erase 412 --book staff --reason 'asked for by the person'",
)
LEAVERS: Sheet[Leaver] = Sheet(
    id="leavers",
    operation="privacy.leavers",
    title=_("Leavers"),
    about=_(
        "Who left the directory and is on record still. The day on which everything personal of them is "
        "erased follows from the regulation; what must be kept, or an open request, task or case, holds it "
        "off. Erasing at once is for good: in every directory, in the audit, in backups."
    ),
    help=_("List who left, and what must be kept."),
    of=(BOOK,),
    rows=lambda at: at.desk.privacy.leavers(at[BOOK]),
    key=lambda row: row.entry,
    named="entry",
    columns=(
        Column("entry", _("No."), lambda row: row.entry, 6, right=True),
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit, from_width=100),
        Column("left", _("Left"), lambda row: row.left, 10),
        Column("due", _("Erased on"), _erasure_day, 12, whole=True, data=lambda row: row.due),
        Column("due_clause", _("Clause"), lambda row: clause_words(row.clause), 14, from_width=100,
               data=lambda row: row.clause),
        Column("clause", _("Held by"), lambda row: clause_words(row.kept_by) if row.why else _("nothing"),
               few=True, tone=lambda row: "warn" if row.why else "dim", data=lambda row: row.kept_by),
        Column("earliest", _("Can be erased"), _earliest, from_width=NEVER),
        Column("why", _("Why"), lambda row: row.why, from_width=NEVER),
    ),
    verbs=(ERASE,),
    empty=_("Nobody who left this directory is on record still."),
    example="leavers --book staff",
)  # fmt: skip
