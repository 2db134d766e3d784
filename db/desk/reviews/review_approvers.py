"""Whose turn it is: who may decide what of a campaign now. Not an operation.

The role of the rule decides, each holder for the places where they hold it; `person` is whom the entry
is about. Where nobody holds the role the ladder of requests holds too: the head above, the maintainer,
the supervisor. A person who can't sign in, or has not answered by the due day, is asked by whoever runs
the campaign. Nobody recertifies their own right, nor decides on their own entry, but where a review asks
people about themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import SQL, fn

from db.approval.facts import ApprovalContext, AwaitedHead, Facts
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.due_dates import today
from db.desk.requests.approvers import ApproverResolver, NamedApprover
from db.desk.requests.bulk_facts import facts_for
from db.policy.vocabulary import DEFAULT, HEAD, PERSON
from db.store import clock
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.tables import Account, Campaign, Entry, ReviewItem, Unit, in_force

NOTHING, EVERYTHING = SQL("1 = 0"), SQL("1 = 1")
"""Conditions on `ReviewItem`, to be known by their identity too."""
FEW_THINGS = 500
"""Up to which things are asked for by their numbers."""
OF_ONESELF = frozenset({"confirmation", "self-check"})
"""Kinds of review in which people look at their own entry too."""


class ReviewApprovers:
    """Answers for one campaign within one operation."""

    def __init__(self, campaign: Campaign, facts: Facts | None = None) -> None:
        self.campaign = campaign
        self.resolver = ApproverResolver(facts)

    def approvers(self, item: ReviewItem) -> tuple[NamedApprover, ...]:
        campaign = self.campaign
        case = self._case(item.unit_id, item.entry_id, self._barred(item))
        found = self.resolver.approvers(case, campaign.by)
        if campaign.by == PERSON and (not found or is_overdue(campaign)):
            found += self.resolver.approvers(case, campaign.runs)
        return found

    def capacity(self, item: ReviewItem, account: int) -> NamedApprover | None:
        """Return in which capacity ``account`` may decide ``item``; None where it may not."""
        return next((one for one in self.approvers(item) if one.account == account), None)

    def is_own(self, item: ReviewItem, account: int) -> bool:
        """Return whether ``item`` is the account's own right or its person's entry, not to be decided."""
        return bool(self.resolver.linked_persons(account) & self._barred(item))

    def for_unit(self, unit: int) -> tuple[NamedApprover, ...]:
        """Return the approvers for ``unit`` in this campaign; for one that asks each person, nobody."""
        if self.campaign.by == PERSON:
            return ()
        return self.resolver.approvers(self._case(unit, None, frozenset()), self.campaign.by)

    def awaited_head(self, unit: int) -> AwaitedHead | None:
        """Return the head of ``unit``, or above it, who has no account yet and for whom it waits (C.5); None
        in a review that heads do not decide."""
        if self.campaign.by != HEAD:
            return None
        return self.resolver.awaited_head(self._case(unit, None, frozenset()))

    def _case(self, unit: int, entry: int | None, barred: frozenset[int]) -> ApprovalContext:
        campaign = self.campaign
        awaits_head = campaign.by == HEAD and campaign.clause != DEFAULT
        return ApprovalContext(campaign.book_id, unit, entry, barred, awaits_head=awaits_head)

    def condition_for(self, permissions: Permissions) -> Any:
        """Return the condition on `ReviewItem` for what the actor may decide; cached in ``permissions``."""
        campaign = self.campaign
        if campaign.by == PERSON:
            return self._mine_in_person(permissions)
        if campaign.of == "rights":
            items = ReviewItem.select().where(ReviewItem.campaign == campaign)
            fit = [item.id for item in items if self.capacity(item, permissions.account) is not None]
            return ReviewItem.id.in_(fit)
        key = (ReviewApprovers, campaign.id)
        if key not in permissions.derived:
            permissions.derived[key] = self._one_by_one(self._by_unit(permissions), permissions)
        return permissions.derived[key]

    def _one_by_one(self, mine: Any, permissions: Permissions) -> Any:
        """Return ``mine``, the condition for whole units, corrected for items that depend on the entry:
        nobody decides on their own, nor do their stand-ins; an outside contact is asked of its inside owner's
        unit (E.5)."""
        campaign = self.campaign
        rows = self._apart(permissions) if campaign.of == "entries" else []
        if not rows:
            return mine
        judge = ApproverResolver(facts_for(permissions, len(rows)))
        theirs = []
        for item, unit, entry, person in rows:
            is_of_oneself = campaign.kind in OF_ONESELF
            barred = frozenset[int]() if is_of_oneself else self.resolver.linked_persons(person=person)
            if judge.may_decide(permissions.account, self._case(unit, entry, barred), campaign.by):
                theirs.append(item)
        left = mine & ReviewItem.id.not_in([item for item, *_more in rows])
        return left | ReviewItem.id.in_(theirs) if theirs else left

    def _apart(self, permissions: Permissions) -> list[tuple[int, int, int, int]]:
        """Return item, unit, entry and person of what depends on the entry: outside contacts that somebody
        answers for, the actor's own entry, and those of people with the role that decides, or who had a hand
        in the enrolment of one of these."""
        campaign, mark, now = self.campaign, database.param, clock.now()
        either, values = ["e.inside_owner IS NOT NULL"] if campaign.by == HEAD else [], list[object]()
        if campaign.kind not in OF_ONESELF:
            holders = (
                'SELECT COALESCE(a.person_id, g.person_id) FROM "grant" g'
                " LEFT JOIN account a ON a.id = g.account_id"
                f" WHERE g.role = {mark} AND {in_force('g').replace('{now}', mark)}"
            )
            hands = (
                "SELECT h.person_id FROM activation v JOIN account h ON h.id IN (v.by_id, v.voucher_id)"
                " WHERE v.used_at IS NOT NULL"
                f" AND v.account_id IN (SELECT id FROM account WHERE person_id IN ({holders}))"
            )
            either += [f"e.person_id = {mark}", f"e.person_id IN ({holders})", f"e.person_id IN ({hands})"]
            role = policy_of(campaign.book_id).role_behind(campaign.by)
            values = [permissions.person or 0, *(role, now, now) * 2]
        if not either:
            return []
        # Those few people come first, then their things: a review has as many of these as there are people.
        return fetch(
            "SELECT i.id, i.unit_id, i.entry_id, e.person_id FROM entry e CROSS JOIN review_item i"
            f" WHERE i.entry_id = e.id AND ({' OR '.join(either)}) AND +i.campaign_id = {mark}",
            (*values, campaign.id),
        )

    def _mine_in_person(self, permissions: Permissions) -> Any:
        campaign = self.campaign
        own = permissions.own.get(campaign.book_id)
        mine = self._by_number(ReviewItem.entry == own[0]) if own is not None else NOTHING
        if campaign.runs not in permissions.deciding_roles(campaign.book_id):
            return mine
        places = self._covered(campaign.runs, permissions)
        is_whole = permissions.recorded_books[campaign.book_id].root in places
        within = EVERYTHING if is_whole else ReviewItem.unit.in_(sorted(places))
        key = (left_to_runner, campaign.id)
        if key not in permissions.derived:
            left = left_to_runner(campaign)
            permissions.derived[key] = left if is_overdue(campaign) else self._by_number(left)
        return mine | (permissions.derived[key] & within)

    def _by_number(self, of_entries: Any) -> Any:
        """Return, for a condition on entries that few items fit, a condition on the numbers of these items,
        which is faster; else the one on entries."""
        rows: Any = ReviewItem.select(ReviewItem.id, ReviewItem.campaign).where(of_entries)
        found = list(rows.limit(FEW_THINGS + 1).tuples())
        if len(found) > FEW_THINGS:
            return of_entries
        return ReviewItem.id.in_([item for item, campaign in found if campaign == self.campaign.id])

    def _by_unit(self, permissions: Permissions) -> Any:
        """Return the condition for the campaign's units for which the actor decides."""
        campaign, book = self.campaign, self.campaign.book_id
        policy, covered = policy_of(book), self._covered(campaign.by, permissions)
        keeps = bool(permissions.deciding_roles(book) & {policy.maintainer.role, policy.supervisor.role})
        is_whole = keeps or permissions.recorded_books[book].root in covered
        every = self._with_items(None if is_whole else covered)
        mine = every & covered if campaign.by != HEAD else set()
        doubtful = every - mine if keeps or campaign.by == HEAD else set()
        if campaign.by != PERSON:
            resolver, account = ApproverResolver(facts_for(permissions, len(doubtful))), permissions.account
            cases = ((unit, self._case(unit, None, frozenset())) for unit in doubtful)
            mine |= {unit for unit, case in cases if resolver.may_decide(account, case, campaign.by)}
        if not mine:
            return NOTHING
        return EVERYTHING if is_whole and mine == every else ReviewItem.unit.in_(sorted(mine))

    def _with_items(self, units: set[int] | None) -> set[int]:
        """Return the campaign's units, those among ``units`` if given. There are more items than units."""
        items = f"SELECT 1 FROM review_item i WHERE i.campaign_id = {database.param} AND i.unit_id = unit.id"
        where, given = ("1 = 1", []) if units is None else is_among("id", units)
        rows = fetch(f"SELECT id FROM unit WHERE {where} AND EXISTS ({items})", (*given, self.campaign.id))
        return {unit for (unit,) in rows}

    def _covered(self, role: str, permissions: Permissions) -> set[int]:
        """Return units at and below where the actor holds ``role``, for themselves or for another."""
        held: Sequence[int] = [
            holding.unit
            for holding in (*permissions.holdings, *permissions.stands_in)
            if (holding.role, holding.book) == (role, self.campaign.book_id)
        ]
        where, given = is_among("above_id", held)
        return {unit for (unit,) in fetch(f"SELECT unit_id FROM unit_above WHERE {where}", given)}

    def _barred(self, item: ReviewItem) -> frozenset[int]:
        right, campaign = item.right, self.campaign
        if right is not None:
            return self.resolver.linked_persons(right.holder.id)
        if item.entry_id is None or campaign.by == PERSON or campaign.kind in OF_ONESELF:
            return frozenset()
        return self.resolver.linked_persons(person=Entry.get_by_id(item.entry_id).person_id)


