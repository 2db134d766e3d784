"""``approve``, ``return`` and ``reject``; the list of what waits is drawn from `tui.sheets.deciding`.

A decision repeats the code that ``queue ID`` shows, so that nobody decides on what they have not seen
in its present state.
"""

from __future__ import annotations

from functools import partial

from db.desk.requests.request_views import RequestRow
from db.language import _
from tui.plain.command import Command, WrongUsage, number
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.asks import At
from tui.sheets.deciding import COMMENT, DECISIONS, SEEN
from tui.sheets.requests import CODE_LENGTH
from tui.sheets.sheet import Verb


def decide(verb: Verb[RequestRow], room: Room, words: CommandWords) -> int:
    request, code = number(words.operand(0), _("The request")), words.operand(1)
    if len(code) < CODE_LENGTH:
        raise WrongUsage(_("Read it first: `queue {request}` shows its code.", request=request))
    comment = words.option_value(COMMENT.id)
    for ask in verb.asks:
        if not comment:
            option = f"--{ask.id}"
            raise WrongUsage(_("{option} is missing: {what}", option=option, what=ask.label))
    view = room.desk.queue.one(request)
    at = At(
        room.desk,
        (request,),
        lambda: (view.row,),
        {SEEN.id: view.digest if view.digest.startswith(code) else code, COMMENT.id: comment},
    )
    room.write_line(verb.done(at, verb.do(at)))
    return 0


COMMANDS = tuple(
    Command(
        verb.id,
        ("ID", "CODE"),
        (Option(ask.id, "COMMENT", ask.label, required=ask.required),),
        verb.help,
        verb.example,
        partial(decide, verb),
    )
    for verb in DECISIONS
    for ask in verb.asks or (COMMENT,)
)
