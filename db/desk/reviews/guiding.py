"""Guidance of whoever supervises a book: an instruction to its departments, which their heads read and
confirm (C.6, H.3.1).

A department that gets another head before it was confirmed has the new head confirm it, and so has one whose
head had no account; until then it is named with that head, or as one without a head.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.recorded_facts import heads_awaited_in
from db.desk.requests.request_views import name_of
from db.desk.tasks.duties import Alarm
from db.language import Label, _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD
from db.store.tables import Account, Grant, Notice, NoticeRecipient, Unit

KIND = "guidance"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction with how far it is confirmed. ``missing`` are departments whose head has not confirmed
    it, ``headless`` those of them that have none, ``awaited`` those whose head has no account yet, with the
    head and who deputises or acts for them. ``mine``: the reader is to confirm it."""

    id: int
    book: str
    book_label: Label
    at: str
    by: str
    text: str
    clause: str
    departments: int
    missing: tuple[str, ...]
    headless: tuple[str, ...]
    awaited: tuple[tuple[str, str, tuple[str, ...]], ...]
    mine: bool


class Guidance(OperationGroup):
    """Operations on instructions to departments."""

    @operation("guidance.list", label=_("list instructions"), recorded=False, power=LOOKS)
    def list(self) -> tuple[Instruction, ...]:
        """Return the instructions of supervised or kept books, and those to the actor; newest first."""
        rows = (
            Notice.select()
            .where((Notice.kind == KIND) & Notice.book.in_(self.permissions.books))
            .order_by(Notice.at.desc(), Notice.id.desc())
        )
        found = []
        for row in rows:
            own = NoticeRecipient.get_or_none(notice=row.id, account=self.permissions.account)
            if own is not None or self._oversees(row.book_id):
                found.append(_view(row, own is not None and own.acknowledged_at is None))
        return tuple(found)

    @operation("guidance.give", label=_("instruct departments"), recorded=True, power=LOOKS)
    def give(self, book: str, text: str) -> int:
        """Send an instruction by notice to the heads of all departments of ``book``, each of whom has to
        acknowledge it; return its number. Raises Refused for anyone but the supervisor, Invalid."""
        policy = self.permissions.check_book(book)
        clause = policy.supervisor.clause
        self.act.note_facts(book=book, clause=clause)
        if not self._instructs(book):
            role = policy.role(policy.supervisor.role).label
            raise Refused(
                _("Departments are instructed by {role}.", role=role),
                clause,
                _("Tell them what you would have them say."),
            )
        said = " ".join(text.split())
        if not 0 < len(said) <= LONGEST:
            message = _("Say what departments are to do, in up to {count} characters.", count=LONGEST)
            raise Invalid(Problem("text", message))
        refuse_card_numbers([policy], _("Instruction"), said, "text")
        units = _departments(book)
        detail = {"text": said, "by": name_of(self.permissions.account), "units": units}
        store_notice(
            KIND, book, _accounts_of_heads(book, units), clause=clause, detail=detail, acknowledge=True
        )
        number = int(Notice.select(Notice.id).where(Notice.kind == KIND).order_by(Notice.id.desc()).get().id)
        self.act.note_facts(instruction=number, departments=len(units))
        return number

    @operation("guidance.offers", label=_("list whose departments to instruct"), recorded=False, power=LOOKS)
    def offers(self) -> tuple[str, ...]:
        """Return the books whose departments the actor may instruct."""
        return tuple(filter(self._instructs, self.permissions.books))

    def _instructs(self, book: str) -> bool:
        return self.permissions.holds_throughout(book, policy_of(book).supervisor.role)

    def _oversees(self, book: str) -> bool:
        policy = policy_of(book)
        return self.permissions.holds_throughout(book, policy.supervisor.role, *policy.keepers)


