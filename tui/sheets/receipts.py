"""My copies: the password that opens one, which acknowledges it (I.4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from db.desk.editions.copies import Copies, OpenedCopy
from db.desk.editions.edition_views import CopyRow, MyCopy
from db.desk.editions.receiving import Receipt
from db.language import Text, _, clause_words
from tui.sheets.asks import At
from tui.sheets.cell import Cell, Fact, Styled, Tone
from tui.sheets.sheet import NEVER, Column, Sheet, Verb

STATES: Final[Mapping[Receipt, tuple[Text, Tone]]] = {
    "recalled": (_("called back"), "warn"),
    "closed": (_("– closed"), "dim"),
    "waiting": (_("! not yet"), "bad"),
    "no-account": (_("! no account"), "bad"),
    "not-issued": (_("! to be issued"), "bad"),
    "left": (_("! left"), "bad"),
}
"""How far a copy got that is not acknowledged."""


def state(row: MyCopy | CopyRow) -> Text:
    return _("✓ acknowledged") if row.receipt == "acknowledged" else STATES[row.receipt][0]


def _receipt(row: MyCopy | CopyRow) -> Cell:
    """Return a cell with when a copy was acknowledged, or its state."""
    if row.receipt == "acknowledged":
        return Styled(f"✓ {row.acknowledged_at[5:]}", "good")
    return Styled(*STATES[row.receipt])


ACKNOWLEDGED: Final[Column[Any]] = Column(
    "acknowledged",
    _("Acknowledged"),
    lambda row: row.acknowledged_at[5:],
    16,
    drawn=_receipt,
    data=lambda row: row.acknowledged_at,
)


def _password(_at: At[MyCopy], opened: OpenedCopy) -> Sequence[Fact]:
    return [
        (_("Password"), Styled(opened.password, "strong")),
        (
            "",
            _(
                "Type it into your PDF reader; the spreadsheet is attached to the pages. All letters are "
                "capitals; I, O, 0 and 1 do not occur."
            ),
        ),
    ]


def _facts(row: MyCopy) -> Sequence[Fact]:
    if row.recalled_at:
        told = _("Called back {at}: {reason}", at=row.recalled_at, reason=row.reason)
        next_step = _("Destroy what you have of it; a later issue comes to you by itself.")
        return [("", Styled(told, "warn")), ("", Styled(next_step, "warn"))]
    if row.closed_at:
        return [("", Styled(_("Closed {at}: {reason}", at=row.closed_at, reason=row.reason), "warn"))]
    hint = _(
        "{classification} ({clause}). It is for you alone; you answer for what becomes of it.",
        classification=row.classification,
        clause=clause_words(row.clause),
    )
    return [("", Styled(hint, "dim"))]


OPEN: Verb[MyCopy] = Verb(
    id="open",
    on="one",
    operation="copies.open",
    key="enter",
    label=_("Password, acknowledges"),
    help=_("Show the password; that is the receipt."),
    offered=lambda row: row.receipt in ("acknowledged", "waiting"),
    do=lambda at: Copies(at.desk).open(at.word),
    done=lambda _at, opened: _(
        "Copy {number}: receipt acknowledged {at}.", number=opened.number, at=opened.acknowledged_at
    ),
    shows=_password,
    example="editions mine open C0012-003",
)
RECEIPTS: Sheet[MyCopy] = Sheet(
    id="editions mine",
    operation="copies.mine",
    title=_("My copies"),
    about=_(
        "Numbered copies that were issued to you. Enter shows the password that opens one: it is shown here "
        "and nowhere else, and at that moment the receipt is acknowledged. A copy carries your name and a "
        "hidden mark; it is for you alone."
    ),
    help=_("List the copies issued to you."),
    rows=lambda at: Copies(at.desk).mine(),
    key=lambda row: row.number,
    named="copy",
    numbered=False,
    columns=(
        Column("number", _("Copy"), lambda row: row.number, 9, tone="strong"),
        Column("edition", _("Edition"), lambda row: row.label, few=True),
        Column(
            "book", _("Directory"), lambda row: row.book_title, 16, in_english=24, from_width=100, few=True
        ),
        Column("number_of_issue", _("Issue no."), lambda row: row.issue, 9, from_width=100, right=True),
        Column("issued", _("Issued"), lambda row: row.made_at, 16),
        ACKNOWLEDGED,
        Column("recalled", _("Called back"), lambda row: row.recalled_at, from_width=NEVER),
        Column("closed", _("Closed at"), lambda row: row.closed_at, from_width=NEVER),
        Column("reason", _("Reason"), lambda row: row.reason, from_width=NEVER),
        Column("state", _("State"), state, from_width=NEVER, data=lambda row: row.receipt),
    ),
    facts=_facts,
    context=lambda row: (row.book_title,),
    verbs=(OPEN,),
    empty=_("No copy was issued to you yet. Copies of editions that you receive come here."),
    example="editions mine",
)
