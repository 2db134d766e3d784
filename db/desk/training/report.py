"""The report on training: who was trained on which version of the rules, and who is due (F.6.2)."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import internal_kinds
from db.desk.extracts.drawing import ReportGroup, ReportRows, report
from db.desk.extracts.report_rights import HEAD, MAINTAINER, SUPERVISOR, Extent, units_below
from db.desk.training.topics import first_day, standing_to, topics_of, trained_people
from db.language import Label, _
from db.store.tables import Entry, Unit


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


class TrainingReport(ReportGroup):
    @report("training", _("Training due"), MAINTAINER, SUPERVISOR, HEAD, rests_on="training")
    def training(self, book: str, unit: int | None = None) -> ReportRows[TrainingRow]:
        """Return who was trained on which version of the rules, and who is due (F.6.2)."""
        return self._draw("training", _rows, book, unit)


def _rows(place: Extent) -> tuple[TrainingRow, ...]:
    """Return everybody who is to be trained, those who are due first."""
    policy, within = policy_of(place.book), [unit.id for unit in units_below(place.book, {place.unit})]
    people = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where(Entry.unit.in_(within) & (Entry.state == "active") & Entry.kind.in_(internal_kinds(policy)))
        .order_by(Entry.unit, Entry.name)
    )
    found = []
    for topic in topics_of(policy):
        last = trained_people(place.book, topic.id)
        for entry in people:
            now = standing_to(topic, last.get(entry.person_id), first_day(entry))
            found.append(
                TrainingRow(
                    entry.name, entry.unit.name, topic.label, now.last, now.version, now.due, now.state,
                    now.older, topic.clause,
                )
            )  # fmt: skip
    order = ("never", "due", "soon", "trained")
    return tuple(sorted(found, key=lambda row: (order.index(row.state), row.due)))
