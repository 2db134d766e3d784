"""Resets as those see them who have a hand in one: the halves of a code, and stopping it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.approval.facts import ApprovalContext
from db.desk.accounts.activations import halves_shown_until, open_reset, store_half
from db.desk.accounts.resets import (
    FORMERLY,
    OPERATION,
    book_for_reset,
    code_of,
    is_reset,
    open_halves,
    place_of,
    stop_reset,
    waiting_reset,
)
from db.desk.authority.permissions import books_of, policy_of
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.flow import already_decided, audit_request, lock_request, no_such_request
from db.desk.requests.independence import person_number, same_person
from db.desk.requests.putting_off import KIND, steps_before
from db.desk.requests.request_views import name_of
from db.language import _
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, Activation, Notice, NoticeRecipient, Request


@dataclass(frozen=True, slots=True)
class ResetView:
    """A reset that is not over. ``opens``: from when its code can be used, once it is vouched for; ``half``:
    the actor's half waits to be shown; ``own``: it is the actor's own sign-in; ``may_stop``: as its owner
    or as who supervises."""

    request: int
    login: str
    name: str
    asked_by: str
    vouched_by: str
    opens: str
    half: bool
    own: bool
    may_stop: bool


@dataclass(frozen=True, slots=True)
class HalfShown:
    """``place``: first or second half; ``until``: end of the shown code; ``opens``: from when it works."""

    login: str
    place: int
    other: str
    opens: str
    until: str


class Resets(OperationGroup):
    """Operations on resets (`db.desk.accounts.resets`)."""

    @operation(
        OPERATION,
        label=_("reset a sign-in"),
        recorded=True,
        power=power_over(Moves.CODE, way=Way.TWO, flow=FORMERLY),
    )
    def reset(self, account: int) -> None:
        """Void the outstanding code of ``account`` and open a reset, once somebody of another office agrees.
        Then notify the actor and them to fetch half a code each, and the owner and the supervisors. Raises
        Invalid where a reset is under way, and Refused where the actor may not ask, for their own account,
        and where nobody could agree."""
        owner = Account.get_or_none(Account.id == account)
        if owner is not None and same_person(owner.id, self.permissions.account):
            raise Refused(
                _("You can't do this to your own account."),
                self.permissions.policy(books_of(owner.id)[0]).reset.clause,
                _("Ask your head, or whoever looks after accounts."),
            )
        book = book_for_reset(self.permissions, owner) if owner is not None else None
        if owner is None or book is None:
            raise Refused(
                _("There is nobody of that name for whom you may ask."),
                SILENT,
                _("Ask a system administrator, or the maintainer of the other directory."),
            )
        clause, (entry, unit), second = policy_of(book).reset.clause, place_of(owner, book), self.act.second
        self.act.note_facts(book=book, unit=unit, entry=entry, account=owner.id, clause=clause)
        if second is not None and second.account is not None:
            open_halves(owner, self.act, second, clause)
            return
        other = waiting_reset(owner, self.permissions.account)
        if other is not None:
            problem = _("A reset of this sign-in is under way: request {request}.", request=other)
            raise Invalid(Problem("whom", problem))
        self._check_a_second(owner, book, unit, clause)
        open_reset(owner.id, None, self.permissions.account, None)

    def _check_a_second(self, owner: Account, book: str, unit: int, clause: str) -> None:
        """Raise Refused where nobody could agree to the reset: a wait does not replace that."""
        asker, resolver = self.permissions.account, ApproverResolver()
        (step,) = steps_before(OPERATION, book, unit, asker, owner=owner.id)
        case = ApprovalContext(
            book, unit, None, resolver.linked_persons(asker, owner.id, person=owner.person_id), asker
        )
        if not resolver.approvers(case, step.role):
            raise Refused(
                _("Nobody of another office than yours can vouch for this person."),
                clause,
                _("Let somebody of another office ask; where there is nobody, the host's operator can help."),
            )

    @operation("resets.open", label=_("list resets of sign-ins"), recorded=False, power=LOOKS)
    def open(self) -> tuple[ResetView, ...]:
        """Return the resets of the actor's own account, of books that they supervise, and those that they
        asked for or agreed to; oldest first."""
        return tuple(self._views())

    @operation(
        "resets.take_half",
        label=_("be shown one half of a code"),
        recorded=True,
        power=power_over(Moves.CODE),
    )
    def take_half(self, request: int, digest: str) -> HalfShown:
        """Store the digest of the actor's half of the code, which is shown to them now and never again, and
        mark its notice as read. The second half completes the code. Raises Refused for a reset of others',
        one that nobody agreed to yet, and a half that was shown already or too late; Overtaken for a reset
        that is over."""
        row = self._own_reset(request)
        code = code_of(row)
        if code is None and row.state in ("open", "returned"):
            raise Refused(
                _("Nobody has vouched for this reset yet."),
                row.clause,
                _("Your half is shown once somebody of another office has."),
            )
        if code is None:
            raise already_decided(row)
        which = "first" if code.by_id == self.permissions.account else "second"
        if self.permissions.account not in (code.by_id, code.voucher_id):
            raise no_such_request()
        if getattr(code, f"{which}_shown_at") is not None or halves_shown_until(code) <= clock.now():
            raise Refused(
                _("Your half of this code was shown already, or its time is over."),
                row.clause,
                _("If it was not noted, stop the reset and ask for another one."),
            )
        until = store_half(code, which, digest)
        self._read_notice(row)
        other = code.voucher_id if which == "first" else code.by_id
        self.act.note_facts(account=code.account_id, half=which)
        return HalfShown(
            login=code.account.login,
            place=1 if which == "first" else 2,
            other=name_of(other),
            opens=local(code.opens_at)[:16] if code.opens_at > clock.now() else "",
            until=local(until)[:16] if until is not None else "",
        )

    @operation(
        "resets.stop", label=_("stop a reset"), recorded=True, power=power_over(Moves.CODE, way=Way.TOLD)
    )
    def stop(self, request: int) -> None:
        """Lock the request for a reset and withdraw it, or void its code that was not used yet; notify the
        owner, the supervisors and the others who took part in it. Nothing else of the account has changed.
        Raises Refused for others' resets, Overtaken for one that is over."""
        row = self._own_reset(request)
        stop_reset(self.act, row)

    def _read_notice(self, row: Request) -> None:
        """Mark the notice that a half waits as read."""
        waiting = Notice.select(Notice.id).where((Notice.kind == "reset-half") & (Notice.request == row))
        NoticeRecipient.update(seen_at=clock.now()).where(
            (NoticeRecipient.account == self.permissions.account) & NoticeRecipient.notice.in_(waiting)
        ).execute()

    def _own_reset(self, request: int) -> Request:
        """Lock the reset and note it for the audit, if the actor takes part in it. Raises Refused alike for
        all others and for none."""
        row = lock_request(request)
        if row is None or not is_reset(row) or not self._concerns(row):
            raise no_such_request()
        audit_request(self.act, row)
        return row

    def _concerns(self, row: Request) -> bool:
        code = Activation.get_or_none(Activation.request == row)
        hands = {row.requester_id, code.voucher_id if code is not None else None}
        return self.permissions.account in hands or self._is_own(row) or self._supervises(row)

    def _is_own(self, row: Request) -> bool:
        owner = row.about_id
        return owner is not None and person_number(owner) == person_number(self.permissions.account)

    def _supervises(self, row: Request) -> bool:
        return any(
            one.role == self.permissions.policy(book).supervisor.role
            for book in books_of(row.about_id or 0)
            for one in self.permissions.holdings
            if one.book == book
        )

    def _views(self) -> Iterator[ResetView]:
        undecided = Request.state.in_(("open", "returned"))
        out = Activation.select(Activation.request).where(
            Activation.request.is_null(False) & Activation.used_at.is_null() & Activation.stopped_at.is_null()
        )
        rows = Request.select().where((Request.kind.in_((KIND, FORMERLY)) & undecided) | Request.id.in_(out))
        for row in rows.order_by(Request.id):
            if is_reset(row) and self._concerns(row):
                yield self._view(row)

    def _view(self, row: Request) -> ResetView:
        code = code_of(row)
        owner = Account.get_by_id(row.about_id)
        me = self.permissions.account
        shown = None
        if code is not None and me in (code.by_id, code.voucher_id):
            shown = code.first_shown_at if me == code.by_id else code.second_shown_at
        return ResetView(
            request=row.id,
            login=owner.login,
            name=name_of(owner.id),
            asked_by=name_of(row.requester_id),
            vouched_by=name_of(code.voucher_id) if code is not None else "",
            opens=local(code.opens_at)[:16] if code is not None else "",
            half=code is not None and me in (code.by_id, code.voucher_id) and shown is None,
            own=self._is_own(row),
            may_stop=self._is_own(row) or self._supervises(row),
        )
