"""Who counts as one person. Two accounts of one person never count as two, nor do an account and whoever may
know how to sign in as it: those who had a hand in the activation code that its owner last enrolled by.

So for `dependent_days` of the regulations [30] an account stands for its own person, for whoever asked for
its reset and whoever vouched (or invited it), and for those for whom these stand in turn. It ends earlier
where the owner enrols anew by others' help. Not an operation.
"""

from __future__ import annotations

from datetime import timedelta

from db.desk.authority.standing import books_of, policy_of
from db.store import clock
from db.store.engine import database
from db.store.sql import fetch


def person_behind(account: int) -> int:
    """One number for all accounts of a person; a negative one for an account without a person."""
    (person,) = fetch(f"SELECT person_id FROM account WHERE id = {database.param}", (account,))[0]
    return -account if person is None else int(person)


def persons_behind(account: int) -> frozenset[int]:
    """Everybody for whom ``account`` stands, numbered as `person_behind` does."""
    found: set[int] = set()
    waiting, seen = [account], set[int]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            found.add(person_behind(one))
            waiting += _hands_in(one)
    return frozenset(found)


def same_person(one: int, other: int) -> bool:
    """Whether two accounts can't count as two persons."""
    return bool(persons_behind(one) & persons_behind(other))


def _hands_in(account: int) -> list[int]:
    """The accounts that had a hand in how ``account`` was enrolled last, as long as that counts."""
    last = fetch(
        f"SELECT used_at, by_id, voucher_id FROM activation WHERE account_id = {database.param}"
        " AND used_at IS NOT NULL ORDER BY used_at DESC, id DESC LIMIT 1",
        (account,),
    )
    if not last:
        return []
    used_at, *hands = last[0]
    days = max((policy_of(book).reset.dependent_days or 0 for book in books_of(account)), default=0)
    if clock.moment(used_at) + timedelta(days=days) <= clock.utcnow():
        return []
    return [one for one in hands if one is not None]
