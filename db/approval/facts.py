"""The questions of the approver rule about people and offices. A reader of the record answers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from db.approval.capacity import HOLDER, Capacity
from db.policy.effective import EffectivePolicy

Earlier = tuple[int, int | None]
"""An earlier decision: the account that took it, and the one it stood in for."""


@dataclass(frozen=True, slots=True)
class ApprovalContext:
    """The context of an approval in ``book`` and ``unit``.

    - ``entry``: the entry it concerns.
    - ``barred``: persons who may not decide, numbered as `Facts.linked_persons` does.
    - ``asker``: the account whose own offices can't be its second.
    - ``in_person``: offices other than heads and those that keep the book have no fallback.
    - ``sought``: the entry that an approver must be entitled to see.
    - ``awaits_head``: a head without an account is waited for, not passed over.
    """

    book: str
    unit: int
    entry: int | None
    barred: frozenset[int]
    asker: int = 0
    in_person: bool = False
    sought: int | None = None
    awaits_head: bool = False


class Office(NamedTuple):
    """An account that holds a role, the unit it holds it of, and in which capacity."""

    account: int
    unit: int | None
    capacity: Capacity


class AwaitedHead(NamedTuple):
    """A head who has no account yet."""

    grant: int
    person: int
    name: str
    unit: int


class Approver(NamedTuple):
    """An account that may decide, with its office; ``on_behalf_of``: the holder it stands in for."""

    account: int
    role: str
    on_behalf_of: int | None = None
    unit: int | None = None
    capacity: Capacity = HOLDER


class Facts(Protocol):
    """Answers about the present. Sequences are in the order in which people are asked."""

    def policy(self, book: str) -> EffectivePolicy:
        """Return the effective policy of ``book``."""

    def linked_persons(self, account: int) -> frozenset[int]:
        """Return the persons who count as one with ``account``: its own, and those who had a hand in its
        enrolment or offices (`db.desk.requests.independence`); not who lent it an office. Negative numbers
        are accounts without a person. May be empty for an account that can approve nothing."""

    def person_of(self, entry: int) -> int | None:
        """Return the person of ``entry``; None for none, and perhaps for one who could approve nothing."""

    def accounts_of(self, entry: int) -> Sequence[int]:
        """Return the accounts in use of the person of an active ``entry``."""

    def inside_owner_unit(self, entry: int) -> int | None:
        """Return the unit of the colleague who answers for ``entry``, an outside contact (E.5)."""

    def units_up(self, unit: int) -> Sequence[int]:
        """Return ``unit`` and those above it, upwards."""

    def heads_of(self, unit: int) -> Sequence[Office]:
        """Return the heads of ``unit`` itself, those acting and deputies included."""

    def awaited_heads(self, unit: int) -> Sequence[AwaitedHead]:
        """Return the heads of ``unit`` itself who have no account yet."""

    def holders(self, role: str, book: str, unit: int) -> Sequence[Office]:
        """Return the holders of ``role`` in ``book`` whose office covers ``unit``."""

    def heads_in(self, book: str) -> Sequence[Office]:
        """Return the heads of all units of ``book``."""

    def holders_in_other_books(self, role: str, book: str) -> Sequence[Office]:
        """Return the holders of ``role`` in all books but ``book``."""

    def delegates(self, account: int, role: str, book: str, unit: int | None) -> Sequence[int]:
        """Return the accounts that stand in today for ``account`` as ``role`` of ``unit`` in ``book``."""

    def superiors(self, account: int, book: str) -> frozenset[int]:
        """Return the persons who head a unit of ``book`` that ``account`` works in, or one above it."""

    def offices_over(self, account: int, book: str, unit: int) -> frozenset[str]:
        """Return the roles that ``account`` holds over ``unit``, or stands in for, as `office_behind` names
        them."""

    def may_see(self, account: int, entry: int) -> bool:
        """Return whether ``account`` is entitled to see ``entry`` by what it holds itself (A.13)."""
