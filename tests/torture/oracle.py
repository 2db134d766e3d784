"""Judges an installation from outside: by what people were told and what was signed, not by what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from peewee import fn

from db.desk.entry.record import load_entry, reindex_entry, reindex_units
from db.desk.requests.change_kind import read
from db.desk.requests.payload import open_payload
from db.store import audit, write_queue
from db.store.engine import close_store, database, errors_as_peewee, store
from db.store.opening import open_store
from db.store.proof.judging import judge_tables as scan
from db.store.sql import for_update
from db.store.tables import (
    AuditRecord,
    Entry,
    Evidence,
    Request,
    RequestEvent,
    RequestStep,
    SearchEntry,
    SearchKey,
    SearchLine,
    Unit,
)
from db.store.transactions import writing
from db.store.waiting_records import alone_in_looking, append_waiting, forget_waiting, waiting_files
from tests.torture.acts import TOGETHER
from tests.torture.rig import Rig

TURN_WITHIN = 120.0
"""Seconds that the judge waits for its turn at writing, among sessions on a busy machine."""
CLOSED = {"applied", "rejected", "withdrawn"}


def _rows(query: Any) -> Any:
    """The rows of ``query`` as tuples."""
    return query.tuples()


class _Undo(Exception):
    """Ends a trial within a transaction that must leave nothing behind."""


def judge(rig: Rig, *, sign: bool = True, every: bool = False, alone: bool = False) -> list[str]:
    """What is wrong with the installation of ``rig``; nothing, it is hoped. Others may be working in it.

    ``sign``: its end is signed outside afterwards, so that the next judgement holds it to that. ``every``:
    the search keys of all entries are made anew, not only of those that changed since the last judgement.
    ``alone``: nobody is working in it, so that SQLCipher's own check can be made (`_pages`).
    """
    acks = list(rig.acknowledged())
    outside = rig.outside()
    open_store(rig.home)
    try:
        _append_what_waits()
        with errors_as_peewee(), _one_view():
            faults = [*_file(), *_chain(outside), *_present(), *_acknowledged(acks)]
            faults += [*_requests(), *_imports()]
        with mock.patch.object(write_queue, "PATIENCE", TURN_WITHIN):
            faults += _search_keys(rig.versions, every=every)
        if alone:
            faults += _pages()
        if sign and not faults:
            rig.sign()
        return faults
    finally:
        close_store()


def _append_what_waits() -> None:
    """Append what was shown while others wrote: it is on record, and from then on in the chain."""
    if files := waiting_files():
        with mock.patch.object(write_queue, "PATIENCE", TURN_WITHIN):
            with writing():
                done = append_waiting(files)
            with alone_in_looking():
                forget_waiting(done)


@contextmanager
def _one_view() -> Iterator[None]:
    with database.atomic():
        if store().is_postgresql:
            database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _file() -> Iterator[str]:
    if store().is_postgresql:
        return
    for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        found = database.execute_sql(f"PRAGMA {pragma}").fetchall()
        if found != good:
            yield f"{pragma}: {found[:3]}"


def _pages() -> Iterator[str]:
    """SQLCipher's check of each page. It looks past the log at the file, so all of the log is written into it
    first: a checkpoint leaves out a page that somebody wrote again since, and where it is a new one and later
    ones are not, the file has nothing but zeros in its place until the next."""
    if store().is_postgresql:
        return
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    found = database.execute_sql("PRAGMA cipher_integrity_check").fetchall()
    if found:
        yield f"cipher_integrity_check: {found[:3]}"


def _chain(outside: dict[int, str]) -> Iterator[str]:
    verdict = audit.verify(outside=outside)
    if not verdict.sound:
        yield f"chain: record {verdict.bad} ({verdict.reason})"


def _present() -> Iterator[str]:
    """Every row is what the program wrote, whatever was killed."""
    yield from (f"{one.table} {one.row}: {one.what}" for one in scan().findings[:3])


def _acknowledged(acks: list[dict[str, object]]) -> Iterator[str]:
    """Each was told to somebody as done, so it is on record; and nothing that it did is undone."""
    for by in (AuditRecord.session, AuditRecord.account):
        told = Counter((one[by.name], one["act"]) for one in acks if by.name in one)
        held = {
            (who, act): count
            for who, act, count in _rows(
                AuditRecord.select(by, AuditRecord.act, fn.COUNT(AuditRecord.seq))
                .where(AuditRecord.outcome == "done")
                .group_by(by, AuditRecord.act)
            )
        }
        for (who, act), count in told.items():
            if held.get((who, act), 0) < count:
                yield f"lost: {count} of {act} were acknowledged, {held.get((who, act), 0)} are on record"
    states = dict(_rows(Request.select(Request.id, Request.state)))
    files = {row[0] for row in _rows(Evidence.select(Evidence.id))}
    names = Counter(row[0] for row in _rows(Entry.select(Entry.name)))
    approved = set(
        _rows(
            RequestStep.select(RequestStep.request, RequestStep.decided_by).where(
                RequestStep.state == "approved"
            )
        )
    )
    for one in acks:
        request, name = one.get("request"), one.get("name")
        if request is not None and request not in states:
            yield f"lost: request {request}"
        if "state" in one and states.get(request) != one["state"]:
            yield f"undone: request {request} was {one['state']}"
        if "by" in one and (request, one["by"]) not in approved:
            yield f"lost: the approval of request {request}"
        if "evidence" in one and one["evidence"] not in files:
            yield f"lost: evidence {one['evidence']}"
        if name is not None and any(names[f"{name}{ending}"] != 1 for ending in TOGETHER):
            yield f"lost: import {name}"


def _requests() -> Iterator[str]:
    """A request's state, its decisions, its history and what it changed say the same."""
    latest: dict[int, Request] = {}
    steps: dict[int, list[str]] = {}
    for request, state in _rows(
        RequestStep.select(RequestStep.request, RequestStep.state).order_by(
            RequestStep.request, RequestStep.ord
        )
    ):
        steps.setdefault(request, []).append(state)
    events = Counter(_rows(RequestEvent.select(RequestEvent.request, RequestEvent.act)))
    for request in Request.select().order_by(Request.closed_at):
        states = steps.get(request.id, [])
        done = bool(states) and all(state == "approved" for state in states)
        if (request.state == "applied") != done:
            yield f"half: request {request.id} is {request.state}, its steps are {states}"
        if request.state == "open" and states.count("open") != 1:
            yield f"half: request {request.id} is open, its steps are {states}"
        if request.state in CLOSED and events[request.id, request.state] != 1:
            yield f"half: request {request.id} is {request.state}, its history does not say so"
        if (request.closed_at is not None) != (request.state in CLOSED):
            yield f"half: request {request.id} is {request.state}, closed at {request.closed_at}"
        if request.state == "applied" and request.entry_id is not None:
            before = latest.get(request.entry_id)
            if before is None or (request.entry_version or 0) > (before.entry_version or 0):
                latest[request.entry_id] = request
    for entry, request in latest.items():
        values = load_entry(entry).values
        if any(values.get(name) != wanted for name, wanted in read(open_payload(request)).after.items()):
            yield f"half: request {request.id} was applied, its entry does not show it"


