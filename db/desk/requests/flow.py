"""The one state machine of requests, whatever their kind.

    open ──approve (not the last step)──▶ open       open ──approve (last step)──▶ applied
    open ──return──▶ returned ──amend──▶ open        open ──reject──▶ rejected
    open, returned ──withdraw──▶ withdrawn

Steps come from the effective policy when a request is submitted (`requests.submitting`) and are frozen
with the policy's version. Each decision names the digest of what it decides on and takes the one open
step by compare-and-set, so that of two deciders at the same moment one is told the other was first.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Literal

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import due_day
from db.desk.entry.naming import actor_name
from db.desk.hooks import hooks
from db.desk.notation.localtime import local
from db.desk.notation.values import said_in
from db.desk.notifications.notices import DECLINED, OUTCOME, RETURNED, announce_request, store_notice
from db.desk.refusal import SILENT, Invalid, Overtaken, Problem, Refused
from db.desk.requests.approvers import NamedApprover, note_office
from db.desk.requests.frozen import frozen_rules
from db.desk.requests.payload import UNREADABLE, open_verified
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS, Payload
from db.desk.requests.request_views import acting_name, event_view, last_act, name_of
from db.language import _
from db.store import clock
from db.store.sealing import SealBroken
from db.store.sql import for_update
from db.store.tables import Entry, Notice, NoticeRecipient, Request, RequestEvent, RequestStep

Verdict = Literal["approve", "return", "reject"]
DECIDED: dict[Verdict, str] = {"approve": "approved", "return": "returned", "reject": "rejected"}
COMMENT_LENGTH = 500


def lock_request(request: int) -> Request | None:
    """Read a request and lock its row until the running transaction ends."""
    wanted = Request.select().where(Request.id == request)
    found: Request | None = for_update(wanted).get_or_none()
    return found


def decide_step(act: Act, request: Request, verdict: Verdict, digest: str, comment: str) -> None:
    """Decide the open step of a locked request, and add it to the history. A return or rejection notifies the
    requester, a rejection also those who had approved. The last approval applies it (`apply_request`), or
    sets the day on which it takes effect (`matures`). Runs the kind's ``current`` hook before an approval.
    Raises Refused for anyone but its approvers, another digest, a record that was changed since, a return to
    a closed account, and a card's number in the comment; Overtaken where it is decided already; Invalid for a
    return or rejection without a comment."""
    audit_request(act, request)
    request_approvers = RequestApprovers([request])
    step = request_approvers.open_step(request)
    decider = request_approvers.capacity(request, act.permissions.account)
    if step is None or decider is None:
        raise not_theirs(act.permissions.account, request, request_approvers)
    asks = _open_for_verdict(request, step, verdict)
    _check_digest(request, step, digest)
    said = " ".join(comment.split())
    if verdict != "approve" and not said_in(said):
        raise Invalid(Problem("comment", _("Say in a few words why.")))
    if len(said) > COMMENT_LENGTH:
        raise Invalid(Problem("comment", _("Keep it within {count} characters.", count=COMMENT_LENGTH)))
    refuse_card_numbers([policy_of(request.book_id)], _("What you say"), said, "comment")
    if verdict == "return" and request.requester.state == "disabled":
        raise Refused(
            _(
                "{who}'s account is closed, so nobody could amend it.",
                who=actor_name(name_of(request.requester_id)),
            ),
            step.clause,
            _("Approve or reject it; somebody else can submit it."),
        )
    if verdict == "approve":
        KINDS[request.kind].current(request, asks)
    _take_step(step, verdict, decider, digest, said)
    act.note_facts(step=step.ord, verdict=verdict, clause=step.clause)
    note_office(act, decider)
    record_event(request, act, DECIDED[verdict], step.ord, said, decider)
    if verdict == "approve":
        _go_on(act, request, asks, step, request_approvers)
    else:
        change_state(request, "open", DECIDED[verdict])
    if verdict == "reject":
        tell_asker(request, act)
        _tell_approvers(request, act, request_approvers.steps(request))
    if verdict == "return":
        store_notice(
            RETURNED, request.book_id, [request.requester_id], clause=step.clause, entry=request.entry_id,
            unit=request.unit_id, request=request.id, detail={"decision": request.kind},
        )  # fmt: skip


def change_state(request: Request, before: str, after: str) -> None:
    """Change the state of a request from ``before`` to ``after`` by compare-and-set. Runs the kind's
    ``closed`` hook unless it stays open, and the hooks ``turned_down`` where it ends without effect. Raises
    Overtaken if another decision came first."""
    closed = clock.decision_time() if after in ("applied", "rejected", "withdrawn") else None
    moved = (
        Request.update(state=after, closed_at=closed)
        .where((Request.id == request.id) & (Request.state == before))
        .execute()
    )
    if moved != 1:
        raise already_decided(request)
    request.state, request.closed_at = after, closed
    if after != "open":
        KINDS[request.kind].closed(request)
    if after in ("rejected", "withdrawn"):
        for reopen in hooks().turned_down:
            reopen(request)


def withdraw_request(request: Request) -> None:
    """Withdraw an undecided request, whose open step waits for nobody any more. Its history is the caller's.
    Raises as `change_state`."""
    change_state(request, request.state, "withdrawn")
    waiting = (RequestStep.request == request) & (RequestStep.state == "open")
    RequestStep.update(state="waiting").where(waiting).execute()


def follow_entry(entry: int, unit: int) -> None:
    """Place the undecided steps about ``entry`` in ``unit``, to which it moved: the offices of that unit
    decide them."""
    undecided = Request.select(Request.id).where(
        (Request.entry == entry) & Request.state.in_(("open", "returned"))
    )
    RequestStep.update(unit=unit).where(
        RequestStep.request.in_(undecided) & RequestStep.state.in_(("open", "waiting"))
    ).execute()


def audit_request(act: Act, request: Request) -> None:
    """Put the request, what it is about and its digest on the act's audit record."""
    act.note_facts(
        book=request.book_id,
        unit=request.unit_id,
        entry=request.entry_id,
        request=request.id,
        clause=request.clause,
        digest=request.digest,
        kind=request.kind,
    )


