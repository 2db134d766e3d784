"""Campaigns and what they look at as plain values."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import fn

from db.approval.capacity import HOLDER, Capacity, capacity_of
from db.desk.authority.permissions import Permissions
from db.desk.authority.sight import LISTED, NOBODY, Shown, sights_of, visible_fields
from db.desk.due_dates import Due, due_of
from db.desk.entry.colleagues import inside_owner_of, side_of
from db.desk.entry.record import RecordedEntry, load_entry, load_row, load_rows
from db.desk.entry.stale import SIGNS, fields_signed
from db.desk.notation.localtime import local
from db.desk.notation.page import ProgressCount
from db.desk.requests.approvers import NamedApprover
from db.desk.requests.bulk_facts import facts_for
from db.desk.requests.proposing import may_propose
from db.desk.requests.request_views import approver_name, name_of, without_account
from db.desk.reviews.known import check_facts
from db.desk.reviews.review_approvers import ReviewApprovers, unit_names
from db.desk.reviews.review_kinds import VERDICTS, due_clause, label_of, verdicts_of
from db.desk.reviews.rights import is_unused, last_uses
from db.desk.reviews.status import STATUSES, Status, unit_progress
from db.language import Label, Message, Text, _, _n, clause_words, listed
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD, PERSON
from db.policy.wording import POINTS
from db.store.tables import Account, Campaign, Entry, Grant, ReviewItem, SearchEntry, UnitAbove


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in a list. ``mine`` things wait for the reader; ``runs``: the reader may close it."""

    id: int
    kind: str
    label: Text
    of: str
    book: str
    book_label: Label
    clause: str
    reason: str
    opened: str
    due: Due | None
    closed: str
    count: ProgressCount
    mine: int
    runs: bool
    oversees: bool
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One thing under review. ``facts`` are open or masked values for a list, ``note`` what else tells;
    ``mine``: the reader decides it."""

    id: int
    name: Text
    unit: str
    note: Text
    facts: tuple[Shown, ...]
    status: Status
    status_label: Message
    verdict: Text
    who: Text
    day: str
    comment: str
    version: int | None
    entry: int | None
    unused: bool
    may_propose: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """One thing in full: the fields as far as its reader sees them, or the entries of a department."""

    row: ItemRow
    fields: tuple[Shown, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of a department that is answered for; ``missing`` are required fields it lacks."""

    entry: int
    name: str
    position: str
    verified: str
    missing: tuple[Text, ...]
    may_propose: bool


@dataclass(frozen=True, slots=True)
class UnitPart:
    """What a reader has listed of a review in one unit: how much of it there is, and how far it is."""

    unit: int
    name: str
    count: ProgressCount


