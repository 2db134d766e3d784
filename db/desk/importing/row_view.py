"""A file as people see it before it comes in: each row with what is wrong with it, each column with what it
is taken for; and how much it brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import get_args

from db.desk.entry.record import is_open, load_rows
from db.desk.entry.units import path_of
from db.desk.importing.columns import JOINED, KIND, ON_RECORD, TAGS, match_keys, typed_fields
from db.desk.importing.outcome import BY_LEAVER, ImportLine, ImportReport, ImportView, RowError, RowState
from db.desk.importing.plan import Plan
from db.desk.importing.rows import Planned, RowReading, UnitPath
from db.desk.notation.values import display
from db.desk.requests.change_kind import choice_names
from db.desk.requests.payload import open_payload
from db.language import Text, _, listed
from db.store.tables import Entry, Request

_DIFFERS = _("The directory has something else.")
_BY_REQUEST = _("Propose what the file says (e), with evidence.")
_BY_CARD = _("Propose the move on their card.")
_GONE = _("In the directory, and not in this file.")


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's people and everything that is ``wrong`` with them, or ``denied`` by a clause; ``coming`` in
    the order in which they come in, ``matched`` as `ImportDepartments.matched`, ``cut`` and ``matched_by`` as
    in `_Looked`."""

    reading: RowReading
    plan: Plan
    coming: list[Planned]
    matched: Mapping[str, UnitPath]
    wrong: list[RowError]
    denied: list[RowError]
    cut: str
    matched_by: str


def view_of(found: Examined, book: str | None) -> ImportView:
    """Return the rows of a file, those with a problem first, and the rest of what its reader has to know.
    ``book``: the one with whose people the rows are compared, by open values alone (C.10)."""
    reading, plan = found.reading, found.plan
    keys = match_keys(reading.policy)
    errors: dict[int, list[RowError]] = defaultdict(list)
    for error in (*found.denied, *found.wrong):
        errors[error.row].append(error)
    lines = [_line(reading, plan, entry, errors.pop(entry.row, [])) for entry in plan.entries]
    if book is not None and plan.known:
        lines += _rows_on_record(reading, plan)
        lines += _people_not_in_file(book, plan)
    lines += [ImportLine(row, "wrong", problems=tuple(wrong)) for row, wrong in errors.items()]
    told = {line.row: line for line in reading.told}
    lines += [told.get(row, ImportLine(row, "passed")) for row in reading.passed.rows]
    return ImportView(
        lines=tuple(sorted(lines, key=lambda line: (get_args(RowState).index(line.state), line.row))),
        columns=tuple(_columns(reading)),
        passed=reading.passed,
        units=tuple("/".join(path) for path in plan.new_units),
        matched=_matched(found),
        top=reading.layout.row if reading.layout is not None else 1,
        matched_by=dict(keys[1:]).get(reading.match, ""),
        keys=keys,
    )


def report_of(found: Examined, book: str, before: int, *, first_load: bool, alone: bool) -> ImportReport:
    """Return what importing the file does: ``before`` people came in when it was imported before."""
    plan = found.plan
    internal = sum(1 for entry in plan.entries if entry.side == "internal")
    return ImportReport(
        book=book,
        entries=len(plan.entries),
        internal=internal,
        external=len(plan.entries) - internal,
        units=tuple("/".join(path) for path in plan.new_units),
        heads=sum(1 for entry in plan.entries if entry.heads),
        first_load=first_load,
        passed=found.reading.passed,
        matched=_matched(found),
        alone=alone,
        known=len(plan.known),
        notes=tuple(plan.notes),
        before=before,
    )


def _matched(found: Examined) -> tuple[tuple[str, str], ...]:
    return tuple((text, "/".join(path)) for text, path in found.matched.items())


def _line(
    reading: RowReading, plan: Plan, entry: Planned, wrong: list[RowError], state: RowState | None = None
) -> ImportLine:
    return ImportLine(
        entry.row,
        state or ("wrong" if wrong else "new"),
        entry.name,
        "/".join(entry.unit),
        entry.position,
        tuple(_values(reading, entry)),
        (*wrong, *(one for one in plan.notes if one.row == entry.row)),
        plan.doubted.get(entry.row, ""),
    )


