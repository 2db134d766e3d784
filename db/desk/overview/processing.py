"""The record of processing that the law asks for, told by the rules that are in force (PIPL 51, 54, 55)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.desk.privacy.periods import period_of
from db.language import Text, _, _n, listed
from db.policy import words
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.schema.base import cite
from db.policy.vocabulary import Passing, Reach


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
    """All that the book of ``policy`` holds of people: fields, what it gives out, and what comes of use."""
    return (*_fields(policy), *_given(policy), *_used(policy))


def _fields(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    why, kept = _purposes(policy), _while_there(policy)
    kinds = {rule.id: rule.label for rule in policy.kinds}
    for field in policy.fields:
        whose = field.applies_to or tuple(kinds)
        yield ProcessingRow(
            what=field.label,
            nature=_nature(field),
            whose=listed(kinds[kind] for kind in whose if kind in kinds),
            why=why,
            who=_seen_by(policy, field),
            kept=kept,
            clause=", ".join(field.clauses),
        )


def _given(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    labels = {rule.name: rule.label for rule in policy.fields}
    for edition in policy.editions:
        yield ProcessingRow(
            edition.label, _("edition"), _("who is in it"), _("issued"),
            _("its recipients, each with a numbered copy"), _kept_at_least(policy, "issue"), edition.clause,
        )  # fmt: skip
    for rule in policy.sync:
        yield ProcessingRow(
            listed(labels.get(name, name) for name in rule.fields), _("passed on"),
            _("who is in the directory"), _("kept in step"), rule.system,
            _("until taken back there"), rule.clause,
        )  # fmt: skip
    agreed = _("who agreed") if policy.disclosure.consent else _("anybody")
    yield ProcessingRow(
        _("what was disclosed"), _("passed on"), agreed, _("on request"),
        _("the department that asked"), _("as granted"), policy.disclosure.clause,
    )  # fmt: skip


def _used(policy: EffectivePolicy) -> Iterator[ProcessingRow]:
    supervisor = policy.role(policy.supervisor.role).label
    deciders = _("who decides on the request")
    seen: tuple[tuple[Passing, Text, Text, Text], ...] = (
        ("evidence", _("who asks for something"), _("to prove what is asked for"), deciders),
        ("purpose", _("who looks somebody up"), _("to account for look-ups"), supervisor),
        ("detail", _("who uses the directory"), _("to account for acts"), supervisor),
        ("leaver", _("leavers"), _("what is left to settle"), policy.role(policy.maintainer.role).label),
    )
    for what, whose, why, who in seen:
        period = period_of(policy.book, what)
        yield ProcessingRow(
            words.PASSING[what], _("record"), whose, why, who, _months(period.months), period.clause
        )
    archive = policy.kept("archive")
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
            (_("protected"), field.protected),
            (_("private"), field.private),
        )
        if holds
    ]
    return listed(marks) if marks else _("optional")


def _seen_by(policy: EffectivePolicy, field: FieldRule) -> Text:
    """The roles that see the field, by how far; who sees no further than every employee is not named."""
    everybody = policy.scope("employee")
    found: dict[Reach, list[Text]] = {}
    for rule in policy.scopes:
        named = not field.visible_to or rule.role in field.visible_to
        if rule.reach == "none" or not named or (field.protected and rule.protected == "hidden"):
            continue
        if rule.role != everybody.role and rule.reach == everybody.reach and not field.visible_to:
            continue
        role: Text = _("everyone") if rule.role == "everyone" else policy.role(rule.role).label
        if role not in found.setdefault(rule.reach, []):
            found[rule.reach].append(role)
    told = [
        _("{roles}: {reach}", roles=listed(roles), reach=words.REACHES[reach])
        for reach, roles in found.items()
    ]
    return listed(told) if told else _("the person")


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
    rule = policy.kept(what)
    if rule is None:
        return "–"
    return (
        _("for good")
        if rule.years is None
        else _n("at least {years} year", "at least {years} years", years=rule.years)
    )


def clause_of(policy: EffectivePolicy) -> str:
    """What the record as a whole rests on: when things are erased."""
    return cite(*(rule.clause for rule in policy.erasure))
