"""`mingce doctor`: one line for everything an installation stands on, and what to do where it fails."""

from __future__ import annotations

import locale
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from peewee import DatabaseError

from db.desk.authority.permissions import policy_of, root_of
from db.desk.backups.backup_rules import backup_duty, destinations, shortage
from db.desk.backups.damage import lost_of_journal, spans_of
from db.desk.entry.alike import strange_names
from db.desk.notation.localtime import local
from db.desk.policies.recorded import adoption_advice, newer_shipped, stray_files
from db.desk.policies.taking_in import is_to_take_in
from db.language import Message, Text, _, _n, listed, strung
from db.policy.clock import WorkingCalendar
from db.policy.regulation import PolicyError
from db.store.checkpoints import expected_hashes
from db.store.engine import close_store, store
from db.store.keys import KeyRingError, read_keys
from db.store.migrations import STEPS
from db.store.opening import open_store
from db.store.proof.tampering_words import said_shortly
from db.store.rotation import whole
from db.store.rotation.listing import keys_in_use
from db.store.settings import Home, SettingsError
from db.store.tables import AuditRecord, Book
from db.store.transactions import lags_journal
from db.store.unavailable import told_by_server
from db.store.verifying import lost_of, unlike_journal, verify_in_parts
from db.store.waiting_records import unreadable_files
from tui.front.hostkey import HostKeyError, fingerprint, host_key_path
from tui.host import doctor_checks, sshd
from tui.host.audit import first_unsigned_hole, present_beside, stored_checkpoints
from tui.host.doctor_checks import Ill, Remark
from tui.host.finish_rotation import database_file
from tui.host.keys import age_in_days
from tui.host.language import t
from tui.host.operator import empty_message, look_for_database, must_be_complete
from tui.host.owner import home_of
from tui.host.shell import FAILED, CommandFailure, in_words, tell, tell_json
from tui.host.upgrading import must_be_current, refuse_newer
from tui.plain.words import CommandWords

