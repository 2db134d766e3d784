"""Deciding one thing of a campaign, and what follows from it on the record. Not an operation."""

from __future__ import annotations

from db.approval.seconds import watches_over_others
from db.desk.accounts.granting import revoke_grant
from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.entry import record
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import person_or_login
from db.desk.notifications.notices import store_notice
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import NamedApprover, note_office
from db.desk.requests.independence import same_person
from db.desk.requests.putting_off import ask_within
from db.desk.requests.request_views import name_of
from db.desk.reviews.review_approvers import ReviewApprovers
from db.desk.reviews.review_kinds import VERDICTS, verdicts_of
from db.desk.reviews.rights import is_last_maintainer, is_unused, last_uses
from db.desk.reviews.signs import tell_reporters
from db.desk.reviews.status import items_of
from db.language import _, _n, say
from db.policy.schema.base import cite
from db.store import clock
from db.store.sql import for_update
from db.store.tables import Campaign, Entry, Finding, Grant, Request, ReviewItem, UnitAbove

WORD_LENGTH = 300
OVERRULED = "review-overruled"


def lock_item(item: int) -> ReviewItem | None:
    """Read a review item and lock its row until the running transaction ends."""
    wanted = ReviewItem.select().where(ReviewItem.id == item)
    found: ReviewItem | None = for_update(wanted).get_or_none()
    return found


def decide_item(
    act: Act, campaign: Campaign, item: int, verdict: str, version: int | None, word: str, request: int | None
) -> None:
    """Store ``verdict`` of ``item`` and act on it: a confirmed entry is marked as verified and those who
    reported it as stale are notified, a removed right is withdrawn. A verdict already stored is replaced only
    with a ``word``, and its decider is notified. ``version`` is that of the entry that was looked at,
    ``request`` the change that corrects it. Raises Refused for anyone but its approvers, for a closed
    campaign, or an entry that was changed since; Invalid for a verdict that does not fit."""
    row = lock_item(item)
    said = " ".join(word.split())[:WORD_LENGTH]
    decider = _admitted(act, campaign, row)
    if row is None or decider is None:
        raise not_yours(campaign)
    act.note_facts(unit=row.unit_id, entry=row.entry_id, item=row.id, verdict=verdict)
    if campaign.closed_at is not None:
        raise campaign_closed(campaign)
    refuse_card_numbers([policy_of(campaign.book_id)], _("What you say"), said, "word")
    if verdict not in verdicts_of(policy_of(campaign.book_id), campaign):
        raise Invalid(Problem("verdict", _("This answer is not allowed here.")))
    _check_overruled(campaign, row, verdict, said)
    if row.entry_id is not None:
        _decide_entry(act, campaign, row, verdict, version, request)
    elif row.right is not None:
        request = _decide_right(act, campaign, row.right, verdict, said)
    elif campaign.of == "units":
        _check_department(campaign, row, said)
    elif verdict == "corrected" and not Finding.select().where(Finding.item == row).exists():
        raise Invalid(Problem("verdict", _("Record what you found, who is responsible, and by when.")))
    _tell_of_overruled(act, campaign, row)
    store_verdict(row, decider, verdict, word=said, version=version, request=request)
    act.note_facts(clause=campaign.clause, request=request)
    note_office(act, decider)


def store_verdict(
    row: ReviewItem,
    decider: NamedApprover,
    verdict: str,
    *,
    word: str = "",
    version: int | None = None,
    request: int | None = None,
) -> None:
    """Store a verdict with its decider, comment (``word``), and the entry's version or change request. Acts
    on nothing else and notifies nobody."""
    ReviewItem.update(
        verdict=verdict,
        comment=word,
        version=version,
        request=request,
        decided_by=decider.account,
        on_behalf_of=decider.on_behalf_of,
        decided_at=clock.now(),
    ).where(ReviewItem.id == row.id).execute()


def not_yours(campaign: Campaign) -> Refused:
    """Build the refusal that is the same for an item that others decide and for none."""
    return Refused(
        _("This is not among what you decide in this review."),
        campaign.clause,
        _("Decide what is in your own list; each department and person answers for their own."),
    )


def campaign_closed(campaign: Campaign) -> Refused:
    return Refused(_("This review is closed."), campaign.clause, _("Propose a change to the entry instead."))


def _admitted(act: Act, campaign: Campaign, row: ReviewItem | None) -> NamedApprover | None:
    if row is None or row.campaign_id != campaign.id:
        return None
    review_approvers = ReviewApprovers(campaign)
    if review_approvers.is_own(row, act.permissions.account):
        own_entry = _("Nobody decides on their own entry in a review.")
        raise Refused(
            own_entry if row.right is None else _("Nobody decides on their own right."),
            _independence_clause(campaign),
            _("A colleague with the same role decides on it, or the supervisor."),
        )
    return review_approvers.capacity(row, act.permissions.account)


def _independence_clause(campaign: Campaign) -> str:
    """Return what keeps deciders apart: the clause of a full review (B.5.3); no other review's says it."""
    return campaign.clause if campaign.kind == "full-review" else SILENT


