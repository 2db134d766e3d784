"""Objecting to an act that one was told of: one that waits is stopped, one that was done is taken back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from inspect import signature
from typing import Any, Literal

from db.desk.authority.permissions import permissions_now, policy_of
from db.desk.entry import record
from db.desk.frame import METHODS, OPERATIONS, OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import can_object, person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.power.declaration import OBJECTED_TO, Way, power_over
from db.desk.refusal import SILENT, Overtaken, Refused
from db.desk.requests.change_kind import CHANGE, payload, read
from db.desk.requests.direct_changes import DIRECT
from db.desk.requests.flow import (
    already_decided,
    audit_request,
    lock_request,
    record_event,
    withdraw_request,
)
from db.desk.requests.independence import person_number
from db.desk.requests.payload import open_payload
from db.desk.requests.power_arguments import from_json
from db.desk.requests.power_telling import ASKED, DONE, mail_to
from db.desk.requests.putting_off import concerned_by, reverse_act
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.submitting import RequestDraft, submit_request
from db.desk.requests.watchers import WATCHING
from db.language import _, say
from db.store import clock
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Account, Notice, NoticeRecipient, Request

OBJECTED = "power-objected"
LAST_DAY = "last-day"
"""Tells of a last day that was handed in: objecting withdraws the request, and access stays. Whoever leaves
keeps nothing by a word of their own: their objecting is told to the others, who can withdraw it (A.10)."""

OBJECTION_DAYS = 30
"""For how many days what was done is taken back by one objection."""
Answer = Literal["stopped", "asked", "said", "heard"]
"""It was stopped or taken back; somebody else decides whether it is put back; it was told to others alone, of
one's last day, or of an act on which they decide."""


