"""Checks of `mingce doctor` on what runs, and on what lies around the database."""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import stat
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from auth import delays
from db.confined.answers import WALLS
from db.confined.reading import read
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk.calendars.unknown import unknown_years
from db.desk.cases.carrying import case_gap
from db.desk.due_dates import has_calendar
from db.language import Text, _, _n, listed, strung
from db.store import audit
from db.store.disk import read_plain
from db.store.engine import database, store
from db.store.journal.place import this_host
from db.store.journal.reading import absent_hosts
from db.store.journal.writing import journal_hosts, journal_position
from db.store.keys import (
    SIGN_AUDIT,
    SIGNING_KEYS,
    KeyRingError,
    read_journal_keys,
    read_public,
    read_signer,
    signing_file,
)
from db.store.settings import Home, Settings, SettingsError
from db.store.tables import Book, OutgoingMail
from db.store.transactions import reading
from reports.typeface.own_font import UnusableFont, check
from tui.front import confine
from tui.front.checkpoints import RECORDS
from tui.front.control import ask_all
from tui.front.leftovers import left_over
from tui.front.metrics import signed_up_to
from tui.front.steering import VERSION
from tui.host.systemd import units_of

ENOUGH_DISK = 512 << 20
"""Bytes that should be free."""
DUTIES_WITHIN = 1800.0
"""Seconds within which the duty runner beside a server has come round again."""
CERTIFICATE_LEFT = timedelta(days=14)
CORRECT_FONT = _("Correct `font` in settings.toml, or take it out: pages are then set in Noto Sans.")
CLOCKS_DIFFER = timedelta(minutes=2)
"""What the clocks of hosts may be apart."""
UNSYNCHRONISED = 0x40
"""STA_UNSYNC of adjtimex(2): nothing keeps the kernel's clock right."""


UNITS = Path("/etc/systemd/system")
BY_SETTINGS = (
    "User=", "ExecStart=", "ReadWritePaths=", "RequiresMountsFor=", "AmbientCapabilities=", "ListenStream=",
    "TimeoutStopSec=",
)  # fmt: skip
"""Lines of a unit that are made of the settings and of where things lie."""


class Ill(Exception):
    """A check failed: ``found`` says what was found, ``advice`` what to do."""

    def __init__(self, found: Text, advice: Text) -> None:
        super().__init__("doctor")
        self.found = found
        self.advice = advice


_PUT_BACK = _("Until it is back from the copy in the safe, mode 0400, nothing more is signed.")


class Remark(Ill):
    """Nothing is wrong, but an operator should know."""


def folders(home: Home) -> Text:
    """Raise Ill if others may enter a folder that is written to; else return the number of folders."""
    for place in _all_places(home):
        mask = 0o027 if home.folder in place.parents else 0o022
        if place.is_dir() and (mode := stat.S_IMODE(place.stat().st_mode)) & mask:
            raise Ill(
                _("{file} has mode {mode}", file=str(place), mode=f"{mode:04o}"),
                _("Run `chmod 0700 {folder}`.", folder=str(place)),
            )
    return _("{count} folders, their owner's alone", count=len(_all_places(home)))


def disks(home: Home) -> Text:
    """Raise Ill if a folder that is written to has too little room; else return the least room."""
    here = [place for place in [home.folder, *_all_places(home)] if place.is_dir()] or [Path(os.sep)]
    free = {place: shutil.disk_usage(place).free for place in here}
    least = min(free, key=lambda place: free[place])
    if free[least] < ENOUGH_DISK:
        raise Ill(
            _("{size} MB free in {folder}", size=free[least] >> 20, folder=str(least)),
            _("Make room: without it nothing can be recorded, so nothing is done."),
        )
    return _("{size} MB free in {folder}", size=free[least] >> 20, folder=str(least))


def calendar(home: Home) -> Text:
    """Raise Remark if the settings' country or time zone are not in force, or deadlines reach into years with
    unknown holidays; else return that all are known."""
    books = [row.id for row in Book.select().where(Book.active).order_by(Book.sort, Book.id)]
    counts: Counter[int] = Counter()
    written, in_force = home.settings(), store().settings
    if (written.country, written.time_zone) != (in_force.country, in_force.time_zone):
        raise Remark(
            _("settings.toml counts days by another country or time zone than is on record"),
            _("Restart the server: it counts by the settings then, and tells those who watch."),
        )
    if not has_calendar():
        country, advice = in_force.country, _("Correct `country` in settings.toml.")
        raise Remark(_("nothing is known of the holidays of {country}", country=country), advice)
    for book in books:
        counts.update(unknown_years(book))
    if counts:
        years = listed(f"{year} ({counts[year]})" for year in sorted(counts))
        raise Remark(
            _("deadlines reach into years whose holidays are not known: {years}", years=years),
            _("Send the days once they are announced, as HR or an administrator: `calendar add < FILE`."),
        )
    return _("the holidays of all years that deadlines reach into are known")


