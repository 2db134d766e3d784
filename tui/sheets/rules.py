"""The rules of a directory in brief, for everybody whom they bind (F.6.2)."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.policies.rule_views import Coming
from db.desk.policies.summaries import Lesson
from db.language import Text, _
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact
from tui.sheets.date_words import day
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb


def facts_of(clause: Text, text: Text, means: Sequence[Text]) -> list[Fact]:
    return [(_("Clause"), clause), (_("Rule"), text), *((_("For you"), one) for one in means)]


def coming_line(one: Coming) -> Text:
    if not one.version:
        return _("from {day} on under: {title}", day=day(one.day), title=one.title)
    return _(
        "{title}: version {version} from {day} on", title=one.title, version=one.version, day=day(one.day)
    )


SUMMARY: Sheet[Lesson] = Sheet(
    id="summary",
    operation="policies.summary",
    title=_("Rules in brief"),
    about=_(
        "The rules of this directory in few words, each with its clause; below, what the one under the "
        "cursor means for you."
    ),
    help=_("Show the rules of a directory in brief, and what each means for you."),
    of=(BOOK,),
    rows=lambda at: at.desk.policies.summary(at[BOOK]),
    key=lambda row: row.clause,
    named="clause",
    numbered=False,
    columns=(
        Column("clause", _("Clause"), lambda row: row.clause, 8, tone="dim"),
        Column("rule", _("Rule"), lambda row: row.text),
        Column("means", _("For you"), lambda row: row.means, from_width=NEVER),
    ),
    facts=lambda row: facts_of(row.clause, row.text, row.means),
    empty=_("This directory has no rules of its own."),
    example="summary --book staff",
)


def _withdraw_coming(at: At[Coming]) -> int:
    regulation, _sign, version = at.word.partition("@")
    if version:
        return at.desk.policies.withdraw(regulation, version)
    return at.desk.policies.withdraw_rules(at[BOOK], regulation)


WITHDRAW: Verb[Coming] = Verb(
    id="withdraw",
    operation="policies.withdraw",
    key="x",
    label=_("Withdraw"),
    help=_("Take back, before its day, what is to take effect; everybody who was told of it is told."),
    on="one",
    asks=(BOOK,),
    offered=lambda row: row.is_yours,
    sure=lambda at: Question(
        _("Withdraw this: {what}?", what=coming_line(at.row)),
        text=_("Everybody who was told of it is told that it is withdrawn."),
        yes=_("Withdraw"),
        no=_("Keep it"),
    ),
    do=_withdraw_coming,
    done=lambda _at, told: _("Withdrawn; people told: {told}.", told=told),
    example="coming withdraw wecom@2",
)
COMING: Sheet[Coming] = Sheet(
    id="coming",
    operation="policies.rules",
    title=_("Rules to come"),
    about=_(
        "Versions of regulations, and other regulations of a directory, that are on record and not in force "
        "yet. Whoever revises the rules can withdraw them before their day."
    ),
    help=_("List the rules of a directory that are on record and not in force yet."),
    of=(BOOK,),
    rows=lambda at: at.desk.policies.rules(at[BOOK]).coming,
    key=lambda row: f"{row.id}@{row.version}" if row.version else row.day,
    named="what",
    numbered=False,
    columns=(
        Column("day", _("Takes effect"), lambda row: row.day, 10, tone="strong"),
        Column("title", _("Regulation"), lambda row: row.title),
        Column("version", _("Version"), lambda row: row.version, 8),
    ),
    verbs=(WITHDRAW,),
    empty=_("Nothing is to come: what is in force stays."),
    example="coming --book staff",
)
