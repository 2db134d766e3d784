"""What ends with an entry: its person's accounts, offices, rights, stand-ins and whatever waits on the entry;
for who leaves the organisation in every book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, ModelSelect, fn

from db.approval.capacity import capacity_of
from db.desk.act import Act
from db.desk.authority.office_names import office_name
from db.desk.authority.offices import headed_by
from db.desk.authority.permissions import policy_of
from db.desk.entry.colleagues import stays_elsewhere
from db.desk.notifications.notices import store_notice
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.submitting import withdraw_obsolete
from db.language import Label, Text, _
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.tables import (
    AccessGrant,
    Account,
    Book,
    Consent,
    CopyGrant,
    Delegation,
    Disclosure,
    Entry,
    Grant,
    Request,
    SignInSession,
)


@dataclass(frozen=True, slots=True)
class EndingElsewhere:
    """What ends in another book for a leaver; an ``entry`` there ends by that book's own clock."""

    book: Label
    entry: bool
    offices: tuple[Text, ...]

    def endings(self) -> list[Text]:
        """Say each thing that ends there."""
        gone: list[Text] = [_("the entry goes with the organisation, by that directory's rules")] * self.entry
        return [*gone, *(_("{office} ends with the organisation", office=one) for one in self.offices)]


@dataclass(frozen=True, slots=True)
class Ending:
    """What there is to end. ``closes``: the accounts are shut off even by leaving this book alone, since the
    person is in no other. ``elsewhere``: what else ends for who leaves the organisation."""

    accounts: tuple[str, ...]
    closes: bool
    rights: int
    stand_ins: int
    requests: tuple[int, ...]
    headed: tuple[str, ...]
    answers_for: int
    elsewhere: tuple[EndingElsewhere, ...]


def removal_effects(entry: Entry) -> Ending:
    accounts, alone = _accounts(entry), Leaving(entry, everywhere=False)
    return Ending(
        accounts=tuple(account.login for account in accounts),
        closes=bool(accounts) and not stays_elsewhere(entry),
        rights=alone.ending_rights().count(),
        stand_ins=alone.stand_ins().count(),
        requests=tuple(row.id for row in alone.undecided_requests()),
        headed=tuple(unit.name for unit in headed_by(entry.person_id, entry.book_id)),
        answers_for=Entry.select()
        .where((Entry.inside_owner == entry.id) & (Entry.state == "active"))
        .count(),
        elsewhere=tuple(_ending_elsewhere(entry)),
    )


def end_with_entry(entry: Entry, act: Act, but: int, *, everywhere: bool = False) -> None:
    """End, within the transaction that removes ``entry``, what `Leaving` lists, and note it for the audit:
    withdraw undecided requests except ``but``, the one that removes it, and notify their requesters; end
    rights, delegations and access; disable accounts, void their codes and end their sessions. Notifies the
    requesters of consents (`tell_askers`). ``everywhere``: the person leaves the organisation, and none of
    these, no copy, disclosure or consent lasts in any book. Their other entries are not removed here:
    `openers` opens a task for each."""
    for request in Leaving(entry, everywhere=everywhere).undecided_requests():
        if request.id != but:
            withdraw_obsolete(act, request)
    if entry.ended_at is None:
        tell_askers([entry.id])
    leaving, moment = Leaving(entry, everywhere=everywhere), clock.now()
    rights = [row.id for row in leaving.ending_rights()]
    stand_ins = [row.id for row in leaving.stand_ins()]
    Grant.update(revoked_at=moment).where(Grant.id.in_(rights)).execute()
    Delegation.update(revoked_at=moment).where(Delegation.id.in_(stand_ins)).execute()
    AccessGrant.update(withdrawn_at=moment).where(leaving.ending_access()).execute()
    closed = leaving.accounts_to_close()
    Account.update(state="disabled", activation=None, activation_until=None).where(
        Account.id.in_(closed)
    ).execute()
    SignInSession.update(ended_at=moment, ended_how="disabled").where(
        SignInSession.account.in_(closed) & SignInSession.ended_at.is_null()
    ).execute()
    if everywhere:
        _end_everywhere(entry.person_id, closed, moment)
        act.note_facts(everywhere=True)
    act.note_facts(accounts_closed=closed, rights_revoked=rights, stand_ins_ended=stand_ins)


def tell_askers(entries: Collection[int]) -> None:
    """Store a notice to those who asked for consents to show ``entries`` to a department, that the consent
    ends with the last day, where their request waits or still shows the entry. Ends nothing."""
    shown = Disclosure.select().where(
        (Disclosure.consent == Consent.id) & Disclosure.ended_at.is_null() & (Disclosure.until > clock.now())
    )
    lasting = Consent.entry.in_(entries) & Consent.state.in_(("given", "waived"))
    waits = Request.state == "open"
    for row in Consent.select(Consent, Request).join(Request).where(lasting & (waits | fn.EXISTS(shown))):
        store_notice("consent-withdrawn", row.request.book_id, [row.request.requester_id], clause=row.clause,
             request=row.request_id)  # fmt: skip


def _end_everywhere(person: int, accounts: Sequence[int], moment: str) -> None:
    """End copies that were granted and not taken yet, and entries and consents of theirs given to others."""
    CopyGrant.update(until=moment).where(
        CopyGrant.account.in_(accounts) & CopyGrant.taken_at.is_null() & (CopyGrant.until > moment)
    ).execute()
    theirs = Entry.select(Entry.id).where(Entry.person == person)
    Disclosure.update(ended_at=moment).where(
        Disclosure.entry.in_(theirs) & Disclosure.ended_at.is_null() & (Disclosure.until > moment)
    ).execute()
    Consent.update(state="withdrawn", withdrawn_at=moment).where(
        Consent.entry.in_(theirs) & (Consent.state == "given")
    ).execute()


