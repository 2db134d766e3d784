"""``find``, ``card``, ``reveal``, ``why`` and ``photo``: looking people up."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.audit.words import clause_words
from db.desk.directory.views import BookView, Card
from db.desk.directory.why import Why
from db.desk.lines import Line
from db.language import Text, _, listed
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.places import books, unit_named
from tui.plain.room import Room
from tui.plain.words import Option, Words

LIMIT = 20
FACETS = ("tag", "kind", "region", "position", "category")
_OPTIONS = ", ".join(f"--{by}" for by in FACETS)


def find(room: Room, words: Words) -> int:
    """People within reach that fit the words."""
    text = " ".join(words.operands)
    limit = number(words.get("limit", str(LIMIT)), _("The limit"))
    found: list[tuple[BookView, Line]] = []
    facets = [f"{by}={words.get(by)}" for by in FACETS if words.has(by)]
    if not text and not facets:
        raise WrongUsage(_("Say whom to look for: a text, or one of {options}.", options=_OPTIONS))
    for book in books(room, words):
        unit = unit_named(room, book, words.get("unit")) if words.has("unit") else None
        for side in book.sides:
            if text:
                lines = room.desk.directory.search(book.id, text, unit, side, limit, facets)
            else:
                lines = room.desk.directory.list(book.id, unit, side, 0, limit, facets)
            found += [(book, line) for line in lines]
        room.desk.directory.settled(book.id, " ".join([text, *facets]).strip(), unit)
    found = found[:limit]
    if words.has("json"):
        room.data([_line_data(book, line) for book, line in found])
    elif found:
        several = len({book.id for book, _line in found}) > 1
        room.table(_heads(room), [_line_row(book, line, several) for book, line in found])
    else:
        asked = [text, *(f"--{by} {words.get(by)}" for by in FACETS if words.has(by))]
        room.warn(_("Nobody within your reach fits “{text}”.", text=" ".join(asked).strip()))
    return 0


def card(room: Room, words: Words) -> int:
    """One entry, or the reader's own ones."""
    if words.operands:
        entries = [number(words.operand(0), _("The entry"))]
    else:
        entries = [book.entry for book in room.desk.me.who().books if book.entry is not None]
    cards = [room.desk.directory.card(entry) for entry in entries]
    if words.has("json"):
        room.data([_card_data(one) for one in cards])
        return 0
    for place, one in enumerate(cards):
        if place:
            room.tell("")
        _tell_card(room, one)
    return 0


def reveal(room: Room, words: Words) -> int:
    """A protected field in clear, for a purpose that is recorded."""
    entry = number(words.operand(0), _("The entry"))
    purpose = words.get("purpose")
    if not purpose:
        raise WrongUsage(_("Say what you need it for: --purpose {ids}", ids=_purposes(room)))
    field = _named(room, words.operand(1), room.desk.directory.card(entry))
    shown = room.desk.directory.reveal(entry, field, purpose, words.get("reason"))
    if words.has("json"):
        room.data({"entry": entry, "field": shown.name, "values": shown.texts})
    else:
        for text in shown.texts:
            room.tell(text)
    return 0


def why(room: Room, words: Words) -> int:
    """The grounds on which an entry or a field of it is seen, or is not; without one, how far one sees."""
    directory = room.desk.directory
    if not words.operands:
        answers = [directory.why(None, book=book.id) for book in books(room, words)]
    else:
        words.only("json")
        entry, field = number(words.operand(0), _("The entry")), words.operand(1)
        answer = directory.why(entry)
        if field and answer.can:
            answer = directory.why(entry, _named(room, field, directory.card(entry)))
        answers = [answer]
    if words.has("json"):
        room.data([_why_data(one) for one in answers])
        return 0
    for one in answers:
        _tell_why(room, one)
    return 0


def photo(room: Room, words: Words) -> int:
    """Write the photo of an entry to standard output."""
    _file, content = room.desk.directory.photo(number(words.operand(0), _("The entry")))
    room.stdout.write(content)
    room.stdout.flush()
    return 0


