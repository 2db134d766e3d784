"""The record of processing that the law asks for, told by the rules that are in force (PIPL 51, 54, 55)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.desk.privacy.periods import period_of
from db.language import Text, _, _n, listed
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule, ScopeRule
from db.policy.schema.base import cite
from db.policy.telling import Teller
from db.policy.vocabulary import INSIDE_OWNER, RELATIONS, Passing


@dataclass(frozen=True, slots=True)
class ProcessingRow:
    """One kind of data: ``whose`` it is, ``why`` it is there, ``who`` sees it, how long it is ``kept``."""

    what: Text
    nature: Text
    whose: Text
    why: Text
    who: Text
    kept: Text
    clause: str


def processing(policy: EffectivePolicy) -> tuple[ProcessingRow, ...]:
    """Return all that the book of ``policy`` holds of people: fields, what it gives to others, and records of
    use."""
    return (*_fields(policy), *_recipient_rows(policy), *_used(policy))


def _fields(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    why, kept, teller = _purposes(policy), _while_there(policy), Teller(policy)
    kinds = {rule.id: rule.label for rule in policy.kinds}
    for field in policy.fields:
        whose = field.applies_to or tuple(kinds)
        yield ProcessingRow(
            what=field.label,
            nature=_nature(field),
            whose=listed(kinds[kind] for kind in whose if kind in kinds),
            why=why,
            who=seen_by(teller, field),
            kept=kept,
            clause=", ".join(field.clauses),
        )


def _recipient_rows(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    teller = Teller(policy)
    for edition in policy.editions:
        recipients = _("{who}, each with a copy", who=teller.selected(edition.recipients))
        yield ProcessingRow(
            edition.label, _("edition"), _("who is in it"), _("issued"), recipients,
            _kept_at_least(policy, "issue"), edition.clause,
        )  # fmt: skip
    for rule in policy.sync:
        yield ProcessingRow(
            teller.fields(rule.fields), _("passed on"),
            _("who is in the directory"), _("kept in step"), rule.system,
            _("until taken back there"), rule.clause,
        )  # fmt: skip
    agreed = _("who agreed") if policy.disclosure.consent else _("anybody")
    yield ProcessingRow(
        _("what was disclosed"), _("passed on"), agreed, _("on request"),
        _("the {unit} that asked", unit=teller.unit), _("as granted"), policy.disclosure.clause,
    )  # fmt: skip


def _used(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    supervisor = policy.role(policy.supervisor.role).label
    approvers = _("who decides on the request")
    seen: tuple[tuple[Passing, Text, Text, Text], ...] = (
        ("evidence", _("who asks for something"), _("to prove what is asked for"), approvers),
        ("purpose", _("who looks somebody up"), _("to account for look-ups"), supervisor),
        ("detail", _("who uses the directory"), _("to account for acts"), supervisor),
        ("leaver", _("leavers"), _("what is left to settle"), policy.role(policy.maintainer.role).label),
    )
    for what, whose, why, who in seen:
        period = period_of(policy.book, what)
        yield ProcessingRow(
            wording.PASSING[what], _("record"), whose, why, who, _months(period.months), period.clause
        )
    archive = policy.retention_of("archive")
    if archive is not None:
        yield ProcessingRow(
            _("archive"), _("sealed"), _("leavers"), _("what must be kept"), _("nobody without need"),
            _kept_at_least(policy, "archive"), archive.clause,
        )  # fmt: skip


def _nature(field: FieldRule) -> Text:
    marks = [
        mark
        for mark, holds in (
            (_("required"), field.required),
            (_("on consent"), field.consent),
            (_("protected"), field.protected),
            (_("private"), field.private),
        )
        if holds
    ]
    return listed(marks) if marks else _("optional")


def seen_by(teller: Teller, field: FieldRule) -> Text:
    """Return who sees the field, how far and on what terms: the person, those whose relation to the person
    its rule names, and roles. A role that sees no more than every employee is not named."""
    policy = teller.policy
    sides = dict.fromkeys(
        kind.side for kind in policy.kinds if not field.applies_to or kind.id in field.applies_to
    )
    told: list[Text] = [_("the person")] if "internal" in sides else []
    employee = policy.scope("employee")
    for relation in RELATIONS:
        if relation in field.visible_to and relation != "self" and employee.reach not in ("none", "self"):
            terms = _terms(employee, field)
            told += [] if terms is None else [_on(teller.role(relation), terms)]
    found: dict[Text, list[Text]] = {}
    for side in sides:
        usual = _sight(teller, policy.scope("employee", side), field)
        for scope in policy.scopes:
            sight = _sight(teller, scope, field) if scope.side == side else None
            if sight is not None and (field.visible_to or scope.role == "employee" or sight != usual):
                roles = found.setdefault(sight, [])
                roles += [role for role in [teller.role(scope.role)] if role not in roles]
    told += [_("{roles}: {reach}", roles=listed(roles), reach=sight) for sight, roles in found.items()]
    return listed(told) if told else "–"


def _sight(teller: Teller, scope: ScopeRule, field: FieldRule) -> Text | None:
    """Return how far and on what terms the holders of a scope's role see the field; None where they don't."""
    terms = _terms(scope, field)
    if scope.reach == "none" or terms is None or (field.visible_to and scope.role not in field.visible_to):
        return None
    reach: Text = teller.here(wording.REACHES[scope.reach])
    return _on(_("the outside contacts that name them") if scope.role == INSIDE_OWNER else reach, terms)


def _terms(scope: ScopeRule, field: FieldRule) -> Text | None:
    """Return the terms on which the field is shown within a scope; empty for none, None where it never is."""
    if not field.protected or scope.protected == "shown":
        return ""
    if scope.protected == "hidden":
        return None
    return _("after a granted request") if scope.protected == "masked" else _("once a purpose is stated")


def _on(sight: Text, terms: Text) -> Text:
    return _("{sight}, {terms}", sight=sight, terms=terms) if terms else sight


def _purposes(policy: EffectivePolicy) -> Text:
    return listed(rule.label for rule in policy.allowed_purposes())


def _while_there(policy: EffectivePolicy) -> Text:
    months = period_of(policy.book, "leaver").months
    if months is None:
        return _("while in the directory, then for good")
    return _n(
        "while in the directory, then {months} month",
        "while in the directory, then {months} months",
        months=months,
    )


def _months(months: int | None) -> Text:
    return _("for good") if months is None else _n("{months} month", "{months} months", months=months)


def _kept_at_least(policy: EffectivePolicy, what: str) -> Text:
    rule = policy.retention_of(what)
    if rule is None:
        return "–"
    return (
        _("for good")
        if rule.years is None
        else _n("at least {years} year", "at least {years} years", years=rule.years)
    )


def clause_of(policy: EffectivePolicy) -> str:
    """Return the clauses on which the record of processing rests: those on erasure."""
    return cite(*(rule.clause for rule in policy.erasure))
