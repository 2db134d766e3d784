"""The rules of a directory in brief, for everybody whom they bind (F.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.policies.rule_views import Coming
from db.desk.policies.summaries import Lesson
from db.language import Text, _
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact
from tui.sheets.sheet import NEVER, Column, Sheet


def facts_of(clause: Text, text: Text, means: Sequence[Text]) -> list[Fact]:
    """A rule in full, and what it means for the reader."""
    return [(_("Clause"), clause), (_("Rule"), text), *((_("For you"), one) for one in means)]


def coming_line(one: Coming) -> Text:
    """What is on record and not in force yet."""
    if not one.version:
        return _("from {day} on under: {title}", day=one.day, title=one.title)
    return _("{title}: version {version} from {day} on", title=one.title, version=one.version, day=one.day)


def _lessons(at: At[Any]) -> Sequence[Lesson]:
    return at.desk.policies.summary(at[BOOK])


SUMMARY: Sheet[Lesson] = Sheet(
    id="summary",
    operation="policies.summary",
    title=_("Rules in brief"),
    about=_(
        "The rules of this directory in few words, each with its clause; below, what the one under the "
        "cursor means for you."
    ),
    help=_("Tell the rules of a directory in few words, with what each means for you."),
    of=(BOOK,),
    rows=_lessons,
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
