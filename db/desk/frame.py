"""The frame every operation of the desk runs in.

An operation re-reads who the actor is now, runs in one transaction with its audit record, and where
a rule denies it, leaves nothing behind but the record of the refusal. Operations are registered by
name: the access matrix is checked against `OPERATIONS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, ParamSpec, TypeVar, cast

from db.desk.act import Act, TurnNeeded
from db.desk.authority.actor import Actor, Strength
from db.desk.authority.permissions import Permissions
from db.desk.hooks import hooks
from db.desk.power import rows
from db.desk.power.declaration import LOOKS, Power
from db.desk.quota import charge_quota
from db.desk.refusal import SILENT, Refused
from db.language import Message, _
from db.store.engine import database
from db.store.transactions import reading, writing
from db.store.unavailable import BUSY, Unavailable
from db.store.waiting_records import alone_in_looking, append_what_waits, keep_waiting
from db.store.write_queue import patience, patient

if TYPE_CHECKING:
    from db.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
S = TypeVar("S", bound="OperationGroup")
Looks = Literal["", "watched", "unwatched"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the desk. ``label``: what the audit calls it.

    ``power``: what it moves of what others may do, see or be blamed for, and how many people that takes.
    ``recorded``: a success is written to the audit chain too (a refusal always is).
    ``strengths``: with what a sign-in must have reached.
    ``before_undertaking``: open to a person who has not accepted the undertaking yet (A.17).
    ``untrained``: open in a book that is closed to the person until they are trained (F.6.2).
    ``held``: on a screen it takes effect after a few seconds, in which it can be taken back.
    ``lengthy``: it only reads, and much: nobody waits for it, and its record is written afterwards, before
    anything is handed out, if its asker may do and see the same by then.
    ``looks``: by it an entry is looked at, which its person is told; whether the watch over usage counts it.
    ``shows``: it may show protected values, which are counted by the hour.
    ``mass``: offices do it by the hundred, so no day's quota holds it up.
    ``only_looks``: it writes nothing but its record, which waits for the chain where others write just then
    (`db.store.waiting_records`).
    """

    name: str
    label: Message
    power: Power
    recorded: bool
    strengths: frozenset[Strength]
    before_undertaking: bool
    untrained: bool
    held: bool
    lengthy: bool
    looks: Looks
    shows: bool
    mass: bool
    only_looks: bool


ANY_STRENGTH: Final[frozenset[Strength]] = frozenset({"full", "enrolling", "expired", "leaving"})
TAKES_OUT: Final = "overview.export"
"""What takes a report out, on record: of all that moves something the only thing that a token may do."""
FULL: Final[frozenset[Strength]] = frozenset({"full"})
BY_TOKEN: Final = frozenset({
    "audit.window", "directory.as_data", "directory.books", "directory.by_value", "directory.card",
    "directory.search", "directory.settled", "me.unit_label", "me.who", "overview.answer", "overview.export",
    "overview.listed", "overview.mark", "overview.reports", "privacy.notices_due", "privacy.under_password",
    "queue.window", "requests.mine", "tasks.mine", "waiting.calendar", "waiting.mine", "waiting.others",
})  # fmt: skip
"""What a script's token may do besides drawing reports; nothing else is open to one."""
TOKEN: Final[frozenset[Strength]] = frozenset({"token"})
AT_ONCE: Final = 0.1
"""Seconds that an act which only looks waits for its turn at writing."""
OPERATIONS: dict[str, Operation] = {}
METHODS: dict[str, Callable[..., Any]] = {}
"""What each operation does, without its frame: for an act that was put off."""


def desk_of(actor: Actor) -> Desk:
    """Open a desk for an account that is not signed in, to do now what it asked for."""
    from db.desk import open_desk  # which stands above this module

    return open_desk(actor)


def admit_actor(permissions: Permissions, asked: Mapping[str, object] | None = None) -> Permissions:
    """Return what the hooks ``admits`` leave of ``permissions``. Raises Refused where they leave nothing of
    what an operation was ``asked`` with."""
    for admit in hooks().admits:
        permissions = admit(permissions, asked)
    return permissions


def operations_that(are: Callable[[Operation], object]) -> tuple[str, ...]:
    return tuple(name for name, one in OPERATIONS.items() if are(one))


