"""``backup``: the backups of a book for whoever answers for it, and what was lost put back from them."""

from __future__ import annotations

from db.desk.backups.owners_backups import BookBackup, Loss
from db.desk.notation.localtime import local
from db.language import Text, _, _n, listed
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.places import no_such_book
from tui.plain.room import Room
from tui.plain.words import Words


def make(room: Room, words: Words) -> int:
    """Back the book up now."""
    made = room.desk.backups.make(_book(room, words))
    if words.has("json"):
        room.data(_data(made))
    else:
        room.tell(
            _n(
                "{name} is safe in {count} place.",
                "{name} is safe in {count} places.",
                name=made.name,
                count=made.places,
            )
        )
    return 0


def shelf(room: Room, words: Words) -> int:
    """The book's backups, the newest first."""
    found = room.desk.backups.kept(_book(room, words))
    if words.has("json"):
        room.data({"due": found.due, "backups": [_data(one) for one in found.backups]})
        return 0
    room.table(
        (_("Backup"), _("Made"), _("Places")),
        [(one.name, local(one.at)[:16], str(one.places)) for one in found.backups],
    )
    if found.due:
        room.tell(_("The next backup is due ({clause}).", clause=found.clause))
    return 0


def compare(room: Room, words: Words) -> int:
    """What is lost since a backup."""
    book = _book(room, words)
    losses = room.desk.backups.compare(book, _named(room, book, words))
    if words.has("json"):
        room.data([{"entry": one.entry, "name": one.name, "gone": one.gone} for one in losses])
        return 0
    if not losses:
        room.tell(_("Nothing is lost since then."))
    room.table(
        (_("Entry"), _("Name"), room.desk.me.unit_label(book), _("Lost")),
        [(str(one.entry), one.name, one.unit, _lost(one)) for one in losses],
    )
    return 0


def restore(room: Room, words: Words) -> int:
    """Put entries back as they were in a backup."""
    book = _book(room, words)
    entries = [number(word, _("ENTRY")) for word in words.operands[1:]]
    done = room.desk.backups.put_back(book, _named(room, book, words), entries)
    if words.has("json"):
        room.data(list(done))
    else:
        room.tell(_n("{count} entry was put back.", "{count} entries were put back.", count=len(done)))
    return 0


def _book(room: Room, words: Words) -> str:
    """The book that ``--book`` names, or the only one that the reader backs up. Raises WrongUsage."""
    if words.has("book"):
        return words.get("book")
    mine = room.desk.backups.books()
    if len(mine) == 1:
        return mine[0]
    raise no_such_book("", list(mine)) if mine else WrongUsage(_("None of your books is yours to back up."))


def _named(room: Room, book: str, words: Words) -> str:
    """The backup that is named; ``newest`` is the last one. Raises WrongUsage."""
    name = words.operand(0)
    if name != "newest":
        return name
    found = room.desk.backups.kept(book).backups
    if not found:
        raise WrongUsage(_("There is no backup yet."))
    return found[0].name


def _lost(loss: Loss) -> Text:
    return _("all of it") if loss.gone else listed(loss.fields)


def _data(one: BookBackup) -> dict[str, object]:
    return {"name": one.name, "at": one.at, "size": one.size, "places": one.places}


COMMANDS = (
    Command("backup make", (), (BOOK, JSON), _("Back your directory up."), "backup make", make),
    Command("backup list", (), (BOOK, JSON), _("List your directory's backups."), "backup list", shelf),
    Command(
        "backup compare",
        ("BACKUP",),
        (BOOK, JSON),
        _("Say what is lost since a backup; `newest` is the last one."),
        "backup compare newest",
        compare,
    ),
    Command(
        "backup restore",
        ("BACKUP", "ENTRY…"),
        (BOOK, JSON),
        _("Put entries back as they were in a backup."),
        "backup restore newest 12 15",
        restore,
    ),
)
