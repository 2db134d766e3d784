"""How what a review looks at is put into words."""

from __future__ import annotations

from db.desk.notation.page import ProgressCount
from db.desk.reviews.review_views import ItemRow
from db.language import Text, _
from tui.kit import Cell, Styled

MARKS = {"open": "○", "under-way": "◐", "decided": "●"}


def progress_words(count: ProgressCount) -> list[Text | Styled]:
    """Return a cell with the numbers of open, moving and decided items."""
    return [
        Styled(_("Open {count}", count=count.open), "warn" if count.open else "dim"),
        " │ ",
        _("Under way {count}", count=count.under_way),
        " │ ",
        _("Decided {count}", count=count.decided),
        " │ ",
        _("All {count}", count=count.total),
    ]


def verdict_text(row: ItemRow) -> Cell:
    """Return a cell with sign and word of an item's decision."""
    mark = MARKS[row.status]
    if row.status == "open":
        return Styled(mark, "dim")
    text = _("{mark} {verdict}", mark=mark, verdict=row.verdict or row.status_label)
    return Styled(text, "good" if row.status == "decided" else "warn")


def details(row: ItemRow) -> Cell:
    """Return a cell with post or sign, then the values that a list may show."""
    cell: list[Text | Styled] = [row.note] if row.note else []
    for field in row.facts:
        cell += ["  ", Styled(field.text, "dim")]
    return cell
