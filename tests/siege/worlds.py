"""Two worlds that differ in one value covered from a reader answer that reader alike (I3), and so do two in
which a report about the reader was made in their directory, and in one that is none of theirs (A.18).

Whatever can be asked is asked in both: every operation that reads, every form, look-ups by the value, its
endings and beginnings, guesses at it, and what is refused, in words. What differs told the reader something
of a value that they may not see. Only the whole value may find whom it belongs to, and that look-up is on
record at once.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from typing import Any

from db.desk import Refused, SessionOver
from db.desk.cases.cases import Cases
from db.desk.entry.colleagues import side_of
from db.desk.entry.record import apply_values
from db.desk.frame import OPERATIONS
from db.language import Message, say
from db.store.engine import database
from db.store.tables import Account, Entry
from db.store.transactions import writing
from tests.siege.actors import PLAIN, Gang, Holder, holders
from tests.siege.acts import Act, Ref, done
from tests.siege.arguments import CannotAsk, Drawer
from tests.siege.rows import taken
from tests.siege.stage import Stage

VALUES = ("+8613911112468", "+8613922221368")
"""What stands in the one world, and in the other; alike as far as a mask shows."""
REVEALS = frozenset({"directory.reveal", "directory.contact", "emergency.open", "emergency.note"})
"""What shows a covered value on purpose: it is recorded, and counts."""
GOES_ON = frozenset({"audit.chain", "casework.chain"})
"""What says how far the chain has been checked by now, which is further at each question."""
COVERED = frozenset({"masked", "closed"})
MARKS = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{10,32}\b|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
"""Digests and tokens, which say nothing of a value to who lacks the key."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A question by which a reader tells the two worlds apart."""

    holder: Holder
    act: Act
    answers: tuple[str, str]

    @property
    def key(self) -> tuple[str, ...]:
        """Alike for what is one hole."""
        return ("told-apart", self.act.do, _shape(self.act))

    def __str__(self) -> str:
        one, other = self.answers
        place = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
        part = slice(max(0, place - 60), place + 60)
        return f"told apart by {self.act} of {self.holder}: …{one[part]}… / …{other[part]}…"


def told_apart(
    stage: Stage,
    holder: Holder,
    seed: int,
    *,
    targets: int = 2,
    draws: int = 1,
    asked: Container[str] = OPERATIONS,
    until: float = math.inf,
) -> list[Differs]:
    """Every question, of the operations ``asked``, by which ``holder`` tells the worlds of some entries apart
    whose number is covered from them, of those that are asked ``until`` then."""
    if time.process_time() > until:
        return []
    chance = random.Random(f"{seed}:{holder}:worlds")
    gang = Gang.of(stage, holder)
    me = gang.accounts[0]
    found: dict[tuple[str, ...], Differs] = {}
    hidden = list(covered(stage, holder, me))
    for entry, field in chance.sample(hidden, min(targets, len(hidden))):
        if time.process_time() > until:
            break
        every = _questions(stage, gang, me, entry, field, chance, draws)
        questions = [act for act in every if act.do in asked]
        chance.shuffle(questions)
        half = (time.process_time() + until) / 2
        one, other = (
            _answers(stage, gang, partial(_hold, entry, field, value), questions, end)
            for value, end in zip(VALUES, (half, until), strict=True)
        )
        found |= _apart(holder, questions, one, other)
    return list(found.values())


def reported_apart(
    stage: Stage, holder: Holder, seed: int, *, asked: Container[str] = OPERATIONS, until: float = math.inf
) -> list[Differs]:
    """Every question by which ``holder`` tells that somebody reported them in their directory, and not in one
    of which they are nothing."""
    gang = Gang.of(stage, holder)
    me, name = gang.accounts[0], _name_of(gang)
    elsewhere = _elsewhere(stage, gang)
    if not name or elsewhere is None:
        return []
    reporter, other = elsewhere
    chance = random.Random(f"{seed}:{holder}:reported")
    drawer = Drawer(stage, gang, chance)
    questions: list[Act] = []
    for operation in sorted(OPERATIONS):
        if operation in asked:
            with suppress(CannotAsk):
                questions += _with_guesses(drawer.act(me, operation))
    chance.shuffle(questions)
    half = (time.process_time() + until) / 2
    here, there = (
        _answers(stage, gang, partial(_report, stage, holder.book, book, reporter, name), questions, end)
        for book, end in ((holder.book, half), (other, until))
    )
    return list(_apart(holder, questions, here, there).values())


def _with_guesses(act: Act) -> Iterator[Act]:
    """The act, and where it names a case or a task the same of the one that the report will have opened."""
    yield act
    for table in ("case_file", "task"):
        named = [name for name, one in act.given.items() if isinstance(one, Ref) and one.kind == table]
        if named:
            (last,) = database.execute_sql(f'SELECT max(id) FROM "{table}"').fetchone()
            yield Act(act.by, act.do, {**act.given, **dict.fromkeys(named, Ref(table, last + 1))})


def _apart(
    holder: Holder,
    questions: Sequence[Act],
    one: Sequence[tuple[str, bool]],
    other: Sequence[tuple[str, bool]],
) -> dict[tuple[str, ...], Differs]:
    """What is answered otherwise in the other world, as far as both were asked."""
    found: dict[tuple[str, ...], Differs] = {}
    for act, *answers in zip(questions, one, other, strict=False):
        if answers[0][0] != answers[1][0] and not _is_declared(act, answers):
            differs = Differs(holder, act, (answers[0][0], answers[1][0]))
            found.setdefault(differs.key, differs)
    return found


def _name_of(gang: Gang) -> str:
    row = database.execute_sql(
        "SELECT p.name FROM account a JOIN person p ON p.id = a.person_id WHERE a.login = "
        f"{database.param}", (gang.holder.login,),
    ).fetchone()  # fmt: skip
    return str(row[0]) if row is not None else ""