class Objections(OperationGroup):
    """Operations of whoever was told of what somebody did or asked for."""

    @operation(
        "objections.object",
        label=_("object to an act"),
        recorded=True,
        power=power_over(*Moves),
    )
    def object(self, notice: int) -> Answer:
        """Lock and acknowledge a notice, and stop the waiting act that it told of, or take back the one that
        was done. Notifies its author and all who were told of it, by notice and mail. Returns what came of
        it. One's own last day is not stopped: the objection is told on, where somebody else can act on it. An
        act that others have to agree to is not stopped either: they are told, unless the actor is to gain by
        it. For a change to the actor's own entry that was in force at once (G.3.1), submits a request to undo
        it, on which somebody other than its author decides. Raises Refused for any other notice, where there
        is nothing to stop any more, too late, for what can't be taken back, and for a former watcher while
        somebody still watches."""
        wanted = (
            Notice.select()
            .join(NoticeRecipient)
            .where((Notice.id == notice) & (NoticeRecipient.account == self.permissions.account))
        )
        row = for_update(wanted.where(Notice.kind.in_((ASKED, DONE, LAST_DAY, DIRECT)))).get_or_none()
        if row is None:
            raise Refused(
                _("There is no such act for you to object to."), SILENT, _("Look at Today for those.")
            )
        told = json.loads(row.detail)
        if (
            row.kind in (DONE, DIRECT)
            and clock.moment(row.at) + timedelta(days=OBJECTION_DAYS) < clock.utcnow()
        ):
            raise Refused(
                _("What was done is objected to within {count} days.", count=OBJECTION_DAYS),
                row.clause,
                _("Ask whoever did it, or whoever supervises the directory, to change it."),
            )
        self._check_still_watches(row, told.get(WATCHING, ()))
        self.act.note_facts(
            book=row.book_id, clause=row.clause, operation=told.get("operation", "lifecycle.leave")
        )
        if row.kind == DIRECT:
            told |= self._ask_back(row)
        others = self._others(row, told)
        able = Account.select().where(Account.id.in_(others) & (Account.state != "disabled"))
        is_said_alone = row.kind == LAST_DAY and self._is_theirs(row) and able.exists()
        deciders = self._deciders_instead(row) if row.kind == ASKED else ()
        if is_said_alone:
            told |= {"operation": "lifecycle.leave", "arguments": {}}
        elif deciders:
            others = list(dict.fromkeys((*others, *deciders)))
        elif row.kind == DONE:
            self._take_back(row, told)
        elif row.kind != DIRECT:
            self._stop(row.request_id)
        self._mark_acknowledged(row)
        if "operation" not in told:  # that a last day is lifted is told
            return "stopped"
        detail = {
            "by": person_or_login(self.permissions.account),
            **{name: told[name] for name in ("operation", "arguments", "made", "back") if name in told},
            "undone": row.kind == DONE,
        }
        store_notice(OBJECTED, row.book_id, others, clause=row.clause, entry=row.entry_id, detail=detail)
        mail_to(OBJECTED, row.book_id, others, {name: detail[name] for name in ("by", "operation")})
        if row.kind == DIRECT:
            return "asked"
        if deciders:
            return "heard"
        return "said" if is_said_alone else "stopped"

    def _check_still_watches(self, row: Notice, watching: Collection[int]) -> None:
        if self.permissions.account not in watching or _watches(self.permissions.account, row):
            return
        if can_object(one for one in watching if _watches(one, row)):
            raise Refused(
                _("You were told of it in an office that you hold no more."),
                row.clause,
                _("Tell whoever supervises the directory, or report it as a breach (F12)."),
            )

    def _deciders_instead(self, row: Notice) -> Sequence[int]:
        """Return the accounts that decide on a request by which the actor would lose a role, or of which they
        are told as a watcher: these decide, and the objection does not stop it. Return nobody where it only
        waits for its day, or gives the actor something."""
        request, person = Request.get_by_id(row.request_id), person_number(self.permissions.account)
        gains = set(concerned_by(request)) - set(concerned_by(request, "losing"))
        if person in gains or request.state != "open":
            return ()
        approvers = RequestApprovers([request])
        step = approvers.open_step(request)
        found = approvers.approvers(request, step) if step is not None else ()
        return [one.account for one in found if person_number(one.account) != person]

    def _stop(self, number: int) -> None:
        request = lock_request(number)
        if request is None or request.state != "open":
            over = Request.get_by_id(number)
            raise _in_force_since(over) if over.state == "applied" else already_decided(over)
        audit_request(self.act, request)
        withdraw_request(request)
        record_event(request, self.act, "stopped")

    def _ask_back(self, row: Notice) -> dict[str, Any]:
        """Submit a request to undo a change, as far as its values are still in force, and return what the
        notice says of it. Raises Refused for others' entries, and where nothing of it is in force."""
        made = Request.get_by_id(row.request_id)
        entry = record.load_entry(int(made.entry_id or 0))
        policy = policy_of(entry.book)
        if self.permissions.own.get(entry.book, (None, None))[0] != entry.id:
            raise Refused(
                _("Whom the entry is of may object to this change."),
                policy.flow(CHANGE.id).clause,
                _("If it is wrong, propose a change."),
            )
        change = read(open_payload(made))
        now = {name: tuple(entry.values.get(name, ())) for name in change.after}
        back = {name: change.before.get(name, ()) for name in now if now[name] == tuple(change.after[name])}
        mine = (NoticeRecipient.notice == row.id) & (NoticeRecipient.account == self.permissions.account)
        if not back or NoticeRecipient.get(mine).acknowledged_at is not None:
            raise Refused(
                _("You have objected to it already, or none of it is in force any more."),
                policy.flow(CHANGE.id).clause,
                _("If it is wrong, propose a change."),
            )
        draft = RequestDraft(
            kind=CHANGE.id,
            book=entry.book,
            unit=entry.unit,
            entry=entry.id,
            entry_version=entry.version,
            payload=payload({name: now[name] for name in back}, back),
            reason=f"异议 · objection: #{made.id}",
            evidence=(),
            about=made.requester_id,
            typed=False,
        )
        submit_request(self.act, draft)
        return {"actor": made.requester_id, "operation": "changes.submit", "arguments": {}}

    def _take_back(self, row: Notice, told: dict[str, Any]) -> None:
        undo = OPERATIONS[told["operation"]].power.undo
        arguments = undone_by(told)
        if arguments is None:
            raise Refused(
                _("This can't be taken back by one act."),
                row.clause,
                _("Tell whoever supervises the directory, or report it as a breach (F12)."),
            )
        is_overtaken = self._is_overtaken(row, told, undo, arguments)
        if is_overtaken or not reverse_act(self.act.actor, told["actor"], undo, arguments, row.at):
            raise Refused(
                _("It was taken back or done again since."),
                row.clause,
                _("Object to what was done last; whoever was told of it can."),
            )

    def _is_overtaken(
        self, row: Notice, told: Mapping[str, Any], undo: str, arguments: Mapping[str, Any]
    ) -> bool:
        """Return whether the act that ``row`` told of was taken back since, or done again in a way of which
        the actor was told too. Where taking it back needs two people, a later act counts whoever was told of
        it."""
        if OPERATIONS[told["operation"]].power.in_parts:  # what is left of it is found when it is taken back
            return False
        way = OPERATIONS[undo].power.way_for(
            permissions_now(told["actor"], row.at), from_json(undo, arguments)
        )
        names = set(arguments) - set(told.get("back", {}))
        done, mine = Notice.kind == DONE, NoticeRecipient.account == self.permissions.account
        if way < Way.TWO:
            done &= Notice.id.in_(NoticeRecipient.select(NoticeRecipient.notice).where(mine))
        later = Notice.select().where((Notice.id > row.id) & (done | (Notice.kind == OBJECTED)))
        for one in later.where(Notice.detail.contains(f'"{told["operation"]}"')):
            other = json.loads(one.detail)
            given, before = other["arguments"], told["arguments"]
            again = one.kind == DONE and one.book_id == row.book_id
            undone = one.kind == OBJECTED and other.get("undone", True)
            same = all(given.get(name) == before.get(name) for name in names) if again else given == before
            if not (again and names):  # nothing that it was asked with tells it from one like it
                same = same and other.get("back") == told.get("back")
            same = same and other["operation"] == told["operation"] and other.get("made") == told.get("made")
            if same and (again or undone):
                return True
        return _was_done_since(row, undo, arguments)

    def _mark_acknowledged(self, row: Notice) -> None:
        moment = clock.now()
        NoticeRecipient.update(seen_at=moment, acknowledged_at=moment).where(
            (NoticeRecipient.notice == row.id) & (NoticeRecipient.account == self.permissions.account)
        ).execute()

    def _is_theirs(self, row: Notice) -> bool:
        return row.entry is not None and row.entry.person_id == self.permissions.person

    def _others(self, row: Notice, told: dict[str, Any]) -> list[int]:
        """Return the author and all who were told of it, without the actor's own accounts."""
        rows = NoticeRecipient.select(NoticeRecipient.account).where(NoticeRecipient.notice == row.id)
        same = Account.select(Account.id).where(Account.person == self.permissions.person)
        shut = {self.permissions.account, *(one.id for one in same)}
        everybody = [*([told["actor"]] if "actor" in told else []), *(one.account_id for one in rows)]
        return [one for one in dict.fromkeys(everybody) if one not in shut]


