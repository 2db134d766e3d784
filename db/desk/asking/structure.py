"""The structure of a book on request: a unit made, renamed, moved or closed, and the company's contacts.

Nothing changes before the last decider agrees; what was asked for is then done in the same transaction
(I.4.2.4).
"""

from __future__ import annotations

from db.desk.act import Act
from db.desk.asking import unit_contact
from db.desk.asking.places import read_unit, unit_choices
from db.desk.asking.submitting import check_hands_in, hands_in
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.content_filter.content import refuse_unfit_text
from db.desk.entry import units
from db.desk.entry.citing import with_clause
from db.desk.entry.units import change_obstacle, name_of, path_of
from db.desk.notation.values import clean
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import BLANK, AskChoice, RequestField
from db.desk.requests.request_kinds import (
    Asked,
    DiffLine,
    Offer,
    Payload,
    RequestContent,
    RequestKind,
    register,
)
from db.language import Message, Text, _
from db.policy.vocabulary import HEAD
from db.store.moves import Moves
from db.store.name_spelling import find_misspelling, spell_name
from db.store.tables import Account, Grant, Request, Unit

KIND = "structure"
CREATE, OUTSIDE, RENAME, MOVE, CLOSE, CONTACTS = "create", "outside", "rename", "move", "close", "contacts"
CLOSED = "unit-closed"
LONGEST = 64


def _open_to(permissions: Permissions, book: str) -> bool:
    return hands_in(permissions, policy_of(book), KIND)


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    outside = any(kind.side == "external" for kind in policy_of(book).kinds)
    every, below = unit_choices(permissions, book, root=True), unit_choices(permissions, book, root=False)
    return (
        RequestField(
            "what",
            _("What to do"),
            value=CREATE,
            choices=(
                AskChoice(CREATE, _("a new unit")),
                *([AskChoice(OUTSIDE, _("a new unit for outside contacts"))] if outside else []),
                AskChoice(RENAME, _("rename a unit")),
                AskChoice(MOVE, _("move a unit")),
                AskChoice(CLOSE, _("close a unit")),
            ),
        ),
        RequestField(
            "unit",
            _("Which unit"),
            hint=_("not for a new one"),
            choices=(BLANK, *below) if below else (),
        ),
        RequestField(
            "to",
            _("Under which unit"),
            value=str(root_of(book)) if every else "",
            hint=_("of a new or a moved unit"),
            choices=every,
        ),
        RequestField("name", _("Name of the unit"), hint=_("of a new or a renamed unit")),
        RequestField("name_en", _("English name"), hint=_("may be left blank")),
    )


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    check_hands_in(act.permissions, policy_of(book), KIND)
    what = asked.get("what") or CREATE
    new = what in (CREATE, OUTSIDE)
    if what not in (CREATE, OUTSIDE, RENAME, MOVE, CLOSE):
        raise Invalid(Problem("what", _("Choose one from the list.")))
    unit = None if new else read_unit(act.permissions, book, "unit", asked.get("unit", ""))
    to = read_unit(act.permissions, book, "to", asked.get("to", "")) if new or what == MOVE else None
    name = spell_name(clean(asked.get("name", ""))) if new or what == RENAME else ""
    if (new or what == RENAME) and not (0 < len(name) <= LONGEST and "/" not in name):
        raise Invalid(
            Problem("name", _("Write a name of up to {count} characters, without “/”.", count=LONGEST))
        )
    name_en = spell_name(clean(asked.get("name_en", "")))[:LONGEST]
    for field, text in (("name", name), ("name_en", name_en)):
        if strange := find_misspelling(text):
            raise Invalid(Problem(field, with_clause(policy_of(book), strange)))
    place = unit if unit is not None else to
    check_hands_in(act.permissions, policy_of(book), KIND, int(place or 0))
    for field, text in (("name", name), ("name_en", name_en)):
        refuse_unfit_text(policy_of(book), _("Name of the unit"), text, field)
    if what == RENAME and not name_en:
        name_en = str(Unit.get_by_id(unit).name_en)
    payload: Payload = {
        "what": what,
        "unit": unit,
        "to": to,
        "name": name,
        "name_en": name_en,
        "before": _state(unit),
    }
    wrong = _obstacle(payload)
    if wrong is not None:
        raise Invalid(Problem("name" if new or what == RENAME else "unit", wrong))
    return RequestContent(unit=int(place or 0), payload=payload)


def _state(unit: int | None) -> list[object]:
    """Return name, parent and whether active, which must be unchanged when a change of the unit is
    applied."""
    if unit is None:
        return []
    row = Unit.get_by_id(unit)
    return [row.name, row.parent_id, row.active]


