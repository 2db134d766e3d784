"""Offices of a book: who holds what since when, what stands vacant, and what is asked for to change that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from db.approval.capacity import ACTING, DEPUTY, HOLDER, Capacity
from db.desk.accounts.appointing import RELIEVE
from db.desk.asking.appointing import ID
from db.desk.authority.offices import is_single
from db.desk.authority.permissions import policy_of
from db.desk.cases.cases import Cases
from db.desk.directory.office_list import STAND_IN, OfficeRow, State
from db.language import Message, Text, _, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed, TypedLate
from tui.sheets.books import BOOK
from tui.sheets.cell import Cell, Styled, Tone
from tui.sheets.request_facts import handed_in
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb, nothing

DAY: Final = Typed("on", _("As it was on that day, such as 2026-03-31; blank: today."), required=False)
AS: Final[OneOf[Capacity]] = OneOf(
    "as",
    _("Holder, acting for the time being, or deputy."),
    heading=lambda at: _("{office}: as what?", office=at.row.office),
    choices=lambda _at: [
        OfferedAnswer(HOLDER, _("holder"), _("a head takes the place of the present one"), HOLDER),
        OfferedAnswer(ACTING, _("acting"), _("for the time being, beside whoever holds it"), ACTING),
        OfferedAnswer(DEPUTY, _("deputy"), _("decides too, in their own name"), DEPUTY),
    ],
)
WHOM: Final = Typed(
    "whom",
    _("Name, name/department, or login"),
    heading=lambda at: _replaced_holders(at),
    check=lambda at, whom: _check_holder(at, whom),
)
FIRST: Final = Typed("from", _("First day; blank: today"), title=_("From when?"), required=False)
LAST: Final = Typed("until", _("Last day; blank: until relieved"), title=_("Until when?"), required=False)
WITHOUT: Final = Typed(
    "from",
    _("First day without the office; blank: today"),
    heading=lambda at: _(
        "{who} is no longer {office} from when?", office=at.row.office, who=at.row.holder or _("vacant")
    ),
    required=False,
)
NEXT: Final = TypedLate(
    "deputy", _("The next deputy: name or login, or `none`"), title=_("Who is the next deputy?")
)
WHY: Final = Typed("reason", _("Reason"), title=_("Why?"))
CAPACITIES: Final[Mapping[str, Message]] = {
    HOLDER: _("holder"),
    ACTING: _("acting"),
    DEPUTY: _("deputy"),
    STAND_IN: _("stand-in"),
}

TONES: Final[Mapping[State, Tone]] = {"held": "strong", "suspended": "bad", "coming": "dim", "vacant": "bad"}


def _holder(row: OfficeRow) -> Text:
    if row.state == "suspended":
        return _("{who} (suspended)", who=row.holder)
    return row.holder or _("vacant")


def _replaced_holders(at: At[OfficeRow]) -> Text:
    """Return the title of the question for a new holder, naming those whom they replace."""
    row, replaced = at.row, list[Text]()
    if at[AS] == HOLDER and is_single(policy_of(row.book), row.role):
        for one in at.desk.offices.held(row.book):
            if (one.role, one.unit, one.capacity) == (row.role, row.unit, HOLDER) and one.holder:
                later = _("{who} (from {day})", who=one.holder, day=one.since)
                replaced.append(later if one.state == "coming" else one.holder)
    if not replaced:
        return _("{office}: who is it to be?", office=row.office)
    return _("{office}: who is it to be instead of {who}?", office=row.office, who=listed(replaced))


def _rows(at: At[Any]) -> Sequence[OfficeRow]:
    return at.desk.offices.held(at[BOOK], at.answers.get(DAY.id, ""))  # a verb acts on what is held now


def _in_the_tree(row: OfficeRow) -> Text:
    return Message("{indent}{office}", {"indent": "　" * max(row.depth - 1, 0), "office": row.office})


def _hand_in(at: At[OfficeRow], asked: Mapping[str, str]) -> int:
    row = at.row
    office = {"role": row.role, "unit": str(row.unit or "")}
    if at[NEXT]:
        office["deputy"] = at[NEXT]
    return at.desk.asking.ask(ID, row.book, {**office, **asked}, at[WHY])


def _check_holder(at: At[OfficeRow], whom: str) -> None:
    """Raise Invalid or Refused for somebody who can't hold the office, before days and reasons are asked
    for."""
    row = at.row
    asked = {"what": at[AS], "role": row.role, "unit": str(row.unit or ""), "whom": whom}
    at.desk.asking.check(ID, row.book, asked)


def _appoint(at: At[OfficeRow]) -> int:
    days = {"from": at[FIRST], "until": at[LAST]}
    return _hand_in(at, {"what": at[AS], "whom": at[WHOM], **days})


def _appoints(at: At[OfficeRow]) -> Question:
    """Return the last question before an appointment, with all answers read back."""
    office = {"who": at[WHOM], "as": CAPACITIES[at[AS]], "office": at.row.office}
    first, why = at[FIRST] or _("today"), at[WHY]
    text = _("From {first} until relieved. Reason: {why}", first=first, why=why)
    if at[LAST]:
        text = _("From {first} to {last}. Reason: {why}", first=first, last=at[LAST], why=why)
    return Question(_("Appoint {who} ({as}): {office}?", **office), text, _("Submit"))


def _relieves(at: At[OfficeRow]) -> Question:
    title = _("Relieve {who}: {office}?", who=at.row.holder, office=at.row.office)
    text = _("From {first}. Reason: {why}", first=at[WITHOUT] or _("today"), why=at[WHY])
    return Question(title, text, _("Submit"))


def _handed_in(at: At[OfficeRow], number: int) -> Text:
    return handed_in(at.desk, number)


def _gap(at: At[Any]) -> Cell:
    """Return a warning if nobody is left for a step of the book's cases; else ""."""
    gap = Cases(at.desk).gap(at[BOOK])
    if gap is None:
        return ""
    told = _(
        "No case can be carried to its end: nobody is left to {step}. Appoint one more: {offices}.",
        step=gap.what,
        offices=gap.offices,
    )
    return Styled(told, "warn")


