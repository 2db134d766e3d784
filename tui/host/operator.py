"""Who acts when a command runs on the host.

The host's operator is an account of its own, ``host``: a system administrator of every book, without a
password, so that nobody can sign in as it. Its sessions name the operating system's user. It has
technical rights and no others (A.6); what needs more is done by signing in, with ``--login``.
"""

from __future__ import annotations

import getpass
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from db.desk.entry.naming import OPERATOR
from db.desk.refusal import Invalid, Pending, Refused
from db.language import _, _n, listed
from db.store import audit, clock
from db.store.backups.backup_store import SUFFIX
from db.store.backups.restoring import NEW
from db.store.engine import close_store, store
from db.store.journal import frames
from db.store.keys import BACKUP, add_missing_keys
from db.store.migrations import missing_schema, stored_schema_version
from db.store.opening import open_store
from db.store.proof.making_sums import promote_key
from db.store.searchindex import is_missing
from db.store.settings import Home
from db.store.tables import Account, Grant
from db.store.transactions import writing
from db.store.verifying import lost_of
from tui.front.ssh_command import from_here
from tui.host.finish_rotation import settle_proof, settle_rotations
from tui.host.language import LANGUAGE, t
from tui.host.owner import caller, home_of
from tui.host.shell import CommandFailure, failures_in_words, is_agreed, is_interactive, next_line, tell, warn
from tui.host.upgrading import bring_up_to_date, must_be_current, refuse_newer
from tui.plain.words import CommandWords

if TYPE_CHECKING:
    from auth.signin import SignedIn, SignIn
    from db.desk import Desk

ROLE = "admin"
RESTORE = _("`mingce restore` restores it from a backup and the journal.")
BEHIND = _(
    "First see that `database` in settings.toml is the right one (after a restore, the restored one); then "
    "`mingce catch-up --list` says which, `mingce catch-up` brings them back."
)
"""What to do about a database that lacks what the journal holds."""


@contextmanager
def opened_store(home: Home, *, even_behind: bool = False, looking: bool = False) -> Iterator[None]:
    """Open the installation's store for the body, and close it.

    - Unless ``looking``: create missing keys, settle stopped rotations, back up and migrate an older
      database, record an older version's regulations and the settings' days. Print what was done.
    - ``looking`` changes nothing, and refuses an older database.
    - Make missing search keys again.
    - Raises CommandFailure, also where the database lacks what the journal holds: a write would bury that
      (``even_behind`` allows it).
    """
    with failures_in_words():
        look_for_database(home)
        if looking:
            must_be_current(home)
        else:
            make_ready(home)
        open_store(home)
        try:
            if not stored_schema_version():
                raise empty_message()
            if not looking:
                promote_key()
                for said in settle_proof(home):
                    tell(said)
            must_be_complete()
            if not even_behind and (lost := lost_of()):
                raise CommandFailure(
                    _n(
                        "The journal holds {count} change that the database lacks.",
                        "The journal holds {count} changes that the database lacks.",
                        count=lost,
                    ),
                    BEHIND,
                )
            if not looking:
                take_in_rules(home)
                take_over_days(home)
            if not even_behind and is_missing():
                from db.desk.entry.indexing import index_all

                tell(_("The search keys are made again; with many entries this takes some minutes."))
                with writing():
                    index_all()
            yield
        finally:
            close_store()


def must_be_complete() -> None:
    """Raise CommandFailure if the open store lacks a table or column that its version has."""
    if missing := missing_schema():
        raise CommandFailure(
            _("The database is of another build of mingce: it lacks {names}.", names=listed(missing)),
            _(
                "Go back to the build that made it; where this one brought it up to date, `mingce restore` "
                "there takes the backup from before."
            ),
        )


def take_in_rules(home: Home) -> None:
    """Record the regulations that an earlier version read from files, in one transaction, and print them;
    once. Raises PolicyError."""
    from db.desk.policies.taking_in import is_to_take_in, take_in

    if not is_to_take_in():
        return
    with writing():
        taken = take_in(home.policies, host_source())
    tell(_("Put on record: {names}. From now on no file changes them.", names=listed(taken)))


