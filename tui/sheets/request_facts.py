"""Requests, their clocks and their differences in words, and a request in full."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk import Desk
from db.desk.entry.naming import actor_name
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT
from db.desk.requests.reporting import Reported
from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.request_views import (
    WHO_MAY_SEE,
    RequestEventView,
    RequestRow,
    RequestView,
    Returned,
    StepView,
    acting_name,
)
from db.desk.requests.route_preview import FlowStep
from db.desk.tasks.task_views import TaskRow
from db.language import Label, Message, Text, _, _n, listed
from tui.sheets.cell import Cell, Fact, Styled, Tone, names, with_capital
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day, days_left, moment

REASONS = frozenset({"reason", "word"})
"""Arguments of an act that was put off which say why."""
STATE_TONES: dict[str, Tone] = {"applied": "good", "rejected": "bad"}


def handed_in(desk: Desk, request: int) -> Text:
    """Return words for what a request just submitted waits for, or that it is in effect; 0 is one that nobody
    had to decide."""
    if not request:
        return _("Done. Everybody whom it concerns is told.")
    row = desk.requests.one(request).row
    if row.state == "applied":
        return _("Request {request} is in effect. Everybody whom it concerns is told.", request=request)
    if not row.waits_for and row.due is not None:
        return _(
            "Request {request} waits until {day}, unless somebody objects.",
            request=request,
            day=day(row.due.day),
        )
    return _("Request {request} waits for: {who}", request=request, who=listed(row.waits_for))


def differences(lines: Sequence[DiffLine]) -> list[Text | Styled]:
    cell: list[Text | Styled] = []
    for line in lines:
        if cell:
            cell.append(Label("；", "; "))
        cell += change(line) if line.is_act else [line.label, " ", *change(line)]
    return cell


def change(line: DiffLine) -> list[Text | Styled]:
    if not line.before:
        return [Styled(line.after, "strong")]
    return [Styled(line.before, "dim"), " → ", Styled(line.after or _("(empty)"), "strong")]


def changes(lines: Sequence[DiffLine]) -> list[Fact]:
    return [(with_capital(line.label), change(line)) for line in lines]


def sent_back(returned: Returned) -> Styled:
    return Styled(_("returned by {who}: {word}", who=returned.who, word=returned.word), "warn")


def request_matter(row: RequestRow) -> Cell:
    asked = differences(row.summary)
    return asked if row.returned is None else [sent_back(row.returned), "  ", *asked]


def taken_words(row: RequestRow, last: RequestEventView) -> Message:
    return _(
        "#{number} ({who}) is no longer in your queue. {at} {name}: {act}",
        number=row.id,
        who=request_person(row),
        at=moment(last.at),
        name=acting_name(last.who, last.on_behalf_of, last.office),
        act=last.act,
    )


def outcome_words(view: RequestView) -> Message:
    last = [event for event in view.history if not event.is_talk][-1]
    return _(
        "#{number} {who}: {at} {name}: {act}",
        number=view.row.id,
        who=request_person(view.row),
        at=moment(last.at),
        name=acting_name(last.who, last.on_behalf_of, last.office),
        act=last.act,
    )


def request_person(row: RequestRow) -> Text:
    """Return the person a request is about with their unit, or its requester if it names no entry."""
    if row.name:
        return f"{row.name} {row.unit}"
    return Message("{who} {unit}", {"who": actor_name(row.requester), "unit": row.unit})


def marked_who(row: RequestRow | TaskRow) -> Text:
    """Return `request_person` for a list; tagged people with the tag instead of the unit."""
    if row.tag:
        return Message("{name} ★{tag}", {"name": row.name, "tag": row.tag})
    return request_person(row) if isinstance(row, RequestRow) else f"{row.name} {row.unit}".strip()


def progress_text(row: RequestRow, *, whole: bool = False) -> Styled:
    """Return words for whom a request waits for, three at most unless ``whole``, or how it ended."""
    if row.state == "open":
        if not row.waits_for:
            return Styled(_("waits: nobody can decide it"), "bad")
        who = listed(row.waits_for) if whole else names(row.waits_for)
        return Styled(_("waits for {names}", names=who))
    if row.returned is not None:
        return sent_back(row.returned)
    return Styled(row.state_label, STATE_TONES.get(row.state, "dim"))


def submitted_day(row: RequestRow) -> Text:
    return day(local(row.submitted_at)[:10])


def step_words(step: FlowStep | StepView, people: Text) -> Text:
    """Return role and ``people`` of a step; the people alone if they are given as the office."""
    if step.who in ((step.role,), (WHO_MAY_SEE,)):
        return people
    return Message("{role} {people}", {"role": step.role, "people": people})


def step_fact(step: StepView, *, over: bool = False) -> Fact:
    """Return a step as a fact: role, then who decided it or will, with the comment; no longer needed once
    ``over``."""
    label: Cell = Message("{ord} {role}", {"ord": step.ord, "role": step.role})
    if step.decided_at is None and over:
        return label, Styled(_("no longer needed"), "dim")
    if step.decided_at is None:
        people: Text = names(step.who) if step.who else _("nobody yet")
        clause: list[Text | Styled] = []
        if step.clause != SILENT:
            clause = ["  ", Styled(clause_text(step.clause), "dim")]
        return label, [step.state_label, " ", people, *clause]
    said = f" “{step.comment}”" if step.comment else ""
    (decided,) = step.who
    return label, [decided, f" {moment(step.decided_at)} ", step.state_label, said]


def report(reported: Reported) -> Cell:
    """Return a cell with the day of a change, and whether it was reported in time."""
    clause = Styled(clause_text(reported.clause), "dim")
    if reported.late:
        told: Text = _n(
            "reported {days} working day late", "reported {days} working days late", days=reported.late
        )
        return [day(reported.changed_on), "  ", Styled(told, "bad"), "  ", clause]
    return [day(reported.changed_on), "  ", Styled(_("reported in time"), "good"), "  ", clause]


def event_fact(event: RequestEventView) -> Fact:
    said = f" “{event.comment}”" if event.comment else ""
    who = acting_name(event.who, event.on_behalf_of, event.office)
    return moment(event.at), [Message("{who} {act}", {"who": who, "act": event.act}), said]


def _stands_still(clause: str) -> Cell:
    """Return a cell that the clock is paused until the requester resubmits, with the clause."""
    told = _("paused; restarts when you resubmit")
    return [told, "  ", Styled(clause_text(clause), "dim")]


def head_facts(row: RequestRow) -> list[Fact]:
    found: list[Fact] = [
        (_("Who"), request_person(row)),
        (_("Asked by"), actor_name(row.requester)),
        (_("State"), progress_text(row, whole=True)),
    ]
    if row.due is not None:
        found += [(_("Due"), day(row.due.day)), (_("Workdays"), days_left(row.due))]
        found.append((_("Clock"), clause_text(row.due.clause)))
    return found


def facts(view: RequestView, *, history: bool = False, evidence: Cell = "") -> list[Fact]:
    """Return a request as facts: what, why, with what ``evidence``, who decides; with ``history`` the events
    too."""
    found = changes(view.lines)
    if view.row.returned is not None and view.row.returned.clause:
        found.append((_("Clock"), _stands_still(view.row.returned.clause)))
    if view.reason or not any(line.field in REASONS for line in view.lines):
        found.append((_("Reason"), view.reason or "–"))
    if view.reported is not None:
        found.append((_("So since"), report(view.reported)))
    files = listed([file.name for file in view.evidence])
    shown: Cell = evidence or [files, Styled(_("  (v opens it)"), "dim")]
    found.append((_("Evidence"), shown if view.evidence else "–"))
    over = view.row.state not in ("open", "returned")
    found += [step_fact(step, over=over) for step in view.steps]
    if history:
        found.append(("", ""))
        found += [event_fact(event) for event in view.history]
    return found
