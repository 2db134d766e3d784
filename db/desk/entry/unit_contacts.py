"""The contacts of units themselves: address, phone, fax and what else the policy gives to units (I.4.2.3).

Not an operation; these run within the transaction of the operation that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.desk.authority.permissions import policy_of
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import Unit, UnitContact


def contacts_of(unit: int) -> dict[str, str]:
    """Return the contacts of ``unit`` by field, decrypted. Raises SealBroken where one was tampered with."""
    rows = UnitContact.select().where(UnitContact.unit == unit)
    return {row.name: _contact_value(row) for row in rows}


def put_contacts(unit: int, values: Mapping[str, str], *, source: str, verifier: int | None) -> None:
    """Replace the unit's contacts in ``values``, protected ones encrypted; delete empty ones. Raises KeyError
    for a field that units don't have."""
    rules = {rule.name: rule for rule in policy_of(Unit.get_by_id(unit).book_id).unit_fields}
    for name, value in values.items():
        rule = rules[name]
        UnitContact.delete().where((UnitContact.unit == unit) & (UnitContact.name == name)).execute()
        if not value:
            continue
        place = UnitContact.sealed.place(unit, name)
        UnitContact.create(
            unit=unit,
            name=name,
            value=None if rule.protected else value,
            sealed=seal(store().keys, place, value.encode("utf-8")) if rule.protected else None,
            source=source,
            verifier=verifier,
            verified_at=clock.now(),
        )


def _contact_value(row: UnitContact) -> str:
    if row.sealed is None:
        return str(row.value or "")
    place = UnitContact.sealed.place(row.unit_id, row.name)
    return unseal(store().keys, place, bytes(row.sealed)).decode("utf-8")
