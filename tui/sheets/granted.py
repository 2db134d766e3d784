"""What was opened to the reader for a time, and the contacts that a unit keeps (A.13, I.4.2.3)."""

from __future__ import annotations

from db.desk import Desk
from db.desk.notation.localtime import local
from db.desk.requests.access import GrantView
from db.desk.requests.opened import OpenedView
from db.language import Label, Text, _, listed, say
from tui.sheets.asks import Typed
from tui.sheets.books import BOOK, unit_of
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import moment
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb, nothing

UNIT = Typed("unit", _("The unit, as 研发中心/研发一部; blank: the company."), required=False)


ACCESS: Sheet[GrantView] = Sheet(
    id="access",
    operation="access.mine",
    title=_("Access"),
    about=_("Entries that were opened to you for a time, the first to end first."),
    help=_("List entries that were opened to you for a time; `requests withdraw` gives one back."),
    rows=lambda at: at.desk.access.mine(),
    key=lambda row: row.request,
    named="request",
    columns=(
        Column("entry", _("Entry"), lambda row: row.entry, 6, right=True),
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", _("Department"), lambda row: row.unit),
        Column("book", _("Directory"), lambda row: row.book, few=True),
        Column("until", _("Until"), lambda row: local(row.until)[:16], 16, data=lambda row: row.until),
    ),
    context=lambda row: (row.book, clause_text(row.clause)),
    empty=_("Nothing is opened to you beyond your own scope. A request for access opens more for a time."),
    example="access",
)


def opened_by(desk: Desk) -> dict[int, OpenedView]:
    """Return what the reader's own requests opened and is open still, by the request's number."""
    return {view.request: view for view in desk.access.opened(own=True)}


def sure_to_end(view: OpenedView) -> Question:
    """Return the question whether to end what a request opened."""
    said = {"kind": view.kind, "whose": listed(view.whose), "until": moment(view.until), "to": view.to}
    if view.own:
        title = _("Give back {kind}: {whose}, yours until {until}?", **said)
        return Question(title, yes=_("Give back"), no=_("Keep it"))
    title = _("End {kind}: {whose}, open to {to} until {until}?", **said)
    return Question(title, yes=_("End it"), no=_("Keep it"))


def ended_text(view: OpenedView) -> Text:
    return _("Ended: {kind} of {whose}. It opens nothing any more.", kind=view.kind, whose=listed(view.whose))


TAKE_BACK: Verb[OpenedView] = Verb(
    id="withdraw",
    operation="requests.withdraw",
    key="x",
    label=_("Take back"),
    help=_("End what a request opened, before its days are over; whoever loses it is told."),
    on="one",
    sure=lambda at: sure_to_end(at.row),
    do=lambda at: at.desk.requests.withdraw(at.number),
    done=lambda at, _made: ended_text(at.row),
    example="opened withdraw 17",
)
OPENED: Sheet[OpenedView] = Sheet(
    id="opened",
    operation="access.opened",
    title=_("Opened for a time"),
    about=_(
        "What requests opened and still lasts: look-ups, copies not taken yet, entries given to a "
        "department. Your own, those that show you, those you approved and those you supervise: x ends one "
        "early."
    ),
    help=_("List what requests opened and still lasts, yours or yours to end."),
    rows=lambda at: at.desk.access.opened(),
    key=lambda row: row.request,
    named="request",
    columns=(
        Column("request", _("No."), lambda row: row.request, 5, right=True),
        Column("kind", _("Kind"), lambda row: row.kind, 12, in_english=16, few=True),
        Column("whose", _("Whose"), lambda row: row.whose, tone="strong"),
        Column("to", _("To whom"), lambda row: row.to, 14),
        Column("until", _("Until"), lambda row: moment(row.until), 16, data=lambda row: row.until),
        Column("own", _("Asked by you"), nothing, from_width=NEVER, data=lambda row: row.own),
    ),
    context=lambda row: (row.book, clause_text(row.clause)),
    verbs=(TAKE_BACK,),
    empty=_("Nothing that you asked for, approved or watch over is open for a time, and nothing shows you."),
    example="opened",
)
CONTACTS: Sheet[tuple[Label, str]] = Sheet(
    id="contacts",
    operation="asking.contacts",
    title=_("Contacts"),
    about=_("The address, phones and fax that a unit keeps, or the company."),
    help=_("Show the address, phones and fax of a unit, or of the company."),
    of=(BOOK, UNIT),
    rows=lambda at: at.desk.asking.contacts(at[BOOK], unit_of(at, at[BOOK], at[UNIT])),
    key=lambda row: say(row[0], "en"),
    named="contact",
    numbered=False,
    columns=(
        Column("label", _("Contact"), lambda row: row[0], 16),
        Column("value", _("Value"), lambda row: row[1], tone="strong"),
    ),
    empty=_("No contacts of it are on record."),
    example="contacts --unit 研发中心",
)
