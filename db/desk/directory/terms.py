"""On what terms an entry is looked up: within reach, and for a purpose of work (A.11, C.11, E.11)."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.reach import covering_reaches
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.entry.colleagues import side_of
from db.desk.notation.values import said_in
from db.desk.refusal import SILENT, Refused
from db.language import Message, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.store.tables import Entry


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose to choose from. One that is not allowed is refused with ``clause``."""

    id: str
    label: Text
    allowed: bool
    clause: str


def within_reach(act: Act, entry: int, book: str | None) -> Entry:
    """Return the active entry, if it is within the actor's reach; the act's record names it either way.
    Raises Refused in the same words and by the same clause for what is hidden and what is not there."""
    act.note_facts(entry=entry, book=book)
    row: Entry | None = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
    if row is None or (book is not None and row.book_id != book):
        raise no_such_entry(act.permissions, book)
    reaches = covering_reaches(act.permissions, row.book_id, side_of(row), row.id, row.unit_id)
    if not reaches:
        raise no_such_entry(act.permissions, book)
    looks_from = act.permissions.own_unit(row.book_id)
    act.note_facts(book=row.book_id, unit=row.unit_id, clause=reaches[0].clause, looks_from=looks_from)
    return row


def no_such_entry(permissions: Permissions, book: str | None) -> Refused:
    """Build the same refusal for an entry that is hidden, gone or was never there (C.10)."""
    return Refused(
        _("There is no such entry within your reach."),
        scope_clause(permissions, book),
        way_further(permissions, book, _("Search again, or ask for access with your reason.")),
    )


def way_further(permissions: Permissions, book: str | None, by_access: Message) -> Message:
    """Return the advice ``by_access``, or how one asks where no superior opens anybody (B.6.2)."""
    book = _read_in(permissions, book)
    denied = book is not None and policy_of(book).denial("ask-access", "everyone") is not None
    return _("Ask for a disclosure: each person concerned is asked first.") if denied else by_access


def scope_clause(permissions: Permissions, book: str | None) -> str:
    """Return the clause that keeps an employee from seeing further, of ``book`` or the reader's first one."""
    book = _read_in(permissions, book)
    return policy_of(book).out_of_reach if book is not None else SILENT


def _read_in(permissions: Permissions, book: str | None) -> str | None:
    return book if book in permissions.books else next(iter(permissions.books), None)


def purposes_of(permissions: Permissions, book: str) -> tuple[Purpose, ...]:
    """Return all purposes that the regulations of ``book`` speak of, the allowed ones first."""
    if book not in permissions.books:
        return ()
    found = [Purpose(rule.id, rule.label, rule.allowed, rule.clause) for rule in policy_of(book).purposes]
    return tuple(sorted(found, key=lambda purpose: not purpose.allowed))


def check_purpose(act: Act, policy: EffectivePolicy, purpose: str, reason: str) -> None:
    """Record the purpose. Raises Refused for one not of work, or without a reason where one is due."""
    rule = next((rule for rule in policy.purposes if rule.id == purpose), None)
    lookup = policy.lookup
    if rule is None:
        if not purpose and not lookup.purpose:
            return
        raise Refused(_("Say what you need it for."), lookup.clause, _("Choose one of the purposes of work."))
    act.note_facts(purpose=rule.id)
    if not rule.allowed:
        raise Refused(
            _("The directory is not for this: {purpose}.", purpose=rule.label),
            rule.clause,
            _(
                "Look up for this only: {purposes}. Choose one of them if yours is.",
                purposes=listed(one.label for one in policy.purposes if one.allowed),
            ),
        )
    reason = said_in(reason)
    if lookup.reason and not reason:
        raise Refused(_("Give your reason."), lookup.clause, _("Write in a few words what you need it for."))
    refuse_card_numbers([policy], _("Reason"), reason, "reason")
    if reason:
        act.note_facts(reason=reason)
