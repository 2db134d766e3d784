"""How much one person may heap up in a day, and put on others (I4).

Something is done over and over within one day, taken back each time where that can be done: whatever is
kept has to come to an end in words, after `KEPT` times, and what others are told or have to decide after
`PUT`.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.desk import Invalid, Refused
from db.store.engine import database
from tests.siege.actors import Gang, Holder
from tests.siege.acts import Act, Came, Ref, done
from tests.siege.arguments import CannotAsk, Drawer, parameters
from tests.siege.rows import Row, declared, taken
from tests.siege.search import ACTIVE
from tests.siege.stage import Stage
from tests.siege.words import TEXTS

KEPT, PUT, OFFICE = 60, 20, 10
"""How often a day somebody may add what is kept, how often of these put something on others, and how many
times as often who holds an office."""
BYTES = 50 << 20
PAGE = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + b"%" * (1 << 20)
"""A file of a megabyte."""
LONG = "长文" * (1 << 18)
"""A megabyte and a half of words."""
SHORT = frozenset(
    {"version", "sha256", "mark", "format", "language", "theme", "drawing", "sheet", "report", "dimension"}
)
"""Texts that are words of the program's."""
MASS = (
    "importing.",
    "training.",
    "editions.",
    "reviews.",
    "queue.",
    "notices.",
    "accounts.",
    "tasks.",
    "casework.",
)
"""Work that offices do by the hundred, and decisions on what waits for somebody."""
ON_OTHERS = {"notice_recipient": "account_id", "task": "account_id", "outgoing_mail": "entry_id"}


@dataclass(frozen=True, slots=True)
class Unbounded:
    """What somebody could do without end."""

    rule: str
    holder: Holder
    do: str
    times: int

    @property
    def key(self) -> tuple[str, ...]:
        """Alike for what is one hole."""
        return (self.rule, self.do)

    def __str__(self) -> str:
        return f"{self.rule}: {self.do} {self.times} times in a day by {self.holder}"


def unbounded(
    stage: Stage, holder: Holder, seed: int, operations: Sequence[str] = ACTIVE, until: float = math.inf
) -> Iterator[Unbounded]:
    """Everything that ``holder`` can do in one day more often than anybody has to, of what is tried ``until``
    then."""
    yield from _heaped(stage, holder, until)
    for operation in operations:
        if time.process_time() > until:
            return
        if any(one.name in TEXTS and one.name not in SHORT for one in parameters(operation)):
            yield from _heaped_in_words(stage, holder, operation, seed, until)
    for operation in operations:
        if time.process_time() > until:
            return
        chance = random.Random(f"{seed}:{holder}:{operation}")
        yield from _repeated(stage, holder, operation, chance, until)


def _repeated(
    stage: Stage, holder: Holder, operation: str, chance: random.Random, until: float
) -> Iterator[Unbounded]:
    gang = Gang.of(stage, holder)
    me, kept, put = gang.accounts[0], 0, 0
    times = 1 if holder.role == "employee" else OFFICE
    with stage.attempt():
        taken()
        drawer, missed = Drawer(stage, gang, chance), 0
        for _time in range(3 * KEPT * times):
            if missed > 12 or kept > KEPT * times or time.process_time() > until:
                break
            came, rows = _once(stage, gang, drawer, me, operation)
            if came is None or came.how != "done" or not _keeps(rows):
                missed += 1
                continue
            missed = 0
            kept += 1
            put += _puts(stage, gang, rows)
            _take_back(stage, gang, me)
            stage.clock.now += timedelta(seconds=30)
    if kept > KEPT * times and not operation.startswith(MASS):
        yield Unbounded("unbounded", holder, operation, kept)
    if put > PUT * times and not operation.startswith(MASS):
        yield Unbounded("put-on-others", holder, operation, put)


def _once(
    stage: Stage, gang: Gang, drawer: Drawer, me: int, operation: str
) -> tuple[Came | None, Sequence[Row]]:
    try:
        act = drawer.act(me, operation)
    except CannotAsk:
        return None, ()
    came = done(stage, gang, act)
    return came, taken()


