"""The change form as plain values: fields with what they hold now, and who will decide by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.desk.authority.sight import photo_of
from db.desk.entry.colleagues import named as named_colleague
from db.desk.notation.values import display, masked, several
from db.desk.refusal import Problem
from db.desk.requests.change_kind import KIND, chosen
from db.desk.requests.proposing import NOT_TYPED, Right, maintained_by
from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.way import Amended, Way, way_of
from db.language import Label, Text, _
from db.policy.rules import FieldRule
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
    value: Text
    typed: str
    covered: bool
    choices: tuple[Label, ...]
    clause: str


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
    way: Way
    under_way: tuple[int, ...]
    amends: Amended | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the typed values come to: problems by field, and what would change."""

    problems: tuple[Problem, ...]
    lines: tuple[DiffLine, ...]


def form_of(right: Right, account: int, amends: Amended | None = None) -> ChangeForm:
    """The form for what ``account`` may propose by ``right``."""
    entry, policy = right.entry, right.policy
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
        book_label=Label(book.title_zh, book.title_en),
        name=entry.first("name"),
        unit=Unit.get_by_id(entry.unit).name,
        own=right.own,
        fields=tuple(_form_field(right, rule) for rule in right.fields()),
        way=way_of(policy, KIND, entry.unit, account, entry=entry.id, person=entry.person, own=right.own),
        under_way=tuple(row.id for row in pending.order_by(Request.id)),
        amends=amends,
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


def _shown(rule: FieldRule, values: Sequence[str]) -> Text:
    """The values as the form shows what is on record."""
    if rule.kind == "photo" and values:
        return photo_of(values[0])
    if rule.kind == "choice":
        return chosen(rule, values)
    if rule.kind in ("unit", "person", "photo"):
        return typed(rule, values)
    return several([display(rule.kind, value) for value in values])


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
        value=_shown(rule, values) if shown else several([masked(rule.kind, value) for value in values]),
        typed=typed(rule, values) if shown else "",
        covered=not shown,
        choices=tuple(Label(choice.zh, choice.en) for choice in rule.choices),
        clause=", ".join(rule.clauses),
    )
