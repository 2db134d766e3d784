"""When what the record lies on can't do it now: a crowd of writers, a server that is away, a full disk.

Nothing that a person did is wrong then and nothing of it is on record, so it is said in a sentence, and the
session goes on.
"""

from __future__ import annotations

import errno
from contextlib import AbstractContextManager
from types import TracebackType

import peewee

from db.language import Message, Text, _

BUSY = _(
    "Nothing was changed: others are writing to the record and the turn did not come. "
    "Please try again in a moment."
)
AWAY = _("Nothing was changed: the database can't be reached. Please try again in a moment.")
NO_MORE = _(
    "Nothing was changed: the database takes no more connections just now. Please try again in a few minutes."
)
FULL = _("Nothing was changed: the disk is full. Please tell your administrator.")
BLOCKED = _("Nothing was changed: the disk takes no changes. Please tell your administrator.")
NEWER = _("The database was made by a newer version of mingce.")
OUTDATED = _(
    "Nothing was changed: the directory has been brought to a newer version. Please leave and sign in again; "
    "if that does not help, tell your administrator."
)
CROSSED = _(
    "Nothing was changed: somebody else did the same at the same moment. "
    "Please look again before you repeat it."
)
LAGS = _(
    "Nothing was changed: the database lacks what was done before, like an older copy of it. "
    "Please tell your administrator: `mingce catch-up`."
)
UNSURE = _(
    "The database went away at the last moment: whether this was done is not known. "
    "Please look before you do it again."
)

SQLITE = {5: BUSY, 6: BUSY, 8: BLOCKED, 10: BLOCKED, 13: FULL, 14: BLOCKED}
"""By SQLite's primary result code: busy, locked, read-only, input/output error, full, can't open."""
POSTGRESQL = {
    "08": AWAY, "57P": AWAY, "55P03": BUSY, "40": BUSY, "53": BUSY,
    "53100": FULL, "53300": NO_MORE, "25006": BLOCKED, "58": BLOCKED, "23505": CROSSED,
}  # fmt: skip
"""By the beginning of PostgreSQL's SQLSTATE; the longest that fits counts. Two who each found that something
is not there yet, and make it, meet at a unique key; SQLite's writers come one after the other."""
NO_CONNECTIONS = (
    "too many clients",
    "too many connections",
    "connection slots are reserved",
    "no more connections allowed",
)
"""What the server, or pgbouncer, says to whoever it does not connect; the library gives no SQLSTATE then."""
SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL}
REASONS = {
    errno.ENOENT: _("there is no such file"),
    errno.EISDIR: _("it is a folder"),
    errno.ENOTDIR: _("a part of the path is no folder"),
    errno.EACCES: _("access is denied"),
    errno.EPERM: _("access is denied"),
    errno.EROFS: _("the disk is read-only"),
    errno.ENOSPC: _("the disk is full"),
    errno.EDQUOT: _("the disk is full"),
    errno.ELOOP: _("it is a link, which may lead anywhere; put the file itself there"),
    errno.EMLINK: _("it has a second name elsewhere; put a file of its own there"),
    errno.ENXIO: _("it is no plain file"),
    errno.EFBIG: _("it is too large"),
    errno.EADDRINUSE: _("the port is in use already"),
    errno.EADDRNOTAVAIL: _("this host has no such address"),
}


class Unavailable(peewee.OperationalError):
    """The act could not be carried out now; ``message`` says why and what to do. Where it is `UNSURE`, it may
    have been; otherwise nothing was changed."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class _SaidInWords:
    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, Unavailable):
            message = store_reason(error)
            if message is not None:
                raise Unavailable(message) from error


def said_in_words() -> AbstractContextManager[None]:
    """Return a context that turns a database's errors into Unavailable where they mean no more than that."""
    return _SaidInWords()


def of_the_system(error: OSError) -> Unavailable:
    """Build the Unavailable for a write that the operating system refused."""
    return Unavailable(SYSTEM.get(error.errno or 0, BLOCKED))


def system_reason(error: OSError) -> Text:
    """Return the operating system's reason in the reader's language; a rare one in its own words."""
    return REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def store_reason(error: BaseException | None) -> Message | None:
    """Return why the database refused, by the first error of the chain that tells; None if none does."""
    while error is not None:
        driver = error.args[0] if isinstance(error, peewee.PeeweeException) and error.args else error
        found = _of_driver(driver)
        if found is not None:
            return found
        error = error.__cause__ or error.__context__
    return None


def told_by_server(error: BaseException | None) -> str:
    """Return PostgreSQL's own message on one line; "" if there is none. For the operator alone: it names
    servers, ports and users."""
    while error is not None:
        if type(error).__module__.startswith("psycopg"):
            return " ".join(str(error).split())
        error = error.__cause__ or error.__context__
    return ""


def _of_driver(error: object) -> Message | None:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return SQLITE.get(code & 0xFF)
    if not isinstance(error, Exception) or not type(error).__module__.startswith("psycopg"):
        return None
    state = getattr(error, "sqlstate", None)
    if state is None:
        if any(words in str(error) for words in NO_CONNECTIONS):
            return NO_MORE
        is_lost = any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
        return AWAY if is_lost else None
    fitting = [start for start in POSTGRESQL if state.startswith(start)]
    return POSTGRESQL[max(fitting, key=len)] if fitting else None
