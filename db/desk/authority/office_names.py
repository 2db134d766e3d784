"""What an office is called: which role, of which unit, held in which capacity. Not an operation."""

from __future__ import annotations

from collections.abc import Callable

from db.approval.capacity import ACTING, DEPUTY, HOLDER, Capacity
from db.desk.authority.permissions import policy_of
from db.language import Label, Text, _
from db.policy.vocabulary import HEAD
from db.store.tables import Book, Unit

HEADS: dict[Capacity, Callable[[Text], Text]] = {
    HOLDER: lambda unit: _("head of {unit}", unit=unit),
    ACTING: lambda unit: _("acting head of {unit}", unit=unit),
    DEPUTY: lambda unit: _("deputy head of {unit}", unit=unit),
}
OTHERS: dict[Capacity, Callable[[Text], Text]] = {
    HOLDER: lambda role: role,
    ACTING: lambda role: _("acting: {office}", office=role),
    DEPUTY: lambda role: _("deputy: {office}", office=role),
}


def office_name(book: str, role: str, unit: int | None, capacity: Capacity) -> Text:
    """Return an office in words; without a ``unit`` it is of the whole book."""
    row = Unit.get_or_none(Unit.id == unit) if unit is not None else None
    if row is None:
        return office_of(book, role, "", capacity)
    return office_of(book, role, row.name, capacity, at_top=row.parent_id is None)


def office_of(book: str, role: str, unit: str, capacity: Capacity, *, at_top: bool = False) -> Text:
    """Return the words for an office of ``unit``, "" for the whole book; ``at_top``: nothing is above that
    unit."""
    if role == HEAD and unit:
        return HEADS[capacity](unit)
    office = OTHERS[capacity](role_name(book, role))
    return office if at_top or not unit else _("{office}, {unit}", office=office, unit=unit)


def title_of(book: str) -> Label:
    title: Label = Book.get_by_id(book).title
    return title


def role_name(book: str, role: str) -> Text:
    """Return what ``role`` is called in ``book``, or its id where the book's rules don't know it."""
    try:
        return policy_of(book).role(role).label
    except KeyError:
        return role
