"""The kind of request that moves somebody to another unit or position, or has them be of another kind, as an
intern who is taken on (A.9, D.5.1, E.2, G.2)."""

from __future__ import annotations

from datetime import date
from typing import Final

from db.approval.capacity import capacity_of
from db.desk.accounts.brought import bring_offices
from db.desk.accounts.granting import end_offices_left
from db.desk.act import Act
from db.desk.authority.office_names import office_name
from db.desk.authority.permissions import policy_of, root_of
from db.desk.due_dates import today
from db.desk.entry import record
from db.desk.entry.colleagues import side_of
from db.desk.entry.sources import of_request
from db.desk.lifecycle.closing import end_offices_elsewhere
from db.desk.lifecycle.ends import (
    check_handed_back,
    check_unit_open,
    finish_event,
    undo_event,
)
from db.desk.lifecycle.events import announcement
from db.desk.lifecycle.join_kind import kind_label, plain_line
from db.desk.notifications.notices import announce_in_unit, store_notice
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT
from db.desk.requests.change_kind import lock_active_entry, moved_on
from db.desk.requests.edition_naming import end_naming, naming_lines, receiving_lines
from db.desk.requests.flow import follow_entry
from db.desk.requests.giving_back import end_with_post
from db.desk.requests.request_kinds import DiffLine, Payload, RequestKind, register
from db.language import _, listed
from db.policy.vocabulary import HEAD
from db.store.moves import Moves
from db.store.tables import Account, Entry, Grant, Request, Unit

KIND: Final = "move"


def payload(row: Entry, unit: int, position: str, kind: str, day: str) -> Payload:
    return {
        "day": day,
        "before": {"unit": row.unit_id, "position": row.position, "kind": row.kind},
        "after": {"unit": unit, "position": position, "kind": kind},
    }


def kind_after(asks: Payload) -> str | None:
    """Return the kind of entry that they are to be; None where that stays."""
    before, after = (asks[side].get("kind") for side in ("before", "after"))
    return str(after) if after != before else None


def _ends_post(asks: Payload) -> bool:
    before, after = asks["before"], asks["after"]
    return bool((before["unit"], before["position"]) != (after["unit"], after["position"]))


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    before, after = asks["before"], asks["after"]
    lines = []
    if before["unit"] != after["unit"]:
        units = [str(Unit.get_by_id(int(side["unit"])).name) for side in (before, after)]
        lines.append(plain_line("unit", policy_of(request.book_id).field("unit").label, *units))
    if before["position"] != after["position"]:
        label = {rule.name: rule.label for rule in policy_of(request.book_id).fields}.get("position")
        lines.append(
            plain_line("position", label or _("Position"), str(before["position"]), str(after["position"]))
        )
    if (kind := kind_after(asks)) is not None:
        policy = policy_of(request.book_id)
        was = kind_label(policy, str(before["kind"]))
        lines.append(plain_line("kind", _("Kind"), was, kind_label(policy, kind)))
    ended: tuple[DiffLine, ...] = ()
    if _ends_post(asks):
        coming = receiving_lines(request, str(after["position"]), int(after["unit"]))
        ended = (*naming_lines(request), *coming)
    kept = _kept_offices(request) if before["unit"] != after["unit"] else ()
    return (*lines, *ended, *kept, plain_line("day", _("As of"), "", str(asks["day"])))


def _kept_offices(request: Request) -> tuple[DiffLine, ...]:
    """Return a line with the offices of the whole book that the person keeps, as long as the move is not in
    force. The move does not end these: another office decides on that (threat 50)."""
    if request.state == "applied":
        return ()
    book, person = request.book_id, Entry.get_by_id(request.entry_id).person_id
    theirs = (Grant.person == person) | Grant.account.in_(
        Account.select(Account.id).where(Account.person == person)
    )
    whole = (
        (Grant.book == book) & (Grant.unit.is_null() | (Grant.unit == root_of(book))) & (Grant.role != HEAD)
    )
    rows = Grant.select().where(theirs & whole & Grant.in_force()).order_by(Grant.id)
    names = [office_name(book, one.role, None, capacity_of(one.capacity)) for one in rows]
    if not names:
        return ()
    stays = _("stays; to end it, relieve them of it")
    return (DiffLine("offices", _("Offices kept"), listed(names), stays, (listed(names), stays)),)


def _current(request: Request, asks: Payload) -> None:
    row, before, after = lock_active_entry(request), asks["before"], asks["after"]
    now = {"unit": row.unit_id, "position": row.position, "kind": row.kind}
    if any(now[name] != before[name] for name in before if after[name] != before[name]):
        raise moved_on()
    check_unit_open(request, int(asks["after"]["unit"]))


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Write the new unit, position and kind. With another unit, end the person's offices of the former one,
    edition tags, access granted for the post, and offices elsewhere that would have to report it; appoint
    them to the offices that their kind brings; move undecided steps. Notifies holders of what ended or began
    and both units where the move is announced; ends its tasks. Raises Refused while a copy is out."""
    row = Entry.get_by_id(request.entry_id)
    check_handed_back(request, "move", act)
    before, after = asks["before"], asks["after"]
    values = {name: (str(after[name]),) for name in ("unit", "position") if after[name] != before[name]}
    if _ends_post(asks):
        end_naming(request, act)
    version = record.apply_values(
        row.id, values, source=of_request(request.id), verifier=act.permissions.account,
        kind=kind_after(asks),
    )  # fmt: skip
    if before["unit"] != after["unit"]:
        follow_entry(row.id, int(after["unit"]))
        end_offices_left(before["unit"], row.person_id)
        bring_offices(request.book_id, [row.id])
        end_offices_elsewhere(row, act)
        end_with_post(row.person_id, request.book_id)
        need = announcement(policy_of(request.book_id), "move", side_of(row))
        if need:
            announce_in_unit(request, Entry.get_by_id(row.id), int(before["unit"]), ["unit"], need.clause)
        else:
            _tell_mover(request, row, int(after["unit"]))
    fields = sorted([*values, *(["kind"] if kind_after(asks) is not None else [])])
    act.note_facts(fields=fields, version=version, day=asks["day"])
    act.keep_states(dict(before), dict(after))
    finish_event(request, "move", act)


def _tell_mover(request: Request, row: Entry, unit: int) -> None:
    """Store a notice to the person who moved. The caller does so where no clause has a move announced."""
    theirs = (Account.person == row.person_id) & (Account.state != "disabled")
    accounts = [one.id for one in Account.select(Account.id).where(theirs)]
    store_notice(
        KIND, row.book_id, accounts, entry=row.id, unit=unit, request=request.id, clause=SILENT,
        detail={"fields": ["unit"]},
    )  # fmt: skip


def _waits_for_its_day(request: Request, asks: Payload, act: Act) -> bool:
    """Return whether the approved move has to wait, and store its future day as that on which it takes effect
    (`coming_moves`)."""
    if date.fromisoformat(str(asks["day"])) <= today():
        return False
    request.due = str(asks["day"])
    request.save(only=[Request.due])
    act.note_facts(day=asks["day"], ahead=True)
    return True


MOVE: Final = RequestKind(
    id=KIND,
    label=_("move"),
    power=power_over(Moves.ENTRY, Moves.REACH, Moves.ROLE, Moves.GIVEN, Moves.CODE, Moves.DUTY),
    apply=_apply,
    current=_current,
    lines=_lines,
    concerned_may_decide=False,
    closed=undo_event,
    matures=_waits_for_its_day,
)
register(MOVE)
