"""``audit``: the record of who did what, for information security (C.6)."""

from __future__ import annotations

from datetime import date

from db.desk.audit.audit import AuditFilter
from db.desk.audit.record_views import AuditDetail, AuditRow
from db.desk.notation.parsing import read_day
from db.language import Message, Text, _, clause_words, listed
from tui.plain.command import JSON, ONLY_BOOK, Command, WrongUsage, number
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.record_facts import particulars, who_did

OUTCOMES: dict[str, Text] = {"done": _("allowed"), "refused": _("refused"), "failed": _("failed")}
LIMIT = 50


def audit(room: Room, words: CommandWords) -> int:
    if words.operands:
        return _write_record(room, words)
    limit = number(words.option_value("limit", str(LIMIT)), _("The limit"))
    window = room.desk.audit.window(_filter(room, words), 0, limit)
    if words.has("json"):
        room.write_json([_data(row) for row in window.rows])
        return 0
    heads = (
        _("No."), _("When"), _("Who"), _("Act"), _("On whom"), _("Outcome"), _("Clause"), _("From"),
    )  # fmt: skip
    if window.rows:
        room.write_table(
            heads,
            [
                (
                    str(row.seq),
                    row.at,
                    row.login,
                    row.label,
                    row.whom or row.unit,
                    OUTCOMES[row.outcome],
                    clause_words(row.clause),
                    row.source,
                )
                for row in window.rows
            ],
        )
    room.warn(_("{shown} of {total} records.", shown=len(window.rows), total=window.total))
    if not window.total:
        _tell_values(room, words)
    return 0


def _tell_values(room: Room, words: CommandWords) -> None:
    """Write to standard error which books or acts there are, if none has the one given."""
    for name in ("book", "act"):
        there = room.desk.audit.facets(AuditFilter(), name) if words.has(name) else ()
        values = [str(facet.value) for facet in there]
        if there and words.option_value(name) not in values:
            room.warn(
                _(
                    "No record has --{name} {value}; there are: {values}.",
                    name=name,
                    value=words.option_value(name),
                    values=listed(values),
                )
            )


def _write_record(room: Room, words: CommandWords) -> int:
    words.allow_only("json")
    found = room.desk.audit.one(number(words.operand(0), _("The record")))
    if words.has("json"):
        room.write_json(_full(found))
        return 0
    row = found.row
    room.write_facts(
        [
            (_("Record"), str(row.seq)),
            (_("When"), row.at),
            (_("Who"), who_did(row)),
            (_("For"), row.on_behalf_of),
            (_("Act"), row.label),
            (_("On whom"), row.whom),
            (_("Department"), row.unit),
            (_("Directory"), row.book_label),
            (_("Request"), str(row.request or "")),
            (_("Outcome"), OUTCOMES[row.outcome]),
            (_("Clause"), clause_words(row.clause)),
            (_("Purpose"), row.purpose),
            (_("From"), f"{row.source} {row.front}"),
            *particulars(found),
            (_("Hash"), found.hash),
        ]
    )
    return 0


def _filter(room: Room, words: CommandWords) -> AuditFilter:
    person = None
    if words.has("person"):
        found = room.desk.audit.person(words.option_value("person"))
        found = tuple(facet for facet in found if facet.exact) or found
        if len(found) != 1:
            names = listed(facet.label for facet in found)
            raise WrongUsage(
                _(
                    "“{text}” is not one person of the audit: {names}",
                    text=words.option_value("person"),
                    names=names if found else "–",
                )
            )
        person = int(found[0].value)
    return AuditFilter(
        person=person,
        object=number(words.option_value("object"), _("The entry")) if words.has("object") else None,
        act=words.option_value("act") or None,
        outcome=words.option_value("outcome") or None,
        clause=words.option_value("clause") or None,
        source=words.option_value("source") or None,
        book=words.option_value("book") or None,
        first=_day(words, "from"),
        last=_day(words, "to"),
    )


def _day(words: CommandWords, name: str) -> date | None:
    if not words.has(name):
        return None
    day = read_day(words.option_value(name))
    if isinstance(day, Message):
        raise WrongUsage(day)
    return day


def _data(row: AuditRow) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": row.at,
        "login": row.login,
        "name": row.who,
        "on_behalf_of": row.on_behalf_of,
        "act": row.act,
        "outcome": row.outcome,
        "clause": row.clause,
        "book": row.book,
        "unit": row.unit,
        "entry": row.entry,
        "whom": row.whom,
        "request": row.request,
        "purpose": row.purpose,
        "source": row.source,
        "front": row.front,
    }


def _full(found: AuditDetail) -> dict[str, object]:
    return {
        **_data(found.row),
        "details": [{"name": name, "value": value} for name, value in found.details],
        "changes": [
            {"field": change.label, "before": change.before, "after": change.after, "masked": change.masked}
            for change in found.changes
        ],
        "hash": found.hash,
        "previous": found.previous,
    }


COMMANDS = (
    Command(
        "audit",
        ("[SEQ]",),
        (
            Option("person", "LOGIN", _("Only what this person did: login or name.")),
            Option("object", "ENTRY", _("Only what was done to this entry.")),
            Option("act", "ACT", _("Only this act.")),
            Option("outcome", "done|refused|failed", _("Only records with this outcome.")),
            Option("clause", "CLAUSE", _("Only what this clause allowed or refused.")),
            Option("source", "ADDRESS", _("Only from this address.")),
            Option("from", "DAY", _("From this day on.")),
            Option("to", "DAY", _("Up to this day.")),
            ONLY_BOOK,
            Option("limit", "N", _("At most so many lines (50).")),
            JSON,
        ),
        _("Read the audit, newest first, or one record in full; for information security."),
        "audit --outcome refused --from 2026-11-01",
        audit,
    ),
)
