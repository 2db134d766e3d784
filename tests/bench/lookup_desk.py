"""The benchmark's organisation in a store of ours, and its questions at the desk."""

from __future__ import annotations

import gc
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg

from db.desk import Actor, Desk, open_desk
from db.desk.authority.permissions import policy_of
from db.desk.authority.putting_on_record import put_shipped
from db.desk.entry.lines import line_parts
from db.policy.effective import EffectivePolicy
from db.store import clock, searchindex
from db.store.bulk import insert_rows, reserve_ids
from db.store.engine import database, store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.sealing import sealer
from db.store.searchkeys import Findable
from db.store.settings import Home, Settings
from db.store.tables import (
    Account,
    Book,
    Entry,
    EntryField,
    Grant,
    Person,
    SignInSession,
    Unit,
    UnitAbove,
)
from db.store.transactions import writing
from tests.bench.demonstration import CROWD
from tests.bench.lookup_people import Organisation, PersonPlan, Question

BOOK = "bench"


class OurDesk:
    """A filled store and a reader of information security, who sees the whole book (C.10.3)."""

    policies: tuple[str, ...] = ("directory-security",)

    def __init__(self, folder: Path, organisation: Organisation, server: str | None) -> None:
        self.home = Home(folder)
        self.organisation = organisation
        self.settings = Settings(organisation="华星集团", sessions_per_person=CROWD)
        if server is not None:
            self.settings = self.settings.model_copy(update={"database": _new_database(server)})
        folder.mkdir(parents=True)
        make_keys(self.home.keys)
        self.home.policies.mkdir()
        open_store(self.home, self.settings)
        migrate()
        self.units = self._fill()
        self.desk = self._reader()
        gc.freeze()  # as before a session is forked (`tui.front.preload`)

    def ask(self, question: Question, *, scoped: bool, limit: int) -> int:
        """Ask one question through the operation; how many it found."""
        unit = self.units[question.unit] if scoped else None
        return len(self.desk.directory.search(BOOK, question.text, unit=unit, limit=limit))

    def _fill(self) -> list[int]:
        with writing():
            Book.create(id=BOOK, title_zh="通讯录", title_en="Directory", policies=json.dumps(self.policies))
            put_shipped(self.policies)
            units = self._make_units()
            self._make_entries(units)
        if store().is_postgresql:
            database.execute_sql("VACUUM ANALYZE")
        else:
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return units

    def _make_units(self) -> list[int]:
        plans = self.organisation.units
        ids = list(reserve_ids(Unit, len(plans)))
        insert_rows(
            Unit,
            ("id", "book_id", "parent_id", "name", "name_en", "side", "region", "kind", "sort", "active"),
            (
                (
                    id,
                    BOOK,
                    None if plan.parent is None else ids[plan.parent],
                    plan.name,
                    "",
                    "internal",
                    "",
                    "",
                    0,
                    True,
                )
                for id, plan in zip(ids, plans, strict=True)
            ),
        )
        insert_rows(UnitAbove, ("above_id", "unit_id", "distance"), self._closure(ids))
        return ids

    def _closure(self, ids: list[int]) -> Iterator[tuple[int, int, int]]:
        for number, _plan in enumerate(self.organisation.units):
            above: int | None = number
            distance = 0
            while above is not None:
                yield ids[above], ids[number], distance
                above, distance = self.organisation.units[above].parent, distance + 1

    def _make_entries(self, units: list[int]) -> None:
        count = self.organisation.count
        persons, entries = reserve_ids(Person, count), reserve_ids(Entry, count)
        moment = clock.now()
        people = self.organisation.people
        insert_rows(Person, ("id", "name"), ((id, p.name) for id, p in zip(persons, people(), strict=True)))
        insert_rows(
            Entry,
            (
                "id", "book_id", "person_id", "unit_id", "name", "position", "kind", "state", "organisation",
                "version", "updated_at",
            ),
            (
                (entry, BOOK, person, units[p.unit], p.name, p.position, "full-time", "active", "", 1, moment)
                for entry, person, p in zip(entries, persons, people(), strict=True)
            ),
        )  # fmt: skip
        insert_rows(
            EntryField,
            ("entry_id", "name", "ord", "value", "sealed", "source"),
            (row for entry, p in zip(entries, people(), strict=True) for row in _values(entry, p)),
        )
        policy, paths = policy_of(BOOK), [self.organisation.path(n) for n in range(len(units))]
        searchindex.index_entries(
            _findable(policy, entry, units[p.unit], paths[p.unit], p)
            for entry, p in zip(entries, people(), strict=True)
        )

    def _reader(self) -> Desk:
        moment = clock.now()
        with writing():
            person = Entry.select(Entry.person).order_by(Entry.id).first().person_id
            account = Account.create(login="security", person=person, state="active", created_at=moment)
            role = policy_of(BOOK).supervisor.role
            Grant.create(account=account.id, role=role, book=BOOK, granted_at=moment)
            session = SignInSession.create(
                account=account.id, source="::1", front="ssh", strength="full", started_at=moment
            )
        return open_desk(Actor(account.id, "security", session.id, "::1", "ssh", "full", "zh_CN"))


def _new_database(server: str) -> str:
    name = f"bench{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return server.replace("/postgres?", f"/{name}?")


def _values(entry: int, person: PersonPlan) -> Iterator[tuple[object, ...]]:
    place = EntryField.sealed.place(entry, "mobile", 0)
    sealed = sealer(store().keys)(place, f"+86{person.mobile}".encode())
    yield entry, "email", 0, person.email, None, ""
    yield entry, "mobile", 0, None, sealed, ""
    yield entry, "office_phone", 0, f"+86{person.phone[1:]};ext={person.extension}", None, ""


def _findable(
    policy: EffectivePolicy, entry: int, unit: int, path: tuple[str, ...], person: PersonPlan
) -> Findable:
    head = (person.name, person.position, unit, path[-1], "full-time", "", "")
    values = {
        "office_phone": [f"+86{person.phone[1:]};ext={person.extension}"],
        "mobile": [f"+86{person.mobile}"],
        "email": [person.email],
    }
    return Findable(
        entry, BOOK, unit, "internal", person.name, person.position, (person.email,), (person.phone,),
        (("mobile", person.mobile),), *line_parts(policy, head, values), path,
    )  # fmt: skip
