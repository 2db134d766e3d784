"""``queue``, ``approve``, ``return`` and ``reject``: what waits for the reader's decision.

A decision repeats the code that ``queue ID`` shows, so that nobody decides on what they have not seen
in its present state.
"""

from __future__ import annotations

from db.desk.requests.queue import DueFilter, QueueFilter
from db.language import _
from tui.plain.command import JSON, Command, WrongUsage, number
from tui.plain.requests import CODE_LENGTH, row_data, summary, tell_view, view_data
from tui.plain.room import Room
from tui.plain.words import Option, Words
from tui.sheets.clocks import due_text

DUE: dict[str, DueFilter] = {"all": "all", "overdue": "overdue", "today": "today", "week": "week"}


def queue(room: Room, words: Words) -> int:
    """What waits, the oldest due first, or one request in full."""
    if words.operands:
        words.only("json")
        view = room.desk.queue.one(number(words.operand(0), _("The request")))
        if words.has("json"):
            room.data(view_data(view))
        else:
            tell_view(room, view)
        return 0
    due = words.get("due", "all")
    window = room.desk.queue.window(QueueFilter(due=DUE[due]))
    if words.has("json"):
        room.data([row_data(row) for row in window.rows])
        return 0
    counts = window.counts
    room.tell(
        _(
            "{all} waiting: {overdue} overdue, {today} due today, {week} this week",
            all=counts.all,
            overdue=counts.overdue,
            today=counts.today,
            week=counts.week,
        )
    )
    unit = room.desk.me.unit_label()
    heads = (_("No."), _("Due"), _("Kind"), _("Name"), unit, _("What"), _("Step"), _("Evidence"))
    if window.rows:
        room.table(
            heads,
            [
                (
                    str(row.id),
                    due_text(row.due),
                    row.kind_label,
                    row.name,
                    row.unit,
                    summary(room, row),
                    f"{row.step}/{row.steps}",
                    str(row.evidence or ""),
                )
                for row in window.rows
            ],
        )
    return 0


def approve(room: Room, words: Words) -> int:
    """Say yes to what was shown."""
    request, digest = _seen(room, words)
    room.desk.queue.approve(request, digest, words.get("comment"))
    room.tell(_("Request {request} is approved.", request=request))
    return 0


def return_(room: Room, words: Words) -> int:
    """Send it back with a word on what is missing."""
    request, digest = _seen(room, words)
    room.desk.queue.return_(request, digest, " ".join(words.operands[2:]))
    room.tell(_("Request {request} is returned.", request=request))
    return 0


def reject(room: Room, words: Words) -> int:
    """Say no for good, with a word on why."""
    request, digest = _seen(room, words)
    room.desk.queue.reject(request, digest, " ".join(words.operands[2:]))
    room.tell(_("Request {request} is rejected.", request=request))
    return 0


def _seen(room: Room, words: Words) -> tuple[int, str]:
    """The request and the digest of what its decider has seen."""
    request, code = number(words.operand(0), _("The request")), words.operand(1)
    if len(code) < CODE_LENGTH:
        raise WrongUsage(_("Read it first: `queue {request}` shows its code.", request=request))
    digest = room.desk.queue.one(request).digest
    return request, digest if digest.startswith(code) else code


COMMANDS = (
    Command(
        "queue",
        ("[ID]",),
        (Option("due", "all|overdue|today|week", _("Only what is due then.")), JSON),
        _("List what waits for your decision, or show one request with the code that decides on it."),
        "queue --due overdue",
        queue,
    ),
    Command(
        "approve",
        ("ID", "CODE"),
        (Option("comment", "TEXT", _("A word about it.")),),
        _("Approve a request as `queue ID` showed it."),
        "approve 17 9f31c07a2b44",
        approve,
    ),
    Command(
        "return",
        ("ID", "CODE", "WORD…"),
        (),
        _("Send a request back, with a word on what is missing."),
        "return 17 9f31c07a2b44 缺少证明材料",
        return_,
    ),
    Command(
        "reject",
        ("ID", "CODE", "WORD…"),
        (),
        _("Turn a request down for good, with a word on why."),
        "reject 17 9f31c07a2b44 与登记不符",
        reject,
    ),
)
