"""Who answers for outside contacts: they are told, and hand over when they leave (E.5). Not an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.entry import record
from db.desk.entry.colleagues import read_colleague
from db.desk.entry.naming import by_number
from db.desk.entry.sources import of_request
from db.desk.notifications.notices import store_notice
from db.desk.refusal import Problem, Refused
from db.language import _, _n
from db.policy.vocabulary import DEFAULT
from db.store.tables import Account, Entry, Request

OWNER = "inside_owner"


def answered_for(entry: int) -> tuple[int, ...]:
    """Return the active outside contacts that name ``entry`` as their inside owner."""
    rows = Entry.select(Entry.id).where((Entry.inside_owner == entry) & (Entry.state == "active"))
    return tuple(row.id for row in rows.order_by(Entry.id))


def read_successor(permissions: Permissions, leaver: Entry, text: str) -> int | Problem | None:
    """Look up the colleague who takes over the contacts of ``leaver``; None where there are none. A missing,
    unknown or leaving colleague comes back as a Problem."""
    contacts = answered_for(leaver.id)
    if not contacts:
        return None
    if not text.strip():
        return Problem(
            "successor",
            _n(
                "Say who answers for the {count} outside contact.",
                "Say who answers for the {count} outside contacts.",
                count=len(contacts),
            ),
        )
    found = read_colleague(permissions, leaver.book_id, "successor", text)
    if found == leaver.id:
        return Problem("successor", _("Name somebody else than who leaves."))
    return found


def hand_over(owner: Entry, successor: int | None, request: Request, act: Act) -> None:
    """Make ``successor`` the inside owner of the contacts of ``owner``, note them for the audit, and notify
    the successor, within the transaction that removes ``owner``. Raises Refused where there are contacts and
    no successor on record."""
    contacts = answered_for(owner.id)
    if not contacts:
        return
    able = Entry.get_or_none((Entry.id == successor) & (Entry.state == "active"))
    if able is None:
        raise contacts_unanswered(owner.book_id, len(contacts))
    for contact in contacts:
        record.apply_values(
            contact,
            {OWNER: (str(successor),)},
            source=of_request(request.id),
            verifier=act.permissions.account,
        )
    act.note_facts(handed_over=list(contacts), successor=successor)
    _notify_owner(able, {"count": len(contacts), "from": by_number(owner.person_id)}, request.id)


def check_owner(request: Request, values: Mapping[str, Sequence[str]]) -> None:
    """Raise Refused if ``values`` name an owner who left after ``request`` was written, or whose last day is
    over since."""
    for owner in values.get(OWNER, ()):
        row = Entry.get_by_id(int(owner))
        if row.state != "active" or row.ended_at is not None:
            raise Refused(
                _("{who} has left and answers for nobody.", who=row.name),
                _clause(request.book_id),
                _("Return it, so that another colleague is named."),
            )


def tell_owner(contact: int, request: int) -> None:
    """Notify the inside owner of ``contact`` that they answer for it; nobody where the owner's entry has
    ended."""
    row = Entry.get_by_id(contact)
    owner = Entry.get_or_none((Entry.id == row.inside_owner) & (Entry.state == "active"))
    if owner is not None:
        _notify_owner(owner, {"count": 1}, request, entry=contact)


def contacts_unanswered(book: str, count: int) -> Refused:
    """Build the refusal to end an entry whose outside contacts nobody would answer for."""
    return Refused(
        _n(
            "Nobody would answer for {count} outside contact.",
            "Nobody would answer for {count} outside contacts.",
            count=count,
        ),
        _clause(book),
        _("Have it returned and name a colleague who takes them over."),
    )


def _notify_owner(owner: Entry, detail: dict[str, object], request: int, entry: int | None = None) -> None:
    rows = Account.select(Account.id).where(
        (Account.person == owner.person_id) & (Account.state != "disabled")
    )
    store_notice(
        "inside-owner",
        owner.book_id,
        [row.id for row in rows],
        entry=entry,
        request=request,
        clause=_clause(owner.book_id),
        detail=detail,
    )


def _clause(book: str) -> str:
    """Return the clause by which somebody answers for contacts; owners stay where the rules dropped them."""
    cited = [rule.clauses for rule in policy_of(book).fields if rule.name == OWNER]
    return ", ".join(*cited) if cited else DEFAULT