def record_event(
    request: Request,
    act: Act | None,
    what: str,
    step: int | None = None,
    comment: str = "",
    decider: NamedApprover | None = None,
) -> None:
    """Add a line to the history of a request; ``decider`` gives the office in which it was decided."""
    RequestEvent.create(
        request=request,
        at=clock.decision_time(),
        account=act and act.permissions.account,
        on_behalf_of=decider and decider.on_behalf_of,
        office=decider and decider.role,
        office_unit=decider and decider.unit,
        capacity=decider and decider.capacity,
        act=what,
        step=step,
        comment=comment,
    )


def tell_asker(request: Request, act: Act | None) -> None:
    """Notify the requester that a request is over, unless they ended it themselves or were told already. Of a
    look-up, or of an entry that they see masked, the notice does not name the person (C.10)."""
    asker = request.requester
    if asker.state == "disabled" or (act is not None and act.permissions.account == asker.id):
        return
    mine = (
        NoticeRecipient.select()
        .join(Notice)
        .where(
            (NoticeRecipient.account == asker.id)
            & (Notice.request == request)
            & (Notice.at >= request.closed_at)
        )
    )
    if not mine.exists():
        store_notice(
            OUTCOME, request.book_id, [asker.id], clause=request.clause,
            entry=_entry_told(request), request=request.id,
            detail={"number": request.id, "decision": request.kind, "state": request.state},
        )  # fmt: skip


def _entry_told(request: Request) -> int | None:
    """Return the entry that notices of a decision name; none where a look-up would tell whom it found."""
    kind = KINDS[request.kind]
    return None if kind.covered or kind.looks_up else request.entry_id


def _tell_approvers(request: Request, act: Act, steps: Sequence[RequestStep]) -> None:
    """Notify those who had approved a request that it is rejected."""
    known = {request.requester_id, act.permissions.account}
    before = {one.decided_by_id for one in steps if one.state == "approved" and one.decided_by_id} - known
    if before:
        store_notice(
            DECLINED, request.book_id, sorted(before), clause=request.clause, entry=_entry_told(request),
            request=request.id,
            detail={"number": request.id, "decision": request.kind},
        )  # fmt: skip


def already_decided(request: Request) -> Overtaken:
    """Build the answer that a request, or its step, was decided by somebody else first, and how."""
    last = event_view(last_act(request), request.requester_id)
    return Overtaken(
        _(
            "Already {act} by {name}, {at}: request {request} of {who}. You need do nothing.",
            act=last.act,
            name=acting_name(last.who, last.on_behalf_of, last.office),
            at=local(last.at)[5:16],
            request=request.id,
            who=actor_name(name_of(request.requester_id)),
        )
    )


def no_such_request() -> Refused:
    """Build the refusal that is the same whether a request exists or not (C.10)."""
    return Refused(
        _("There is no such request among yours or in your queue."),
        SILENT,
        _("Look at your requests and your queue for what you can open."),
    )


def not_an_own_request() -> Refused:
    """Build the refusal of an act that only the requester may do, the same for others' requests and for
    none."""
    return Refused(
        _("There is no such request among yours."),
        SILENT,
        _("Look at your requests; what waits for your decision is in your queue."),
    )