def _watches(account: int, row: Notice) -> bool:
    """Return whether ``account`` still holds an office in which it may have been told of ``row``."""
    then = {one for one in permissions_now(account, row.at).holdings if one.book == row.book_id}
    offices = {one for one in then if one.role != "employee"}
    return not offices or bool(offices.intersection(permissions_now(account).holdings))


def _was_done_since(row: Notice, undo: str, arguments: Mapping[str, Any]) -> bool:
    """Return whether somebody did, after ``row``, the operation that takes its act back, whoever was told of
    that: the present state then comes from a later act, which others watch."""
    exact = {name: value for name, value in arguments.items() if value != say(OBJECTED_TO, "zh_CN")}
    later = Notice.select().where((Notice.id > row.id) & (Notice.kind == DONE))
    for one in later.where(Notice.detail.contains(f'"{undo}"')):
        other = json.loads(one.detail)
        if other["operation"] == undo and exact.items() <= other["arguments"].items():
            return True
    return False


def _in_force_since(request: Request) -> Overtaken:
    return Overtaken(
        _(
            "In force since {moment}: request {number}. If it should not be, ask whoever did it, or whoever "
            "supervises the directory, to change it.",
            moment=local(request.closed_at or "")[:16],
            number=request.id,
        )
    )


def undone_by(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the arguments for the operation that takes back what was ``told``: those that the act named for
    that, those it was asked with, and the number of the single thing left. Return None where there is no such
    operation, or more would have to be known."""
    undo = OPERATIONS[told["operation"]].power.undo
    if not undo:
        return None
    wanted = list(signature(METHODS[undo]).parameters.values())[1:]
    known = {**told["arguments"], **told.get("back", {})}
    found = {one.name: known[one.name] for one in wanted if one.name in known}
    lacking = [one.name for one in wanted if one.name not in found and one.default is one.empty]
    if len(lacking) == 1 and told.get("made") is not None:
        found[lacking.pop()] = told["made"]
    return None if lacking else found
