"""Every operation in every state of a sign-in, and that the table misses no operation (threat 18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from inspect import unwrap

import pytest

from db.desk import Desk, Refused, SessionOver, open_desk
from db.desk.authority.offices import end_headships
from db.desk.frame import METHODS, OPERATIONS, OperationGroup
from db.store import clock
from db.store.tables import (
    AuditHead,
    AuditRecord,
    Delegation,
    Grant,
    SignInSession,
    UndertakingAccepted,
)
from tests.desk_groups import groups_of
from tests.matrix import book_acts, entry_acts, own_acts, test_requests
from tests.matrix.cast import Cast
from tests.matrix.conftest import trial
from tests.matrix.entry_acts import Trial
from tests.matrix.table import RAW, cells, grid, operations
from tests.matrix.test_entries import Bench
from tests.world import BOOKS

Act = Callable[[Cast, Desk], object]
EARLY = set(RAW["states"]["early"].split())
WITHDRAWN = ("hr", "security", "head", "for-head", "for-hr", "hr-there", "it")
SOME = ("employee", "head-here", "hr", "security", "it", "admin", "for-hr")


def test_no_operation_is_missing_from_the_table() -> None:
    """A new operation fails here until it has a row and an act."""
    told = operations("sight") | operations("propose") | operations("lives") | operations("charge")
    told |= {name.partition("(")[0] for row in RAW["book"] for name in row["operations"].split()}
    told |= set(RAW["own"]["operations"].split())
    told |= {name for state in test_requests.STATES for name in grid(RAW["requests"][state])}
    assert told == set(OPERATIONS), "say in tests/matrix/table.toml who may and who may not"
    known = {name.partition("(")[0] for name in ACTS}
    assert known == set(OPERATIONS), "say in book_acts.py, own_acts.py or entry_acts.py how it is called"
    assert {name for name, made in OPERATIONS.items() if made.before_undertaking} == EARLY


def test_an_operation_that_the_table_lacks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, "directory.dump", OPERATIONS["directory.card"])
    with pytest.raises(AssertionError):
        test_no_operation_is_missing_from_the_table()


def test_whatever_a_desk_offers_is_an_operation(casts: dict[str, Cast]) -> None:
    """So that nothing goes past the table by not being one."""
    desk = casts["staff"].desk("employee")
    names = {method: name for name, method in METHODS.items()}
    offered = {
        names.get(unwrap(method), f"{name}.{called}")
        for name, subject in groups_of(desk).items()
        for kind in type(subject).__mro__
        if issubclass(kind, OperationGroup) and kind is not OperationGroup
        for called, method in vars(kind).items()
        if not called.startswith("_")
    }
    assert offered == set(OPERATIONS)


@pytest.mark.threat(18)
@pytest.mark.clause("A.17", "A.19")
@pytest.mark.parametrize("state", ["enrolling", "expired", "undertaking"])
@pytest.mark.parametrize("book", BOOKS)
def test_an_incomplete_sign_in_does_nothing(casts: dict[str, Cast], book: str, state: str) -> None:
    cast, clause = casts[book], RAW["states"][state].get(book)
    if clause is None:
        return
    for reader in SOME if book == "staff" else ("employee", "hr"):
        with trial():
            desk = _desk(cast, reader, state)
            for name in ACTS:
                _check_refused(cast, desk, name, clause)


@pytest.mark.threat(18, 20)
@pytest.mark.parametrize("how", ["session", "account"])
def test_after_its_end_a_session_does_nothing(casts: dict[str, Cast], how: str) -> None:
    cast = casts["staff"]
    for reader in SOME:
        with trial():
            desk = cast.desk(reader)
            if how == "session":
                SignInSession.update(ended_at="2026-11-25T00:00:00.000000Z").where(
                    SignInSession.id == desk.actor.session
                ).execute()
            else:
                cast.desk("keeper").accounts.disable(desk.actor.account)
            for name, act in ACTS.items():
                assert _is_over(act, cast, desk), f"{name} by {reader}"


@pytest.mark.threat(18, 20)
@pytest.mark.parametrize("section", ["sight", "propose"])
@pytest.mark.parametrize("book", BOOKS)
def test_a_right_withdrawn_leaves_what_an_employee_has(
    casts: dict[str, Cast], book: str, section: str
) -> None:
    """Every role is taken away in mid-session; each cell is then the employee's."""
    cast, wrong = casts[book], []
    rows = {(cell.relation, cell.operation): cell.expected for cell in cells(section, book)
            if cell.reader == "employee"}  # fmt: skip
    with trial():
        bench = Bench(cast)
        for reader in WITHDRAWN:
            bench.desks[reader].me.who()
        _withdraw_all(cast)
        for cell in cells(section, book):
            if cell.reader in WITHDRAWN:
                expected = rows[cell.relation, cell.operation]
                if said := bench.mistake(replace(cell, expected=expected)):
                    wrong.append(said)
    assert not wrong, "\n".join(wrong)