def _imports() -> Iterator[str]:
    endings = Counter(
        name[:-1] for (name,) in _rows(Entry.select(Entry.name)) if len(name) == 9 and name[-1] in TOGETHER
    )
    yield from (f"half: import {name}" for name, count in endings.items() if count != len(TOGETHER))


def _search_keys(versions: dict[int, int], *, every: bool) -> list[str]:
    """What the search finds is what the rows say: the keys of each entry that changed, or of ``every`` one,
    made anew are the keys that there are."""

    def keys(line: int | None = None) -> tuple[set[object], ...]:
        rows = SearchKey.select(SearchKey.scope, SearchKey.key, SearchKey.line)
        lines = SearchLine.select(SearchLine.line, SearchLine.content)
        entries = SearchEntry.select(SearchEntry.entry, SearchEntry.line, SearchEntry.keys)
        if line is None:
            return set(_rows(rows)), set(_rows(lines)), set(_rows(entries))
        return (
            set(_rows(rows.where(SearchKey.line == line))),
            set(_rows(lines.where(SearchLine.line == line))),
            set(_rows(entries.where(SearchEntry.line == line))),
        )

    found: list[str] = []
    active = Entry.select(Entry.id, Entry.version).where(Entry.state == "active").order_by(Entry.id)
    stale = [entry for entry, version in _rows(active) if every or versions.get(entry) != version]
    if not stale:
        return found
    changed: dict[int, int] = {}
    try:
        with writing():
            changed |= dict(_rows(for_update(active.where(Entry.id.in_(stale)))))  # nobody else from here on
            if every:
                before = keys()
                for table in (SearchKey, SearchEntry, SearchLine):
                    table.delete().execute()
                reindex_units([unit.id for unit in Unit.select(Unit.id)])
                if keys() != before:
                    found.append("the search keys are not those of the rows")
            for entry in () if every else changed:
                line = SearchEntry.get(SearchEntry.entry == entry).line
                before = keys(line)
                for table in (SearchKey, SearchEntry, SearchLine):
                    table.delete().where(table.line == line).execute()
                reindex_entry(entry)
                if keys(line) != before:
                    found.append(f"the search keys of entry {entry} are not those of its rows")
            raise _Undo
    except _Undo:
        versions.update(changed)
        return found
