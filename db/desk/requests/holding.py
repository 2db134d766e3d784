"""Decisions that take effect after a few seconds, in which they can be taken back.

On a screen a ``held`` operation is done and undone again, so that whoever decides hears at once what is wrong
with it, and kept with the moment of the decision, by which its deadline counts. Nobody is told and nothing
changes before it is due: then the operation is done as the decider may do it by then, by their session or,
where that has gone, by the duty runner. What does not hold any more is told to the decider.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from db.desk.act import Act
from db.desk.authority.actor import Actor
from db.desk.authority.kept import Kept
from db.desk.authority.permissions import Permissions, permissions_now
from db.desk.frame import OperationGroup, desk_of, operation, operation_of
from db.desk.notation.localtime import local
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Invalid, Overtaken, Refused, SessionOver
from db.desk.requests.payload import UNREADABLE
from db.desk.requests.power_arguments import from_json
from db.desk.requests.request_kinds import KINDS
from db.language import LANGUAGES, Message, Text, _, say
from db.store import audit, clock
from db.store.engine import store
from db.store.progress import tell_progress
from db.store.sealing import SealBroken, seal, unseal
from db.store.sql import for_update
from db.store.tables import Account, HeldAct, Request, RequestStep, Task
from db.store.transactions import reading, writing

Fault = Refused | Invalid | SessionOver | SealBroken
NOT_DONE: Final = "held-not-done"
"""To whoever decided: it did not take effect."""


@dataclass(slots=True)
class HeldDecisions:
    """What a session knows of what its reader can take back. ``seconds``: for how long; 0 holds nothing.
    ``matters`` are held, each until when; ``applying`` is when what is done now was decided."""

    seconds: int = 0
    matters: dict[str, str] = field(default_factory=dict)
    is_new: bool = False
    applying: str = ""

    @property
    def is_due(self) -> bool:
        """Whether any is to take effect now."""
        return bool(self.matters) and min(self.matters.values()) <= clock.now()

    @property
    def seconds_left(self) -> int:
        """Seconds until the last of them takes effect."""
        left = clock.moment(max(self.matters.values())) - clock.utcnow()
        return max(math.ceil(left.total_seconds()), 0)

    def holds(self, *, is_task: bool, number: int) -> bool:
        """Return whether a decision on a request or a task waits to take effect."""
        start = f"{'t' if is_task else 'r'}{number}"
        return any(start == matter.partition(" ")[0] for matter in self.matters)


@dataclass(frozen=True, slots=True)
class HeldCall:
    """One decision of those that an act takes: on what, by which operation with which arguments."""

    matter: str
    operation: str
    arguments: dict[str, Any]


class Held(OperationGroup):
    """Operations on what the actor decided and can still take back."""

    @operation("held.mine", label=_("look at what can be taken back"), recorded=False, power=LOOKS)
    def mine(self) -> dict[str, str]:
        """Return the actor's held decisions, in any session, by the request or task they are on, with when
        each takes effect; the desk keeps them for its other operations."""
        rows = HeldAct.select().where(HeldAct.account == self.permissions.account)
        self.desk.holding.matters = {row.matter: row.due for row in rows}
        return self.desk.holding.matters

    @operation("held.undo", label=_("take a decision back"), recorded=True, power=LOOKS)
    def undo(self) -> int:
        """Delete, locked, what the actor decided last and is not in force; return how many decisions."""
        mine = HeldAct.select().where(HeldAct.account == self.permissions.account)
        last = mine.order_by(HeldAct.at.desc()).first()
        if last is None:
            return 0
        rows = list(for_update(mine.where(HeldAct.at == last.at)))  # one may take effect at this moment
        for row in rows:
            self.act.note_facts(book=_book_of(row.matter), count=len(rows))
            with suppress(SealBroken):  # what can't be read any more is taken back all the same
                self.act.note_facts(operation=_open_held_act(row)["operation"])
            self.desk.holding.matters.pop(row.matter, None)
        self.act.note_facts(matters=" ".join(row.matter for row in rows))
        HeldAct.delete().where(HeldAct.account == last.account_id, HeldAct.at == last.at).execute()
        return len(rows)


def hold_act(act: Act, run: Callable[[], object]) -> bool:
    """Try ``act`` out, undo it, and store it to be done later; False, with nothing done, where it is to be
    done at once: by a command, where it is final, or where it was held before. Raises what the operation
    raises, and Overtaken where the actor decided on the same before."""
    holding = act.desk.holding
    if holding.applying:
        act.note_facts(decided_at=holding.applying)
        return False
    calls = list(_calls(act))
    mine = HeldAct.account == act.permissions.account
    if HeldAct.select().where(mine & HeldAct.matter.in_([one.matter for one in calls])).exists():
        raise Overtaken(_("You decided on this already; it takes effect in a few seconds."))
    if not holding.seconds or any(map(_is_final, calls)):
        return False
    act.made = _run_and_undo(run)
    left = {f"r{one.request}" for one in act.made} if isinstance(act.made, tuple) and _is_many(act) else set()
    calls = [one for one in calls if one.matter not in left]
    at = clock.now()
    due = clock.stamp(clock.moment(at) + timedelta(seconds=holding.seconds))
    for one in calls:
        actor = {"source": act.actor.source, "session": act.actor.session, "front": act.actor.front}
        asked = {"operation": one.operation, "arguments": one.arguments, **actor}
        packed = json.dumps(asked, ensure_ascii=False).encode()
        content = seal(store().keys, HeldAct.content.place(act.actor.account, one.matter), packed)
        HeldAct.create(account=act.actor.account, matter=one.matter, content=content, at=at, due=due)
        holding.matters[one.matter] = due
    holding.is_new = True
    act.journal, act.silent, act.with_record = None, False, []
    act.called = "held.hold"
    act.detail = {"operation": act.operation.name, "due": due}
    act.note_facts(matters=" ".join(one.matter for one in calls), count=len(calls))
    return True


def apply_held(account: int | None = None) -> list[Message]:
    """Carry out the held acts that are due, of one ``account`` or (None) all, each recorded in a transaction
    of its own. Return the messages of those that failed; their deciders are notified, and the failure is
    recorded."""
    wanted = HeldAct.due <= clock.now()
    if account is not None:
        wanted &= HeldAct.account == account
    with reading():
        due = list(HeldAct.select().where(wanted).order_by(HeldAct.at, HeldAct.matter))
    failed = []
    for done, row in enumerate(due):
        tell_progress(done, len(due))
        with writing():
            failed.append(_apply(row))
    return [one for one in failed if one is not None]


def is_anything_left(within: float) -> bool:
    """Return whether a decision is due for more than ``within`` seconds: its session has gone."""
    before = clock.stamp(clock.moment(clock.now()) - timedelta(seconds=within))
    with reading():
        return bool(HeldAct.select().where(HeldAct.due < before).exists())


def held_in_time(table: type[Request | Task]) -> Any:
    """Build the condition that a decision is held on a row of ``table``, taken on its due day or before."""
    kind = "r" if table is Request else "t"
    rows = list(HeldAct.select().where(HeldAct.matter.startswith(kind)))
    since = min((local(row.at)[:10] for row in rows), default="")
    return table.id.in_([_number(row.matter) for row in rows]) & (table.due >= since)


class _Away(Kept):
    """The permissions of an account that is not at a desk."""

    def permissions(self) -> Permissions:
        """Raises SessionOver where the account is closed."""
        if Account.get_by_id(self._actor.account).state == "disabled":
            raise SessionOver
        return permissions_now(self._actor.account)


class _Undone(Exception):
    """What was tried is undone."""


def _run_and_undo(run: Callable[[], object]) -> object:
    made: object = None
    try:
        with writing():
            made = run()
            raise _Undone
    except _Undone:
        return made


def _is_many(act: Act) -> bool:
    return "chosen" in act.asked


def _calls(act: Act) -> Iterator[HeldCall]:
    name, asked = act.operation.name, dict(act.asked)
    if _is_many(act):
        said = {"comment": asked["comment"]} if "comment" in asked else {}
        for request, digest in asked["chosen"]:
            arguments = {"request": request, "digest": digest, **said}
            yield HeldCall(f"r{request}", name.removesuffix("_many"), arguments)
    elif "task" in asked:
        yield HeldCall(f"t{asked['task']} {asked.get('what', '')}".strip(), name, asked)
    else:
        yield HeldCall(f"r{asked['request']}", name, asked)


def _is_final(call: HeldCall) -> bool:
    """Return whether an approval removes somebody, takes an office away or gives out half of a code: such a
    one is never held."""
    if call.operation != "queue.approve":
        return False
    request = Request.get_or_none(Request.id == call.arguments["request"])
    if request is None:
        return False
    kind, steps = KINDS[request.kind], RequestStep.select().where(RequestStep.request == request)
    return kind.power.touches_sign_in or (
        kind.final and not steps.where(RequestStep.state == "waiting").exists()
    )


def _apply(row: HeldAct) -> Message | None:
    """Delete a held decision and carry it out within the running transaction; nothing where it was taken back
    or done already. Return the message of one that fails, which is recorded and notified to its decider."""
    one = (HeldAct.account == row.account_id) & (HeldAct.matter == row.matter) & (HeldAct.at == row.at)
    if HeldAct.delete().where(one).execute() != 1:
        return None
    login = Account.get_by_id(row.account_id).login
    actor, name = Actor(row.account_id, login, 0, "", "host", "full", "zh_CN"), ""
    try:
        held = _open_held_act(row)
        name = held["operation"]
        actor = replace(actor, session=held["session"], source=held["source"], front=held["front"])
        desk = desk_of(actor)
        desk.kept, desk.holding.applying = _Away(actor), row.at
        with clock.as_decided(row.at):
            operation_of(desk, name)(**from_json(name, held["arguments"]))
    except (Refused, Invalid, SessionOver, SealBroken) as fault:
        return _lapse(row, actor, name, fault)
    return None


def _lapse(row: HeldAct, actor: Actor, name: str, fault: Fault) -> Message:
    """Put on record that a decision did not take effect, and tell its decider; names stay out of both, and
    only the decider reads, on the screen, who decided first, what and when."""
    why = _("Somebody else decided first.") if isinstance(fault, Overtaken) else _message_of(fault)
    clause = fault.clause if isinstance(fault, Refused) else SILENT
    book, number = _book_of(row.matter), _number(row.matter)
    words = {f"why_{one[:2]}": say(why, one) for one in LANGUAGES}
    is_request = row.matter.startswith("r")
    audit.append(
        act="held.lapse", outcome="done", account=actor.account, session=actor.session, source=actor.source,
        front=actor.front, book=book, clause=clause, request=number if is_request else None,
        detail={"operation": name, "matters": row.matter, "decided_at": row.at, **words},
    )  # fmt: skip
    if not isinstance(fault, SessionOver) and book is not None:
        detail = {"number": number, "is_request": is_request, "at": local(row.at)[11:16], **words}
        request = number if is_request else None
        store_notice(NOT_DONE, book, [actor.account], clause=clause, request=request, detail=detail)
    return not_done(number, _message_of(fault), is_request=is_request)


def not_done(number: int, why: Text, *, is_request: bool) -> Message:
    """Return the message that a decision on a request or a task did not take effect."""
    if is_request:
        return _("Your decision on request {number} did not take effect: {why}", number=number, why=why)
    return _("Task {number} is not done as you said: {why}", number=number, why=why)


def _message_of(fault: Fault) -> Message:
    if isinstance(fault, SealBroken):
        return UNREADABLE
    return fault.problems[0].message if isinstance(fault, Invalid) else fault.message


def _open_held_act(row: HeldAct) -> dict[str, Any]:
    place = HeldAct.content.place(row.account_id, row.matter)
    opened: dict[str, Any] = json.loads(unseal(store().keys, place, bytes(row.content)))
    return opened


def _number(matter: str) -> int:
    return int(matter.partition(" ")[0][1:])


def _book_of(matter: str) -> str | None:
    table = Request if matter.startswith("r") else Task
    row = table.get_or_none(table.id == _number(matter))
    return row.book_id if row is not None else None
