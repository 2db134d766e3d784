"""Whom a refusal sends its reader to: who holds an office now, by name. Not an operation."""

from __future__ import annotations

from typing import Any

from db.desk.authority.office_names import role_name
from db.language import Message, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.store.tables import Account, Grant, Person

ASK, FOR_IT = _("Ask {role}."), _("Ask {role} for it.")
NAMED = 2
"""So many holders are named; the office says who the others are."""


def ask_office(policy: EffectivePolicy, roles: tuple[str, ...], advice: Message) -> Text:
    """Return ``advice`` with its {role} filled with who holds one of ``roles`` in the policy's book. Where
    nobody does, return that, and who can appoint somebody."""
    named = [_named(policy, role) for role in roles]
    if any(named):
        return Message(advice.text, {**advice.params, "role": listed(one for one in named if one)})
    office, giver = listed(role_name(policy.book, role) for role in roles), policy.rights.by
    if filling := _named(policy, giver):
        return _("Nobody is {role} here now. {who} can appoint somebody.", role=office, who=filling)
    return _(
        "Nobody is {role} here now, nor {giver}, who could appoint somebody: tell whoever runs this system.",
        role=office,
        giver=role_name(policy.book, giver),
    )


def _named(policy: EffectivePolicy, role: str) -> Text:
    """Return the office with who holds it, those of the whole book first; "" where nobody does."""
    rows: Any = (
        Person.select(Person.name)
        .left_outer_join(Account, on=(Account.person == Person.id))
        .join(Grant, on=(Grant.account == Account.id) | (Grant.person == Person.id))
        .where((Grant.role == role) & (Grant.book.is_null() | (Grant.book == policy.book)) & Grant.in_force())
        .where(Account.state.is_null() | (Account.state != "disabled"))
        .order_by(Grant.unit.is_null(False), Grant.id)
        .tuples()
    )
    names = list(dict.fromkeys(name for (name,) in rows))[:NAMED]
    return _("{who} ({role})", who=listed(names), role=role_name(policy.book, role)) if names else ""
