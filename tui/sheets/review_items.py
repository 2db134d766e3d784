"""What a review looks at, each thing decided by itself (B.5.3). Its screens are made by hand, one a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db.desk.reviews.review_kinds import VERDICTS
from db.desk.reviews.review_views import CampaignRow, ItemRow, ItemView
from db.desk.reviews.reviews import AT_ONCE, Reviews, Which
from db.language import Message, Text, _, listed
from tui.sheets.asks import At, Number, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Fact
from tui.sheets.sheet import NEVER, Column, Sheet, Verb
from tui.sheets.units import unit_in

SHOWS: Final[tuple[tuple[Which, Message], ...]] = (
    ("mine", _("What I decide")),
    ("undecided", _("What is undecided")),
    ("all", _("Everything")),
)


def default_view(review: CampaignRow) -> Which:
    if review.closed:
        return "all" if review.oversees else "mine"
    return "mine" if review.mine or not review.oversees else "undecided"


def _verdicts(at: At[Any]) -> list[OfferedAnswer[str]]:
    review = at[REVIEW]
    return [OfferedAnswer(verdict, VERDICTS[review.of, verdict]) for verdict in review.verdicts]


REVIEW: OneOf[CampaignRow] = OneOf(
    "review",
    _("The review."),
    title=_("Which review?"),
    choices=lambda at: [OfferedAnswer(row, row.label, row.opened) for row in Reviews(at.desk).campaigns()],
    nothing=_("Nothing is under review for you."),
    obvious=True,
    word=lambda row: str(row.id),
)
SHOW: OneOf[Which | None] = OneOf(
    "show",
    _("Only what you decide, what is undecided, or everything."),
    title=_("Show"),
    required=False,
    choices=lambda _at: [OfferedAnswer(which, label) for which, label in SHOWS],
)
AFTER = Number(
    "after",
    _("Continue after this item (default: from the start)."),
    required=False,
)
CALLED = unit_in(lambda at: at[REVIEW].book)
"""What the book under review calls a unit."""
VERDICT: OneOf[str] = OneOf("verdict", _("What you say of it."), choices=_verdicts)
WORD = Typed("word", _("What has to be known of it."), required=False)
VERSION = Number(
    "version",
    _("Version of the entry you reviewed, as listed."),
    required=False,
)
REQUEST = Number(
    "request",
    _("Of a corrected entry: the number that `change` gave the correction."),
    required=False,
)


def told_of(view: ItemView) -> list[Fact]:
    """Return the values of an item under review as facts, as far as they may be seen, and the decision."""
    row = view.row
    found: list[Fact] = [(field.label, field.text) for field in view.fields or row.facts]
    if row.verdict:
        said = f" “{row.comment}”" if row.comment else ""
        by = Message(" {who} {day}{said}", {"who": row.who, "day": row.day, "said": said})
        found.append((_("Decided"), [row.verdict, by]))
    return found


def _in_full(at: At[Any], view: ItemView | None) -> list[Fact]:
    if view is None:
        return []
    row = view.row
    found: list[Fact] = [(_("No."), str(row.id)), (CALLED(at), row.unit), (_("About"), row.note)]
    if row.entry is not None:
        found += [(_("Entry"), str(row.entry)), (_("Version"), str(row.version))]
    if row.unused:
        found.append((_("Note"), _("This right is unused and is kept only with a reason.")))
    for member in view.members:
        lacks: list[Text] = [_("Missing"), " ", listed(member.missing)] if member.missing else []
        found.append((member.name, [f"{member.entry} {member.position} {member.verified} ", *lacks]))
    return found + told_of(view)


def _next(at: At[Any]) -> ItemView | None:
    review, reviews = at[REVIEW], Reviews(at.desk)
    which = default_view(review)
    place = reviews.next_open(review.id, which, at[AFTER])
    if place is None:
        return None
    (row,) = reviews.items(review.id, which, place, 1)
    return reviews.one(review.id, row.id)


def _decide_item(at: At[Any]) -> int:
    review, reviews = at[REVIEW], Reviews(at.desk)
    reviews.decide(review.id, at.number, at[VERDICT], at[VERSION], word=at[WORD], request=at[REQUEST])
    return next((row.mine for row in reviews.campaigns() if row.id == review.id), 0)


def _name(_at: At[Any], view: ItemView | None) -> Text:
    return view.row.name if view is not None else _("Nothing is open any more.")


NEXT: Verb[ItemRow] = Verb(
    id="next",
    operation="reviews.next_open",
    label=_("Next"),
    help=_("Show the next one that is open, in full as far as you may see it."),
    on="none",
    asks=(AFTER,),
    do=_next,
    done=_name,
    shows=_in_full,
    example="reviews items next --review 3",
)
VIEW: Verb[ItemRow] = Verb(
    id="view",
    operation="reviews.one",
    key="v",
    label=_("View"),
    help=_("Show one in full, as far as you may see it; that is recorded."),
    do=lambda at: Reviews(at.desk).one(at[REVIEW].id, at.number),
    done=_name,
    shows=_in_full,
    example="reviews items view 17 --review 3",
)
DECIDE: Verb[ItemRow] = Verb(
    id="decide",
    operation="reviews.decide",
    key="a",
    label=_("Decide"),
    help=_("Say what you found of one of them."),
    asks=(VERDICT, WORD, VERSION, REQUEST),
    do=_decide_item,
    done=lambda _at, mine: _("Decided. Open for you: {count}", count=mine),
    example="reviews items decide 17 --review 3 --verdict right --version 5",
)


def _rows(at: At[Any]) -> Sequence[ItemRow]:
    review = at[REVIEW]
    which, found = at.answers.get(SHOW.id) or default_view(review), list[ItemRow]()
    last: int | None = None
    while page := Reviews(at.desk).items(review.id, which, limit=AT_ONCE, after=last):
        found += page
        last = page[-1].id
    return found


ITEMS: Sheet[ItemRow] = Sheet(
    id="reviews items",
    operation="reviews.items",
    title=_("Things under review"),
    about=_(
        "What a review looks at. Each is decided; what is under way counts as decided once it is applied."
    ),
    help=_("List what a review looks at, or show one of it."),
    of=(REVIEW, SHOW),
    rows=_rows,
    key=lambda row: row.id,
    named="item",
    book=lambda at, _row: at[REVIEW].book,
    columns=(
        Column("name", _("Name"), lambda row: row.name, tone="strong"),
        Column("unit", CALLED, lambda row: row.unit, 12, few=True),
        Column("about", _("About"), lambda row: (row.note, *(field.text for field in row.facts)), 20),
        Column("who", _("Checked by"), lambda row: row.who, 10, from_width=100, few=True),
        Column(
            "state",
            _("Status"),
            lambda row: row.verdict or row.status_label,
            14,
            few=True,
            data=lambda row: row.status,
        ),
        Column("entry", _("Entry"), lambda row: row.entry, from_width=NEVER),
        Column("version", _("Version"), lambda row: row.version, from_width=NEVER),
    ),
    verbs=(NEXT, VIEW, DECIDE),
    empty=_("There is nothing here to decide."),
    example="reviews items --review 3",
)
