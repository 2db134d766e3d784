"""What was announced to the reader and not read yet (A.8, A.9, G.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.desk.notation.localtime import local
from db.desk.requests.direct_changes import DIRECT
from db.desk.requests.objecting import LAST_DAY
from db.desk.requests.power_telling import ASKED, DONE
from db.desk.today.notice_views import NoticeToMe
from db.language import Message, _
from tui.sheets.cell import Fact
from tui.sheets.clauses import clause_text
from tui.sheets.notice_words import describe_notice
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb

SEEN: Verb[NoticeToMe] = Verb(
    id="seen",
    operation="notices.mark_seen",
    label=_("Seen"),
    help=_("Note that you have read these announcements."),
    on="all",
    offered=lambda row: not row.acknowledge,
    do=lambda at: at.desk.notices.mark_seen(*at.numbers),
    done=lambda _at, _made: _("Noted as read; what is to be acknowledged stays."),
    example="notices seen 17 18",
)
ACKNOWLEDGE: Verb[NoticeToMe] = Verb(
    id="acknowledge",
    operation="notices.acknowledge",
    key="a",
    label=_("Acknowledge"),
    help=_("Say that you took note of an announcement that asks for it."),
    offered=lambda row: row.acknowledge,
    do=lambda at: at.desk.notices.acknowledge(at.number),
    done=lambda _at, _made: _("Acknowledged; it is on record."),
    example="notices acknowledge 17",
)
CONTESTED = (ASKED, DONE, LAST_DAY, DIRECT)
"""Kinds that tell of an act that whoever is told of it can object to."""
CAME_OF_IT: Mapping[str, Message] = {
    "asked": _("Somebody else decides whether what was there before is put back; it is among your requests."),
    "stopped": _("It is stopped or taken back, and those who were told of it are told that."),
    "heard": _(
        "Your objection is told to whoever asked and whoever decides; they decide all the same. If you are "
        "one of them, reject it in your queue."
    ),
    "said": _("Your objection is told to those who can withdraw it; your last day stays until one does."),
}
OBJECT: Verb[NoticeToMe] = Verb(
    id="object",
    operation="objections.object",
    key="x",
    label=_("Object"),
    help=_("Stop what somebody asked for, or take back what they did, of which this tells you."),
    offered=lambda row: (
        row.kind in CONTESTED
        and not row.folded
        and (row.own or row.kind != DIRECT)
        and not (row.became or row.lasting)
    ),
    sure=lambda at: Question(
        _("Ask to have it put back?") if at.row.kind == DIRECT else _("Stop this, or take it back?"),
        text=describe_notice(at.row, whole=True),
    ),
    do=lambda at: at.desk.objections.object(at.number),
    done=lambda _at, answer: CAME_OF_IT[answer],
    example="notices object 17",
)


def _facts(row: NoticeToMe) -> Sequence[Fact]:
    found: list[Fact] = [(_("In full"), describe_notice(row, whole=True))]
    if row.hands_out:
        found.append((_("Directory"), _("as far as you see it, it is yours to open")))
    if row.takes:
        found.append((_("Your copy"), _("yours to take, once: {command}", command=take_command(row))))
    return found


def take_command(row: NoticeToMe) -> str:
    return f"report directory --book {row.hands_out} --format xlsx"


NOTICES: Sheet[NoticeToMe] = Sheet(
    id="notices",
    operation="notices.unread",
    title=_("Announcements"),
    about=_(
        "What was announced to you and you have not read. Some ask you to say that you took note of them."
    ),
    help=_("List what was announced to you and you have not read, or show one in full."),
    rows=lambda at: at.desk.notices.unread(),
    key=lambda row: row.id,
    named="notice",
    columns=(
        Column("at", _("When"), lambda row: local(row.at)[:16], 16, data=lambda row: row.at),
        Column("what", _("Announcement"), describe_notice),
        Column(
            "acknowledge",
            _("Asks for"),
            lambda row: _("acknowledgement") if row.acknowledge else None,
            12,
            in_english=15,
            few=True,
            tone="accent",
            data=lambda row: row.acknowledge,
        ),
        Column("book", _("Directory"), lambda row: row.book, 16, from_width=100, few=True),
        Column(
            "clause",
            _("Clause"),
            lambda row: clause_text(row.clause),
            from_width=NEVER,
            data=lambda row: row.clause,
        ),
    ),
    facts=_facts,
    context=lambda row: (row.book, clause_text(row.clause)),
    verbs=(ACKNOWLEDGE, SEEN, OBJECT),
    empty=_("Nothing new was announced. What concerns you comes here by itself."),
    example="notices",
)
