"""Building the demonstration in an empty, open store: books, people, accounts, and some weeks of history."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from random import Random

from auth.passwords import hash_of
from auth.provision import enrol_from_host, invite_from_host
from db.desk.importing.subject import Source
from db.desk.standing import policy_of
from db.desk.units import create_book, unit_named
from db.store import clock
from db.store.engine import database, store, writing
from db.store.tables import Account, Entry, Grant
from tui.host.demo.cast import BookPlan, Organisation, Role, organisation
from tui.host.demo.people import Crowd, Sheet
from tui.host.demo.script import script
from tui.host.demo.stage import Stage
from tui.host.demo.story import Story
from tui.host.operator import acting, found_operator

SEED = 20260101
BEGIN = 31
"""How many working days ago the demonstration begins."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A line of ``accounts.json``. Of one that was not enrolled yet, the activation code instead."""

    login: str
    password: str
    totp_secret: str
    name: str
    roles: list[str]
    books: list[str]
    first_sign_in: bool = False
    activation_code: str = ""

    def to_json(self) -> dict[str, object]:
        """Its JSON, without what it does not have."""
        shown = asdict(self)
        if not self.first_sign_in:
            del shown["first_sign_in"], shown["activation_code"]
        return shown


def build(present: datetime, seed: int = SEED) -> list[DemoAccount]:
    """Fill the store with what happened until ``present``; the accounts one can sign in with."""
    plan, random = organisation(), Random(seed)  # noqa: S311 - people are made up, secrets are not
    settings = store().settings
    stage = Stage(present, settings.time_zone, settings.country, random)
    crowd = Crowd(random)
    roles = [(book, role) for book in plan.books for role in plan.cast[book.id]]
    made: list[DemoAccount] = []
    with ThreadPoolExecutor() as pool, in_haste():  # bcrypt works without the interpreter's lock
        passwords = {role.login: f"{role.login}-{secrets.token_hex(4)}" for _book, role in roles}
        hashes = {login: pool.submit(hash_of, password) for login, password in passwords.items()}

        def open_accounts(newcomers: bool) -> None:
            for book, role in roles:
                if role.first_sign_in == newcomers:
                    made.append(open_account(book, role, passwords[role.login], hashes[role.login]))

        stage.at((BEGIN, "08:30"), found_operator_in_writing)
        for number, book in enumerate(plan.books):
            stage.at((BEGIN, f"09:{number:02d}"), partial(fill_book, book, number, plan.cast[book.id], crowd))
        stage.at((BEGIN, "10:00"), partial(open_accounts, False))
        stage.at((1, "16:00"), partial(open_accounts, True))
        stage.at((BEGIN, "10:30"), partial(give_roles, plan))
        for minute, (_book, role) in enumerate(roles):
            if not role.first_sign_in:
                stage.at((BEGIN - 1, f"09:{minute:02d}"), partial(accept, stage, role.login))
        books = {role.login: book.id for book, role in roles}
        Story(stage, books, tuple(role.name for _book, role in roles), random).tell(script())
        stage.play()
    return made


@contextmanager
def in_haste() -> Iterator[None]:
    """Make nothing durable before all is done: half a demonstration is thrown away anyway."""
    if store().is_postgresql:
        yield
        return
    database.execute_sql("PRAGMA synchronous = OFF")
    try:
        yield
    finally:
        database.execute_sql("PRAGMA synchronous = FULL")
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def found_operator_in_writing() -> None:
    """The operator's account, in a transaction of its own."""
    with writing():
        found_operator()


def fill_book(book: BookPlan, sort: int, cast: tuple[Role, ...], crowd: Crowd) -> None:
    """Make the book and import its people, as the host's operator does at the beginning."""
    with writing():
        create_book(book.id, book.title.label, book.policies, root=book.root.label, sort=sort)
    rows = Sheet(book, cast, policy_of(book.id), crowd).rows()
    with acting(accept=True) as desk:
        desk.importing.load(book.id, rows, Source(f"{book.title.zh}.xlsx", secrets.token_hex(32)))


def open_account(book: BookPlan, role: Role, password: str, hashed: Future[str]) -> DemoAccount:
    """An account for one of the cast, ready to sign in or with an activation code."""
    entry = Entry.get(
        (Entry.book == book.id) & (Entry.name == role.name) & (Entry.unit == unit_named(book.id, role.unit))
    )
    roles = ["employee", *(["head"] if role.head else []), *role.roles]
    books = [book.id, *role.also]
    if role.first_sign_in:
        _account, code = invite_from_host(role.login, entry.person_id)
        return DemoAccount(role.login, "", "", role.name, roles, books, True, code)
    _account, secret = enrol_from_host(role.login, entry.person_id, password, hashed.result())
    return DemoAccount(role.login, password, secret, role.name, roles, books)


def give_roles(plan: Organisation) -> None:
    """The roles the cast begin with, given by the operator as part of setting up."""
    operator = Account.get(Account.login == "host")
    with writing():
        for book in plan.books:
            for role in plan.cast[book.id]:
                for where in (book.id, *role.also):
                    for name in role.roles:
                        Grant.create(
                            account=Account.get(Account.login == role.login),
                            role=name,
                            book=where,
                            granted_by=operator,
                            granted_at=clock.now(),
                        )


def accept(stage: Stage, login: str) -> None:
    """A first day: the undertaking is read and accepted (A.17)."""
    desk = stage.desk(login)
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
