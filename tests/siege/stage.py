"""The organisation that is besieged: every book of the tests' worlds with something under way in each, in a
database in memory, and attempts that leave nothing behind."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from auth import passwords
from db.desk import Desk, Invalid, Refused, open_desk
from db.desk.cases.cases import Cases
from db.desk.editions.editions import Editions
from db.desk.power import rows
from db.desk.refusal import Pending
from db.desk.reviews.reviews import Reviews
from db.desk.tasks import duties
from db.store import clock as store_clock
from db.store import engine
from db.store.binding import binding_digest
from db.store.engine import close_store, database, store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.moves import Moves
from db.store.opening import open_store
from db.store.record_words import TOLD, WHY, month_key
from db.store.settings import Home, Mail, Settings
from db.store.subjects import key_for
from db.store.tables import Account, Grant, SignInSession
from db.store.transactions import writing
from tests.conftest import Clock
from tests.siege.rows import forget_rows, watch_rows
from tests.siege.underway import get_more_under_way
from tests.siege.underway_people import hire_without_account
from tests.siege.willing import PDF, host_desk
from tests.wider_world import PLANS, build_wider_world
from tests.world import World, build_world

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ASKING = (
    "staff/zhengwei", "staff/shanhong", "subsidiary/xuning", "group/majun", "safety/niuer", "class/mengfei",
    "wecom/maoxiao", "general/lunan", "secured/qinyu", "controlled/xiepi", "combined/geyuan",
)  # fmt: skip
"""Who asks for a change and reports something, before anybody attacks."""
FIELDS = {"class": "parent_phones"}
UNOPENED = "partners"
"""The book of which nobody opened a review outside its cycle yet."""


@dataclass
class Stage:
    """What is besieged. ``last`` is the highest number of each table before anybody attacked."""

    home: Home
    world: World
    clock: Clock
    begin: datetime
    last: dict[str, int] = field(default_factory=dict)
    desks: dict[int, Desk] = field(default_factory=dict)
    exercised: set[tuple[str, Moves]] = field(default_factory=set)
    """What each operation was seen to move, also where it was done once others had agreed."""
    listed: dict[tuple[int, str], Any] = field(default_factory=dict)
    """What the desk listed to an account; another one once anything has changed."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Whatever is done inside is undone: rows, the clock, and files in the state folder."""
        now, files = self.clock.now, self._files()
        desks, listed = dict(self.desks), self.listed
        with database.atomic() as transaction:
            try:
                yield
            finally:
                transaction.rollback()
                self.clock.now = now
                self.desks, self.listed = desks, listed
                for left in self._files() - files:
                    left.unlink()

    def _files(self) -> set[Path]:
        """Files of rules and backups."""
        folders = (self.home.policies, self.home.folder / "backups")
        return {file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.is_file()}

    def run_duties(self) -> None:
        """What the server does by itself, for whatever is due by now."""
        duties.run(duties.RunnerPlace("host", "host:siege"))


@contextmanager
def _seen_moving(exercised: set[tuple[str, Moves]]) -> Iterator[None]:
    """Note in ``exercised`` what operations move, as the desk holds it against what they declare."""
    check = rows.check_declared

    def note_and_check(operation: str, after: int, declared: Set[Moves]) -> None:
        exercised.update((operation, moves) for _table, moves in rows._undeclared(after, frozenset()))
        check(operation, after, declared)

    with patch.object(rows, "check_declared", note_and_check):
        yield


