"""The search: every operation by every holder, and walks from one state to the next.

Walks go as in go-explore: states that differ are kept, each as the acts that lead there; one is picked,
done again from the beginning, and gone on from. What is found is made as short as it can be by leaving acts
out.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from db.desk.frame import OPERATIONS
from db.desk.refusal import Refused
from db.store.engine import database
from tests.siege.actors import Gang, Holder, everybody, holders
from tests.siege.acts import CODE, HALVES, PASSWORD, Act, Ref, in_short
from tests.siege.arguments import CannotAsk, Drawer
from tests.siege.oracle import broken
from tests.siege.rows import taken
from tests.siege.stage import Stage
from tests.siege.walking import Siege, Tally, Tolerated, Walk

State = frozenset[tuple[str, ...]]
WRITES = tuple(sorted(name for name, one in OPERATIONS.items() if one.recorded and not one.lengthy))
READ_ONLY = (
    "overview.",
    "audit.",
    "directory.",
    "traces.",
    "importing.check",
    "privacy.taken",
    "outside.export",
)


def every_operation(
    stage: Stage,
    seed: int,
    draws: int,
    tally: Tally,
    only: Sequence[Holder] = (),
    operations: Sequence[str] = (),
    until: float = math.inf,
) -> None:
    """Level 1: each operation by each holder, ``draws`` times, from the beginning, ``until`` that moment."""
    for holder in only or holders(stage):
        if time.process_time() > until:
            return
        chance = random.Random(f"{seed}:{holder}")
        gang = Gang.of(stage, holder)
        for operation in operations or sorted(OPERATIONS):
            for _draw in range(draws):
                if time.process_time() > until:
                    return
                with stage.attempt():
                    siege = Siege(stage, gang, tally)
                    taken()
                    drawer = Drawer(stage, siege.gang, chance)
                    act = _asked(drawer, gang.accounts[0], operation, tally)
                    if act is None:
                        continue
                    _came, found = siege.step(act)
                    for find in found:
                        tally.note(find, holder, (act,))


def by_everybody(
    stage: Stage,
    seed: int,
    tally: Tally,
    wanted: Callable[[], Collection[str]],
    *,
    rounds: int = 4,
    until: float = math.inf,
) -> None:
    """Each operation that is ``wanted`` by every account in turn, as long as it is wanted: what nobody who
    stands for others did may be somebody else's alone."""
    every = list(everybody(stage))
    random.Random(seed).shuffle(every)
    for number in range(rounds):
        some = sorted(wanted())
        for operation in random.Random(f"{seed}:{number}").sample(some, len(some)):
            for holder in every:
                if operation not in wanted() or time.process_time() > until:
                    break
                every_operation(stage, seed + number, 1, tally, [holder], [operation], until)


def by_puppets(stage: Stage, seed: int, tally: Tally, holder: Holder, until: float = math.inf) -> None:
    """``holder`` makes an account, comes in by it, asks for something as that person, and decides on it; and
    the other way round."""
    chance, gang = random.Random(f"{seed}:{holder}:puppets"), Gang.of(stage, holder)
    me = gang.accounts[0]
    for _draw in range(8):
        if time.process_time() > until:
            return
        with stage.attempt():
            siege = Siege(stage, gang, tally)
            taken()
            if not _made_one(siege, chance, holder):
                continue
            puppet = siege.gang.accounts[-1]
            for by, other in ((puppet, me), (me, puppet)):
                for _try in range(12):
                    before = tuple(siege.walk)
                    _step(siege, chance, holder, by, chance.choice(ASKS))
                    asked = [one for one in siege.walk[len(before) :] if one.by == by]
                    newest = _rows("SELECT max(id) FROM request WHERE state = 'open'")[0][0]
                    if not asked or newest is None:
                        continue
                    given = {
                        "request": Ref("request", newest),
                        "digest": Ref("digest", newest),
                        "comment": "同意",
                    }
                    with siege.perhaps(undone=True):
                        _judged(siege, holder, Act(other, "queue.approve", given))
            return


ASKS = (
    "changes.submit",
    "asking.ask",
    "lifecycle.leave",
    "lifecycle.move",
    "accounts.grant",
    "lifecycle.join",
)


def _made_one(siege: Siege, chance: random.Random, holder: Holder) -> bool:
    """Make an account and come in by it, if that can be."""
    me = siege.gang.accounts[0]
    _step(siege, chance, holder, me, "accounts.create")
    for account in new_accounts(siege.stage)[-1:] if siege.walk else ():
        _judged(siege, holder, Act(me, "door.enrol", {"account": Ref("account", account)}))
    return len(siege.walk) > 1


