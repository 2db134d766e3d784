"""Why a reader sees an entry or a field of it, or why not: each answer with its clause."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.permissions import GRANTED, Permissions, Reach, policy_of
from db.desk.authority.reach import covering_reaches
from db.desk.authority.sight import FieldReader, reader_by
from db.desk.directory.directory_views import reader_of
from db.desk.directory.terms import way_further
from db.desk.entry.colleagues import side_of
from db.desk.entry.units import name_of
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT
from db.language import Label, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.vocabulary import DEFAULT, INSIDE_OWNER
from db.store.tables import Entry


@dataclass(frozen=True, slots=True)
class Because:
    """One ground; ``summary``: its clause in short, if there is one; ``until``: the day or time it ends."""

    clause: str
    text: Text
    summary: Label | None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Whether it is seen, and every ground for that; ``advice`` says how one could see more."""

    can: bool
    because: tuple[Because, ...]
    advice: Text = ""


def why_yes(permissions: Permissions, row: Entry, field: str | None) -> Why:
    """Explain why ``row``, which is within reach, is seen; or how ``field`` of it is."""
    policy = policy_of(row.book_id)
    if field is None:
        reaches = covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id)
        return Why(True, tuple(_by(policy, reach) for reach in reaches))
    rule = next((rule for rule in policy.fields if rule.name == field), None)
    reader = reader_of(permissions, row)
    if rule is None:
        return Why(False, (_ground(policy, SILENT, _("The directory has no such field.")),))
    if not reader.sees_field(rule):
        clause = unseen_clause(permissions, row, rule, reader)
        return Why(False, (_ground(policy, clause, _("This field is for others only.")),))
    opening = tuple(_by(policy, reach) for reach in _opening(permissions, row, rule, reader))
    return _field(policy, rule, reader, opening, access_clause(permissions, row))


def unseen_clause(permissions: Permissions, row: Entry, rule: FieldRule, reader: FieldReader) -> str:
    """Return the clause that hides the field: the scope's where that alone does, else the field's."""
    return _scope_clause(permissions, row) if reader.field_sight(rule) == "hidden" else _cited(rule)


def access_clause(permissions: Permissions, row: Entry) -> str:
    """Return the clause by which protected values of ``row`` need a granted access: of look-ups, of such
    requests, or else of the scope that masks them (A.13, C.10)."""
    policy = policy_of(row.book_id)
    stated = (policy.lookup.clause, policy.flow("access").clause, _scope_clause(permissions, row))
    return next((clause for clause in stated if clause != DEFAULT), SILENT)


def _opening(permissions: Permissions, row: Entry, rule: FieldRule, reader: FieldReader) -> list[Reach]:
    """Return the reaches that open the field to the reader as far as they see it."""
    reaches, level = (
        covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id),
        reader.field_sight(rule),
    )
    own = permissions.own.get(row.book_id, (0, 0))
    related = {"unit": own[1] == row.unit_id, "peer": permissions.own_kinds.get(row.book_id) == row.kind}
    granted = [(one.role, one.protected) for one in reaches if one.role == GRANTED and rule.visible_to]
    opening = []
    for reach in reaches:
        alone = reader_by([(reach.role, reach.protected), *granted], own=reader.own, **related).field_sight(
            rule
        )
        opens = alone == level if rule.protected else alone is not None
        if opens and (reach.role == "self" or not reader.own):
            opening.append(reach)
    return opening


def _scope_clause(permissions: Permissions, row: Entry) -> str:
    """Return the clause of the scope by which the reader sees ``row``, which is within reach."""
    return covering_reaches(permissions, row.book_id, side_of(row), row.id, row.unit_id)[0].clause


def why_not(permissions: Permissions, book: str | None) -> Why:
    """Return the same answer for an entry that is hidden, gone or was never there: how far the reader sees
    (C.10)."""
    book = book if book in permissions.books else next(iter(permissions.books), None)
    if book is None:
        return Why(False, ())
    policy = policy_of(book)
    reaches = [*permissions.reaches(book), *permissions.reaches(book, "external")]
    grounds = dict.fromkeys(_by(policy, reach) for reach in reaches if reach.role != GRANTED)
    none = _ground(policy, policy.out_of_reach, _("Nothing of this directory is within your reach."))
    return Why(
        False,
        tuple(grounds) or (none,),
        way_further(
            permissions,
            book,
            _("You see no other entries. For one you need, ask for access with your reason."),
        ),
    )


def _field(
    policy: EffectivePolicy, rule: FieldRule, reader: FieldReader, opening: tuple[Because, ...], access: str
) -> Why:
    """Say how the reader sees a field, with the clauses that open it; never the one that closes it."""
    look = reader.field_look(rule)
    if reader.is_named_by(rule):
        opening = (
            _ground(policy, _cited(rule), _("This field is open to some only, and you are one of them.")),
            *opening,
        )
    if look == "open" and not rule.visible_to:
        text = _("Whoever sees the entry sees this field.")
        return Why(True, (_ground(policy, _cited(rule), text), *opening))
    if look in ("open", "shown"):
        return Why(True, opening)
    if look == "masked":
        text = _("This field is protected: it is shown for a purpose of work, which is recorded.")
        return Why(True, (_ground(policy, policy.lookup.clause, text), *opening), _("Press r to show it."))
    text = _("This field is protected and not open to your role.")
    return Why(
        False,
        (_ground(policy, access, text),),
        _("Ask for access with your reason; the form says who decides."),
    )


def _by(policy: EffectivePolicy, reach: Reach) -> Because:
    text: Text
    if reach.role == "self":
        text = _("You see your own entry.")
    elif reach.role == GRANTED:
        text = _("Access was granted to you on your request.")
        return _ground(policy, policy.term_citation(reach.clause), text, reach.until)
    elif reach.role == INSIDE_OWNER:
        text = _("You see the outside contacts that you answer for.")
    else:
        role = policy.role(reach.role).label
        unit = name_of(reach.unit) if reach.unit is not None else ""
        if reach.below:
            text = _("As {role} you see {unit} and everything below it.", role=role, unit=unit)
        else:
            text = _("As {role} you see {unit}.", role=role, unit=unit)
    return _ground(policy, reach.clause, text, reach.until)


def _ground(policy: EffectivePolicy, clause: str, text: Text, until: str | None = None) -> Because:
    first = clause.partition(",")[0].strip()
    summary = next((part.label for part in policy.summary if part.clause == first), None)
    end = until if until is None or len(until) == len("2026-11-23") else local(until)
    return Because(clause, text, summary, end)


def _cited(rule: FieldRule) -> str:
    return ", ".join(rule.clauses) or SILENT
