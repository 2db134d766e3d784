"""How far a directory and WeCom differ, setting it right, and having both compared (G.4)."""

from __future__ import annotations

from typing import Any

from db.desk.outside.drift_views import Drift, DriftRow
from db.desk.outside.drift_words import drift_lines, drift_reason
from db.desk.outside.outside import Outside
from db.language import Text, _, _n, listed
from tui.sheets.asks import At, OfferedAnswer
from tui.sheets.books import WHICH, book_among
from tui.sheets.cell import Cell, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb
from tui.sheets.units import unit_in

NAMED = 8
"""So many of those who differ are named in the question."""
NOBODYS = _("Nobody in the directory has this account: remove it in WeCom, or enter the person here.")


def _books(at: At[Any]) -> list[OfferedAnswer[str]]:
    mine = Outside(at.desk).books() or [(one.id, one.title) for one in at.desk.me.who().books]
    return [OfferedAnswer(book, label) for book, label in mine]


BOOK = book_among(_books, WHICH)


def _drift(at: At[Any]) -> Drift:
    """Return the differences from WeCom, asked for once for rows and lines."""
    found: Drift = at.answers.get("drift") or Outside(at.desk).drift(at[BOOK])
    at.answers["drift"] = found
    return found


def _standing(at: At[Any]) -> Cell:
    first, *others = drift_lines(_drift(at))
    cell: list[Text | Styled] = [first]
    for line in others:
        cell += ["  ", Styled(line, "bad" if line is others[-1] and _drift(at).problem else "warn")]
    return cell


def _result_text(_at: At[Any], count: int) -> Text:
    return _n(
        "WeCom is told of {count} person at the next run, within ten minutes.",
        "{count} people are sent to WeCom at the next run, within ten minutes.",
        count=count,
    )


def _ask_to_push(at: At[Any]) -> Question:
    found = _drift(at)
    names = [row.name for row in found.rows if row.entry is not None]
    more = ["…"] if len(names) > NAMED else []
    return Question(
        _("Have WeCom set right in everybody who differs?"),
        text=_("{count} differ: {names}", count=len(names), names=listed([*names[:NAMED], *more])),
        yes=_("Set all right"),
    )


PUSH: Verb[Drift] = Verb(
    id="push",
    operation="outside.push",
    key="e",
    label=_("Set all right"),
    help=_("Have WeCom set right where it differs from the directory."),
    on="none",
    sure=_ask_to_push,
    do=lambda at: Outside(at.desk).push(at[BOOK]),
    done=_result_text,
    example="wecom push --book staff",
)
COMPARE: Verb[Drift] = Verb(
    id="compare",
    operation="outside.compare",
    key="n",
    label=_("Compare"),
    help=_("Have the directory and WeCom compared."),
    on="none",
    do=lambda at: Outside(at.desk).compare(at[BOOK]),
    done=lambda _at, _made: _("Both sides are compared at the next run, within ten minutes."),
    example="wecom compare --book staff",
)
PUSH_ONE: Verb[DriftRow] = Verb(
    id="set-right",
    operation="outside.push",
    key="e",
    label=_("Set right"),
    help=_("Send the person under the cursor to WeCom."),
    offered=lambda row: row.entry is not None,
    do=lambda at: Outside(at.desk).push(at[BOOK], at.number),
    done=_result_text,
    example="wecom drift set-right 3 --book staff",
)
WECOM: Sheet[Drift] = Sheet(
    id="wecom",
    operation="outside.drift",
    title=_("WeCom"),
    about=_(
        "Joiners, changes and leavers are told to WeCom by themselves, within ten minutes. Once a day both "
        "sides are compared."
    ),
    help=_("Show when a directory and WeCom were compared, and what waits to be sent."),
    of=(BOOK,),
    rows=lambda at: [_drift(at)],
    key=lambda row: row.book,
    named="book",
    numbered=False,
    said=_standing,
    columns=(
        Column("book", _("Directory"), lambda row: row.book_label, data=lambda row: row.book),
        Column("connected", _("Connected"), lambda row: "✓" if row.connected else "",
               data=lambda row: row.connected),
        Column("compared", _("Compared"), lambda row: row.at, data=lambda row: row.at),
        Column("here", _("Here"), lambda row: row.here, right=True),
        Column("there", _("In WeCom"), lambda row: row.there, right=True),
        Column("differences", _("Differences"), lambda row: len(row.rows), right=True),
        Column("waiting", _("To be told"), lambda row: row.waiting, right=True),
        Column("given_up", _("Given up"), lambda row: row.dead, right=True),
        Column("problem", _("Problem"), lambda row: drift_reason(row.problem), data=lambda row: row.problem),
        Column("clause", _("Clause"), lambda row: clause_text(row.clause), data=lambda row: row.clause),
    ),
    verbs=(PUSH, COMPARE),
    empty=_("Not compared yet."),
    example="wecom --book staff",
)  # fmt: skip
DRIFT: Sheet[DriftRow] = Sheet(
    id="wecom drift",
    operation="outside.drift",
    title=_("WeCom"),
    about=_(
        "Joiners, changes and leavers are told to WeCom by themselves, within ten minutes. Once a day both "
        "sides are compared: who is missing here or there, and which fields differ. Where WeCom is not "
        "connected, take the file which it imports."
    ),
    help=_("Say who is missing here or in WeCom and which fields differ, as last compared."),
    of=(BOOK,),
    rows=lambda at: _drift(at).rows,
    key=lambda row: row.id,
    named="difference",
    amiss=True,
    said=_standing,
    book=lambda at, _row: at[BOOK],
    columns=(
        Column("what", _("What is wrong"), lambda row: row.what_label, 16, few=True,
               tone=lambda row: "bad" if row.what == "missing-here" else "warn",
               data=lambda row: row.what),
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit, 14, from_width=100, few=True),
        Column("account", _("WeCom account"), lambda row: row.account, 14),
        Column("fields", _("Fields"), lambda row: row.fields, few=True),
        Column("stands", _("Status"), lambda row: row.stands, 16),
        Column("problem", _("Why"), lambda row: drift_reason(row.problem), from_width=NEVER,
               data=lambda row: row.problem),
        Column("advice", _("How to mend it"), lambda row: NOBODYS if row.entry is None else None,
               from_width=NEVER),
    ),
    verbs=(PUSH_ONE,),
    empty=_("The last comparison found no difference."),
    example="wecom drift --book staff",
)  # fmt: skip
