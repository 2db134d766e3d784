"""Who looks after which accounts.

Technical acts (an account, its activation, a reset, shutting it off) belong to the book's
maintainer, its technical role and the system administrators; roles are given by whom the book's
regulations name. Either reaches as far as the holder's own right does, a unit or the whole book.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import ModelSelect, chunked, fn

from db.desk.act import Act
from db.desk.authority.permissions import (
    Holding,
    Permissions,
    books_of,
    books_of_power,
    is_within,
    policy_of,
    root_of,
)
from db.desk.authority.terms import is_host
from db.desk.authority.whom_to_ask import ASK, ask_office
from db.desk.notation.page import Page
from db.desk.refusal import SILENT, Refused
from db.desk.requests.independence import same_person
from db.language import _
from db.store.sql import unindexed
from db.store.tables import Account, Entry, Grant, SearchEntry, Unit, UnitAbove

AT_ONCE = 500
FAR = 6_000
"""The offset from which on it is worth counting how many there are, to walk from the nearer end."""
TECHNICAL = ("technical", "admin")
"""Who does technical acts besides whoever keeps the book: roles, or functions that are given to roles."""


def technical_holdings(permissions: Permissions, book: str) -> tuple[Holding, ...]:
    """Return the actor's own holdings, none by delegation, that let them do technical acts on accounts of
    ``book``."""
    return _own(permissions, book, (*policy_of(book).keepers, *TECHNICAL)) if permissions.roles(book) else ()


def overseeing_holdings(permissions: Permissions, book: str) -> tuple[Holding, ...]:
    """Return the actor's own holdings, none by delegation, by which they look after accounts of ``book`` or
    supervise it."""
    if not permissions.roles(book):
        return ()
    return _own(permissions, book, (*policy_of(book).keepers, *TECHNICAL, "supervisor"))


def granting_holdings(permissions: Permissions, book: str) -> tuple[Holding, ...]:
    """Return the actor's own holdings, none by delegation, that let them give and take roles in ``book``."""
    return _own(permissions, book, (policy_of(book).rights.by,)) if permissions.roles(book) else ()


def require_holdings(permissions: Permissions, holdings: tuple[Holding, ...], book: str) -> None:
    """Raise Refused where ``holdings`` are empty: the actor looks after no accounts of ``book``. Cites who
    is to support it (A.6), for no other clause speaks of accounts; outsiders are told none."""
    if not holdings:
        clause = policy_of(book).technical.clause if permissions.roles(book) else SILENT
        raise Refused(
            _("You don't look after the accounts of this directory."), clause, _("Ask its maintainer.")
        )


def require_giver(permissions: Permissions, book: str) -> tuple[Holding, ...]:
    """Return the holdings that let the actor give roles in ``book``. Raises Refused, citing who gives
    them."""
    holdings = granting_holdings(permissions, book)
    if not holdings and permissions.roles(book):
        policy = policy_of(book)
        role = policy.role(policy.rights.by).label
        raise Refused(
            _("Roles in this directory are given by {role}.", role=role),
            policy.rights.clause,
            ask_office(policy, (policy.rights.by,), ASK),
        )
    require_holdings(permissions, holdings, book)
    return holdings


def covers_unit(holdings: Iterable[Holding], book: str, unit: int | None) -> bool:
    """Return whether one of ``holdings`` reaches ``unit`` (None: the whole book)."""
    target = unit if unit is not None else root_of(book)
    return any(holding.book == book and is_within(target, holding.unit) for holding in holdings)


def without_account(holdings: Iterable[Holding], book: str) -> ModelSelect[Entry]:
    """Build the query for active entries, none of outside contacts, reached from ``holdings`` without an
    account, in list order."""
    within = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_([one.unit for one in holdings]))
    account = Account.select(Account.id).where(Account.person == Entry.person)
    internal = Unit.select(Unit.id).where(Unit.side == "internal")
    return (
        Entry.select()
        .left_outer_join(SearchEntry, on=SearchEntry.entry == Entry.id)
        .where((Entry.book == book) & (Entry.state == "active") & Entry.unit.in_(within))
        .where(Entry.unit.in_(internal) & ~fn.EXISTS(account))
        .order_by(SearchEntry.line, Entry.id)
    )


def reached_from(holdings: Iterable[Holding], book: str) -> Any:
    """Build the condition on Account for those of ``book`` that are reached from ``holdings``: of people with
    an entry, and for the whole book those that were only granted a role in it. The database checks it row by
    row."""
    reached: Any = fn.EXISTS(_theirs(holdings, book))
    if root_of(book) in [holding.unit for holding in holdings]:
        reached |= _is_granted(book)
    return reached