@contextmanager
def built(*books: str) -> Iterator[Stage]:
    """The stage, with ``books`` of the wider world (all of them unless said) beside those of the small
    one."""
    folder = Path(tempfile.mkdtemp(prefix="siege-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    home, clock = Home(folder / "state"), Clock(BEGIN)
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    mail = Mail(host="localhost", tls="none", sender="mingce@huaxing.example", notices=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(patch.object(engine, "raw_key", lambda _key: ""))
        stack.enter_context(patch.object(passwords, "COST", 4))
        store_clock.use_source(lambda: clock.now)
        stack.callback(store_clock.use_source, None)
        open_store(home, Settings(organisation="华星集团", mail=mail))
        stack.callback(close_store)
        migrate()
        with writing():
            world = build_world()
            build_wider_world(*(books or PLANS), beside=world)
            hire_without_account(world, dict.fromkeys(book for book, _path in world.entries), "郑", 2, 6)
        stage = Stage(home, world, clock, clock.now)
        stack.enter_context(_seen_moving(stage.exercised))
        _get_under_way(stage)
        stage.begin = clock.now
        stage.desks = {account: _signed_in(world, login) for login, account in sorted(world.accounts.items())}
        for desk in stage.desks.values():
            with suppress(Refused, Invalid):
                desk.pickups.make("digest", ("me",), "me.txt")
                desk.tokens.make("digest", (("whoami",),), "203.0.113.7")
        _with_host(stage)
        with writing():
            for book in (*sorted({book for book, _path in world.units}), None):
                for what in (WHY, TOLD):
                    key_for(month_key(what, book, store_clock.now()))
        watch_rows(database)
        stage.last = {name: _last(name) for name in database.get_tables()}
        gc.freeze()
        with database.atomic() as everything:
            yield stage
            everything.rollback()
        forget_rows()


def _with_host(stage: Stage) -> None:
    desk = host_desk()
    stage.desks[desk.actor.account] = desk
    stage.world.accounts[desk.actor.login] = desk.actor.account


def _deputise(world: World, login: str, book: str, role: str) -> None:
    with writing():
        Grant.create(
            person=world.people[login], role=role, book=book, unit=world.units[book, ""], capacity="deputy",
            granted_at=store_clock.now(), until="2026-12-04T16:00:00.000000Z",
        )  # fmt: skip


def _signed_in(world: World, login: str) -> Desk:
    """A desk for ``login``; of who left, the one at which copies are handed back."""
    actor = world.actor(login)
    if Account.get_by_id(actor.account).state == "disabled":
        session = SignInSession.get_by_id(actor.session)
        session.strength = "leaving"
        session.bound = binding_digest(store().keys, *session.binds())
        with writing():
            session.save()
        actor = replace(actor, strength="leaving")
    return open_desk(actor)


def _last(name: str) -> int:
    columns = {column.name for column in database.get_columns(name)}
    if "id" not in columns:
        return 0
    (last,) = database.execute_sql(f'SELECT max(id) FROM "{name}"').fetchone()
    return last if isinstance(last, int) else 0


def _get_under_way(stage: Stage) -> None:
    """By people who attack nobody: changes that wait, a case, a review, and the tasks that are due."""
    world = stage.world
    for (book, login), entry in sorted(world.entries.items()):
        if login not in world.accounts or f"{book}/{login}" not in ASKING:
            continue
        desk = world.desk(login)
        with suppress(Refused, Invalid, Pending):
            evidence = desk.evidence.add("受理单.pdf", PDF)
            form = desk.changes.form(entry)
            changed = {FIELDS.get(book, "mobile"): "139 0000 2122"}
            desk.changes.submit(form.entry, form.version, changed, "换号", [evidence.id])
        with suppress(Refused, Invalid, Pending):
            Cases(desk).report(book, "群里见到通讯录")
        with suppress(Refused, Invalid, Pending):
            Cases(desk).error(entry, "分机不对")
    for login, role, to in (
        ("chenjing", "head", "liwei"),
        ("liuyang", "hr", "zengqing"),
        ("liwei", "head", "wangfang"),
    ):
        with suppress(Refused, Invalid, Pending):
            world.desk(login).delegation.delegate(
                role, "staff", world.accounts[to], "2026-11-23", "2026-12-04", "出差"
            )
    _deputise(world, "fengdir", "controlled", "chief-executive")
    stage.run_duties()
    for login in sorted(world.accounts):
        desk = world.desk(login)
        for offer in Reviews(desk).offers():
            if offer.book == UNOPENED:
                continue
            stage.clock.forward(minutes=1)
            with suppress(Refused, Invalid, Pending):
                Reviews(desk).open(offer.book, offer.kind, "抽查")
    for login in sorted(world.accounts):
        desk = world.desk(login)
        for edition in Editions(desk).list():
            with suppress(Refused, Invalid, Pending):
                Editions(desk).issue(edition.book, edition.id)
    get_more_under_way(world, stage.run_duties, lambda days: stage.clock.forward(days=days))
