"""Contacts of departments, and of the company as a whole, on request (I.4.2.3, I.4.2.4).

A department's own are a kind of their own; the company's go the way of the structure.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.desk.act import Act
from db.desk.asking.places import read_unit, unit_choices
from db.desk.asking.submitting import check_hands_in, hands_in
from db.desk.authority.permissions import Permissions, own_place, policy_of, root_of
from db.desk.content_filter.content import refuse_unfit
from db.desk.entry.record import is_open
from db.desk.entry.sources import of_request
from db.desk.entry.unit_contacts import contacts_of, put_contacts
from db.desk.entry.units import name_of
from db.desk.notation.values import MASK, display, masked_value, normalise
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.request_kinds import (
    Asked,
    DiffLine,
    Offer,
    Payload,
    RequestContent,
    RequestKind,
    register,
)
from db.language import _
from db.policy.effective import EffectivePolicy
from db.store.engine import store
from db.store.moves import Moves
from db.store.tables import Request, Unit

KIND, COMPANY = "unit-contact", "company-contact"
NOTHING = "-"
"""Typed in place of a value that is to be taken away."""


def contact_changes(
    policy: EffectivePolicy, unit: int, asked: Asked
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is on record and what it is to become, only of what changes. A blank keeps a value and
    `NOTHING` empties it; a protected one counts as changed, as it would tell whether it was guessed. Raises
    Invalid for an unfit value and where nothing changes, Refused for what the book must not hold."""
    now, after, problems = contacts_of(unit), {}, []
    for rule in policy.unit_fields:
        text = asked.get(rule.name, "").strip()
        if not text:
            continue
        value = "" if text == NOTHING else normalise(rule, text, store().settings.phone_region)
        if isinstance(value, Problem):
            problems.append(value)
        elif not is_open(rule) or value != now.get(rule.name, ""):
            after[rule.name] = value
    refuse_unfit(policy, {name: (value,) for name, value in after.items()}, policy.unit_fields, problems)
    if not problems and not after:
        problems.append(Problem("", _("Nothing would change. Change a value first.")))
    if problems:
        raise Invalid(*problems)
    return {name: now.get(name, "") for name in after}, after


def lines_of(policy: EffectivePolicy, asks: Payload) -> tuple[DiffLine, ...]:
    before: Mapping[str, str] = asks["before"]
    after: Mapping[str, str] = asks["after"]
    found = []
    for rule in policy.unit_fields:
        if rule.name in after:
            shown = (display(rule.kind, before[rule.name]), display(rule.kind, after[rule.name]))
            covered = (masked_value(rule.kind, before[rule.name]), masked_value(rule.kind, after[rule.name]))
            found.append(DiffLine(rule.name, rule.label, *shown, covered if rule.protected else shown))
    return tuple(found)


def check_current(request: Request, asks: Payload) -> None:
    """Raise Refused where a contact was changed since the request was written, or the book knows a field no
    more."""
    now = contacts_of(request.unit_id)
    known = {rule.name for rule in policy_of(request.book_id).unit_fields}
    if any(now.get(name, "") != value for name, value in asks["before"].items()) or not known >= set(
        asks["after"]
    ):
        raise Refused(
            _("The contacts have been changed since this was written."),
            request.clause,
            _("Return it, so that it is written again against what is on record now."),
        )


def write_contacts(request: Request, asks: Payload, act: Act) -> None:
    """Replace the unit's contacts that were asked for, delete those asked to be empty, and keep both states
    for the audit. Notifies nobody."""
    put_contacts(
        request.unit_id,
        asks["after"],
        source=of_request(request.id),
        verifier=act.permissions.account,
    )
    act.keep_states(asks["before"], asks["after"])
    act.note_facts(fields=sorted(asks["after"]))


def contact_fields(policy: EffectivePolicy, now: Mapping[str, str]) -> tuple[RequestField, ...]:
    hint = _("blank: as is;  -  removes it")
    return tuple(
        RequestField(rule.name, rule.label, now=now.get(rule.name, ""), hint=hint)
        for rule in policy.unit_fields
    )


def on_record(policy: EffectivePolicy, unit: int) -> dict[str, str]:
    """Return the contacts of a unit as one writes them, by field; a protected one is masked."""
    now = contacts_of(unit)
    return {
        rule.name: display(rule.kind, now.get(rule.name, "")) if is_open(rule) else MASK
        for rule in policy.unit_fields
    }


def _present(permissions: Permissions, book: str, asked: Asked) -> Asked:
    """Return the contacts of the chosen unit, to those who may submit new ones of it; else blanks."""
    policy = policy_of(book)
    try:
        unit = read_unit(permissions, book, "unit", asked.get("unit", ""))
        check_hands_in(permissions, policy, KIND, unit)
    except (Invalid, Refused):
        return {rule.name: "" for rule in policy.unit_fields}
    return on_record(policy, unit)


def _open_to(permissions: Permissions, book: str) -> bool:
    policy = policy_of(book)
    return bool(policy.unit_fields) and hands_in(permissions, policy, KIND)


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    choices = unit_choices(permissions, book, root=False)
    unit = RequestField(
        "unit",
        policy_of(book).field("unit").label,
        value=str(own_place(permissions, book)) if choices else name_of(own_place(permissions, book)),
        choices=choices,
    )
    return (unit, *contact_fields(policy_of(book), {}))


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    policy = policy_of(book)
    if not policy.unit_fields:
        raise Refused(
            _("This directory keeps no contacts of departments."),
            SILENT,
            _("Change people's entries instead."),
        )
    check_hands_in(act.permissions, policy, KIND)
    unit = read_unit(act.permissions, book, "unit", asked.get("unit", ""))
    if Unit.get_by_id(unit).parent_id is None:
        flow = policy.flow("structure")
        raise Refused(
            _("The company's own contacts go another way."),
            flow.clause,
            _("Ask for company contacts, not a department's."),
        )
    check_hands_in(act.permissions, policy, KIND, unit)
    before, after = contact_changes(policy, unit, asked)
    return RequestContent(unit=unit, payload={"before": before, "after": after, "unit": unit})


def typed_contacts(asks: Payload) -> dict[str, str]:
    policy = policy_of(Unit.get_by_id(asks["unit"]).book_id)
    kinds = {rule.name: rule.kind for rule in policy.unit_fields}
    return {
        name: display(kinds[name], value) if value else NOTHING
        for name, value in asks["after"].items()
        if name in kinds
    }


def company_fields(_standing: Permissions, book: str) -> tuple[RequestField, ...]:
    policy = policy_of(book)
    return contact_fields(policy, on_record(policy, root_of(book)))


register(
    RequestKind(
        id=KIND,
        label=_("contacts"),
        power=power_over(Moves.ENTRY),
        apply=write_contacts,
        current=check_current,
        lines=lambda request, asks: lines_of(policy_of(request.book_id), asks),
        concerned_may_decide=True,
        offers=(
            Offer(
                KIND,
                _("department contacts"),
                _("Report a department's new address, phone or fax."),
                _open_to,
                _fields,
                _read,
                lambda asks: {"unit": str(asks["unit"]), **typed_contacts(asks)},
                own_place,
                _present,
            ),
        ),
    )
)
