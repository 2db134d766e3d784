"""A case as far as it is the reader's own, without the screen."""

from __future__ import annotations

from db.desk.audit.act_names import clause_words
from db.desk.cases.case_views import CaseRow
from db.desk.cases.own_cases import OwnCase
from db.language import _
from tui.plain.room import Room


def show_own(room: Room, case: int, *, as_json: bool) -> int:
    """What the reader reported, or what was decided about them."""
    own = room.desk.cases.own(case)
    if as_json:
        room.data(_own_data(own))
        return 0
    row = own.row
    room.facts(
        [
            (_("Case"), str(row.id)),
            (_("About"), row.kind_label),
            (_("Clause"), clause_words(row.clause)),
            (_("Stands"), row.outcome_label if row.outcome else row.state_label),
            *([(_("In words"), own.words)] if own.words else []),
            *([(_("Entry"), own.entry_name)] if own.entry_name else []),
            *([(_("Answer"), own.answer)] if own.answer else []),
        ]
    )
    for verdict in own.verdicts:
        room.tell(_("Decided about you"), *verdict.sanctions, clause_words(verdict.clause))
        if verdict.amount:
            room.tell(_("Fine"), f"{verdict.amount} {verdict.currency}")
    for at, step in own.steps:
        room.tell(at, step)
    return 0


def row_data(row: CaseRow) -> dict[str, object]:
    """A line of the lists, for programs."""
    return {
        "case": row.id,
        "sort": row.sort,
        "kind": row.kind,
        "book": row.book,
        "concerned": row.concerned,
        "reported": row.reported_at,
        "state": row.state,
        "outcome": row.outcome,
        "due": row.due.day if row.due is not None else None,
        "clause": row.clause,
    }


def _own_data(own: OwnCase) -> dict[str, object]:
    return {
        **row_data(own.row),
        "words": own.words,
        "answer": own.answer,
        "decided": [
            {
                "sanctions": one.sanctions,
                "occurrences": one.occurrences,
                "fine": one.amount,
                "clause": one.clause,
            }
            for one in own.verdicts
        ],
        "history": [[at, step] for at, step in own.steps],
    }
