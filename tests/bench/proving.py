"""Proving the present, and watching over power: what an act pays for each, and how long a scan of every row
takes.

Run alone with ``python -m tests.bench.proving [PEOPLE]``; as many records of the audit go with them.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest import mock

from db.desk import Desk, frame
from db.desk.power import rows as changed_rows
from db.store import audit
from db.store.bulk import insert_rows
from db.store.engine import close_store, store
from db.store.journal.capture import paused
from db.store.proof.head import Follower
from db.store.proof.making_sums import make_anew
from db.store.proof.parallel import judge_in_parts
from db.store.tables import Account, AuditHead, AuditRecord
from db.store.transactions import writing
from db.store.verifying import verify_in_parts
from tests.bench.lookup_desk import OurDesk
from tests.bench.lookup_people import Organisation
from tests.bench.rows import Outcome, Row, table
from tests.bench.verifying import COLUMNS, records

PEOPLE = 1_000_000
SECONDS = 60.0
"""For all of it, chain and tables, with a million of each on two cores."""
MORE = 1.1
ROUNDS, ACTS = 15, 60


class Proved(OurDesk):
    """Filled with people and as many records, of which the sums are made once at the end."""

    def _fill(self) -> list[int]:
        with paused(store().database):
            units = super()._fill()
            with writing():
                insert_rows(AuditRecord, COLUMNS, records(self.organisation.count))
                last = AuditRecord.get_by_id(self.organisation.count)
                AuditHead.update(seq=last.seq, hash=last.hash).where(AuditHead.id == 1).execute()
                make_anew()
        return units

    def speak(self) -> None:
        """The least that somebody does at the desk: a row of their own, with its record."""
        self.desk.me.choose_language("zh_CN")

    def reveal(self) -> None:
        """What people do most: a protected number, with its record."""
        self.desk.directory.reveal(1, "mobile", "work")


def change() -> None:
    """The least that can be done: a row changed, and a record."""
    with writing():
        Account.update(language="zh_CN").where(Account.id == 1).execute()
        audit.append(act="bench", outcome="done", journal={"after": {"n": 1}})


@contextmanager
def unproved() -> Iterator[None]:
    """As if there were no sums."""
    nothing = mock.Mock(return_value=None)
    with (
        mock.patch.object(Follower, "note_changes", nothing),
        mock.patch.object(Follower, "update_head", nothing),
    ):
        yield


@contextmanager
def unwatched() -> Iterator[None]:
    """As if nothing were held against its declaration, told or counted."""
    nothing = mock.Mock(return_value=None)
    with (
        mock.patch.object(changed_rows, "check_declared", nothing),
        mock.patch.object(frame, "charge_quota", nothing),
        mock.patch.object(Desk, "tell_of", nothing),
        mock.patch.object(Desk, "put_off", nothing),
    ):
        yield


def beside(
    act: Callable[[], None], spared: Callable[[], AbstractContextManager[None]]
) -> tuple[float, float]:
    """Processor time of ``act`` in ms with and without what it is ``spared``, in turn: the median round of
    each."""
    with_it: list[float] = []
    without: list[float] = []
    for _round in range(ROUNDS):
        with_it.append(_time(act))
        with spared():
            without.append(_time(act))
    middle = ROUNDS // 2
    return sorted(with_it)[middle], sorted(without)[middle]


def _time(act: Callable[[], None]) -> float:
    began = time.process_time()
    for _number in range(ACTS):
        act()
    return (time.process_time() - began) * 1000 / ACTS


def _spent() -> float:
    """Processor time of this process and of those that it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(people: int = PEOPLE) -> list[Outcome]:
    """The benchmark's lines."""
    with tempfile.TemporaryDirectory() as name:
        desk = Proved(Path(name) / "state", Organisation(people), None)
        began, spent = time.perf_counter(), _spent()
        chain, present = verify_in_parts({}), judge_in_parts()
        took, spent = time.perf_counter() - began, _spent() - spent
        if not chain.sound or not present.sound:
            raise RuntimeError(f"what was made did not prove: {chain}, {present.findings[:3]}")
        least, reveal = beside(change, unproved), beside(desk.reveal, unproved)
        speak, watched = beside(desk.speak, unwatched), beside(desk.reveal, unwatched)
        close_store()
    return [
        Row(f"chain and tables, {people:,} people and records", took, "s", SECONDS * people / PEOPLE),
        Row("… processor time", spent, "s", 2 * SECONDS * people / PEOPLE),
        Row("the least act, processor time", least[0], "ms", MORE, least[1], "without the proof"),
        Row("revealing a number, processor time", reveal[0], "ms", MORE, reveal[1], "without the proof"),
        Row("the least act at the desk, processor time", speak[0], "ms", MORE, speak[1], "unwatched"),
        Row("revealing a number, processor time", watched[0], "ms", MORE, watched[1], "unwatched"),
    ]


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if sys.argv[1:] else PEOPLE)))
