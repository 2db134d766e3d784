"""What each role may do with a change that somebody asked for, until its end (threat 18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from db.desk import Desk, Overtaken, Refused
from db.desk.authority.offices import end_headships
from db.desk.refusal import SILENT
from db.language import say
from db.store import clock
from db.store.tables import Grant, Request
from tests.db.desk.asking import ask_access
from tests.matrix.cast import NEVER, ORDER, Cast, evidence_of
from tests.matrix.conftest import trial
from tests.matrix.table import RAW, Grid, grid
from tests.world import BOOKS

STATES = tuple(name for name in RAW["requests"] if name not in ("clauses", "casts"))
IN_ONE_STEP = tuple(state for state in STATES if state != "waiting-for-head")
MOBILE = "139 0000 2121"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on record, as those who decide on it are shown it."""

    request: int
    digest: str
    evidence: str
    entry: int
    version: int
    field: str = "mobile"


NONE = Asked(NEVER, "0" * 64, "none", NEVER, 1)
ACTS: dict[str, Callable[[Desk, Asked], object]] = {
    "requests.one": lambda desk, of: desk.requests.one(of.request),
    "requests.withdraw": lambda desk, of: desk.requests.withdraw(of.request),
    "changes.amendment": lambda desk, of: desk.changes.amendment(of.request),
    "changes.amend": lambda desk, of: desk.changes.amend(
        of.request, of.version, {of.field: "139 0000 3131"}, "再改", [evidence_of(desk.actor.account)]
    ),
    "asking.amend": lambda desk, of: desk.asking.amend(of.request, {"name": "某人"}, "对接"),
    "queue.one": lambda desk, of: desk.queue.one(of.request),
    "queue.approve": lambda desk, of: desk.queue.approve(of.request, of.digest),
    "queue.return": lambda desk, of: desk.queue.return_(of.request, of.digest, "缺材料"),
    "queue.reject": lambda desk, of: desk.queue.reject(of.request, of.digest, "不符"),
    "queue.approve_many": lambda desk, of: desk.queue.approve_many([(of.request, of.digest)]),
    "queue.return_many": lambda desk, of: desk.queue.return_many([(of.request, of.digest)], "缺材料"),
    "queue.reject_many": lambda desk, of: desk.queue.reject_many([(of.request, of.digest)], "不符"),
    "story.comment": lambda desk, of: desk.story.comment(of.request, "旧号保留到何时？"),
    "story.remind": lambda desk, of: desk.story.remind(of.request),
    "lifecycle.amendment": lambda desk, of: desk.lifecycle.amendment(of.request),
    "lifecycle.call_off": lambda desk, of: desk.lifecycle.call_off(of.request, "不来了"),
    "lifecycle.open_archive": lambda desk, of: desk.lifecycle.open_archive(of.request),
    "tasks.one": lambda desk, of: desk.tasks.one(of.request),
    "tasks.done": lambda desk, of: desk.tasks.done(of.request),
    "tasks.tick": lambda desk, of: desk.tasks.tick(of.request, "sync"),
    "tasks.sign_off": lambda desk, of: desk.tasks.sign_off(of.request, "returned"),
    "tasks.add_copy": lambda desk, of: desk.tasks.add_copy(of.request, "纸质版"),
    "evidence.open": lambda desk, of: desk.evidence.open(of.evidence),
    "evidence.remove": lambda desk, of: desk.evidence.remove(of.evidence),
}


def states_of(book: str) -> tuple[str, ...]:
    """Those that a change can be in there: a head decides first, or nobody but the maintainer does."""
    return IN_ONE_STEP if book in RAW["requests"]["casts"]["in-one-step"] else STATES


@pytest.mark.threat(18, 23)
@pytest.mark.clause("A.15", "B.3.2", "C.8", "D.5.2", "E.13.2", "E.13.3", "G.4.2", "H.5.1", "I.3.4")
@pytest.mark.parametrize(("book", "state"), [(book, state) for book in ORDER for state in states_of(book)])
def test_every_cell(casts: dict[str, Cast], book: str, state: str) -> None:
    cast, wrong = casts[book], []
    with trial():
        asked = bring_to(cast, state)
        rows = rows_of(cast, state)
        desks = {reader: cast.desk(reader) for row in rows.values() for reader in row}
        of_none = cache(lambda reader, operation: _said(desks[reader], operation, NONE))
        for operation, row in rows.items():
            for reader, word in row.items():
                none = of_none(reader, operation)
                mistake = _mistake(desks[reader], operation, asked, _expected(book, state, word), none)
                if mistake:
                    wrong.append(f"{book}, {state}: {operation} by {reader}: {mistake}")
    assert not wrong, "\n".join(wrong)