APPOINT: Verb[OfficeRow] = Verb(
    id="appoint",
    operation="asking.ask",
    key="n",
    label=_("Appoint"),
    help=_("Ask that somebody holds an office, acts in it for the time being, or deputises."),
    on="one",
    asks=(AS, WHOM, FIRST, LAST, WHY, NEXT),
    meant=_appoints,
    do=_appoint,
    done=_handed_in,
    example="offices appoint head@12 --book staff --as acting --whom 赵敏 --reason 负责人休假",
)
END: Verb[OfficeRow] = Verb(
    id="relieve",
    operation="asking.ask",
    key="x",
    label=_("Relieve"),
    help=_("Ask that whoever holds an office is relieved of it."),
    on="one",
    asks=(WITHOUT, WHY, NEXT),
    meant=_relieves,
    offered=lambda row: row.state != "vacant" and row.capacity != STAND_IN,
    do=lambda at: _hand_in(at, {"what": RELIEVE, "whom": at.row.whom, "from": at[WITHOUT]}),
    done=_handed_in,
    example="offices relieve 41 --book staff --from 2026-12-01 --reason 调任",
)
OFFICES: Sheet[OfficeRow] = Sheet(
    id="offices",
    operation="offices.held",
    title=_("Offices"),
    about=_(
        "Who holds which office, since when and until when, and what is vacant. Who is to hold one, act "
        "for the time being or deputise is asked for, and decided as rights are; what was stays on "
        "record. People to whom a holder delegates are listed below the holder."
    ),
    help=_("List who holds which office, and what is vacant; --on shows an earlier day."),
    of=(BOOK, DAY),
    rows=_rows,
    said=_gap,
    key=lambda row: row.id,
    named="office",
    numbered=False,
    columns=(
        Column("title", _("Office"), _in_the_tree, data=lambda row: row.office),
        Column(
            "holder",
            _("Holder"),
            _holder,
            10,
            tone=lambda row: TONES[row.state],
            data=lambda row: row.holder,
        ),
        Column(
            "capacity",
            _("As"),
            lambda row: CAPACITIES[row.capacity] if row.holder else "",
            6,
            in_english=7,
            few=True,
            data=lambda row: row.capacity if row.holder else "",
        ),
        Column("since", _("Since"), lambda row: row.since, 10),
        Column("until", _("Last day"), lambda row: row.until, 10),
        Column("place", _("Unit"), lambda row: " / ".join(row.place), from_width=100),
        Column("role", _("Role"), nothing, from_width=NEVER, data=lambda row: row.role),
        Column("state", _("Status"), nothing, from_width=NEVER, data=lambda row: row.state),
    ),
    verbs=(APPOINT, END),
    empty=_("No office of this directory is within your reach."),
    example="offices --book staff --on 2026-03-31",
)