def _ending_elsewhere(entry: Entry) -> Iterator[EndingElsewhere]:
    """Yield what ends in other books, in their order."""
    held = Leaving(entry, everywhere=True).ending_rights().where(Grant.book != entry.book_id)
    present = Entry.select().where(
        (Entry.person == entry.person_id) & (Entry.state == "active") & (Entry.book != entry.book_id)
    )
    entries, grants = {row.book_id for row in present}, list(held.order_by(Grant.id))
    for book in Book.select().order_by(Book.sort, Book.id):
        offices = tuple(
            office_name(book.id, one.role, one.unit_id, capacity_of(one.capacity))
            for one in grants
            if one.book_id == book.id
        )
        if offices or book.id in entries:
            yield EndingElsewhere(book.title, book.id in entries, offices)


class Leaving:
    """What ends with an entry: in its book, or ``everywhere``."""

    def __init__(self, entry: Entry, *, everywhere: bool) -> None:
        self._entry, self._everywhere = entry, everywhere
        self._accounts = [account.id for account in _accounts(entry)]

    def ending_rights(self) -> ModelSelect[Grant]:
        """Select the offices and rights in the book that end, and offices of departments elsewhere that end
        with it; heading its units is left out, as that ends when the entry is removed. Where everything ends,
        or the person is in no other book, all there are."""
        held = Grant.revoked_at.is_null() & (
            Grant.account.in_(self._accounts) | (Grant.person == self._entry.person_id)
        )
        here = Grant.book == self._entry.book_id
        if stays_elsewhere(self._entry) and not self._everywhere:
            held &= here | _reported(self._entry.book_id)
        return Grant.select().where(held & ~(here & (Grant.role == HEAD)))

    def stand_ins(self) -> ModelSelect[Delegation]:
        """Select the delegations that the person gave or took: in the book, or in all where everything
        ends."""
        lasting = Delegation.revoked_at.is_null() & (
            Delegation.account.in_(self._accounts) | Delegation.to.in_(self._accounts)
        )
        if not self._everywhere:
            lasting &= Delegation.book == self._entry.book_id
        return Delegation.select().where(lasting)

    def ending_access(self) -> Any:
        """Build the condition on AccessGrant for what was opened to the person, and for this entry."""
        theirs = AccessGrant.account.in_(self._accounts)
        if not self._everywhere:
            own = Entry.select(Entry.id).where(Entry.book == self._entry.book_id)
            theirs &= AccessGrant.entry.in_(own)
        return (theirs | (AccessGrant.entry == self._entry.id)) & AccessGrant.withdrawn_at.is_null()

    def accounts_to_close(self) -> list[int]:
        """Return the accounts to shut off: none where the person stays in another book, unless everything
        ends."""
        return self._accounts if self._everywhere or not stays_elsewhere(self._entry) else []

    def undecided_requests(self) -> Sequence[Request]:
        """Return requests about the entry, those of its person for their own use in the book, and those
        returned to accounts that are closed, as nobody is left to amend them. What else they asked for is
        decided."""
        undecided = Request.state.in_(("open", "returned"))
        returned = Request.requester.in_(self.accounts_to_close()) & (Request.state == "returned")
        wanted = (((Request.entry == self._entry.id) | self._own_use()) & undecided) | returned
        return list(Request.select().where(wanted).order_by(Request.id))

    def own_undecided(self) -> Sequence[Request]:
        """Return undecided requests that the person made for their own use, or about their own entry."""
        entries = Entry.select(Entry.id).where(Entry.person == self._entry.person_id)
        if not self._everywhere:
            entries = entries.where(Entry.book == self._entry.book_id)
        own = Request.requester.in_(self._accounts) & (Request.kind == "change") & Request.entry.in_(entries)
        wanted = (self._own_use() | own) & Request.state.in_(("open", "returned"))
        return list(Request.select().where(wanted).order_by(Request.id))

    def _own_use(self) -> Any:
        kinds = [kind.id for kind in KINDS.values() if kind.own_use]
        own = Request.requester.in_(self._accounts) & Request.kind.in_(kinds)
        return own if self._everywhere else own & (Request.book == self._entry.book_id)


def end_offices_elsewhere(entry: Entry, act: Act) -> None:
    """Withdraw the offices of departments in other books that would have to report such a move of their
    holder (B.5.5), and note them for the audit. Reports nothing, and tells nobody."""
    accounts = [account.id for account in _accounts(entry)]
    theirs = Grant.account.in_(accounts) | (Grant.person == entry.person_id)
    held = Grant.select().where(Grant.revoked_at.is_null() & theirs & _reported(entry.book_id))
    rights = [row.id for row in held]
    Grant.update(revoked_at=clock.now()).where(Grant.id.in_(rights)).execute()
    if rights:
        act.note_facts(rights_revoked=rights)


def _reported(book: str) -> Any:
    """Return the condition for offices in other books that report their holder's moves or leaving."""
    roles = [
        (Grant.book == row.id) & (Grant.role == duty.by)
        for row in Book.select(Book.id).where(Book.active & (Book.id != book))
        if (duty := policy_of(row.id).duty("officer-change")) is not None
    ]
    return Grant.unit.is_null(False) & reduce(or_, roles, SQL("1 = 0"))


def _accounts(entry: Entry) -> Sequence[Account]:
    rows = Account.select().where((Account.person == entry.person_id) & (Account.state != "disabled"))
    return list(rows.order_by(Account.id))
