"""A joiner: the form, its check, the entry that waits, and the request that lets it appear (A.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.desk.act import Act
from db.desk.authority.permissions import policy_of, root_of
from db.desk.content_filter.content import form_problems as unfit
from db.desk.content_filter.content import refuse_card_numbers, refuse_unfit
from db.desk.due_dates import Due, due_of, today
from db.desk.entry.citing import with_clause
from db.desk.entry.colleagues import side_of
from db.desk.entry.record import create_entry
from db.desk.entry.units import lock_entering, lock_unit
from db.desk.lifecycle import drafts
from db.desk.lifecycle.event_route import preview_route
from db.desk.lifecycle.events import ENTERED, entry_due, entry_duties, open_duties
from db.desk.lifecycle.forms import (
    JOINED,
    KIND,
    JoinAsked,
    JoinForm,
    UnitChoice,
    fields_asked,
    kinds_of,
    unit_field,
)
from db.desk.lifecycle.join_kind import JOIN, TWIN, joining_day_label, payload, read_values
from db.desk.lifecycle.places import units_for
from db.desk.lifecycle.rights import check_joiner, may_begin
from db.desk.lifecycle.twins import is_there, looks_like
from db.desk.lifecycle.typed import Values, read_day_of_event
from db.desk.lifecycle.typed import read_values as read_typed
from db.desk.notation.values import clean
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.lookalikes import ON_RECORD
from db.desk.requests.payload import open_payload
from db.desk.requests.recognising import identity_problems
from db.desk.requests.route_preview import ReturnedDraft
from db.desk.requests.submitting import RequestDraft, withdraw_obsolete
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.finishing import call_task_off
from db.desk.tasks.tasks import no_such_task
from db.language import _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side
from db.store import clock
from db.store.name_spelling import find_misspelling, spell_name
from db.store.sql import for_update
from db.store.tables import Entry, Request, Task, Unit


@dataclass(frozen=True, slots=True)
class CheckedJoin:
    """What was typed, looked at: every problem, and by when it is to be in the book."""

    problems: tuple[Problem, ...]
    due: Due | None


def form(
    act: Act,
    book: str,
    expected: int | None,
    request: Request | None = None,
    returned: ReturnedDraft | None = None,
    side: Side = "internal",
) -> JoinForm:
    """Return the form of a joiner, filled in from the waiting entry ``expected``, which is locked, or from a
    returned ``request``, which is decrypted. Notes book and unit for the audit. Raises Refused where the
    actor may not enter a joiner there, or another request about them is under way."""
    row = _expected(book, expected)
    if row is not None:
        drafts.check_single(act, row.id, "join", request.id if request is not None else None)
    side = side_of(row) if row is not None else side
    unit = row.unit_id if row is not None else _own_unit(act, book, side)
    policy = check_joiner(act, book, unit, side)
    units = units_for(act.permissions, policy, side)
    kinds = kinds_of(policy, side)
    if side == "external" and not (kinds and units):
        raise Refused(
            _("This directory has no unit for outside contacts yet."),
            policy.flow("structure").clause,
            _("Have one made first: a new request, structure, a new unit for outside contacts."),
        )
    kind, joined = (row.kind, row.joined) if row is not None else (kinds[0].id if kinds else "", None)
    person: int | None = None
    values: Values = {"name": (row.name,)} if row is not None else {}
    if request is not None:
        asks = open_payload(request)
        unit, kind, joined, values = asks["unit"], asks["kind"], asks["joined"], read_values(asks)
        person = asks.get(ON_RECORD)
    way = preview_route(policy, "join", side, unit, act.permissions.account, expected)
    known = unit if row is not None or len(units) == 1 else None
    if known is None and way.of_pupils:
        known = _only_class(units)
    place = [
        unit_field(way.unit_label, units, known),
        RequestField(
            JOINED, joining_day_label(book, side), value=joined or today().isoformat(), required=True
        ),
    ]
    if len(kinds) > 1:
        place.append(RequestField(KIND, _("Kind"), value=kind, choices=kinds, required=True))
    typed = fields_asked(policy, side, values)
    return JoinForm(
        route=way,
        side=side,
        kind=kind,
        units=units,
        unit=known,
        fields=(*typed[:1], *place, *typed[1:]),
        expected=expected,
        person=person,
        may_wait=any(entry_duties(policy, "join", side)),
        amends=returned,
    )


def check(act: Act, asked: JoinAsked) -> CheckedJoin:
    """Return every problem with what was typed, and the due day where the day of joining is one. Stores
    nothing, but locks the unit. Raises Refused where the actor may enter nobody."""
    policy, side = _admitted(act, asked)
    values, problems = read_typed(act.permissions, policy, asked.kind, asked.values)
    name = next(iter(values.get("name", ())), "")
    problems = (
        *unfit(policy, values, problems), *_twins(act, asked.book, values), *_misnamed(act, asked, name)
    )  # fmt: skip
    day, place = _place(policy, asked)
    clock = entry_due(policy, "join", side, day) if isinstance(day, date) else None
    return CheckedJoin((*place, *problems), due_of(asked.book, *clock) if clock is not None else None)


def expect_joiner(act: Act, asked: JoinAsked) -> int:
    """Lock the unit, create an entry that waits to be completed and the task to do so, and return the entry.
    Of the values only name, unit, kind and day are kept, and whether the person is on record is not asked
    yet. Raises Invalid for one that is unfit; Refused where no clock would run, or the actor may enter
    nobody."""
    policy, side = _admitted(act, asked)
    if not any(entry_duties(policy, "join", side)):
        raise Refused(
            _("There is no entry deadline here, so no reminder would be sent."),
            SILENT,
            _("Submit it once everything is there; no clock runs before."),
        )
    day, problems = _place(policy, asked)
    name = spell_name(clean(asked.values.get("name", "")))
    wrong = find_misspelling(name) if name else _("Say who it is.")
    if wrong:
        problems = (*problems, Problem("name", with_clause(policy, wrong)))
    if problems or not isinstance(day, date) or asked.unit is None:
        raise Invalid(*problems)
    entry = _wait(act, policy, asked, name, day)
    act.note_facts(entry=entry, unit=asked.unit, clause=policy.flow("join").clause)
    return entry


def submit_join(act: Act, asked: JoinAsked, amends: int | None) -> int:
    """Submit or amend a joiner and return the request's number; create the waiting entry and its task of one
    who was not expected. Locks the book against others who let people in. Raises Invalid for what is missing
    or unfit, Refused where the actor may enter nobody."""
    expected = asked.expected
    if amends is not None:
        expected = drafts.lock_own_request(act, amends).entry_id
    policy, side = _admitted(act, asked)
    values, wrong = read_typed(act.permissions, policy, asked.kind, asked.values)
    refuse_unfit(policy, values, wrong=wrong)
    day, problems = _place(policy, asked)
    lock_entering(asked.book)
    name = next(iter(values.get("name", ())), "")
    problems = (*problems, *_twins(act, asked.book, values), *_misnamed(act, asked, name))
    if wrong or problems or not isinstance(day, date) or asked.unit is None:
        raise Invalid(*problems, *wrong)
    entry = _wait(act, policy, asked, name, day) if expected is None else _correct(asked, expected, name)
    drafts.check_single(act, entry, "join", amends)
    draft = RequestDraft(
        kind=JOIN.id,
        book=asked.book,
        unit=asked.unit,
        entry=entry,
        entry_version=None,
        payload=payload(asked.kind, asked.unit, day.isoformat(), values, asked.person),
        reason=asked.reason,
        evidence=tuple(asked.evidence),
        due=entry_due(policy, "join", side, day),
    )
    return drafts.submit_event(act, draft, "join", day, amends)


def call_off(act: Act, task: int, word: str) -> None:
    """Cancel the joiner's task, withdraw returned requests and notify their requesters, and remove the
    waiting entry. Raises Refused for a task that is not the actor's and where a request waits for decision,
    Invalid without a ``word``."""
    row = Task.get_or_none(Task.id == task)
    if (
        row is None
        or row.entry_id is None
        or TaskAssignees().acting_capacity(row, act.permissions.account) is None
    ):
        raise no_such_task()
    entry = Entry.get_by_id(row.entry_id)
    act.note_facts(book=row.book_id, unit=row.unit_id, entry=entry.id, clause=row.clause, task=row.id)
    waiting = drafts.under_way(entry.id, "join")
    handed_in = any(one.state == "open" for one in waiting)
    if row.kind not in ENTERED["join"] or entry.state != "pending" or handed_in:
        raise Refused(
            _("Only a joiner that was not submitted yet can be cancelled."),
            row.clause,
            _("Withdraw or reject the request first."),
        )
    if not word.strip():
        raise Invalid(Problem("word", _("Say in a few words why.")))
    said = " ".join(word.split())[:200]
    refuse_card_numbers([policy_of(row.book_id)], _("What you say"), said, "word")
    for one in waiting:
        withdraw_obsolete(act, one)
    _take_off(entry)
    call_task_off(row, act.permissions.account)
    act.note_facts(word=said)


def _admitted(act: Act, asked: JoinAsked) -> tuple[EffectivePolicy, Side]:
    """Return the rules, and the side of the book that the kind of entry belongs to. Raises Refused."""
    side: Side = "internal"
    if asked.book in act.permissions.books:
        kinds = policy_of(asked.book).kinds
        side = next((kind.side for kind in kinds if kind.id == asked.kind), side)
    return check_joiner(act, asked.book, asked.unit or _own_unit(act, asked.book, side), side), side


def _twins(act: Act, book: str, values: Values) -> tuple[Problem, ...]:
    """Return the problem that somebody like this is in the book, to its keepers alone: others must not learn
    who is in it (C.10)."""
    if not act.permissions.keeps_book(book):
        return ()
    if is_there(book, values):
        return (Problem("name", TWIN),)
    alike = looks_like(book, values)
    said = _("It looks like {name}, who is here already, in other letters; write it in those.", name=alike)
    return (Problem("name", said),) if alike else ()


def _misnamed(act: Act, asked: JoinAsked, name: str) -> tuple[Problem, ...]:
    known = asked.person
    return () if known is None else identity_problems(act.permissions, asked.book, known, name)


def _own_unit(act: Act, book: str, side: Side) -> int:
    """Return a unit in which the actor may enter a joiner; else the root, or 0 for a book that is not theirs,
    for which `check_joiner` refuses."""
    if may_begin(act.permissions, book, "join", side):
        units = units_for(act.permissions, policy_of(book), side)
        if units:
            return units[0].id
    return root_of(book) if book in act.permissions.books else 0


def _only_class(units: Sequence[UnitChoice]) -> int | None:
    """Return the one of ``units`` that has people, where none stand below it; None for several or none."""
    classes = [one.id for one in units if not one.divided]
    rows = Entry.select(Entry.unit).where(Entry.unit.in_(classes) & (Entry.state == "active")).distinct()
    found = [int(row.unit_id) for row in rows]
    return found[0] if len(found) == 1 else None


def _place(policy: EffectivePolicy, asked: JoinAsked) -> tuple[date | Problem, tuple[Problem, ...]]:
    """Read the day of joining, lock the unit, and return the day with what is wrong with day, unit and
    kind."""
    problems = []
    day = read_day_of_event("joined", asked.joined, None)
    if isinstance(day, Problem):
        problems.append(day)
    unit = Unit.get_or_none((Unit.id == asked.unit) & (Unit.book == policy.book))
    sides = {kind.id: kind.side for kind in policy.kinds}
    if unit is None or not lock_unit(unit.id).active or unit.side != sides.get(asked.kind, unit.side):
        blank = _("{field} is required.", field=policy.field("unit").label)
        problems.append(Problem("unit", _("Choose one from the list.") if asked.unit else blank))
    if asked.kind not in sides:
        problems.append(Problem("kind", _("Choose one from the list.")))
    return day, tuple(problems)


def _wait(act: Act, policy: EffectivePolicy, asked: JoinAsked, name: str, day: date) -> int:
    """Create an entry that waits to be completed, of a person of its own, and open the task to do so."""
    entry = create_entry(
        policy.book,
        int(asked.unit or 0),
        asked.kind,
        {"name": (name,)},
        state="pending",
        joined=day.isoformat(),
        source=f"account {act.permissions.account}",
    )
    open_duties(policy, "join", entry=entry, unit=int(asked.unit or 0), day=day, request=None)
    return entry


def _correct(asked: JoinAsked, expected: int, name: str) -> int:
    """Lock the waiting entry, store its new name and kind, and return it. Day and unit, on which lateness
    depends, are changed only once somebody else agrees (threat 113)."""
    row = _expected(asked.book, expected, held=True)
    if row is None:
        raise RuntimeError("an entry that is expected")
    Entry.update(name=name, kind=asked.kind).where(Entry.id == row.id).execute()
    return int(row.id)


def _take_off(expected: Entry) -> None:
    Entry.update(state="left", left=today().isoformat(), updated_at=clock.now()).where(
        Entry.id == expected.id
    ).execute()


def _expected(book: str, expected: int | None, *, held: bool = False) -> Entry | None:
    """Return the entry that waits; ``held``: locked. Raises Refused where it waits no more."""
    if expected is None:
        return None
    wanted = Entry.select().where((Entry.id == expected) & (Entry.book == book) & (Entry.state == "pending"))
    row: Entry | None = (for_update(wanted) if held else wanted).get_or_none()
    if row is None:
        raise Refused(
            _("Nobody is expected here, or they are entered already."),
            SILENT,
            _("Look at your tasks for who is."),
        )
    return row
