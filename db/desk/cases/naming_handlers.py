"""A report that names somebody who would handle it goes to another (D.11.2). Not an operation.

Who reports needn't find anybody in the directory for it: the name or the login in what they wrote is enough,
and of an office with one holder the office itself. Whoever is named by mistake loses nothing but the case.
"""

from __future__ import annotations

import re

from db.desk.authority.offices import is_single
from db.desk.authority.standing import policy_of
from db.desk.cases.handling import Handling
from db.desk.requests.deciding import Decider
from db.store.tables import Account, CaseFile, CaseNamed


def set_aside(row: CaseFile, words: str) -> None:
    """Keep the case from each of those who would work on it or decide it and whom ``words`` name, and so
    from those who would in their place."""
    while found := [one for one in _path(row) if _is_named(row, one, words)]:
        for one in found:
            CaseNamed.create(case=row, account=one.account)


def _path(row: CaseFile) -> tuple[Decider, ...]:
    handling = Handling()
    ways = (handling.handlers, handling.investigators, handling.judges, handling.managers)
    return tuple({one.account: one for way in ways for one in way(row)}.values())


def _is_named(row: CaseFile, one: Decider, words: str) -> bool:
    policy = policy_of(row.book_id)
    login = Account.get_by_id(one.account).login
    if one.name in words or re.search(rf"\b{re.escape(login)}\b", words, re.ASCII | re.IGNORECASE):
        return True
    if not is_single(policy, one.role):
        return False
    label = policy.role(one.role).label
    return label.zh in words or label.en.casefold() in words.casefold()
