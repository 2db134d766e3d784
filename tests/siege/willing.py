"""People of every book who do what they are asked, each as the first who may."""

from __future__ import annotations

from collections.abc import Callable

from auth import sessions
from db.desk import Desk, Invalid, Refused, SessionOver, open_desk
from db.desk.entry.naming import OPERATOR
from db.desk.refusal import Pending
from db.store.engine import database
from db.store.tables import (
    Account,
    Request,
)
from db.store.transactions import writing
from tests.world import World
from tui.host import operator

DENIED = (Refused, Invalid, SessionOver)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def books_of(world: World) -> list[str]:
    """Every book."""
    return sorted({book for book, _path in world.units})


def staff_of(world: World, book: str) -> list[str]:
    """Logins of those who have an entry or an office in ``book``, offices first."""
    rows = database.execute_sql(
        'SELECT DISTINCT a.login, 0 FROM account a JOIN "grant" g ON g.account_id = a.id '
        f"OR g.person_id = a.person_id WHERE g.book_id = {database.param} UNION "
        "SELECT a.login, 1 FROM account a JOIN entry e ON e.person_id = a.person_id "
        f"WHERE e.book_id = {database.param} AND e.state = 'active' ORDER BY 2, 1",
        (book, book),
    ).fetchall()
    return [login for login in dict.fromkeys(str(row[0]) for row in rows) if login in world.accounts]


def by_anybody(world: World, book: str, act: Callable[[Desk], object], *, besides: str = "") -> object | None:
    """Do ``act`` as the first of ``book`` who may; None where nobody may."""
    for login in staff_of(world, book):
        if login != besides:
            try:
                return act(world.desk(login)) or True
            except Pending as pending:
                decided(world, pending.request)
                return True
            except DENIED:
                continue
    return None


def decided(world: World, request: int, *, returned: bool = False) -> None:
    """Approve each step of ``request`` by the first who may, or return it at the first step."""
    row = Request.get_by_id(request)

    def one_step(desk: Desk) -> object:
        digest = desk.queue.one(request).digest
        if returned:
            return desk.queue.return_(request, digest, "请补正") or True
        return desk.queue.approve(request, digest, "同意") or True

    while Request.get_by_id(request).state == "open":
        asker = Account.get_by_id(row.requester_id).login
        if by_anybody(world, str(row.book_id), one_step, besides=asker) is None or returned:
            return


def some_of(world: World, book: str) -> list[str]:
    """Two with an office and two without one, of those who have an entry in ``book``."""
    every = [login for login in staff_of(world, book) if (book, login) in world.entries]
    return list(dict.fromkeys([*every[:2], *every[-2:]]))


def host_desk() -> Desk:
    """The host's operator at a desk."""
    with writing():
        if Account.get_or_none(Account.login == OPERATOR) is None:
            operator.found_operator()
    desk = open_desk(sessions.resume(operator._operator_session()))
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    return desk