@dataclass(frozen=True, slots=True)
class Spread:
    """What a reader has listed of a review, unit by unit, and who decided how much of it."""

    parts: tuple[UnitPart, ...]
    hands: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How far a department is, and who still has to decide there. ``late``: past the due day; ``signed``: who
    decided for it, where its head is to (C.5)."""

    unit: int
    name: str
    count: ProgressCount
    who: tuple[Text, ...]
    late: bool
    signed: tuple[Text, ...]


def campaign_row(
    campaign: Campaign, permissions: Permissions, count: ProgressCount, mine: ProgressCount, *, oversees: bool
) -> CampaignRow:
    """Describe ``campaign`` as a line in a list. Those who don't oversee it learn no more than how far
    ``mine`` is, what they decide themselves (C.10), so ``count`` is the same for them."""
    policy, roles = permissions.policy(campaign.book_id), permissions.roles(campaign.book_id)
    book = campaign.book
    return CampaignRow(
        id=campaign.id,
        kind=campaign.kind,
        label=label_of(campaign.kind),
        of=campaign.of,
        book=campaign.book_id,
        book_label=book.title,
        clause=campaign.clause,
        reason=campaign.reason,
        opened=local(campaign.opened_at)[:10],
        due=due_of(book.id, campaign.due, due_clause(campaign)) if campaign.closed_at is None else None,
        closed=local(campaign.closed_at)[:10] if campaign.closed_at else "",
        count=count,
        mine=mine.open if campaign.closed_at is None else 0,
        runs=campaign.runs in roles and campaign.closed_at is None,
        oversees=oversees,
        verdicts=verdicts_of(policy, campaign),
    )


def item_rows(
    campaign: Campaign, rows: Sequence[Any], permissions: Permissions, mine: Container[int]
) -> tuple[ItemRow, ...]:
    """Return list lines of the items ``rows`` of ``campaign`` (with ``status`` joined), with what
    ``permissions`` lets show of each; the reader decides those whose ids are in ``mine``."""
    entries: dict[int, RecordedEntry] = {}
    if campaign.of == "entries":
        entries = load_rows([row.entry for row in rows])
        for row in rows:
            if row.entry.unit_id == row.unit_id:
                row.entry.unit = row.unit  # read with it, and not once more
    return tuple(
        _item_row(campaign, row, entries.get(row.entry_id), permissions, mine=row.id in mine) for row in rows
    )


def _item_row(
    campaign: Campaign, row: Any, entry: RecordedEntry | None, permissions: Permissions, *, mine: bool
) -> ItemRow:
    shape, status = campaign.of, row.status
    name, note, facts, version, unused, proposes = _about(campaign, row, entry, permissions)
    return ItemRow(
        id=row.id,
        name=name,
        unit=row.unit.name,
        note=note,
        facts=facts,
        status=status,
        status_label=STATUSES[status],
        verdict=VERDICTS.get((shape, row.verdict), "") if status != "open" else "",
        who=_decider(campaign, row),
        day=local(row.decided_at)[:10] if row.decided_at else "",
        comment=row.comment,
        version=version,
        entry=row.entry_id,
        unused=unused,
        may_propose=proposes,
        mine=mine,
    )


def item_view(
    campaign: Campaign, row: Any, permissions: Permissions, mine: Container[int], *, covered: bool
) -> ItemView:
    """Describe a thing of ``campaign`` in full; ``covered``: with protected values masked."""
    fields: tuple[Shown, ...] = ()
    members: tuple[Member, ...] = ()
    if row.entry_id is not None:
        fields = _fields(row.entry, load_row(row.entry), permissions, in_full=True, covered=covered)
    elif campaign.of == "units":
        members = _members(permissions.policy(campaign.book_id), row.unit_id, permissions)
    (line,) = item_rows(campaign, [row], permissions, mine)
    return ItemView(line, fields, members)


def progress(
    campaign: Campaign, permissions: Permissions | None, units: set[int] | None = None
) -> tuple[UnitProgress, ...]:
    """Return how far each department is, the least finished first; only of ``units`` where they are given.
    Names those who answer for what is left where there is a reader, by their ``permissions``."""
    due = due_of(campaign.book_id, campaign.due, due_clause(campaign))
    found = unit_progress(campaign, units)
    facts = facts_for(permissions, len(found)) if permissions is not None else None
    review_approvers = ReviewApprovers(campaign, facts)
    names, signed = unit_names(list(found)), _signed(campaign)
    rows = [
        UnitProgress(
            unit=unit,
            name=names[unit],
            count=count,
            who=_who(campaign, unit, review_approvers) if facts is not None and count.undecided else (),
            late=bool(count.undecided and due is not None and due.left < 0),
            signed=signed.get(unit, ()),
        )
        for unit, count in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count.undecided, row.unit)))


def _signed(campaign: Campaign) -> dict[int, tuple[Text, ...]]:
    """Return by unit who decided for it, in reviews by heads; with the office held then where that is not the
    unit's head."""
    if campaign.by != HEAD:
        return {}
    found: dict[int, tuple[Text, ...]] = {}
    by = (ReviewItem.unit, ReviewItem.decided_by, ReviewItem.on_behalf_of)
    done: Any = ReviewItem.select(*by, fn.MAX(ReviewItem.decided_at)).where(
        (ReviewItem.campaign == campaign) & ReviewItem.decided_by.is_null(False)
    )
    for unit, account, lender, moment in done.group_by(*by).order_by(*by).tuples():
        found[unit] = (*found.get(unit, ()), _signer(campaign, unit, account, lender, moment))
    return found


def _decider(campaign: Campaign, row: Any) -> Text:
    """Return who decided an item. Where heads decide, with the office that they held then, if any."""
    if campaign.by != HEAD or row.decided_by_id is None:
        return name_of(row.decided_by_id)
    return _signer(campaign, row.unit_id, row.decided_by_id, row.on_behalf_of_id, row.decided_at)


def _signer(campaign: Campaign, unit: int, account: int, lender: int | None, moment: str) -> Text:
    held = _headship(lender or account, unit, moment)
    role, (at, capacity) = (HEAD, held) if held is not None else (PERSON, (None, HOLDER))
    return approver_name(NamedApprover(account, role, lender, at, capacity), campaign.book_id, HEAD, unit)


def _headship(account: int, unit: int, moment: str) -> tuple[int, Capacity] | None:
    """Return the unit that ``account`` headed then, ``unit`` or the next above it, and in which capacity."""
    above = UnitAbove.select(UnitAbove.above).where(UnitAbove.unit == unit).order_by(UnitAbove.distance)
    person = Account.get_by_id(account).person_id
    for row in above:
        held = Grant.select().where(
            (Grant.role == HEAD) & (Grant.unit == row.above_id) & (Grant.person == person)
            & (Grant.from_at <= moment) & (Grant.until.is_null() | (Grant.until > moment))
            & (Grant.revoked_at.is_null() | (Grant.revoked_at > moment))
        ).first()  # fmt: skip
        if held is not None:
            return int(row.above_id), capacity_of(held.capacity)
    return None