def _named(room: Room, field: str, card: Card) -> str:
    """A field of ``card`` by its name or label; what is neither is left as it is."""
    return next((one.name for one in card.fields if field in (one.name, room.words(one.label))), field)


def _purposes(room: Room) -> str:
    allowed = [
        purpose.id
        for book in room.desk.directory.books()
        for purpose in room.desk.directory.purposes(book.id)
        if purpose.allowed
    ]
    return "|".join(dict.fromkeys(allowed))


def _heads(room: Room) -> Sequence[Text]:
    return (
        _("No."),
        _("Name"),
        _("Position"),
        room.desk.me.unit_label(),
        _("Extension"),
        _("Mobile"),
        _("E-mail"),
        _("Book"),
    )


def _line_row(book: BookView, line: Line, several: bool) -> Sequence[Text]:
    return (
        str(line.entry),
        line.name,
        line.position,
        line.unit_name,
        line.text("extension"),
        line.text("mobile"),
        line.text("email"),
        book.title if several else "",
    )


def _line_data(book: BookView, line: Line) -> dict[str, object]:
    return {
        "entry": line.entry,
        "name": line.name,
        "position": line.position,
        "unit": line.unit_name,
        "organisation": line.organisation,
        "kind": line.kind,
        "tags": line.tags,
        "book": book.id,
        "fields": {field.name: field.texts for field in line.fields},
    }


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
    room.tell(_("{name}, entry {entry}, {book}", name=card.name, entry=card.entry, book=card.title))
    named = {"name", "position", "unit", "organisation", "inside_owner"}
    room.facts(
        [
            (_("Position"), card.position),
            (card.unit_label, " / ".join(card.path)),
            (_("Region"), card.region),
            (_("Tags"), listed(card.tags)),
            (_("Organisation"), card.organisation),
            (_("Inside owner"), card.inside_owner),
            *((field.label, field.text) for field in card.fields if field.name not in named),
            (_("You see it under"), clause_words(card.clause)),
        ]
    )


def _why_data(answer: Why) -> dict[str, object]:
    return {
        "seen": answer.can,
        "because": [
            {"text": one.text, "clause": one.clause, "summary": one.summary or "", "until": one.until}
            for one in answer.because
        ],
        "advice": answer.advice,
    }


def _tell_why(room: Room, answer: Why) -> None:
    for ground in answer.because:
        room.tell(ground.text)
        if ground.until is not None:
            room.tell(_("Until {end}.", end=ground.until))
        clause = clause_words(ground.clause)
        room.tell(
            _("{clause}: {summary}", clause=clause, summary=ground.summary) if ground.summary else clause
        )
    if answer.advice:
        room.tell(answer.advice)


COMMANDS = (
    Command(
        "find",
        ("[TEXT…]",),
        (
            BOOK,
            Option("unit", "UNIT", _("Only from this unit down: its name or number.")),
            Option("tag", "TAG", _("Only who carries this tag.")),
            Option("kind", "KIND", _("Only this kind of entry.")),
            Option("region", "REGION", _("Only in this region.")),
            Option("position", "POSITION", _("Only in this position.")),
            Option("category", "CATEGORY", _("Only of this category.")),
            Option("limit", "N", _("At most so many lines (20).")),
            JSON,
        ),
        _("Look people up by name, pinyin, initials, extension, end of a number, e-mail, unit or position."),
        "find 张伟 --unit 研发中心",
        find,
    ),
    Command(
        "card",
        ("[ID]",),
        (JSON,),
        _("Show one entry, or your own without a number. Protected values are masked."),
        "card 412",
        card,
    ),
    Command(
        "reveal",
        ("ID", "FIELD"),
        (
            Option("purpose", "PURPOSE", _("What you need it for; it is recorded.")),
            Option("reason", "TEXT", _("Why, where the regulation asks for a reason.")),
            JSON,
        ),
        _("Show a protected field for a purpose of work."),
        "reveal 412 mobile --purpose meeting",
        reveal,
    ),
    Command(
        "why",
        ("[ID]", "[FIELD]"),
        (BOOK, JSON),
        _("Say why you see an entry or a field of it, or why not; without a number, how far you see."),
        "why 412 mobile",
        why,
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
