"""What was opened to the reader for a time, and the contacts that a unit keeps (A.13, I.4.2.3)."""

from __future__ import annotations

from db.desk.notation.localtime import local
from db.desk.requests.access import GrantView
from db.language import Label, _, say
from tui.sheets.asks import Typed
from tui.sheets.books import BOOK, unit_of
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import Column, Sheet

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
