"""``change`` and ``amend``: ask for a change of an entry, and answer a return."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from db.desk import Invalid
from db.desk.audit.act_names import clause_words
from db.desk.requests.change_form import ChangeForm
from db.language import _, listed
from tui.plain.command import BOOK, Command, WrongUsage, number
from tui.plain.places import no_such_book, several_books
from tui.plain.room import Room
from tui.plain.words import Option, Words

REASON = Option("reason", "TEXT", _("Why."))
EVIDENCE = Option("evidence", "ID,ID…", _("Files of your tray that prove it."))


def change(room: Room, words: Words) -> int:
    """Hand in new values for decision."""
    if words.has("entry"):
        words.only("entry", "reason", "evidence")
    entry = number(words.get("entry"), _("The entry")) if words.has("entry") else _own_entry(room, words)
    form = room.desk.changes.form(entry)
    asked = _asked(room, form, words.operands)
    with _problems_named(form):
        request = room.desk.changes.submit(form.entry, form.version, asked, words.get("reason"), files(words))
    room.tell(_("Request {request} is handed in.", request=request))
    _tell_way(room, form)
    return 0


def amend(room: Room, words: Words) -> int:
    """Hand a returned request in again with other values."""
    request = number(words.operand(0), _("The request"))
    form = room.desk.changes.amendment(request)
    asked, reason, evidence = _asked(room, form, words.operands[1:]), words.get("reason"), files(words)
    if form.amends is not None:
        asked = {**form.amends.asked, **asked}
        reason = reason or form.amends.reason
        evidence = evidence or form.amends.evidence
    with _problems_named(form):
        room.desk.changes.amend(request, form.version, asked, reason, evidence)
    room.tell(_("Request {request} is handed in again.", request=request))
    _tell_way(room, form)
    return 0


def _own_entry(room: Room, words: Words) -> int:
    mine = {book.id: book.entry for book in room.desk.me.who().books if book.entry is not None}
    if words.has("book"):
        if words.get("book") not in mine:
            raise no_such_book(words.get("book"), list(mine))
        return mine[words.get("book")]
    if len(mine) != 1:
        raise several_books(list(mine))
    return next(iter(mine.values()))


def _asked(room: Room, form: ChangeForm, pairs: tuple[str, ...]) -> dict[str, str]:
    names = {field.name: field.name for field in form.fields}
    names |= {room.words(field.label): field.name for field in form.fields}
    asked = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in names:
            raise WrongUsage(
                _(
                    "Write a value as FIELD=VALUE with one of {fields}, not “{text}”.",
                    fields=listed(field.name for field in form.fields),
                    text=pair,
                )
            )
        asked[names[name]] = value
    return asked


@contextmanager
def _problems_named(form: ChangeForm) -> Iterator[None]:
    """What is wrong with a value is told with the name of its field: several may be given."""
    labels = {field.name: field.label for field in form.fields}
    try:
        yield
    except Invalid as invalid:
        raise Invalid(
            *(
                replace(one, message=_("{name}: {value}", name=labels[one.field], value=one.message))
                if one.field in labels
                else one
                for one in invalid.problems
            )
        ) from invalid


def files(words: Words) -> tuple[str, ...]:
    """The files that ``--evidence`` names."""
    return tuple(filter(None, words.get("evidence").split(",")))


def _tell_way(room: Room, form: ChangeForm) -> None:
    for place, step in enumerate(form.way.steps, start=1):
        room.tell(
            _(
                "Step {place}: {role} {who} ({clause})",
                place=place,
                role=step.role,
                who=listed(step.who),
                clause=clause_words(step.clause),
            )
        )
    if form.way.due is not None:
        due = form.way.due
        room.tell(_("Due on {day} ({clause})", day=due.day, clause=clause_words(due.clause)))


COMMANDS = (
    Command(
        "change",
        ("FIELD=VALUE…",),
        (
            Option("entry", "ID", _("Another entry than your own that you may propose for.")),
            BOOK,
            REASON,
            EVIDENCE,
        ),
        _("Ask for a change of your entry. It is decided by your head and the maintainers."),
        'change mobile=13900002121 --reason "换号" --evidence 3f2a9c01d4',
        change,
    ),
    Command(
        "amend",
        ("REQUEST", "[FIELD=VALUE…]"),
        (REASON, EVIDENCE),
        _("Hand a returned request in again; what you do not give stays as it was."),
        "amend 17 --evidence 3f2a9c01d4",
        amend,
    ),
)
