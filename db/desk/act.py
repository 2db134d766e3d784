"""One run of an operation: on whom it is, why, and what its record says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from db.desk.authority.actor import Actor
from db.desk.authority.permissions import Permissions
from db.desk.refusal import Overtaken, Refused
from db.language import LANGUAGES, say
from db.store import audit, clock
from db.store.moves import Moves
from db.store.progress import tell_progress
from db.store.transactions import writing
from db.store.waiting_records import alone_in_looking

if TYPE_CHECKING:
    from db.desk import Desk
    from db.desk.frame import Operation

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Second:
    """Who agreed last to an act that was put off by ``request``, or objected to what it undoes; without
    ``account``, its day came and nobody had objected."""

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
    """Powers that it may change: as its operation declares, and each request that it puts in force."""
    begun_after: int
    """Number of the last change before it (`power.rows`)."""
    facts: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, object] = field(default_factory=dict)
    journal: dict[str, object] | None = None
    silent: bool = False
    called: str = ""
    """Name of the act in its record, if not the operation's."""
    with_record: list[Callable[[], None]] = field(default_factory=list)
    """Writes with the record of a lengthy operation, or after one that only reads."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """The operation's arguments, by name."""
    second: Second | None = None
    """By whose agreement it is done, where it took two, or time."""
    made: object = None
    """Result of the operation."""
    back: dict[str, Any] = field(default_factory=dict)
    """Further arguments of the operation that takes it back, by name."""
    beside: dict[str, object] = field(default_factory=dict)
    """Further facts for the notices of it, besides ``asked``."""
    witnesses: list[int] = field(default_factory=list)
    """Accounts that hear of it besides those whom it concerns."""
    ended: list[int] = field(default_factory=list)
    """Grants that it ends on its day (`detail`), of which their holders are told."""
    ousted: set[int] = field(default_factory=set)
    """Persons whose function it ends by what rules say, not by a row of theirs."""
    places: tuple[str, ...] = ()
    """Other directories than the one it names that it touches: it is on record in each."""
    waiting: list[dict[str, Any]] | None = None
    """Its records, where they wait for the chain: it writes nothing then, and leaves that to the desk's next
    act (`write_or_leave`)."""
    closing: ExitStack = field(default_factory=ExitStack)
    """Locks that are released after its commit."""
    unwatched: bool = False
    """Whether it was tried before, and had nobody to be told of it."""
    needs_watcher: bool = True
    """Whether it is put off where nobody independent could be told of it."""

    @property
    def is_alone(self) -> bool:
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
        """Append this act to the audit chain, in the running transaction, or to the records that wait; return
        the record's number, or 0. In another ``book`` it has no subject."""
        facts = dict(self.facts)
        if book is not None:
            facts = {name: value for name, value in facts.items() if name in ("clause", "request")}
            facts["book"] = book
        if clause is not None:
            facts["clause"] = clause
        return self._append(
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
        self._append(
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

    def write_or_leave(self, write: Callable[[], None]) -> None:
        """Call ``write`` now, or before the desk's next act where the records of this one wait."""
        if self.waiting is None:
            write()
        else:
            self.desk.left_over.append(write)

    def hold_counts(self) -> None:
        """Have nobody else be shown anything that counts until the act is committed."""
        if self.waiting is None and self.operation.recorded:
            audit.lock_chain()
            self.closing.enter_context(alone_in_looking())

    def needs_turn(self) -> None:
        """Raise TurnNeeded where the act's records wait for the chain: it is begun again and waits itself."""
        if self.waiting is not None:
            raise TurnNeeded

    def _append(self, **record: Any) -> int:
        """Append to the chain; where the act's records wait, to those, with the time, and return 0."""
        if self.waiting is None:
            return audit.append(**record)
        self.waiting.append({"at": clock.now(), **record})
        return 0


class TurnNeeded(Exception):
    """An act that was taken to look alone has something else to write."""