def privacy_contact(_home: Home) -> Text:
    """Raise Remark if the notice at collection names no contact (PIPL 17); else return the contact."""
    if not store().settings.privacy_contact:
        raise Remark(
            _("the notice at collection has no phone or address to turn to (PIPL 17)"),
            _("Write `privacy_contact` into settings.toml: a phone, an e-mail or an address."),
        )
    return store().settings.privacy_contact


def cases_carried(_home: Home) -> Text:
    """Raise Remark for books in which nobody could take a step of a case, or an appeal (a default rule); else
    return that all can."""
    books = [row.id for row in Book.select().where(Book.active).order_by(Book.sort, Book.id)]
    lacking = [(book, gap) for book in books if (gap := case_gap(book)) is not None]
    if lacking:
        told = listed(
            _("{book}: nobody is left to {step}", book=book, step=gap.what) for book, gap in lacking
        )
        raise Remark(
            told,
            _("Appoint holders of these, or have them appointed (`offices`): {offices}",
              offices=listed(dict.fromkeys(gap.offices for _book, gap in lacking))),
        )  # fmt: skip
    return _("the offices of every directory carry a case to its end")


def reader(_home: Home) -> Text:
    """Start the confined reader of uploads (threats 36, 37). Raises Ill if it can't run, Remark if the kernel
    confines it only in part; else returns what confines it."""
    try:
        walls = read(WALLS, b"")
    except Unreadable as unreadable:
        raise Ill(
            REASONS[unreadable.why],
            _("Until that is mended, no piece of evidence, found copy or spreadsheet can be read."),
        ) from None
    if not (walls.landlock and walls.seccomp):
        raise Remark(
            _("read in a process of its own, but this kernel does not shut it off from files and calls"),
            _("Run on a kernel with Landlock (5.13 or newer) and seccomp, x86_64 or aarch64."),
        )
    return _(
        "read in a process of its own: no files (Landlock {version}), few calls (seccomp)",
        version=walls.landlock,
    )


def time_kept(_home: Home) -> Text:
    """Raise Remark if the kernel's clock is not synchronised, as codes and deadlines depend on it; else
    return that it is."""
    words = (ctypes.c_long * 64)()  # struct timex is smaller; its `status` is the sixth word
    if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(words)) < 0:
        return _("the kernel does not say whether the clock is kept right")
    if words[5] & UNSYNCHRONISED:
        raise Remark(
            _("the kernel's clock is not kept right by anything"),
            _("Run NTP here, or on the host of this container; codes depend on the clock."),
        )
    return _("kept right")


def delays_kept(_home: Home) -> Text:
    """Raise Remark if failures or used codes are dated in the future: the clock was ahead; else return that
    none is."""
    with reading():
        ahead = delays.count_future_times(CLOCKS_DIFFER)
    if ahead:
        raise Remark(
            _n(
                "{count} account or name has failures or a used code of a time to come: the clock was ahead",
                "{count} accounts or names have failures or used codes of a time to come: the clock was "
                "ahead",
                count=ahead,
            ),
            _(
                "Delays end by themselves at the next try; `mingce account unlock LOGIN` lets an owner in "
                "within a minute."
            ),
        )
    return _("no failure is of a time to come")


def sessions_apart(_home: Home) -> Text:
    """Raise Remark if the kernel lets a session signal other processes of the service; else return that it
    does not."""
    if not confine.knows_scopes():
        raise Remark(
            _("a session that was taken over can send signals to the service's other processes"),
            _("Linux 6.12 with Landlock keeps them apart (`lsm=` of the kernel's command line)."),
        )
    return _("kept apart by the kernel")


def signing_keys(home: Home) -> Text:
    """Raise Ill if a signing key is missing or does not fit its public half; else return where they are. The
    audit's may be with the settings' signer."""
    signer = home.settings().checkpoints
    socket = signer.signer if signer is not None else ""
    for name in SIGNING_KEYS:
        if socket and name == SIGN_AUDIT:
            continue
        file = signing_file(home.keys, name)
        try:
            fits = read_signer(home.keys, name).public == read_public(home.keys, name)
        except KeyRingError as error:
            raise Ill(error.message, _PUT_BACK) from None
        if not fits:
            raise Ill(_("{file} does not fit its public half", file=str(file)), _PUT_BACK)
    if socket:
        return _("that of the audit is with the signer at {socket}", socket=socket)
    return _("all here, and fit")


