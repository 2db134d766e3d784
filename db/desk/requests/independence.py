"""Who counts as one person. Two accounts of one person never count as two, nor do an account and whoever may
know how to sign in as it, or alone gave it what it holds.

So an account stands for its own person; for whoever gave out, asked for or vouched for a code that it was
enrolled by; for whoever alone gave it an office that it holds; and for those for whom these stand in turn.
Time never ends that. It ends once somebody of another office has confirmed that they know the person
(`db.desk.accounts.confirming`). What the host's operator made needs no confirmation: whoever has the host has
everything. Not an operation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from db.store import clock
from db.store.engine import database
from db.store.sql import fetch
from db.store.tables import in_force

_ENROLLED = """
SELECT v.account_id, h.id FROM activation v JOIN account h ON (h.id = v.by_id OR h.id = v.voucher_id)
WHERE v.used_at IS NOT NULL AND h.person_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM confirmation c WHERE c.account_id = v.account_id AND c.at >= v.used_at
)
"""
_GIVEN_ALONE = f"""
SELECT a.id, h.id FROM "grant" g JOIN account a ON (a.id = g.account_id OR a.person_id = g.person_id)
JOIN account h ON h.id = g.granted_by_id
WHERE g.alone AND h.person_id IS NOT NULL AND {in_force("g").replace("{now}", "{}")} AND NOT EXISTS (
    SELECT 1 FROM confirmation c WHERE c.account_id = a.id AND c.at >= g.granted_at
)
"""


def person_number(account: int) -> int:
    """Return the id of the account's person, the same for all accounts of a person; minus the account's id
    without one."""
    (person,) = fetch(f"SELECT person_id FROM account WHERE id = {database.param}", (account,))[0]
    return -account if person is None else int(person)


def linked_persons(account: int) -> frozenset[int]:
    """Return by id the persons who count as one with ``account`` (minus the account's id without a person):
    its own, its enrolment helpers (`enrolment_helpers`), and the helpers of these in turn. Those whom it
    helped, and delegation, do not count."""
    found: set[int] = set()
    waiting, seen = [account], set[int]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            found.add(person_number(one))
            waiting += enrolment_helpers(one).get(one, ())
    return frozenset(found)


def same_person(one: int, other: int) -> bool:
    """Return whether two accounts can't count as two persons."""
    return bool(linked_persons(one) & linked_persons(other))


def enrolment_helpers(account: int | None = None) -> dict[int, list[int]]:
    """Return by account, of ``account`` or (None) all, the accounts that gave out, requested or vouched for a
    code it used, or alone gave it an office that it holds, where nobody has confirmed its person since. Those
    without a person, such as the host's operator, are left out."""
    mark, now = database.param, clock.now()
    enrolled, given = _ENROLLED, _GIVEN_ALONE.replace("{}", mark)
    values: tuple[object, ...] = ()
    if account is not None:
        enrolled, given = f"{enrolled} AND v.account_id = {mark}", f"{given} AND a.id = {mark}"
        values = (account,)
    found: dict[int, list[int]] = defaultdict(list)
    rows: Iterable[tuple[int, int]] = (*fetch(enrolled, values), *fetch(given, (now, now, *values)))
    for one, hand in rows:
        if hand != one:
            found[one].append(hand)
    return found