def is_overdue(campaign: Campaign) -> bool:
    return bool(today().isoformat() > campaign.due)


def left_to_runner(campaign: Campaign) -> Any:
    """Return the condition on `ReviewItem` for what the runner of a review by the persons concerned decides
    too: the entries of those who can't sign in, and once the due day is over everybody's."""
    if is_overdue(campaign):
        return ReviewItem.campaign == campaign
    persons = Entry.select(Entry.person).where(Entry.book == campaign.book_id)
    reached = Account.select(Account.person).where(
        (Account.state == "active") & Account.person.is_null(False)
    )
    alone: Any = Entry.select(Entry.id).where(
        (Entry.book == campaign.book_id) & Entry.person.in_(persons - reached)
    )
    few = [entry for (entry,) in alone.limit(FEW_THINGS + 1).tuples()]
    if len(few) <= FEW_THINGS:  # found beforehand: a server has no figures of things that were just written
        return ReviewItem.entry.in_(few)
    signed = Entry.select().join(Account, on=(Account.person == Entry.person))
    return ~fn.EXISTS(signed.where((Entry.id == ReviewItem.entry) & (Account.state == "active")))


def unit_names(units: Sequence[int]) -> dict[int, str]:
    return {row.id: row.name for row in Unit.select(Unit.id, Unit.name).where(Unit.id.in_(list(units)))}
