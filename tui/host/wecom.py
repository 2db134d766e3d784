"""`mingce wecom …`: WeCom told and compared at once, and the file it imports members from.

The host's operator reaches WeCom, since the secret is the host's, and learns numbers; who it is about, and
what leaves, is for those who keep the directory, with ``--login`` (A.6).
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from db.desk import Desk
from db.desk.entry.systems import synced_books
from db.desk.outside.drift_words import reason
from db.desk.outside.survey import numbers
from db.language import Message, _, _n
from db.store.engine import store
from db.store.settings import Home
from db.store.unavailable import why
from tui.host.operator import desk_for, opened
from tui.host.owner import me
from tui.host.shell import FAILED, Failure, state_folder, tell, tell_json
from tui.outside.wecom.syncing import Told, compare, tell_waiting

STANDARD_OUTPUT = Path("-")


def drift(folder: Path | None, book: str, login: str, as_json: bool) -> int:
    """Compare now. Without ``login`` only numbers; exit status 1 where anything differs or it failed."""
    with opened(Home(state_folder(folder))):
        books = _books(book)
        done = compare(books)
        counts = {one: numbers(one) for one in books}
    if login:
        return _plain(folder, login, "drift", book, as_json)
    if as_json:
        tell_json({one: count._asdict() for one, count in counts.items()})
    else:
        for one, count in counts.items():
            if count.problem:
                tell(_("{book}: not compared: {reason}", book=one, reason=reason(count.problem)))
            else:
                tell(_("{book}: {here} here, {there} in WeCom, differences: {count}.",
                       book=one, here=count.here, there=count.there, count=count.differences))  # fmt: skip
    return FAILED if done.failed or any(count.differences for count in counts.values()) else 0


def push(folder: Path | None, book: str, login: str, as_json: bool) -> int:
    """Tell what waits now; with ``login`` first have everything that differs wait. Exit status 1 where some
    of it failed."""
    if login:
        with desk_for(Home(state_folder(folder)), login) as desk:
            desk.outside.push(book or _own(desk))
    with opened(Home(state_folder(folder))):
        _books(book)
        done = tell_waiting()
    if as_json:
        tell_json(asdict(done))
    else:
        tell(said(done))
    return FAILED if done.failed or done.dead else 0


def export(folder: Path | None, book: str, file: Path, login: str) -> int:
    """Write the import file; it is recorded as a copy that leaves."""
    from reports.wecom_sheet import member_file

    with desk_for(Home(state_folder(folder)), login, looking=True) as desk:
        made = member_file(desk, book)
    if file == STANDARD_OUTPUT:
        sys.stdout.buffer.write(made.content)
        return 0
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made.content)
    except FileExistsError:
        raise Failure(_("{file} is there already.", file=str(file)), _("Choose another name.")) from None
    except OSError as error:
        raise Failure(
            _("{file} can't be written: {reason}", file=str(file), reason=why(error)),
            _("It is written as {user}, who owns the state folder; `-` is standard output.", user=me()),
        ) from None
    tell(
        _n(
            "{count} person, SHA-256 {digest}: recorded.",
            "{count} people, SHA-256 {digest}: recorded.",
            count=made.rows,
            digest=made.sha256,
        )
    )
    return 0


def said(done: Told) -> Message:
    """What one run did, in words."""
    return _(
        "WeCom told of {told}, to be tried again: {failed}, given up: {dead}, books compared: {compared}",
        **asdict(done),
    )


def _books(book: str) -> tuple[str, ...]:
    """The synced books, or ``book`` alone. Raises Failure where WeCom is not connected."""
    if store().settings.wecom is None:
        raise Failure(
            _("The settings name no WeCom."),
            _("Write a [wecom] table into settings.toml, or use `mingce wecom export`."),
        )
    books = synced_books()
    if book and book not in books:
        raise Failure(_("The regulations of {book} ask for no WeCom.", book=book))
    return (book,) if book else books


def _own(desk: Desk) -> str:
    mine = desk.outside.books()
    if len(mine) != 1:
        raise Failure(_("Say which book: --book BOOK."))
    return mine[0][0]


def _plain(folder: Path | None, login: str, command: str, book: str, as_json: bool) -> int:
    from tui.plain import work

    words = [
        "wecom", command, *(["--book", book] if book else []), *(["--json"] if as_json else []),
    ]  # fmt: skip
    streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    with desk_for(Home(state_folder(folder)), login) as desk:
        return work(words, desk, *streams, shutil.get_terminal_size().columns)
