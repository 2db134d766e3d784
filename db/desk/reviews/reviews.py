"""Reviews: opening them, deciding one thing after the other, how far they are, and closing them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_
from typing import Any, Literal

from peewee import fn

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.disclosure_limits import is_beyond, note_shown
from db.desk.frame import OperationGroup, operation
from db.desk.notation.page import ProgressCount
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.request_views import name_of
from db.desk.reviews.deciding import decide_item, not_yours
from db.desk.reviews.duties import end_duties, settle_about
from db.desk.reviews.opening import open_campaign
from db.desk.reviews.review_approvers import EVERYTHING, NOTHING, ReviewApprovers, unit_names
from db.desk.reviews.review_kinds import label_of, runner_of
from db.desk.reviews.review_views import (
    CampaignRow,
    ItemRow,
    ItemView,
    Spread,
    UnitPart,
    UnitProgress,
    campaign_row,
    item_rows,
    item_view,
    progress,
)
from db.desk.reviews.status import (
    campaign_progress,
    items_of,
    open_findings,
    status,
    unit_progress,
)
from db.language import Label, Message, Text, _, _n
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Book, Campaign, Entry, ReviewItem, Unit, UnitAbove

Which = Literal["mine", "undecided", "all"]
AT_ONCE = 200
CLOSED_SHOWN = 20
REASON_LENGTH = 300
HANDS = 5
"""Those who decided most are named."""


@dataclass(frozen=True, slots=True)
class ItemLeft:
    """A thing that was not decided with the others, and why."""

    item: int
    why: Message


@dataclass(frozen=True, slots=True)
class ReviewOffer:
    """A review that the actor may open at any time."""

    book: str
    book_label: Label
    kind: str
    by: str
    label: Text
    clause: str


class Reviews(OperationGroup):
    """Operations on campaigns."""

    @operation("reviews.campaigns", label=_("list reviews"), recorded=False, power=LOOKS)
    def campaigns(self) -> tuple[CampaignRow, ...]:
        """Return reviews to decide in, run or oversee: open ones by due day, then the last closed."""
        found = []
        for book in self.permissions.books:
            rows = Campaign.select().where(Campaign.book == book)
            closed = rows.where(Campaign.closed_at.is_null(False)).order_by(Campaign.closed_at.desc())
            for row in [*rows.where(Campaign.closed_at.is_null()), *closed.limit(CLOSED_SHOWN)]:
                theirs, oversees = ReviewApprovers(row).condition_for(self.permissions), self._oversees(row)
                mine = campaign_progress(row, theirs) if theirs is not NOTHING else ProgressCount()
                count = campaign_progress(row) if oversees and theirs is not EVERYTHING else mine
                if oversees or mine.open or self._decided_something(row):
                    found.append(campaign_row(row, self.permissions, count, mine, oversees=oversees))
        return tuple(
            sorted(found, key=lambda one: (bool(one.closed), one.due.day if one.due else "", one.id))
        )

    @operation("reviews.waiting", label=_("count what waits in reviews"), recorded=False, power=LOOKS)
    def waiting(self) -> int:
        """Count the things of all reviews that the actor has still to decide."""
        rows = Campaign.select().where(
            Campaign.closed_at.is_null() & Campaign.book.in_(self.permissions.books)
        )
        return sum(
            campaign_progress(row, ReviewApprovers(row).condition_for(self.permissions)).open for row in rows
        )

    @operation("reviews.items", label=_("list what a review looks at"), recorded=False, power=LOOKS)
    def items(
        self,
        campaign: int,
        which: Which = "mine",
        offset: int = 0,
        limit: int = AT_ONCE,
        unit: int | None = None,
        *,
        after: int | None = None,
        words: str = "",
    ) -> tuple[ItemRow, ...]:
        """List things of a review in their order, or those that come ``after`` one of them, whose name holds
        ``words``; protected values are masked. ``mine``: what the actor decides; the others are for those who
        run or oversee it."""
        row = self._campaign(campaign)
        listed = self._listed_items(row, which, words)
        if unit is not None:
            listed = listed.where(ReviewItem.unit == unit)
        if after is not None:
            listed = listed.where(ReviewItem.ord > _place(row, after))
        # the others of a list are passed by their numbers alone
        numbers: Any = listed.select(ReviewItem.id).offset(offset).limit(min(limit, AT_ONCE)).tuples()
        window = items_of(row).where(ReviewItem.id.in_([number for (number,) in numbers]))
        shown = list(window.switch(ReviewItem).join(Unit).select_extend(Entry, Unit))
        return item_rows(row, shown, self.permissions, self._decidable(row, shown, which))

    @operation("reviews.spread", label=_("ask where a review stands"), recorded=False, power=LOOKS)
    def spread(self, campaign: int, which: Which = "mine", words: str = "") -> Spread:
        """Count what `items` lists in each unit, and by each of those who decided."""
        row = self._campaign(campaign)
        mine, narrowed = self._mine(row, which), self._narrowed(which, words)
        found = unit_progress(row, mine=mine, narrowed=narrowed)
        names = unit_names(list(found))
        plain = ReviewItem.select().where(ReviewItem.campaign == row)
        every: Any = plain if narrowed is None else items_of(row)
        by = every.select(ReviewItem.decided_by, fn.COUNT(ReviewItem.id)).order_by()
        fits = ReviewItem.decided_by.is_null(False) & mine
        decided = by.where(fits if narrowed is None else fits & narrowed).group_by(ReviewItem.decided_by)
        hands = sorted(decided.tuples(), key=lambda hand: (-hand[1], hand[0]))
        return Spread(
            tuple(UnitPart(unit, names[unit], count) for unit, count in found.items()),
            tuple((name_of(account), count) for account, count in hands[:HANDS]),
        )

    @operation(
        "reviews.next_open", label=_("find what is open next in a review"), recorded=False, power=LOOKS
    )
    def next_open(self, campaign: int, which: Which = "mine", after: int | None = None) -> int | None:
        """Return the position in `items` of the next undecided item after ``after``, starting over from the
        first at the end; None where all are decided."""
        row = self._campaign(campaign)
        listed = self._listed_items(row, which)
        still = listed.where(status() == "open")
        found = still.where(ReviewItem.ord > _place(row, after)).first() or still.first()
        return listed.where(ReviewItem.ord < found.ord).count() if found is not None else None

    @operation("reviews.one", label=_("open one thing under review"), recorded=True, power=LOOKS)
    def one(self, campaign: int, item: int) -> ItemView:
        """Return one thing in full; records which protected values are shown. Raises Refused for others'."""
        row = self._campaign(campaign)
        self.act.note_facts(item=item)
        query = items_of(row).where(ReviewItem.id == item)
        if not self._oversees(row):
            query = query.where(ReviewApprovers(row).condition_for(self.permissions))
        found = query.first()
        if found is None:
            raise not_yours(row)
        self.act.note_facts(unit=found.unit_id, entry=found.entry_id)
        policy, entry = policy_of(row.book_id), found.entry_id
        covered = entry is not None and is_beyond(self.act, policy, entry)
        mine = self._decidable(row, [found])
        view = item_view(row, found, self.permissions, mine, covered=covered)
        own = self.permissions.own.get(row.book_id, (None, None))[0] == entry
        if entry is not None and not own and any(field.look == "shown" for field in view.fields):
            note_shown(self.act, policy, entry)
        return view

    @operation(
        "reviews.decide",
        label=_("decide in a review"),
        recorded=True,
        power=power_over(Moves.DUTY, Moves.ENTRY, Moves.ROLE),
        mass=True,
    )
    def decide(
        self,
        campaign: int,
        item: int,
        verdict: str,
        version: int | None = None,
        *,
        word: str = "",
        request: int | None = None,
    ) -> None:
        """Store that an item is ``right``, ``corrected`` (by the change ``request``) or ``removed``; a
        removed right is withdrawn, notifying its holder, or a request asks for that where it takes two.
        ``word`` is the reason. Notifies a former decider, and ends the tasks that have nothing undecided
        left. Raises Refused where it is not the actor's to decide, the review is closed, or the entry is no
        longer what was looked at; Invalid for a verdict that does not fit."""
        row = self._campaign(campaign)
        decide_item(self.act, row, item, verdict, version, word, request)
        settle_about(row, item, self.permissions.account)

    @operation(
        "reviews.decide_rest",
        label=_("decide the rest of a review"),
        recorded=True,
        power=power_over(Moves.DUTY, Moves.ENTRY),
        mass=True,
    )
    def decide_rest(self, campaign: int, drawn: Sequence[tuple[int, int | None]]) -> tuple[ItemLeft, ...]:
        """Store that several items, each ``(item, version)`` as it was drawn, are right, and return those
        left out: changed since, decided by somebody else, or not the actor's to decide. Where all were left
        out, raises what the first one raised. Each is recorded as an act of its own. Raises Invalid for
        none."""
        if not drawn:
            raise Invalid(Problem("items", _("Mark what is right, or go to a department's heading.")))
        self._campaign(campaign)
        left = self.act.do_each(dict(drawn), partial(self._find_right, campaign), {})
        return tuple(ItemLeft(item, why.message) for item, why in left.items())

    def _find_right(self, campaign: int, item: int, version: int | None) -> None:
        row = self._campaign(campaign)
        decide_item(self.act, row, item, "right", version, "", None)
        settle_about(row, item, self.permissions.account)

    @operation("reviews.progress", label=_("ask how far a review is"), recorded=False, power=LOOKS)
    def progress(self, campaign: int) -> tuple[UnitProgress, ...]:
        """Return how far each department is and for whom it waits; those who don't oversee the review see the
        departments they head, those below, and those in which they decide."""
        row = self._campaign(campaign)
        if self._oversees(row):
            return progress(row, self.permissions)
        headed = [holding.unit for holding in self.permissions.own_holdings("head", row.book_id)]
        below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_(headed))
        items = ReviewItem.select(ReviewItem.unit).where(ReviewItem.campaign == row).distinct()
        mine = items.where(ReviewApprovers(row).condition_for(self.permissions))
        return progress(row, self.permissions, {one.unit_id for one in (*below, *mine)})

    @operation(
        "reviews.close", label=_("close a review"), recorded=True, power=power_over(Moves.DUTY, way=Way.TOLD)
    )
    def close(self, campaign: int) -> None:
        """Close a review and end its tasks, as done or else as cancelled; notify the watchers. Raises Refused
        while items are undecided or findings open (B.5.3, C.6); a review outside its cycle in which nobody
        has decided anything is cancelled by this."""
        row = self._campaign(campaign)
        self._check_runs(row)
        if row.closed_at is not None:
            raise Refused(_("This review is closed."), row.clause, _("Open another one if it is needed."))
        count = campaign_progress(row)
        if count.undecided and not (row.reason and count.undecided == count.total):
            raise Refused(
                _("Still undecided: {count} of {total}.", count=count.undecided, total=count.total),
                row.clause,
                _("Open the review and decide on each of them; v shows for whom they wait."),
            )
        findings = open_findings(row)
        if findings:
            raise Refused(
                _n(
                    "{count} finding is not closed yet.",
                    "{count} findings are not closed yet.",
                    count=findings,
                ),
                row.clause,
                _("Follow each of them to its end first."),
            )
        Campaign.update(closed_at=clock.now(), closed_by=self.permissions.account).where(
            (Campaign.id == row.id) & Campaign.closed_at.is_null()
        ).execute()
        end_duties(row, self.permissions.account)
        self.act.note_facts(clause=row.clause, things=count.total)

    @operation("reviews.offers", label=_("list reviews to open"), recorded=False, power=LOOKS)
    def offers(self) -> tuple[ReviewOffer, ...]:
        """List the reviews that the actor may open now, outside their cycle."""
        found = []
        for book in self.permissions.books:
            policy, row = policy_of(book), Book.get_by_id(book)
            for rule in policy.reviews:
                if runner_of(policy, rule) in self._own_roles(book):
                    title = row.title
                    found.append(
                        ReviewOffer(book, title, rule.kind, rule.by, label_of(rule.kind), rule.clause)
                    )
        return tuple(found)

    @operation(
        "reviews.open",
        label=_("open a review"),
        recorded=True,
        power=power_over(Moves.DUTY, way=Way.TOLD, undo="reviews.close"),
        mass=True,
    )
    def open(self, book: str, kind: str, reason: str, by: str = "") -> int:
        """Open a review outside its cycle, with the ``reason`` (E.12), and the tasks of those who decide in
        it; notify the watchers. Return its number. ``by``: which of several rules of the kind, by the role
        that decides.

        Raises Refused without a reason, for anyone who does not run such reviews, and while another one of
        the kind that was opened so is open; Invalid where there is nothing to look at."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book, kind=kind)
        rules = [rule for rule in policy.reviews if rule.kind == kind and by in ("", rule.by)]
        if not rules:
            raise Invalid(Problem("kind", _("The regulations of this directory know no such review.")))
        rule, said = rules[0], " ".join(reason.split())[:REASON_LENGTH]
        if runner_of(policy, rule) not in self._own_roles(book):
            raise Refused(
                _("Such a review is opened by {role}.", role=policy.role(runner_of(policy, rule)).label),
                rule.clause,
                _("Tell them why one is needed."),
            )
        control = policy.control("ad-hoc-reason")
        clause = control.clause if control is not None else rule.clause
        if not said:
            raise Refused(
                _("A review outside its cycle says why it is needed."),
                clause,
                _("Say in a few words what happened, then open it again."),
                field="reason",
            )
        same = (Campaign.book == book) & (Campaign.kind == rule.kind) & (Campaign.by == rule.by)
        if Campaign.select().where(same & Campaign.closed_at.is_null() & (Campaign.reason != "")).exists():
            raise Refused(
                _("A review of this kind is under way outside its cycle already."),
                rule.clause,
                _("Decide in that one, or close it first."),
            )
        occasion = f"{book}:{rule.kind}:{rule.by}:{clock.now()}"
        refuse_card_numbers([policy], _("Reason"), said, "reason")
        made = open_campaign(policy, rule, occasion, reason=said, account=self.permissions.account)
        if made is None:
            raise Invalid(Problem("kind", _("There is nothing to look at.")))
        self.act.note_facts(clause=clause, campaign=made.id, reason=said)
        return int(made.id)

    # What the actor may do in a campaign

    def _campaign(self, campaign: int) -> Campaign:
        """Find a campaign that exists for the actor, and note it for the audit. Raises Refused alike for any
        other and for none."""
        row = Campaign.get_or_none(Campaign.id == campaign)
        self.act.note_facts(campaign=campaign)
        known = row is not None and row.book_id in self.permissions.books
        if row is None or not known or not (self._oversees(row) or self._has_part(row)):
            raise Refused(
                _("There is no such review for you."), SILENT, _("Choose one from the list of reviews.")
            )
        self.act.note_facts(book=row.book_id, clause=row.clause)
        return row

    def _listed_items(self, row: Campaign, which: Which, words: str = "") -> Any:
        """Build the query for the items of a campaign that the actor lists as ``which``."""
        return items_of(row).where(self._fits(row, which, words))

    def _fits(self, row: Campaign, which: Which, words: str) -> Any:
        """Return the condition on items joined with their entries for ``which`` and ``words``."""
        mine, narrowed = self._mine(row, which), self._narrowed(which, words)
        return mine if narrowed is None else mine & narrowed

    def _mine(self, row: Campaign, which: Which) -> Any:
        """Return the condition on items alone for those that the actor may list as ``which``."""
        if which == "mine" or not self._oversees(row):
            return ReviewApprovers(row).condition_for(self.permissions)
        return EVERYTHING

    @staticmethod
    def _narrowed(which: Which, words: str) -> Any:
        """Return the condition on joined items for what ``which`` and ``words`` leave; None for all."""
        found = [status() != "decided"] if which == "undecided" else []
        found += [Entry.name.contains(word) for word in words.split()]
        return reduce(and_, found) if found else None

    def _decidable(self, row: Campaign, items: Sequence[Any], which: Which = "all") -> Container[int]:
        """Return the numbers of those ``items``, listed as ``which``, that the actor may decide."""
        numbers = {item.id for item in items}
        if which == "mine" or not self._oversees(row):
            return numbers
        theirs: Any = ReviewItem.select(ReviewItem.id).where(
            ReviewItem.id.in_(numbers) & ReviewApprovers(row).condition_for(self.permissions)
        )
        return {number for (number,) in theirs.tuples()}

    def _oversees(self, row: Campaign) -> bool:
        policy = policy_of(row.book_id)
        functions = {row.runs, policy.maintainer.role, policy.supervisor.role}
        return any(
            role in functions
            for role in self.permissions.roles(row.book_id)
            if any(holding.unit == self.permissions.recorded_books[row.book_id].root
                   for holding in self.permissions.own_holdings(role, row.book_id))
        )  # fmt: skip

    def _has_part(self, row: Campaign) -> bool:
        mine = ReviewItem.select().where(
            (ReviewItem.campaign == row) & ReviewApprovers(row).condition_for(self.permissions)
        )
        return bool(mine.exists()) or self._decided_something(row)

    def _decided_something(self, row: Campaign) -> bool:
        decided = ReviewItem.select(ReviewItem.campaign).where(
            ReviewItem.decided_by == self.permissions.account
        )
        return row.id in {item.campaign_id for item in decided.distinct()}

    def _check_runs(self, row: Campaign) -> None:
        root = self.permissions.recorded_books[row.book_id].root
        if not any(holding.unit == root for holding in self.permissions.own_holdings(row.runs, row.book_id)):
            role = policy_of(row.book_id).role(row.runs).label
            raise Refused(
                _("This review is closed by {role}.", role=role), row.clause, _("Decide your own part of it.")
            )

    def _own_roles(self, book: str) -> Sequence[str]:
        root = self.permissions.recorded_books[book].root
        return [
            holding.role
            for holding in self.permissions.holdings
            if holding.book == book and holding.unit == root
        ]


def _place(campaign: Campaign, item: int | None) -> Any:
    """Query where ``item`` stands in the list of ``campaign``; nowhere if it does not."""
    one = (ReviewItem.campaign == campaign) & (ReviewItem.id == item)
    return ReviewItem.select(ReviewItem.ord).where(one)