def page_of_accounts(
    holdings: Sequence[Holding], book: str, offset: int, limit: int | None, narrowed: Any = None
) -> Page[tuple[Account, Entry | None]]:
    """Return a page of those accounts (``limit`` None: all from ``offset`` on), each with its person's active
    entry: those with one in the order of lists, then the others by login. ``narrowed`` is a condition on
    Account. A negative ``offset`` counts from the end, and is told how many there are in all.

    A person has one active entry in a book at the most, so lists are walked as they lie, from the nearer end;
    what a row shows is read for those of the page alone.
    """
    root = root_of(book)
    # Where few are looked for, the order of lists, or the book, would have the database walk all of it.
    listed = SearchEntry.root == root if narrowed is None else SearchEntry.root + 0 == root
    here = Entry.book if narrowed is None else unindexed(Entry.book)
    chosen = True if narrowed is None else narrowed
    placed = (
        SearchEntry.select(Account.id, Entry.id)
        .join(Entry, on=(SearchEntry.entry == Entry.id))
        .join(Account, on=(Account.person == Entry.person))
        .where(listed & _listed_condition(holdings, book, here) & chosen)
    )
    is_whole = root in [holding.unit for holding in holdings]
    others = (
        Account.select()
        .where(is_whole & _is_granted(book) & ~fn.EXISTS(_theirs(holdings, book)) & chosen)
        .order_by(Account.login)
    )
    count = total = None
    if not 0 <= offset < FAR:
        theirs = Entry.select(Entry.id).join(Account, on=(Account.person == Entry.person))
        count = theirs.where(_listed_condition(holdings, book, here) & chosen).count()
        total = count + others.count()
        offset = max(total + offset, 0) if offset < 0 else offset
    numbers = _numbers(placed, offset, limit, count)
    rows: list[tuple[Account, Entry | None]] = []
    for part in chunked(numbers, AT_ONCE):
        accounts = {row.id: row for row in Account.select().where(Account.id.in_([one for one, _of in part]))}
        entries = Entry.select(Entry, Unit).join(Unit).where(Entry.id.in_([of for _one, of in part]))
        by_number = {row.id: row for row in entries}
        rows += [(accounts[one], by_number[of]) for one, of in part]
    if len(rows) != limit:
        begins = 0 if numbers or not offset else offset - (placed.count() if count is None else count)
        rows += [(row, None) for row in others.offset(begins).limit(limit and limit - len(rows))]
    return Page.of(rows, total)


def _numbers(placed: Any, offset: int, limit: int | None, count: int | None) -> list[tuple[int, int]]:
    order = SearchEntry.line, Account.id
    if count is None or limit is None or offset < count // 2:
        return list(placed.order_by(*order).offset(offset).limit(limit).tuples())
    after = max(count - offset - limit, 0)
    wanted = max(count - offset - after, 0)
    back = placed.order_by(*(one.desc() for one in order)).offset(after).limit(wanted)
    return list(back.tuples())[::-1]


def _theirs(holdings: Iterable[Holding], book: str) -> ModelSelect[Entry]:
    return Entry.select(Entry.id).where((Entry.person == Account.person) & _listed_condition(holdings, book))


def _listed_condition(holdings: Iterable[Holding], book: str, column: Any = Entry.book) -> Any:
    """Return the condition on Entry for what is in lists and reached from ``holdings``; ``column`` is
    `Entry.book`, or that one `unindexed`."""
    units = [holding.unit for holding in holdings]
    listed = (column == book) & (Entry.state == "active")
    if root_of(book) in units:
        return listed
    return listed & Entry.unit.in_(UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_(units)))


def _is_granted(book: str) -> Any:
    """Return the condition on Account for those that hold a role in ``book`` now; an office as their
    person."""
    held = ((Grant.book == book) | Grant.book.is_null()) & Grant.in_force()
    return Account.id.in_(Grant.select(Grant.account).where(held)) | Account.person.in_(
        Grant.select(Grant.person).where(held)
    )


def entry_of(account: Account, book: str) -> Entry | None:
    if account.person_id is None:
        return None
    found: Entry | None = Entry.get_or_none(
        (Entry.person == account.person_id) & (Entry.book == book) & (Entry.state == "active")
    )
    return found


def _last_book(row: Account, permissions: Permissions) -> str | None:
    """Return the book in which the account came last, by an entry or else by a role: there its acts are on
    record and told. One of the actor's where it never was in any; None where that is none of theirs."""
    entries = Entry.select(Entry.book).where(Entry.person == row.person_id).order_by(Entry.id.desc())
    held = (Grant.account == row.id) | Grant.person.is_null(False) & (Grant.person == row.person_id)
    grants = Grant.select(Grant.book).where(held & Grant.book.is_null(False)).order_by(Grant.id.desc())
    last = (row.person_id is not None and entries.first()) or grants.first()
    book = last.book_id if last else permissions.books[0]
    return book if book in permissions.books else None


def account_looked_after(act: Act, account: int) -> tuple[Account, str]:
    """Return the account, with a book through which the actor may do technical acts on it. Whoever resets an
    account could become it. So the actor must look after every book in which the account is more than an
    employee, and nobody acts on their own account, nor on one that counts as one with it. An account that is
    in no book any more is the host's operator's. Raises Refused, in the same words where there is no such
    account."""
    row, permissions = Account.get_or_none(Account.id == account), act.permissions
    books = books_of(row.id) if row is not None else ()
    if row is not None:
        if not books and is_host(act.actor) and (last := _last_book(row, permissions)):
            return row, last
        reached = [book for book in books if _reaches(permissions, row, book)]
        if reached and books_of_power(row.id) <= set(reached):
            if same_person(row.id, permissions.account):
                raise not_on_oneself(policy_of(reached[0]).rights.clause)
            return row, reached[0]
    raise Refused(
        _("There is no such account among those you look after."),
        SILENT,
        _("Ask a system administrator, or the maintainer of the other directory."),
    )


def not_on_oneself(clause: str) -> Refused:
    return Refused(
        _("You can't do this to your own account."), clause, _("Ask a colleague with the same role.")
    )


def _own(permissions: Permissions, book: str, words: Sequence[str]) -> tuple[Holding, ...]:
    mine = [one for one in permissions.holdings if one.book == book]
    if not mine:
        return ()
    policy = policy_of(book)
    roles = {policy.role_behind(word) for word in words}
    return tuple(holding for holding in mine if holding.role in roles)


def _reaches(permissions: Permissions, account: Account, book: str) -> bool:
    entry = entry_of(account, book)
    return covers_unit(
        technical_holdings(permissions, book), book, entry.unit_id if entry is not None else None
    )
