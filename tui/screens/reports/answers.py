"""Reports under the questions that bring people to them, with today's answer to each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from db.desk import Desk
from db.language import Message, Text
from reports.answer import QUESTIONS, Answer
from reports.catalogue import ReportOffer
from tui.screens.reports.asked import ReportScope

KEPT: Final = 60.0
"""Seconds that an answer stays as it was counted."""


@dataclass(slots=True)
class Answers:
    """What was counted, and when."""

    _counted: dict[tuple[object, ...], tuple[float, Answer]] = field(default_factory=dict)

    def known_answer(self, offer: ReportOffer, asked: ReportScope) -> Answer | None:
        """Return the answer counted within `KEPT` seconds; else None."""
        at, answer = self._counted.get(self._key(offer, asked), (-KEPT, None))
        return answer if time.monotonic() - at < KEPT else None

    def count(self, desk: Desk, offer: ReportOffer, asked: ReportScope) -> None:
        """Count and keep the answer of ``offer`` for ``asked``, unless it is known."""
        if self.known_answer(offer, asked) is None:
            book, unit = replace(asked).of(offer)
            name, period = offer.kind.name, asked.period
            numbers = desk.overview.answer(name, book.id, unit.id, period.first, period.last)
            self._counted[self._key(offer, asked)] = (time.monotonic(), offer.kind.answer(numbers))

    @staticmethod
    def _key(offer: ReportOffer, asked: ReportScope) -> tuple[object, ...]:
        book, unit = replace(asked).of(offer)
        return offer.kind.name, book.id, unit.id, asked.period


def arrange_offers(
    offers: tuple[ReportOffer, ...], answer: Callable[[ReportOffer], Answer | None]
) -> tuple[tuple[Text, ReportOffer], ...]:
    """Return ``offers`` grouped by question, the question beside the first one, those that need action
    first."""
    groups: list[tuple[Message, list[ReportOffer]]] = []

    def is_fine(offer: ReportOffer) -> bool:
        said = answer(offer)
        return said is None or not said.is_bad

    for question in QUESTIONS:
        its = [offer for offer in offers if offer.kind.question == question]
        if its:
            groups.append((question, sorted(its, key=is_fine)))
    groups.sort(key=lambda group: is_fine(group[1][0]))
    return tuple(
        (question if place == 0 else "", offer) for question, its in groups for place, offer in enumerate(its)
    )