def _keeps(rows: Sequence[Row]) -> bool:
    """Whether there is more than before in some table."""
    more = Counter[str]()
    for row in rows:
        more[row.table] += (not row.before) - (not row.after)
    return any(
        count > 0 and declared()[name].kind in ("power", "plain", "personal") for name, count in more.items()
    )


def _puts(stage: Stage, gang: Gang, rows: Sequence[Row]) -> int:
    """How often somebody else was told, or has to do something, at the most of anybody once."""
    return int(any(
        not row.before and row.table in ON_OTHERS and row.after.get(ON_OTHERS[row.table]) not in gang.behind
        for row in rows
    ))  # fmt: skip


def _take_back(stage: Stage, gang: Gang, me: int) -> None:
    """Withdraw what was just asked for, so that only a bound on the day's number holds."""
    newest = database.execute_sql(
        f"SELECT id FROM request WHERE requester_id = {database.param} AND state = 'open' "
        f"AND id > {stage.last['request']} ORDER BY id DESC LIMIT 1",
        (me,),
    ).fetchone()
    if newest is not None:
        done(stage, gang, Act(me, "requests.withdraw", {"request": Ref("request", newest[0])}))
        taken()


def _heaped(stage: Stage, holder: Holder, until: float) -> Iterator[Unbounded]:
    """Files of a megabyte, asked with and withdrawn: how many are kept at the end of the day."""
    gang = Gang.of(stage, holder)
    me, kept, desk = gang.accounts[0], 0, stage.desks[gang.accounts[0]]
    entry = _own_entries(me).get(holder.book)
    with stage.attempt():
        for _time in range(BYTES // len(PAGE) + 5):
            if time.process_time() > until:
                break
            try:
                file = desk.evidence.add("受理单.pdf", PAGE)
            except (Refused, Invalid):
                break
            kept += len(PAGE)
            if entry is not None:
                given = {
                    "entry": Ref("entry", entry), "version": Ref("version", entry), "reason": "换号",
                    "asked": {"mobile": f"1390000{1000 + kept % 8999}"}, "evidence": [file.id],
                }  # fmt: skip
                done(stage, gang, Act(me, "changes.submit", given))
                _take_back(stage, gang, me)
            stage.clock.now += timedelta(seconds=30)
        taken()
    if kept >= BYTES:
        yield Unbounded("unbounded", holder, "evidence.add (bytes)", kept >> 20)


def _heaped_in_words(
    stage: Stage, holder: Holder, operation: str, seed: int, until: float
) -> Iterator[Unbounded]:
    """An operation with a megabyte of words in each text that it takes, over and over within one day."""
    gang, chance = Gang.of(stage, holder), random.Random(f"{seed}:{holder}:{operation}:words")
    me, kept, missed = gang.accounts[0], 0, 0
    times = 1 if holder.role == "employee" else OFFICE
    with stage.attempt():
        taken()
        drawer = Drawer(stage, gang, chance)
        while missed < 6 and kept < BYTES * times and time.process_time() < until:
            try:
                act = drawer.act(me, operation)
            except CannotAsk:
                missed += 1
                continue
            long = {name: LONG if name in TEXTS and isinstance(value, str) else value
                    for name, value in act.given.items()}  # fmt: skip
            came, rows = done(stage, gang, Act(me, operation, long)), taken()
            size = sum(
                len(str(row.after)) - len(str(row.before))
                for row in rows
                if declared()[row.table].kind != "derived"
            )
            if came.how not in ("done", "asked") or size < len(LONG):
                missed += 3
                continue
            kept += size
            stage.clock.now += timedelta(seconds=30)
    if kept >= BYTES * times:
        yield Unbounded("unbounded", holder, f"{operation} (bytes)", kept >> 20)


def _own_entries(account: int) -> dict[str, int]:
    rows = database.execute_sql(
        "SELECT e.book_id, e.id FROM entry e JOIN account a ON a.person_id = e.person_id "
        f"WHERE a.id = {database.param} AND e.state = 'active'",
        (account,),
    ).fetchall()
    return dict(rows)