def take_over_days(home: Home) -> None:
    """Record the settings' country and time zone if they changed, which moves deadlines, and print that; only
    warn if they can't be used."""
    from db.desk.calendars.basis import basis_problem, is_to_take_over, recorded_basis, take_over

    settings = home.settings()
    if not is_to_take_over(settings):
        return
    country = settings.country
    if (last := recorded_basis()) is not None and (hindrance := basis_problem(settings)) is not None:
        warn(hindrance)
        warn(_("Days are counted by {country} as before.", country=last.country))
        return
    with writing():
        moved = take_over(settings, host_source())
    if last is not None:
        tell(
            _("Days are counted by {country}, {zone} from now on.", country=country, zone=settings.time_zone)
        )
        tell(_n("{count} deadline moved.", "{count} deadlines moved.", count=moved))


def make_ready(home: Home) -> None:
    """Create missing keys, complete or undo stopped rotations, and back up and migrate an older database;
    print what was done. Raises CommandFailure, with nothing changed, for a database of a newer version."""
    refuse_newer(home)
    if home.keys.is_dir():
        for name in add_missing_keys(home.keys, _used_keys(home)):
            tell(_("The key {name} was made; keep a copy of it with the others.", name=name))
    for said in settle_rotations(home):
        tell(said)
    bring_up_to_date(home)


def _used_keys(home: Home) -> set[str]:
    """Return the names of the keys under which something is encrypted already, so that a missing one must not
    be replaced."""
    settings = home.settings()
    written = {
        BACKUP: any(any(place.glob(f"*{SUFFIX}")) for place in home.backups_to(settings)),
        "journal": any(home.journal_place(settings).glob(f"*{frames.SUFFIX}")),
    }
    return {name for name, is_used in written.items() if is_used}


def look_for_database(home: Home) -> None:
    """Raise CommandFailure if the SQLite database is missing or empty; print a warning of an interrupted
    restore. Nothing for PostgreSQL."""
    scheme, _colon, rest = home.database_url(home.settings()).partition(":")
    if scheme != "sqlite":
        return
    file = Path(rest)
    if not home.unfinished.exists():
        if not file.exists():
            raise CommandFailure(_("The database {file} is not there.", file=rest), RESTORE)
        if not file.stat().st_size:
            raise empty_message()
    if (home.folder / NEW).exists():
        warn(_("A restore was started and interrupted; the database is the one from before it."))


def empty_message() -> CommandFailure:
    return CommandFailure(_("There is nothing at all in the database."), RESTORE)


@contextmanager
def desk_for(
    home: Home,
    login: str = "",
    *,
    accept: bool = False,
    looking: bool = False,
    protecting: bool = False,
) -> Iterator[Desk]:
    """Open the store, and the desk of ``login`` after asking for its password, or of the host's operator; the
    session is recorded. ``looking`` as in `opened_store`, ``protecting`` as in `acting`. Raises
    CommandFailure."""
    with opened_store(home, looking=looking), acting(login, accept=accept, protecting=protecting) as desk:
        yield desk


@contextmanager
def acting(
    login: str = "", *, accept: bool = False, told: bool = False, protecting: bool = False
) -> Iterator[Desk]:
    """Open a desk as `desk_for` does, in the open store, and end its session after the body, both recorded.

    - ``accept``: the operator accepted the undertaking (A.17) on the command line; it is printed unless
      ``told`` before.
    - ``protecting``: the operator only shuts somebody out or lets the owner in again, for which no
      undertaking is needed.
    - Raises CommandFailure if the sign-in fails, or an undertaking is not accepted.
    """
    from auth import sessions
    from db.desk import open_desk

    session = signed_in(login) if login else _operator_session()
    how = "crashed"
    try:
        ssh = from_here(store().settings, login or OPERATOR)
        desk = open_desk(sessions.resume(session, LANGUAGE, ssh))
        if login or not protecting:
            _settle_undertakings(desk, accept, told)
        yield desk
        how = "closed"
    except (CommandFailure, Refused, Invalid, Pending, KeyboardInterrupt):
        how = "closed"
        raise
    finally:
        sessions.end_session(session, how)


