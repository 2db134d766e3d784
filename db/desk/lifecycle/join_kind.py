"""The kind of request that lets a joiner appear in a book (A.8, D.5.1, G.4.1)."""

from __future__ import annotations

from datetime import date
from typing import Final

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.entry import record
from db.desk.entry.sources import of_request
from db.desk.entry.units import lock_entering
from db.desk.lifecycle.ends import finish_event, tasks_of, undo_event
from db.desk.lifecycle.events import set_clock
from db.desk.lifecycle.twins import is_there, looks_like
from db.desk.lifecycle.typed import Values
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Refused
from db.desk.requests.change_kind import lines_of
from db.desk.requests.inside_owners import check_owner, tell_owner
from db.desk.requests.lookalikes import ON_RECORD
from db.desk.requests.recognising import bind_entry, check_known
from db.desk.requests.request_kinds import DiffLine, Payload, RequestKind, is_of_pupils, register
from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.request_kinds import REQUESTS
from db.policy.vocabulary import Side
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Entry, Request, Task, Unit

KIND: Final = "join"
TWIN: Final = _("Somebody of that name, with the same mobile or e-mail, is in the directory already.")


def payload(kind: str, unit: int, joined: str, values: Values, person: int | None = None) -> Payload:
    """Build what a request of this kind keeps. ``person``: whom on record the joiner is said to be."""
    return ({} if person is None else {ON_RECORD: person}) | {
        "kind": kind,
        "unit": unit,
        "joined": joined,
        "values": {name: list(given) for name, given in values.items()},
    }


def read_values(asks: Payload) -> Values:
    return {name: tuple(given) for name, given in asks["values"].items()}


def kind_label(policy: EffectivePolicy, kind: str) -> Text:
    return next((rule.label for rule in policy.kinds if rule.id == kind), kind)


def plain_line(field: str, label: Text, before: Text, after: Text) -> DiffLine:
    """Build a line whose values are the same for everybody who sees the request."""
    return DiffLine(field, label, before, after, (before, after))


def joining_day_label(book: str, side: Side) -> Message:
    if side == "external":
        return _("Contact since")
    return _("Enrols on") if is_of_pupils(book, KIND) else _("Joins on")


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    policy = policy_of(request.book_id)
    sides: dict[str, Side] = {rule.id: rule.side for rule in policy.kinds}
    side = sides.get(asks["kind"], "internal")
    head = (
        plain_line("joined", joining_day_label(policy.book, side), "", str(asks["joined"])),
        plain_line("kind", _("Kind"), "", kind_label(policy, str(asks["kind"]))),
        plain_line("unit", policy.field("unit").label, "", str(Unit.get_by_id(int(asks["unit"])).name)),
    )
    return (*head, *lines_of(policy, {}, read_values(asks)), *_said_to_be(asks))


def _said_to_be(asks: Payload) -> tuple[DiffLine, ...]:
    """Return the line that says that the joiner is somebody on record; deciders who may know of that person
    get more from `requests.lookalikes.lookalike_warnings`."""
    if asks.get(ON_RECORD) is None:
        return ()
    number = _("as person {number}, if there is one of this name", number=asks[ON_RECORD])
    return (plain_line(ON_RECORD, _("Is on record"), "", number),)


def _current(request: Request, asks: Payload) -> None:
    """Lock the entry that waits to be completed. Raises Refused if it is gone, or looks like another one in
    the book."""
    lock_entering(request.book_id)
    values = read_values(asks)
    check_owner(request, values)
    wanted = Entry.select().where((Entry.id == request.entry_id) & (Entry.state == "pending"))
    if for_update(wanted).get_or_none() is None:
        raise Refused(
            _("This joiner was entered or called off already."),
            SILENT,
            _("Reject the request; the directory shows what is on record."),
        )
    check_known(request, asks.get(ON_RECORD), next(iter(values.get("name", ())), ""))
    if is_there(request.book_id, values):
        raise Refused(TWIN, request.clause, _("Reject the request; the directory shows what is on record."))
    if looks_like(request.book_id, values):
        raise Refused(
            _("The name looks like that of somebody in the directory, in other letters."),
            request.clause,
            _("Return the request: the name is to be written in the letters of the other one."),
        )


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Write the values into the waiting entry, with the request as their source (C.8), and activate it, on
    record of the person named if there is one. Sets the clocks of its tasks, announces it, notifies its
    inside owner and, where the person was on record, them and their watchers; ends the tasks that lack
    nothing else."""
    entry, values = int(request.entry_id or 0), read_values(asks)
    if asks.get(ON_RECORD) is not None:
        bind_entry(request, int(asks[ON_RECORD]), act)
    Entry.update(kind=asks["kind"], joined=asks["joined"]).where(Entry.id == entry).execute()
    Task.update(unit=asks["unit"]).where((Task.entry == entry) & (Task.state == "open")).execute()
    for task in tasks_of(request):
        set_clock(task, date.fromisoformat(asks["joined"]))
    record.apply_values(
        entry,
        {**values, "unit": (str(asks["unit"]),)},
        source=of_request(request.id),
        verifier=act.permissions.account,
        names_person=True,
    )
    record.activate(entry)
    tell_owner(entry, request.id)
    act.note_facts(entry=entry, unit=int(asks["unit"]), joined=asks["joined"], fields=sorted(values))
    act.keep_states({}, {name: list(given) for name, given in values.items()})
    finish_event(request, "join", act)


JOIN: Final = RequestKind(
    id=KIND,
    label=REQUESTS["join"],
    power=power_over(Moves.ENTRY, Moves.REACH, Moves.ROLE, Moves.GIVEN, Moves.CODE, Moves.DUTY),
    apply=_apply,
    current=_current,
    lines=_lines,
    concerned_may_decide=False,
    ousts=lambda _book, asks: frozenset([int(asks[ON_RECORD])] if ON_RECORD in asks else ()),
    closed=undo_event,
)
register(JOIN)
