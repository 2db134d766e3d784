"""What reaches the record of a small organisation: rows of spreadsheets, plain commands, keys.

Every input is undone afterwards. What was refused must have left nothing but its record in the audit.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from db.confined.why import Unreadable
from db.desk import Desk, Invalid, Refused
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.training.trainings import Trainings
from db.language import LANGUAGES, say
from db.store import clock
from db.store.engine import database
from tests.fuzz.files import rows_of
from tests.fuzz.target import Read, Target
from tests.matrix.conftest import trial, watch_everything
from tests.tui.screens.stage import copy_of, new_home
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.front.client_command import CommandMistake, read_command
from tui.kit import plain
from tui.plain.registry import NAMES
from tui.plain.work import work

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OF_LOOKS = {"audit_record", "audit_head", "thing_key", "sqlite_sequence", "kept_people"}
"""What a look leaves: a command that is refused then may have opened somebody's card before."""
KEEPERS = (("staff", "liuyang"), ("general", "jinhr"), ("class", "yanlaoshi"), ("secured", "fuhr"))
TRAINED = ("general", "jinhr")
TO_FILES = ("evidence", "report", "edition", "copy", "backup", "case", "wecom")
"""Commands whose standard output may be a file instead of text."""


@contextmanager
def organisation() -> Iterator[World]:
    """All books, in a store of their own, the clock standing still."""
    template, world = _template()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        clock.use_source(lambda: BEGIN)
        try:
            with copy_of(template, Path(folder) / "state"):
                watch_everything()
                yield deepcopy(world)
        finally:
            clock.use_source(None)


@cache
def _template() -> tuple[Path, World]:
    """Made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with new_home(folder / "state", BEGIN):
        return folder / "state", build_wider_world(beside=build_world())


def state() -> str:
    """A digest of everything that is on record, but for what looks leave."""
    made = hashlib.blake2b(digest_size=16)
    tables = database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in tables.fetchall():
        if name not in OF_LOOKS:
            made.update(
                repr(database.execute_sql(f'SELECT * FROM "{name}"').fetchall()).encode("utf-8", "replace")
            )
    return made.hexdigest()


@contextmanager
def imports() -> Iterator[Read]:
    """A spreadsheet's rows for a book: all of them, or none."""
    with organisation() as world:
        desks = [(book, world.desk(login)) for book, login in KEEPERS]
        before = state()

        def read(content: bytes) -> str:
            book, desk = desks[len(content) % len(desks)]
            try:
                rows = rows_of(content)
            except Unreadable:
                return "unreadable"
            with trial():
                checked = _outcome(lambda: desk.importing.check(book, rows))
                loaded = _outcome(lambda: desk.importing.load(book, rows, Source("x.csv", "0" * 64)))
                assert (checked == "done") == (loaded == "done"), f"{checked} but {loaded}"
                assert loaded == "done" or state() == before
            return loaded

        yield read


@contextmanager
def attendance() -> Iterator[Read]:
    """An attendance list."""
    book, login = TRAINED
    with organisation() as world:
        desk = world.desk(login)
        topic = next(one.topic.id for one in Trainings(desk).topics() if one.book == book)
        before = state()

        def read(content: bytes) -> str:
            try:
                rows = rows_of(content)
            except Unreadable:
                return "unreadable"
            with trial():
                outcome = _outcome(lambda: Trainings(desk).load(book, topic, rows, Source("x.csv", "0" * 64)))
                assert outcome == "done" or state() == before
            return outcome

        yield read


def _outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except BadRows as bad:
        for error in bad.errors:
            assert all(say(error.reason, language) for language in LANGUAGES)
        return "errors"
    except (Refused, Invalid) as refused:
        return type(refused).__name__.lower()
    return "done"


@contextmanager
def plain_commands() -> Iterator[Read]:
    """A plain command: ``LOGIN COMMAND`` on the first line, standard input after it."""
    with organisation() as world:
        desks = Desks(world)
        before = state()

        def read(content: bytes) -> str:
            line, _newline, stdin = content.partition(b"\n")
            login, _blank, text = line.decode("utf-8", "replace").partition(" ")
            try:
                argv = read_command(text.replace("\0", ""), NAMES)
            except CommandMistake:
                return "no command"
            out, err = io.BytesIO(), io.BytesIO()
            desk = desks.of(login)
            with trial():
                status = work([*(argv or ())], desk, io.BytesIO(stdin), out, err)
                assert status in (0, 1, 2)
                assert status == 0 or state() == before, shlex.join(argv or ())
            _check_clean(err.getvalue())
            if argv and argv[0] not in TO_FILES:
                _check_clean(out.getvalue())
            return ("done", "not done", "wrong usage")[status]

        yield read


def _check_clean(written: bytes) -> None:
    for line in written.decode("utf-8-sig").splitlines():
        assert plain(line) == line.replace("\t", " "), repr(line)


class Desks:
    """A desk for every login; for a name that nobody has, somebody's all the same."""

    def __init__(self, world: World) -> None:
        self._desks = {login: world.desk(login) for login in sorted(world.accounts)}
        self._logins = list(self._desks)

    def of(self, login: str) -> Desk:
        """The desk of ``login``."""
        if login not in self._desks:
            login = self._logins[sum(login.encode("utf-8", "replace")) % len(self._logins)]
        return self._desks[login]


TARGETS = (
    Target("import", "rows of a spreadsheet for a book", imports, examples=100),
    Target("attendance", "an attendance list", attendance, examples=100),
    Target(
        "plain",
        "plain commands, their words and input",
        plain_commands,
        tokens=tuple(f"{name} ".encode() for name in sorted(NAMES)),
        examples=150,
    ),
)
