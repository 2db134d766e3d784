"""The change form as plain values: fields with what they hold now, and who will decide by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.desk.clockwork import Due, deadline_of, due_day, due_of
from db.desk.colleagues import named as named_colleague
from db.desk.refusal import Problem
from db.desk.requests.change_kind import KIND
from db.desk.requests.deciding import Case, Deciding, Earlier
from db.desk.requests.kinds import DiffLine
from db.desk.requests.proposing import NOT_TYPED, Right, maintained_by
from db.desk.requests.reporting import report_rule
from db.desk.requests.submitting import reason_needed
from db.desk.requests.views import named
from db.desk.values import display, masked
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule, Need
from db.store import clock
from db.store.tables import Book, Request, Unit


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the form. ``value`` is what may be shown, ``typed`` what the input starts with (empty
    where the value is covered: an empty text then leaves it as it is)."""

    name: str
    label: Label
    kind: str
    required: bool
    protected: bool
    multiple: bool
    editable: bool
    maintained_by: Text
    value: str
    typed: str
    covered: bool
    choices: tuple[Label, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A decision to come: the role, by name who would take it now, and the clause."""

    role: Text
    who: tuple[Text, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Asks:
    """Whether something has to be handed in, and by which clause."""

    required: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Amended:
    """The returned request that a form amends: what was handed in, and the comment it came back with."""

    request: int
    asked: Mapping[str, str]
    reason: str
    evidence: tuple[str, ...]
    comment: str
    changed_on: str


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """Everything that the form shows. ``under_way`` are other undecided changes of the entry."""

    entry: int
    version: int
    book: str
    book_label: Label
    name: str
    unit: str
    own: bool
    fields: tuple[FormField, ...]
    steps: tuple[FlowStep, ...]
    due: Due | None
    due_days: int | None
    reason_asked: Asks
    evidence_asked: Asks
    clause: str
    under_way: tuple[int, ...]
    amends: Amended | None
    report_asked: Asks
    """Whether it is asked since when it is so, because a report of it has a clock of ``report_days``."""
    report_days: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the typed values come to: problems by field, and what would change."""

    problems: tuple[Problem, ...]
    lines: tuple[DiffLine, ...]


def form_of(right: Right, account: int, amends: Amended | None = None) -> ChangeForm:
    """The form for what ``account`` may propose by ``right``."""
    entry, policy = right.entry, right.policy
    flow, deadline = policy.flow(KIND), deadline_of(policy, KIND)
    book = Book.get_by_id(entry.book)
    report = report_rule(policy, KIND, own=right.own)
    pending = Request.select(Request.id).where(
        (Request.entry == entry.id)
        & (Request.kind == KIND)
        & Request.state.in_(("open", "returned"))
        & (Request.id != (amends.request if amends else 0))
    )
    return ChangeForm(
        entry=entry.id,
        version=entry.version,
        book=entry.book,
        book_label=Label(book.title_zh, book.title_en),
        name=entry.first("name"),
        unit=Unit.get_by_id(entry.unit).name,
        own=right.own,
        fields=tuple(_form_field(right, rule) for rule in right.fields()),
        steps=_steps(right, account),
        due=due_of(due_day(deadline, clock.now()), deadline.clause) if deadline else None,
        due_days=deadline.days if deadline else None,
        reason_asked=asks(reason_needed(policy, KIND)),
        evidence_asked=asks(flow.evidence),
        clause=flow.clause,
        under_way=tuple(row.id for row in pending.order_by(Request.id)),
        amends=amends,
        report_asked=Asks(report is not None, report.clause if report is not None else ""),
        report_days=report.days if report is not None else 0,
    )


def typed(rule: FieldRule, values: Sequence[str]) -> str:
    """The values as a person types them."""
    if rule.kind == "unit" and values:
        return str(Unit.get_by_id(int(values[0])).name)
    if rule.kind == "person":
        return "; ".join(named_colleague(value) for value in values)
    if rule.kind == "choice":
        labels = {choice.id: choice.zh for choice in rule.choices}
        return "; ".join(labels.get(value, value) for value in values)
    if rule.kind == "photo":
        return "; ".join(values)
    return "; ".join(display(rule.kind, value) for value in values)


def _steps(right: Right, account: int) -> tuple[FlowStep, ...]:
    entry = right.entry
    return steps_to_come(right.policy, KIND, entry.unit, account, entry.id, entry.person)


def steps_to_come(
    policy: EffectivePolicy,
    kind: str,
    unit: int,
    account: int,
    entry: int | None = None,
    person: int | None = None,
) -> tuple[FlowStep, ...]:
    """Who would decide a request of ``kind`` by ``account`` now, step by step."""
    deciding = Deciding()
    case = Case(policy.book, unit, entry, deciding.barred(account, person=person))
    earlier: list[Earlier] = []
    steps = []
    for step in policy.flow(kind).steps:
        role = policy.holder(step.role)
        found = deciding.deciders(case, role, earlier)
        if len(found) == 1:
            earlier.append((found[0].account, found[0].on_behalf_of))
        steps.append(FlowStep(policy.role(role).label, tuple(map(named, found)), step.clause))
    return tuple(steps)


def _form_field(right: Right, rule: FieldRule) -> FormField:
    values = right.entry.values.get(rule.name, ())
    shown = right.shows(rule)
    return FormField(
        name=rule.name,
        label=rule.label,
        kind=rule.kind,
        required=rule.required,
        protected=rule.protected,
        multiple=rule.multiple,
        editable=right.may_edit(rule),
        maintained_by=_("a move") if rule.kind in NOT_TYPED else maintained_by(right.policy),
        value=typed(rule, values) if shown else "; ".join(masked(rule.kind, value) for value in values),
        typed=typed(rule, values) if shown else "",
        covered=not shown,
        choices=tuple(Label(choice.zh, choice.en) for choice in rule.choices),
        clause=", ".join(rule.clauses),
    )


def asks(need: Need) -> Asks:
    """A need as the form shows it."""
    return Asks(bool(need), need.clause)
