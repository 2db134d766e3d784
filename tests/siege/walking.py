"""A walk as it goes on: acts one after the other, what each came to, and the state that they led to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from db.store.engine import database
from tests.siege.actors import Gang, Holder
from tests.siege.acts import Act, Came, done, learn
from tests.siege.oracle import Find, Told, broken, judge, let_in, moves, told_in
from tests.siege.rows import Row, declared, taken
from tests.siege.stage import Stage

Walk = tuple[Act, ...]
Tolerated = Callable[[Find], bool]
BESIDES = ("clock", "duties", "door.enrol", "door.try")
ASKED = frozenset({"request", "case_file", "campaign"})


@dataclass
class Tally:
    """What a siege came to. ``found``: each hole once, with the shortest walk to it."""

    acts: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """Of what was reached, what was done at once."""
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_host: Counter[str] = field(default_factory=Counter)
    found: dict[tuple[str, ...], tuple[Find, Holder, Walk]] = field(default_factory=dict)
    states: int = 0
    says: bool = False
    """Whether it prints at once what is found for the first time."""
    began: float = field(default_factory=time.process_time)

    def note(self, find: Find, holder: Holder, walk: Walk) -> bool:
        """Keep a find; whether it is new or shorter."""
        known = self.found.get(find.key)
        if known is not None and len(known[2]) <= len(walk):
            return False
        if known is None and self.says:
            print(f"found {find} by {holder}", flush=True)
        self.found[find.key] = (find, holder, walk)
        return True


class Siege:
    """One gang's walk as it goes on, within an attempt."""

    def __init__(self, stage: Stage, gang: Gang, tally: Tally, tolerated: Tolerated | None = None) -> None:
        self.stage, self.gang, self.tally = stage, gang.copy(), tally
        self.walk: list[Act] = []
        self.told = Told()
        self.state: set[tuple[str, ...]] = set()
        self._tolerated = tolerated or (lambda _find: False)

    def step(self, act: Act, *, again: bool = False) -> tuple[Came, list[Find]]:
        """Do ``act``. What came to nothing is undone, and what one person may not do; all else stays, and
        goes into the walk."""
        found: list[Find] = []
        with ExitStack() as stack:
            attempt = database.atomic()
            transaction = stack.enter_context(attempt)
            now = self.stage.clock.now
            came = done(self.stage, self.gang, act)
            rows = taken()
            if came.how == "broken":
                found.append(broken(act.do, self.gang.holder.book, came.error))
            if not again:
                self._count(act, came)
            if act.do == "door.try" and came.how == "done":
                found += let_in(self.gang, act.given["account"].id)
            if rows:
                found += judge(self.gang, act, rows, self.told)
                self._count_moved(act, rows)
            kept = came.how in ("done", "asked") and all(map(self._tolerated, found))
            if not kept:
                transaction.rollback()
                self.stage.clock.now = now
                taken()
                return came, found
        if _changes(rows) or act.do in BESIDES:
            self.stage.listed = {}
        if _changes(rows):
            self._go_on(act, rows)
        return came, found

    @contextmanager
    def perhaps(self, *, undone: bool) -> Iterator[None]:
        """What is stepped inside, as if it had never been where it is ``undone``."""
        if not undone:
            yield
            return
        kept = (
            self.gang,
            list(self.walk),
            Told(set(self.told.accounts), set(self.told.persons)),
            set(self.state),
        )
        with self.stage.attempt():
            self.gang = self.gang.copy()
            yield
        self.gang, self.walk, self.told, self.state = kept

    def _go_on(self, act: Act, rows: Sequence[Row]) -> None:
        told = told_in(rows)
        self.told.accounts |= told.accounts
        self.told.persons |= told.persons
        learn(self.stage, self.gang, act, rows)
        marks = set(_marks(self.stage, rows))
        if act.do in BESIDES:
            marks.add((act.do,))
        self.state |= marks
        self.walk.append(act)

    def _count(self, act: Act, came: Came) -> None:
        tally = self.tally
        tally.acts += 1
        tally.tried[act.do] += 1
        if came.how in ("done", "asked"):
            tally.reached[act.do] += 1
            tally.done[act.do] += came.how == "done"

    def _count_moved(self, act: Act, rows: Sequence[Row]) -> None:
        for row in rows:
            if declared()[row.table].kind == "power":
                self.tally.moved[row.table, act.do] += 1


def _changes(rows: Sequence[Row]) -> bool:
    """Whether anything but the record and the telling of it differs."""
    return any(declared()[row.table].kind not in ("trace", "telling", "derived") for row in rows)


def _marks(stage: Stage, rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """What makes a state another one: which tables differ, how, and in which state their rows are."""
    for row in rows:
        if declared()[row.table].kind not in ("power", "plain") or not (moves(row) or row.table in ASKED):
            continue
        number = row.value("id")
        is_new = isinstance(number, int) and number > stage.last.get(row.table, 0)
        how = "new" if not row.before else "gone" if not row.after else "of new" if is_new else "other"
        yield (
            row.table,
            how,
            str(row.after.get("state", "")),
            str(row.after.get("kind", row.after.get("role", ""))),
        )
