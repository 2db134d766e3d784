"""``ask``: everything that is asked for by a form; ``change`` for the usual one, ``amend`` after a return."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.notation.localtime import local
from db.language import _, clause_words
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.filling import hand_in, tell_form
from tui.plain.forms import JOIN, OF_ENTRY, OpenedForm, asked_of_book, asked_of_entry, to_amend
from tui.plain.places import no_such_book, only_book, several_books
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.askable import CHANGE, Askable, by_form, of_lives

REASON = Option("reason", "TEXT", _("Why."))
EVIDENCE = Option("evidence", "ID,ID…", _("Files of your tray that prove it."))
SINCE = Option("since", "DAY", _("Since when, as in 2026-11-23."))
ENTRY = Option("entry", "ID", _("Whose entry, where it is about one; of a joiner, the one that waits."))
PERSON = Option("person", "ID", _("Existing person who joins (see `namesakes`)."))
WAIT = Option("wait", "", _("Only keep the joiner waiting; the clock runs, and the rest comes later."))


def ask(room: Room, words: CommandWords) -> int:
    """List what can be asked for, write a kind's form, or submit it as a request. Return the exit status."""
    if not words.operands:
        words.allow_only("book", "json")
        _list(room, _askable(room, words.option_value("book")), words)
        return 0
    kind, *pairs = words.operands
    form, named = _open_form(room, words, kind)
    if pairs or words.has("reason"):
        return hand_in(room, words, form, pairs, named)
    words.allow_only(*named)
    tell_form(room, form)
    return 0


def change(room: Room, words: CommandWords) -> int:
    form, named = _open_form(room, words, CHANGE)
    return hand_in(room, words, form, words.operands, named)


def amend(room: Room, words: CommandWords) -> int:
    """Resubmit a returned request with other values; return the exit status."""
    form = to_amend(room.desk, number(words.operand(0), _("The request")))
    return hand_in(room, words, form, words.operands[1:])


def copies(room: Room, words: CommandWords) -> int:
    rows = room.desk.asking.copies()
    if words.has("json"):
        room.write_json(
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
        room.write_line(
            _("Copy {number}: {book}, {unit}, until {day} ({clause})", number=row.number, book=row.book_label,
              unit=row.unit_name, day=local(row.until)[:16], clause=clause_words(row.clause))
        )  # fmt: skip
        room.write_line(f"  report directory --book {row.book} --scope {row.unit} --format xlsx")
    return 0


def _askable(room: Room, book: str) -> list[Askable]:
    """Return what the reader can ask for, in all books or in ``book``. Raises WrongUsage for a book that
    isn't one of theirs."""
    mine = room.desk.me.who().books
    if book and book not in {one.id for one in mine}:
        raise no_such_book(book, [one.id for one in mine])
    return [one for one in (*by_form(room.desk), *of_lives(room.desk)) if book in ("", one.book)]


def _list(room: Room, found: Sequence[Askable], words: CommandWords) -> None:
    if words.has("json"):
        room.write_json(
            [
                {"kind": one.kind, "book": one.book, "label": one.label, "help": one.help,
                 "clause": one.clause}
                for one in found
            ]
        )  # fmt: skip
        return
    heads = (_("Kind"), _("What"), _("Directory"), _("Clause"))
    room.write_table(heads, [(one.kind, one.label, one.book, clause_words(one.clause)) for one in found])


def _open_form(room: Room, words: CommandWords, kind: str) -> tuple[OpenedForm, tuple[str, ...]]:
    named = ("book", "entry") if kind in JOIN else ("book",)
    if kind in OF_ENTRY and (words.has("entry") or kind != CHANGE):
        named = ("entry",)
    words.allow_only(*named, "person", "wait", "reason", "since", "evidence")
    entry = number(words.option_value("entry"), _("The entry")) if words.has("entry") else None
    if kind not in OF_ENTRY:
        return asked_of_book(room.desk, kind, _book(room, words, kind), entry), named
    if kind == CHANGE and entry is None:
        entry = _own_entry(room, words)
    if entry is None:
        raise WrongUsage(_("{option} is missing: {what}", option=f"--{ENTRY.name}", what=ENTRY.help))
    return asked_of_entry(room.desk, kind, entry), named


def _book(room: Room, words: CommandWords, kind: str) -> str:
    """Return the book of ``--book``, or the only one in which ``kind`` can be asked for. Raises
    WrongUsage."""
    book = words.option_value("book")
    books = [one.book for one in _askable(room, book) if one.kind == kind]
    if book:
        return book
    if len(books) > 1:
        raise several_books(books)
    return books[0] if books else only_book(room)


def _own_entry(room: Room, words: CommandWords) -> int:
    mine = {book.id: book.entry for book in room.desk.me.who().books if book.entry is not None}
    if words.has("book"):
        if words.option_value("book") not in mine:
            raise no_such_book(words.option_value("book"), list(mine))
        return mine[words.option_value("book")]
    if len(mine) != 1:
        raise several_books(list(mine))
    return next(iter(mine.values()))


COMMANDS = (
    Command(
        "change",
        ("FIELD=VALUE…",),
        (
            Option("entry", "ID", _("Another entry than your own that you may propose for.")),
            BOOK,
            REASON,
            SINCE,
            EVIDENCE,
        ),
        _("Ask for a change of your entry. It is decided by your head and the maintainers."),
        'change mobile=13900002121 --reason "换号" --evidence 3f2a9c01d4',
        change,
    ),
    Command(
        "ask",
        ("[KIND]", "[FIELD=VALUE…]"),
        (BOOK, ENTRY, PERSON, WAIT, REASON, SINCE, EVIDENCE, JSON),
        _("List what you may ask for, show the form of a kind, or submit it with its values and a reason."),
        'ask copy unit=研发中心 --reason "供应商大会"',
        ask,
    ),
    Command(
        "amend",
        ("REQUEST", "[FIELD=VALUE…]"),
        (REASON, SINCE, EVIDENCE),
        _("Resubmit a returned request; what you leave out stays as it was."),
        "amend 17 --evidence 3f2a9c01d4",
        amend,
    ),
    Command("ask copies", (), (JSON,), _("List copies that were granted to you."), "ask copies", copies),
)
