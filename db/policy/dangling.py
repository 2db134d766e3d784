"""Names in a policy file behind which nothing stands: fields, kinds, posts, tags that it doesn't have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from db.language import Message, _
from db.policy.line_numbers import Path
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.book import Selector

ALWAYS = frozenset({"name", "position", "unit", "division"})
"""Fields that every book has."""

CALLED = frozenset({"phone", "mobile", "extension"})
"""Kinds of field that hold a number to call."""

SYNCED = frozenset({"name", "position", "unit", "mobile", "email", "office_phone", "wechat"})
"""What WeCom has a place for."""


def dangling_names(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each name without meaning, choice of nothing, number that can't be called, and field
    that no outside system takes."""
    file = regulation.file
    named: list[tuple[str, Path, tuple[str, ...]]] = [*_fields(file), *_kinds(file), *_editions(file)]
    sections = ("fields", "contacts", "kinds", "unit_kinds", "posts", "tags")
    known = {section: _known_names(file, section) for section in sections}
    for section, path, names in named:
        for name in names:
            if name not in known[section]:
                yield regulation.fault(_message(section, name, known[section]), *path)
    for section in ("fields", "unit_fields"):
        for number, field in enumerate(getattr(file, section)):
            if field.kind == "choice" and not field.choices:
                message = _("Nothing could be chosen for {field}: add choices = [ … ].", field=field.name)
                yield regulation.fault(message, section, number)
    yield from _numbers(regulation)
    for number, sync in enumerate(file.sync):
        for name in sync.fields:
            if name not in SYNCED:
                message = _(
                    "{system} has no place for {field}. Known there: {known}.",
                    system=sync.system,
                    field=name,
                    known=", ".join(sorted(SYNCED)),
                )
                yield regulation.fault(message, "sync", number, "fields")


def _numbers(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each field of the emergency call list that can't be called, and each number that is
    no field of it."""
    emergency = regulation.file.emergency
    if emergency is None:
        return
    kinds = {field.name: field.kind for field in regulation.file.fields}
    for name in emergency.fields:
        if kinds.get(name, "phone") not in CALLED:
            message = _("{field} holds no telephone number: name fields that can be called.", field=name)
            yield regulation.fault(message, "emergency", "fields")
    for number, whose in enumerate(emergency.whose):
        if whose.number not in emergency.fields:
            message = _("{field} is none of the numbers in fields: add it there.", field=whose.number)
            yield regulation.fault(message, "emergency", "whose", number)


Named = Iterator[tuple[str, Path, tuple[str, ...]]]


def _fields(file: PolicyFile) -> Named:
    for number, edition in enumerate(file.editions):
        yield "fields", ("editions", number, "columns"), edition.columns
        yield "fields", ("editions", number, "order_by"), edition.order_by
        for part, handed in enumerate(edition.hands_out):
            yield "fields", ("editions", number, "hands_out", part, "columns"), handed.columns
    for number, sync in enumerate(file.sync):
        yield "fields", ("sync", number, "fields"), sync.fields
    for number, office in enumerate(file.header):
        yield "contacts", ("header", number, "fields"), office.fields
    if file.emergency is not None:
        yield "fields", ("emergency", "fields"), file.emergency.fields
        for number, whose in enumerate(file.emergency.whose):
            yield "fields", ("emergency", "whose", number), (whose.number, *whose.names)


def _kinds(file: PolicyFile) -> Named:
    for section in ("fields", "unit_fields"):
        for number, field in enumerate(getattr(file, section)):
            yield "kinds", (section, number, "applies_to"), field.applies_to
    for number, category in enumerate(file.categories):
        yield "kinds", ("categories", number, "kinds"), category.kinds


def _editions(file: PolicyFile) -> Named:
    for number, edition in enumerate(file.editions):
        path = ("editions", number)
        yield "unit_kinds", (*path, "for_units"), edition.for_units
        for key in ("include", "recipients"):
            chosen: Selector = getattr(edition, key)
            yield "unit_kinds", (*path, key, "units"), chosen.units
            yield "posts", (*path, key, "posts"), chosen.posts
            yield "tags", (*path, key, "tags"), chosen.tags


def _known_names(file: PolicyFile, section: str) -> Collection[str]:
    if section == "fields":
        return ALWAYS | {field.name for field in file.fields}
    if section == "contacts":  # of a department itself, or of its head
        return ALWAYS | {field.name for field in (*file.fields, *file.unit_fields)}
    return {rule.id for rule in getattr(file, section)}


def _message(section: str, name: str, known: Collection[str]) -> Message:
    close = get_close_matches(name, sorted(known), n=1)
    if section in ("fields", "contacts") and not close:
        return _("The directory has no field {name}. Add it to fields first.", name=name)
    if section in ("fields", "contacts"):
        return _("The directory has no field {name}. Is {close} meant?", name=name, close=close[0])
    if close:
        return _("{section} has no {name}. Is {close} meant?", section=section, name=name, close=close[0])
    return _("{section} has no {name}. Add it there first.", section=section, name=name)
