"""Cells of a spreadsheet that hold what the book must not (H.4.3), and rows that somebody else decides on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from db.desk.content_filter.content import Screening, Unfit
from db.desk.importing.columns import UNIT_REGION
from db.desk.importing.outcome import RowError
from db.desk.importing.plan import Plan
from db.desk.importing.rows import Planned, UnitPath
from db.desk.refusal import SILENT
from db.language import Text, _, listed
from db.policy.compose import EffectivePolicy
from db.policy.rules import FieldRule


def unfit_cells(
    policy: EffectivePolicy, entries: Sequence[Planned], untaken: Iterable[tuple[int, FieldRule, str]] = ()
) -> Iterator[RowError]:
    """Yield an error for each cell whose content the regulations keep out of the book. ``untaken``: row,
    field and text of cells whose values are unfit anyway, as an identity number in the mobile's column is
    unfit in both ways."""
    if not policy.screening:
        return
    screening, rules = Screening(policy), {rule.name: rule for rule in policy.fields}
    for row, rule, text in untaken:
        unfit = screening.value(rule, text)
        if unfit is not None:
            yield _error(row, rule.label, unfit)
    paths: dict[UnitPath, Unfit | None] = {}
    for entry in entries:
        for name, value in (
            ("name", entry.name),
            ("position", entry.position),
            ("organisation", entry.organisation),
            *((name, value) for name, _ord, value in entry.values),
        ):
            unfit = screening.value(rules[name], value) if name in rules else None
            if unfit is not None:
                yield _error(entry.row, rules[name].label, unfit)
        if entry.unit not in paths:
            found = (screening.text(part) for part in entry.unit)
            paths[entry.unit] = next((one for one in found if one is not None), None)
        unfit = paths[entry.unit]
        if unfit is not None:
            yield _error(entry.row, policy.field("unit").label, unfit)
        unfit = screening.text(entry.unit_region)
        if unfit is not None:
            yield _error(entry.row, UNIT_REGION, unfit)


def undecided_units(policy: EffectivePolicy, plan: Plan) -> Iterator[RowError]:
    """Yield one error for all new units, at their first row, where a regulation says who approves them
    (I.4.2.4)."""
    clause = policy.flow("structure").clause
    if plan.new_units and clause != SILENT:
        yield RowError(
            min(entry.row for entry in plan.entries if entry.unit in plan.new_units),
            policy.field("unit").label,
            _("New units are made only after approval: {units}.",
              units=listed("/".join(path) for path in plan.new_units[:5])),
            _("Ask for each unit first (My requests, Ask …, structure), then import again."),
            clause,
        )  # fmt: skip


def given_offices(policy: EffectivePolicy, plan: Plan, alone: bool) -> Iterator[RowError]:
    """Yield an error for each row that would make somebody a head, which takes a second office. With
    ``alone`` also for those whose kind brings an office: for these a second keeper is enough, as for a
    joiner."""
    brought = {kind.id for kind in policy.kinds if alone and kind.office is not None}
    for entry in plan.entries:
        if entry.heads or entry.kind in brought:
            yield RowError(
                entry.row,
                "",
                _("This row gives an office, which a second office decides on."),
                _("Leave it out; enter the person as a joiner, and fill the office (Offices, n there)."),
                policy.rights.clause,
            )


def _error(row: int, column: Text, unfit: Unfit) -> RowError:
    return RowError(
        row,
        column,
        unfit.with_clause(column),
        _("Take it out, then import the file again."),
        unfit.clause,
    )
