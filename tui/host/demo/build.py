"""Building the demonstration in an empty, open store: books, people, accounts, and some weeks of history."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from random import Random

from auth.passwords import hash_of
from auth.provision import enrol_from_host, invite_from_host
from db.desk.authority.permissions import policy_of
from db.desk.entry.naming import OPERATOR
from db.desk.entry.units import create_book, create_unit, unit_named
from db.desk.importing.importing import Source
from db.store import clock
from db.store.engine import database, store
from db.store.tables import Account, Entry, Grant, Person
from db.store.transactions import writing
from tui.host.demo.cast import BookPlan, Role, organisation
from tui.host.demo.happening import happenings
from tui.host.demo.history import History
from tui.host.demo.people import BookRows, Crowd
from tui.host.demo.pupils import pupil_rows
from tui.host.demo.script import script
from tui.host.demo.stage import Stage, When, later_by
from tui.host.demo.story import ScriptPlayer
from tui.host.demo.where import CastPlaces
from tui.host.operator import acting, found_operator

SEED = 20260101
BEGIN = 31
"""How many working days ago the demonstration begins."""
LATER = 28
"""How many working days ago the people of the later books get their accounts."""
FIRST_BOOKS = 3


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A line of ``accounts.json``.

    The people of a book share a password, as each takes a quarter of a second to hash; the TOTP secret is
    one's own. ``places`` are the roles in each book, ``tries`` is what to try, by language. Of one that was
    not enrolled yet, the activation code instead of password and secret.
    """

    login: str
    password: str
    totp_secret: str
    name: str
    roles: list[str]
    books: list[str]
    places: dict[str, list[str]]
    tries: dict[str, str]
    first_sign_in: bool = False
    activation_code: str = ""

    def to_json(self) -> dict[str, object]:
        shown = asdict(self)
        shown["try"] = shown.pop("tries")
        if not self.first_sign_in:
            del shown["first_sign_in"], shown["activation_code"]
        return shown


def build(present: datetime, seed: int = SEED) -> list[DemoAccount]:
    """Fill the open store with a made-up history until ``present``; return the accounts to sign in with."""
    plan, random = organisation(), Random(seed)  # noqa: S311 - people are made up, secrets are not
    crowd = Crowd(Random(seed))  # noqa: S311 - its own, as the stage draws at each look at its clock
    settings = store().settings
    stage = Stage(present, settings.time_zone, settings.country, random)
    made: list[DemoAccount] = []
    with ThreadPoolExecutor() as pool, in_haste():  # bcrypt works without the interpreter's lock
        stage.schedule_act((BEGIN, "08:30"), found_operator_in_writing)
        for number, book in enumerate(plan.books):
            cast = plan.cast.get(book.id, ())
            stage.schedule_act((BEGIN, f"09:{number:02d}"), partial(fill_book, book, number, cast, crowd))
        waiting = Counter[When]()
        passwords = {book.id: f"{book.id}-{secrets.token_hex(4)}" for book in plan.books}
        hashes = {password: pool.submit(hash_of, password) for password in passwords.values()}
        for book, role in plan.everyone():
            password = passwords[book.id]
            days = BEGIN if plan.books.index(book) < FIRST_BOOKS else LATER
            when = (1, "16:00") if role.first_sign_in else (days, "10:00")
            stage.schedule_act(when, partial(open_up, made, book, role, password, hashes[password]))
            if role.accepts and not role.first_sign_in:
                first_day = (days - 1, "08:00")
                waiting[first_day] += 1
                stage.schedule_act(
                    later_by(first_day, waiting[first_day]), partial(accept, stage, role.login)
                )
        books = {role.login: book.id for book, role in plan.everyone()}
        where = CastPlaces(books, tuple(role.name for _book, role in plan.everyone()))
        ScriptPlayer(stage, where, random).play_script(script())
        History(stage, where).play_happenings(happenings())
        stage.play()
    return made


@contextmanager
def in_haste() -> Iterator[None]:
    """Turn off SQLite's flushing to disk in the body: half a demonstration is thrown away anyway. Changes are
    still captured for the journal."""
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
    """Create the operator's account, in a transaction of its own."""
    with writing():
        found_operator()


def fill_book(book: BookPlan, sort: int, cast: tuple[Role, ...], crowd: Crowd) -> None:
    """Create the book with its units and import its people, as the host's operator."""
    with writing():
        root = create_book(
            book.id,
            book.title.label,
            book.policies,
            root=book.root.label,
            decisions=book.decisions,
            sort=sort,
        )
        for name in book.empty_units:
            create_unit(book.id, name, root)
    name, size = book.pupils
    if size:
        rows = pupil_rows(name, size, cast, crowd)
    else:
        rows = BookRows(book, cast, policy_of(book.id), crowd).rows()
    if rows[1:]:
        with acting(accept=True, told=True) as desk:
            desk.importing.load(book.id, rows, Source(f"{book.title.zh}.xlsx", secrets.token_hex(32)))


def open_up(made: list[DemoAccount], book: BookPlan, role: Role, password: str, hashed: Future[str]) -> None:
    made.append(open_account(book, role, password, hashed))


def open_account(book: BookPlan, role: Role, password: str, hashed: Future[str]) -> DemoAccount:
    """Create an account with its roles for the person in ``role``'s unit, or for a new one where it has no
    unit: ready to sign in or with an activation code."""
    if role.unit:
        person = Entry.get(
            (Entry.book == book.id)
            & (Entry.name == role.name)
            & (Entry.unit == unit_named(book.id, role.unit))
        ).person_id
    else:
        person = Person.create(name=role.name).id
    held = role.held_roles(book.id)
    roles = list(dict.fromkeys(name for names in held.values() for name in names))
    tries = {"zh": role.tries.zh, "en": role.tries.en}
    if role.first_sign_in:
        account, code = invite_from_host(role.login, person)
        made = DemoAccount(role.login, "", "", role.name, roles, list(held), held, tries, True, code)
    else:
        account, secret = enrol_from_host(role.login, person, password, hashed.result())
        made = DemoAccount(role.login, password, secret, role.name, roles, list(held), held, tries)
    give_roles(account, book, role)
    return made


def give_roles(account: int, book: BookPlan, role: Role) -> None:
    """Insert the first roles of an account directly, in a transaction of its own; record and announce
    nothing."""
    operator = Account.get(Account.login == OPERATOR)
    given = [(name, where, "") for where in (book.id, *role.also) for name in role.roles]
    with writing():
        for name, where, unit in (*given, *role.places):
            Grant.create(
                account=account,
                role=name,
                book=where,
                unit=unit_named(where, unit) if unit else None,
                granted_by=operator,
                granted_at=clock.now(),
            )


def accept(stage: Stage, login: str) -> None:
    """Accept, as ``login``, the undertakings (A.17) and notices at collection (PIPL 17) that are due."""
    desk = stage.desk(login)
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    for notice in desk.privacy.notices_due():
        desk.privacy.accept_notice(notice.book, notice.version)
