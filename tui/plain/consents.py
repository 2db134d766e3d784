"""``consents``: who wants to be given the reader's entry, answering them, and what the reader was given."""

from __future__ import annotations

from db.desk.asking.consent_desk import ConsentView
from db.desk.audit.act_names import clause_words
from db.desk.notation.localtime import local
from db.language import Message, _, listed
from tui.plain.command import JSON, Command, WrongUsage, number
from tui.plain.room import Room
from tui.plain.words import Words

ANSWERS = ("yes", "open", "no")
STATES: dict[str, Message] = {
    "asked": _("waits for you"),
    "given": _("you agreed"),
    "refused": _("you refused"),
    "silent": _("not answered"),
    "withdrawn": _("taken back"),
}


def consents(room: Room, words: Words) -> int:
    """What others want to be given of the reader's entry."""
    rows = room.desk.consents.mine()
    if words.has("json"):
        room.data([_consent_data(row) for row in rows])
    elif rows:
        heads = (
            _("No."),
            _("Until"),
            _("Asked by"),
            _("Given to"),
            _("Days"),
            _("What of it"),
            _("Why"),
            _("State"),
        )
        room.table(
            heads,
            [
                (
                    str(row.id),
                    row.due,
                    row.asked_by,
                    row.to,
                    str(row.days),
                    listed(row.fields),
                    row.reason,
                    STATES[row.state],
                )
                for row in rows
            ],
        )
    else:
        room.warn(_("Nobody has asked for your entry."))
    return 0


def answer(room: Room, words: Words) -> int:
    """Say yes, yes without the protected fields, or no."""
    said = words.operand(1)
    if said not in ANSWERS:
        raise WrongUsage(_("Answer yes, open or no."))
    room.desk.consents.answer(number(words.operand(0), _("The consent")), said)
    room.tell(_("Your answer is on record."))
    return 0


def withdraw(room: Room, words: Words) -> int:
    """Take a consent back."""
    room.desk.consents.withdraw(number(words.operand(0), _("The consent")))
    room.tell(_("Taken back; nobody sees it by that consent any more."))
    return 0


def received(room: Room, words: Words) -> int:
    """What was given to the reader's department."""
    rows = room.desk.consents.received()
    if words.has("json"):
        room.data(
            [
                {"name": row.name, "unit": row.unit, "to": row.to, "until": row.until, "clause": row.clause,
                 "values": [{"label": label, "value": value} for label, value in row.values]}
                for row in rows
            ]
        )  # fmt: skip
        return 0
    if not rows:
        room.warn(_("Nothing was given to your department."))
    for row in rows:
        room.tell(row.name, row.unit)
        room.facts([*row.values, (_("Until"), local(row.until)[:16]), (_("Under"), clause_words(row.clause))])
    return 0


def _consent_data(row: ConsentView) -> dict[str, object]:
    return {
        "consent": row.id,
        "state": row.state,
        "asked_by": row.asked_by,
        "reason": row.reason,
        "to": row.to,
        "days": row.days,
        "fields": row.fields,
        "protected": row.protected,
        "due": row.due,
        "answered_at": row.answered_at,
        "withdrawn_at": row.withdrawn_at,
        "clause": row.clause,
    }


COMMANDS = (
    Command(
        "consents",
        (),
        (JSON,),
        _("List who wants to be given your entry, and what you answered."),
        "consents",
        consents,
    ),
    Command(
        "consents answer",
        ("ID", "ANSWER"),
        (),
        _("Answer yes, open (yes, without protected fields) or no."),
        "consents answer 3 yes",
        answer,
    ),
    Command(
        "consents withdraw",
        ("ID",),
        (),
        _("Take a consent back; what was given is closed at once."),
        "consents withdraw 3",
        withdraw,
    ),
    Command(
        "consents received",
        (),
        (JSON,),
        _("List entries that were given to your department, and until when."),
        "consents received",
        received,
    ),
)