def _departments(book: str) -> list[int]:
    """Return the book's departments of own staff: units right below the root, and units further down that
    have a head of their own."""
    rows = list(Unit.select().where((Unit.book == book) & Unit.active & (Unit.side == "internal")))
    root = next(row.id for row in rows if row.parent_id is None)
    ids = [row.id for row in rows]
    headed = {*_heads(book, ids), *(one.unit for one in heads_awaited_in(book))}
    return [
        unit for unit, row in zip(ids, rows, strict=True) if row.parent_id == root or unit in headed - {root}
    ]


def _accounts_of_heads(book: str, units: list[int]) -> list[int]:
    return list(dict.fromkeys(one for heads in _heads(book, units).values() for one in heads))


def _heads(book: str, units: list[int]) -> dict[int, list[int]]:
    """Return the accounts of who heads each of ``units``, acts there or deputises."""
    rows: Any = (
        Grant.select(Grant.unit, Account.id)
        .join(Account, on=Grant.is_of())
        .where(
            (Grant.book == book)
            & (Grant.role == HEAD)
            & Grant.unit.in_(units)
            & Grant.in_force()
            & (Account.state != "disabled")
        )
        .order_by(Grant.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for unit, account in rows.tuples():
        found[unit].append(account)
    return found


def _confirmed(row: Notice) -> set[int]:
    """Return the departments whose head at the time acknowledged the instruction."""
    done: Any = (
        NoticeRecipient.select(Grant.unit)
        .join(Account)
        .join(Grant, on=Grant.is_of())
        .where(
            (NoticeRecipient.notice == row.id)
            & NoticeRecipient.acknowledged_at.is_null(False)
            & (Grant.book == row.book_id)
            & (Grant.role == HEAD)
            & (Grant.from_at <= NoticeRecipient.acknowledged_at)
            & (Grant.revoked_at.is_null() | (Grant.revoked_at > NoticeRecipient.acknowledged_at))
        )
    )
    return {unit for (unit,) in done.tuples()}


def _view(row: Notice, mine: bool) -> Instruction:
    detail = json.loads(row.detail)
    units: list[int] = detail["units"]
    names = {one.id: one.name for one in Unit.select().where(Unit.id.in_(units) & Unit.active)}
    done, headed = _confirmed(row), _heads(row.book_id, units)
    awaited = {one.unit: one for one in heads_awaited_in(row.book_id)}
    missing = [unit for unit in names if unit not in done]
    book = row.book
    return Instruction(
        id=row.id,
        book=row.book_id,
        book_label=book.title,
        at=local(row.at)[:16],
        by=detail["by"],
        text=detail["text"],
        clause=row.clause,
        departments=len(names),
        missing=tuple(names[unit] for unit in missing),
        headless=tuple(names[unit] for unit in missing if unit not in {*headed, *awaited}),
        awaited=tuple(
            (names[unit], awaited[unit].name, _standing_in(awaited[unit].person, headed.get(unit, [])))
            for unit in missing
            if unit in awaited
        ),
        mine=mine,
    )


def _standing_in(head: int, accounts: list[int]) -> tuple[str, ...]:
    others = Account.select().where(Account.id.in_(accounts) & (Account.person != head))
    return tuple(name_of(one.id) for one in others.order_by(Account.id))


def tell_new_heads(policy: EffectivePolicy) -> Iterator[Alarm]:
    """Address an instruction that a department has not acknowledged to its present head, too; yield an alarm
    for each."""
    for row in Notice.select().where((Notice.kind == KIND) & (Notice.book == policy.book)):
        units = [unit for unit in json.loads(row.detail)["units"] if unit not in _confirmed(row)]
        known = {one.account_id for one in NoticeRecipient.select().where(NoticeRecipient.notice == row.id)}
        new = [account for account in _accounts_of_heads(policy.book, units) if account not in known]
        for account in new:
            NoticeRecipient.insert(notice=row.id, account=account, opens="").on_conflict_ignore().execute()
        if new:
            yield Alarm("guidance.put_to", row.clause, {"instruction": row.id, "told": len(new)})
