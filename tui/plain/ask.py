"""``ask``: requests of the rarer kinds, and the copies that were granted by them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from db.desk.asking.forms import AskForm, OfferView
from db.desk.audit.act_names import clause_words
from db.desk.notation.localtime import local
from db.desk.requests.ask_fields import AskField
from db.desk.requests.request_views import StepView
from db.desk.requests.way import FlowStep
from db.language import _, listed
from tui.plain.change import EVIDENCE, REASON, files
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.places import no_such_book, only_book, several_books
from tui.plain.room import Room
from tui.plain.words import Option, Words

SINCE = Option("since", "DAY", _("Since when it is so, as in 2026-11-23."))
UNQUOTED = re.compile(r"[\w.-]+")
"""A name that can be written as it is, for one's own shell and for SSH."""


def ask(room: Room, words: Words) -> int:
    """What can be asked for; the form of one kind; or, with values or a reason, handing it in."""
    offers = room.desk.asking.offers()
    book = words.get("book")
    if book and book not in {offer.book for offer in offers}:
        raise no_such_book(book, list(dict.fromkeys(offer.book for offer in offers)))
    if not words.operands:
        words.only("book", "json")
        _list(room, tuple(offer for offer in offers if book in ("", offer.book)), words)
        return 0
    kind = words.operand(0)
    books = [offer.book for offer in offers if offer.id == kind]
    if not book and len(books) > 1:
        raise several_books(books)
    book = book or (books[0] if books else only_book(room))
    form = room.desk.asking.form(kind, book)
    pairs = words.operands[1:]
    if not pairs and not words.has("reason"):
        words.only("book")
        _tell_form(room, form)
        return 0
    words.only("book", "reason", "since", "evidence")
    asked = {field.name: field.value for field in form.fields} | _asked(room, form, pairs)
    request = room.desk.asking.ask(
        kind, book, asked, words.get("reason"), files(words), changed_on=words.get("since")
    )
    room.tell(_("Request {request} is handed in.", request=request))
    _tell_way(room, room.desk.requests.one(request).steps)
    return 0


def amend(room: Room, words: Words) -> int:
    """Hand a returned request in again with other values."""
    request = number(words.operand(0), _("The request"))
    form = room.desk.asking.amendment(request)
    asked = {field.name: field.value for field in form.fields} | _asked(room, form, words.operands[1:])
    reason, evidence, since = words.get("reason"), files(words), words.get("since")
    if form.amends is not None:
        reason = reason or form.amends.reason
        evidence = evidence or form.amends.evidence
        since = since or form.amends.changed_on
    room.desk.asking.amend(request, asked, reason, evidence, changed_on=since)
    room.tell(_("Request {request} is handed in again.", request=request))
    _tell_way(room, room.desk.requests.one(request).steps)
    return 0


def copies(room: Room, words: Words) -> int:
    """Copies that were granted and may still be taken."""
    rows = room.desk.asking.copies()
    if words.has("json"):
        room.data(
            [
                {"copy": row.number, "book": row.book, "unit": row.unit_name, "for_work": row.for_work,
                 "until": row.until, "clause": row.clause}
                for row in rows
            ]
        )  # fmt: skip
        return 0
    if not rows:
        room.warn(_("No copy was granted to you."))
    for row in rows:
        room.tell(
            _("Copy {number}: {book}, {unit}, until {day} ({clause})", number=row.number, book=row.book_label,
              unit=row.unit_name, day=local(row.until)[:16], clause=clause_words(row.clause))
        )  # fmt: skip
        room.tell(f"  report directory --book {row.book} --scope {row.unit} --format xlsx")
    return 0


def _list(room: Room, offers: tuple[OfferView, ...], words: Words) -> None:
    if words.has("json"):
        room.data(
            [
                {"kind": one.id, "book": one.book, "label": one.label, "help": one.help, "clause": one.clause}
                for one in offers
            ]
        )
        return
    heads = (_("Kind"), _("What"), _("Book"), _("Clause"))
    room.table(heads, [(one.id, one.label, one.book, clause_words(one.clause)) for one in offers])


def _asked(room: Room, form: AskForm, pairs: tuple[str, ...]) -> dict[str, str]:
    fields = {field.name: field for field in form.fields}
    names = {room.words(field.label): field.name for field in form.fields}
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = names.get(name, name)
        if not equals or name not in fields:
            raise WrongUsage(
                _(
                    "Write a value as FIELD=VALUE with one of {fields}, not “{text}”.",
                    fields=listed(fields),
                    text=pair,
                )
            )
        found[name] = _by_name(room, fields[name]).get(value, value)
    return found


def _by_name(room: Room, field: AskField) -> dict[str, str]:
    """Choices by what they are called in the reader's language; those called alike have a number only."""
    names = [room.words(choice.label).strip() for choice in field.choices]
    return {
        name: choice.id for name, choice in zip(names, field.choices, strict=True) if names.count(name) == 1
    }


def _to_type(room: Room, field: AskField) -> dict[str, str]:
    """What to write for each choice: its id; where that is a number, its name, or with a name that would have
    to be quoted, what the number stands for."""
    named = {id: name for name, id in _by_name(room, field).items() if UNQUOTED.fullmatch(name)}
    return {
        choice.id: named.get(choice.id, f"{choice.id} = {room.words(choice.label).strip()}")
        if choice.id.isdigit()
        else choice.id
        for choice in field.choices
        if choice.id
    }


def _tell_form(room: Room, form: AskForm) -> None:
    room.tell(form.offer.label, form.offer.help)
    room.table(
        (_("Field"), _("Meaning"), _("Now"), _("Values")),
        [
            (
                field.name,
                field.label,
                field.now or choices.get(field.value, field.value),
                "|".join(choices.values()) or field.hint,
            )
            for field, choices in ((field, _to_type(room, field)) for field in form.fields)
        ],
    )
    _tell_way(room, form.way.steps)


def _tell_way(room: Room, steps: Sequence[FlowStep | StepView]) -> None:
    for place, step in enumerate(steps, start=1):
        room.tell(
            _(
                "Step {place}: {role} {who} ({clause})",
                place=place,
                role=step.role,
                who=listed(step.who),
                clause=clause_words(step.clause),
            )
        )


COMMANDS = (
    Command(
        "ask",
        ("[KIND]", "[FIELD=VALUE…]"),
        (BOOK, REASON, SINCE, EVIDENCE, JSON),
        _("List what you may ask for; show the form of a kind; or hand it in with its values and a reason."),
        'ask copy unit=研发中心 --reason "供应商大会"',
        ask,
    ),
    Command(
        "ask amend",
        ("REQUEST", "[FIELD=VALUE…]"),
        (REASON, SINCE, EVIDENCE),
        _("Hand a returned request of such a kind in again; what you do not give stays as it was."),
        "ask amend 17 days=3",
        amend,
    ),
    Command("ask copies", (), (JSON,), _("List copies that were granted to you."), "ask copies", copies),
)