def _obstacle(asks: Payload) -> Message | None:
    wrong = change_obstacle(asks["what"], asks["unit"], asks["to"], asks["name"])
    if wrong is None and asks["what"] == OUTSIDE:
        above = Unit.get_by_id(asks["to"])
        if above.parent_id is not None and above.side != "external":
            return _("Colleagues and outside contacts are kept in separate units.")
    return wrong


def _form_values(asks: Payload) -> Asked:
    if asks["what"] == CONTACTS:
        return unit_contact.typed_contacts(asks)
    return {
        "what": asks["what"],
        "unit": str(asks["unit"] or ""),
        "to": str(asks["to"] or ""),
        "name": asks["name"],
        "name_en": asks["name_en"],
    }


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    if asks["what"] == CONTACTS:
        return unit_contact.lines_of(policy_of(request.book_id), asks)
    line: tuple[Text, Text, Text]
    match asks["what"]:
        case "create" | "outside":
            line = (_("new unit"), "", f"{_path(asks['to'])} / {asks['name']}")
        case "rename":
            line = (_("rename"), asks["before"][0], asks["name"])
        case "move":
            line = (_("move {unit}", unit=name_of(asks["unit"])), _path(asks["before"][1]), _path(asks["to"]))
        case _:
            line = (_("close"), asks["before"][0], _("closed down"))
    label, before, after = line
    return (DiffLine("unit", label, before, after, (before, after)),)


def _path(unit: int) -> str:
    return " / ".join(path_of(unit))


def _current(request: Request, asks: Payload) -> None:
    if asks["what"] == CONTACTS:
        unit_contact.check_current(request, asks)
        return
    wrong = _obstacle(asks)
    if wrong is None and _state(asks["unit"]) != asks["before"]:
        wrong = _("The unit has been changed since this was written.")
    if wrong is not None:
        raise Refused(wrong, SILENT, _("Return it, so that it is written again."))


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Create, rename, move or close the unit, or write its contacts, as approved; index everybody again whom
    it touches. Before a closing its heads are notified."""
    match asks["what"]:
        case "contacts":
            unit_contact.write_contacts(request, asks, act)
            return
        case "create":
            made = units.create_unit(request.book_id, asks["name"], asks["to"], name_en=asks["name_en"])
            act.note_facts(unit=made)
        case "outside":
            made = units.create_unit(
                request.book_id, asks["name"], asks["to"], side="external", name_en=asks["name_en"]
            )
            act.note_facts(unit=made)
        case "rename":
            units.rename_unit(asks["unit"], asks["name"], asks["name_en"])
        case "move":
            units.move_unit(asks["unit"], asks["to"])
        case "close":
            _tell_heads(request, asks["unit"], act)
            units.close_unit(asks["unit"])
    act.note_facts(what=asks["what"])


def _tell_heads(request: Request, unit: int, act: Act) -> None:
    """Notify the unit's heads, acting ones and deputies that it is closed, except the actor."""
    heads = Grant.select(Grant.person).where((Grant.unit == unit) & (Grant.role == HEAD) & Grant.in_force())
    theirs = Account.person.in_(heads) & (Account.state != "disabled") & (Account.id != act.actor.account)
    told = [row.id for row in Account.select(Account.id).where(theirs).order_by(Account.id)]
    if told:
        store_notice(CLOSED, request.book_id, told, clause=request.clause, unit=unit, request=request.id)


def _company(act: Act, book: str, asked: Asked) -> RequestContent:
    policy = policy_of(book)
    if not policy.unit_fields:
        raise Refused(
            _("This directory keeps no contacts of the company."),
            SILENT,
            _("Change people's entries instead."),
        )
    root = root_of(book)
    check_hands_in(act.permissions, policy, KIND, root)
    before, after = unit_contact.contact_changes(policy, root, asked)
    return RequestContent(
        unit=root, payload={"what": CONTACTS, "unit": root, "before": before, "after": after}
    )


def _root(_standing: Permissions, book: str) -> int:
    return root_of(book)


LABEL = _("structure")
register(
    RequestKind(
        id=KIND,
        label=LABEL,
        power=power_over(Moves.REACH, Moves.GIVEN, Moves.ENTRY, Moves.ROLE, Moves.DUTY),
        apply=_apply,
        current=_current,
        lines=_lines,
        concerned_may_decide=True,
        offers=(
            Offer(
                KIND,
                LABEL,
                _("A unit made, renamed, moved or closed, once the approval is there."),
                _open_to,
                _fields,
                _read,
                _form_values,
                _root,
            ),
            Offer(
                unit_contact.COMPANY,
                _("company contacts"),
                _("The company's own address, phone and fax, once the approval is there."),
                lambda permissions, book: bool(policy_of(book).unit_fields) and _open_to(permissions, book),
                unit_contact.company_fields,
                _company,
                _form_values,
                _root,
            ),
        ),
    )
)