def work_here(
    words: CommandWords, argv: Sequence[str], stdin: BinaryIO | None = None, *, looking: bool = True
) -> int:
    """Run the SSH command ``argv`` here on the host, as ``--login`` says; return its exit status."""
    from tui.plain.work import work

    streams = (stdin or sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    with desk_for(home_of(words), words.option_value("login"), looking=looking) as desk:
        return work(list(argv), desk, *streams, shutil.get_terminal_size().columns)


def found_operator() -> int:
    """Create the operator's account with its role, in the running transaction, without recording it; return
    its number."""
    account = Account.create(login=OPERATOR, state="active", created_at=clock.now())
    Grant.create(account=account, role=ROLE, granted_at=clock.now())
    return int(account.id)


def host_source() -> str:
    """Return the source for records of the host's acts: the calling system user, and the one behind sudo."""
    return f"host:{caller()}"[:64]


def record_as_host(act: str, detail: Mapping[str, object]) -> None:
    """Append an audit record of ``act``, done by the host, in the running transaction."""
    audit.append(act=act, outcome="done", source=host_source(), front="host", detail=detail)


def _operator_session() -> int:
    from auth import sessions

    with writing():
        account = Account.get_or_none(Account.login == OPERATOR)
        if account is None:
            raise CommandFailure(
                _("This installation has no operator's account."), _("Restore it from a backup.")
            )
        return sessions.start_recorded(
            account.id, host_source(), "host", "full", {"factor": "operating-system"}
        )


def signed_in(login: str, source: str = "console", front: str = "host") -> int:
    """Ask for password and code at the terminal, or read them as two lines, and sign in, recorded; return the
    session. Raises CommandFailure if they are refused, or if the account has something to finish first: then
    the session is ended."""
    from auth import sessions
    from auth.signin import SignIn
    from auth.tokens import stands_alone
    from auth.totp import CodeUsed

    if sys.stdin.isatty():
        password = getpass.getpass(t(_("Password of {login}: ", login=login)))
        code = "" if stands_alone(password) else input(t(_("Code: ")))
    else:
        password = next_line()
        code = "" if stands_alone(password) else next_line()
    attempt = SignIn(login, source, front)
    try:
        signed = _in_turn(attempt, password, code)
    except CodeUsed as used:
        raise CommandFailure(
            _("This code was used a moment ago."), _("Wait for the next one, at most 30 s.")
        ) from used
    if attempt.ended is not None:
        raise CommandFailure(attempt.ended)
    if signed is None:
        raise CommandFailure(_("Not accepted."), _("Check login, password and code, then try again."))
    if signed.strength not in ("full", "pickup", "token"):
        sessions.end_session(signed.session, "closed")
        raise CommandFailure(
            _("This account has something to finish first."), _("Sign in over SSH once, then try again.")
        )
    return signed.session


def _in_turn(attempt: SignIn, password: str, code: str) -> SignedIn | None:
    """Sleep for the delay, then answer, again where another's turn came first; return who signed in, or
    None."""
    from auth.delays import TooEarly

    delay = attempt.delay()
    while True:
        time.sleep(delay)
        try:
            return attempt.answer(password, code)
        except TooEarly as early:
            delay = early.seconds


def _settle_undertakings(desk: Desk, accept: bool, told: bool) -> None:
    """Print each undertaking that is due and accept it as the operator once a person agrees (A.17). Raises
    CommandFailure if nobody does."""
    for due in desk.me.undertakings():
        if not accept and not is_interactive():
            raise CommandFailure(
                _("The undertaking of confidentiality has not been accepted ({clause}).", clause=due.clause),
                _("Run `mingce accept` at a terminal first; in a script, `mingce accept --yes`."),
            )
        if not told:
            tell(due.title)
            tell(due.text)
        if not accept and not is_agreed(_("Do you accept it?")):
            raise CommandFailure(
                _("Without the undertaking nothing can be done ({clause}).", clause=due.clause)
            )
        desk.me.accept(due.policy, due.version)
