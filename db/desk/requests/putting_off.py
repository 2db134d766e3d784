"""Acts that take two people, or time: an operation is put on record as a request, and the same operation does
it once somebody independent of another office has agreed, or once its day has come and nobody objected.

An act that takes two is tried first and undone again, so that whoever asks hears at once what is wrong with
it, and so that it is known whom it concerns. What is kept is the operation's name and its arguments, sealed
and covered by the digest that a decision names, as every request's content is. Where there is nobody who
could be the second, it waits for `ALONE_DAYS`, told to whoever it concerns, and any of them can stop it.

The host's operator acts at once: whoever has the host has the record. Those whom it concerns, and all who
watch over them, are told, until one of them acknowledges it (`requests.power_telling`). What binds everybody
from a day on, the regulations, takes its second from the host too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from db.approval.facts import ApprovalContext
from db.desk.act import Act, Second
from db.desk.authority.actor import Actor
from db.desk.authority.permissions import permissions_now, policy_of, root_of
from db.desk.authority.terms import is_host, terms_of
from db.desk.due_dates import heard_until, today
from db.desk.frame import METHODS, OPERATIONS, desk_of, group_of, settle_act
from db.desk.notation.localtime import local
from db.desk.power import rows
from db.desk.power.concerned import Concerned, find_concerned
from db.desk.power.declaration import ALONE_DAYS, LATER_DAYS, Way, power_over
from db.desk.refusal import Invalid, Pending, Refused
from db.desk.requests.approvers import ApproverResolver, NamedApprover, account_name
from db.desk.requests.flow import change_state, record_event, tell_asker
from db.desk.requests.independence import person_number
from db.desk.requests.payload import UNREADABLE, open_payload, open_verified
from db.desk.requests.power_arguments import as_json, from_json
from db.desk.requests.power_lines import lines_of_request
from db.desk.requests.power_telling import places_of, tell_of, tell_of_request
from db.desk.requests.request_kinds import Payload, RequestKind, register
from db.desk.requests.seconds import steps_of
from db.desk.requests.submitting import RequestDraft, amend_request, submit_request
from db.language import _, listed
from db.policy.rules import Step
from db.policy.vocabulary import MANAGEMENT, SECONDS
from db.store import clock
from db.store.engine import store
from db.store.moves import Moves
from db.store.sealing import SealBroken
from db.store.tables import Account, Grant, LastDay, Request, RequestStep
from db.store.transactions import writing

KIND: Final = "power"
PUTTING_OFF: Final = (KIND,)
"""Kinds of requests that put an operation off."""


@dataclass(frozen=True, slots=True)
class DeferredCall:
    """An operation with its arguments as JSON. ``persons``: whom it concerns; ``losing``: who of them loses
    a role by it; ``days``: for how long it waits once it is agreed to, or from the beginning where nobody
    decides on it."""

    operation: str
    arguments: Mapping[str, Any]
    persons: tuple[int, ...]
    days: int
    losing: tuple[int, ...] = ()

    def as_payload(self) -> Payload:
        return {
            "operation": self.operation,
            "arguments": dict(self.arguments),
            "persons": list(self.persons),
            "days": self.days,
            "losing": list(self.losing),
        }


def call_in(asks: Payload) -> DeferredCall:
    return DeferredCall(asks["operation"], asks["arguments"], tuple(asks["persons"]), asks["days"])


@dataclass(frozen=True, slots=True)
class Form:
    """What was said beside an act on a form; ``returned`` is the request that it amends."""

    reason: str = ""
    evidence: tuple[str, ...] = ()
    changed_on: str = ""
    returned: Request | None = None


def put_off(act: Act, run: Callable[[], object], form: Form | None = None) -> Pending | None:
    """Try ``act`` out, undo it, and submit a request for it where it takes two people or time; notify those
    whom it concerns and the watchers, by notice and mail. Return None, with nothing done, where it may be
    done at once. ``run`` does what the operation does. Raises what the operation raises, and Refused where
    nobody could agree or the same is asked for already."""
    power = act.operation.power
    if power.way is Way.FREE or act.second is not None:
        return None
    if is_host(act.actor) and not power.binds_host:
        return None
    way = power.way_for(act.permissions, act.asked)
    raising = _raising(act) if way < Way.TWO else frozenset()
    at_once = way < Way.LATER and not act.unwatched
    if at_once and not raising:
        return None
    tried = _run_and_undo(act, run)
    if tried is None:
        return None
    takes_two = way is Way.TWO or bool(raising & _touched(act, tried))
    if at_once and not takes_two:
        return None
    if act.unwatched and "activation" in act.asked:
        raise _alone_with_a_code(act)
    return _on_record(act, tried, form, takes_two=takes_two)


def _alone_with_a_code(act: Act) -> Refused:
    """Build the refusal of an act that would show a code and be told to nobody: once put off, it could show
    the code to nobody."""
    act.detail.pop("account", None)  # the number of one that was tried and undone
    return Refused(
        _("Nobody but you would hear of this sign-in."),
        _clause_of(act, str(act.facts["book"])),
        _("Have the host's operator do it (`mingce account`)."),
    )


def _touched(act: Act, tried: Concerned) -> frozenset[str]:
    """Return the books that an act touches; none where it would make the one that it names."""
    if act.facts.get("book") not in (None, *act.permissions.recorded_books):
        return frozenset()
    return frozenset(book for book, _unit, _privileged in places_of(act, tried))


def _raising(act: Act) -> frozenset[str]:
    """Return the books whose regulations have a second agree to what the act moves. No request keeps the rows
    of an import, which comes with a callback."""
    moves = act.operation.power.moves
    if any(map(callable, act.asked.values())):
        return frozenset()
    return frozenset(
        book
        for book in act.permissions.recorded_books
        if any(one.power in moves for one in act.permissions.policy(book).second.of)
    )


def act_by_form(act: Act, asks: Payload, form: Form) -> int:
    """Turn the running act into the operation that ``asks`` names, and do it, or submit a request for it with
    all effects of `put_off`; return the request's number, 0 where it is done. Raises what either raises."""
    operation = asks["operation"]
    act.operation, act.asked = OPERATIONS[operation], from_json(operation, asks["arguments"])
    act.moves |= act.operation.power.moves

    def run() -> object:
        return METHODS[operation](group_of(act.desk, operation), **act.asked)

    pending = put_off(act, run, form)
    if pending is not None:
        return pending.request
    act.made = run()
    return 0


