"""The kind of request that removes a leaver, never without the sealed archive (A.10, H.5.4, G.4.3)."""

from __future__ import annotations

from datetime import date
from typing import Final

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.due_dates import today
from db.desk.entry import record
from db.desk.entry.colleagues import find_colleague, side_of
from db.desk.lifecycle.archive import archive_entry, keep_until
from db.desk.lifecycle.asking_back import ask_elsewhere
from db.desk.lifecycle.closing import end_with_entry, removal_effects
from db.desk.lifecycle.ends import check_handed_back, finish_event, tasks_of, undo_event
from db.desk.lifecycle.events import proof_asked
from db.desk.lifecycle.join_kind import plain_line
from db.desk.lifecycle.last_day import approved_day, lift_other_last_days
from db.desk.power.declaration import Power
from db.desk.requests.change_kind import lock_active_entry
from db.desk.requests.inside_owners import hand_over
from db.desk.requests.request_kinds import DiffLine, Payload, RequestKind, is_of_pupils, register
from db.desk.tasks.finishing import cancel_task, copies_open, settle_about
from db.language import Text, _, listed
from db.policy.request_kinds import REQUESTS
from db.store.moves import Moves
from db.store.tables import Archive, Entry, Request

KIND: Final = "leave"


def payload(day: str, successor: int | None, *, everywhere: bool, stays: bool = False) -> Payload:
    """Build the payload of a leave: the last day, who answers for outside contacts from then on, whether the
    organisation is left, and whether an approved leave is cancelled instead."""
    kept: dict[str, object] = {"day": day, "successor": successor, "everywhere": everywhere}
    return kept | {"stays": True} if stays else kept


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    if asks.get("stays"):
        return (
            plain_line("leaves", _("Leaves"), str(approved_day(int(request.entry_id or 0))), _("called off")),
        )
    label = _("Leaves the class on") if is_of_pupils(request.book_id, KIND) else _("Leaves on")
    lines = [plain_line("day", label, "", str(asks["day"]))]
    if asks.get("everywhere"):
        lines.append(plain_line("leaves", _("Leaves"), "", _("the organisation")))
    if asks.get("successor"):
        lines.append(plain_line("successor", _("Outside"), "", find_colleague(str(asks["successor"]))))
    done = Archive.get_or_none(Archive.request == request)
    made = max(today(), date.fromisoformat(str(asks["day"])))
    kept = (
        keep_until(policy_of(request.book_id), made).isoformat() if done is None else done.keep_until or "–"
    )
    sealed = _("sealed, kept until {day}", day=kept)
    at_removal = _("is sealed with the removal, kept until {day}", day=kept)
    lines.append(plain_line("archive", _("Archive"), "", sealed if done else at_removal))
    waiting = 0 if done else copies_open(request.entry_id, request.book_id)
    leaver = Entry.get_by_id(request.entry_id)
    if not done:
        lines += _ending(leaver, request.id, everywhere=bool(asks.get("everywhere")))
    side = side_of(leaver)
    if proof_asked(policy_of(request.book_id), "leave", side, "hand-back") is not None:
        after = _("{count} to hand back", count=waiting) if waiting else _("nothing left to hand back")
        lines.append(plain_line("copies", _("Copies"), "", after))
    return tuple(lines)


def _ending(leaver: Entry, request: int, *, everywhere: bool) -> list[DiffLine]:
    """Say what ends with the entry; of who leaves the organisation, ``everywhere``, in other books too."""
    ends = removal_effects(leaver)
    others = [one for one in ends.requests if one != request]
    found: list[tuple[str, Text, Text]] = [
        ("account", _("Account closed"), listed(ends.accounts) if ends.closes or everywhere else ""),
        ("heads", _("Without a head"), listed(ends.headed)),
        ("rights", _("Rights ended"), str(ends.rights or "")),
        ("stand_ins", _("Stand-ins ended"), str(ends.stand_ins or "")),
        ("requests", _("Requests withdrawn"), str(len(others) or "")),
    ]
    if everywhere:
        found += [(f"in{at}", one.book, listed(one.endings())) for at, one in enumerate(ends.elsewhere)]
    return [plain_line(name, label, "", value) for name, label, value in found if value]


def _current(request: Request, _asks: Payload) -> None:
    lock_active_entry(request)


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Lift other last days of the entry (`lift_other_last_days`), then remove it (`remove_leaver`); for a day
    not over yet only note that, as it is removed by itself then. A calling off cancels the leave's tasks
    instead."""
    lift_other_last_days(request)
    if asks.get("stays"):
        for task in tasks_of(request):
            cancel_task(task, act.permissions.account)
    elif date.fromisoformat(str(asks["day"])) >= today():
        act.note_facts(day=asks["day"], ahead=True)
    else:
        remove_leaver(request, asks, act)


def remove_leaver(request: Request, asks: Payload, act: Act) -> None:
    """Archive and remove the entry, hand its outside contacts over, and end what the person holds by it
    (`end_with_entry`), all in one transaction; the entry is gone from every list and search at once. Notifies
    successor and requesters, announces the leave, and ends its tasks. Raises Refused while a copy is out, or
    where the entry left meanwhile."""
    row = lock_active_entry(request)
    day = str(asks["day"])
    check_handed_back(request, "leave", act)
    ask_elsewhere(request, date.fromisoformat(day))
    asked = proof_asked(policy_of(request.book_id), "leave", side_of(row), "archive")
    values = {name: list(given) for name, given in record.load_entry(row.id).values.items()}
    made = archive_entry(request, row.id, asked.clause if asked is not None else request.clause)
    hand_over(row, asks.get("successor"), request, act)
    end_with_entry(row, act, but=request.id, everywhere=bool(asks.get("everywhere")))
    record.remove_entry(row.id, day)
    act.note_facts(day=day, archive=made.id, digest=made.digest)
    act.keep_states(values, {})
    finish_event(request, "leave", act)
    settle_about(row.id, act.permissions.account)


LEAVE: Final = RequestKind(
    id=KIND,
    label=REQUESTS["leave"],
    power=Power(frozenset(Moves) - {Moves.RULE, Moves.SANCTION}),
    apply=_apply,
    current=_current,
    lines=_lines,
    concerned_may_decide=False,
    closed=undo_event,
    final=True,
    ends_undecided=True,
)
register(LEAVE)
