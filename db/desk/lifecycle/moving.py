"""A move to another unit, position or kind: the form, and the request that makes it (A.9, D.5.1, G.2)."""

from __future__ import annotations

from datetime import date

from db.desk.act import Act
from db.desk.content_filter.content import refuse_unfit
from db.desk.due_dates import today
from db.desk.lifecycle import drafts
from db.desk.lifecycle.asking_back import ask_copies_back
from db.desk.lifecycle.event_route import preview_route
from db.desk.lifecycle.events import entry_due, proof_asked
from db.desk.lifecycle.forms import DAY, KIND, POSITION, MoveAsked, MoveForm, kinds_of, unit_field
from db.desk.lifecycle.join_kind import kind_label
from db.desk.lifecycle.move_kind import MOVE, kind_after, payload
from db.desk.lifecycle.places import units_for
from db.desk.lifecycle.rights import check_entry
from db.desk.lifecycle.typed import read_day_of_event
from db.desk.notation.values import normalise
from db.desk.refusal import SILENT, Invalid, Problem
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.change_kind import moved_on
from db.desk.requests.payload import open_payload
from db.desk.requests.route_preview import ReturnedDraft
from db.desk.requests.submitting import RequestDraft
from db.desk.tasks.handback import copies_owed
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.store.engine import store
from db.store.tables import Entry, Request, Unit


def form(
    act: Act, entry: int, request: Request | None = None, returned: ReturnedDraft | None = None
) -> MoveForm:
    """Return the form that moves the person, from a returned request decrypted. Locks the entry."""
    right = check_entry(act, entry, "move")
    row, policy = right.entry, right.policy
    drafts.check_single(act, row.id, "move", request.id if request is not None else None)
    unit, position, day = row.unit, row.first("position"), today().isoformat()
    unit_name, (to_unit, to_position, to_kind) = str(Unit.get_by_id(unit).name), (unit, position, row.kind)
    if request is not None:
        asks = open_payload(request)
        to_unit, to_position, day = asks["after"]["unit"], asks["after"]["position"], asks["day"]
        to_kind = kind_after(asks) or row.kind
    copies = 0
    if proof_asked(policy, "move", right.side, "hand-back") is not None:
        copies = len(copies_owed(Entry.get_by_id(row.id), leaves=False))
    way = preview_route(policy, "move", right.side, unit, act.permissions.account, row.id, row.person)
    units = units_for(act.permissions, policy, right.side)
    fields = [unit_field(way.unit_label, units, to_unit, unit_name)]
    if _has_positions(policy, position):
        fields.append(RequestField(POSITION, _("Position"), value=to_position, now=position or "–"))
    if len(kinds := kinds_of(policy, right.side)) > 1:
        was = kind_label(policy, row.kind)
        fields.append(RequestField(KIND, _("Kind"), value=to_kind, now=was, choices=kinds, required=True))
    fields.append(RequestField(DAY, _("As of"), value=day, now="", required=True))
    return MoveForm(
        route=way,
        entry=row.id,
        version=row.version,
        name=row.first("name"),
        unit_name=unit_name,
        fields=tuple(fields),
        units=units,
        to_unit=to_unit,
        copies=copies,
        amends=returned,
    )


def submit_move(act: Act, asked: MoveAsked, amends: int | None) -> int:
    """Submit a move or amend request ``amends``, and return the request's number; opens or updates the tasks
    of the move, and asks the copies back that it concerns. Raises Invalid for what is unfit or changes
    nothing, Refused where the actor may not, another move is under way, or the entry changed since the form
    was opened."""
    right = check_entry(act, asked.entry, "move")
    policy, row = right.policy, Entry.get_by_id(asked.entry)
    if row.version != asked.version:
        raise moved_on()
    drafts.check_single(act, row.id, "move", amends)
    problems = []
    day = read_day_of_event("day", asked.day, row.joined)
    if isinstance(day, Problem):
        problems.append(day)
    if asked.unit != row.unit_id and asked.unit not in {
        choice.id for choice in units_for(act.permissions, policy, right.side)
    }:
        problems.append(Problem("unit", _("Choose one from the list.")))
    kind = asked.kind or str(row.kind)
    if kind not in {row.kind, *(one.id for one in kinds_of(policy, right.side))}:
        problems.append(Problem(KIND, _("Choose one from the list.")))
    rule = _position_rule(policy)
    position: str | Problem = row.position
    if rule is not None:
        position = normalise(rule, asked.position, store().settings.phone_region)
    if isinstance(position, Problem):
        problems.append(position)
    elif (asked.unit, position, kind) == (row.unit_id, row.position, row.kind):
        problems.append(Problem("unit", _no_change(policy, row.position)))
    if problems or not isinstance(day, date) or isinstance(position, Problem):
        raise Invalid(*problems)
    refuse_unfit(policy, {"position": (position,)})
    draft = RequestDraft(
        kind=MOVE.id,
        book=row.book_id,
        unit=row.unit_id,
        entry=row.id,
        entry_version=row.version,
        payload=payload(row, asked.unit, position, kind, day.isoformat()),
        reason=asked.reason,
        evidence=tuple(asked.evidence),
        due=entry_due(policy, "move", right.side, day),
    )
    number = drafts.submit_event(act, draft, "move", day, amends)
    ask_copies_back(act, number, day)
    return number


def _has_positions(policy: EffectivePolicy, position: str) -> bool:
    """Return whether the form asks for the position of a holder of ``position``: pupils have none."""
    rule = _position_rule(policy)
    return bool(position) or (rule is not None and set(rule.clauses) != {SILENT})


def _no_change(policy: EffectivePolicy, position: str) -> Message:
    if _has_positions(policy, position):
        return _("Nothing would change. Choose another department or position.")
    return _("Nothing would change. Choose another one under “{unit}”.", unit=policy.field("unit").label)


def _position_rule(policy: EffectivePolicy) -> FieldRule | None:
    return next((rule for rule in policy.fields if rule.name == "position"), None)
