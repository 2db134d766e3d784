"""A last day on record, and the end of all access with it, by itself (A.10). Not an operation.

Access ends at the end of the day, whether or not anybody has decided the request by then (`_may_end`): by the
first operation, the first sign-in, the server's look at its sessions or the duty runner, whichever comes
first after midnight. The entry stays until it is removed. What was approved ahead of the day is removed by
itself, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from db.approval.capacity import ACTING, HOLDER
from db.desk.act import Act
from db.desk.authority.actor import Actor
from db.desk.authority.offices import end_grants_on, held_now, is_single
from db.desk.authority.permissions import permissions_now, policy_of
from db.desk.due_dates import today
from db.desk.entry.colleagues import side_of
from db.desk.entry.naming import by_number
from db.desk.frame import OPERATIONS, desk_of
from db.desk.lifecycle.asking_back import ask_elsewhere
from db.desk.lifecycle.closing import Leaving, tell_askers
from db.desk.lifecycle.events import proof_asked
from db.desk.notation.localtime import day_begins
from db.desk.notifications.alarming import can_object, person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.notifications.post import queue_mail
from db.desk.power import rows
from db.desk.refusal import LAST_DAY, Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.payload import UNREADABLE, open_payload
from db.desk.requests.submitting import withdraw_obsolete
from db.desk.requests.watchers import WATCHING, watchers_of
from db.desk.tasks.finishing import HAND_BACK, cancel_task, copies_open
from db.desk.tasks.handback import hand_back_tasks, list_copies
from db.desk.tasks.opening import once_a_day
from db.language import LANGUAGES, Message, say
from db.policy.regulation import PolicyError
from db.policy.vocabulary import HEAD
from db.store import audit, clock
from db.store.engine import store
from db.store.sealing import SealBroken
from db.store.sql import for_update
from db.store.tables import (
    AccessGrant,
    Account,
    Delegation,
    Entry,
    Grant,
    LastDay,
    Request,
    RequestStep,
    SignInSession,
    Task,
)
from db.store.transactions import reading, writing

OBJECTION = timedelta(hours=4)
"""The shortest time between telling of a last day and its end, while nobody has decided on it."""

Ended = Mapping[str, Any]
"""What ended, by table: numbers; of accounts also the state that each was in."""


def store_last_day(request: Request, entry: Entry, day: date, act: Act, *, everywhere: bool) -> None:
    """Store the last day of a leave that was submitted or amended, and notify the person and the watchers of
    the book, by notice and mail; any of them can object. What ended by an earlier last day of the request is
    given back. A day that is past is stored as today, so that nobody's access ends before anybody could
    object."""
    day = max(day, today())
    policy = policy_of(entry.book_id)
    asked = proof_asked(policy, "leave", side_of(entry), "archive")
    clause = asked.clause if asked is not None else request.clause
    row = LastDay.get_or_none(LastDay.request == request)
    if row is not None:
        if row.state == "ended":
            _bring_back(row)
        LastDay.update(day=day.isoformat(), everywhere=everywhere, state="coming", ended_at=None).where(
            LastDay.id == row.id
        ).execute()
    else:
        LastDay.create(
            request=request, entry=entry, day=day.isoformat(), everywhere=everywhere, clause=clause
        )
    said = {"day": day.isoformat(), "by": act.permissions.account}
    _notify_of_last_day("last-day", entry, clause, request.id, said, everywhere=everywhere)


def lift_last_day(request: Request) -> None:
    """Lift the last day of a request that was rejected or withdrawn: give back what ended by it, cancel tasks
    that it opened in other books, and notify those concerned by notice and mail. Recorded."""
    row = LastDay.get_or_none((LastDay.request == request) & (LastDay.state != "lifted"))
    if row is not None:
        _lift(row)


def lift_other_last_days(request: Request) -> None:
    """Lift the last days of the entry by other requests than the approved ``request``, with all effects and
    notices of `lift_last_day`; recorded."""
    others = LastDay.select().where((LastDay.entry == request.entry_id) & (LastDay.state != "lifted"))
    for row in others.where(LastDay.request != request.id).order_by(LastDay.id):
        _lift(row)


def end_due() -> None:
    """Apply approved moves whose day has come, end the access of everybody whose last day is over, and remove
    the entries whose leave was approved ahead; each is recorded and told, in transactions of its own. Does
    nothing within a running transaction. Cheap where nothing is due."""
    from db.desk.lifecycle.coming_moves import make_due_moves

    if store().database.in_transaction():
        return
    make_due_moves()
    with reading():
        if not any(map(_may_end, _due())):
            return
    with writing():
        for row in for_update(_due().order_by(LastDay.id)):
            if _may_end(row):
                _end(row)
    remove_approved()


def remove_approved() -> None:
    """Remove the entries whose leave was approved ahead, whose day is over and whose copies are all back,
    each recorded in a transaction of its own. One that is refused stays with its task, and the refusal is
    recorded."""
    waiting = (
        LastDay.select(LastDay.request)
        .join(Request)
        .join(Entry, on=(LastDay.entry == Entry.id))
        .where((LastDay.state == "ended") & (Request.state == "applied") & (Entry.state == "active"))
    )
    with reading():
        requests = [row.request_id for row in waiting.order_by(LastDay.id)]
    for number in requests:
        _remove(number)


def clause_of_last_day(account: int) -> str:
    """Return the clause by which the access of ``account`` ended with its last day; else nothing."""
    person = Account.select(Account.person).where(Account.id == account)
    entries = Entry.select(Entry.id).where(Entry.person.in_(person))
    rows = LastDay.select().where(LastDay.entry.in_(entries) & (LastDay.state == "ended"))
    for row in rows.order_by(LastDay.id.desc()):
        if str(account) in json.loads(row.ended).get("accounts", {}):
            return str(row.clause)
    return ""


def approved_day(entry: int) -> str:
    """Return the last day approved for an ``entry`` that is still there; empty where there is none."""
    row = approved_leave(entry)
    return str(row.day) if row is not None else ""


def approved_leave(entry: int) -> LastDay | None:
    """Return the last day that was approved last, and not lifted, for an ``entry`` that is still there; None
    without one. The caller knows that it is there."""
    rows = LastDay.select().join(Request).where((LastDay.entry == entry) & (LastDay.state != "lifted"))
    found: LastDay | None = rows.where(Request.state == "applied").order_by(LastDay.id.desc()).first()
    return found


def is_approved(entry: int) -> bool:
    return bool(approved_day(entry))


def _due() -> Any:
    return LastDay.select().where((LastDay.state == "coming") & (LastDay.day < today().isoformat()))


def _may_end(row: LastDay) -> bool:
    """Return whether access ends by now: of what nobody decided only once those told had `OBJECTION` to say
    no, and while somebody independent is left who can."""
    request, entry = row.request, row.entry
    if request.state == "applied" or entry.state != "active":
        return True
    if clock.moment(request.started_at) + OBJECTION > clock.utcnow():
        return False
    resolver = ApproverResolver()
    barred = resolver.linked_persons(request.requester_id, person=entry.person_id)
    return can_object(watchers_of(entry.book_id, entry.unit_id, barred, resolver))


def _ends_at(row: LastDay) -> str:
    """Return the moment at which access ends: of a leave that was approved the end of the day, or of the
    approval where that came later; now, of one that nobody decided."""
    request = row.request
    if request.state != "applied" or request.closed_at is None:
        return clock.now()
    return max(day_begins(date.fromisoformat(row.day) + timedelta(days=1)), request.closed_at)


def _end(row: LastDay) -> None:
    entry, moment = row.entry, _ends_at(row)
    if entry.state != "active":
        LastDay.update(state="ended", ended_at=moment).where(LastDay.id == row.id).execute()
        return
    leaving = Leaving(entry, everywhere=row.everywhere)
    headed = (Grant.person == entry.person_id) & (Grant.role == HEAD) & (Grant.book == entry.book_id)
    rights = [one.id for one in leaving.ending_rights()]
    rights += [one.id for one in Grant.select().where(headed & Grant.revoked_at.is_null())]
    stand_ins = [one.id for one in leaving.stand_ins()]
    access = [one.id for one in AccessGrant.select(AccessGrant.id).where(leaving.ending_access())]
    accounts = {
        one.id: one.state for one in Account.select().where(Account.id.in_(leaving.accounts_to_close()))
    }
    entries = [entry.id] if not row.everywhere else _present(entry.person_id)
    ask_elsewhere(row.request, date.fromisoformat(row.day))
    for request in leaving.own_undecided():
        withdraw_obsolete(None, request)
    Grant.update(revoked_at=moment).where(Grant.id.in_(rights)).execute()
    Delegation.update(revoked_at=moment).where(Delegation.id.in_(stand_ins)).execute()
    AccessGrant.update(withdrawn_at=moment).where(AccessGrant.id.in_(access)).execute()
    Entry.update(ended_at=moment).where(Entry.id.in_(entries)).execute()
    tell_askers(entries)
    Account.update(state="disabled").where(Account.id.in_(list(accounts))).execute()
    SignInSession.update(ended_at=moment, ended_how=f"{LAST_DAY}{row.clause}").where(
        SignInSession.account.in_(list(accounts)) & SignInSession.ended_at.is_null()
    ).execute()
    asking_back = [task for task in hand_back_tasks(entry.person_id) if list_copies(task)]
    if asking_back or row.request.state != "applied":  # else the entry goes, and with it the address
        said = {"who": by_number(entry.person_id), "day": row.day, "clause": row.clause}
        queue_mail("last-day-over", entry.book_id, entry.id, detail=said | {"copies": bool(asking_back)})
    ended: Ended = {
        "accounts": accounts,
        "rights": rights,
        "stand_ins": stand_ins,
        "access": access,
        "entries": entries,
    }
    LastDay.update(state="ended", ended_at=moment, ended=json.dumps(ended)).where(
        LastDay.id == row.id
    ).execute()
    _write_record("lifecycle.last_day_over", row, {name: list(numbers) for name, numbers in ended.items()})


def _present(person: int) -> list[int]:
    here = (Entry.person == person) & (Entry.state == "active") & Entry.ended_at.is_null()
    return [one.id for one in Entry.select(Entry.id).where(here).order_by(Entry.id)]


def _lift(row: LastDay) -> None:
    was = row.state
    if was == "ended":
        _bring_back(row)
    LastDay.update(state="lifted").where(LastDay.id == row.id).execute()
    entry = Entry.get_by_id(row.entry_id)
    for task in Task.select().where(Task.duty.endswith(f":{opened_by(row)}") & (Task.state == "open")):
        cancel_task(task, None)
    said = {"day": row.day}
    _notify_of_last_day("last-day-lifted", entry, row.clause, row.request_id, said, everywhere=row.everywhere)
    _write_record("lifecycle.last_day_lifted", row, {"day": row.day, "ended": was == "ended"})


def _bring_back(row: LastDay) -> None:
    """Give back the rights, delegations, access, entries and accounts that ended by ``row`` and by nothing
    else since, except an office of one holder that somebody else has by now (D.3). Those who were to act in
    an office that is given back are notified that they don't. Sessions and requests stay ended. What ends by
    another last day of the person too is given back, and ends again by that one."""
    theirs = Entry.select(Entry.id).where((Entry.person == row.entry.person_id) & (Entry.state == "active"))
    others = LastDay.entry.in_(theirs) & (LastDay.state == "ended") & (LastDay.id != row.id)
    for one in (row, *LastDay.select().where(others).order_by(LastDay.id)):
        _give_back(one)
    LastDay.update(state="coming").where(others).execute()


def _give_back(row: LastDay) -> None:
    ended, at = json.loads(row.ended), row.ended_at
    rights = [one for one in ended.get("rights", ()) if not _has_successor(one)]
    _restored(Grant, Grant.revoked_at, rights, at)
    _end_acting(row, rights)
    _restored(Delegation, Delegation.revoked_at, ended.get("stand_ins", ()), at)
    _restored(AccessGrant, AccessGrant.withdrawn_at, ended.get("access", ()), at)
    _restored(Entry, Entry.ended_at, ended.get("entries", ()), at)
    for account, state in ended.get("accounts", {}).items():
        Account.update(state=state).where(
            (Account.id == int(account)) & (Account.state == "disabled")
        ).execute()


def _end_acting(row: LastDay, rights: Collection[int]) -> None:
    """End the offices of those who were named to act since ``row`` ended ``rights`` that are given back;
    notify them."""
    for grant in Grant.select().where(Grant.id.in_(list(rights)) & (Grant.capacity == HOLDER)):
        if grant.book_id is None or not _is_single(grant):
            continue
        held = held_now(grant.book_id, grant.role, grant.unit_id, coming=True)
        since = row.ended_at or ""
        acting = [one for one in held if one.capacity == ACTING and one.granted_at >= since]
        end_grants_on(acting, today())
        accounts = Account.select().join(Grant, on=Grant.is_of()).where(Grant.id.in_(acting))
        said = {"day": row.day, "who": by_number(row.entry.person_id)}
        store_notice(
            "last-day-lifted", grant.book_id, [one.id for one in accounts], clause=row.clause, detail=said
        )


def _has_successor(grant: int) -> bool:
    """Return whether somebody else has by now an office of one holder (a unit's head, a class's teacher)."""
    was = Grant.get_by_id(grant)
    if was.book_id is None or not _is_single(was):
        return False
    held = held_now(was.book_id, was.role, was.unit_id, coming=True)
    return any(one.capacity == was.capacity for one in held)


def _is_single(grant: Grant) -> bool:
    try:
        return grant.role == HEAD or is_single(policy_of(str(grant.book_id)), grant.role)
    except PolicyError:  # nobody is anything in such a book
        return False


def _restored(table: Any, column: Any, numbers: Collection[int], at: str | None) -> None:
    table.update({column: None}).where(table.id.in_(list(numbers)) & (column == at)).execute()


def _remove(number: int) -> None:
    """Remove the entry of request ``number``, locked, as approved ahead (`leave_kind.remove_leaver`, with its
    notices), and record it as of nobody but the request; nothing while a copy is out. A refusal is recorded
    instead, once a day. A transaction of its own."""
    from db.desk.lifecycle.leave_kind import remove_leaver

    try:
        with writing():
            request = Request.get_by_id(number)
            entry: Entry | None = for_update(
                Entry.select().where((Entry.id == request.entry_id) & (Entry.state == "active"))
            ).get_or_none()
            asked = proof_asked(policy_of(request.book_id), "leave", "internal", HAND_BACK)
            if entry is None or (asked is not None and copies_open(entry.id, entry.book_id)):
                return
            act = approver_act(request)
            remove_leaver(request, open_payload(request), act)
            act.facts |= {
                "book": request.book_id,
                "unit": request.unit_id,
                "entry": entry.id,
                "request": number,
            }
            audit.append(
                act="lifecycle.last_day_removed", outcome="done", front="host", detail=act.detail,
                journal=act.journal, clause=request.clause, **act.facts,
            )  # fmt: skip
    except Refused as refusal:
        with writing():
            _refused(number, refusal.message, refusal.clause)
    except SealBroken:  # else it would come up in whatever anybody does next
        with writing():
            _refused(number, UNREADABLE)


def approver_act(request: Request) -> Act:
    """Build the act of the last approval of ``request``, by whose account its effects are noted, with that
    account's permissions of now."""
    step = (
        RequestStep.select()
        .where((RequestStep.request == request) & (RequestStep.state == "approved"))
        .order_by(RequestStep.ord.desc())
        .get()
    )
    account = Account.get_by_id(step.decided_by_id)
    actor = Actor(account.id, account.login, 0, "", "host", "full", "zh_CN")
    made = OPERATIONS["queue.approve"]
    moves, begun_after = set(made.power.moves), rows.last_change()
    return Act(made, actor, permissions_now(account.id), desk_of(actor), moves, begun_after)