def ask_within(act: Act, operation: str, **arguments: object) -> int:
    """Do another operation as part of the running act, or submit a request for it with all effects of
    `put_off`; return the request's number, 0 where it is done. The act's own record is as before. Raises what
    either raises."""
    own = act.operation, act.asked, act.called, dict(act.facts), dict(act.detail)
    try:
        return act_by_form(act, call_of(operation, **arguments), Form())
    finally:
        act.operation, act.asked, act.called, act.facts, act.detail = own


def call_of(operation: str, **arguments: object) -> Payload:
    """Return what a form submits to have ``operation`` done."""
    return {"operation": operation, "arguments": as_json(operation, arguments)}


def steps_before(
    operation: str, book: str, unit: int, asker: int, roles: Collection[str] = (), *, owner: int | None = None
) -> tuple[Step, ...]:
    """Return who would agree if ``asker`` asked now; ``roles`` and ``owner`` are what it is about."""
    privileged = owner is not None and terms_of(owner).privileged
    return steps_of(OPERATIONS[operation].power, book, unit, asker, roles, privileged=privileged)


class _Undone(Exception):
    """What was tried is undone."""


def _run_and_undo(act: Act, run: Callable[[], object]) -> Concerned | None:
    """Do what ``act`` does and undo it; return whom it concerns of those on record, None if it moves nothing.
    Notes stay."""
    found: Concerned | None = None
    try:
        with writing():
            run()
            if rows.moves_anything(act.begun_after):
                found = find_concerned(act.begun_after)
            raise _Undone
    except _Undone:
        pass
    act.permissions = permissions_now(act.actor.account)
    act.journal, act.silent, act.with_record = None, False, []
    return found.on_record() if found is not None else None


