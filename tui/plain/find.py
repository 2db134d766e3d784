"""``find``: people by words, and who else there would be where nobody fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from db.desk.directory.by_value import PART_OF_NUMBER, is_part_of_number
from db.desk.directory.directory_views import BookView
from db.desk.entry.lines import EntryLine
from db.language import Text, _, listed
from tui.plain.command import JSON, ONLY_BOOK, Command, WrongUsage, number
from tui.plain.places import books, places
from tui.plain.room import Room
from tui.plain.taking import SCREENFUL, take_data, take_table
from tui.plain.words import CommandWords, Option

FACETS = ("tag", "kind", "region", "position", "category")
_OPTIONS = ", ".join(f"--{by}" for by in FACETS)


def find(room: Room, words: CommandWords) -> int:
    text = " ".join(words.operands)
    limit = number(words.option_value("limit", str(SCREENFUL)), _("The limit"))
    given = {by: words.option_value(by) for by in FACETS if words.has(by)}
    if not text and not given:
        raise WrongUsage(_("Say whom to look for: a text, or one of {options}.", options=_OPTIONS))
    facets = [f"{by}={value}" for by, value in given.items()]
    looked_in = places(room, words, books(room, words))
    found: list[tuple[BookView, EntryLine]] = []
    for book, unit in looked_in:
        found += _fitting_entries(room, book, text, unit, facets, limit)
        room.desk.directory.settled(book.id, " ".join([text, *facets]).strip(), unit)
        if text and not facets:
            found += _by_value(room, book, text, unit, limit)
    found = found[:limit]
    taken = len(found) > SCREENFUL
    if words.has("json") or taken:
        for identifier in dict.fromkeys(book.id for book, _line in found):
            entries = [line.entry for book, line in found if book.id == identifier]
            alone = entries[0] if len(entries) == 1 else None
            room.desk.directory.as_data(identifier, alone, in_lines=not words.has("json"))
    several = len({book.id for book, _line in found}) > 1
    if taken:
        _take_out(room, looked_in, found, as_json=words.has("json"))
    elif words.has("json"):
        room.write_json([_line_data(book, line) for book, line in found])
    elif found:
        room.write_table(_heads(room), [_line_row(book, line, several) for book, line in found])
    else:
        asked = " ".join([text, *(f"--{by} {value}" for by, value in given.items())]).strip()
        if text and (given or words.has("unit") or words.has("book")):
            room.warn(_("Nobody in what you chose fits “{text}”.", text=asked))
            _tell_elsewhere(room, text)
        else:
            room.warn(_("Nobody within your reach fits “{text}”.", text=asked))
            if is_part_of_number(text):
                room.warn(PART_OF_NUMBER)
            elif text:
                _tell_elsewhere(room, text)
        for book, _unit in looked_in:
            _tell_facets(room, book, given)
    return 0


def _take_out(
    room: Room,
    looked_in: Sequence[tuple[BookView, int | None]],
    found: Sequence[tuple[BookView, EntryLine]],
    *,
    as_json: bool,
) -> None:
    """Write more people than a screen shows, as a recorded copy of one directory. Raises WrongUsage if they
    are of several."""
    books = {book.id: book for book, _line in found}
    if len(books) > 1:
        several = _(
            "These are more than {count} people of several directories; take one: --book {books}",
            count=SCREENFUL,
            books="|".join(books),
        )
        raise WrongUsage(several)
    (book,) = books.values()
    unit = next(unit for one, unit in looked_in if one.id == book.id)
    if unit is None:
        unit = room.desk.directory.units(book.id, side=book.sides[0])[0].id
    if as_json:
        take_data(room, "directory", book.id, unit, [_line_data(book, line) for _book, line in found])
    else:
        rows = [_line_row(book, line, several=False) for _book, line in found]
        take_table(room, "directory", book.id, unit, _heads(room), rows)


def _fitting_entries(
    room: Room,
    book: BookView,
    text: str,
    unit: int | None,
    facets: Sequence[str],
    limit: int,
    *,
    near: bool = False,
) -> list[tuple[BookView, EntryLine]]:
    directory = room.desk.directory
    found: list[tuple[BookView, EntryLine]] = []
    for side in book.sides:
        if text:
            lines = directory.search(book.id, text, unit, side, limit, facets, near=near)
        else:
            lines = directory.list(book.id, unit, side, 0, limit, facets)
        found += [(book, line) for line in lines]
    return found


def _by_value(
    room: Room, book: BookView, text: str, unit: int | None, limit: int
) -> list[tuple[BookView, EntryLine]]:
    """Return the people with exactly this protected value, recorded as a look-up; write a warning where that
    is not allowed."""
    found: list[tuple[BookView, EntryLine]] = []
    for side in book.sides:
        asked = room.desk.directory.by_value(book.id, text, unit, side, limit)
        found += [(book, line) for line in asked.lines]
        if asked.withheld:
            room.warn(asked.withheld)
    return found


def _tell_elsewhere(room: Room, text: str) -> None:
    """Look in everything the reader sees for entries that fit, or nearly do, write them as a warning, and
    record the look-up."""
    books = room.desk.directory.books()
    fitting = [(book, _fitting_entries(room, book, text, None, (), SCREENFUL)) for book in books]
    if not any(found for _book, found in fitting):
        fitting = [
            (book, _fitting_entries(room, book, text, None, (), SCREENFUL, near=True)) for book in books
        ]
    for book, found in fitting:
        if found:
            room.desk.directory.settled(book.id, text)
            who = listed(
                _("{name} ({unit})", name=line.name, unit=line.organisation or line.unit_name)
                for _book, line in found
            )
            room.warn(_("In all of {book} there is: {who}.", book=book.title, who=who))


def _tell_facets(room: Room, book: BookView, given: Iterable[str]) -> None:
    """Write to standard error which values a book has for the facets ``given``, or that it has no such
    facet."""
    there: dict[str, list[Text]] = {}
    for side in book.sides:
        for facet in room.desk.directory.facets(book.id, side=side):
            there.setdefault(facet.by, []).extend(value.label for value in facet.values)
    for by in given:
        if by in book.facets:
            values = listed(there.get(by, ["–"]))
            room.warn(_("{book} has under --{by}: {values}.", book=book.title, by=by, values=values))
        elif book.facets:
            others = listed(f"--{one}" for one in book.facets)
            room.warn(
                _("{book} is not sorted by --{by}, but by {others}.", book=book.title, by=by, others=others)
            )
        else:
            room.warn(_("{book} is not sorted by --{by}.", book=book.title, by=by))


def _heads(room: Room) -> Sequence[Text]:
    return (
        _("No."),
        _("Name"),
        _("Position"),
        room.desk.me.unit_label(),
        _("Extension"),
        _("Phone"),
        _("E-mail"),
        _("Directory"),
    )


def _line_row(book: BookView, line: EntryLine, several: bool) -> Sequence[Text]:
    return (
        str(line.entry),
        line.name,
        line.position,
        line.unit_name,
        line.text("extension"),
        line.text("mobile", "phone"),
        line.text("email"),
        book.title if several else "",
    )


def _line_data(book: BookView, line: EntryLine) -> dict[str, object]:
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


COMMANDS = (
    Command(
        "find",
        ("[TEXT…]",),
        (
            ONLY_BOOK,
            Option("unit", "UNIT", _("Only from this unit down: its name or number.")),
            Option("tag", "TAG", _("Only who carries this tag.")),
            Option("kind", "KIND", _("Only this kind of entry.")),
            Option("region", "REGION", _("Only in this region.")),
            Option("position", "POSITION", _("Only in this position.")),
            Option("category", "CATEGORY", _("Only of this category.")),
            Option("limit", "N", _("At most so many lines (20); more are a copy, which takes a right.")),
            JSON,
        ),
        _(
            "Look people up by name, pinyin, initials, extension, end of a number, e-mail, unit or position. "
            "A protected number is found in full alone, and that is recorded."
        ),
        "find 张伟 --unit 研发中心",
        find,
    ),
)
