"""Finding who is on record when somebody joins: archived leavers, people of other books (A.10, B.2)."""

from __future__ import annotations

from peewee import ModelSelect, fn

from db.desk.act import Act
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.authority.reach import covering_reaches
from db.desk.disclosure_limits import is_beyond, note_shown, tell_watch
from db.desk.entry.colleagues import side_of
from db.desk.lifecycle.archive import unseal_archive
from db.desk.lifecycle.forms import FoundArchive, Namesake
from db.desk.lifecycle.rights import may_begin
from db.desk.lifecycle.typed import fields_of
from db.desk.notation.values import clean
from db.desk.refusal import SILENT, Refused
from db.desk.requests.change_form import typed_values
from db.language import _
from db.store.tables import Archive, Entry


def namesakes(act: Act, book: str, name: str) -> tuple[Namesake, ...]:
    """Return people called ``name`` who are not in ``book``: those archived from it, latest first, for who
    keeps it, then those of other books within the actor's reach; nobody where the actor may enter no joiner.
    Notes the name for the audit."""
    act.permissions.check_book(book)
    act.note_facts(book=book, name=clean(name)[:64])
    if not may_begin(act.permissions, book, "join") or not clean(name):
        return ()
    own = Entry.alias()
    inside = own.select(own.id).where(
        (own.person == Entry.person) & (own.book == book) & (own.state != "left")
    )
    rows = Entry.select().where((Entry.name == clean(name)) & ~fn.EXISTS(inside))
    found = [_archived(row) for row in _latest_archives(act, book, rows)]
    known = {one.person for one in found}
    for row in rows.where((Entry.book != book) & (Entry.state == "active")).order_by(Entry.id):
        if row.person_id not in known and covering_reaches(
            act.permissions, row.book_id, side_of(row), row.id, row.unit_id
        ):
            known.add(row.person_id)
            found.append(Namesake(row.person_id, row.name, title_of(row.book_id), row.unit.name))
    return tuple(found)


def open_archive(act: Act, archive: int) -> FoundArchive:
    """Decrypt the archive as one would type it, and record its protected values as shown. Beyond what the
    watch allows an hour these are left out, and the watchers notified. Raises Refused alike for none and
    another book's."""
    row = Archive.get_or_none(Archive.id == archive)
    if row is None or not act.permissions.keeps_book(row.book_id):
        act.note_facts(archive=archive)
        raise Refused(
            _("There is no such archive in the directories that you keep."),
            SILENT,
            _("Ask the maintainer of the directory."),
        )
    act.note_facts(book=row.book_id, entry=row.entry_id, clause=row.clause, archive=row.id, digest=row.digest)
    kept, policy = unseal_archive(row), policy_of(row.book_id)
    known = {kind.id for kind in policy.kinds}
    kind = kept.kind if kept.kind in known else policy.kinds[0].id
    filled = [rule for rule in fields_of(policy, kind) if kept.values.get(rule.name)]
    if is_beyond(act, policy, row.entry_id):
        filled = [rule for rule in filled if not rule.protected]
        tell_watch(act, policy, row.entry_id)
    elif any(rule.protected for rule in filled):
        note_shown(act, policy, row.entry_id)
    values = {rule.name: typed_values(rule, kept.values[rule.name]) for rule in filled}
    return FoundArchive(row.id, row.person_id, kind, values)


def _latest_archives(act: Act, book: str, rows: ModelSelect[Entry]) -> list[Archive]:
    """Return the latest archive of each person among ``rows``; nothing unless the actor keeps the book."""
    if not act.permissions.keeps_book(book):
        return []
    found: dict[int, Archive] = {}
    archives = (
        Archive.select()
        .where((Archive.book == book) & Archive.entry.in_(rows.select(Entry.id)))
        .order_by(Archive.at.desc(), Archive.id.desc())
    )
    for row in archives:
        found.setdefault(row.person_id, row)
    return list(found.values())


def _archived(row: Archive) -> Namesake:
    entry = row.entry
    return Namesake(
        row.person_id, entry.name, title_of(row.book_id), entry.unit.name, left=entry.left, archive=row.id
    )
