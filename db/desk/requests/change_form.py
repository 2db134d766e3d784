"""The change form as plain values: fields with what they hold now, and who will decide by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.desk.authority.sight import photo_of, value_drawer
from db.desk.entry.colleagues import find_colleague as named_colleague
from db.desk.notation.values import MASK, NUMBERS, display, joined_values
from db.desk.refusal import Problem
from db.desk.requests.ask_fields import BLANK, AskChoice, RequestField
from db.desk.requests.change_kind import KIND, choice_names
from db.desk.requests.proposing import NOT_TYPED, ProposalRight, maintained_by
from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.route_preview import ReturnedDraft, RoutePreview, preview_route
from db.language import Label, Text, _
from db.policy.rules import FieldRule
from db.store.tables import Book, Request, Unit


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """Everything that the form shows. ``under_way`` are other undecided changes of the entry; ``begins_at``
    is the field that those come for who keep no entries: the first number, or nothing."""

    entry: int
    version: int
    book: str
    book_label: Label
    name: str
    unit: str
    own: bool
    fields: tuple[RequestField, ...]
    route: RoutePreview
    under_way: tuple[int, ...]
    amends: ReturnedDraft | None
    begins_at: str


@dataclass(frozen=True, slots=True)
class CheckedChange:
    """What the typed values come to: problems by field, and what would change."""

    problems: tuple[Problem, ...]
    lines: tuple[DiffLine, ...]


def form_of(right: ProposalRight, account: int, amends: ReturnedDraft | None = None) -> ChangeForm:
    """Build the form with present values in clear, the numbers of undecided changes, and what was typed into
    a returned one."""
    entry, policy = right.entry, right.policy
    asked = amends.asked if amends is not None else {}
    book = Book.get_by_id(entry.book)
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
        book_label=book.title,
        name=entry.first("name"),
        unit=Unit.get_by_id(entry.unit).name,
        own=right.own,
        fields=tuple(_field(right, rule, asked) for rule in right.fields()),
        route=preview_route(
            policy,
            KIND,
            entry.unit,
            account,
            entry=entry.id,
            person=entry.person,
            reporter=right.reporter,
            steps=right.steps(policy.flow(KIND)),
        ),
        under_way=tuple(row.id for row in pending.order_by(Request.id)),
        amends=amends,
        begins_at=""
        if right.maintains
        else next(
            (rule.name for rule in right.fields() if rule.kind in NUMBERS and right.may_edit(rule)), ""
        ),
    )


def typed_values(rule: FieldRule, values: Sequence[str]) -> str:
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


def _value_text(rule: FieldRule, values: Sequence[str]) -> Text:
    if rule.kind == "photo" and values:
        return photo_of(values[0])
    if rule.kind == "choice":
        return choice_names(rule, values)
    if rule.kind in ("unit", "person", "photo"):
        return typed_values(rule, values)
    return joined_values([display(rule.kind, value) for value in values])


def _covered(right: ProposalRight, rule: FieldRule, values: Sequence[str]) -> Text:
    """Show the values as far as the proposer sees them; of what they don't see, not whether there is one."""
    if not right.reader.sees_field(rule):
        return MASK
    draw = value_drawer(rule, right.reader.field_look(rule))
    return joined_values([str(draw(value)) for value in values])


def choices_of(rule: FieldRule, *, blank: bool) -> tuple[AskChoice, ...]:
    """Return what may be chosen as a value of ``rule``, nothing for a typed one; ``blank`` adds an empty
    choice."""
    found = tuple(AskChoice(choice.zh, Label(choice.zh, choice.en)) for choice in rule.choices)
    return (BLANK, *found) if found and blank else found


def _field(right: ProposalRight, rule: FieldRule, asked: Mapping[str, str]) -> RequestField:
    values = right.entry.values.get(rule.name, ())
    shown, photo = right.may_show(rule), rule.kind == "photo"
    choices = choices_of(rule, blank=not rule.required)
    if photo and shown and values:
        choices = (AskChoice(values[0], _("as it is")),)
    return RequestField(
        name=rule.name,
        label=rule.label,
        value=asked.get(rule.name, typed_values(rule, values) if shown else ""),
        now=_value_text(rule, values) if shown else _covered(right, rule, values),
        hint="" if shown else _("blank: stays as it is"),
        choices=choices,
        required=rule.required,
        covered=not shown,
        editable=right.may_edit(rule),
        maintained_by=_("a move") if rule.kind in NOT_TYPED else maintained_by(right.policy),
        photo=photo,
    )
