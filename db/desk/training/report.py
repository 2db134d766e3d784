"""The report on training: who was trained on which version of the rules, and who is due (F.6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import internal_kinds
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import HEAD, MAINTAINER, SUPERVISOR, Extent, Numbers, units_below
from db.desk.training.topics import Topic, Training, first_days, standing_to, topics_of, trained_people
from db.language import Label, _
from db.store.tables import Entry, SearchEntry, Unit


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """How one person stands to a topic; days are ISO. ``state`` as in `db.desk.training.topics`."""

    name: str
    unit: str
    topic: Label
    last: str
    version: str
    due: str
    state: str
    older: bool
    clause: str


def _due(place: Extent, *_days: date) -> Numbers:
    """Count the trainings that are due, and all that are asked for."""
    overdue = [now.overdue for _entry, _topic, now in _standings(place)]
    return sum(overdue), len(overdue)


class TrainingReport(ReportGroup):
    @report("training", _("Training due"), MAINTAINER, SUPERVISOR, HEAD, rests_on="training", numbers=_due)
    def training(self, book: str, unit: int | None = None) -> ReportRows[TrainingRow]:
        """Return who was trained on which version of the rules, and who is due (F.6.2)."""
        return self._draw("training", _rows, book, unit)


def _rows(place: Extent) -> tuple[TrainingRow, ...]:
    """Return everybody who is to be trained, those who are due first."""
    found = [
        TrainingRow(
            entry.name, entry.unit.name, topic.label, now.last, now.version, now.due, now.state, now.older,
            topic.clause,
        )
        for entry, topic, now in _standings(place)
    ]  # fmt: skip
    order = ("never", "due", "soon", "trained")
    return tuple(sorted(found, key=lambda row: (order.index(row.state), row.due)))


def _standings(place: Extent) -> Iterator[tuple[Entry, Topic, Training]]:
    """Yield how everybody who is to be trained stands to each topic."""
    policy, within = policy_of(place.book), [unit.id for unit in units_below(place.book, {place.unit})]
    people = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .left_outer_join(SearchEntry, on=(SearchEntry.entry == Entry.id))
        .where(Entry.unit.in_(within) & (Entry.state == "active") & Entry.kind.in_(internal_kinds(policy)))
        .order_by(Entry.unit, SearchEntry.line)
    )
    first_day = first_days(place.book)
    for topic in topics_of(policy):
        last = trained_people(place.book, topic.id)
        for entry in people:
            yield entry, topic, standing_to(topic, last.get(entry.person_id), first_day(entry))
