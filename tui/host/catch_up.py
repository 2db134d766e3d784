"""`mingce catch-up`: a database that lacks what was acknowledged, as a replica that lagged, gets it from the
journals; where two histories went on from one record, they are told apart, and nothing is mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peewee import PeeweeException

from db.desk.audit.act_names import act_label
from db.desk.backups.running import tell_of_lost
from db.desk.entry.indexing import index_all
from db.desk.notation.localtime import local
from db.language import Text, _, _n
from db.store import audit
from db.store.backups.restoring import BackupGap, Differs, apply_transaction
from db.store.engine import close_store, store
from db.store.journal.capture import paused
from db.store.journal.place import this_host
from db.store.journal.reading import Transaction, absent_hosts, known_to, transactions
from db.store.journal.writing import journal_hosts, journal_position
from db.store.keys import read_journal_keys
from db.store.opening import open_store
from db.store.proof.making_sums import make_anew
from db.store.sealing import SealBroken
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, Entry, SearchEntry, SearchKey, SearchLine
from db.store.transactions import writing
from tui.host.language import t
from tui.host.operator import record_as_host
from tui.host.other_hosts import (
    Others,
    must_be_alone,
    others_in,
    people_of,
    put_journal_aside,
    take_over_keys,
    warn_of_absent,
    with_keys,
)
from tui.host.owner import home_of
from tui.host.shell import CommandFailure, failures_in_words, is_agreed, is_interactive, tell, tell_json, warn
from tui.plain.words import CommandWords


@dataclass(frozen=True, slots=True)
class JournalSurplus:
    """What the journals have beyond the last record that they and the database have in common, ``common``,
    and what the database has beyond it, which is another history where it has anything."""

    common: int
    lacks: tuple[Transaction, ...]
    own: tuple[Mapping[str, object], ...]
    absent: tuple[str, ...]

    @property
    def acts(self) -> tuple[Mapping[str, object], ...]:
        return tuple(BackupGap(self.lacks).acts())


def catch_up(words: CommandWords) -> int:
    only_list, keep, as_json = words.has("list"), words.has("keep-database"), words.has("json")
    with failures_in_words():
        others = others_in(words.option_values("journal"), words.option_values("without-journal"))
        home = home_of(words)
        if not only_list:
            must_be_alone(home)
        open_store(home)
        try:
            found = _compare_journals(home, others)
            if as_json:
                tell_json(_as_json(found))
            else:
                _tell_surplus(found)
            if only_list or not (found.lacks or found.own):
                return 0
            if found.absent:
                warn_of_absent(found.absent, refuse=not set(found.absent) <= set(others.lost))
            if store().is_postgresql and any(one["act"] == "restore.done" for one in found.acts):
                raise CommandFailure(
                    _("Nothing was changed: a restore has put another database in the place of this one."),
                    _("Write its name under `database` in settings.toml, as on the host that restored."),
                )
            if found.own and not keep:
                raise CommandFailure(
                    _("Nothing was changed: these are two histories, and neither holds the other."),
                    _(
                        "Decide which one counts: `mingce restore` into a new database takes the journals' "
                        "one; --keep-database keeps the one of the database, and the acts named above are "
                        "lost."
                    ),
                )
            if not words.has("yes") and not (is_interactive() and is_agreed(_question(found, keep=keep))):
                raise CommandFailure(_("Nothing was changed."), _("Say --yes where nobody can be asked."))
            if keep:
                _keep_database(home, found)
            else:
                _apply_lacking(home, others, found)
        finally:
            close_store()
    return 0


def _compare_journals(home: Home, others: Others) -> JournalSurplus:
    """Compare the open database with the journals; change nothing. Return what each has beyond their last
    common record."""
    opened, keys = store(), read_journal_keys(home.keys)
    folders = [opened.journal.folder, *others.folders]
    reached = journal_position(opened.database)
    gone = set[str]()
    if opened.is_postgresql:
        gone = absent_hosts(folders, keys, journal_hosts(opened.database), reached) - {this_host()}
    at, common = known_to(folders, keys, _has_record)
    lacks = tuple(transactions(folders, keys, at)) if at or reached == 0 else ()
    own: tuple[Mapping[str, object], ...] = ()
    if at < reached and any(not _has_record(one.seq, one.hash) for one in lacks):
        rows = AuditRecord.select().where(AuditRecord.seq > common).order_by(AuditRecord.seq)
        own = tuple({**row.__data__} for row in rows)
    elif at < reached:
        lacks = tuple(one for one in lacks if one.position > reached)
    return JournalSurplus(common, lacks, own, tuple(sorted(gone)))


def _has_record(seq: int, hashed: str) -> bool:
    return (
        seq == 0
        or AuditRecord.select().where((AuditRecord.seq == seq) & (AuditRecord.hash == hashed)).exists()
    )


def _apply_lacking(home: Home, others: Others, found: JournalSurplus) -> None:
    """Apply the transactions that the database lacks, all or none, without journaling them; rebuild search
    keys and table sums, record it, and print the count. Raises CommandFailure."""
    take_over_keys(home, with_keys(home, store().settings, others), unwatched=True)
    people = people_of(home, store().settings, others)
    try:
        with paused(store().database), writing():
            for one in found.lacks:
                apply_transaction(one, people)
            for table in (SearchKey, SearchEntry, SearchLine):  # no journal has them
                table.delete().execute()
            index_all()
            make_anew()
    except (Differs, PeeweeException, SealBroken) as error:
        raise CommandFailure(
            _(
                "Nothing was changed: the journal does not follow on what the database has ({reason}).",
                reason=str(error),
            ),
            _("Run `mingce restore` into a new database; it says what it takes and what is lost."),
        ) from error
    with writing():
        record_as_host(
            "journal.caught_up", {"count": len(found.lacks), "after": found.common, "upto": audit.head()[0]}
        )
    tell(
        _n(
            "{count} change was brought back; the database is where the journal ends.",
            "{count} changes were brought back; the database is where the journal ends.",
            count=len(found.lacks),
        )
    )


def _keep_database(home: Home, found: JournalSurplus) -> None:
    """Keep the database's history: rename the other journals, record what is lost, notify those who watch
    over the directories, and print warnings."""
    put_journal_aside(home.journal_place(store().settings))
    with writing():
        acts = [int(str(one["seq"])) for one in found.acts]
        if acts:
            tell_of_lost(found.common, max(acts))
        record_as_host(
            "journal.caught_up", {"count": len(found.lacks), "after": found.common, "lost": len(acts)}
        )
    warn(_("The journals of the other history were put aside. Tell everybody named above what was lost."))
    warn(_("Other hosts: move their journals away before they serve again, and make a backup now."))


def _question(found: JournalSurplus, *, keep: bool) -> Text:
    if keep:
        return _("Keep the history of the database and lose the other one?")
    return _n("Bring {count} change back?", "Bring {count} changes back?", count=len(found.lacks))


def _tell_surplus(found: JournalSurplus) -> None:
    if not (found.lacks or found.own):
        tell(_("The database has all that the journals tell of."))
        return
    acts = found.acts
    tell(
        _n(
            "After record {common} the database lacks {count} change, with these acts:",
            "After record {common} the database lacks {count} changes, with these acts:",
            common=str(found.common),
            count=len(found.lacks),
        )
    )
    _name(acts)
    if found.own:
        tell(
            _n(
                "It went on from record {common} by itself, with {count} act of another history:",
                "It went on from record {common} by itself, with {count} acts of another history:",
                common=str(found.common),
                count=len(found.own),
            )
        )
        _name(found.own)


def _name(acts: Sequence[Mapping[str, object]]) -> None:
    """Print each act with its time, author and the person it was about, as far as the database knows them."""
    for one in acts:
        entry = Entry.get_or_none(Entry.id == one["entry"]) if one["entry"] else None
        about = f"  {entry.name}" if entry is not None else f"  #{one['entry']}" if one["entry"] else ""
        what = t(act_label(str(one["act"])))
        tell(f"  {one['seq']}  {local(str(one['at']))[:19]}  {_account_name(one['account'])}  {what}{about}")


def _account_name(account: object) -> str:
    if account is None:
        return "–"
    row = Account.get_or_none(Account.id == account)
    if row is None:
        return f"account {account}"
    return str(row.person.name if row.person is not None else row.login)


def _as_json(found: JournalSurplus) -> dict[str, object]:
    names = ("seq", "at", "act", "outcome", "account", "book", "entry", "request")
    return {
        "common": found.common,
        "changes": len(found.lacks),
        "lacks": [{name: act[name] for name in names} for act in found.acts],
        "own": [{name: act[name] for name in names} for act in found.own],
        "absent": list(found.absent),
    }