def group_of(desk: Desk, name: str) -> OperationGroup:
    """Return the group of ``desk`` that has the operation called ``name``, made where the desk has none."""
    method = METHODS[name]
    kind: type[OperationGroup] = getattr(
        sys.modules[method.__module__], method.__qualname__.partition(".")[0]
    )
    return next((one for one in vars(desk).values() if isinstance(one, kind)), None) or kind(desk)


def operation_of(desk: Desk, name: str) -> Callable[..., Any]:
    bound: Callable[..., Any] = getattr(group_of(desk, name), METHODS[name].__name__)
    return bound


class Unwatched(Exception):
    """Nobody independent could be told of an act: it is undone, and put off instead."""


class OperationGroup:
    """A group of operations on one subject."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def act(self) -> Act:
        running = self.desk.running
        if running is None:
            raise RuntimeError("no operation is running")
        return running

    @property
    def permissions(self) -> Permissions:
        return self.act.permissions


def operation(
    name: str,
    *,
    label: Message,
    recorded: bool,
    power: Power,
    strengths: frozenset[Strength] = FULL,
    at_the_door: bool = False,
    untrained: bool = False,
    held: bool = False,
    lengthy: bool = False,
    looks: Looks = "",
    shows: bool = False,
    mass: bool = False,
    only_looks: bool = False,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Make a method of an `OperationGroup` an operation of the desk, known in `OPERATIONS`. Each call re-
    reads what the actor holds, in one transaction with the record of a ``recorded`` act; counts it against
    the day's quota; tells whom it concerns; and records a refusal after all else is undone. An act that takes
    two people or time is put off as a request: ``Pending`` is raised. ``at_the_door``: it is open at any
    strength, and before the undertaking. A ``held`` one is done and undone on a screen, and kept to take
    effect later."""
    if name in OPERATIONS:
        raise ValueError(f"operation {name} exists already")
    able = (ANY_STRENGTH if at_the_door else strengths) | (TOKEN if name in BY_TOKEN else frozenset())
    if "token" in able and power is not LOOKS and name != TAKES_OUT:
        raise ValueError(f"operation {name} moves something, which no token may")
    made = OPERATIONS[name] = Operation(
        name,
        label,
        power,
        recorded,
        able,
        at_the_door,
        untrained,
        held,
        lengthy,
        looks,
        shows,
        mass,
        only_looks,
    )

    def decorate(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        names = tuple(signature(method).parameters)[1:]

        @wraps(method)
        def run(subject: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            asked = dict(zip(names, args, strict=False)) | kwargs

            def act_once(*, unwatched: bool = False, waits: bool = False) -> R:
                with _acting(subject.desk, made, asked, unwatched=unwatched, waits=waits) as act:
                    do = partial(method, subject, *args, **kwargs)
                    pending = subject.desk.put_off(act, do)
                    if pending is None:
                        if not (made.held and subject.desk.hold(act, do)):
                            act.made = do()
                        return cast(R, act.made)
                raise pending

            try:
                if made.only_looks:
                    with suppress(TurnNeeded):
                        return at_once_or(act_once, partial(act_once, waits=True))
                return act_once()
            except Unwatched:
                return act_once(unwatched=True)

        METHODS[name] = method
        return run

    return decorate


def at_once_or(write: Callable[[], T], wait: Callable[[], T]) -> T:
    """Call ``write``; where its turn at writing does not come within `AT_ONCE`, ``wait`` instead."""
    if database.in_transaction():
        return write()
    try:
        with patient(min(patience(), AT_ONCE)):
            return write()
    except Unavailable as unavailable:
        if unavailable.message is not BUSY:
            raise
    return wait()


@contextmanager
def _acting(
    desk: Desk,
    made: Operation,
    asked: Mapping[str, object],
    *,
    unwatched: bool = False,
    waits: bool = False,
) -> Iterator[Act]:
    if desk.running is not None:
        raise RuntimeError(f"{made.name} was called from within {desk.running.operation.name}")
    act: Act | None = None
    if not waits:
        append_what_waits()
    begun_after = rows.last_change() if made.recorded else 0
    writes = made.recorded and not made.lengthy and not waits
    closing = ExitStack()
    if waits:  # before it reads: what is committed by then counts
        closing.enter_context(alone_in_looking())
    try:
        with _begin_operation(desk, writing if writes else reading) as permissions:
            moves = set(made.power.moves)
            act = Act(
                made, desk.actor, permissions, desk, moves, begun_after, asked=asked, unwatched=unwatched
            )
            desk.running = act
            act.closing, act.waiting = closing, [] if waits else None
            for write in desk.left_over if writes else ():
                write()
            _admit(act, desk, asked)
            yield act
            if not (made.before_undertaking or made.untrained):
                # The book may have been named by a number.
                admit_actor(permissions, {"book": act.facts.get("book")})
            if made.recorded and not made.lengthy:
                desk.tell_of(act)
                if not made.mass:
                    charge_quota(made.name, act.actor.front, act.permissions, act.begun_after)
                settle_act(act)
        if writes:
            desk.left_over.clear()
        if made.lengthy:
            with writing():
                if desk.kept.permissions() != permissions:
                    raise changed_rights()
                settle_act(act)
        elif act.waiting is not None:
            _keep_waiting(act)
        elif act.with_record and not made.recorded:
            at_once_or(partial(_write_beside, act), partial(_wait_beside, act))
    except Refused as refusal:
        if act is not None:
            act.note_refusal(refusal)
            if act.waiting is not None:
                act.waiting.clear()
                act.record("refused", refusal.clause)
                _keep_waiting(act)
            else:
                with writing():
                    act.record("refused", refusal.clause)
        raise
    finally:
        desk.running = None
        closing.close()


def _keep_waiting(act: Act) -> None:
    """Have the records of ``act`` on disk, to be appended to the chain by whoever acts next."""
    if act.waiting:
        keep_waiting(act.waiting)


def _write_beside(act: Act) -> None:
    with writing():
        for write in act.with_record:
            write()


def _wait_beside(act: Act) -> None:
    act.waiting = []
    for write in act.with_record:
        write()
    _keep_waiting(act)


@contextmanager
def _begin_operation(
    desk: Desk, transaction: Callable[[], AbstractContextManager[None]]
) -> Iterator[Permissions]:
    """Begin a transaction and yield what the actor holds. Does first, in own ones, what last days made
    due."""
    with ExitStack() as opened:
        opened.enter_context(transaction())
        permissions = desk.kept.permissions()
        if permissions.is_day_over:
            opened.close()
            desk.end_last_days()
            opened.enter_context(transaction())
            permissions = desk.kept.permissions()
        yield permissions


def settle_act(act: Act) -> None:
    """Write what `Act.with_record` holds and record the act in each of its books, within the running
    transaction; a ``silent`` one is not recorded. Raises UndeclaredPower if it moved undeclared power."""
    for write in act.with_record:
        write()
    rows.check_declared(act.operation.name, act.begun_after, act.moves)
    if not act.silent:
        act.record("done")
        for book in act.places:
            act.record("done", book=book)


def changed_rights() -> Refused:
    return Refused(
        _("What you may do or see changed while this was being made."),
        SILENT,
        _("Begin it again: it is made of what you may see now."),
    )


def _admit(act: Act, desk: Desk, asked: Mapping[str, object]) -> None:
    """Raise Refused where this sign-in is too weak, or an undertaking or a training comes first."""
    made = act.operation
    if act.actor.strength not in made.strengths:
        if act.actor.strength == "leaving":
            raise Refused(
                _("Your last day on record is over: this sign-in hands copies back, and nothing else."),
                desk.entry_clause("leaving"),
                _("Say of each copy on your list what became of it; whoever receives it signs it off."),
            )
        if act.actor.strength == "pickup":
            raise Refused(
                _("A pick-up code is for one file alone."),
                SILENT,
                _("Sign in with password and code for anything else."),
            )
        if act.actor.strength == "token":
            raise Refused(
                _("A token only looks and takes reports out."),
                SILENT,
                _("Sign in with password and code for anything else."),
            )
        raise Refused(
            _("This sign-in is not complete yet."),
            desk.entry_clause(act.actor.strength),
            _("Finish the steps on the screen, then try again."),
        )
    if made.before_undertaking:
        return
    due = desk.undertakings_due(act.permissions)
    if due:
        raise Refused(
            _("You have not accepted the undertaking of confidentiality that is in force."),
            due[0].clause,
            _("Sign in again; it is shown first, to be read and accepted."),
        )
    if not made.untrained:
        act.permissions = admit_actor(act.permissions, asked)