def _check_overruled(campaign: Campaign, row: ReviewItem, verdict: str, word: str) -> None:
    """Raise Refused where the item is decided already and no ``word`` says why it is decided again (B.5.3). A
    finding has words of its own and needs none here."""
    permissions = items_of(campaign).where(ReviewItem.id == row.id).first().status
    is_found = campaign.of == "points" and verdict == "corrected"  # a finding has its own words
    if row.verdict is None or permissions == "open" or word or is_found:
        return
    raise Refused(
        _(
            "This is decided already: {verdict}, {who} {day}.",
            verdict=VERDICTS[campaign.of, row.verdict],
            who=name_of(row.decided_by_id),
            day=local(row.decided_at or "")[:10],
        ),
        _independence_clause(campaign),
        _("Say in a word why it is decided again; whoever decided it is told."),
        field="word",
    )


def _tell_of_overruled(act: Act, campaign: Campaign, row: ReviewItem) -> None:
    """Notify the account that decided ``row`` before that somebody else decides it again."""
    if row.verdict is None or row.decided_by_id in (None, act.permissions.account):
        return
    before = VERDICTS[campaign.of, row.verdict]
    detail = {
        "by": person_or_login(act.permissions.account),
        "verdict_zh": say(before, "zh_CN"),
        "verdict_en": say(before, "en"),
        "review": campaign.id,
    }
    store_notice(
        OVERRULED, campaign.book_id, [int(row.decided_by_id)], clause=campaign.clause, entry=row.entry_id,
        unit=row.unit_id, detail=detail,
    )  # fmt: skip


def _decide_entry(
    act: Act, campaign: Campaign, row: ReviewItem, verdict: str, version: int | None, request: int | None
) -> None:
    entry = Entry.get_by_id(row.entry_id)
    if entry.state == "left":
        raise Refused(
            _("This entry has been removed already."), campaign.clause, _("Go on with the next one.")
        )
    if entry.version != version:
        raise Refused(
            _("The entry has been changed since you looked at it."),
            campaign.clause,
            _("Look at it again and decide on what it says now."),
        )
    if verdict == "right":
        record.mark_verified(entry.id, act.permissions.account)
        tell_reporters(entry, right=True)
    elif verdict == "corrected" and not _corrects(campaign, row, request):
        raise Invalid(Problem("request", _("Submit the correction first; the review points to it.")))


def _corrects(campaign: Campaign, row: ReviewItem, request: int | None) -> bool:
    """Return whether ``request`` is a change of the entry that was asked for in the course of the review."""
    return Request.select().where(
        (Request.id == request)
        & (Request.entry == row.entry_id)
        & (Request.submitted_at >= campaign.opened_at)
        & Request.state.in_(("open", "returned", "applied"))
    ).exists()  # fmt: skip


def _decide_right(act: Act, campaign: Campaign, right: Grant, verdict: str, word: str) -> int | None:
    """Withdraw a right, notifying its holder and the watchers, or leave it. A right whose withdrawal takes
    two offices is asked back by a request (`ask_within`), whose number is returned. Raises Refused for the
    last keeper, for the actor who opened the review, and for an unused right that is left without a word."""
    policy = policy_of(campaign.book_id)
    act.note_facts(account=right.holder.id, role=right.role)
    if verdict == "removed":
        if is_last_maintainer(policy, right):
            raise Refused(
                _("Nobody would keep this directory any more."),
                SILENT,
                _("Give the role to somebody else first."),
            )
        if watches_over_others(policy, right.role):
            return ask_within(act, "accounts.revoke", grant=right.id)
        _check_not_alone(act, campaign)
        revoke_grant(right, by=act.permissions.account, clause=campaign.clause)
        return None
    last = last_uses(policy.book, [right.holder.id]).get(right.holder.id)
    if is_unused(policy, right, last) and not word:
        raise Refused(
            _n(
                "This right has not been used for {days} day.",
                "This right has not been used for {days} days.",
                days=policy.rights.unused_days,
            ),
            cite(policy.rights.clause_of("unused_days"), campaign.clause),
            _("Withdraw it, or say why the work still needs it."),
        )
    return None


def _check_not_alone(act: Act, campaign: Campaign) -> None:
    """Raise Refused where the actor would take a right back in a review that they opened outside its cycle:
    that takes two."""
    opener = campaign.opened_by_id
    if opener is not None and same_person(int(opener), act.permissions.account):
        raise Refused(
            _("Nobody takes a right back alone in a review that they opened themselves."),
            policy_of(campaign.book_id).rights.clause,
            _("Somebody else decides on it, or take the role back from the account, which takes a second."),
        )


def _check_department(campaign: Campaign, row: ReviewItem, word: str) -> None:
    """Raise Refused for a department without any entry that is called complete without a ``word`` why."""
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == row.unit_id)
    entries = Entry.select().where(Entry.unit.in_(below) & (Entry.state == "active"))
    if not entries.exists() and not word:
        raise Refused(
            _("Nothing has been sent in for this department yet."),
            campaign.clause,
            _("File its entries first, or say why it has none."),
        )