def rows_of(cast: Cast, state: str) -> Grid:
    """The rows of a state as they are for the readers of a book: whoever has no column is told nothing."""
    given = RAW["requests"]["casts"]
    players: Mapping[str, str] = given["players"].get(cast.book, {})
    rows = {}
    for operation, row in grid(RAW["requests"][state]).items():
        found = dict.fromkeys(cast.readers, "nobody")
        for column, word in row.items():
            reader = players.get(column, column)
            if reader in found and not (column == "head-here" and cast.book in given["in-one-step"]):
                found[reader] = word
        rows[operation] = found
    return rows


@pytest.mark.threat(18)
@pytest.mark.clause("A.13")
def test_only_who_asked_for_access_amends_what_was_returned(casts: dict[str, Cast]) -> None:
    cast = casts["staff"]
    with trial():
        request = ask_access(cast.desk("employee"), "staff", "对接", name="某人")
        keeper = cast.desk("hr")
        keeper.queue.return_(request, Request.get_by_id(request).digest, "哪个部门的？")
        for reader in ("head-here", "hr", "it", "stranger"):
            with pytest.raises(Refused):
                cast.desk(reader).asking.amend(request, {"name": "某人"}, "对接")
        cast.desk("employee").asking.amend(request, {"name": "某人"}, "对接")


@pytest.mark.threat(20)
@pytest.mark.parametrize("book", BOOKS)
def test_who_decided_and_lost_the_right_sees_it_no_more(casts: dict[str, Cast], book: str) -> None:
    """What was asked for holds protected values, and the evidence may hold more."""
    cast = casts[book]
    with trial():
        asked = bring_to(cast, "applied")
        head, hr = cast.desk("head-here"), cast.desk("hr")
        assert head.queue.one(asked.request).lines
        hr.evidence.open(asked.evidence)
        end_headships(book=book)
        Grant.update(revoked_at=clock.now()).where(Grant.account == hr.actor.account).execute()
        for desk in (head, hr):
            for operation in ("queue.one", "evidence.open"):
                assert _said(desk, operation, asked) == _said(desk, operation, NONE)


def bring_to(cast: Cast, state: str) -> Asked:
    """A change of the own entry in ``state``, by whoever asks for changes in the book."""
    given = RAW["requests"]["casts"]
    players: Mapping[str, str] = given["players"].get(cast.book, {})
    asker, keeper = players.get("employee", "employee"), cast.desk(players.get("hr", "hr"))
    first = keeper if cast.book in given["in-one-step"] else cast.desk("head-here")
    desk, entry, field = cast.desk(asker), cast.world.entry(cast.login(asker), cast.book), cast.probes[1]
    form = desk.changes.form(entry)
    evidence = evidence_of(desk.actor.account)
    request = desk.changes.submit(entry, form.version, {field: MOBILE}, "换号", [evidence])
    digest = Request.get_by_id(request).digest
    match state:
        case "returned":
            first.queue.return_(request, digest, "缺材料")
        case "rejected":
            first.queue.reject(request, digest, "不符")
        case "withdrawn":
            desk.requests.withdraw(request)
        case "waiting-for-hr" | "applied" if first is not keeper:
            first.queue.approve(request, digest)
    if state == "applied":
        keeper.queue.approve(request, digest)
    return Asked(request, digest, evidence, entry, form.version, field)


def _expected(book: str, state: str, word: str) -> str:
    clauses = RAW["requests"]["clauses"][book]
    if word == "alone":
        word = "allowed" if book in RAW["requests"]["casts"]["in-one-step"] else "nobody"
    found = clauses.get(word, word)
    return str(found[int(state == "waiting-for-hr")] if isinstance(found, list) else found)


def _mistake(desk: Desk, operation: str, asked: Asked, expected: str, none: tuple[str, ...]) -> str:
    got = _said(desk, operation, asked)
    if expected in ("allowed", "shown"):
        return "" if got == ("allowed",) else f"{got}, not allowed"
    if expected == "nobody":
        return "" if got == none else f"{got}, but of none {none}"
    if got == none:
        return f"looks like none, not {expected}"
    return "" if got[0] == expected else f"{got}, not {expected}"


def _said(desk: Desk, operation: str, asked: Asked) -> tuple[str, ...]:
    with trial():
        try:
            ACTS[operation](desk, asked)
        except Refused as refused:
            return refused.clause, say(refused.message, "en"), say(refused.advice, "en")
        except Overtaken as done:
            return SILENT, say(done.message, "en")
    return ("allowed",)