def _elsewhere(stage: Stage, gang: Gang) -> tuple[str, str] | None:
    """Somebody who holds nothing in a directory of which none of the gang is, and that directory."""
    plain = [one for one in holders(stage) if one.role in PLAIN and one.book not in gang.books]
    return next(((one.login, one.book) for one in plain if one.book != gang.holder.book), None)


def _report(stage: Stage, own: str, book: str, reporter: str, name: str) -> None:
    """Have ``reporter``, who comes into the directory ``own`` by an entry of nobody's, report ``name`` in
    ``book``."""
    world = stage.world
    person = Account.get_by_id(world.accounts[reporter]).person_id
    nobodys = Entry.person.not_in(Account.select(Account.person).where(Account.person.is_null(False)))
    theirs = Entry.select().where((Entry.book == own) & (Entry.state == "active") & nobodys)
    entry = next(one for one in theirs.order_by(Entry.id) if side_of(one) == "internal")
    with writing():
        Entry.update(person=person).where(Entry.id == entry.id).execute()
    desk = stage.desks[world.accounts[reporter]]
    Cases(desk).report(book, f"{name}把名单发到了外面", about="somebody", whom=name)


def covered(stage: Stage, holder: Holder, account: int) -> Iterator[tuple[int, str]]:
    """Entries of the holder's book with a number that they can't see."""
    desk = stage.desks[account]
    rows = database.execute_sql(
        "SELECT DISTINCT e.id, f.name FROM entry e JOIN entry_field f ON f.entry_id = e.id "
        f"WHERE e.book_id = {database.param} AND e.state = 'active' AND f.sealed IS NOT NULL "
        "AND f.name IN ('mobile', 'parent_phones') ORDER BY e.id",
        (holder.book,),
    ).fetchall()
    for entry, name in rows:
        with stage.attempt():
            try:
                shown = desk.directory.card(entry, holder.book).field(name)
            except (Refused, SessionOver):
                yield entry, name
                continue
        if shown is None or shown.look in COVERED:
            yield entry, name


def _questions(
    stage: Stage, gang: Gang, me: int, entry: int, field: str, chance: random.Random, draws: int
) -> Iterator[Act]:
    """What is asked: guesses at the value, and everything else."""
    book = gang.holder.book
    for value in VALUES:
        local = value.removeprefix("+86")
        for text in (
            local,
            value,
            *(local[-length:] for length in range(2, 11)),
            local[:3],
            local[:7],
            f"{local[:3]} {local[3:7]} {local[7:]}",
        ):
            for side in ("internal", "external"):
                yield Act(me, "directory.search", {"book": book, "text": text, "side": side})
        for do in ("changes.check", "changes.submit"):
            given: dict[str, Any] = {"entry": Ref("entry", entry), "asked": {field: local}}
            if do == "changes.submit":
                given |= {"version": Ref("version", entry), "reason": "换号", "evidence": [Ref("file", 1)]}
            yield Act(me, do, given)
        yield Act(me, "cases.report", {"book": book, "words": f"有人在群里发了 {local}"})
        yield Act(
            me, "cases.error", {"entry": Ref("entry", entry), "words": f"号码是 {local}", "field": field}
        )
        yield Act(me, "audit.person", {"words": local})
    drawer = Drawer(stage, gang, chance)
    for operation in sorted(OPERATIONS):
        for _draw in range(draws):
            try:
                act = drawer.act(me, operation)
            except CannotAsk:
                continue
            given = {
                name: Ref("entry", entry) if isinstance(value, Ref) and value.kind == "entry" else value
                for name, value in act.given.items()
            }
            yield Act(me, operation, given)


def _hold(entry: int, field: str, value: str) -> None:
    with writing():
        apply_values(entry, {field: (value,)}, source="", verifier=None)


def _answers(
    stage: Stage, gang: Gang, begin: Callable[[], None], questions: Sequence[Act], until: float
) -> list[tuple[str, bool]]:
    """What each question is answered in the world that ``begin`` makes, and whether a record was kept of
    it."""
    answers = []
    with stage.attempt():
        begin()
        taken()
        for act in questions:
            if time.process_time() > until:
                break
            with stage.attempt():
                came = done(stage, gang, act)
                rows = taken()
                kept = any(row.table == "audit_record" for row in rows)
                answers.append((f"{came.how} {came.error} {plain(came.answer)}", kept))
    return answers


def plain(value: Any) -> str:
    """An answer as text, whatever its values hide from a log."""
    if isinstance(value, Message):
        return say(value, "en")
    if is_dataclass(value) and not isinstance(value, type):
        told = ", ".join(f"{one.name}={plain(getattr(value, one.name))}" for one in fields(value))
        return f"{type(value).__name__}({told})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{plain(name)}: {plain(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(plain(one) for one in value) + "]"
    return MARKS.sub("·", str(value))


def _is_declared(act: Act, answers: Sequence[tuple[str, bool]]) -> bool:
    """Whether they may differ: a look-up by the whole value may, which is on record where it hits."""
    if act.do in GOES_ON:
        return True
    if act.do in REVEALS:
        return all(kept for _answer, kept in answers)
    if act.do != "directory.search":
        return False
    digits = re.sub("[^0-9]", "", str(act.given["text"])).removeprefix("86")
    whole = {value.removeprefix("+86") for value in VALUES}
    return digits in whole and any(kept for _answer, kept in answers)


def _shape(act: Act) -> str:
    """How long a guess is, for look-ups."""
    text = str(act.given.get("text", "")) if act.do == "directory.search" else ""
    return f"{len(re.sub('[^0-9]', '', text))} digits" if text else ""
