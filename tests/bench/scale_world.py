"""A large organisation at work: everybody has an account, requests wait, reviews are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from db.desk import Actor, Desk, open_desk
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of
from db.desk.requests.change_kind import payload
from db.desk.requests.frozen import freeze_rules
from db.desk.requests.payload import seal_payload
from db.desk.reviews.opening import open_due
from db.store import audit, clock
from db.store.bulk import insert_rows, reserve_ids
from db.store.engine import database, store
from db.store.journal.capture import paused
from db.store.proof.making_sums import make_anew
from db.store.record_words import TOLD, WHY, sealed_words
from db.store.tables import (
    Account,
    AuditHead,
    AuditRecord,
    Entry,
    Grant,
    Request,
    RequestEvent,
    RequestStep,
    SignInSession,
)
from db.store.transactions import writing
from tests.bench.lookup_desk import BOOK, OurDesk
from tests.bench.lookup_people import PEOPLE_A_DEPARTMENT
from tests.bench.verifying import COLUMNS
from tui.host.init import write_settings

ASK_EACH = 23
"""One in so many people has a change of their entry under way, every other one of them waits for its head."""
RECORDS_EACH = 2
"""Records of the audit for each person."""
RECORDED = timedelta(days=330)
"""The time that they are of."""
AT_ONCE = 10_000
ROLES = {"hr": "hr", "security": "security", "it": "it", "admin": "admin"}
"""Offices by the login of whoever holds them; they have no entry, as those of a group seldom have."""
READERS = ("employee", "head", *ROLES)


class AtWork(OurDesk):
    """`OurDesk`'s people under the company regulation, with all that lies about at work."""

    policies = ("company",)

    def _reader(self) -> Desk:
        return desk_of("security")

    def _fill(self) -> list[int]:
        with paused(store().database):
            units = super()._fill()
            write_settings(self.home, self.settings)  # so that the host's commands work on it
            with writing():
                accounts = self._make_accounts()
                self._name_heads()
                self._make_requests(accounts)
                open_due(policy_of(BOOK))  # a task for everybody among them
                self._make_records(accounts)
                make_anew()
        settle()
        return units

    def _make_accounts(self) -> range:
        """One account for everybody, in the order of the entries."""
        count, moment = self.organisation.count, clock.now()
        accounts = reserve_ids(Account, count)
        persons = [row.person_id for row in Entry.select(Entry.person).order_by(Entry.id)]
        logins = ["head", "employee", *(f"p{number}" for number in range(2, count))]
        columns = ("id", "login", "person_id", "state", "totp_step", "created_at")
        rows = zip(accounts, logins, persons, strict=True)
        insert_rows(Account, columns, ((*row, "active", 0, moment) for row in rows))
        for login, role in ROLES.items():
            made = Account.create(login=login, state="active", created_at=moment)
            Grant.create(account=made.id, role=role, book=BOOK, granted_at=moment)
        return accounts

    def _name_heads(self) -> None:
        """The first of each department heads it."""
        firsts: dict[int, int] = {}
        for row in Entry.select(Entry.id, Entry.unit).order_by(Entry.id).iterator():
            firsts.setdefault(row.unit_id, row.id)
        for unit, entry in firsts.items():
            set_head(unit, entry)

    def _make_requests(self, accounts: range) -> None:
        policy, moment = policy_of(BOOK), clock.now()
        flow, rules = policy.flow("change"), freeze_rules(policy, "change")
        entries = Entry.select().order_by(Entry.id).iterator()
        for number, entry in enumerate(entries):
            if number % ASK_EACH != ASK_EACH - 1:
                continue
            asked = Request(
                book=BOOK, kind="change", entry=entry.id, unit=entry.unit_id, requester=accounts[number],
                entry_version=1, reason="", policy_version=policy.version, rules=rules, clause=flow.clause,
                started_at=moment, submitted_at=moment, due=f"2026-12-{number % 28 + 1:02d}",
                due_clause=flow.clause,
            )  # fmt: skip
            before, after = {"position": (entry.position,)}, {"position": ("专家",)}
            seal_payload(asked, payload(before, after), ())
            asked.save()
            RequestEvent.create(request=asked, at=moment, account=accounts[number], act="submitted")
            at_head = number // ASK_EACH % 2 == 0
            head = accounts[number // PEOPLE_A_DEPARTMENT * PEOPLE_A_DEPARTMENT]
            for order, step in enumerate(flow.steps, start=1):
                state = "open" if at_head == (order == 1) else "waiting" if at_head else "approved"
                decider = head if state == "approved" else None
                RequestStep.create(
                    request=asked, ord=order, role=step.role, clause=step.clause, state=state,
                    decided_by=decider,
                )  # fmt: skip

    def _make_records(self, accounts: range) -> None:
        records = self._records(accounts)
        while some := list(islice(records, AT_ONCE)):  # whose making asks for keys, which a COPY shuts out
            insert_rows(AuditRecord, COLUMNS, some)
        last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
        AuditHead.update(seq=last.seq, hash=last.hash).where(AuditHead.id == 1).execute()

    def _records(self, accounts: range) -> Iterator[tuple[object, ...]]:
        """A chain as look-ups and sign-ins make it, evenly up to now."""
        head = AuditHead.get_by_id(1)
        previous, first = head.hash, head.seq + 1
        entry = Entry.select().order_by(Entry.id).first().id
        count, ends = self.organisation.count * RECORDS_EACH, clock.utcnow()
        for seq in range(first, first + count):
            at = clock.stamp(ends - RECORDED * ((first + count - seq) / count))
            person = seq * 7 % len(accounts)
            of_book = seq % 5 > 0
            act = "directory.reveal" if of_book else "sign-in"
            book, seen = (BOOK, entry + person) if of_book else (None, None)
            values = (
                seq, at, accounts[person], None, 12, f"192.0.2.{seq % 250}", "ssh", act,
                "refused" if seq % 50 == 0 else "done", "E.11" if of_book else "", book,
                None, seen, None, "", "{}", "", sealed_words(WHY, book, at, seq, {"purpose": "work"}),
                sealed_words(TOLD, book, at, seq, {"fields": ["mobile"]}),
            )  # fmt: skip
            hashed = audit.hash_of(previous, values)
            yield (*values, None, previous, hashed)
            previous = hashed


def settle() -> None:
    """What a database does of its own accord some time after much has been written."""
    database.execute_sql("VACUUM ANALYZE" if store().is_postgresql else "PRAGMA wal_checkpoint(TRUNCATE)")


def desk_of(login: str) -> Desk:
    """A desk for one of `READERS`, signed in anew, in the open store."""
    account = Account.get(Account.login == login)
    with writing():
        session = SignInSession.create(
            account=account, source="::1", front="ssh", strength="full", started_at=clock.now()
        )
    return open_desk(Actor(account.id, login, session.id, "::1", "ssh", "full", "zh_CN"))


def pass_gates(*others: str) -> None:
    """Have each of `READERS` and ``others`` accept what waits before their first screen."""
    for login in (*READERS, *others):
        desk = desk_of(login)
        for due in desk.me.undertakings():
            desk.me.accept(due.policy, due.version)
        for notice in desk.privacy.notices_due():
            desk.privacy.accept_notice(notice.book, notice.version)
