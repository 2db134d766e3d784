"""``editions``: previewing and issuing them, and the file of an own copy."""

from __future__ import annotations

from db.desk.editions.comparing import WORDS, Difference
from db.desk.editions.edition_views import EditionView, IssueRow
from db.desk.editions.marks import copies_of
from db.language import Text, _, listed
from reports.editions.delivering import fetch
from tui.plain.command import BOOK, JSON, Command, WrongUsage
from tui.plain.room import Room
from tui.plain.words import Option, Words


def editions(room: Room, words: Words) -> int:
    """The editions that the reader issues or oversees."""
    rows = room.desk.editions.list()
    if words.has("json"):
        room.data(list(map(_edition_data, rows)))
    elif rows:
        heads = (_("Edition"), _("Book"), _("Last issue"), _("Copies"), _("Acknowledged"), _("Due"))
        room.table(heads, [_edition_row(row) for row in rows])
    else:
        room.warn(_("No edition is issued from your books."))
    return 0


def get(room: Room, words: Words) -> int:
    """The encrypted file of an own copy on standard output."""
    room.document(fetch(room.desk, words.operand(0)))
    return 0


def preview(room: Room, words: Words) -> int:
    """What an issue made now would hold, and what changed since the last."""
    edition = _named(room, words)
    seen = room.desk.editions.preview(edition.book, edition.id)
    if words.has("json"):
        room.data(
            {
                "edition": edition.id,
                "columns": [column.name for column in seen.content.columns],
                "rows": [row.cells for row in seen.content.rows],
                "changed": [[one.what, one.row.name, *map(list, one.fields)] for one in seen.changed],
                "recipients": [[one.name, one.post, one.unit] for one in seen.receivers],
                "without_account": [one.name for one in seen.unreachable],
                "requests_waiting": list(seen.pending),
            }
        )
        return 0
    room.facts(
        [
            (_("Entries"), str(len(seen.content.rows))),
            (
                _("Recipients"),
                listed(_("{name} ({post})", name=one.name, post=one.post) for one in seen.receivers),
            ),
            (_("Without an account"), listed(one.name for one in seen.unreachable)),
            (_("Requests that still wait"), listed(f"#{one}" for one in seen.pending)),
            (_("Due"), _due(edition)),
        ]
    )
    if words.has("all"):
        room.table([column.label for column in seen.content.columns], [r.cells for r in seen.content.rows])
    for one in seen.changed:
        room.tell(WORDS[one.what], one.row.name, *_fields(one))
    if edition.last is not None and not seen.changed:
        room.tell(_("Nothing changed since the last issue."))
    return 0


def issue(room: Room, words: Words) -> int:
    """Issue an edition to all its recipients."""
    edition = _named(room, words)
    made = room.desk.editions.issue(edition.book, edition.id)
    if words.has("json"):
        room.data(_issue_data(made))
    elif made.late:
        room.tell(_("Issued late: number {number}; it is on record.", number=made.number), copies_of(made.id))
    else:
        room.tell(_("Issued: number {number}", number=made.number), copies_of(made.id))
    return 0


def _named(room: Room, words: Words) -> EditionView:
    """The edition called so. The desk refuses what is not the reader's to issue, an unknown one too."""
    wanted, book = words.operand(0), words.get("book")
    found = [
        row
        for row in room.desk.editions.list()
        if wanted in (row.id, row.label.zh, row.label.en) and book in ("", row.book)
    ]
    if len(found) > 1:
        books = "|".join(row.book for row in found)
        raise WrongUsage(_("It is of several books; say which: --book {books}", books=books))
    if found:
        return found[0]
    books_of_mine = [one.id for one in room.desk.me.who().books]
    room.desk.editions.preview(book or next(iter(books_of_mine), ""), wanted)
    raise WrongUsage(_("There is no edition called {name}.", name=wanted))


def _fields(one: Difference) -> list[Text]:
    return [
        _("{field}: {before} → {after}", field=label, before=before or "–", after=after or "–")
        for label, before, after in one.fields
    ]


def _edition_row(row: EditionView) -> tuple[Text, ...]:
    last = row.last
    return (
        row.id,
        row.book,
        f"{last.number} · {last.issued_at}" if last is not None else "–",
        copies_of(last.id) if last is not None else "",
        f"{last.copies - last.open}/{last.copies}" if last is not None else "",
        _due(row),
    )


def _due(row: EditionView) -> Text:
    return "" if row.due is None else _("✓ issued") if row.due.made else row.due.local


def _edition_data(row: EditionView) -> dict[str, object]:
    return {
        "edition": row.id,
        "book": row.book,
        "clause": row.clause,
        "due": row.due.local if row.due is not None else None,
        "issued": row.due.made if row.due is not None else None,
        "last": _issue_data(row.last) if row.last is not None else None,
    }


def _issue_data(row: IssueRow) -> dict[str, object]:
    return {
        "issue": row.id,
        "number": row.number,
        "issued": row.issued_at,
        "by": row.issued_by,
        "due": row.due,
        "late": row.late,
        "entries": row.rows,
        "copies": row.copies,
        "not_acknowledged": row.open,
        "mail_given_up": row.undelivered,
        "recalled": row.recalled_at,
        "sha256": row.digest,
    }


COMMANDS = (
    Command(
        "editions",
        (),
        (JSON,),
        _("List the editions that you issue or oversee."),
        "editions",
        editions,
    ),
    Command(
        "editions get",
        ("NUMBER",),
        (),
        _("Write the encrypted file of your own copy (PDF) to standard output."),
        "editions get C0012-003 > C0012-003.pdf",
        get,
    ),
    Command(
        "editions preview",
        ("EDITION",),
        (BOOK, Option("all", "", _("Every entry too, not only what changed.")), JSON),
        _("Show what an issue made now would hold, what changed since the last, and who receives it."),
        "editions preview internal",
        preview,
    ),
    Command(
        "editions issue",
        ("EDITION",),
        (BOOK, JSON),
        _("Issue an edition now: a numbered, encrypted copy for each recipient."),
        "editions issue internal",
        issue,
    ),
)
