"""Operations on notices, and which of them Today shows: one row for what belongs together (A.8, A.9)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from peewee import fn

from db.desk.accounts.confirming import KIND as CONFIRM
from db.desk.accounts.confirming import confirm_owner
from db.desk.authority.permissions import Permissions
from db.desk.entry.naming import KEY, by_number, with_names
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notifications.notices import AWAITED, DAYS_COUNTED, REMINDED, RETURNED, REVISION
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Refused
from db.desk.requests.objecting import LAST_DAY
from db.desk.requests.power_telling import ASKED, DONE
from db.desk.requests.recognising import BOUND
from db.desk.requests.watchers import WATCHING
from db.desk.today.notice_views import NoticeToMe, views_of
from db.language import _
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, Notice, NoticeRecipient, Request, Task

AT_ONCE = 100
ALIKE = 20
FEW, NAMED = 2, 5
"""So many acts that one person did alike to others on one day stand each in a row, more in one row that names
as many."""
REMINDERS = frozenset(
    (
        RETURNED,
        REMINDED,
        "decision-due",
        "decision-overdue",
        "duty-due",
        "duty-overdue",
        "case-reported",
        "case-appealed",
        "consent-asked",
    )
)
"""Kinds that tell those whom something waits for that it does, or for how long still."""
ALARMS = frozenset({"decision-escalated", "duty-escalated"})
"""Kinds that tell others what is late."""
TOGETHER = frozenset({AWAITED})
"""Kinds of which the first stands for all of a book."""
IN_EACH_BOOK = frozenset({BOUND})
"""Kinds that tell of one act in each book that it concerns."""
ONCE = frozenset({REVISION, DAYS_COUNTED})
"""Kinds that are announced to each book, and read and acknowledged once."""
OF_A_COPY = frozenset({"edition-issued", "edition-reminder", "edition-recalled"})
"""Kinds of which the last that tells of a copy stands for those before."""
ONE_FOR_ALL = frozenset({"glass-broken", CONFIRM})
"""Kinds that stay with all their readers until one of them acknowledges it."""


class Notices(OperationGroup):
    """Operations on what was announced to the actor."""

    @operation("notices.unread", label=_("read notices"), recorded=False, power=LOOKS)
    def unread(self, folded_with: int | None = None) -> tuple[NoticeToMe, ...]:
        """Return notices that the actor has not seen: all whose act they can still stop, then the newest
        others; or with ``folded_with`` those in one row of Today with that notice."""
        rows = _unseen(self.permissions)
        if folded_with is not None:
            return views_of(_folded_with(folded_with, rows, self.permissions), self.permissions)
        others = _mixed([row] for row in rows.where(~_can_be_stopped()))
        shown = (*rows.where(_can_be_stopped()), *(row for (row,) in others))
        return views_of(_once(shown), self.permissions)

    @operation("notices.mark_seen", label=_("note a notice as seen"), recorded=True, power=LOOKS)
    def mark_seen(self, *notices: int) -> None:
        """Mark the actor's notices as seen, except those to be acknowledged; for a revision, those of all
        books."""
        seen = (
            NoticeRecipient.update(seen_at=clock.now())
            .where(
                (NoticeRecipient.account == self.permissions.account)
                & NoticeRecipient.notice.in_([*notices, *_twins(notices)])
                & NoticeRecipient.notice.not_in(Notice.select(Notice.id).where(Notice.acknowledge))
                & NoticeRecipient.seen_at.is_null()
            )
            .execute()
        )
        self.act.note_facts(notices=sorted(notices), seen=seen)

    @operation(
        "notices.acknowledge", label=_("acknowledge a notice"), recorded=True, power=power_over(Moves.ROLE)
    )
    def acknowledge(self, notice: int) -> None:
        """Store that the actor acknowledged a notice that asks for it, and of a revision those of other books
        (G.9). One that needs a single reader is marked as seen for the others, and one about an account's
        user confirms that user (`confirming.confirm_owner`, which notifies them). Raises Refused for any
        other."""
        row = Notice.get_or_none((Notice.id == notice) & Notice.acknowledge)
        if row is None or not self._acknowledge([notice]):
            raise Refused(
                _("There is no such announcement for you to acknowledge."),
                SILENT,
                _("Look at Today for those."),
            )
        twins = _twins([notice])
        self._acknowledge(twins)
        if row.kind in ONE_FOR_ALL:
            others = (NoticeRecipient.notice == row.id) & NoticeRecipient.seen_at.is_null()
            NoticeRecipient.update(seen_at=clock.now()).where(others).execute()
        if row.kind == CONFIRM:
            confirm_owner(json.loads(row.detail)["account"], self.permissions.account)
        self.act.note_facts(book=row.book_id, clause=row.clause, notices=sorted({notice, *twins}))

    def _acknowledge(self, notices: Sequence[int]) -> bool:
        """Acknowledge the ``notices`` that wait for the actor; return whether any did."""
        moment = clock.now()
        acknowledged = (
            NoticeRecipient.update(seen_at=moment, acknowledged_at=moment)
            .where(
                (NoticeRecipient.account == self.permissions.account)
                & NoticeRecipient.notice.in_(notices)
                & NoticeRecipient.acknowledged_at.is_null()
            )
            .execute()
        )
        return bool(acknowledged)


def news_to(permissions: Permissions) -> tuple[NoticeToMe, ...]:
    """Return the notices that the account has not seen, those whose act can be stopped first. Leaves out
    reminders of what waits for it (`db.desk.today.waiting` has these), and alarms that are settled meanwhile.
    A request and the act done by it are one, as is what each book tells alike."""
    rows = _unseen(permissions).where(Notice.kind.not_in(REMINDERS))
    stoppable = [[row] for row in rows.where(_can_be_stopped())]
    fresh: dict[object, list[Notice]] = {}
    matters: dict[int, tuple[bool, int]] = {}
    done: dict[object, object] = {}
    for row in _once(rows.where(~_can_be_stopped())):
        key: object = row.id
        if row.kind in ALARMS:
            late = _late(row)
            if late is None:
                continue
            key = matters[row.id] = late
        elif row.kind in TOGETHER:
            if _has_account(row):
                continue
            key = (row.kind, row.book_id)
        elif row.kind in IN_EACH_BOOK:
            key = (row.kind, row.detail)
        elif row.kind in OF_A_COPY:
            key = (row.book_id, json.loads(row.detail)["number"])
        elif row.kind == ASKED:
            key = done.pop(_act_of(row), row.id)
        elif not row.acknowledge and row.request_id is None:
            key = (row.kind, row.book_id, row.entry_id, row.unit_id, row.detail)
        if row.kind == DONE:
            done[_act_of(row)] = key
        fresh.setdefault(key, []).append(row)
    shown = [*stoppable, *_mixed(_folded(fresh.values(), permissions))]
    plain = views_of([same[0] for same in shown], permissions)
    return tuple(
        replace(
            one,
            matter=matters.get(one.id),
            twins=tuple(row.id for row in same[1:]),
            alike=tuple(
                with_names(json.loads(row.detail)) for row in (same if one.kind in TOGETHER else acts[:NAMED])
            ),
            folded=len(acts),
        )
        for one, same, acts in zip(
            plain, shown, (_acts_folded(same, permissions) for same in shown), strict=True
        )
    )


def _folded(found: Iterable[list[Notice]], permissions: Permissions) -> Iterator[list[Notice]]:
    """Yield the notices in groups: one group for what one person did alike to more than `FEW` others on one
    day."""
    matters = [(_did(same[0], permissions), same) for same in found]
    together: dict[object, list[Notice]] = {}
    for did, same in matters:
        if did is not None:
            together.setdefault(did, []).extend(same)
    many = {did for did, rows in together.items() if len(_acts(rows)) > FEW}
    for did, same in matters:
        if did not in many:
            yield same
        elif same[0] is together[did][0]:
            yield together[did]


def _acts(same: Iterable[Notice]) -> list[Notice]:
    """Return one notice of each act, of which several may tell."""
    return list({row.detail: row for row in same}.values())


def _acts_folded(same: Sequence[Notice], permissions: Permissions) -> list[Notice]:
    acts = _acts(same)
    return acts if len(acts) > FEW and _did(same[0], permissions) is not None else []


def _did(row: Notice, permissions: Permissions) -> tuple[object, ...] | None:
    """Return by whom and when the act was done that ``row`` tells of, as a key to fold by; None where it is
    no act on others, or concerns the reader, which has its own row (threat 110)."""
    told = json.loads(row.detail)
    if row.kind == DONE and not row.acknowledge and permissions.account in told.get(WATCHING, ()):
        return row.kind, row.book_id, told["actor"], told["operation"], local(row.at)[:10]
    if row.kind == BOUND and told["who"] != by_number(permissions.person or 0):
        return row.kind, str(told["by"]), told["zh"], local(row.at)[:10]  # in whichever books it is told
    return None


def _folded_with(notice: int, rows: Any, permissions: Permissions) -> list[Notice]:
    first = rows.where(Notice.id == notice).first()
    did = _did(first, permissions) if first is not None else None
    if did is None:
        return [first] if first is not None else []
    return [row for row in rows.where(Notice.kind == first.kind) if _did(row, permissions) == did]


def _mixed(found: Iterable[list[Notice]]) -> list[list[Notice]]:
    """Return the first `AT_ONCE` groups; those of one author after the first `ALIKE` come last, so that no
    number of acts hides one of another kind that its reader may take back (threat 110)."""
    times, first, behind = Counter[object](), list[list[Notice]](), list[list[Notice]]()
    for same in found:
        act = _act_of(same[0])[:3] if same[0].kind == DONE else None
        times[act] += 1
        (behind if act is not None and times[act] > ALIKE else first).append(same)
    return [*first, *behind][:AT_ONCE]


def reminded_of(account: int) -> frozenset[int]:
    """Return the requests of which the account was reminded by a notice that it has not seen."""
    rows = (
        Notice.select(Notice.request)
        .join(NoticeRecipient)
        .where(
            (NoticeRecipient.account == account)
            & NoticeRecipient.seen_at.is_null()
            & (Notice.kind == REMINDED)
        )
    )
    return frozenset(row.request_id for row in rows if row.request_id is not None)


def _unseen(permissions: Permissions) -> Any:
    """Select what the account has not seen, the newest first."""
    return (
        Notice.select()
        .join(NoticeRecipient)
        .where((NoticeRecipient.account == permissions.account) & NoticeRecipient.seen_at.is_null())
        .order_by(Notice.at.desc(), Notice.id.desc())
    )


def _can_be_stopped() -> Any:
    """Build the condition on Notice for acts to which its readers can still object before they are done. All
    of these are shown first, so that nobody hides one among other news (threat 53)."""
    asks = Request.select(Request.id).where((Request.id == Notice.request) & (Request.state == "open"))
    return Notice.kind.in_((ASKED, LAST_DAY)) & fn.EXISTS(asks)


def _late(row: Notice) -> tuple[bool, int] | None:
    """Return the request or task of which ``row`` alarms; None if it waits for nobody any more."""
    if row.request_id is not None:
        return (False, row.request_id) if _is_open(row.request_id) else None
    task = Task.get_or_none(Task.id == json.loads(row.detail).get("number"))
    if task is None or task.state != "open":
        return None
    if task.request_id is not None and _is_open(task.request_id):
        return False, task.request_id
    return True, task.id


def _act_of(row: Notice) -> tuple[object, ...]:
    """Return a key that is the same for an act and the request for it."""
    told = json.loads(row.detail)
    return row.book_id, told["actor"], told["operation"], json.dumps(told["arguments"], sort_keys=True)


def _has_account(row: Notice) -> bool:
    """Return whether the person of a notice about a lacking account has a usable one by now."""
    person = json.loads(row.detail)["who"][KEY]
    return bool(Account.select().where((Account.person == person) & Account.in_use()).exists())


def _is_open(request: int) -> bool:
    return bool(Request.get_by_id(request).state == "open")


def _once(rows: Iterable[Notice]) -> Iterable[Notice]:
    """Return ``rows`` with one notice for each detail that several of a kind in `ONCE` share, as books tell
    it each by itself; preferably the one to be acknowledged."""
    found: dict[object, Notice] = {}
    for row in rows:
        key = row.detail if row.kind in ONCE else row.id
        if key not in found or (row.acknowledge and not found[key].acknowledge):
            found[key] = row
    return found.values()


def _twins(notices: Sequence[int]) -> list[int]:
    """Return the notices, in all books, that tell the same as those of ``notices`` that are of a kind in
    `ONCE`."""
    told = Notice.select(Notice.detail).where(Notice.id.in_(notices) & Notice.kind.in_(ONCE))
    same = Notice.select(Notice.id).where(Notice.kind.in_(ONCE) & Notice.detail.in_(told))
    return [row.id for row in same]
