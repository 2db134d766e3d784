"""What a reader asks of every report, until they ask for something else."""

from __future__ import annotations

from dataclasses import dataclass, field

from db.desk.due_dates import today
from db.desk.extracts.report_rights import BookOption, UnitOption
from db.language import Message, Text, _
from reports.catalogue import ReportOffer
from reports.period import this_month
from reports.report import Period


@dataclass(slots=True)
class ReportScope:
    """Book, unit and period; a unit of None is the widest one there is. ``by_month``: its months as rows.

    A report that can't be of them is drawn of others, and they stay what is asked of the next one.
    """

    book: BookOption | None = None
    unit: UnitOption | None = None
    period: Period = field(default_factory=lambda: this_month(today()))
    by_month: bool = False

    def of(self, offer: ReportOffer) -> tuple[BookOption, UnitOption]:
        """Return the book and unit to draw ``offer`` for: those asked for if it has them, else its first.
        Sets the book if none was asked for."""
        wanted = (self.book or offer.books[0]).id
        book = next((book for book in offer.books if book.id == wanted), offer.books[0])
        self.book = self.book or book
        return book, next((unit for unit in book.units if unit == self.unit), book.units[0])

    def instead(self, book: BookOption, unit: UnitOption) -> Message | None:
        """Return a message that the report is of another ``book`` or ``unit`` than asked for; None if it is
        not."""
        wanted: Text
        shown: Text
        if self.book is not None and book.id != self.book.id:
            wanted, shown = self.book.title, book.title
        elif self.unit is not None and unit != self.unit:
            wanted, shown = self.unit.name, unit.name
        else:
            return None
        return _(
            "There is no such report of {wanted} for you; this one is of {shown}. "
            "The next is of {wanted} again.",
            wanted=wanted,
            shown=shown,
        )