def _step(siege: Siege, chance: random.Random, holder: Holder, by: int, operation: str) -> None:
    act = _asked(Drawer(siege.stage, siege.gang, chance), by, operation, siege.tally)
    if act is not None:
        _judged(siege, holder, act)


def _judged(siege: Siege, holder: Holder, act: Act) -> None:
    before = tuple(siege.walk)
    for find in siege.step(act)[1]:
        siege.tally.note(find, holder, (*before, act))


def _rows(sql: str) -> list[tuple[int | None]]:
    return list(database.execute_sql(sql).fetchall())


@dataclass
class Kept:
    """A state in the archive: how one comes there, and how often one went on from it."""

    walk: Walk
    visits: int = 0


def walks(
    stage: Stage,
    holder: Holder,
    seed: int,
    visits: int,
    tally: Tally,
    *,
    tries: int = 60,
    longest: int = 12,
    tolerated: Tolerated | None = None,
    until: float = math.inf,
) -> None:
    """Level 2: ``visits`` times, pick a state that was come to, go there, and try ``tries`` acts from it."""
    chance = random.Random(f"{seed}:{holder}:walks")
    gang = Gang.of(stage, holder)
    archive: dict[State, Kept] = {frozenset(): Kept(())}
    for _visit in range(visits):
        if time.process_time() > until:
            break
        states = list(archive.values())
        weights = [1 / (1 + kept.visits) for kept in states]
        kept = chance.choices(states, weights)[0]
        kept.visits += 1
        with stage.attempt():
            taken()
            siege = Siege(stage, gang, tally, tolerated)
            for act in kept.walk:
                siege.step(act, again=True)
            for _try in range(tries):
                if len(siege.walk) >= longest or time.process_time() > until:
                    break
                drawn = _drawn(stage, siege.gang, chance, tally)
                if drawn is None:
                    continue
                with siege.perhaps(undone=chance.random() < 0.7):
                    before = tuple(siege.walk)
                    _came, found = siege.step(drawn)
                    for find in found:
                        tally.note(find, holder, (*before, drawn))
                    state = frozenset(siege.state)
                    if state not in archive:
                        archive[state] = Kept(tuple(siege.walk))
    tally.states += len(archive)


def _drawn(stage: Stage, gang: Gang, chance: random.Random, tally: Tally) -> Act | None:
    """Something to do next."""
    by = chance.choice(gang.accounts) if chance.random() < 0.6 else gang.accounts[0]
    drawer = Drawer(stage, gang, chance)
    dice = chance.random()
    if dice < 0.03:
        return Act(gang.accounts[0], "clock", {"days": chance.choice((1, 3, 8, 31))})
    if dice < 0.033:
        return Act(gang.accounts[0], "duties")
    if dice < 0.08:
        invited = [one for one in new_accounts(stage) if one not in gang.behind]
        if not invited:
            return None
        return Act(gang.accounts[0], "door.enrol", {"account": Ref("account", chance.choice(invited))})
    if dice < 0.085:
        known = (CODE, PASSWORD, f"{HALVES[0]} {HALVES[1]}", f"{HALVES[1]} {HALVES[2]}")
        given = {"account": drawer.row("account"), "typed": chance.choice(known)}
        return Act(gang.accounts[0], "door.try", given)
    operation = chance.choices(ACTIVE, [weight(tally, name) for name in ACTIVE])[0]
    return _asked(drawer, by, operation, tally)


def _asked(drawer: Drawer, by: int, operation: str, tally: Tally) -> Act | None:
    """``operation`` with arguments, if it can be asked. A form or a list that breaks is found, one that is
    refused, as to somebody whose last day is over, is not. Looking leaves nothing behind."""
    try:
        with database.atomic() as looking:
            try:
                return drawer.act(by, operation)
            finally:
                looking.rollback()
    except (CannotAsk, Refused):
        tally.tried[operation] += 1
    except Exception as error:
        holder = drawer.gang.holder
        tally.note(broken(f"{operation} (form)", holder.book, in_short(error)), holder, ())
    return None


def weight(tally: Tally, operation: str) -> float:
    """How often an operation is tried beside others: more where it was done sometimes, but not often yet."""
    reached, tried = tally.reached[operation], tally.tried[operation]
    if not reached:
        return 2 / (2 + math.sqrt(tried))
    return 6 / (1 + math.sqrt(reached))


def new_accounts(stage: Stage) -> list[int]:
    """Accounts with a code that is out."""
    rows = database.execute_sql("SELECT id FROM account WHERE activation IS NOT NULL ORDER BY id").fetchall()
    return [one for (one,) in rows]


ACTIVE = tuple(name for name in WRITES if not name.startswith(READ_ONLY))
