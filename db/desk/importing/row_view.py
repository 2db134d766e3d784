"""A file as people see it before it comes in: each row with what is wrong with it, each column with what it
is taken for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.desk.importing.columns import JOINED, KIND, TAGS
from db.desk.importing.outcome import ImportLine, ImportView, RowError
from db.desk.importing.plan import TWO_PEOPLE, Plan
from db.desk.importing.rows import Planned, RowReading, UnitPath
from db.language import Text


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's people and everything that is ``wrong`` with them, or ``denied`` by a clause; ``coming`` in
    the order in which they come in, ``matched`` as `ImportDepartments.matched`."""

    reading: RowReading
    plan: Plan
    coming: list[Planned]
    matched: Mapping[str, UnitPath]
    wrong: list[RowError]
    denied: list[RowError]


def view_of(found: Examined) -> ImportView:
    """Return the rows of a file, those with a problem first, and the rest of what its reader has to know."""
    reading, plan = found.reading, found.plan
    errors: dict[int, list[RowError]] = defaultdict(list)
    for error in (*found.denied, *found.wrong):
        errors[error.row].append(error)
    lines = [_line(reading, plan, entry, errors.pop(entry.row, [])) for entry in plan.entries]
    lines += [ImportLine(row, "wrong", problems=tuple(wrong)) for row, wrong in errors.items()]
    lines += [ImportLine(row, "passed") for row in reading.passed.rows]
    return ImportView(
        lines=tuple(sorted(lines, key=lambda line: (line.state != "wrong", line.row))),
        columns=tuple(_columns(reading)),
        passed=reading.passed,
        units=tuple("/".join(path) for path in plan.new_units),
        matched=tuple((text, "/".join(path)) for text, path in found.matched.items()),
        top=reading.layout.row if reading.layout is not None else 1,
    )


def _line(reading: RowReading, plan: Plan, entry: Planned, wrong: list[RowError]) -> ImportLine:
    return ImportLine(
        entry.row,
        "wrong" if wrong else "new",
        entry.name,
        "/".join(entry.unit),
        entry.position,
        tuple(_values(reading, entry)),
        tuple(wrong),
        plan.doubted.get(entry.row, ""),
        any(error.advice is TWO_PEOPLE for error in wrong),
    )


def _values(reading: RowReading, entry: Planned) -> Iterator[tuple[Text, Text]]:
    """Yield what else the row says, each with its label."""
    kinds, labels = reading.kinds, reading.labels
    if len(kinds) > 1 and entry.kind in kinds:
        yield KIND, kinds[entry.kind].label
    for name, text in (("organisation", entry.organisation), ("inside_owner", entry.owner)):
        if text:
            yield labels[name], text
    for name, _ord, value in entry.values:
        yield labels[name], value
    if entry.joined:
        yield JOINED, entry.joined
    if entry.tags:
        yield TAGS, "; ".join(entry.tags)


def _columns(reading: RowReading) -> Iterator[tuple[str, Text]]:
    """Yield each heading with the column that it is taken for, or nothing."""
    layout = reading.layout
    if layout is None:
        return
    names = {place: name for name, places in layout.places.items() for place in places}
    for place in sorted(layout.headed):
        name = names.get(place)
        yield layout.headings[place].strip(), reading.labels.get(name, name) if name is not None else ""
