"""The notice at collection, who accepted it, and what rests on one's consent alone (PIPL 15, 17)."""

from __future__ import annotations

from typing import Any

from db.desk.privacy.collection import NoticeLine
from db.desk.privacy.privacy import NoticeReader
from db.desk.privacy.withdrawal import OptionalValue
from db.language import Text, _, _n, clause_words
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.cell import Styled
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb
from tui.sheets.units import unit_in


def _withdraw_consent(at: At[OptionalValue]) -> int:
    named = [one for one in at.desk.privacy.optional() if at.word in (one.field, one.label.zh, one.label.en)]
    if len(named) == 1:
        return at.desk.privacy.withdraw(named[0].book, named[0].field)
    book, _slash, field = at.word.partition("/")
    return at.desk.privacy.withdraw(book, field)


def _withdrawn(_at: At[OptionalValue], editions: int) -> Text:
    if not editions:
        return _("Taken out. The record of changes keeps it for its time.")
    return _n(
        "Taken out. {count} issued edition shows it still; the record of changes keeps it for its time.",
        "Taken out. {count} issued editions show it still; the record of changes keeps it for its time.",
        count=editions,
    )


WITHDRAW: Verb[OptionalValue] = Verb(
    id="withdraw",
    operation="privacy.withdraw",
    key="x",
    label=_("Take back consent"),
    help=_("Take back your consent: it is out at once, and nobody else puts it in again."),
    on="one",
    offered=lambda row: bool(row.value),
    sure=lambda at: Question(
        _("Take out {field}?", field=at.row.label),
        text=_(
            "At once, without approval. You may put it in again by a change. What was issued or is on record "
            "as a change stays for its time."
        ),
        yes=_("Take back consent"),
        no=_("Keep it"),
    ),
    do=_withdraw_consent,
    done=_withdrawn,
    example="optional withdraw group/qq",
)


OPTIONAL: Sheet[OptionalValue] = Sheet(
    id="optional",
    operation="privacy.optional",
    title=_("Optional data"),
    about=_(
        "What rests on your consent alone (PIPL 15): withdraw it at any time, at once and without approval. "
        "It comes in again by a change of yours and by nobody else's."
    ),
    help=_("List what is kept of you on your consent alone."),
    rows=lambda at: at.desk.privacy.optional(),
    key=lambda row: f"{row.book}/{row.field}",
    named="field",
    numbered=False,
    columns=(
        Column("label", _("Field"), lambda row: row.label, 14, tone="strong"),
        Column("value", _("Value"), lambda row: row.value or "–"),
        Column("book", _("Directory"), lambda row: row.book_label, few=True),
        Column("withdrawn", _("Taken out on"), lambda row: row.withdrawn, 12),
        Column("editions", _("In issued editions"), lambda row: row.editions, 18, right=True, from_width=100),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), from_width=NEVER,
               data=lambda row: row.clause),
    ),
    verbs=(WITHDRAW,),
    empty=_("Nothing rests on your consent alone."),
    example="optional",
)  # fmt: skip


def _accept_notice(at: At[Any]) -> None:
    due = {one.book: one.version for one in at.desk.privacy.notices_due()}
    at.desk.privacy.accept_notice(at[BOOK], due.get(at[BOOK], ""))


ACCEPT_NOTICE: Verb[NoticeLine] = Verb(
    id="accept",
    operation="privacy.accept_notice",
    label=_("Accept the notice"),
    help=_("Note that you read and accept the notice as it is now, which is recorded."),
    on="none",
    open_to=lambda at: any(one.book == at[BOOK] for one in at.desk.privacy.notices_due()),
    do=_accept_notice,
    done=lambda _at, _made: _("Noted that you read and accept it."),
    example="notice accept --book staff",
)
NOTICE: Sheet[NoticeLine] = Sheet(
    id="notice",
    operation="privacy.notice",
    title=_("Notice at collection"),
    about=_(
        "What a directory holds of its people, on which basis, for whom, how long, what you may do and whom "
        "to turn to (PIPL 17); drawn from the rules in force."
    ),
    help=_("Tell what a directory holds of you, on which basis, for whom and how long."),
    of=(BOOK,),
    rows=lambda at: at.desk.privacy.notice(at[BOOK]),
    key=lambda row: row.number,
    named="point",
    numbered=False,
    columns=(
        Column("part", _("Part"), lambda row: row.part, 20, tone="dim", few=True),
        Column("text", _("What it says"), lambda row: row.text),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), 10, tone="dim",
               data=lambda row: row.clause),
    ),
    facts=lambda row: [
        (row.part, row.text), *([(_("Clause"), clause_words(row.clause))] if row.clause else [])
    ],
    verbs=(ACCEPT_NOTICE,),
    empty=_("This directory has no rules of its own."),
    example="notice --book staff",
)  # fmt: skip

STATES = {
    "accepted": Styled(_("accepted"), "good"),
    "again": Styled(_("to be accepted again"), "warn"),
    "waits": Styled(_("not accepted yet"), "warn"),
    "unable": Styled(_("has no account"), "dim"),
}


READERS: Sheet[NoticeReader] = Sheet(
    id="notice readers",
    operation="privacy.notice_readers",
    title=_("Who accepted the notice"),
    about=_(
        "Everybody of a directory, whether they accepted its notice at collection, and when last. It is "
        "shown at the first sign-in, and once more where there is more to it."
    ),
    help=_("List who accepted the notice at collection and who has not."),
    of=(BOOK,),
    rows=lambda at: at.desk.privacy.notice_readers(at[BOOK]),
    key=lambda row: row.entry,
    named="entry",
    book=lambda at, _row: at[BOOK],
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit, few=True),
        Column("state", _("State"), lambda row: STATES[row.state].text, 16, few=True,
               tone=lambda row: STATES[row.state].tone, data=lambda row: row.state),
        Column("day", _("Accepted on"), lambda row: row.day, 12),
    ),
    empty=_("Nobody is in this directory."),
    example="notice readers --book staff",
)  # fmt: skip
