"""``requests``: the reader's own requests, each with its steps, its clock and its history."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.audit.act_names import clause_words
from db.desk.clockwork import Due
from db.desk.notation.localtime import local
from db.desk.requests.request_views import RequestRow, RequestView, Returned, acting
from db.language import Message, Text, _, _n, listed, say
from tui.plain.command import JSON, Command, number
from tui.plain.room import BETWEEN, Room
from tui.plain.words import Words

CODE_LENGTH = 12
"""Leading digits of a request's digest that a decision has to repeat."""


def requests(room: Room, words: Words) -> int:
    """All of the reader's requests, or one in full."""
    if words.operands:
        view = room.desk.requests.one(number(words.operand(0), _("The request")))
        if words.has("json"):
            room.data(view_data(view))
        else:
            tell_view(room, view)
        return 0
    rows = room.desk.requests.mine()
    if words.has("json"):
        room.data([row_data(row) for row in rows])
    elif rows:
        heads = (_("No."), _("Kind"), _("Name"), _("What"), _("State"), _("Step"), _("Waits for"), _("Due"))
        room.table(
            heads,
            [
                (
                    str(row.id),
                    row.kind_label,
                    row.name,
                    summary(room, row),
                    row.state_label,
                    f"{row.step}/{row.steps}",
                    listed(row.waits_for),
                    due_text(row.due),
                )
                for row in rows
            ],
        )
        tell_returned(room, rows)
    else:
        room.warn(_("You have no requests."))
    return 0


def withdraw(room: Room, words: Words) -> int:
    """Take a request back."""
    request = number(words.operand(0), _("The request"))
    room.desk.requests.withdraw(request)
    room.tell(_("Request {request} is withdrawn.", request=request))
    return 0


def summary(room: Room, row: RequestRow) -> Text:
    """What a request asks for, in one cell."""
    return say(BETWEEN, room.language).join(
        f"{room.words(line.label)} {room.words(line.before)} → {room.words(line.after)}"
        for line in row.summary
    )


def due_text(due: Due | None) -> Text:
    """A due day with what is left of it."""
    if due is None:
        return ""
    if due.left < 0:
        return _n(
            "{day}, {days} working day overdue",
            "{day}, {days} working days overdue",
            day=due.day,
            days=-due.left,
        )
    if due.left == 0:
        return _("{day}, today", day=due.day)
    return _n("{day}, {days} working day left", "{day}, {days} working days left", day=due.day, days=due.left)


def row_data(row: RequestRow) -> dict[str, object]:
    """A request as JSON; protected values are masked."""
    return {
        "request": row.id,
        "kind": row.kind,
        "book": row.book,
        "name": row.name,
        "unit": row.unit,
        "requester": row.requester,
        "changes": [
            {"field": line.field, "before": line.before, "after": line.after} for line in row.summary
        ],
        "state": row.state,
        "step": row.step,
        "steps": row.steps,
        "waits_for": row.waits_for,
        "returned": _returned(row.returned),
        "due": row.due.day if row.due else None,
        "left": row.due.left if row.due else None,
        "submitted_at": row.submitted_at,
        "code": row.digest[:CODE_LENGTH],
    }


def _returned(returned: Returned | None) -> dict[str, object] | None:
    if returned is None:
        return None
    return {"at": returned.at, "by": returned.who, "word": returned.word, "clause": returned.clause}


def _returned_text(returned: Returned | None) -> Text:
    """Why it came back, and that no clock runs meanwhile where none does."""
    if returned is None:
        return ""
    told = Message("{who} “{word}”", {"who": returned.who, "word": returned.word})
    if not returned.clause:
        return told
    return _(
        "{told}; the clock stands still until it is handed in again ({clause})",
        told=told,
        clause=returned.clause,
    )


def tell_returned(room: Room, rows: Sequence[RequestRow]) -> None:
    """Of each request that was returned, what has to be amended."""
    for row in rows:
        if row.returned is not None:
            who, word = row.returned.who, row.returned.word
            room.tell(_("Request {request}, returned by {who}: {word}", request=row.id, who=who, word=word))


def view_data(view: RequestView) -> dict[str, object]:
    """Everything about a request as JSON."""
    return {
        **row_data(view.row),
        "reason": view.reason,
        "clause": view.clause,
        "changes": [{"field": line.field, "before": line.before, "after": line.after} for line in view.lines],
        "evidence": [{"id": file.id, "name": file.name} for file in view.evidence],
        "history": [
            {
                "at": event.at,
                "who": event.who,
                "for": event.on_behalf_of,
                "act": event.act,
                "word": event.comment,
            }
            for event in view.history
        ],
    }


def tell_view(room: Room, view: RequestView) -> None:
    """Everything about a request, line by line."""
    row = view.row
    room.tell(_("Request {request}: {kind}", request=row.id, kind=row.kind_label), row.name, row.unit)
    room.facts(
        [
            (_("Asked by"), row.requester),
            (_("State"), row.state_label),
            (_("Returned"), _returned_text(row.returned)),
            (_("Due"), due_text(row.due)),
            (_("Reason"), view.reason),
            *((line.label, f"{room.words(line.before)} → {room.words(line.after)}") for line in view.lines),
            *((_("Evidence"), f"{file.id} {file.name}") for file in view.evidence),
            (_("Under"), clause_words(view.clause)),
        ]
    )
    for step in view.steps:
        label = _("Step {place} {role}", place=step.ord, role=step.role)
        who = listed(acting(one, step.on_behalf_of) for one in step.who)
        said = (room.words(step.state_label), room.words(who), step.comment)
        room.facts([(label, " ".join(filter(None, said)))])
    for event in view.history:
        room.tell(local(event.at)[:16], acting(event.who, event.on_behalf_of), event.act, event.comment)
    room.facts([(_("Its code"), view.digest[:CODE_LENGTH])])


COMMANDS = (
    Command(
        "requests",
        ("[ID]",),
        (JSON,),
        _("List your requests, or show one with its steps, its clock and its history."),
        "requests 17",
        requests,
    ),
    Command(
        "requests withdraw",
        ("ID",),
        (),
        _("Take a request back, or give back what it granted."),
        "requests withdraw 17",
        withdraw,
    ),
)
