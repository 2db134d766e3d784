"""Where the state folder is, and who a command of the host works as: its owner, and nobody else.

Whoever owns the folder can lay a link into it that leads anywhere. So root becomes that user before anything
in the folder is looked at, and can't go back: what the command then opens, it opens with the rights of who
could have laid the link. What the operator names on the command line is root's to read, and is read before.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from db.language import Text, _
from db.store.disk import open_plain
from tui.front.confine import no_core_files
from tui.host.shell import CommandFailure
from tui.plain.words import CommandWords

if TYPE_CHECKING:
    from db.store.settings import Home

DEFAULT_FOLDER = Path("/var/lib/mingce")
PACKAGE = Path(__file__)
STANDARD_OUTPUT = Path("-")
OF_ROOT = ("TMPDIR", *(f"XDG_{what}" for what in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR")))
"""Variables that name folders of the user who called; the owner has no business there."""

LEND = _(
    "Stop the signer, lend that user its key and the folder of the checkpoints, and take both back "
    "afterwards: the operators' guide says how."
)
"""What to do where a signer with a user of its own holds what a command has to write to."""

_called_by: int | None = None


def home_of(words: CommandWords) -> Home:
    """Return the installation that ``--dir``, else `state_folder`, names. As root, become its owner. Raises
    CommandFailure."""
    from db.store.settings import Home

    return Home(state_folder(path_given(words, "dir")))


def path_given(words: CommandWords, option: str) -> Path | None:
    return Path(words.option_value(option)) if words.has(option) else None


def state_folder(given: Path | None) -> Path:
    """Return the state folder: ``given``, else ``MINGCE_HOME``, else ``/var/lib/mingce``. As root, become its
    owner for good: read files that the caller names before. Raises CommandFailure."""
    named = os.environ.get("MINGCE_HOME")
    folder = given or (Path(named) if named else DEFAULT_FOLDER)
    folder = folder.absolute()
    act_as_owner(folder)
    return folder


def act_as_owner(folder: Path) -> None:
    """Become the owner of ``folder``, or of the nearest folder above it, for good, if this is root and that
    is not. Raises CommandFailure if it fails, or for another user's folder."""
    found = _nearest(folder)
    if os.geteuid() != 0:
        if found.st_uid != os.geteuid() and folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
            raise CommandFailure(
                _("{folder} belongs to {user}.", folder=str(folder), user=name_of(found.st_uid)),
                _("Run the command as that user (`sudo -u {user} …`).", user=name_of(found.st_uid)),
            )
        return
    if found.st_uid == 0:
        return
    global _called_by
    _called_by = os.getuid()
    try:
        become_user(found.st_uid, found.st_gid)
    except OSError as error:
        raise _refused(folder, found.st_uid, _("root may not become that user here")) from error
    if not os.access(PACKAGE, os.R_OK):
        raise _refused(folder, found.st_uid, _("that user can't read {file}", file=str(PACKAGE)))


def become_user(uid: int, gid: int) -> None:
    """Become the user ``uid`` for good: ids, groups, environment, umask 077, no core dumps. A user without an
    entry gets the group ``gid``. Raises OSError."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        entry = None
    if entry is None:
        os.setgroups([])
    else:
        gid = entry.pw_gid
        os.initgroups(entry.pw_name, gid)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    no_core_files()
    os.umask(0o077)
    for name in OF_ROOT:
        os.environ.pop(name, None)
    name = entry.pw_name if entry is not None else str(uid)
    os.environ.update(HOME=entry.pw_dir if entry is not None else "/", USER=name, LOGNAME=name)


def caller() -> str:
    """Return the system user who called the command, with the one behind sudo in brackets."""
    name = name_of(os.getuid() if _called_by is None else _called_by)
    before = os.environ.get("SUDO_USER", "")
    return f"{name} ({before})" if before.isidentifier() and before != name else name


def own_user() -> str:
    """Return the operating system's user whose rights the command has."""
    return name_of(os.geteuid())


def must_take(folder: Path) -> None:
    """Raise CommandFailure if ``folder`` exists and can't be written to, as one of a signer with its own
    user."""
    if folder.exists() and not os.access(folder, os.W_OK):
        raise CommandFailure(
            _(
                "{folder} takes nothing from {user}, who owns the state folder.",
                folder=str(folder),
                user=own_user(),
            ),
            LEND,
        )


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def read_given(file: Path, most: int) -> bytes:
    """Return the caller's ``file``, at most ``most`` bytes and one. Call it before root becomes the folder's
    owner. Raises CommandFailure."""
    from db.store.unavailable import system_reason

    try:
        with open_plain(file) as stream:
            return stream.read(most + 1)
    except FileNotFoundError:
        raise CommandFailure(_("There is no file {file}.", file=str(file.absolute()))) from None
    except OSError as error:
        raise CommandFailure(
            _("{file} can't be read: {reason}", file=str(file), reason=system_reason(error))
        ) from None


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """Create ``file`` for its owner alone and yield it open; standard output for `-`. Raises CommandFailure
    if it exists or can't be written."""
    from db.store.unavailable import system_reason

    if file == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandFailure(
            _("{file} is there already.", file=str(file)), _("Choose another name.")
        ) from None
    except OSError as error:
        raise CommandFailure(
            _("{file} can't be written: {reason}", file=str(file), reason=system_reason(error)),
            _("It is written as {user}, who owns the state folder; `-` is standard output.", user=own_user()),
        ) from None
    with open(number, "wb") as out:
        yield out


def _nearest(folder: Path) -> os.stat_result:
    """Return the status of ``folder``, or of the nearest existing folder above it."""
    while True:
        try:
            return folder.stat()
        except (FileNotFoundError, NotADirectoryError):
            folder = folder.parent


def _refused(folder: Path, uid: int, reason: Text) -> CommandFailure:
    return CommandFailure(
        _(
            "{folder} belongs to {user}, as whom root's commands work there, and {reason}.",
            folder=str(folder),
            user=name_of(uid),
            reason=reason,
        ),
        _("Run the command as that user (`sudo -u {user} …`), with a mingce it can read.", user=name_of(uid)),
    )