def _rows_on_record(reading: RowReading, plan: Plan) -> Iterator[ImportLine]:
    """Yield the rows of people on record, with the columns in which the file says something else."""
    there = load_rows(list(Entry.select().where(Entry.id.in_([entry for _row, entry in plan.known]))))
    rules, place = [rule for rule in typed_fields(reading.policy) if is_open(rule)], cache(path_of)
    asked = _asked_for(list(there))
    for planned, number in plan.known:
        stored = there[number]
        said: dict[str, set[str]] = defaultdict(set)
        for name, _ord, value in planned.values:
            said[name].add(value)
        for name in ("name", "position", "organisation"):
            said[name] = {getattr(planned, name)} - {""}
        differs = {
            rule: "; ".join(sorted(said[rule.name]))
            for rule in rules
            if said[rule.name] - set(stored.values.get(rule.name, ()))
        }
        other = [rule.label for rule in differs]
        under_way = {
            rule: asked[number][rule.name][1]
            for rule in differs
            if asked[number].get(rule.name, (set(), 0))[0] == said[rule.name]
        }
        differs = {rule: text for rule, text in differs.items() if rule not in under_way}
        if place(stored.unit)[1:] != planned.unit:
            other.append(reading.labels["unit"])
        advice = _BY_REQUEST if differs else _BY_CARD
        if under_way and not differs:
            numbers = listed(f"#{one}" for one in sorted(set(under_way.values())))
            advice = _("Proposed already: {numbers}.", numbers=numbers)
        problems = (RowError(planned.row, listed(other), _DIFFERS, advice),) if other else ()
        line = _line(reading, plan, planned, list(problems), "changed" if other else "same")
        yield replace(line, entry=number, differs=tuple((rule.name, text) for rule, text in differs.items()))


def _asked_for(entries: Sequence[int]) -> Mapping[int, dict[str, tuple[set[str], int]]]:
    """Decrypt undecided changes of ``entries``; return what they make of each one's fields, and which."""
    found: dict[int, dict[str, tuple[set[str], int]]] = defaultdict(dict)
    waiting = Request.state.in_(("open", "returned")) & (Request.kind == "change")
    for row in Request.select().where(waiting & Request.entry.in_(entries)):
        for name, values in open_payload(row)["after"].items():
            found[int(row.entry_id or 0)][name] = set(values), row.id
    return found


def _people_not_in_file(book: str, plan: Plan) -> Iterator[ImportLine]:
    """Yield people who are in ``book`` and not in the file, where that has most of them."""
    rows = Entry.select().where((Entry.book == book) & (Entry.state == "active") & (Entry.organisation == ""))
    there = {row.id: row for row in rows}
    missing = there.keys() - {entry for _row, entry in plan.known}
    if len(missing) * 2 < len(there):
        for number in sorted(missing):
            row = there[number]
            problem = RowError(-number, "", _GONE, BY_LEAVER)
            yield ImportLine(
                -number,
                "gone",
                row.name,
                "/".join(path_of(row.unit_id)[1:]),
                row.position,
                problems=(problem,),
            )


def _values(reading: RowReading, entry: Planned) -> Iterator[tuple[Text, Text]]:
    """Yield what else the row says, each with its label."""
    kinds, labels = reading.kinds, reading.labels
    if len(kinds) > 1 and entry.kind in kinds:
        yield KIND, kinds[entry.kind].label
    for name, text in (("organisation", entry.organisation), ("inside_owner", entry.owner)):
        if text:
            yield labels[name], text
    rules = {rule.name: rule for rule in reading.policy.fields}
    for name, _ord, value in entry.values:
        rule = rules[name]
        yield (
            labels[name],
            choice_names(rule, (value,)) if rule.kind == "choice" else display(rule.kind, value),
        )
    if entry.joined:
        yield JOINED, entry.joined
    if entry.said_to_be:
        yield ON_RECORD, entry.said_to_be
    if entry.tags:
        yield TAGS, "; ".join(entry.tags)


def _columns(reading: RowReading) -> Iterator[tuple[str, Text]]:
    """Yield each heading with the column that it is taken for, or nothing."""
    layout = reading.layout
    if layout is None:
        return
    names = {place: name for name, places in layout.places.items() for place in places}
    for place in sorted(layout.headed_columns):
        name = names.get(place)
        yield layout.headings[place].strip(), reading.labels.get(name, name) if name is not None else ""
