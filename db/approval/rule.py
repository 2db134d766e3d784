"""The approver rule: holders of a step's role decide it, or those who stand in for them; never the asker.

A step's role is frozen when it is asked for; who holds it is asked anew each time. The candidates, until
somebody is found who may decide:

1. the holders of the role, whoever acts for the time being, and named deputies. For ``head`` these are the
   heads of the unit concerned (of an outside contact, the unit of the colleague who answers for it, E.5),
   then of the unit above, and so on up, where there is no head or none who may decide. A head who has no
   account yet is passed over only where no regulation says that heads decide: else it waits for them, or for
   who deputises or acts (C.5, E.7, E.13.2);
2. the maintainer of the book, then its deputy where one is named (D.3);
3. the supervisor, and at last whoever answers for the book.

A step of another office (a director, the chief executive) has the first candidates alone: nobody stands in
for those who did not name them (I.4.4.3). In a head's place, those who work under the asker come last.

Delegates stand beside the holder for whom they do. A person who decided an earlier step does not decide a
later one, nor does anyone for them, unless nobody else is left at all; and those for whom an earlier approver
stood in come after those who had no part in it.

A look-up is decided only by those who are entitled to see the person sought (A.13).

A second, who agrees to an act of power, decides in person, and is never nobody for want of an office here:

1. another office of the book, among those that its rules name, and the heads of the unit and on upwards;
2. where there is none, any head in the book;
3. where there is none, one of these offices in another book.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.approval.capacity import DEPUTY, HOLDER
from db.approval.facts import ApprovalContext, Approver, AwaitedHead, Earlier, Facts, Office
from db.approval.seconds import second_roles
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD, PERSON, SECOND, SECONDS


def who_decides(
    facts: Facts, context: ApprovalContext, role: str, earlier: Sequence[Earlier] = ()
) -> tuple[Approver, ...]:
    """Return the approvers of a step of ``role`` now, after ``earlier`` decisions on the same request; empty
    for nobody.

    - Roles are tried in the order of fallback; the first with somebody able decides.
    - Those who took part in an earlier decision come last, where nobody else is left; so do, in a head's
      place, those who work under the asker.
    - For a role of `SECONDS`, the rule of seconds applies instead.
    """
    if role in SECONDS:
        return _seconds(facts, context, role, earlier)
    decided, involved = _decided(facts, earlier), _involved(facts, earlier)
    left: tuple[Approver, ...] = ()
    for candidate, offices in _candidates(facts, context, role):
        able = tuple(_able(facts, context, candidate, offices))
        for taken in (involved, decided):
            others = tuple(one for one in able if not taken or taken.isdisjoint(_persons_in(facts, one)))
            if role == HEAD != candidate:
                others = tuple(one for one in others if not _is_under_asker(facts, context, one.account))
            if others:
                return others
        left = left or able
    return left


def awaited_head(facts: Facts, context: ApprovalContext) -> AwaitedHead | None:
    """Return the head without an account for whom a step of heads waits; None where somebody decides it."""
    if who_decides(facts, context, HEAD):
        return None
    return next((awaited for _unit, awaited in _heads_up(facts, context) if awaited is not None), None)


def persons_linked_to(facts: Facts, accounts: Sequence[int], person: int | None = None) -> frozenset[int]:
    """Return all persons who count as one with ``accounts`` (`Facts.linked_persons`), and ``person``,
    for `ApprovalContext.barred`."""
    behind = frozenset[int]()
    for account in accounts:
        behind |= facts.linked_persons(account)
    return behind if person is None else behind | {person}


def is_barred(facts: Facts, context: ApprovalContext, account: int) -> bool:
    """Return whether ``account`` may not decide because a person linked to it is barred."""
    return not context.barred.isdisjoint(facts.linked_persons(account))


def fallback_roles(policy: EffectivePolicy, role: str, *, in_person: bool) -> tuple[str, ...]:
    """Return the roles that decide a step of ``role`` in the order in which they are tried: ``role`` itself,
    maintainer, deputy, supervisor, owners. With ``in_person``, return an office without fallback
    (`ApprovalContext`) alone."""
    deputies = (policy.deputy.role,) if policy.deputy is not None else ()
    keeping = (policy.maintainer.role, *deputies, policy.supervisor.role)
    first, *others = map(policy.role_behind, (role, *keeping))
    if in_person and first not in (HEAD, *others, policy.role_behind(policy.rights.by)):
        return (first,)
    return tuple(dict.fromkeys((first, *others, *policy.holders("owner"))))


def has_no_fallback(policy: EffectivePolicy, role: str) -> bool:
    """Return whether only holders of ``role``, and their delegates, decide its step in a request."""
    return role not in (HEAD, PERSON, *SECONDS) and len(fallback_roles(policy, role, in_person=True)) == 1


def _candidates(facts: Facts, context: ApprovalContext, role: str) -> Iterator[tuple[str, Sequence[Office]]]:
    if role == PERSON:
        subject = facts.accounts_of(context.entry) if context.entry is not None else ()
        yield role, [Office(account, None, HOLDER) for account in subject]
        return
    if role == HEAD:
        for unit, awaited in _heads_up(facts, context):
            yield HEAD, facts.heads_of(unit)
            if awaited is not None:
                return
    for candidate in fallback_roles(facts.policy(context.book), role, in_person=context.in_person):
        if candidate != HEAD:
            yield candidate, facts.holders(candidate, context.book, context.unit)


def _heads_up(facts: Facts, context: ApprovalContext) -> Iterator[tuple[int, AwaitedHead | None]]:
    """Yield each unit from the context's (or the inside owner's) upwards, with the head without an account
    who is waited for, or None.

    - Above a head who may not decide, nobody is waited for: heads feed changes back themselves (E.7).
    - What is about a head goes to the head of the department above (E.13.2), never to whoever heads the
      whole.
    """
    answering = facts.inside_owner_unit(context.entry) if context.entry is not None else None
    way_up = facts.units_up(context.unit if answering is None else answering)
    awaits, own = context.awaits_head, False
    for unit in way_up:
        held = facts.awaited_heads(unit) if awaits else ()
        waited = () if own and unit == way_up[-1] else held
        yield unit, next((one for one in waited if one.person not in context.barred), None)
        if awaits:
            leading = (one.account for one in facts.heads_of(unit) if one.capacity != DEPUTY)
            barred = [one for one in leading if is_barred(facts, context, one)]
            about = set(facts.accounts_of(context.entry)) if barred and context.entry is not None else set()
            own = own or any(one.person in context.barred for one in held) or not about.isdisjoint(barred)
            awaits = own or not barred


def _able(facts: Facts, context: ApprovalContext, role: str, offices: Sequence[Office]) -> Iterator[Approver]:
    """Yield the holders who may decide, then their delegates who may; for a look-up, only those entitled to
    see the person sought (A.13)."""
    free = [one for one in offices if not is_barred(facts, context, one.account)]
    found = [Approver(account, role, None, unit, capacity) for account, unit, capacity in free]
    admitted = {one.account for one in free}
    for account, unit, capacity in free:
        for delegate in facts.delegates(account, role, context.book, unit):
            if delegate not in admitted and not is_barred(facts, context, delegate):
                found.append(Approver(delegate, role, account, unit, capacity))
    for one in found:
        if context.sought is None or facts.may_see(one.account, context.sought):
            yield one


def _persons_in(facts: Facts, approver: Approver) -> frozenset[int]:
    behind = facts.linked_persons(approver.account)
    if approver.on_behalf_of is None:
        return behind
    return behind | facts.linked_persons(approver.on_behalf_of)


def _is_under_asker(facts: Facts, context: ApprovalContext, account: int) -> bool:
    return not context.barred.isdisjoint(facts.superiors(account, context.book))


def _decided(facts: Facts, earlier: Sequence[Earlier]) -> frozenset[int]:
    return persons_linked_to(facts, [account for account, _lent in earlier])


def _involved(facts: Facts, earlier: Sequence[Earlier]) -> frozenset[int]:
    """Return the persons linked to the earlier approvers, and to those whom they stood in for."""
    return _decided(facts, earlier) | persons_linked_to(
        facts, [lent for _account, lent in earlier if lent is not None]
    )


def _seconds(
    facts: Facts, context: ApprovalContext, step: str, earlier: Sequence[Earlier]
) -> tuple[Approver, ...]:
    """Return the approvers from the first of the three places that has any without a part in ``earlier``
    decisions. If none has, return those of the first place with anybody at all. An account without a person,
    such as the host's operator, counts as nobody."""
    policy = facts.policy(context.book)
    involved = _involved(facts, earlier)
    left: tuple[Approver, ...] = ()
    roles = second_roles(policy, facts.offices_over(context.asker, context.book, context.unit), step)
    for place in _places_of_seconds(facts, context, roles, step):
        found: dict[int, Approver] = {}
        for role, (account, unit, capacity) in place:
            is_somebody = -account not in facts.linked_persons(account)
            if is_somebody and not is_barred(facts, context, account):
                found.setdefault(account, Approver(account, role, None, unit, capacity))
        others = tuple(one for one in found.values() if involved.isdisjoint(_persons_in(facts, one)))
        if others:
            return others
        left = left or tuple(found.values())
    return left


def _places_of_seconds(
    facts: Facts, context: ApprovalContext, roles: Sequence[str], step: str
) -> Iterator[list[tuple[str, Office]]]:
    above = [head for unit in facts.units_up(context.unit) for head in facts.heads_of(unit)]
    yield [
        (role, office)
        for role in roles
        for office in (above if role == HEAD else facts.holders(role, context.book, context.unit))
    ]
    if step == SECOND and HEAD in roles:
        yield [(HEAD, office) for office in facts.heads_in(context.book)]
    yield [(role, office) for role in roles for office in facts.holders_in_other_books(role, context.book)]
