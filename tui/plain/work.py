"""Running one plain command, from its words to its exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from db.desk import Desk, Invalid, Pending, Refused, SessionOver, Unavailable
from db.desk.importing.outcome import BadRows
from db.language import Message, Text, _
from tui.plain.batch import BATCH, run_batch
from tui.plain.command import HELP, Command, WrongUsage, beginning_with, find_among
from tui.plain.help import explain
from tui.plain.registry import COMMANDS
from tui.plain.room import Room
from tui.plain.words import CommandWords, Misread
from tui.sheets.clauses import ground_text

DONE, NOT_DONE, WRONG = 0, 1, 2


def work(
    argv: list[str], desk: Desk, stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO, width: int = 80
) -> int:
    """Run a command at an open desk and write its output, in the actor's language; errors, and the
    classification, to ``stderr``. A token's sign-in is checked and recorded first. Return the exit status: 0
    done, or put on record to wait for others; 1 refused or failed; 2 wrong usage."""
    desk.listed.step = 1
    room = Room(desk, desk.actor.language, width, stdin, stdout, stderr)
    command, rest = find_among(COMMANDS, argv)
    if command is None:
        begun = beginning_with(COMMANDS, argv[0]) if argv else []
        if begun and argv[1:] == [f"--{HELP.name}"]:
            return _explained(room, begun)
        room.warn(_("There is no command “{words}”.", words=" ".join(argv[:2])))
        for each in begun:
            room.warn(_("→ Write it like this: {usage}", usage=each.usage))
        if not begun:
            room.warn(_("→ `{command}` lists them.", command="help"))
        return WRONG
    try:
        words = command.read(rest)
        if words.has(HELP.name):
            return _explained(room, [command])
        if command is BATCH:
            return run_batch(room, words, work)
        if desk.actor.strength == "token":
            desk.tokens.use(argv)
        secret = _classification(desk, words) if command.classified else ""
        status = command.run(room, words)
        if command.classified:
            _tell_of_notices(room)
        if secret and room.has_shown:
            room.warn(secret)
        return status
    except (Misread, WrongUsage) as wrong:
        room.warn(wrong.message)
        room.warn(_("→ Write it like this: {usage}", usage=command.usage))
        return WRONG
    except Pending as pending:
        if words.has("json"):
            room.write_json({"request": pending.request})
        room.warn(pending.message)
        room.warn(_("It is request {request}.", request=pending.request))
        return DONE
    except Refused as refused:
        room.warn(refused.message)
        room.warn(Message("→ {advice}", {"advice": refused.advice}))
        room.warn(ground_text(refused.clause))
        return NOT_DONE
    except BadRows as bad:
        for error in bad.errors:
            said = {"row": error.row, "reason": error.reason, "advice": error.advice}
            if error.column:
                room.warn(_("Row {row}, {column}: {reason} {advice}", column=error.column, **said))
            else:
                room.warn(_("Row {row}: {reason} {advice}", **said))
        if bad.count > len(bad.errors):
            room.warn(_("… and {count} more.", count=bad.count - len(bad.errors)))
        room.warn(_("Nothing was imported."))
        return NOT_DONE
    except Invalid as invalid:
        for problem in invalid.problems:
            room.warn(problem.message)
        return NOT_DONE
    except SessionOver as over:
        room.warn(over.message)
        return NOT_DONE
    except Unavailable as failure:
        room.warn(failure.message)
        return NOT_DONE
    except BrokenPipeError:
        return NOT_DONE


def _classification(desk: Desk, words: CommandWords) -> Text:
    """Return the classification of the book in ``--book``, else the strictest of the reader's (G.7.1)."""
    mine, wanted = desk.me.who(), words.option_value("book")
    of_book = (book for book in mine.books if wanted in (book.id, book.title.zh, book.title.en))
    strictest = (label for _title, label in mine.classified_titles)
    return next((book.classification for book in of_book), next(strictest, ""))


def _tell_of_notices(room: Room) -> None:
    """Write to standard error which notices at collection the reader must accept; a screen would show them
    first."""
    for due in room.desk.privacy.notices_due():
        room.warn(
            _(
                "The notice at collection of {book} waits for you (PIPL 17). `{read}` shows it; `{accept}` "
                "notes that you read and accept it.",
                book=due.title,
                read=f"notice --book {due.book}",
                accept=f"notice accept --book {due.book}",
            )
        )


def _explained(room: Room, commands: Sequence[Command]) -> int:
    for command in commands:
        explain(room, command)
    return DONE
