"""Reviews: what is under review in the reader's books, how far it is, and what of it is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.reviews.review_views import CampaignRow, UnitProgress
from db.desk.reviews.reviews import ReviewOffer, Reviews
from db.language import Text, _
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.review_items import CALLED, ITEMS, REVIEW
from tui.sheets.sheet import Column, InnerList, Question, Sheet, Verb


def _offers(at: At[Any]) -> list[OfferedAnswer[ReviewOffer]]:
    """Return the reviews that can be started as choices; two of a kind in one book differ by who decides."""
    found = Reviews(at.desk).offers()
    kinds = [(one.book, one.kind) for one in found]
    return [
        OfferedAnswer(
            one, one.label, one.book_label, "/".join(kind if kinds.count(kind) == 1 else (*kind, one.by))
        )
        for one, kind in zip(found, kinds, strict=True)
    ]


KIND: OneOf[ReviewOffer] = OneOf(
    "kind",
    _("The kind of review."),
    title=_("Open which review?"),
    choices=_offers,
    nothing=_("There is no review that you may open."),
)
REASON = Typed("reason", _("Why it is needed outside its cycle"), required=False)
"""The desk refuses to do without, and cites its clause."""

NEW: Verb[CampaignRow] = Verb(
    id="new",
    operation="reviews.open",
    key="n",
    label=_("New"),
    help=_("Open a review outside its cycle, and say why."),
    on="none",
    asks=(KIND, REASON),
    open_to=lambda at: bool(Reviews(at.desk).offers()),
    do=lambda at: Reviews(at.desk).open(at[KIND].book, at[KIND].kind, at[REASON], at[KIND].by),
    done=lambda at, number: _("Opened: {label}, review {number}", label=at.chosen_label(KIND), number=number),
    example="reviews new --kind staff/check --reason 'the offices moved'",
    lengthy=True,
)
CLOSE: Verb[CampaignRow] = Verb(
    id="close",
    operation="reviews.close",
    key="x",
    label=_("Close review"),
    help=_("Close the review; nothing may be undecided."),
    offered=lambda row: row.runs,
    sure=lambda at: Question(
        _("Close this review: {label}?", label=at.row.label), yes=_("Close review"), no=_("Keep it open")
    ),
    do=lambda at: Reviews(at.desk).close(at.number),
    done=lambda at, _made: _("Closed: {label}", label=at.row.label),
    example="reviews close 3",
)


def _facts(row: CampaignRow) -> Sequence[Fact]:
    found: list[Fact] = [
        (_("Opened outside its cycle"), row.reason),
        (_("Waits for you"), str(row.mine or "")),
        (_("Undecided"), str(row.count.undecided)),
        (_("Under way"), str(row.count.under_way or "")),
        (_("Closed"), row.closed),
    ]
    return [(label, value) for label, value in found if value]


REVIEWS: Sheet[CampaignRow] = Sheet(
    id="reviews",
    operation="reviews.campaigns",
    title=_("Reviews"),
    about=_(
        "Reviews come by their cycle, or are opened with a reason. Each thing is decided: right, wrong or "
        "gone. A review can be closed once nothing in it is undecided. Enter opens what you decide."
    ),
    help=_("List the reviews in which you decide something, or which you run or oversee."),
    rows=lambda at: Reviews(at.desk).campaigns(),
    key=lambda row: row.id,
    named="review",
    book=lambda _at, row: row.book,
    columns=(
        Column("label", _("Review"), lambda row: row.label, 16, in_english=17, tone="strong", few=True),
        Column(
            "book",
            _("Directory"),
            lambda row: row.book_label,
            data=lambda row: row.book,
            from_width=70,
            few=True,
        ),
        Column("opened", _("Opened"), lambda row: row.opened, 10, from_width=100),
        Column("due", _("Due"), lambda row: row.due, 18, whole=True),
        Column("closed", _("Closed"), lambda row: row.closed, 10, from_width=100),
        Column("mine", _("Mine"), lambda row: row.mine or None, 5, right=True),
        Column("decided", _("Decided"), lambda row: row.count, 13),
    ),
    facts=_facts,
    context=lambda row: (row.book_label, clause_text(row.due.clause if row.due else row.clause)),
    inside=InnerList(ITEMS, lambda row: {REVIEW.id: row}),
    verbs=(NEW, CLOSE),
    empty=_("Nothing is under review for you. Reviews open on the days that the regulations set."),
    example="reviews",
)


def _state_words(row: UnitProgress) -> Text:
    if row.late:
        return _("late")
    return "" if row.count.undecided else "✓"


def _review_words(at: At[Any]) -> Cell:
    row = at[REVIEW]
    words = (row.book_label, clause_text(row.clause))
    return [Styled(row.label, "strong"), *(part for word in words for part in ("  ", Styled(word, "dim")))]


REVIEW_PROGRESS: Sheet[UnitProgress] = Sheet(
    id="reviews progress",
    operation="reviews.progress",
    title=_("Progress"),
    about=_("How far each department is, and who has still to decide. Past the due day it is marked late."),
    help=_("Say how far a review is in each department, and for whom it waits."),
    of=(REVIEW,),
    rows=lambda at: Reviews(at.desk).progress(at[REVIEW].id),
    key=lambda row: row.unit,
    named="unit",
    said=_review_words,
    book=lambda at, _row: at[REVIEW].book,
    columns=(
        Column("name", CALLED, lambda row: row.name, 16, tone="strong"),
        Column("decided", _("Decided"), lambda row: row.count, 17),
        Column("undecided", _("Undecided"), lambda row: row.count.undecided, 9, right=True),
        Column("who", _("Waits for"), lambda row: row.who),
        Column(
            "state",
            _("Status"),
            _state_words,
            6,
            tone=lambda row: "bad" if row.late else "good",
            few=True,
            data=lambda row: "late" if row.late else "open" if row.count.undecided else "decided",
        ),
    ),
    empty=_("There is nothing here to decide."),
    example="reviews progress --review 3",
)