def _on_record(act: Act, tried: Concerned, form: Form | None, *, takes_two: bool) -> Pending:
    book = str(act.facts.get("book", ""))
    if book not in act.permissions.recorded_books:  # it is of none, or of one that it would make
        book = act.permissions.books[0]
        act.facts["unit"] = None
    unit, asker = int(act.facts.get("unit") or root_of(book)), act.actor.account
    persons = tried.persons | {person_number(one) for one in tried.accounts} | act.ousted
    resolver, power = ApproverResolver(), act.operation.power
    case = ApprovalContext(book, unit, None, resolver.linked_persons(asker) | persons, asker, in_person=True)
    privileged = any(terms_of(one).privileged for one in tried.accounts)
    roles = {role for role, of in tried.roles if of in ("", book) or role in (*MANAGEMENT, "admin")}
    steps = steps_of(power, book, unit, asker, roles, privileged=privileged) if takes_two else ()
    able = [resolver.approvers(case, one.role) for one in steps]
    alone = [
        (one.role in SECONDS or power.by_keeper) and not found for one, found in zip(steps, able, strict=True)
    ]
    if any(alone) and _is_somebody_shut_out(book):
        raise Refused(
            _("Whoever could agree has no access since a last day on which nobody has decided."),
            _clause_of(act, book),
            _("Have the leave decided or withdrawn first; where nobody can, the host's operator does this."),
        )
    waits = act.unwatched or not steps or any(alone)
    steps = tuple(one for one, nobody in zip(steps, alone, strict=True) if not nobody)
    own = power.days if takes_two else LATER_DAYS
    days = max(own, ALONE_DAYS) if waits and (takes_two or act.unwatched) else own
    losing = {person_number(account) if account else person for account, person in tried.losing}
    call = DeferredCall(
        act.operation.name,
        as_json(act.operation.name, act.asked),
        tuple(sorted(persons)),
        days,
        tuple(sorted(losing | act.ousted)),
    )
    clause = _clause_of(act, book)
    if power.moves & {Moves.RULE, Moves.ROLE} and (form is None or form.returned is None):
        _check_not_asked(asker, book, call, clause, anybodys=Moves.ROLE in power.moves)
    due = _day_after(book, days) if not steps else None
    about = next(iter(tried.accounts)) if len(tried.accounts) == 1 else None
    form, typed = form or Form(), form is not None
    draft = RequestDraft(
        kind=KIND,
        book=book,
        unit=unit,
        entry=act.facts.get("entry"),
        entry_version=None,
        payload=call.as_payload(),
        reason=form.reason,
        evidence=form.evidence,
        changed_on=form.changed_on,
        about=about,
        due=(due, clause) if due is not None else None,
        steps=steps,
        flow=power.flow,
        clause=clause if power.borrows_flow else "",
        typed=typed,
    )
    act.called = "power.ask"
    if form.returned is not None:
        request = form.returned
        amend_request(act, request, draft)
    else:
        request = submit_request(act, draft)
    act.note_facts(operation=act.operation.name)
    tell_of_request(request, act, tried, resolver)
    first = next((found for found in able if found), ())
    return Pending(request.id, _waits_for(first if steps else (), due))


def _check_not_asked(
    asker: int, book: str, call: DeferredCall, clause: str, *, anybodys: bool = False
) -> None:
    """Raise Refused where ``asker``, or ``anybodys``, waits for the same by a request that is open; the
    advice names who asked."""
    fits = Request.book == book
    for number, arguments in open_calls(
        call.operation, fits if anybodys else fits & (Request.requester == asker)
    ):
        if arguments != call.arguments:
            continue
        request = Request.get_by_id(number)
        if request.requester_id == asker:
            raise Refused(
                _("You asked for the same already: request {number}.", number=number),
                clause,
                _("Wait until it is decided, or withdraw it first."),
            )
        raise Refused(
            _("Somebody else asked for the same already: request {number}.", number=number),
            clause,
            _(
                "{who} asked on {day}. Wait until it is decided, or speak to them.",
                who=account_name(request.requester_id),
                day=local(request.submitted_at)[:10],
            ),
        )