SQLITE_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check."""

    check: Message
    ok: bool
    found: Text
    advice: Text = ""


Check = Callable[[Home], Text]


def doctor(words: CommandWords) -> int:
    """Run all checks and print the findings; return exit status 1 if one failed."""
    findings = list(examine(home_of(words)))
    if words.has("json"):
        tell_json(
            [{"check": t(f.check), "ok": f.ok, "found": t(f.found), "advice": t(f.advice)} for f in findings]
        )
    else:
        for finding in findings:
            said = t(_("{name}: {value}", name=finding.check, value=finding.found))
            word = "FAIL" if not finding.ok else "note" if finding.advice else "ok  "
            tell(f"{word}  {said}")
            if finding.advice:
                tell(f"      {t(finding.advice)}")
    return 0 if all(finding.ok for finding in findings) else FAILED


def examine(home: Home) -> Iterator[CheckResult]:
    """Run the checks and yield the results in order; those that need the database only if that opens. Opens
    and closes the store."""
    yield from _run_checks(home, BEFORE)
    opening = _finding(home, *DATABASE)
    yield opening
    if opening.ok:
        try:
            fitting = _finding(home, *TABLES)
            yield fitting
            if fitting.ok:
                yield from _run_checks(home, INSIDE)
        finally:
            close_store()
    yield from _run_checks(home, AROUND)


def _run_checks(home: Home, checks: tuple[tuple[Message, Check], ...]) -> Iterator[CheckResult]:
    return (_finding(home, title, check) for title, check in checks)


def _finding(home: Home, title: Message, check: Check) -> CheckResult:
    try:
        return CheckResult(title, True, check(home))
    except Ill as ill:
        return CheckResult(title, isinstance(ill, Remark), ill.found, ill.advice)
    except SettingsError:
        return CheckResult(title, True, _("not judged before the settings can be read"))
    except Exception as error:
        failure = error if isinstance(error, CommandFailure) else in_words(error)
        if failure is None:
            raise
        return CheckResult(title, False, failure.message, failure.advice)


def _folder(home: Home) -> Text:
    if not home.folder.is_dir():
        raise Ill(
            _("{folder} is not there", folder=str(home.folder)),
            _("Run `mingce init`, or name it with --dir."),
        )
    mode = stat.S_IMODE(home.folder.stat().st_mode)
    if mode & 0o077:
        raise Ill(
            _("others can enter it ({mode})", mode=f"{mode:04o}"),
            _("Run `chmod 0700 {folder}`.", folder=str(home.folder)),
        )
    if home.folder.stat().st_uid == 0:
        raise Remark(
            _("{folder} is root's, so all of mingce runs as root", folder=str(home.folder)),
            _("Give the service a user of its own, as the operators' guide says, and that user the folder."),
        )
    return str(home.folder)


def _settings(home: Home) -> Text:
    try:
        return home.settings().organisation
    except SettingsError as error:
        raise Ill(error.message, _("Correct settings.toml.")) from None


def _keys(home: Home) -> Text:
    try:
        ring = read_keys(home.keys)
    except KeyRingError as error:
        raise Ill(error.message, _("Put the keys back from where they are kept, mode 0400.")) from None
    for path in sorted(path for path in home.keys.glob("**/*") if path.is_file()):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o377:
            raise Ill(
                _("{file} has mode {mode}", file=path.name, mode=f"{mode:04o}"),
                _("Run `chmod 0400 {file}`.", file=str(path)),
            )
    return _("field keys: {count}; number {current} seals", count=len(ring.fields), current=ring.current)


def _ages(home: Home) -> Text:
    file = database_file(home, store().settings)
    if file is not None and whole.stopped_rotation(home.keys, file) is not None:
        raise Ill(
            _("a rotation of the database's key was stopped, or runs now"),
            _("`mingce keys` ends it, or says that it runs."),
        )
    found = [key for key in keys_in_use(home.keys) if key.made]
    folders = sorted({str(key.file.parent) for key in found})
    ages = [
        t(_n("{name} {days} day", "{name} {days} days", name=key.name, days=age_in_days(key.made)))
        for key in found
    ]
    return _("in {folder}: {ages}", folder=listed(folders), ages=listed(ages))


def _host_key(home: Home) -> Text:
    try:
        return fingerprint(host_key_path(home))
    except HostKeyError as error:
        raise Ill(error.message, _("Put the host key back; clients warn of a new one.")) from None


def _database(home: Home) -> Text:
    try:
        look_for_database(home)
        version = refuse_newer(home)
        if not version:
            raise empty_message()
        if version == len(STEPS):
            open_store(home)
    except CommandFailure as failure:
        close_store()
        raise Ill(failure.message, failure.advice) from None
    except (DatabaseError, SettingsError, KeyRingError, ValueError, OSError) as error:
        close_store()
        known = in_words(error)
        said = known.message if known else type(error).__name__
        raise Ill(
            _("it does not open ({reason})", reason=told_by_server(error) or said),
            _("Check the database's URL, its server, and that keys/database is the one it was made with."),
        ) from None
    return _("opens, version {version}", version=version)


def _encrypted(home: Home) -> Text:
    if store().is_postgresql:
        return _("PostgreSQL; see the operators' guide for its disk")
    _scheme, _colon, path = home.database_url(store().settings).partition(":")
    with open(path, "rb") as file:
        if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
            raise Ill(_("it can be read without a key"), _("Stop the server and restore from a backup."))
    return _("the whole file, by SQLCipher")


def _migrated(home: Home) -> Text:
    """Raise CommandFailure for a database of another version or build, leaving it as it is; else return that
    it is up to date."""
    must_be_current(home)
    must_be_complete()
    return _("up to date")


def _chain(home: Home) -> Text:
    try:
        signed = stored_checkpoints(home)
    except CommandFailure as failure:
        raise Ill(failure.message, failure.advice) from None
    verdict = verify_in_parts(expected_hashes(signed))
    if not verdict.sound:
        raise Ill(
            _("it breaks at record {number}", number=verdict.bad),
            _("`mingce audit verify` says more. Keep a copy."),
        )
    if first_unsigned_hole(home):
        raise Ill(
            _("records are missing that no signed record of a restore tells of"),
            _("`mingce audit verify` says more. Keep a copy."),
        )
    if behind := lost_of():
        raise Ill(
            _n(
                "the journal holds {count} change that the database lacks",
                "the journal holds {count} changes that the database lacks",
                count=behind,
            ),
            _(
                "First see that `database` in settings.toml is the right one (after a restore, the restored "
                "one); then stop the server and run `mingce catch-up`."
            ),
        )
    if lags_journal(store()):
        raise Ill(
            _("the journal tells of acknowledged changes that this database does not have"),
            _("Stop the server; `mingce catch-up --list` names them."),
        )
    if altered := unreadable_files():
        raise Ill(
            _("a record that waited for the chain does not open: {file}", file=str(altered[0])),
            _("Somebody altered it, or it is of a lost key. Look into it, then move it away."),
        )
    last = max((one.seq for one in signed), default=0)
    if unlike := unlike_journal(last):
        raise Ill(
            _("the journal tells of another record {number}", number=unlike),
            _("`mingce audit verify` says more. Keep a copy."),
        )
    return _("sound, {count} records, signed up to {last}", count=verdict.records, last=last)


def _journal(home: Home) -> Text:
    """Read the journal to its end. Raises Ill if changes are lost that no backup has, and marks the state
    folder so that a backup is made; Remark if the newest backup has them."""
    found, bare = lost_of_journal(home)
    if bare:
        home.wanted_backup.touch()
        raise Ill(
            _("damaged: changes {spans} can't be read, and no backup has them", spans=spans_of(bare)),
            _("The server makes a backup within minutes; without one run `mingce backup run` now."),
        )
    if found:
        raise Remark(
            _("damaged: changes {spans} can't be read; the newest backup has them", spans=spans_of(found)),
            _("Older backups can't be followed up across that. Look at the disk."),
        )
    return _("whole, read to its end")


def _present(home: Home) -> Text:
    try:
        present = present_beside(stored_checkpoints(home))
    except CommandFailure as failure:
        raise Ill(failure.message, failure.advice) from None
    except KeyRingError as error:
        raise Ill(error.message, _("Put the keys back from where they are kept, mode 0400.")) from None
    if present is None:
        return _("not proved before the database is brought up to date")
    if not present.sound:
        raise Ill(said_shortly(present.findings), _("`mingce audit verify` says more. Keep a copy."))
    return _n("proved, {count} row", "proved, {count} rows", count=present.rows)


def _backups(home: Home) -> Text:
    try:
        wanted = backup_duty()
    except (PolicyError, KeyError):
        return _("not judged before the regulations can be read")
    found = destinations(home, store().settings, wanted)
    problems: list[Text] = [
        _("{place}: {problem}", place=str(one.place), problem=one.problem) for one in found if one.problem
    ]
    lacking = shortage(found, wanted)
    if lacking or problems:
        raise Ill(
            strung([*problems, *([lacking] if lacking else [])]),
            _("Mend the place, or name places in [backups] of settings.toml; then `mingce backup run`."),
        )
    if not any(one.newest for one in found):
        return _n(
            "{count} place; no backup has been made yet",
            "{count} places; no backup has been made yet",
            count=len(found),
        )
    newest = [local(one.newest.at)[:16] if one.newest else "–" for one in found]
    return _n(
        "{count} place, newest of {times}",
        "{count} places, newest of {times}",
        count=len(found),
        times=listed(newest),
    )


def _policies(_home: Home) -> Text:
    if is_to_take_in():
        raise Ill(_("none is on record yet"), _("`mingce serve` puts those in policies/ on record."))
    books = [row.id for row in Book.select().where(Book.active).order_by(Book.sort, Book.id)]
    for book in books:
        try:
            policy_of(book)
        except (PolicyError, KeyError) as error:
            reason = (
                strung(f.message for f in error.findings) if isinstance(error, PolicyError) else str(error)
            )
            raise Ill(
                _("directory {book}: {reason}", book=book, reason=reason),
                _("`mingce policy list` says what is on record; restore from a backup what was changed."),
            ) from None
    return listed(books)


def _policy_files(home: Home) -> Text:
    """Raise Remark for policy files that are not on record and so change nothing, or for newer shipped texts;
    else return that there are none."""
    told: list[Text] = [
        _("policies/{file} is not on record and changes nothing", file=name)
        for name in stray_files(home.policies)
    ]
    if told:
        advice = _("`mingce policy add FILE` puts a regulation on record; then move the file away.")
        raise Remark(strung(told), advice)
    newer = newer_shipped()
    if newer:
        found = _("newer than on record: {names}", names=listed(f"{one.id} {one.version}" for one in newer))
        raise Remark(found, adoption_advice(newer[0]))
    return _("nothing that is not on record")


def _names(_home: Home) -> Text:
    """Raise Remark with the number of oddly spelt names by book; which ones, only the book's maintainers may
    read (A.6)."""
    books = [row.id for row in Book.select().where(Book.active).order_by(Book.sort, Book.id)]
    counts = {book: len(strange_names(book, root_of(book))) for book in books}
    if any(counts.values()):
        told = listed(f"{book} {count}" for book, count in counts.items() if count)
        raise Remark(
            _("would be refused today, or look like another one: {books}", books=told),
            _("Who maintains the directory lists them: `mingce report names --book BOOK --login LOGIN`."),
        )
    return _("spelt as names are, and none looks like another one")


def _clock(_home: Home) -> Text:
    last = AuditRecord.select(AuditRecord.at).order_by(AuditRecord.seq.desc()).first()
    present = datetime.now(UTC)
    if last is not None and last.at > present.strftime("%Y-%m-%dT%H:%M:%S.%fZ"):
        raise Ill(
            _("it is earlier than the last record"), _("Set the host's clock (NTP); codes depend on it too.")
        )
    zone, country = store().settings.time_zone, store().settings.country
    try:
        WorkingCalendar(country, zone)
    except ValueError:
        advice = _("Correct `country` in settings.toml.")
        raise Ill(_("nothing is known of the holidays of {country}", country=country), advice) from None
    return f"{present.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _locale(_home: Home) -> Text:
    try:
        name = locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        missing = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
        raise Remark(
            _("{name} is not installed here", name=missing), _("Set LANG to C.UTF-8, or install it.")
        ) from None
    if "utf" not in locale.nl_langinfo(locale.CODESET).lower():
        raise Ill(_("{name} is not UTF-8", name=name), _("Set LANG to zh_CN.UTF-8 or C.UTF-8."))
    return name


def _openssh(home: Home) -> Text:
    user = home.settings().openssh_user
    if not user:
        return _("not in front (`openssh_user` is empty)")
    binary = sshd.find_sshd()
    if binary is None:
        raise Ill(_("there is no sshd"), _("Install OpenSSH's server, or empty `openssh_user`."))
    if not sshd.is_usable(user, home.folder.stat().st_uid):
        raise Ill(
            _("the user {user} is not there, has no shell, or not the state folder's owner", user=user),
            _("Make it as the operators' guide says."),
        )
    if not sshd.has_pam_rules():
        raise Ill(
            _("{file} is not there or says something else", file=str(sshd.PAM_FILE)),
            _("Write what `mingce sshd-config --pam` prints into it."),
        )
    found = sshd.in_force(binary, user, host_key_path(home))
    if found is None:
        raise Ill(_("sshd does not take its configuration"), _("Run `sshd -t` as root; it says why."))
    weak = list(sshd.weaknesses(found, sshd.forced_command(home)))
    if weak:
        told = strung(f"{one.name} {one.found} ({one.wanted})" for one in weak)
        raise Ill(
            _("in force, with what it should be: {directives}", directives=told),
            _("Put what `mingce sshd-config` prints before everything else in sshd's configuration."),
        )
    return _("leads {user} to the console and gives nothing else", user=user)


BEFORE: tuple[tuple[Message, Check], ...] = (
    (_("State folder"), _folder),
    (_("Settings"), _settings),
    (_("Key files"), _keys),
    (_("Host key"), _host_key),
    (_("Signing keys"), doctor_checks.signing_keys),
    (_("Folders"), doctor_checks.folders),
    (_("Certificates"), doctor_checks.certificates),
    (_("Font of pages"), doctor_checks.typeface),
)
DATABASE: tuple[Message, Check] = (_("Database"), _database)
TABLES: tuple[Message, Check] = (_("Tables"), _migrated)
INSIDE: tuple[tuple[Message, Check], ...] = (
    (_("Encryption at rest"), _encrypted),
    (_("Age of the keys"), _ages),
    (_("Audit chain"), _chain),
    (_("Journal"), _journal),
    (_("Rows of every table"), _present),
    (_("Checkpoints"), doctor_checks.outside_copies),
    (_("Backups"), _backups),
    (_("Other disks"), doctor_checks.other_disks),
    (_("Other hosts"), doctor_checks.other_hosts),
    (_("Regulations"), _policies),
    (_("Files of regulations"), _policy_files),
    (_("Cases"), doctor_checks.cases_carried),
    (_("Names"), _names),
    (_("Personal information"), doctor_checks.privacy_contact),
    (_("Clock and time zone"), _clock),
    (_("Delays at the door"), doctor_checks.delays_kept),
    (_("Calendar"), doctor_checks.calendar),
    (_("Duties"), doctor_checks.duties),
    (_("Mail"), doctor_checks.letters),
    (_("Server"), doctor_checks.server),
    (_("Units of systemd"), doctor_checks.units),
)
AROUND: tuple[tuple[Message, Check], ...] = (
    (_("OpenSSH as the front"), _openssh),
    (_("Terminal's locale"), _locale),
    (_("Disk space"), doctor_checks.disks),
    (_("NTP"), doctor_checks.time_kept),
    (_("Sessions and signals"), doctor_checks.sessions_apart),
    (_("What people send"), doctor_checks.reader),
)
