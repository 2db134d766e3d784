"""Access beyond the own scope: a reason, the superior's decision, and a right that ends by itself (A.13).

Somebody out of scope is asked for by name, since whether they exist is not to be told (C.10). Only who is
entitled to see that person decides (`entitled`). A name that fits nobody goes to whoever keeps the book, and
so does one whom nobody of those who decide may see: the two look the same to the keeper, until an office is
filled whose holder sees the person. That a name fits nobody is said to who asks only where nobody of the book
is out of their reach; to anybody else an empty request and a fitting one look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, permissions_now, policy_of
from db.desk.authority.reach import access_ended_at
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.entry.colleagues import sees_everybody, within_reach
from db.desk.entry.namesakes import entries_called, several_fit
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notation.values import clean
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.entitled import may_see
from db.desk.requests.opened import OpenedView, opened_views
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import DiffLine, Payload
from db.language import Label, Message, Text, _, _n
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.tables import AccessGrant, Book, Entry, Request, RequestStep

KIND: Final = "access"
NOBODY: Final = _("Nobody in this directory fits that name and department.")


@dataclass(frozen=True, slots=True)
class GrantView:
    """A right that lasts: to see ``entry`` with its protected fields until the stored time ``until``."""

    id: int
    book: Label
    entry: int
    name: str
    unit: str
    until: str
    request: int
    clause: str


class Access(OperationGroup):
    """Operations on access beyond the own scope; asked for it is as anything is (`asking`)."""

    @operation("access.mine", label=_("list own access"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[GrantView, ...]:
        """Return rights that last, the first to end first; none to entries that are not active, or that a
        superior's approval opens to nobody any more (B.6.2)."""
        rows = (
            AccessGrant.select()
            .where(
                (AccessGrant.account == self.permissions.account)
                & (AccessGrant.until > clock.now())
                & AccessGrant.withdrawn_at.is_null()
            )
            .order_by(AccessGrant.until, AccessGrant.id)
        )
        return tuple(
            _view(row) for row in rows if row.entry.state == "active" and not _denied_in(row.entry.book_id)
        )

    @operation("access.opened", label=_("list what was opened for a time"), recorded=False, power=LOOKS)
    def opened(self, own: bool = False) -> tuple[OpenedView, ...]:
        """Return what requests opened and still lasts: the actor's ``own``, and else also what they may end,
        as whom it shows, as who approved it or as who supervises; the newest first."""
        return tuple(opened_views(self.permissions, own=own))


def check_not_denied(book: str) -> None:
    """Raise Refused where entries are given to others with the consent of those concerned alone (B.6.2)."""
    denied = _denied_in(book)
    if denied is not None:
        raise Refused(
            _("A superior's approval cannot open entries outside your scope."),
            denied,
            _("Ask for a disclosure: each person concerned is asked first."),
        )


def _denied_in(book: str) -> str | None:
    return policy_of(book).denial("ask-access", "everyone")


def access_payload(book: str, name: str, unit: str, days: int | None) -> Payload:
    """Return what is asked for: somebody by name, for ``days`` or as long as allowed. Raises Invalid for no
    name or too many days, Refused for a card's number."""
    longest = policy_of(book).lookup.grant_days
    days = longest if days is None else days
    asked_name, problems = clean(name), []
    if not asked_name:
        problems.append(Problem("name", _("Say whom you need to reach.")))
    if not 1 <= days <= longest:
        problems.append(Problem("days", too_long(policy_of(book))))
    if problems:
        raise Invalid(*problems)
    for field, label, text in (("name", _("Name"), asked_name), ("unit", _("Department"), clean(unit))):
        refuse_card_numbers([policy_of(book)], label, text, field)
    return {"name": asked_name, "unit": clean(unit), "days": days}


def too_long(policy: EffectivePolicy) -> Message:
    """Return the message for a number of days beyond what the policy allows to open an entry for."""
    rule = policy.lookup
    return _("Choose 1 to {days} days ({clause}).", days=rule.grant_days, clause=rule.clause_of("grant_days"))


