"""What is said of a request besides deciding on it: comments, and reminding whoever it waits for.

Both are lines of its history. Neither touches the clock, a step, or the digest that a decision names; a
comment is taken off the record with everything else that was written beside the request.
"""

from __future__ import annotations

from datetime import timedelta

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_unfit_text
from db.desk.due_dates import calendar, today
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notifications.notices import COMMENTED, REMINDED, store_notice
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.flow import (
    COMMENT_LENGTH,
    already_decided,
    audit_request,
    lock_request,
    no_such_request,
    record_event,
)
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.request_views import is_told_no_names, name_of, unnamed_approvers
from db.language import Text, _
from db.policy.vocabulary import HEAD
from db.store.tables import Account, Request, RequestEvent

UNDECIDED = ("open", "returned")


class Story(OperationGroup):
    """Operations on the history of a request, for its author and those who decide on it."""

    @operation("story.comment", label=_("comment on a request"), recorded=True, power=LOOKS)
    def comment(self, request: int, word: str) -> None:
        """Add a comment to the history of an undecided request, and notify the other side: an author's
        comment goes to those for whom it waits, or who returned it, anybody else's to the author. Raises
        Refused for content that the book must not hold (H.4.3), and alike for others' requests and for none;
        Invalid for no word or too many; Overtaken for a request that is decided."""
        row, request_approvers = self._undecided(request)
        said = " ".join(word.split())
        if not said:
            raise Invalid(Problem("comment", _("Say what others should know.")))
        if len(said) > COMMENT_LENGTH:
            raise Invalid(Problem("comment", _("Keep it within {count} characters.", count=COMMENT_LENGTH)))
        refuse_unfit_text(policy_of(row.book_id), _("What you say"), said, "comment")
        account = self.permissions.account
        record_event(
            row, self.act, "commented", comment=said, decider=request_approvers.capacity(row, account)
        )
        waits = [one for one, _name in _awaited(row, request_approvers)]
        back = [
            step.decided_by_id
            for step in request_approvers.steps(row)
            if step.state == "returned" and step.decided_by_id is not None
        ]
        mine = row.requester_id == account
        self._notify_accounts(
            COMMENTED, row, (waits if row.state == "open" else back) if mine else [row.requester_id]
        )

    @operation("story.remind", label=_("remind of a request"), recorded=True, power=LOOKS, held=True)
    def remind(self, request: int) -> tuple[Text, ...]:
        """Remind the deciders by notice, and add that to the history; return their names, of a look-up a word
        for them (C.10). Raises Refused where they were reminded this working day, the actor is one of them,
        or there is none."""
        row, request_approvers = self._undecided(request)
        waits = _awaited(row, request_approvers)
        if self.permissions.account in [one for one, _name in waits]:
            raise Refused(
                _("It waits for you."), SILENT, _("Decide on it, or amend it if it came back to you.")
            )
        if not waits:
            raise Refused(
                _("Nobody who can sign in decides on it now."),
                row.clause,
                _("Ask whoever keeps the directory who holds the office."),
            )
        if _reminded_on(row) == _working_day(row.book_id, today().isoformat()):
            raise Refused(
                _("They were reminded of it already; that can be done once a working day."),
                SILENT,
                _("Say with c what is urgent about it, or call them."),
            )
        hidden = is_told_no_names(row, row.requester_id)
        names = [] if hidden else [name for _account, name in waits]
        record_event(row, self.act, "reminded", comment="、".join(names))
        self._notify_accounts(REMINDED, row, [one for one, _name in waits])
        step = request_approvers.open_step(row)
        return tuple(names) or (unnamed_approvers(row.book_id, step.role if step is not None else HEAD),)

    def _undecided(self, request: int) -> tuple[Request, RequestApprovers]:
        """Lock a request of the actor's, or one that they decide or decided, and note it. Raises Refused for
        any other, and one that is decided."""
        row = lock_request(request)
        request_approvers, account = RequestApprovers(), self.permissions.account
        if row is None or not (
            row.requester_id == account
            or request_approvers.capacity(row, account)
            or request_approvers.decided(row, self.permissions)
        ):
            self.act.note_facts(asked_for=request)
            raise no_such_request()
        audit_request(self.act, row)
        if row.state not in UNDECIDED:
            raise already_decided(row)
        return row, request_approvers

    def _notify_accounts(self, kind: str, row: Request, accounts: list[int]) -> None:
        """Notify ``accounts``, without the actor. The notice does not name the person of a look-up, nor of an
        entry that the author sees masked."""
        able = Account.select(Account.id).where(Account.id.in_(accounts) & (Account.state != "disabled"))
        told = [one.id for one in able if one.id != self.permissions.account]
        covered = KINDS[row.kind].covered or KINDS[row.kind].looks_up
        store_notice(
            kind, row.book_id, told, clause=row.clause, entry=None if covered else row.entry_id,
            request=row.id, detail={"number": row.id, "decision": row.kind},
        )  # fmt: skip


def _awaited(request: Request, request_approvers: RequestApprovers) -> list[tuple[int, str]]:
    """Return, by account and name, for whom an undecided request waits."""
    if request.state == "returned":
        return [(request.requester_id, name_of(request.requester_id))]
    step = request_approvers.open_step(request)
    return [] if step is None else [(d.account, d.name) for d in request_approvers.approvers(request, step)]


def _reminded_on(request: Request) -> str:
    """Return the working day of the last reminder, if only comments came after it; else an empty text."""
    events = RequestEvent.select().where(RequestEvent.request == request).order_by(RequestEvent.id.desc())
    for event in events:
        if event.act == "reminded":
            return _working_day(request.book_id, local(event.at)[:10])
        if event.act != "commented":
            return ""
    return ""


def _working_day(book: str, day: str) -> str:
    """Return ``day``, or the last working day before it."""
    days, found = calendar(book), type(today()).fromisoformat(day)
    while not days.is_working_day(found):
        found -= timedelta(days=1)
    return found.isoformat()
