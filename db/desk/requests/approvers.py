"""Who may decide, by the approver rule (`db.approval.rule`) over the record, and by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache

from db.approval.capacity import HOLDER, Capacity
from db.approval.facts import ApprovalContext, AwaitedHead, Earlier, Facts
from db.approval.rule import awaited_head, is_barred, persons_linked_to, who_decides
from db.desk.act import Act
from db.desk.requests.recorded_facts import RecordedFacts
from db.store.sql import fetch, is_among


def account_name(account: int) -> str:
    """Return the name of an account's person, or its login where it has none."""
    return account_names([account])[account]


def account_names(accounts: Collection[int]) -> dict[int, str]:
    """Return the names of the accounts' persons, or logins where they have none, by account; unknown ones are
    left out."""
    where, values = is_among("a.id", accounts)
    name = "SELECT a.id, COALESCE(p.name, a.login) FROM account a LEFT JOIN person p ON p.id = a.person_id"
    return dict(fetch(f"{name} WHERE {where}", values))


@dataclass(frozen=True, slots=True)
class NamedApprover:
    """An approver whose name, and the holder's for whom they decide, are looked up when they are shown."""

    account: int
    role: str
    on_behalf_of: int | None = None
    unit: int | None = None
    capacity: Capacity = HOLDER
    names: Callable[[int], str] = field(default=account_name, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.names(self.account)

    @property
    def on_behalf_name(self) -> str:
        return "" if self.on_behalf_of is None else self.names(self.on_behalf_of)


def note_office(act: Act, decider: NamedApprover) -> None:
    """Note in the audit record in which office ``decider`` acts, and for whom."""
    act.note_facts(
        on_behalf_of=decider.on_behalf_of,
        office=decider.role,
        office_unit=decider.unit,
        capacity=decider.capacity,
    )


class ApproverResolver:
    """Applies the approver rule within one operation, from ``facts`` that it caches."""

    def __init__(self, facts: Facts | None = None) -> None:
        self.facts: Facts = facts or RecordedFacts()
        self._deciders = cache(self._who_decides)
        self._name = cache(account_name)

    def approvers(
        self, case: ApprovalContext, role: str, earlier: Sequence[Earlier] = ()
    ) -> tuple[NamedApprover, ...]:
        return self._deciders(case, role, tuple(earlier))

    def may_decide(
        self, account: int, case: ApprovalContext, role: str, earlier: Sequence[Earlier] = ()
    ) -> bool:
        """Return whether ``account`` is among those who decide a step of ``role``."""
        return any(one.account == account for one in who_decides(self.facts, case, role, earlier))

    def awaited_head(self, case: ApprovalContext) -> AwaitedHead | None:
        return awaited_head(self.facts, case)

    def linked_persons(self, *accounts: int, person: int | None = None) -> frozenset[int]:
        """Return the persons who count as one with ``accounts``, and ``person``, for
        `ApprovalContext.barred`."""
        return persons_linked_to(self.facts, accounts, person)

    def is_barred(self, case: ApprovalContext, account: int) -> bool:
        return is_barred(self.facts, case, account)

    def _who_decides(
        self, case: ApprovalContext, role: str, earlier: tuple[Earlier, ...]
    ) -> tuple[NamedApprover, ...]:
        found = who_decides(self.facts, case, role, earlier)
        return tuple(NamedApprover(*one, names=self._name) for one in found)
