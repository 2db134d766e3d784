"""The frame every operation of the desk runs in.

An operation re-reads who the actor is now, runs in one transaction with its audit record, and where
a rule denies it, leaves nothing behind but the record of the refusal. Operations are registered by
name: the access matrix is checked against `OPERATIONS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, ParamSpec, TypeVar, cast

from db.desk.authority.actor import Actor, Strength
from db.desk.authority.permissions import Permissions
from db.desk.hooks import hooks
from db.desk.power import rows
from db.desk.power.declaration import LOOKS, Power
from db.desk.quota import charge_quota
from db.desk.refusal import SILENT, Overtaken, Refused
from db.language import LANGUAGES, Message, _, say
from db.store import audit
from db.store.moves import Moves
from db.store.progress import tell_progress
from db.store.transactions import reading, writing

if TYPE_CHECKING:
    from db.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")
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


@dataclass(frozen=True, slots=True)
class Second:
    """That an act is done for somebody who is not at a desk: by which request it was put off, and who agreed
    to it last, or objected to what it undoes; nobody where its day came and nobody had objected."""

    request: int | None
    account: int | None


@dataclass(slots=True)
class Act:
    """One run of an operation, and what its audit record will say."""

    operation: Operation
    actor: Actor
    permissions: Permissions
    desk: Desk
    moves: set[Moves]
    """What it may move: what its operation declares, and each kind of request that it puts in force."""
    begun_after: int
    """Number of the last change before it (`power.rows`)."""
    facts: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, object] = field(default_factory=dict)
    journal: dict[str, object] | None = None
    silent: bool = False
    called: str = ""
    """What the record calls the act, where that is not the operation."""
    with_record: list[Callable[[], None]] = field(default_factory=list)
    """What is written beside the record of a lengthy operation, or after one that only reads."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """The operation's arguments, by name."""
    second: Second | None = None
    """By whose agreement it is done, where it took two, or time."""
    made: object = None
    """What the operation gave back."""
    back: dict[str, Any] = field(default_factory=dict)
    """What the operation that takes it back is asked with, besides what this one was asked with."""
    beside: dict[str, object] = field(default_factory=dict)
    """What those told of it read besides what it was asked with."""
    witnesses: list[int] = field(default_factory=list)
    """Accounts that hear of it besides those whom it concerns."""
    ended: list[int] = field(default_factory=list)
    """Grants that it ends on its day (`detail`), of which their holders are told."""
    ousted: set[int] = field(default_factory=set)
    """Persons whose function it ends by what rules say, not by a row of theirs."""
    places: tuple[str, ...] = ()
    """Other directories than the one it names that it touches: it is on record in each."""
    unwatched: bool = False
    """Whether it was tried before, and had nobody to be told of it."""
    needs_watcher: bool = True
    """Whether it is put off where nobody independent could be told of it."""

    @property
    def alone(self) -> bool:
        """Whether one person does an act that takes two because nobody could agree. An act that the
        regulation lets one person do is none: whom the school makes a teacher (D.3) depends on nobody."""
        return self.second is not None and self.second.account is None

    @property
    def agreed_by(self) -> int | None:
        """The account that agreed as the second, if one did."""
        return self.second.account if self.second is not None else None

    @property
    def objector(self) -> int | None:
        """The account that objects to what this act takes back, if one does."""
        return self.second.account if self.second is not None and self.second.request is None else None

    def note_facts(
        self,
        *,
        book: str | None = None,
        unit: int | None = None,
        entry: int | None = None,
        request: int | None = None,
        purpose: str | None = None,
        clause: str | None = None,
        on_behalf_of: int | None = None,
        **detail: object,
    ) -> None:
        """Note for the act's record whom it is about, why and by which clause; no protected values."""
        given = {
            "book": book,
            "unit": unit,
            "entry": entry,
            "request": request,
            "purpose": purpose,
            "clause": clause,
            "on_behalf_of": on_behalf_of,
        }
        self.facts.update({name: value for name, value in given.items() if value is not None})
        self.detail.update(detail)

    def keep_states(self, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Keep the state before and after for the act's record, encrypted; the last call counts."""
        self.journal = {"before": dict(before), "after": dict(after)}

    def record(self, outcome: str, clause: str | None = None, book: str | None = None) -> int:
        """Append this act to the audit chain, in the running transaction; return the record's number. In
        another ``book`` it has no subject."""
        facts = dict(self.facts)
        if book is not None:
            facts = {name: value for name, value in facts.items() if name in ("clause", "request")}
            facts["book"] = book
        if clause is not None:
            facts["clause"] = clause
        return audit.append(
            act=self.called or self.operation.name,
            outcome=outcome,
            account=self.actor.account,
            session=self.actor.session,
            source=self.actor.source,
            front=self.actor.front,
            detail=self.detail,
            journal=self.journal if outcome == "done" and book is None else None,
            **facts,
        )

    def note_refusal(self, refusal: Refused) -> None:
        self.detail["refusal"] = {one: say(refusal.message, one) for one in LANGUAGES}

    def do_each(
        self,
        things: Mapping[int, R],
        do: Callable[[int, R], None],
        left: dict[int, Refused | Overtaken],
    ) -> dict[int, Refused | Overtaken]:
        """Do ``do`` to each that is not ``left`` out before, each recorded as an act of its own; return what
        was left out, and why. Where all were left out, raises what the first one met."""
        for done, (key, beside) in enumerate(things.items()):
            tell_progress(done, len(things))
            if key in left:
                continue
            self.facts, self.detail, self.journal = {}, {}, None
            try:
                with writing():  # what one has begun is undone with it alone
                    do(key, beside)
            except (Refused, Overtaken) as why:
                left[key] = why
                if isinstance(why, Refused):
                    self.note_refusal(why)
                    self.record("refused", why.clause)
            else:
                self.note_facts(together=len(things))
                self.record("done")
        if len(left) == len(things):
            raise next(iter(left.values()))
        self.silent = True  # each is on record by now
        return left

    def record_beside(
        self, name: str, book: str, detail: dict[str, object], clause: str = "", entry: int | None = None
    ) -> None:
        """Append a record called ``name`` beside the act's own to the chain in the running transaction."""
        audit.append(
            act=name,
            outcome="done",
            account=self.actor.account,
            session=self.actor.session,
            source=self.actor.source,
            front=self.actor.front,
            book=book,
            entry=entry,
            clause=clause,
            detail=detail,
        )


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
    )

    def decorate(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        names = tuple(signature(method).parameters)[1:]

        @wraps(method)
        def run(subject: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            asked = dict(zip(names, args, strict=False)) | kwargs

            def act_once(*, unwatched: bool = False) -> R:
                with _acting(subject.desk, made, asked, unwatched=unwatched) as act:
                    do = partial(method, subject, *args, **kwargs)
                    pending = subject.desk.put_off(act, do)
                    if pending is None:
                        if not (made.held and subject.desk.hold(act, do)):
                            act.made = do()
                        return cast(R, act.made)
                raise pending

            try:
                return act_once()
            except Unwatched:
                return act_once(unwatched=True)

        METHODS[name] = method
        return run

    return decorate


@contextmanager
def _acting(
    desk: Desk, made: Operation, asked: Mapping[str, object], *, unwatched: bool = False
) -> Iterator[Act]:
    if desk.running is not None:
        raise RuntimeError(f"{made.name} was called from within {desk.running.operation.name}")
    act: Act | None = None
    begun_after = rows.last_change() if made.recorded else 0
    try:
        with _begin_operation(
            desk, writing if made.recorded and not made.lengthy else reading
        ) as permissions:
            moves = set(made.power.moves)
            act = Act(
                made, desk.actor, permissions, desk, moves, begun_after, asked=asked, unwatched=unwatched
            )
            desk.running = act
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
        if made.lengthy:
            with writing():
                if desk.kept.permissions() != permissions:
                    raise changed_rights()
                settle_act(act)
        elif act.with_record and not made.recorded:
            with writing():
                for write in act.with_record:
                    write()
    except Refused as refusal:
        if act is not None:
            act.note_refusal(refusal)
            with writing():
                act.record("refused", refusal.clause)
        raise
    finally:
        desk.running = None


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
