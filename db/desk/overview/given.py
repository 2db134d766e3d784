"""Whose consent was asked for, what they answered, and what was given to whom until when (B.6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.desk.asking.consents import consent_answer, given_fields, state_of
from db.desk.asking.disclosure import fields_of
from db.desk.authority.permissions import policy_of
from db.desk.entry.units import name_of
from db.desk.extracts.about import account_names
from db.desk.extracts.report_rights import Extent, Numbers
from db.desk.notation.localtime import day_begins, local
from db.desk.requests.payload import open_payload
from db.language import Label, Message
from db.store.tables import Consent, Disclosure, Entry, Request, Unit, UnitAbove


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One person whose entry somebody asked for. Days are ISO, empty where it did not happen; ``given`` and
    ``until`` are of what was given, ``state`` is as in `ANSWERS` and ``answer`` the same in words, with what
    was kept back."""

    request: int
    name: str
    unit: str
    asked_by: str
    to: str
    fields: tuple[Label, ...]
    asked: str
    state: str
    answer: Message
    answered: str
    given: str
    until: str
    clause: str


def disclosures(place: Extent, first: date, last: date) -> tuple[DisclosureRow, ...]:
    """Return consents asked for from ``first`` to ``last``, from ``place`` down, the newest first."""
    labels = {rule.name: rule.label for rule in policy_of(place.book).fields}
    return tuple(_row(row, labels) for row in _consents(place, first, last).order_by(Consent.id.desc()))


def disclosure_numbers(place: Extent, first: date, last: date) -> Numbers:
    """Count whose consent was asked for, what was given, and what is not answered yet."""
    rows = list(_consents(place, first, last))
    given = Disclosure.select(Disclosure.consent).where(Disclosure.consent.in_([row.id for row in rows]))
    return len(rows), given.distinct().count(), sum(state_of(row) == "asked" for row in rows)


def _consents(place: Extent, first: date, last: date) -> Any:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    return (
        Consent.select(Consent, Entry, Unit, Request)
        .join(Entry)
        .join(Unit)
        .switch(Consent)
        .join(Request)
        .where(
            (Entry.book == place.book)
            & Entry.unit.in_(below)
            & (Consent.state != "void")
            & (Consent.asked_at >= day_begins(first))
            & (Consent.asked_at < day_begins(last + timedelta(days=1)))
        )
    )


def _row(row: Consent, labels: dict[str, Label]) -> DisclosureRow:
    disclosed = Disclosure.get_or_none(Disclosure.consent == row)
    asks = open_payload(row.request)
    asked = fields_of(policy_of(row.entry.book_id), asks["what"]) if asks else ()
    return DisclosureRow(
        request=row.request_id,
        name=row.entry.name,
        unit=row.entry.unit.name,
        asked_by=account_names(row.request.requester_id)[1],
        to=name_of(int(asks["to"])) if asks else "",
        fields=tuple(labels[name] for name in given_fields(row) if name in labels),
        asked=local(row.asked_at)[:10],
        state=state_of(row),
        answer=consent_answer(row, {name: labels[name] for name in labels if name in asked}),
        answered=_day(row.withdrawn_at or row.answered_at),
        given=_day(disclosed.from_at) if disclosed is not None else "",
        until=_day(disclosed.end) if disclosed is not None else "",
        clause=row.clause,
    )


def _day(moment: str | None) -> str:
    return local(moment)[:10] if moment else ""
