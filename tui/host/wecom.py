"""`mingce wecom …`: WeCom told and compared at once, and the file it imports members from.

The host's operator reaches WeCom, since the secret is the host's, and learns numbers; who it is about, and
what leaves, is for those who keep the directory, with ``--login`` (A.6).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from db.desk import Desk
from db.desk.entry.systems import synced_books
from db.desk.outside.drift_words import drift_reason
from db.desk.outside.outside import Outside
from db.desk.outside.survey import numbers
from db.language import Message, _, _n
from db.store.engine import store
from tui.host.operator import desk_for, opened_store, work_here
from tui.host.owner import STANDARD_OUTPUT, home_of, new_file
from tui.host.shell import FAILED, CommandFailure, tell, tell_json
from tui.outside.wecom.syncing import Synced, compare, tell_waiting
from tui.plain.words import CommandWords


def drift(words: CommandWords) -> int:
    """Compare the books with WeCom now, store the differences, recorded, and print their number, or with
    ``--login`` the differences. Return 1 if there are any, or a comparison failed."""
    with opened_store(home_of(words)):
        books = _books(words.option_value("book"))
        done = compare(books)
        counts = {one: numbers(one) for one in books}
    if words.has("login"):
        given = [f"--book={words.option_value('book')}"] if words.has("book") else []
        argv = ["wecom", "drift", *given, *(["--json"] if words.has("json") else [])]
        return work_here(words, argv, looking=False)
    if words.has("json"):
        tell_json({one: count._asdict() for one, count in counts.items()})
    else:
        for one, count in counts.items():
            if count.problem:
                tell(_("{book}: not compared: {reason}", book=one, reason=drift_reason(count.problem)))
            else:
                tell(_("{book}: {here} here, {there} in WeCom, differences: {count}.",
                       book=one, here=count.here, there=count.there, count=count.differences))  # fmt: skip
    return FAILED if done.failed or any(count.differences for count in counts.values()) else 0


def push(words: CommandWords) -> int:
    """Tell WeCom the waiting changes and print the counts; ``--login`` queues all differences first. Return 1
    if some failed."""
    book = words.option_value("book")
    if words.has("login"):
        with desk_for(home_of(words), words.option_value("login")) as desk:
            Outside(desk).push(book or _own_book(desk))
    with opened_store(home_of(words)):
        _books(book)
        done = tell_waiting()
    if words.has("json"):
        tell_json(asdict(done))
    else:
        tell(sync_words(done))
    return FAILED if done.failed or done.dead else 0


def export(words: CommandWords) -> None:
    """Record that a copy of a book leaves for WeCom, then write its import file to a new file, and print its
    digest; or to standard output."""
    from reports.wecom_sheet import member_file

    book, file = words.operand(0), Path(words.operand(1))
    with desk_for(home_of(words), words.option_value("login"), looking=True) as desk:
        made = member_file(desk, book)
    with new_file(file) as out:
        out.write(made.content)
    if file == STANDARD_OUTPUT:
        return
    tell(
        _n(
            "{count} person, SHA-256 {digest}: recorded.",
            "{count} people, SHA-256 {digest}: recorded.",
            count=made.rows,
            digest=made.sha256,
        )
    )


def sync_words(done: Synced) -> Message:
    return _(
        "WeCom told of {told}, to be tried again: {failed}, given up: {dead}, directories compared: "
        "{compared}",
        **asdict(done),
    )


def _books(book: str) -> tuple[str, ...]:
    """Return the synced books, or ``book`` alone. Raises CommandFailure if WeCom is not set, or the book is
    not synced."""
    if store().settings.wecom is None:
        raise CommandFailure(
            _("The settings name no WeCom."),
            _("Write a [wecom] table into settings.toml, or use `mingce wecom export`."),
        )
    books = synced_books()
    if book and book not in books:
        raise CommandFailure(_("The regulations of {book} ask for no WeCom.", book=book))
    return (book,) if book else books


def _own_book(desk: Desk) -> str:
    mine = Outside(desk).books()
    if len(mine) != 1:
        raise CommandFailure(_("Say which directory: --book BOOK."))
    return mine[0][0]
