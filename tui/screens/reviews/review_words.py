"""How reviews, their progress and what they look at are put into words."""

from __future__ import annotations

from db.desk.reviews.review_views import CampaignRow, ItemRow, ItemView
from db.desk.reviews.status import Count
from db.language import Text, _
from tui.kit import Cell, Styled
from tui.kit.facts import Fact
from tui.screens.requests.request_words import left

MARKS = {"open": "○", "under-way": "◐", "decided": "●"}


def bar(count: Count, width: int = 10) -> Cell:
    """Progress as a bar and in numbers: what is decided, what is under way, what is open."""
    done = width * count.decided // max(count.total, 1)
    moving = width * (count.decided + count.under_way) // max(count.total, 1) - done
    return [
        Styled("█" * done, "good"),
        Styled("▒" * moving, "warn"),
        Styled("·" * (width - done - moving), "dim"),
        f" {count.decided}/{count.total}",
    ]


def state(row: CampaignRow) -> Cell:
    """Days left of an open review, or that it is closed."""
    if row.closed:
        return Styled(_("closed {day}", day=row.closed[5:]), "dim")
    return left(row.due)


def counted(count: Count) -> list[Text | Styled]:
    """Open, under way and decided in words."""
    return [
        Styled(_("Open {count}", count=count.open), "warn" if count.open else "dim"),
        " │ ",
        _("Under way {count}", count=count.under_way),
        " │ ",
        _("Decided {count}", count=count.decided),
        " │ ",
        _("All {count}", count=count.total),
    ]


def standing(row: ItemRow) -> Cell:
    """How a thing was decided, in a sign and a word."""
    mark = MARKS[row.status]
    if row.status == "open":
        return Styled(mark, "dim")
    text = _("{mark} {verdict}", mark=mark, verdict=row.verdict or row.status_label)
    return Styled(text, "good" if row.status == "decided" else "warn")


def details(row: ItemRow) -> Cell:
    """Post or sign, then what a list may show of the values."""
    cell: list[Text | Styled] = [row.note] if row.note else []
    for field in row.facts:
        cell += ["  ", Styled(field.text, "dim")]
    return cell


def facts(view: ItemView) -> list[Fact]:
    """Everything about a thing: its values as far as they may be seen, and how it was decided."""
    row = view.row
    found: list[Fact] = [(field.label, field.text) for field in view.fields]
    if row.verdict:
        said = f" “{row.comment}”" if row.comment else ""
        found.append((_("Decided"), [row.verdict, f" {row.who} {row.day}{said}"]))
    return found
