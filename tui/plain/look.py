"""``card``, ``card vcard``, ``reveal``, ``why`` and ``photo``: looking people up."""

from __future__ import annotations

from db.desk.directory.directory_views import Card
from db.desk.directory.why import Why
from db.language import _, say
from tui.plain.command import JSON, ONLY_BOOK, Command, WrongUsage, number
from tui.plain.places import books
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.asks import At
from tui.sheets.card_facts import card_facts, seen_under, why_lines
from tui.sheets.looking import FIELD, PURPOSE, REASON, REVEAL, WHY


def card(room: Room, words: CommandWords) -> int:
    if words.operands:
        entries = [number(words.operand(0), _("The entry"))]
    else:
        entries = [book.entry for book in room.desk.me.who().books if book.entry is not None]
    cards = [room.desk.directory.card(entry) for entry in entries]
    if words.has("json"):
        for one in cards:
            room.desk.directory.as_data(one.book, one.entry)
        room.write_json([_card_data(one) for one in cards])
        return 0
    for place, one in enumerate(cards):
        if place:
            room.write_line("")
        _tell_card(room, one)
    return 0


def reveal(room: Room, words: CommandWords) -> int:
    """Write a protected field in clear, for a purpose that is recorded. Return 0. Raises WrongUsage without a
    purpose."""
    entry = number(words.operand(0), _("The entry"))
    purpose = words.option_value("purpose")
    if not purpose:
        raise WrongUsage(_("Say what you need it for: --purpose {ids}", ids=_purposes(room)))
    seen = room.desk.directory.card(entry)
    if words.has("json"):
        room.desk.directory.as_data(seen.book, entry)
    field = _field_name(room, words.operand(1), seen)
    answers = {FIELD.id: field, PURPOSE.id: purpose, REASON.id: words.option_value(REASON.id)}
    shown = REVEAL.do(At(room.desk, (entry,), answers=answers))
    if words.has("json"):
        room.write_json({"entry": entry, "field": shown.name, "values": shown.texts})
    else:
        for text in shown.texts:
            room.write_line(text)
    return 0


def why(room: Room, words: CommandWords) -> int:
    """Write the grounds on which the reader sees an entry or a field, or does not; without an entry, how far
    they see. Return 0."""
    directory = room.desk.directory
    if not words.operands:
        answers = [directory.why(None, book=book.id) for book in books(room, words)]
    else:
        words.allow_only("json")
        entry, field = number(words.operand(0), _("The entry")), words.operand(1)
        at = At[Card](room.desk, (entry,), answers={FIELD.id: ""})
        answers = [WHY.do(at)]
        if field and answers[0].can:
            at.answers[FIELD.id] = _field_name(room, field, directory.card(entry))
            answers = [WHY.do(at)]
    if words.has("json"):
        room.write_json([_why_data(one) for one in answers])
        return 0
    for one in answers:
        for line in why_lines(one):
            room.write_line(line.text)
    return 0


def photo(room: Room, words: CommandWords) -> int:
    """Write the photo of an entry to standard output; return 1 with a warning if there is none."""
    found = room.desk.directory.photo(number(words.operand(0), _("The entry")))
    if found is None:
        room.warn(_("This entry has no photo."))
        return 1
    room.write_file(found[1])
    return 0


def vcard(room: Room, words: CommandWords) -> int:
    """Write a contact as a vCard to standard output, for a purpose that is recorded. Return 0. Raises
    WrongUsage without one."""
    entry, purpose = number(words.operand(0), _("The entry")), words.option_value("purpose")
    if not purpose:
        raise WrongUsage(_("Say what you need it for: --purpose {ids}", ids=_purposes(room)))
    made = room.desk.directory.copy(entry, "vcard", "", purpose, words.option_value(REASON.id))
    room.write_file("".join(say(part, room.language) for part in made).encode())
    return 0


def _field_name(room: Room, field: str, card: Card) -> str:
    """Return the name of the field of ``card`` with this name or label; ``field`` itself if there is none."""
    return next((one.name for one in card.fields if field in (one.name, room.words(one.label))), field)


def _purposes(room: Room) -> str:
    allowed = [
        purpose.id
        for book in room.desk.directory.books()
        for purpose in room.desk.directory.purposes(book.id)
        if purpose.allowed
    ]
    return "|".join(dict.fromkeys(allowed))


def _card_data(card: Card) -> dict[str, object]:
    return {
        "entry": card.entry,
        "book": card.book,
        "name": card.name,
        "position": card.position,
        "units": card.path,
        "kind": card.kind,
        "organisation": card.organisation,
        "fields": {field.name: {"values": field.texts, "look": field.look} for field in card.fields},
        "clause": card.clause,
        "until": card.until,
    }


def _tell_card(room: Room, card: Card) -> None:
    room.write_line(_("{name}, entry {entry}, {book}", name=card.name, entry=card.entry, book=card.title))
    facts = card_facts(card, lambda field: field.text)
    room.write_facts([(_("Position"), card.position), *facts, (_("Why you see it"), seen_under(card))])


def _why_data(answer: Why) -> dict[str, object]:
    return {
        "seen": answer.can,
        "because": [
            {"text": one.text, "clause": one.clause, "summary": one.summary or "", "until": one.until}
            for one in answer.because
        ],
        "advice": answer.advice,
    }


COMMANDS = (
    Command(
        "card",
        ("[ID]",),
        (JSON,),
        _("Show one entry, or your own without a number. Protected values are masked."),
        "card 412",
        card,
    ),
    Command(
        REVEAL.id,
        ("ID", "FIELD"),
        (Option(PURPOSE.id, "PURPOSE", PURPOSE.label), Option(REASON.id, "TEXT", REASON.label), JSON),
        REVEAL.help,
        REVEAL.example,
        reveal,
    ),
    Command(
        WHY.id,
        ("[ID]", "[FIELD]"),
        (ONLY_BOOK, JSON),
        WHY.help,
        WHY.example,
        why,
    ),
    Command(
        "card vcard",
        ("ID",),
        (Option(PURPOSE.id, "PURPOSE", PURPOSE.label), Option(REASON.id, "TEXT", REASON.label)),
        _("Write the contacts of an entry that you see in clear as a vCard to standard output; recorded."),
        "card vcard 412 --purpose meeting > contact.vcf",
        vcard,
    ),
    Command(
        "photo",
        ("ID",),
        (),
        _("Write the photo of an entry to standard output."),
        "photo 412 > zhangwei.jpg",
        photo,
    ),
)
