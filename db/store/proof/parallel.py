"""`judging.judge_tables` of a large store, sooner: in parts, one process a core, all in the same view.

On PostgreSQL a transaction's view is handed to the others. SQLite has no such thing, so the processes begin
theirs while nobody writes, for some milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from db.store.engine import database, store
from db.store.opening import open_store
from db.store.proof import searching
from db.store.proof.judging import Present, Tampering, judge_sums, judge_tables, open_head, sum_ranges
from db.store.proof.scanning import KeyRange, one_view, parts
from db.store.proof.sums import Sum
from db.store.settings import Home, Settings
from db.store.transactions import writing

LARGE = 200_000
"""Rows from which on more than one process takes part: each takes a second to begin."""
PATIENCE = 120.0
"""Seconds that processes wait for each other until they give up."""


def judge_in_parts(large: int = LARGE) -> Present:
    """Do as `judge_tables`, in several processes for a large store, which is locked against writers for a
    moment. Raises KeyRingError."""
    processes = os.cpu_count() or 1
    known = open_head()
    if isinstance(known, Tampering) or processes < 2:
        return judge_tables()
    if sum(known.head.sum_of(table).rows for table in known.head.tables) < large:
        return judge_tables()
    here, context = store(), get_context("spawn")
    ready = context.Barrier(processes + 1)
    with (
        _exported() as snapshot,
        ProcessPoolExecutor(processes, context, _begin, (here.home, here.settings, snapshot, ready)) as pool,
    ):
        searched = [pool.submit(searching.differing_entries, part) for part in searching.shares(processes)]
        work = {part: pool.submit(_added, part) for part in parts(known.head)}
        ready.wait(PATIENCE)
        with writing():
            ready.wait(PATIENCE)
            ready.wait(PATIENCE)
        sums: dict[str, Sum | None] = {}
        for part, done in work.items():
            found, before = done.result(), sums.get(part.table, Sum())
            sums[part.table] = None if found is None or before is None else before.plus(found)
        lost = set().union(*(one.result() for one in searched))
        return pool.submit(_verdict, sums, lost).result()


@contextmanager
def _exported() -> Iterator[str]:
    """Yield, on PostgreSQL, the name of a snapshot that other connections can use while this lasts; else
    ""."""
    if not store().is_postgresql:
        yield ""
        return
    with one_view():
        yield str(database.execute_sql("SELECT pg_export_snapshot()").fetchone()[0])


def _begin(home: Home, settings: Settings, snapshot: str, ready: Barrier) -> None:
    """Open the store in this worker process and begin a view that lasts as long as the process."""
    open_store(home, settings)
    ready.wait(PATIENCE)
    ready.wait(PATIENCE)
    view = one_view(snapshot)
    view.__enter__()
    open_head()
    _views.append(view)
    ready.wait(PATIENCE)


def _added(part: KeyRange) -> Sum | None:
    known = open_head()
    return None if isinstance(known, Tampering) else sum_ranges(known.key, [part])


def _verdict(sums: dict[str, Sum | None], lost: set[int]) -> Present:
    known = open_head()
    if isinstance(known, Tampering):
        return Present(0, (known,))
    return judge_sums(known, sums, lost)


_views: list[object] = []
