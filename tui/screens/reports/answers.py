"""The questions that bring people to the reports, and today's answer to each in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from db.desk import Desk
from db.language import Message, Text, _, _n
from reports.catalogue import ReportOffer
from reports.report import cell_text, share
from tui.screens.reports.asked import ReportScope

KEPT: Final = 60.0
"""Seconds that an answer stays as it was counted."""
QUESTIONS: Final[tuple[tuple[Message, tuple[str, ...]], ...]] = (
    (_("Who is late?"), ("compliance", "reviews", "training", "receipts")),
    (_("What is not right?"), ("incomplete", "coverage", "stale", "unreached", "names", "sync", "findings")),
    (_("Who comes, who goes?"), ("movements", "changes")),
    (_("Who saw or got what?"), ("access", "disclosures", "cases")),
    (_("All of it"), ("directory", "processing", "ranking")),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` in one line; ``is_bad``: it is something to do."""

    text: Text
    is_bad: bool = False


NONE: Final = Answer(_("none"))


def _deadlines(numbers: tuple[int, ...]) -> Answer:
    overdue, kept, ended, before = numbers
    said = _("nothing came to its end")
    if ended:
        rate = cell_text(share(kept, ended), "percent")
        said = _("{count} overdue, kept {share}", count=overdue, share=rate)
    if before:
        said = _("{said}; {count} overdue from before", said=said, count=before)
    return Answer(said, bool(overdue or before))


def _moved(numbers: tuple[int, ...]) -> Answer:
    joined, moved, gone, wait = numbers
    said = _("joined {joined}, moved {moved}, left {gone}", joined=joined, moved=moved, gone=gone)
    return Answer(_("{done}; {count} not entered yet", done=said, count=wait) if wait else said)


def _reviewed(numbers: tuple[int, ...]) -> Answer:
    undecided, late = numbers
    if not undecided:
        return NONE
    if not late:
        return Answer(_("{count} to decide", count=undecided))
    return Answer(_("{count} to decide, {late} departments late", count=undecided, late=late), True)


def _counted(text: Callable[[int], Message], *, is_bad: bool = True) -> Callable[[tuple[int, ...]], Answer]:
    return lambda numbers: Answer(text(numbers[0]), is_bad) if numbers[0] else NONE


WORDS: Final[Mapping[str, Callable[[tuple[int, ...]], Answer]]] = {
    "compliance": _deadlines,
    "movements": _moved,
    "reviews": _reviewed,
    "changes": _counted(lambda count: _n("{count} change", "{count} changes", count=count), is_bad=False),
    "incomplete": _counted(
        lambda count: _n("{count} entry lacks a field", "{count} entries lack a field", count=count)
    ),
    "coverage": _counted(
        lambda count: _n("{count} person or entry alone", "{count} people or entries alone", count=count)
    ),
    "stale": _counted(
        lambda count: _n(
            "{count} entry may be out of date", "{count} entries may be out of date", count=count
        )
    ),
    "unreached": _counted(
        lambda count: _n("{count} notice or office", "{count} notices and offices", count=count)
    ),
}


@dataclass(slots=True)
class Answers:
    """What was counted, and when."""

    _counted: dict[tuple[object, ...], tuple[float, Answer]] = field(default_factory=dict)

    def known_answer(self, offer: ReportOffer, asked: ReportScope) -> Answer | None:
        """Return what was counted a moment ago."""
        at, answer = self._counted.get(self._key(offer, asked), (-KEPT, None))
        return answer if time.monotonic() - at < KEPT else None

    def count(self, desk: Desk, offer: ReportOffer, asked: ReportScope) -> None:
        """Count what ``offer`` comes to of what is ``asked``; where it has no numbers, say what it shows."""
        if self.known_answer(offer, asked) is None:
            book, unit = replace(asked).of(offer)
            name, period = offer.kind.name, asked.period
            words = WORDS.get(name)
            numbers = desk.overview.answer(name, book.id, unit.id, period.first, period.last) if words else ()
            answer = words(numbers) if words and numbers else Answer(offer.kind.about)
            self._counted[self._key(offer, asked)] = (time.monotonic(), answer)

    @staticmethod
    def _key(offer: ReportOffer, asked: ReportScope) -> tuple[object, ...]:
        book, unit = replace(asked).of(offer)
        return offer.kind.name, book.id, unit.id, asked.period


def arranged(
    offers: tuple[ReportOffer, ...], answer: Callable[[ReportOffer], Answer | None]
) -> tuple[tuple[Text, ReportOffer], ...]:
    """Return ``offers`` under their questions, those with something to do first."""
    groups: list[tuple[Message, list[ReportOffer]]] = []

    def is_fine(offer: ReportOffer) -> bool:
        said = answer(offer)
        return said is None or not said.is_bad

    for question, names in QUESTIONS:
        its = [offer for name in names for offer in offers if offer.kind.name == name]
        if its:
            groups.append((question, sorted(its, key=is_fine)))
    groups.sort(key=lambda group: is_fine(group[1][0]))
    return tuple(
        (question if place == 0 else "", offer) for question, its in groups for place, offer in enumerate(its)
    )
