"""Whether what one act changed may be done by one person, and whether those were told who had to be.

It goes by rows alone: what a table is to people's power stands in `tables.toml`; who is the attacker's,
`actors` knows. It finds, of a row of power:

- ``alone``: one person moved what takes two, or decided on what they had asked for themself (I1);
- ``untold``: whoever gains, loses or is concerned, and is independent, heard nothing in the same
transaction (I2);
- ``unwatched``: nobody independent who holds an office of the book heard of it, of those before the act (I2);
- ``unrecorded``: no record of the act is under the book that it touches (I6);

and of any act, also a look at a list or a form:

- ``broken``: it ended with an error that says nothing to whoever acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.desk.authority.permissions import policy_of
from db.store.engine import database
from tests.siege.actors import Gang, accounts_of, person_of
from tests.siege.acts import Act
from tests.siege.concerned import book_of, called, concerned, persons_of
from tests.siege.rows import Declared, Row, declared

ALONE, UNTOLD, UNWATCHED, UNRECORDED = "alone", "untold", "unwatched", "unrecorded"
BROKEN = "broken"
PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Find:
    """What one act did that one person may not do so."""

    rule: str
    moves: str
    table: str
    do: str
    book: str
    whom: str
    how: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Alike for finds that are one hole."""
        return (self.rule, self.table, self.do, self.how if self.table == "account" else "")

    def __str__(self) -> str:
        if self.rule == BROKEN:
            return f"{self.rule}: {self.do} in {self.book}: {self.how}"
        where = f"{self.whom or '–'} in {self.book or '–'}"
        return f"{self.rule}: {self.moves} of {where} moved by {self.do} ({self.table} {self.how})"


def broken(do: str, book: str, error: str) -> Find:
    """That ``do`` ended with an error of the program's."""
    return Find(BROKEN, "", "", do, book, "", error)


def let_in(gang: Gang, account: int) -> list[Find]:
    """That the door let somebody of ``gang`` in as ``account``, where that is nobody's of theirs."""
    if account in gang.behind:
        return []
    return [Find(ALONE, "ACCOUNT", "sign_in_session", "door.try", "", str(account))]


@dataclass
class Told:
    """Whom the act told: accounts, and persons by mail to their entry."""

    accounts: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)


def judge(gang: Gang, act: Act, rows: Sequence[Row], before: Told) -> list[Find]:
    """What is wrong with ``rows`` that ``act`` changed. ``before``: whom earlier acts of the walk told,
    which counts for what comes by the clock."""
    moved = [*_sentences(rows), *(row for row in rows if moves(row) and not _is_proposed(row, rows))]
    if not moved:
        return []
    if act.do == "door.enrol":
        gang = gang.with_account(act.given["account"].id, act.by)
    told = told_in(rows)
    if act.do == "duties":
        told.accounts |= before.accounts
        told.persons |= before.persons
    if any(row.table == "entry" and not row.before for row in moved):
        moved = [row for row in moved if row.before or row.table not in ("person", "entry_field")]
    born = {row.after["id"] for row in rows if row.table == "person" and not row.before}
    decided = _decided(gang, act, rows)
    books = {row.after.get("book") for row in rows if row.table == "audit_record"} | _books_of_records(rows)
    found: dict[tuple[str, ...], Find] = {}
    for row in moved:
        for one in _wrong(gang, act, row, told, decided, books, born):
            found.setdefault(one.key, one)
    return list(found.values())


def _sentences(rows: Sequence[Row]) -> Iterator[Row]:
    """What is decided about whom, once a second person has confirmed it."""
    for row in rows:
        if row.table == "case_file" and row.before.get("state") == PROPOSED != row.after.get("state"):
            parties = database.execute_sql(
                f"SELECT entry_id, sanctions FROM case_party WHERE case_id = {database.param}",
                (row.after["id"],),
            ).fetchall()
            for entry, sanctions in parties:
                if sanctions and row.after.get("state") == "decided":
                    yield Row("case_party", {"entry_id": entry}, {"entry_id": entry, "sanctions": sanctions})


