"""The questions that bring people to the reports, and today's answer to each in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from db.desk import Desk
from db.language import Message, Text, _, _n, listed
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
    said = _("nothing was due")
    if ended:
        said = _("{count} overdue, kept {share}", count=overdue, share=_share(kept, ended))
    if before:
        said = _("{said}; {count} overdue from before", said=said, count=before)
    return Answer(said, bool(overdue or before))


def _moved(numbers: tuple[int, ...]) -> Answer:
    joined, moved, gone, wait = numbers
    said = _("{joined} join, {moved} move, {gone} leave", joined=joined, moved=moved, gone=gone)
    return Answer(_("{all}; {count} of them wait", all=said, count=wait) if wait else said)


def _reviewed(numbers: tuple[int, ...]) -> Answer:
    undecided, late = numbers
    if not undecided:
        return NONE
    if not late:
        return Answer(_("{count} to decide", count=undecided))
    return Answer(_("{count} to decide, {late} departments late", count=undecided, late=late), True)


def _refused(numbers: tuple[int, ...]) -> Answer:
    count, people = numbers
    if not count:
        return Answer(_("nothing was refused"))
    said = _n("{count} refusal", "{count} refusals", count=count)
    return Answer(_("{refusals}, to accounts: {people}", refusals=said, people=people))


def _disclosed(numbers: tuple[int, ...]) -> Answer:
    asked, given, waiting = numbers
    if not asked:
        return NONE
    said = _("asked {asked}, given {given}", asked=asked, given=given)
    return Answer(_("{said}; {count} not answered yet", said=said, count=waiting) if waiting else said)


def _ranked(numbers: tuple[int, ...]) -> Answer:
    on_time, due, right, looked_at = numbers
    said = [_("in time {share}", share=_share(on_time, due))] if due else []
    if looked_at:
        said.append(_("entries right {share}", share=_share(right, looked_at)))
    return Answer(listed(said)) if said else Answer(_("nothing was due or looked at"))


def _share(part: int, whole: int) -> Text:
    return cell_text(share(part, whole), "percent")


def _two(
    text: Callable[[int, int], Message], *, is_bad: Callable[[int, int], int]
) -> Callable[[tuple[int, ...]], Answer]:
    """Return the answer to two numbers; of nothing in either it is none."""
    return lambda numbers: Answer(text(*numbers), bool(is_bad(*numbers))) if any(numbers) else NONE


def _differing(numbers: tuple[int, ...]) -> Answer:
    count, compared = numbers
    if not compared:
        return Answer(_("not compared yet"))
    return Answer(_n("{count} difference", "{count} differences", count=count), True) if count else NONE


def _counted(text: Callable[[int], Message], *, is_bad: bool = True) -> Callable[[tuple[int, ...]], Answer]:
    return lambda numbers: Answer(text(numbers[0]), is_bad) if numbers[0] else NONE


WORDS: Final[Mapping[str, Callable[[tuple[int, ...]], Answer]]] = {
    "compliance": _deadlines,
    "movements": _moved,
    "reviews": _reviewed,
    "changes": _counted(lambda count: _n("{count} change", "{count} changes", count=count), is_bad=False),
    "access": _refused,
    "disclosures": _disclosed,
    "sync": _differing,
    "ranking": _ranked,
    "training": _two(
        lambda due, count: _("{due} of {count} due", due=due, count=count), is_bad=lambda due, _count: due
    ),
    "receipts": _two(
        lambda waiting, count: _(
            "{waiting} of {count} copies not acknowledged", waiting=waiting, count=count
        ),
        is_bad=lambda waiting, _count: waiting,
    ),
    "findings": _two(
        lambda count, late: _("{count} not closed, {late} late", count=count, late=late),
        is_bad=lambda _count, late: late,
    ),
    "cases": _two(
        lambda waiting, count: _("{count} reported, {waiting} not decided yet", count=count, waiting=waiting),
        is_bad=lambda _waiting, _count: 0,
    ),
    "names": _counted(lambda count: _n("{count} name to look at", "{count} names to look at", count=count)),
    "directory": _counted(lambda count: _n("{count} entry", "{count} entries", count=count), is_bad=False),
    "processing": _counted(
        lambda count: _n("{count} kind of data", "{count} kinds of data", count=count), is_bad=False
    ),
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
        """Return what was counted within `KEPT`; None for what was not."""
        at, answer = self._counted.get(self._key(offer, asked), (-KEPT, None))
        return answer if time.monotonic() - at < KEPT else None

    def count(self, desk: Desk, offer: ReportOffer, asked: ReportScope) -> None:
        """Count, and keep, what ``offer`` comes to of what is ``asked``, unless `known_answer` has it."""
        if self.known_answer(offer, asked) is None:
            book, unit = replace(asked).of(offer)
            name, period = offer.kind.name, asked.period
            numbers = desk.overview.answer(name, book.id, unit.id, period.first, period.last)
            self._counted[self._key(offer, asked)] = (time.monotonic(), WORDS[name](numbers))

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