def open_calls(operation: str, fits: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield number and arguments of the open requests for ``operation`` that fit the condition."""
    for request in Request.select().where(fits & (Request.kind == KIND) & (Request.state == "open")):
        with suppress(SealBroken):
            asks = open_payload(request)
            if asks and asks["operation"] == operation:
                yield request.id, asks["arguments"]


def _clause_of(act: Act, book: str) -> str:
    return str(act.facts.get("clause") or policy_of(book).rights.clause)


def _is_somebody_shut_out(book: str) -> bool:
    """Return whether a former officer of ``book`` has no access since a last day on which nobody has decided.
    Whoever entered that day would else be alone by it, and could act after a week (A.10)."""
    undecided = (LastDay.state == "ended") & Request.state.in_(("open", "returned"))
    ended = LastDay.select(LastDay.ended).join(Request).where(undecided)
    rights = [number for row in ended for number in json.loads(row.ended)["rights"]]
    return Grant.select().where(Grant.id.in_(rights) & (Grant.book == book)).exists() if rights else False


def _waits_for(able: tuple[NamedApprover, ...], due: str | None) -> Any:
    if due is None:
        names = list(dict.fromkeys(one.name for one in able))
        if len(names) > 1:
            return _("Sent: it is done once one of these agrees: {who}.", who=listed(names))
        return _("Sent: it is done once {who} agrees.", who=listed(names))
    return _("Sent: it is done on {day}, unless somebody whom it concerns objects.", day=due)


def carry_out(request: Request, asks: Payload, agreed_by: int | None) -> None:
    """Do what a request put off, as its requester and within the running transaction; notify those whom it
    concerns and record it as the requester's act. ``agreed_by`` agreed to it last, if anybody had to. Raises
    what the operation raises, and Refused where the requester's account is closed."""
    if Account.get_by_id(request.requester_id).state == "disabled":
        raise Refused(
            _("The account that asked for this is closed."), request.clause, _("Reject the request.")
        )
    call = call_in(asks)
    do_for(request.requester_id, call.operation, call.arguments, request=request.id, agreed_by=agreed_by)


def do_for(
    account: int, operation: str, arguments: Mapping[str, Any], *, request: int | None, agreed_by: int | None
) -> None:
    """Do an operation as ``account``, which is not signed in, within the running transaction: because
    ``agreed_by`` agreed or its day came. Notifies those whom it concerns, and records it as the account's
    act. Raises what the operation raises."""
    act = _run_as(account, operation, arguments, Second(request, agreed_by))
    tell_of(act)
    settle_act(act)


def reverse_act(objector: Actor, account: int, operation: str, arguments: Mapping[str, Any], at: str) -> bool:
    """Do, within the running transaction, the operation that takes back what ``account`` did, as that account
    could do it when it did that, ``at``, and record it as the ``objector``'s act; return whether it moved
    anything. Tells nobody: the objection does. Raises what the operation raises."""
    act = _run_as(account, operation, arguments, Second(None, objector.account), at)
    act.actor = objector
    settle_act(act)
    return rows.moves_anything(act.begun_after)


def _run_as(account: int, operation: str, arguments: Mapping[str, Any], second: Second, at: str = "") -> Act:
    row = Account.get_by_id(account)
    asker = Actor(row.id, row.login, 0, "", "host", "full", "zh_CN")
    desk, asked, made = desk_of(asker), from_json(operation, arguments), OPERATIONS[operation]
    moves, begun_after = set(made.power.moves), rows.last_change()
    act = Act(made, asker, permissions_now(row.id, at), desk, moves, begun_after, asked=asked, second=second)
    desk.running = act
    act.note_facts(request=second.request, agreed_by=second.account)
    act.made = METHODS[operation](group_of(desk, operation), **asked)
    return act


def _current(_request: Request, _asks: Payload) -> None:
    """Do nothing: the operation itself checks the record when it is done."""


def _apply(request: Request, asks: Payload, act: Act) -> None:
    act.note_facts(operation=asks["operation"])
    agreed = act.permissions.account if act.permissions.account != request.requester_id else None
    carry_out(request, asks, agreed)


def matures(request: Request, asks: Payload, act: Act) -> bool:
    """Set the day on which an agreed request takes effect; False if its operation does not wait."""
    call = call_in(asks)
    if not call.days:
        return False
    request.due = _day_after(request.book_id, call.days)
    request.due_clause = request.clause
    request.save(only=[Request.due, Request.due_clause])
    act.note_facts(day=request.due)
    return True


def _day_after(book: str, days: int) -> str:
    """Return the day (ISO) on which is done what can be stopped for ``days`` from now."""
    heard = clock.local_date(clock.stamp(heard_until(book, clock.now())), store().settings.time_zone)
    return max(today() + timedelta(days=days), heard).isoformat()


def is_ripe(request: Request) -> bool:
    """Return whether its day has come, and whoever was told had 24 hours of working days to object."""
    if request.due is None or request.due > today().isoformat():
        return False
    agreed = RequestStep.select(RequestStep.decided_at).where(
        (RequestStep.request == request) & (RequestStep.state == "approved")
    )
    since = max(at for at in (request.started_at, *(row.decided_at for row in agreed)) if at)
    return heard_until(request.book_id, since) <= clock.utcnow()


def do_deferred(request: Request) -> str:
    """Do, within the running transaction, what a request that `is_ripe` put off; close it, add to its
    history, notify the requester, and return its state. Where the record was changed so that it can't be
    done, or its content can't be read, undo what was begun and reject the request with the reason; without
    one where its content was erased with its person, after a restore."""
    agreed = _agreed_to(request)
    state, comment = "applied", ""
    try:
        with writing():
            if open_payload(request).get("operation"):
                carry_out(request, open_verified(request), agreed)
            else:
                state = "rejected"
    except (Refused, Invalid, SealBroken) as fault:
        state, comment = "rejected", UNREADABLE.text if isinstance(fault, SealBroken) else str(fault)
    change_state(request, "open", state)
    record_event(request, None, state, comment=comment)
    tell_asker(request, None)
    return state


def _agreed_to(request: Request) -> int | None:
    """Return who approved ``request`` last."""
    taken = RequestStep.select().where((RequestStep.request == request) & (RequestStep.state == "approved"))
    last = taken.order_by(RequestStep.ord.desc()).first()
    return last.decided_by_id if last is not None else None


def concerned_by(request: Request, how: Literal["persons", "losing"] = "persons") -> Collection[int]:
    """Return the persons whom an act that was put off concerns, or with ``how`` "losing" those who lose a
    role by it; nobody if the request's content is erased or unreadable."""
    with suppress(SealBroken):
        return tuple(open_payload(request).get(how) or ())
    return ()


def ripe_in(book: str, among: Any = True) -> list[Request]:
    """Find undecided acts in ``book`` that were put off, wait for no step any more, and are due; ``among`` a
    condition on `Request`."""
    waiting = RequestStep.select(RequestStep.request).where(RequestStep.state.in_(("open", "waiting")))
    found = Request.select().where((Request.book == book) & Request.kind.in_(PUTTING_OFF))
    open_ones = found.where((Request.state == "open") & Request.id.not_in(waiting), among)
    return [one for one in open_ones.order_by(Request.id) if is_ripe(one)]


def _ousted(_book: str, asks: Payload) -> frozenset[int]:
    """Return the persons whom it concerned when it was asked for, and those who would lose an office by it
    now."""
    persons, operation = frozenset[int](asks.get("persons", ())), asks.get("operation")
    if operation not in OPERATIONS:  # erased, or of an earlier version
        return persons
    return persons | OPERATIONS[operation].power.ousts(from_json(operation, asks["arguments"]))


LABEL = _("second approval")
register(
    RequestKind(
        id=KIND,
        label=LABEL,
        power=power_over(*Moves),
        apply=_apply,
        current=_current,
        lines=lines_of_request,
        concerned_may_decide=False,
        final=True,
        matures=matures,
        ousts=_ousted,
        undecided=_("takes effect later"),
    )
)