def _refused(number: int, why: Message, clause: str = "") -> None:
    """Record once a day why a removal is refused."""
    if once_a_day(f"last-day:{number}"):
        request = Request.get_by_id(number)
        audit.append(
            act="lifecycle.last_day_removed", outcome="refused", front="host",
            clause=clause or request.clause, book=request.book_id, entry=request.entry_id, request=number,
            detail={"refusal": {one: say(why, one) for one in LANGUAGES}},
        )  # fmt: skip


def _write_record(act: str, row: LastDay, detail: dict[str, object]) -> None:
    entry = Entry.get_by_id(row.entry_id)
    audit.append(
        act=act, outcome="done", front="host", clause=row.clause, book=entry.book_id, unit=entry.unit_id,
        entry=entry.id, request=row.request_id, detail={"day": row.day} | detail,
    )  # fmt: skip


def opened_by(row: LastDay) -> str:
    """Return the suffix of the keys of all tasks that ``row`` opens in other books."""
    return f"last-day{row.id}"


def _notify_of_last_day(
    kind: str, entry: Entry, clause: str, request: int, detail: Mapping[str, Any], *, everywhere: bool
) -> None:
    """Notify the person, also by mail, and the watchers of the book who are independent of whoever entered
    it; with ``everywhere`` those of each book that the person is in."""
    resolver, by = ApproverResolver(), detail.get("by")
    hands = [] if by is None else [int(by)]
    barred = resolver.linked_persons(*hands, person=entry.person_id)
    own = Account.select(Account.id).where(
        (Account.person == entry.person_id) & (Account.state != "disabled")
    )
    present = (Entry.person == entry.person_id) & (Entry.state == "active") & (Entry.id != entry.id)
    others = Entry.select().where(present).order_by(Entry.id) if everywhere else ()
    watching = [
        one
        for place in (entry, *others)
        for one in watchers_of(place.book_id, place.unit_id, barred, resolver)
    ]
    whom = list(dict.fromkeys((*(one.id for one in own.order_by(Account.id)), *watching)))
    said = {**detail, "who": by_number(entry.person_id)} | (
        {} if by is None else {"by": person_or_login(int(by))}
    )
    store_notice(
        kind, entry.book_id, [one for one in whom if one != by], clause=clause, entry=entry.id,
        request=request, detail={**said, WATCHING: watching},
    )  # fmt: skip
    queue_mail(kind, entry.book_id, entry.id, detail={**said, "clause": clause})