def check_fits(permissions: Permissions, book: str, asks: Payload) -> None:
    """Raise Invalid where several within the actor's reach fit, and for a name that is nobody's, where the
    actor sees all of ``book``."""
    near = entries_called(book, asks["name"], asks["unit"], lambda row: within_reach(permissions, row))
    if len(near) > 1:
        raise Invalid(Problem("unit", several_fit(near, named=False)))
    if not near and sees_everybody(permissions, book):
        raise Invalid(Problem("name", NOBODY))


def sought_entry(request: Request, asks: Payload) -> Entry | None:
    """Look up the only entry that fits the name; None where nobody or several fit."""
    found = entries_called(request.book_id, asks["name"], asks["unit"])
    return found[0] if len(found) == 1 else None


def check_possible(request: Request, _asks: Payload) -> None:
    """Raise Refused where a superior's approval opens nobody any more. What fits a name is looked up when the
    last approver agrees."""
    check_not_denied(request.book_id)


def apply(request: Request, asks: Payload, act: Act) -> None:
    """Grant the requester access to the entry that was asked for, until the days are over; store the grant
    and note it for the audit. Raises Refused where the name fits nobody whom the decider may see, or more
    than one."""
    found = sought_entry(request, asks)
    if found is None or not may_see(act.permissions, found):
        _check_several(request, asks, act.permissions)
        raise Refused(
            _("Nobody whom you may open to others, or more than one, fits that name in this directory."),
            request.clause,
            _("Return it and ask for the full name and the department; fill what office is vacant."),
        )
    start = clock.utcnow()
    days = int(str(asks["days"]))
    AccessGrant.create(
        account=request.requester_id,
        entry=found.id,
        request=request.id,
        from_at=clock.stamp(start),
        until=clock.stamp(start + timedelta(days=days)),
    )
    act.note_facts(entry=found.id, days=days)


def _check_several(request: Request, asks: Payload, decider: Permissions) -> None:
    """Raise Refused where several fit whom ``decider`` may see, with what to write for each."""
    seen = entries_called(request.book_id, asks["name"], asks["unit"], lambda row: may_see(decider, row))
    if len(seen) > 1:
        raise Refused(
            several_fit(seen, named=False),
            request.clause,
            _("Return it and say which of these to write as the department."),
        )


def lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    whom = f"{asks['name']} {asks['unit']}".strip()
    told: Text = whom
    if _is_at_last_step(request) and not _is_opened_by_somebody(request, asks):
        nobody = _("nobody whom you may open, or more than one, of that name")
        told = _("{name}: {answer}", name=whom, answer=nobody)
    lasts = _lasts(request, asks["days"])
    return (
        DiffLine("name", _("to see"), "", told, ("", whom)),
        DiffLine("days", _("how long"), "", lasts, ("", lasts)),
    )


def _is_at_last_step(request: Request) -> bool:
    """Return whether the last step is decided now, so that this decider may be told whom the name fits."""
    last = RequestStep.select().where(RequestStep.request == request).order_by(RequestStep.ord.desc()).first()
    return request.state == "open" and last is not None and last.state == "open"


def _is_opened_by_somebody(request: Request, asks: Payload) -> bool:
    """Return whether one who decides now may see whom the name fits: others may not know of any."""
    found, request_approvers = sought_entry(request, asks), RequestApprovers()
    step = request_approvers.open_step(request)
    if found is None or step is None:
        return False
    return any(
        may_see(permissions_now(one.account), found) for one in request_approvers.approvers(request, step)
    )


def _lasts(request: Request, days: object) -> Message:
    """Tell for how long, and once it is granted until when, or since when it is over."""
    row = AccessGrant.get_or_none(AccessGrant.request == request) if request.state == "applied" else None
    if row is None:
        return _n("for {days} day", "for {days} days", days=days)
    end = access_ended_at(row)
    if end > clock.now():
        return _n(
            "for {days} day, until {end}", "for {days} days, until {end}", days=days, end=local(end)[:16]
        )
    return _n(
        "for {days} day, over since {end}",
        "for {days} days, over since {end}",
        days=days,
        end=local(end)[:16],
    )


def _view(row: AccessGrant) -> GrantView:
    book = Book.get_by_id(row.entry.book_id)
    return GrantView(
        id=row.id,
        book=book.title,
        entry=row.entry_id,
        name=row.entry.name,
        unit=row.entry.unit.name,
        until=row.until,
        request=row.request_id,
        clause=policy_of(row.entry.book_id).term_citation(row.request.clause),
    )
