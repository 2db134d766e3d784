"""Every form that is handed in for decision, as commands open it: fields to write as ``FIELD=VALUE``, who
decides, and what takes it in, whatever it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from db.desk import Desk, Invalid, Problem, Side
from db.desk.asking.forms import AskFormView
from db.desk.lifecycle.event_route import EventRoute
from db.desk.lifecycle.events import EVENTS
from db.desk.lifecycle.forms import JoinAsked, JoinForm, LeaveForm, MoveForm
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.change_form import ChangeForm
from db.desk.requests.route_preview import FlowStep, ReturnedDraft
from db.language import Message, Text, _
from tui.sheets.askable import LIVES
from tui.sheets.cell import Fact
from tui.sheets.clauses import since_when
from tui.sheets.lives import consequence_facts

JOIN: Final[Mapping[str, Side]] = {"join": "internal", "contact": "external"}
"""What one asks for to let somebody join, and on which side of the book."""
OF_ENTRY: Final = ("change", "move", "leave")
"""What is asked for about an entry that is there."""
OF_PUPILS: Final[Mapping[str, Message]] = {
    "join": _("Enrolment"),
    "move": _("Change of class"),
    "leave": _("Leaving the class"),
}


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """What was written: values by field, why, evidence, since when, and who of record joins."""

    values: Mapping[str, str]
    reason: str
    evidence: tuple[str, ...]
    since: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """A form. ``hand_in`` gives the number of the request; ``wait`` keeps a joiner waiting, and gives the
    entry that waits; ``brings`` is what comes of it besides. ``dated``: it takes the day since which it is
    so, ``since`` how that is asked for where a clock runs from it; ``joins``: who of those on record it
    is."""

    title: Sequence[Text]
    fields: tuple[RequestField, ...]
    steps: Sequence[FlowStep]
    hand_in: Callable[[FormAnswers], int]
    brings: Sequence[Fact] = ()
    amends: ReturnedDraft | None = None
    wait: Callable[[FormAnswers], int] | None = None
    dated: bool = False
    since: Message | None = None
    joins: bool = False


def asked_of_book(desk: Desk, kind: str, book: str, expected: int | None) -> OpenedForm:
    """Return the form for a kind of request in a book; a joiner's, of the person ``expected`` if given,
    recorded as opened. Submits nothing."""
    if kind in JOIN:
        return _of_join(desk, desk.lifecycle.join_form(book, expected, JOIN[kind]))
    return _of_kind(desk, desk.asking.form(kind, book))


def asked_of_entry(desk: Desk, kind: str, entry: int) -> OpenedForm:
    if kind == "change":
        return _of_change(desk, desk.changes.form(entry))
    opened = desk.lifecycle.move_form if kind == "move" else desk.lifecycle.leave_form
    return _of_event(desk, opened(entry))


def to_amend(desk: Desk, request: int) -> OpenedForm:
    """Return the form of a returned request, filled in as it was submitted."""
    kind = desk.requests.one(request).row.kind
    if kind in EVENTS:
        form = desk.lifecycle.amendment(request)
        if isinstance(form, JoinForm):
            return _of_join(desk, form)
        return _of_event(desk, form)
    if kind == "change":
        return _of_change(desk, desk.changes.amendment(request))
    return _of_kind(desk, desk.asking.amendment(request))


def _of_kind(desk: Desk, form: AskFormView) -> OpenedForm:
    def hand_in(given: FormAnswers) -> int:
        since = given.since
        if form.amends is None:
            offer = form.offer
            return desk.asking.ask(
                offer.id, offer.book, given.values, given.reason, given.evidence, changed_on=since
            )
        number = form.amends.request
        desk.asking.amend(number, given.values, given.reason, given.evidence, changed_on=since)
        return number

    title = (form.offer.label, form.offer.help)
    return _dated(title, form, hand_in)


def _dated(
    title: tuple[Text, ...], form: AskFormView | ChangeForm, hand_in: Callable[[FormAnswers], int]
) -> OpenedForm:
    route, since = form.route, since_when(form.route)
    return OpenedForm(title, form.fields, route.steps, hand_in, amends=form.amends, dated=True, since=since)


def _of_change(desk: Desk, form: ChangeForm) -> OpenedForm:
    def hand_in(given: FormAnswers) -> int:
        said = (form.version, given.values, given.reason, given.evidence)
        if form.amends is None:
            return desk.changes.submit(form.entry, *said, changed_on=given.since)
        desk.changes.amend(form.amends.request, *said, changed_on=given.since)
        return form.amends.request

    title = (_("Change: {name} · {unit}", name=form.name, unit=form.unit),)
    return _dated(title, form, hand_in)


def _of_join(desk: Desk, form: JoinForm) -> OpenedForm:
    def joiner(given: FormAnswers) -> JoinAsked:
        person = form.person if given.person is None else given.person
        asked = form.request_of(given.values, given.reason, given.evidence, person)
        unfit = (field.name for field in form.values if field.name not in asked.values)
        problems = [
            Problem(name, _("This directory has no such field for you."))
            for name in unfit
            if given.values[name].strip()
        ]
        if problems:
            raise Invalid(*problems)
        return asked

    waits = form.amends is None and form.expected is None
    title = _title("contact" if form.side == "external" else "join", form.route)
    return OpenedForm(
        title=(title, form.route.book_label),
        fields=form.fields,
        steps=form.route.steps,
        hand_in=lambda given: desk.lifecycle.join(joiner(given), _number(form.amends)),
        wait=(lambda given: desk.lifecycle.expect(joiner(given))) if waits else None,
        joins=True,
        brings=consequence_facts(form),
        amends=form.amends,
    )


def _of_event(desk: Desk, form: MoveForm | LeaveForm) -> OpenedForm:
    def hand_in(given: FormAnswers) -> int:
        said, number = (given.values, given.reason, given.evidence), _number(form.amends)
        if isinstance(form, MoveForm):
            return desk.lifecycle.move(form.request_of(*said), number)
        return desk.lifecycle.leave(form.request_of(*said), number)

    kind = "move" if isinstance(form, MoveForm) else "leave"
    return OpenedForm(
        title=(_title(kind, form.route), form.name, form.unit_name),
        fields=form.fields,
        steps=form.route.steps,
        hand_in=hand_in,
        brings=consequence_facts(form),
        amends=form.amends,
    )


def _title(kind: str, route: EventRoute) -> Message:
    label, _help = LIVES[kind]
    return OF_PUPILS.get(kind, label) if route.of_pupils else label


def _number(amends: ReturnedDraft | None) -> int | None:
    return amends.request if amends is not None else None