def not_theirs(account: int, request: Request, request_approvers: RequestApprovers) -> Refused | Overtaken:
    """Build the answer to an account that may not decide: Overtaken where another decided first, else Refused
    with the reason; the one for no request at all where it may not know of this one."""
    step = request_approvers.open_step(request)
    if request_approvers.is_barred(request, account):
        second = frozen_rules(request).second
        clause = second.clause if second else (step.clause if step else request.clause)
        return Refused(
            _("Nobody decides on their own request."),
            _reviewed_by(request, clause),
            _("Wait for the decision, or withdraw the request."),
        )
    if not request_approvers.takes_part(request, account):
        return no_such_request()
    if step is None or _was_overtaken(account, request, request_approvers):
        return already_decided(request)
    return Refused(
        _("Another step comes first; steps are taken in their order and each by another person."),
        _reviewed_by(request, step.clause),
        _("It comes to your queue when it is your turn."),
    )


def _was_overtaken(account: int, request: Request, request_approvers: RequestApprovers) -> bool:
    """Return whether another took the step that ``account`` could have taken, and no later one is its own."""
    if last_act(request).account_id == account:
        return False
    steps = request_approvers.steps(request)
    theirs = [
        one for one in steps if any(d.account == account for d in request_approvers.approvers(request, one))
    ]
    return all(one.state not in ("open", "waiting") for one in theirs)


def _go_on(
    act: Act, request: Request, asks: Payload, step: RequestStep, request_approvers: RequestApprovers
) -> None:
    following = [later for later in request_approvers.steps(request) if later.ord > step.ord]
    if following:
        RequestStep.update(state="open").where(RequestStep.id == following[0].id).execute()
        if len(following) == 1:
            _restart_clock(request)
        return
    if not KINDS[request.kind].matures(request, asks, act):
        apply_request(act, request, asks)


def apply_request(act: Act, request: Request, asks: Payload, office: NamedApprover | None = None) -> None:
    """Put an open request in force that nobody has to decide any more: close it, run the kind's ``apply``
    hook, add to its history, announce the changed fields where a rule says so, and tell the requester.
    ``office``: the requester's own, where nobody had to decide."""
    # Before the hook: what it writes is held against what the act says it moves.
    act.moves.update(KINDS[request.kind].power.moves)
    change_state(request, "open", "applied")
    KINDS[request.kind].apply(request, asks, act)
    act.note_facts(applied=True)
    record_event(request, act, "applied", decider=office)
    need = frozen_rules(request).announce
    if need and request.entry_id is not None:
        given = {rule.name for rule in policy_of(request.book_id).fields}
        lines = KINDS[request.kind].lines(request, asks)
        fields = [line.field for line in lines if line.field in given]
        announce_request(request, Entry.get_by_id(request.entry_id), fields, need.clause)
    tell_asker(request, act)


def _restart_clock(request: Request) -> None:
    """Store the due day of a deadline that counts from the approval; called when only the last step is
    left."""
    deadline = frozen_rules(request).deadline
    if deadline is not None and deadline.start == "approval":
        request.started_at = clock.decision_time()
        request.due = due_day(request.book_id, deadline, request.started_at)
        request.save(only=[Request.started_at, Request.due])


def _take_step(
    step: RequestStep, verdict: Verdict, decider: NamedApprover, digest: str, comment: str
) -> None:
    taken = (
        RequestStep.update(
            state=DECIDED[verdict],
            decided_by=decider.account,
            on_behalf_of=decider.on_behalf_of,
            office=decider.role,
            office_unit=decider.unit,
            capacity=decider.capacity,
            decided_at=clock.decision_time(),
            digest=digest,
            comment=comment,
        )
        .where((RequestStep.id == step.id) & (RequestStep.state == "open"))
        .execute()
    )
    if taken != 1:
        raise already_decided(step.request)


def _open_for_verdict(request: Request, step: RequestStep, verdict: Verdict) -> Payload:
    """Decrypt what ``request`` asks for; nothing if it is unreadable and rejected. Raises Refused else."""
    try:
        return open_verified(request)
    except SealBroken:
        if verdict == "reject":
            return {}
        advice = _("Reject it, and tell whoever looks after the host; it can be submitted again.")
        raise Refused(UNREADABLE, step.clause, advice) from None


def _check_digest(request: Request, step: RequestStep, digest: str) -> None:
    # The digest is keyed: in constant time, so that nobody finds one by trying.
    if not hmac.compare_digest(digest.encode(), request.digest.encode()):
        raise Refused(
            _("Request {request} is no longer what you were shown.", request=request.id),
            step.clause,
            _("Look at it again and decide on what it says now."),
        )


def _reviewed_by(request: Request, clause: str) -> str:
    """Return the clause of the decision; without stated steps, the one on reviews (H.5.1)."""
    if clause != SILENT:
        return clause
    return policy_of(request.book_id).denial("edit-unreviewed", "everyone") or clause