def _who(campaign: Campaign, unit: int, review_approvers: ReviewApprovers) -> tuple[Text, ...]:
    found = tuple(
        approver_name(one, campaign.book_id, campaign.by, unit) for one in review_approvers.for_unit(unit)
    )
    awaited = review_approvers.awaited_head(unit) if not found else None
    return found if awaited is None else (without_account(awaited.name),)


def _about(
    campaign: Campaign, row: Any, entry: RecordedEntry | None, permissions: Permissions
) -> tuple[Text, Text, tuple[Shown, ...], int | None, bool, bool]:
    """Return name, note, facts, version, whether it lies unused, and whether a change may be proposed."""
    policy = permissions.policy(campaign.book_id)
    match campaign.of:
        case "entries" if entry is not None:
            stored = row.entry
            facts = _fields(stored, entry, permissions, in_full=False, covered=True)
            note = _signs(policy, entry.id, row.signs) or entry.first("position")
            proposes = stored.state == "active" and may_propose(permissions, stored)
            return entry.first("name"), note, facts, entry.version, False, proposes
        case "units":
            count = Entry.select().where((Entry.unit == row.unit_id) & (Entry.state == "active")).count()
            return row.unit.name, _n("{count} entry", "{count} entries", count=count), (), None, False, False
        case "rights":
            right = Grant.get_by_id(row.right_id)
            last = last_uses(policy.book, [right.holder.id]).get(right.holder.id)
            unused = is_unused(policy, right, last)
            return name_of(right.holder.id), _right_note(policy, right, last), (), None, unused, False
    label = POINTS.get(row.point, Message(row.point))
    clause = next((one.clause for one in policy.controls if one.id == row.point), campaign.clause)
    told = check_facts(policy, row.point)
    facts = (Shown("known", _("Known now"), "text", (told,), "open", ()),) if told else ()
    return label, clause_words(clause), facts, None, False, False


def _right_note(policy: EffectivePolicy, right: Grant, last: str | None) -> Text:
    role = next((rule.label for rule in policy.roles if rule.id == right.role), Label(right.role, right.role))
    if last is None:
        return _("{role}, never used", role=role)
    return _("{role}, last used {day}", role=role, day=local(last)[:10])


def _signs(policy: EffectivePolicy, entry: int, signs: str) -> Text:
    """Return why an entry may be out of date, and which of its values was seen to be."""
    fields, told = fields_signed(entry) if signs else {}, []
    for sign in signs.split(","):
        labels = [policy.field(name).label for name in fields.get(sign, ())]
        if sign in SIGNS:
            told.append(
                _("{sign} ({which})", sign=SIGNS[sign], which=listed(labels)) if labels else SIGNS[sign]
            )
    return listed(told) if told else ""


def _fields(
    stored: Entry, entry: RecordedEntry, permissions: Permissions, *, in_full: bool, covered: bool
) -> tuple[Shown, ...]:
    """Return what the reader sees; masked in lists. Deciders out of reach see open fields."""
    policy = permissions.policy(entry.book)
    sights = sights_of(permissions, entry.book, side_of(stored))
    reader = sights.field_reader(entry.id, entry.unit, entry.kind) or NOBODY
    if not in_full:
        reader = replace(reader, own=False)
    if covered:
        reader = reader.masked_reader()
    rules = [
        rule
        for rule in policy.fields
        if rule.name not in ("name", "position", "unit") and (in_full or rule.kind in LISTED)
    ]
    owner = inside_owner_of(permissions, stored) if in_full else ""
    return visible_fields(rules, {**entry.values, "inside_owner": (owner,) if owner else ()}, reader)


def _members(policy: EffectivePolicy, unit: int, permissions: Permissions) -> tuple[Member, ...]:
    rows = Entry.select().left_outer_join(SearchEntry, on=(SearchEntry.entry == Entry.id))
    rows = rows.where((Entry.unit == unit) & (Entry.state == "active")).order_by(SearchEntry.line)
    found = []
    for row in rows:
        values = load_entry(row.id).values
        missing = [
            rule.label
            for rule in policy.fields
            if rule.required
            and (not rule.applies_to or row.kind in rule.applies_to)
            and not values.get(rule.name)
        ]
        found.append(
            Member(
                entry=row.id,
                name=row.name,
                position=row.position,
                verified=local(row.verified_at)[:10] if row.verified_at else "",
                missing=tuple(missing),
                may_propose=may_propose(permissions, row),
            )
        )
    return tuple(found)
