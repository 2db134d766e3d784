"""A book to import into, and those who may and may not."""

from __future__ import annotations

from db.desk import Actor, Desk, open_desk
from db.desk.authority.actor import Front
from db.desk.authority.permissions import policy_of, root_of
from db.desk.entry.units import create_book
from db.language import Label
from db.store import clock
from db.store.tables import Account, Grant, SignInSession, UndertakingAccepted
from db.store.transactions import writing

HEADINGS = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱", "负责人"]


def make_book(book: str = "staff", policies: tuple[str, ...] = ("enterprise",)) -> str:
    """An empty book, its root named 华星集团."""
    with writing():
        create_book(book, Label("员工通讯录", "Staff"), policies, root=Label("华星集团", "Huaxing"))
    return book


def desk_of(login: str, book: str, role: str, front: Front = "host", unit: int | None = None) -> Desk:
    """The desk of an account that holds ``role`` over the whole of ``book``, or from ``unit`` down."""
    with writing():
        account = Account.create(login=login, state="active", created_at=clock.now())
        Grant.create(
            account=account, role=role, book=book, unit=unit or root_of(book), granted_at=clock.now()
        )
        for rule in policy_of(book).undertakings:
            UndertakingAccepted.create(
                account=account, policy=rule.policy, version=rule.version, at=clock.now()
            )
        session = SignInSession.create(
            account=account, source="console", front=front, strength="full", started_at=clock.now()
        )
    return open_desk(Actor(account.id, login, session.id, "console", front, "full", "zh_CN"))


def sheet(*rows: tuple[str, ...], headings: list[str] = HEADINGS) -> list[list[str]]:
    """``rows`` below ``headings``, with empty cells where a row is shorter."""
    return [headings, *([*row, *[""] * (len(headings) - len(row))] for row in rows)]


def person(number: int, name: str = "", unit: str = "研发中心/研发一部", head: str = "") -> tuple[str, ...]:
    """A row that is in order."""
    named = name or f"王{chr(0x4E00 + number)}"
    return named, unit, "工程师", "010-88886666", f"138{number:08d}", f"u{number}@example.com", head