def _desk(cast: Cast, reader: str, state: str) -> Desk:
    actor = cast.world.actor(cast.login(reader))
    if state == "enrolling":
        return open_desk(replace(actor, strength="enrolling"))
    if state == "expired":
        return open_desk(replace(actor, strength="expired"))
    UndertakingAccepted.delete().where(UndertakingAccepted.account == actor.account).execute()
    return open_desk(actor)


def _check_refused(cast: Cast, desk: Desk, name: str, clause: str) -> None:
    """What is open early is open; all else is refused with ``clause``, and the refusal is on record."""
    base = name.partition("(")[0]
    if base == "tokens.use" and desk.actor.strength == "full":  # of a script's own sign-in alone
        clause = "default"
    with trial():
        if base in EARLY:
            ACTS[name](cast, desk)
            return
        with pytest.raises(Refused) as caught:
            ACTS[name](cast, desk)
        assert caught.value.clause == clause, name
        record = AuditRecord.get_by_id(AuditHead.get_by_id(1).seq)
        told = f"the first that an act does is {base}; what must go before, it does `with suppress(Refused)`"
        assert record.act == base, told
        assert (record.outcome, record.clause) == ("refused", clause)


def _is_over(act: Act, cast: Cast, desk: Desk) -> bool:
    try:
        act(cast, desk)
    except SessionOver:
        return True
    return False


def _withdraw_all(cast: Cast) -> None:
    """What those have whose cells are asked; whoever decides on what they hand in stays."""
    moment = clock.now()
    theirs = [cast.world.accounts[cast.login(reader)] for reader in WITHDRAWN]
    Grant.update(revoked_at=moment).where(Grant.account.in_(theirs)).execute()
    Delegation.update(revoked_at=moment).execute()
    end_headships()


def _acts() -> dict[str, Act]:
    """Every act of the matrix, as it is tried on a colleague of the own unit or on nobody's request."""
    found: dict[str, Act] = {}
    for name in book_acts.OF_BOOK:
        found[name] = partial(_of_book, name)
    for name in own_acts.OWN:
        found[name] = partial(_own, name)
    for name in entry_acts.ACTS:
        found[name] = partial(_on_entry, name)
    for name in test_requests.ACTS:
        found[name] = partial(_on_request, name)
    return found


def _of_book(name: str, cast: Cast, desk: Desk) -> object:
    return book_acts.OF_BOOK[name](desk, cast.book)


def _own(name: str, _cast: Cast, desk: Desk) -> object:
    return own_acts.OWN[name](desk)


def _on_entry(name: str, cast: Cast, desk: Desk) -> object:
    return entry_acts.ACTS[name](Trial(desk, cast, cast.targets["unit"], "unit"))


def _on_request(name: str, _cast: Cast, desk: Desk) -> object:
    return test_requests.ACTS[name](desk, test_requests.NONE)


ACTS = _acts()
