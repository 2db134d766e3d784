"""How a request to join, move or leave goes on, and what the event brings along."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.entry.systems import is_connected
from db.desk.lifecycle.events import (
    ENTERED,
    Event,
    announcement,
    entry_duties,
    evidence_asked,
    proof_asked,
    sync_steps,
)
from db.desk.requests.request_kinds import is_of_pupils
from db.desk.requests.route_preview import FormRequirement, RoutePreview, form_requirement, route_steps
from db.desk.requests.submitting import reason_needed
from db.language import Label, Text
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Proof, Side
from db.policy.wording import DUTIES, PROOFS
from db.store.tables import Book


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that the event brings along, in a word, with its clause; ``by_itself``: without anybody.
    ``parts`` are the fields that an outside system is told; none where somebody leaves it whole."""

    what: str
    label: Text
    clause: str
    parts: tuple[Text, ...] = ()
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class EventRoute(RoutePreview):
    """How a request about an event goes on, with what the event brings. Its clocks are its duties'."""

    book: str
    book_label: Label
    duties: tuple[tuple[Text, int, str], ...]
    """(what, working days, clause)"""
    promises: tuple[Promise, ...]
    of_pupils: bool
    """Whether whom it is about is a pupil."""
    unit_label: Text
    """What the book calls a unit: a department, or a class."""


def preview_route(
    policy: EffectivePolicy,
    event: Event,
    side: Side,
    unit: int,
    account: int,
    entry: int | None = None,
    person: int | None = None,
) -> EventRoute:
    """Return the steps that a request about ``event`` by ``account`` would take, with its deadlines and what
    happens once it is approved."""
    book, flow = Book.get_by_id(policy.book), policy.flow(event)
    clocks = [(DUTIES[duty.kind], duty.days, duty.due_clause) for duty in entry_duties(policy, event, side)]
    if flow.deadline is not None and flow.deadline.days not in {days for _what, days, _clause in clocks}:
        clocks.append((DUTIES[ENTERED[event][0]], flow.deadline.days, flow.deadline.clause))
    return EventRoute(
        steps=route_steps(policy, event, unit, account, entry, person),
        due=None,
        due_days=None,
        reason=form_requirement(reason_needed(policy, event)),
        evidence=form_requirement(evidence_asked(policy, event, side)),
        report=FormRequirement(False, ""),
        report_days=0,
        clause=flow.clause,
        book=policy.book,
        book_label=book.title,
        duties=tuple(clocks),
        promises=tuple(_promises(policy, event, side)),
        of_pupils=is_of_pupils(policy.book, event),
        unit_label=policy.field("unit").label,
    )


def _promises(policy: EffectivePolicy, event: Event, side: Side) -> list[Promise]:
    found = []
    told = announcement(policy, event, side)
    if told:
        found.append(Promise("announcement", PROOFS["announcement"], told.clause))
    kept: tuple[Proof, ...] = ("archive", "hand-back", "account-closed", "receipt")
    for what in kept:
        asked = proof_asked(policy, event, side, what)
        if asked is not None:
            found.append(Promise(what, PROOFS[what], asked.clause))
    labels = {rule.name: rule.label for rule in policy.fields}
    for rule, step in zip(policy.sync, sync_steps(policy, event, side), strict=False):
        parts = tuple(labels[name] for name in rule.fields if name in labels)
        found.append(
            Promise(
                "sync",
                PROOFS["sync"],
                step.clause,
                parts if event != "leave" else (),
                by_itself=is_connected(),
            )
        )
    return found
