"""Comparing a book with the system outside: when it is due, and what a comparison found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from db.desk.entry.systems import WECOM, rule_of, synced_books
from db.desk.notation.values import LONGEST, clean
from db.desk.outside.people import OutsidePerson
from db.desk.refusal import SILENT
from db.store import audit, clock
from db.store.tables import OutsideFinding, OutsideMember, OutsideSurvey
from db.store.transactions import writing

EVERY = timedelta(hours=24)
"""How often a book is compared without anybody asking for it."""

What = Literal["missing-there", "missing-here", "differs"]
UNPLACED = "unplaced"
"""Stands among the fields that differ where the person's department is not there at all."""


@dataclass(frozen=True, slots=True)
class OutsideDifference:
    """Somebody who is on one side only, or in whom ``fields`` differ."""

    what: What
    entry: int | None
    account: str
    name: str = ""
    fields: tuple[str, ...] = ()


def due_surveys() -> tuple[str, ...]:
    """Return the books whose comparison was asked for, is older than a day, or was never made."""
    old = clock.stamp(clock.utcnow() - EVERY)
    rows = {row.book_id: row for row in OutsideSurvey.select().where(OutsideSurvey.system == WECOM)}
    found = []
    for book in synced_books():
        row = rows.get(book)
        last = row.at or "" if row is not None else ""
        asked = row.asked_at or "" if row is not None else ""
        if not last or last < old or asked > last:
            found.append(book)
    return tuple(found)


def ask_survey(book: str) -> None:
    """Mark ``book`` to be compared at the next run, within the running transaction."""
    OutsideSurvey.update(asked_at=clock.now()).where(OutsideSurvey.id == _survey(book).id).execute()


def note_survey(
    book: str,
    differences: Sequence[OutsideDifference],
    *,
    here: int,
    there: int,
    by_digest: bool,
    taken_up: Sequence[OutsidePerson] = (),
) -> None:
    """Store what this comparison found in place of the earlier one, and record it; a transaction of its own.
    A difference that both found keeps its number, so that readers can go on. ``here`` and ``there`` count the
    people of either side, ``by_digest``: the outside ones were compared by digest. ``taken_up`` were found
    there under their account and name without having been told; they are stored as known, so that they are
    deleted there when they leave (G.4.3)."""
    with writing():
        row, rule = _survey(book), rule_of(book)
        known = {
            (found.problem, found.entry_id, found.account): found.id
            for found in OutsideFinding.select().where(OutsideFinding.survey == row)
        }
        for one in differences:
            said = {"name": clean(one.name)[: LONGEST["name"]], "fields": json.dumps(one.fields)}
            if (number := known.pop((one.what, one.entry, one.account), None)) is not None:
                OutsideFinding.update(said).where(OutsideFinding.id == number).execute()
            else:
                OutsideFinding.create(
                    survey=row, problem=one.what, entry=one.entry, account=one.account, **said
                )
        OutsideFinding.delete().where(OutsideFinding.id.in_(list(known.values()))).execute()
        for told in taken_up:
            OutsideMember.insert(
                system=WECOM, person=told.person, account=told.account, sent="", at=clock.now()
            ).on_conflict_ignore().execute()
        OutsideSurvey.update(at=clock.now(), here=here, there=there, by_digest=by_digest, problem="").where(
            OutsideSurvey.id == row.id
        ).execute()
        audit.append(
            act="outside.survey", outcome="done", book=book,
            clause=rule.clause if rule is not None else SILENT,
            detail={"system": WECOM, "here": here, "there": there, "differences": len(differences)},
        )  # fmt: skip


class Numbers(NamedTuple):
    """What the last comparison came to, without saying who."""

    here: int
    there: int
    differences: int
    problem: str


def numbers(book: str) -> Numbers:
    row = OutsideSurvey.get_or_none((OutsideSurvey.system == WECOM) & (OutsideSurvey.book == book))
    if row is None:
        return Numbers(0, 0, 0, "")
    count = OutsideFinding.select().where(OutsideFinding.survey == row).count()
    return Numbers(row.here, row.there, count, row.problem)


def survey_failed(book: str, problem: str) -> None:
    """Store why a comparison failed; it stays due. Records nothing. A transaction of its own."""
    with writing():
        OutsideSurvey.update(problem=problem[:200]).where(OutsideSurvey.id == _survey(book).id).execute()


def _survey(book: str) -> OutsideSurvey:
    OutsideSurvey.insert(system=WECOM, book=book).on_conflict_ignore().execute()
    found: OutsideSurvey = OutsideSurvey.get((OutsideSurvey.system == WECOM) & (OutsideSurvey.book == book))
    return found
