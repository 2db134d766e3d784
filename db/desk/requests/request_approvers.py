"""Whose turn it is: the steps of requests with who may decide them now. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from db.approval.facts import ApprovalContext, AwaitedHead, Facts
from db.desk.authority.permissions import Permissions
from db.desk.requests.approvers import ApproverResolver, NamedApprover, account_names
from db.desk.requests.entitled import department_of
from db.desk.requests.open_requests import OpenRequest
from db.desk.requests.payload import open_payload
from db.desk.requests.request_kinds import KINDS
from db.policy.vocabulary import DEFAULT, HEAD, SECONDS
from db.store.sealing import SealBroken
from db.store.sql import fetch, is_among
from db.store.tables import Entry, Request, RequestStep

AT_ONCE = 500


class RequestApprovers:
    """Finds who may decide many requests, from a few queries. Made for one operation, before it changes
    anything: it caches what it reads."""

    def __init__(self, requests: Sequence[Request] = (), facts: Facts | None = None) -> None:
        self.resolver = ApproverResolver(facts)
        self._steps: dict[int, tuple[RequestStep, ...]] = {}
        self._concerned: dict[int, tuple[int, str]] = {}
        self._about: dict[int, str] = {}
        self._files: dict[int, int] = {}
        self._comments: dict[int, int] = {}
        self._sought: dict[int, Entry | None] = {}
        self._losing: dict[int, frozenset[int]] = {}
        self.load(requests)

    def load(self, requests: Sequence[Request]) -> None:
        """Read at once what is asked about ``requests``, to save queries."""
        for first in range(0, len(requests), AT_ONCE):
            self._load(requests[first : first + AT_ONCE])

    def steps(self, request: Request) -> tuple[RequestStep, ...]:
        if request.id not in self._steps:
            self._load([request])
        return self._steps[request.id]

    def concerned_name(self, request: Request) -> str:
        """Return the name of the person whose entry or account a request is about; empty where it names
        neither."""
        self.steps(request)
        if request.entry_id is not None:
            return self._concerned[request.entry_id][1]
        return self._about[request.about_id] if request.about_id is not None else ""

    def files(self, request: Request) -> int:
        """Return how many pieces of evidence are attached."""
        self.steps(request)
        return self._files.get(request.id, 0)

    def comments(self, request: Request) -> int:
        self.steps(request)
        return self._comments.get(request.id, 0)

    def open_step(self, request: Request) -> RequestStep | None:
        if request.state != "open":
            return None
        return next((step for step in self.steps(request) if step.state == "open"), None)

    def approvers(self, request: Request, step: RequestStep) -> tuple[NamedApprover, ...]:
        """Return who may decide ``step`` now; for a look-up of a person whom no such approver may see, the
        maintainer."""
        earlier = [
            (row.decided_by_id, row.on_behalf_of_id)
            for row in self.steps(request)
            if row.ord < step.ord and row.state == "approved" and row.decided_by_id is not None
        ]
        case, role = self.case(request), step.role
        if not KINDS[request.kind].looks_up:
            return self.resolver.approvers(_awaiting(case, step), role, earlier)
        sought, keeper = self._asked_for(request), self.resolver.facts.policy(request.book_id).maintainer.role
        found: tuple[NamedApprover, ...] = ()
        if sought is not None:
            there = replace(case, unit=step.unit or case.unit, sought=sought.id)
            found = self.resolver.approvers(there, role, earlier)
        return found or self.resolver.approvers(case, keeper, earlier)

    def awaited_head(self, request: Request, step: RequestStep) -> AwaitedHead | None:
        """Return the head without an account for whom ``step`` waits because nobody else decides it (E.13.2).
        None for a look-up."""
        if step.role != HEAD or KINDS[request.kind].looks_up:
            return None
        return self.resolver.awaited_head(_awaiting(self.case(request), step))

    def waiting_unit(self, request: Request, role: str) -> int | None:
        """Return the unit in which a step of ``role`` waits, where that is not the request's: of a look-up
        that of the person asked for, unless an approver in the requester's unit may see them. Whoever decides
        there for want of a superior is none: the head of that department comes first (A.13)."""
        sought = self._asked_for(request) if KINDS[request.kind].looks_up else None
        if sought is None:
            return None
        case = self.case(request)
        first = {one.account for one in self.resolver.approvers(case, role) if one.role == role}
        seeing = {one.account for one in self.resolver.approvers(replace(case, sought=sought.id), role)}
        return None if first & seeing else department_of(sought)

    def capacity(self, request: Request, account: int) -> NamedApprover | None:
        """Return in which capacity ``account`` may decide the open step now; None where it may not."""
        step = self.open_step(request)
        if step is None:
            return None
        return next((d for d in self.approvers(request, step) if d.account == account), None)

    def decided(self, request: Request, permissions: Permissions) -> bool:
        """Return whether the actor decided a step, or was stood in for, and still holds a role in the book
        that decides it. A role that was withdrawn opens nothing any more."""
        policy, held = permissions.policy(request.book_id), permissions.deciding_roles(request.book_id)
        keeping = {policy.maintainer.role, policy.supervisor.role}
        return any(
            permissions.account in (step.decided_by_id, step.on_behalf_of_id)
            and held & (keeping | (set(policy.second.by) if step.role in SECONDS else {step.role}))
            for step in self.steps(request)
        )

    def takes_part(self, request: Request, account: int) -> bool:
        """Return whether ``account`` decided a step, was stood in for, or may decide one in its turn."""
        steps = self.steps(request)
        if any(account in (row.decided_by_id, row.on_behalf_of_id) for row in steps):
            return True
        return any(one.account == account for row in steps for one in self.approvers(request, row))

    def is_barred(self, request: Request, account: int) -> bool:
        """Return whether ``account`` may decide no step at all, because the request is its person's own."""
        return self.resolver.is_barred(self.case(request), account)

    def case(self, request: Request) -> ApprovalContext:
        concerned = None
        if request.entry_id is not None:
            self.steps(request)
            concerned = self._concerned[request.entry_id][0]
        case = _case(
            self.resolver, request.kind, request.book_id, request.unit_id, request.requester_id,
            request.about_id, request.entry_id, concerned,
        )  # fmt: skip
        return replace(case, barred=case.barred | self._ousted(request))

    def is_for(self, account: int, request: OpenRequest) -> bool:
        """Return whether ``account`` may decide ``request`` now; never opens its content."""
        concerned = self.resolver.facts.person_of(request.entry) if request.entry is not None else None
        case = _case(
            self.resolver, request.kind, request.book, request.unit, request.requester, request.about,
            request.entry, concerned, awaits_head=request.awaits_head,
        )  # fmt: skip
        return self.resolver.may_decide(account, case, request.role, request.earlier)

    def _ousted(self, request: Request) -> frozenset[int]:
        """Return the persons whose office it ends; decrypts the request, once."""
        ousts = KINDS[request.kind].ousts
        if ousts is not None and request.id not in self._losing:
            try:
                self._losing[request.id] = ousts(request.book_id, open_payload(request))
            except SealBroken:
                self._losing[request.id] = frozenset()
        return self._losing.get(request.id, frozenset())

    def _asked_for(self, request: Request) -> Entry | None:
        if request.id not in self._sought:
            try:
                self._sought[request.id] = KINDS[request.kind].seeks(request, open_payload(request))
            except SealBroken:
                self._sought[request.id] = None
        return self._sought[request.id]

    def _load(self, requests: Sequence[Request]) -> None:
        numbers = [request.id for request in requests]
        found: dict[int, list[RequestStep]] = {number: [] for number in numbers}
        for step in RequestStep.select().where(RequestStep.request.in_(numbers)).order_by(RequestStep.ord):
            found[step.request_id].append(step)
        self._steps.update({number: tuple(steps) for number, steps in found.items()})
        where, values = is_among("request_id", numbers)
        attached = f"SELECT request_id, COUNT(*) FROM request_evidence WHERE {where} GROUP BY request_id"
        self._files.update(fetch(attached, values))
        said = "SELECT request_id, COUNT(*) FROM request_event WHERE act = 'commented'"
        self._comments.update(fetch(f"{said} AND {where} GROUP BY request_id", values))
        where, values = is_among("id", {one.entry_id for one in requests if one.entry_id is not None})
        for entry, person, name in fetch(f"SELECT id, person_id, name FROM entry WHERE {where}", values):
            self._concerned[entry] = person, name
        self._about.update(account_names({one.about_id for one in requests if one.about_id is not None}))


def _case(
    resolver: ApproverResolver,
    kind: str,
    book: str,
    unit: int,
    requester: int,
    about: int | None,
    entry: int | None,
    concerned: int | None,
    *,
    awaits_head: bool = False,
) -> ApprovalContext:
    """Build the approval context: the requester never decides, nor does (for most kinds) the person
    ``concerned``."""
    person = None if KINDS[kind].concerned_may_decide else concerned
    accounts = (requester,) if about is None else (requester, about)
    barred = resolver.linked_persons(*accounts, person=person)
    return ApprovalContext(book, unit, entry, barred, requester, in_person=True, awaits_head=awaits_head)


def _awaiting(case: ApprovalContext, step: RequestStep) -> ApprovalContext:
    """Return ``case`` placed in the unit where ``step`` waits, also waiting for a future head if a regulation
    has one decide."""
    awaits = step.role == HEAD and step.clause != DEFAULT
    return replace(case, unit=step.unit or case.unit, awaits_head=awaits)