def outside_copies(home: Home) -> Text:
    """Raise Ill if too many records are not signed yet, Remark if this host has signed nothing, or all places
    are on the database's disk; else return the number not signed."""
    with reading():
        seq, _hash = audit.head()
        known = journal_hosts(database)
    unsigned = seq - signed_up_to(home)
    if unsigned == seq > 0 and known and this_host() not in known:
        raise Remark(
            _("nothing is signed on this host yet: it has done nothing"),
            _("Start its server (`mingce serve`, or its unit): it signs within minutes."),
        )
    if unsigned > 2 * RECORDS:
        raise Ill(
            _n(
                "{count} record after the newest checkpoint",
                "{count} records after the newest checkpoint",
                count=unsigned,
            ),
            _("The server's log says why (`checkpoint-failed`): a full place, or no signer."),
        )
    here = _disk_of_database(home)
    outside = [place for place in home.checkpoint_places(store().settings) if place.is_dir()]
    if all(_disk_of(place) == here for place in outside) and not _to_syslog(store().settings):
        raise Remark(
            _("signed, but on the disk of the database alone"),
            _("Name another machine's share in [checkpoints], or let them go to the system's log."),
        )
    return _n(
        "{count} record after the newest checkpoint",
        "{count} records after the newest checkpoint",
        count=unsigned,
    )


def server(home: Home) -> Text:
    """Ask the servers and return how many there are, and how many people are inside. Raises Remark if
    sessions are open on record that nothing runs, or another version serves than is installed."""
    answers = ask_all(home, {"ask": "who"}, ("serve",))
    orphans = left_over(home)
    if orphans:
        raise Remark(
            _n(
                "{count} session is open on record that nothing runs",
                "{count} sessions are open on record that nothing runs",
                count=len(orphans),
            ),
            _("The next run of the duties closes them."),
        )
    inside = sum(len(heard.said["sessions"]) for heard in ask_all(home, {"ask": "who"}))
    others = {str(heard.said["version"]) for heard in answers if heard.said["state"] == "serving"} - {VERSION}
    if others:
        raise Remark(
            _(
                "version {running} serves, {installed} is installed",
                running=", ".join(others),
                installed=VERSION,
            ),
            _("`systemctl reload mingce` renews it; those inside stay."),
        )
    return _("servers: {servers}, inside: {count}", servers=len(answers), count=inside)


def units(home: Home) -> Text:
    """Raise Remark if an installed systemd unit lacks lines that the settings ask for; else return the number
    of units."""
    wanted = units_of(home, home.settings())
    installed = {name: UNITS / name for name in wanted if (UNITS / name).is_file()}
    for name, file in installed.items():
        there = set(read_plain(file).decode("utf-8", "replace").splitlines())
        lacking = [
            line for line in wanted[name].splitlines() if line.startswith(BY_SETTINGS) and line not in there
        ]
        if lacking:
            raise Remark(
                _("{file} is of other settings or another installation; it lacks: {lines}",
                  file=str(file), lines=strung(lacking)),
                _("Print it again: `mingce systemd {name} --dir {folder} > {file}`, `systemctl "
                  "daemon-reload`, then restart.",
                  name=name, folder=shlex.quote(str(home.folder)), file=str(file)),
            )  # fmt: skip
    return _n("{count} unit fits the settings", "{count} units fit the settings", count=len(installed))


def duties(home: Home) -> Text:
    """Raise Ill if the duty runner failed or is overdue, Remark if it has not run yet; else return when it
    last ran."""
    if home.duties_failed.exists():
        raise Ill(
            _("the last run failed"),
            _("See `duties-failed` in the server's log, then `mingce duties run`."),
        )
    if not home.duties_mark.exists():
        if ask_all(home, {"ask": "who"}, ("serve",)):
            raise Remark(_("have not been run yet"), _("See again in a few minutes, or `mingce duties run`."))
        return _("have not been run yet; the server does it")
    age = time.time() - home.duties_mark.stat().st_mtime
    if age > DUTIES_WITHIN and ask_all(home, {"ask": "who"}, ("serve",)):
        raise Ill(
            _n(
                "were last run {minutes} minute ago",
                "were last run {minutes} minutes ago",
                minutes=round(age / 60),
            ),
            _("See `duties-failed` in the server's log, then `mingce duties run`."),
        )
    return _n(
        "were last run {minutes} minute ago", "were last run {minutes} minutes ago", minutes=round(age / 60)
    )


