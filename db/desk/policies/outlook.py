"""What a change of the rules would mean, before it is decided: who gains and who loses sight of what, which
rules begin and which end. Not an operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from peewee import fn

from db.desk.authority.office_names import title_of
from db.desk.authority.rules_on_record import (
    RulesOfBook,
    RulesOnRecord,
    VersionOnRecord,
    made_under,
    policy_on,
    rules_on_record,
)
from db.desk.authority.sight import reader_by
from db.desk.policies.changing import changed_lines
from db.desk.policies.revising import books_under, day_before
from db.desk.policies.rule_views import RuleChange, lines_of
from db.language import Label, Message, Text, _
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin, digest_of, text_of
from db.policy.regulation import Regulation
from db.policy.rules import FieldRule
from db.policy.schema.base import cite
from db.policy.telling import Teller
from db.policy.vocabulary import INSIDE_OWNER, Protected, Reach, Side
from db.store.tables import Entry, Grant

REACHES: tuple[Reach, ...] = get_args(Reach)
SIDES: tuple[Side, ...] = get_args(Side)
SIGHTS: Mapping[str, Protected] = {
    "": "hidden", "closed": "masked", "masked": "reveal", "shown": "shown", "open": "shown",
}  # fmt: skip
"""How a field looks to its reader, in the words of a policy file, from nothing to all."""
LOOKS: Mapping[Protected, Message] = {
    "hidden": _("not seen"),
    "masked": _("masked until access is granted"),
    "reveal": _("masked until revealed with a purpose"),
    "shown": _("in clear"),
}
RANKS: tuple[Protected, ...] = ("hidden", "masked", "reveal", "shown")


@dataclass(frozen=True, slots=True)
class SightChange:
    """What all who hold a role, so many ``people`` today, gain or else lose sight of."""

    role: Text
    people: int
    gains: bool
    what: Text
    clause: str


@dataclass(frozen=True, slots=True)
class ChangeOutlook:
    """What a change means for a book, from a day (ISO) on."""

    book: str
    title: Label
    day: str
    sight: tuple[SightChange, ...]
    rules: tuple[RuleChange, ...]


def outlook_of(
    book: str, day: str, known: RulesOnRecord, proposed: Mapping[str, Regulation] | None = None
) -> ChangeOutlook:
    """Return how ``book`` would change from ``day`` on if ``known`` were on record, of which ``proposed`` are
    not, by digest. Stores nothing. Raises PolicyError where that leaves something to decide."""
    before, after = policy_on(book, day_before(day)), policy_on(book, day, known, proposed)
    return ChangeOutlook(
        book,
        title_of(book),
        day,
        tuple(sight_changes(before, after)),
        tuple(changed_lines(day, lines_of(before), lines_of(after))),
    )


def outlooks_of_version(
    regulation: Regulation, digest: str, day: str, book: str | None = None
) -> tuple[ChangeOutlook, ...]:
    """Return what a version that is not on record would change from ``day`` on, in each book under it; or in
    ``book`` alone, which, if not under it yet, takes it as its last. Stores nothing. Raises PolicyError where
    that leaves something to decide."""
    version = VersionOnRecord(regulation.id, regulation.version, day, digest)
    known = rules_on_record().with_version(version)
    dated = replace(
        regulation, file=regulation.file.model_copy(update={"effective": date.fromisoformat(day)})
    )
    if book is not None:
        under = known.of_book(book, made_under(book), day)
        if regulation.id not in under.regulations:
            policies = json.dumps([*under.regulations, regulation.id])
            known = known.with_rules(book, replace(under, from_day=day, policies=policies))
    books = books_under(regulation.id, day, known) if book is None else [book]
    return tuple(outlook_of(one, day, known, {digest: dated}) for one in books)


def outlook_of_rules(
    book: str, policies: Sequence[str], decisions: Mapping[str, object], day: str
) -> ChangeOutlook:
    """Return how ``book`` would change under other regulations from ``day`` on; those that come with the
    product count as on record. Stores nothing. Raises PolicyError where that leaves something to decide."""
    rules = RulesOfBook(day, json.dumps(list(policies)), json.dumps(dict(decisions)))
    known, proposed = rules_on_record(), dict[str, Regulation]()
    for name in policies:
        shipped = builtin().get(name)
        if shipped is not None and name not in known.versions:
            digest, effective = digest_of(text_of(shipped)), shipped.file.effective.isoformat()
            known = known.with_version(VersionOnRecord(name, shipped.version, effective, digest))
            proposed[digest] = shipped
    return outlook_of(book, day, known.with_rules(book, rules), proposed)


def sight_changes(before: EffectivePolicy, after: EffectivePolicy) -> Iterator[SightChange]:
    """Yield who gains and who loses sight of what, role by role."""
    roles = dict.fromkeys(scope.role for policy in (before, after) for scope in policy.scopes)
    sides = {kind.side for policy in (before, after) for kind in policy.kinds}
    for role in roles:
        people: int | None = None
        for side in SIDES:
            for gains, what, clause in _changes(before, after, role, side) if side in sides else ():
                people = _holders(before, role) if people is None else people
                label = Teller(after if any(one.id == role for one in after.roles) else before).role(role)
                yield SightChange(label, people, gains, what, clause)


def _changes(
    before: EffectivePolicy, after: EffectivePolicy, role: str, side: Side
) -> Iterator[tuple[bool, Text, str]]:
    was, will = before.scope(role, side), after.scope(role, side)
    if was.reach != will.reach:
        teller = Teller(after)
        text = _(
            "{side} entries: {before} → {after}",
            side=wording.SIDES[side],
            before=teller.here(wording.REACHES[was.reach]),
            after=teller.here(wording.REACHES[will.reach]),
        )
        yield REACHES.index(will.reach) > REACHES.index(was.reach), text, will.clause
    if "none" in (was.reach, will.reach):
        return
    known = {field.name: field for field in after.fields}
    moved: dict[tuple[Protected, Protected], list[str]] = {}
    clauses: dict[tuple[Protected, Protected], str] = {}
    for field in before.fields:
        looks = (
            _look_for_role(field, was.protected, role),
            _look_for_role(known.get(field.name), will.protected, role),
        )
        if looks[0] != looks[1]:
            moved.setdefault(looks, []).append(field.name)
            rule = known.get(field.name)
            clauses.setdefault(looks, cite(*rule.clauses) if rule is not None else will.clause)
    for (first, then), names in moved.items():
        text = _(
            "{side} entries, {fields}: {before} → {after}",
            side=wording.SIDES[side],
            fields=Teller(before).fields(names),
            before=LOOKS[first],
            after=LOOKS[then],
        )
        yield RANKS.index(then) > RANKS.index(first), text, clauses[first, then]


def _look_for_role(rule: FieldRule | None, protected: Protected, role: str) -> Protected:
    """Return how somebody else's field looks to a holder of ``role``, from as near as the role can be."""
    is_near = role in ("employee", "head")
    reader = reader_by([(role, protected), ("employee", protected)], unit=is_near, peer=is_near)
    return SIGHTS[reader.field_look(rule) if rule is not None and reader.sees_field(rule) else ""]


def _holders(policy: EffectivePolicy, role: str) -> int:
    """Count the holders of ``role`` in the policy's book today; of employees, all who are in it."""
    book, kinds = policy.book, [kind.id for kind in policy.kinds if kind.side == "internal"]
    entries: Any = Entry.select().where((Entry.book == book) & (Entry.state == "active"))
    if role == "employee":
        return int(entries.where(Entry.kind.in_(kinds)).select(fn.COUNT(Entry.person.distinct())).scalar())
    if role == INSIDE_OWNER:
        return int(entries.select(fn.COUNT(Entry.inside_owner.distinct())).scalar())
    rows: Any = Grant.select(Grant.account, Grant.person).where(
        (Grant.role == role) & ((Grant.book == book) | Grant.book.is_null()) & Grant.in_force()
    )
    return len({(row.account_id, row.person_id) for row in rows})


def sight_line(change: SightChange) -> Message:
    if change.gains:
        return _(
            "+ gains sight: {role} ({people}): {what}",
            role=change.role,
            people=change.people,
            what=change.what,
        )
    return _(
        "− loses sight: {role} ({people}): {what}", role=change.role, people=change.people, what=change.what
    )
