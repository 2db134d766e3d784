"""``ask``, ``consents`` and ``rules``: requests of the rarer kinds, answering them, and what is in force."""

from __future__ import annotations

import re
from collections.abc import Sequence

from db.desk.asking.consent_subject import ConsentView
from db.desk.asking.forms import AskField, AskForm, OfferView
from db.desk.audit.words import clause_words
from db.desk.localtime import local
from db.desk.policies.words import about
from db.desk.requests.views import StepView
from db.desk.requests.way import FlowStep
from db.language import Message, Text, _, listed
from tui.plain.change import EVIDENCE, REASON, files
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.places import no_such_book
from tui.plain.room import Room
from tui.plain.words import Option, Words

SINCE = Option("since", "DAY", _("Since when it is so, as in 2026-11-23."))
UNQUOTED = re.compile(r"[\w.-]+")
"""A name that can be written as it is, for one's own shell and for SSH."""
ANSWERS = ("yes", "open", "no")
STATES: dict[str, Message] = {
    "asked": _("waits for you"),
    "given": _("you agreed"),
    "refused": _("you refused"),
    "silent": _("not answered"),
    "withdrawn": _("taken back"),
}


def ask(room: Room, words: Words) -> int:
    """What can be asked for; the form of one kind; or, with values or a reason, handing it in."""
    offers = room.desk.asking.offers()
    if not words.operands:
        _list(room, offers, words)
        return 0
    kind = words.operand(0)
    books = [offer.book for offer in offers if offer.id == kind]
    if words.has("book"):
        book = words.get("book")
        if book not in {offer.book for offer in offers}:
            raise no_such_book(book, list(dict.fromkeys(offer.book for offer in offers)))
    elif len(books) > 1:
        raise WrongUsage(_("You are in several books; say which: --book {books}", books="|".join(books)))
    else:
        book = books[0] if books else _only_book(room)
    form = room.desk.asking.form(kind, book)
    pairs = words.operands[1:]
    if not pairs and not words.has("reason"):
        _tell_form(room, form)
        return 0
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


def rules(room: Room, words: Words) -> int:
    """What is in force over a book, since when and interpreted by whom."""
    book = words.operand(0) or _only_book(room)
    view = room.desk.policies.rules(book)
    if words.has("json"):
        room.data(
            {
                "book": view.book,
                "classification": view.classification,
                "regulations": [
                    {"id": one.id, "version": one.version, "title": one.title, "effective": one.effective}
                    for one in view.regulations
                ],
                "interpreter": {"role": view.interpreter.role, "clause": view.interpreter.clause},
                "overrides": view.overrides,
                "revisions": [
                    {
                        "regulation": one.regulation,
                        "version": one.version,
                        "effective": one.effective,
                        "told": one.told,
                        "missing": one.missing,
                    }
                    for one in view.revisions
                ],
                "rules": [{"key": one.key, "text": one.text, "clause": one.clause} for one in view.lines],
            }
        )
        return 0
    room.tell(view.title, view.classification)
    for one in view.regulations:
        room.tell(
            _("{title}: version {version}, in force since {day}", title=one.title, version=one.version,
              day=one.effective)
        )  # fmt: skip
    room.facts(
        [
            (_("Interpreted by"), _held(view.interpreter.role, view.interpreter.clause)),
            (_("Maintained by"), _held(view.maintainer.role, view.maintainer.clause)),
            (_("Supervised by"), _held(view.supervisor.role, view.supervisor.clause)),
            (_("Replaces earlier"), listed(view.overrides)),
            *((_("Revision"), one.state) for one in view.revisions),
        ]
    )
    heads = (_("Clause"), _("About"), _("Rule"))
    room.table(heads, [(clause_words(line.clause), about(line), line.text) for line in view.lines])
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


def _only_book(room: Room) -> str:
    books = [book.id for book in room.desk.me.who().books]
    if len(books) != 1:
        raise WrongUsage(_("You are in several books; say which: --book {books}", books="|".join(books)))
    return books[0]


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


def _held(role: Text, clause: str) -> Text:
    return _("{role} ({clause})", role=role, clause=clause_words(clause))


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
    Command(
        "rules",
        ("[BOOK]",),
        (JSON,),
        _("Show what is in force over a book, since when, and who interprets it."),
        "rules staff",
        rules,
    ),
)