def letters(_home: Home) -> Text:
    """Raise Remark with the number of mails given up, if any; else return that none was."""
    with reading():
        dead = OutgoingMail.select().where(OutgoingMail.state == "dead").count()
    if dead:
        raise Remark(
            _n("{count} message was given up", "{count} messages were given up", count=dead),
            _("They are listed with their copies under Editions, where one key tries them again."),
        )
    return _("none was given up")


def certificates(home: Home) -> Text:
    """Raise Ill if a CA certificate that the settings name can't be read, or ends soon; else return their
    number."""
    settings = home.settings()
    named = [table.ca_file for table in (settings.mail, settings.wecom) if table and table.ca_file]
    for name in named:
        file = home.folder / name
        try:
            found = x509.load_pem_x509_certificates(file.read_bytes())
        except (OSError, ValueError):
            raise Ill(
                _("{file} holds no certificate that can be read", file=str(file)), _("Correct `ca_file`.")
            ) from None
        last = min(one.not_valid_after_utc for one in found)
        if last - datetime.now(UTC) < CERTIFICATE_LEFT:
            raise Ill(
                _("{file} ends on {day}", file=str(file), day=f"{last:%Y-%m-%d}"),
                _("Put the new one there in time."),
            )
    return _("{count} named", count=len(named))


def typeface(home: Home) -> Text:
    """Raise Ill if the settings' font can't be embedded in pages; else return its name."""
    try:
        return check(home)
    except UnusableFont as unusable:
        raise Ill(unusable.message, CORRECT_FONT) from None


def other_disks(home: Home) -> Text:
    """Raise Remark if the journal or a place of backups is on the database's disk; else return that none
    is."""
    here, settings = _disk_of_database(home), store().settings
    outside = [home.journal_place(settings), *home.backups_to(settings)]
    beside = [str(place) for place in outside if _disk_of(place) == here]
    if beside:
        raise Remark(
            _("lost with the disk of the database: {folders}", folders=listed(beside)),
            _("Mount what should lie there, or name another disk's folder in settings.toml."),
        )
    return _("they hold the journal and every place of backups")


def other_hosts(home: Home) -> Text:
    """Raise Remark if other hosts of the database journal elsewhere; else return that none does."""
    opened = store()
    with reading():
        known, at = journal_hosts(opened.database), journal_position(opened.database)
    if not opened.is_postgresql:
        return _("none, as the database is a file of this one")
    folders, keys = [opened.journal.folder], read_journal_keys(home.keys)
    elsewhere = absent_hosts(folders, keys, known, at, whole=True) - {this_host()}
    if elsewhere:
        raise Remark(
            _(
                "their journals are not in {folder}: {hosts}",
                folder=str(opened.journal.folder),
                hosts=listed(sorted(elsewhere)),
            ),
            _("A restore here will ask for them; let every host's `journal` name one share."),
        )
    return _("their journals lie here, or there are none")


def _disk_of_database(home: Home) -> int | None:
    """Return the device of the database's disk; None if another machine holds it."""
    return None if _database_is_elsewhere() else _disk_of(home.folder)


def _database_is_elsewhere() -> bool:
    """Return whether another machine holds the database. Of a PostgreSQL on this one, the disk is not
    known."""
    if not store().is_postgresql:
        return False
    with reading():
        asked = database.execute_sql("SELECT inet_server_addr() IS DISTINCT FROM inet_client_addr()")
        (elsewhere,) = asked.fetchone()
    return bool(elsewhere)


def _disk_of(place: Path) -> int:
    """Return the device of the disk that ``place`` is on, or will be once it exists."""
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    return there.stat().st_dev


def _all_places(home: Home) -> list[Path]:
    """Return every folder that is written to, by the settings if they can be read."""
    try:
        settings = home.settings()
    except SettingsError:
        return [home.keys, home.policies, home.log, home.run]
    return [
        home.keys, home.policies, home.log, home.run, home.journal_place(settings),
        *home.checkpoint_places(settings), *home.backups_to(settings),
    ]  # fmt: skip


def _to_syslog(settings: Settings) -> bool:
    return settings.checkpoints is not None and (
        settings.checkpoints.syslog or bool(settings.checkpoints.signer)
    )