def _is_proposed(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a sanction waits for a second person still, or did not find one: whom it concerns hears of it
    once it is confirmed."""
    if row.table != "case_party":
        return False
    if any(one.table == "case_file" and one.before.get("state") == PROPOSED for one in rows):
        return True
    (state,) = database.execute_sql(
        f"SELECT state FROM case_file WHERE id = {database.param}", (row.value("case_id"),)
    ).fetchone()
    return bool(state == PROPOSED)


def told_in(rows: Iterable[Row]) -> Told:
    """Whom these rows tell: by a notice, by something that they have to do, or by mail."""
    told = Told()
    for row in rows:
        if row.table == "task" and not row.before and row.after["account_id"] is not None:
            told.accounts.add(row.after["account_id"])
        if row.table == "notice_recipient" and not row.before:
            told.accounts.add(row.after["account_id"])
        if row.table == "outgoing_mail" and not row.before:
            told.persons |= set(persons_of("entry", row.after["entry_id"]))
    return told


def moves(row: Row) -> bool:
    """Whether ``row`` changes somebody's power."""
    of = declared()[row.table]
    if of.kind != "power":
        return False
    if not (row.before or of.made):
        return False
    if any(row.after.get(column) in values for column, values in of.idle.items()):
        return False
    changed = {
        column
        for column in row.changed() - of.but
        if (row.before and row.after) or row.value(column) not in (None, "", 0)
    }
    return bool(changed & of.columns if of.columns else changed)


def _wrong(
    gang: Gang, act: Act, row: Row, told: Told, decided: str | None, recorded: set[Any], born: set[int]
) -> Iterator[Find]:
    of = declared()[row.table]
    persons, accounts = concerned(row, of)
    if _is_ones_own(gang, act, of, persons, accounts):
        return
    book = book_of(row, of)
    for rule in (
        *([] if _lets_alone(act, row) else _alone(act, of, decided)),
        *(
            _untold(gang, act.by, of, persons - born, book, told)
            if decided is None or of.way == "told"
            else ()
        ),
        *([UNRECORDED] if book and book not in recorded and recorded != {None} else ()),
    ):
        yield Find(rule, of.moves, row.table, act.do, book, called(persons, accounts), _how(row))


def _alone(act: Act, of: Declared, decided: str | None) -> Iterator[str]:
    if act.do == "duties":
        return  # what is done when its day comes was told before
    by_flow = decided == "alone" and of.way != "told"
    if by_flow or (decided is None and of.way == "two" and act.do not in of.told_by):
        yield ALONE


def _lets_alone(act: Act, row: Row) -> bool:
    """Whether the book's regulations let one person fill this office (D.3): not their own, and not that of
    whoever supervises."""
    book, role = row.value("book_id"), row.value("role")
    if row.table != "grant" or book is None:
        return False
    policy = policy_of(book)
    own = database.execute_sql(
        'SELECT role FROM "grant" WHERE revoked_at IS NULL '
        f"AND (account_id = {database.param} OR person_id = {database.param})",
        (act.by, person_of(act.by)),
    ).fetchall()
    kept = {policy.supervisor.role, *(one for (one,) in own)}
    return getattr(policy.rights, "alone", False) and role not in kept


def _untold(gang: Gang, by: int, of: Declared, persons: set[int], book: str, told: Told) -> Iterator[str]:
    """Whoever has no account is told by mail of the one that they are given, and of nothing else."""
    outside = persons - set(gang.persons)
    reached = told.accounts | accounts_of(told.persons)
    theirs = accounts_of(outside) - set(gang.accounts)
    by_mail = set() if theirs or of.moves not in ("ACCOUNT", "CODE") else outside
    if (theirs and not theirs & reached) or (by_mail and not by_mail & told.persons):
        yield UNTOLD
    watchers = gang.watchers(book, by) if book and of.watched else frozenset()
    if watchers and not watchers & told.accounts:
        yield UNWATCHED


def _is_ones_own(gang: Gang, act: Act, of: Declared, persons: set[int], accounts: set[int]) -> bool:
    """Their own way in, their own matters: nobody else's power."""
    own = person_of(act.by)
    root = gang.behind.get(act.by)
    mine = {person for person, number in gang.persons.items() if number == root and person == own}
    if act.do in of.own_by and accounts and accounts <= {act.by, *accounts_of(mine)}:
        return True  # what was theirs alone is given up, whomever it showed
    return (
        (of.moves in ("ACCOUNT", "CODE", "SANCTION", "DUTY") or act.do in of.own_by)
        and bool(persons or accounts)
        and persons <= mine
        and accounts <= {act.by, *accounts_of(mine)}
    )


def _decided(gang: Gang, act: Act, rows: Sequence[Row]) -> str | None:
    """Whether requests that this act put in force were decided by others than who asked (``others``), or by
    the same person of flesh (``alone``). None where none was, or none that the regulations have anybody
    decide on: what is in force once it is handed in has to be told."""
    verdicts = set()
    for row in rows:
        if row.table == "request" and row.after.get("state") in ("rejected", "returned"):
            # what had been done ahead of the decision, such as on a last day, is lifted by who decides
            verdicts.add("alone" if gang.same(row.after["requester_id"], act.by) else "others")
        if (
            row.table != "request"
            or row.after.get("state") != "applied"
            or row.before.get("state") == "applied"
        ):
            continue
        asked = row.after["requester_id"]
        approvers = database.execute_sql(
            "SELECT decided_by_id FROM request_step WHERE decided_by_id IS NOT NULL "
            f"AND request_id = {database.param}",
            (row.after["id"],),
        ).fetchall()
        if {one for (one,) in approvers} - {asked} or act.do.startswith("queue."):
            verdicts.add("others" if any(not gang.same(asked, one) for (one,) in approvers) else "alone")
    if "alone" in verdicts:
        return "alone"
    return "others" if verdicts else None


def _books_of_records(rows: Sequence[Row]) -> set[Any]:
    """Books that the records of the act are under by their entry or unit."""
    found: set[Any] = set()
    for row in rows:
        if row.table == "audit_record":
            for what in ("entry", "unit"):
                number = row.after.get(what)
                if number is not None:
                    got = database.execute_sql(
                        f"SELECT book_id FROM {what} WHERE id = {database.param}", (number,)
                    ).fetchone()
                    found |= set(got or ())
    return found - {None}


def _how(row: Row) -> str:
    if not row.before:
        return "made"
    if not row.after:
        return "gone"
    return "+".join(sorted(row.changed() & declared()[row.table].columns)) or "changed"
