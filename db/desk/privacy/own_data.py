"""What is kept of one person, as tables for people and for programs. Not an operation."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.desk.audit.act_names import act_label
from db.desk.audit.record_views import purpose_of, said_by
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.disclosure_limits import SHOWN
from db.desk.entry import record
from db.desk.entry.colleagues import find_colleague
from db.desk.entry.sources import source_text
from db.desk.frame import operations_that
from db.desk.hooks import hooks
from db.desk.notation.localtime import local
from db.desk.notation.values import display
from db.desk.notifications.alarming import accounts_with
from db.desk.privacy.crowds import Crowds
from db.desk.requests.change_kind import choice_names
from db.desk.requests.photos import picture_of
from db.desk.requests.power_telling import ASKED
from db.desk.requests.putting_off import concerned_by
from db.desk.requests.request_kinds import label_in
from db.desk.requests.request_views import STATES
from db.language import Message, Text, _, listed
from db.policy.rules import FieldRule
from db.store.subjects import keys_at_hand
from db.store.tables import (
    AccessGrant,
    AuditRecord,
    Book,
    Consent,
    Disclosure,
    Entry,
    KnownSource,
    Notice,
    NoticeRecipient,
    PaperScan,
    Request,
    SignInSession,
    UndertakingAccepted,
    Unit,
)

MOST = 1000
"""Rows of a table; the newest count."""


@dataclass(frozen=True, slots=True)
class OwnDataTable:
    """One table: ``id`` for programs, a title, what its columns are, and its rows."""

    id: str
    title: Message
    columns: tuple[tuple[str, Text], ...]
    rows: tuple[tuple[Text, ...], ...]


def sections(permissions: Permissions, *, stored: bool = False) -> tuple[OwnDataTable, ...]:
    """Return everything on record of the account's person, over all their accounts, decrypted and in words;
    with ``stored`` values and names as programs need them."""
    accounts = accounts_with(permissions.account)
    person = permissions.person
    entries = [row.id for row in Entry.select().where(Entry.person == person)] if person is not None else []
    hooked: dict[str, list[tuple[Text, ...]]] = defaultdict(list)
    for table, line in (one for own in hooks().own_data for one in own(permissions, stored)):
        hooked[table].append(line)
    return (
        OwnDataTable("values", _("What the directories hold of you"),
                _what_of_values(permissions), tuple(_values(entries, stored))),
        OwnDataTable("requests", _("Requests about you or by you"), REQUESTS,
                tuple(_requests(accounts, entries, person))),
        OwnDataTable("looks", _("Who looked you up, and when"), LOOKS, tuple(_looks(accounts, entries))),
        OwnDataTable("grants", _("Who may see your entry for a time"), GRANTS, tuple(_grants(entries))),
        OwnDataTable("editions", _("Editions that list you, and copies issued to you"), EDITIONS,
                tuple(hooked["editions"])),
        OwnDataTable("consents", _("What you agreed to"), CONSENTS,
                tuple(_consents(accounts, entries, stored))),
        OwnDataTable(
            "trainings",
            _("Trainings and undertakings"),
            TRAININGS,
            (*hooked["trainings"], *_trained(permissions, accounts, stored)),
        ),
        OwnDataTable("sessions", _("Your sign-ins"), SESSIONS, tuple(_sessions(accounts))),
        OwnDataTable("sources", _("Addresses that you are known to sign in from"),
                SOURCES, tuple(_sources(accounts))),
    )  # fmt: skip


REQUESTS = (("number", _("No.")), ("kind", _("Kind")), ("state", _("State")), ("reason", _("Reason")),
            ("submitted", _("Submitted")), ("closed", _("Closed")))  # fmt: skip
LOOKS = (("at", _("Time")), ("what", _("Act")), ("whose", _("By whom")), ("purpose", _("Purpose")))
GRANTS = (("kind", _("Kind")), ("from", _("Since")), ("until", _("Until")), ("whom", _("To whom")))
EDITIONS = (("edition", _("Edition")), ("number", _("No.")), ("at", _("Issued")), ("copy", _("Copy")))
CONSENTS = (("fields", _("Fields")), ("state", _("State")), ("asked", _("Asked")),
            ("answered", _("Answered")), ("clause", _("Clause")))  # fmt: skip
TRAININGS = (("what", _("What")), ("version", _("Version")), ("day", _("Day")),
             ("struck", _("Taken back")))  # fmt: skip
SESSIONS = (("started", _("Started")), ("ended", _("Ended")), ("source", _("From where")))
SOURCES = (("source", _("From where")), ("last", _("Last time")))


def _what_of_values(permissions: Permissions) -> tuple[tuple[str, Text], ...]:
    return (("book", _("Directory")), ("unit", permissions.unit_label()), ("field", _("Field")),
            ("value", _("Value")), ("source", _("Source")))  # fmt: skip


def _values(entries: Sequence[int], stored: bool) -> Iterator[tuple[Text, ...]]:
    for entry in entries:
        row = record.load_entry(entry)
        policy, unit, origins = policy_of(row.book), Unit.get_by_id(row.unit).name, record.origins(entry)
        title = title_of(row.book)
        rules = {rule.name: rule for rule in policy.fields}
        for name, values in row.values.items():
            source = source_text(origins[name].source) if name in origins else ""
            for value in (unit,) if name == "unit" else values:
                rule = rules.get(name)
                yield title, unit, rule.label if rule else name, in_clear(rule, value, stored), source


def in_clear(rule: FieldRule | None, value: str, stored: bool) -> Text:
    """Draw a value in clear as cards show it, a picture by what it is; a choice by its name even where it is
    ``stored``."""
    if rule is not None and rule.kind == "choice":
        return choice_names(rule, (value,))
    if rule is not None and rule.kind == "person":
        return find_colleague(value)
    if rule is None or stored:
        return value
    picture = picture_of(value) if rule.kind == "photo" else None
    if picture is None:
        return display(rule.kind, value)
    kind = picture.media_type.rpartition("/")[2].upper()
    return _("a picture ({kind}, {size} kB)", kind=kind, size=max(1, round(picture.size / 1024)))


def _requests(
    accounts: Collection[int], entries: Sequence[int], person: int | None
) -> Iterator[tuple[Text, ...]]:
    theirs = Request.entry.in_(entries) | Request.requester.in_(accounts) | Request.about.in_(accounts)
    asked = (NoticeRecipient.account.in_(accounts)) & (Notice.kind == ASKED)
    told = NoticeRecipient.select(Notice.request).join(Notice).where(asked)
    for row in Request.select().where(theirs | Request.id.in_(told)).order_by(Request.id.desc()).limit(MOST):
        own = row.requester_id in accounts
        if not (own or row.entry_id in entries or row.about_id in accounts or person in concerned_by(row)):
            continue  # they were told of it as who watches
        kind = label_in(row.book_id, row.kind)
        yield (
            str(row.id), kind, STATES[row.state], row.reason if own else "", local(row.submitted_at),
            local(row.closed_at) if row.closed_at else "",
        )  # fmt: skip


def _looks(accounts: Collection[int], entries: Sequence[int]) -> Iterator[tuple[Text, ...]]:
    """Yield time, act, the viewer's unit or office, never a name, and purpose of each look; no values."""
    looks = (SHOWN, *operations_that(lambda one: one.looks))
    looked = AuditRecord.entry.in_(entries) & AuditRecord.act.in_(looks) & (AuditRecord.outcome == "done")
    keys, crowds = keys_at_hand(), Crowds(entries)
    for row in AuditRecord.select().where(looked).order_by(AuditRecord.seq.desc()).limit(MOST):
        said = said_by(row, keys)
        if row.act == SHOWN and said.detail.get("by") in looks:
            continue
        whose = _("yourself") if row.account in accounts else _viewer(row, said.detail, crowds)
        yield local(row.at), act_label(row.act), whose, purpose_of(row, said)


def _viewer(look: AuditRecord, detail: Mapping[str, Any], crowds: Crowds) -> Text:
    """Return the words for a viewer: their unit, or their office only where it is on record that they had no
    unit."""
    if "looks_from" in detail and detail["looks_from"] is None:
        return crowds.office_then(look)
    return crowds.one_of(detail.get("looks_from"))


def _grants(entries: Sequence[int]) -> Iterator[tuple[Text, ...]]:
    for one in AccessGrant.select().where(AccessGrant.entry.in_(entries)).order_by(AccessGrant.id.desc()):
        what = _("access by request {number}", number=one.request_id)
        yield what, local(one.from_at), local(one.withdrawn_at or one.until), _("one colleague")
    for given in Disclosure.select().where(Disclosure.entry.in_(entries)).order_by(Disclosure.id.desc()):
        unit = Unit.get_by_id(given.unit_id).name
        yield _("disclosure"), local(given.from_at), local(given.end), unit


def _consents(accounts: Collection[int], entries: Sequence[int], stored: bool) -> Iterator[tuple[Text, ...]]:
    concerned = Consent.entry.in_(entries) | Consent.account.in_(accounts)
    for row in Consent.select().where(concerned).order_by(Consent.id.desc()):
        fields: Text = ", ".join(json.loads(row.fields))
        if not stored:
            labels = {rule.name: rule.label for rule in policy_of(row.entry.book_id).fields}
            fields = listed([labels.get(name, name) for name in json.loads(row.fields)])
        answered = row.answered_at
        asked, answer = local(row.asked_at), local(answered) if answered else ""
        yield fields, CONSENT_STATES[row.state], asked, answer, row.clause


CONSENT_STATES: dict[str, Message] = {
    "asked": _("asked"),
    "given": _("given"),
    "refused": _("refused"),
    "silent": _("no answer"),
    "withdrawn": _("withdrawn"),
    "waived": _("not needed"),
    "void": _("void"),
}


def _trained(permissions: Permissions, accounts: Collection[int], stored: bool) -> Iterator[tuple[Text, ...]]:
    policies = [] if stored else [policy_of(book) for book in permissions.books]
    titles = {ref.id: ref.title for policy in policies for ref in policy.policies}
    for scan in PaperScan.select().where(PaperScan.person == permissions.person).order_by(PaperScan.id):
        sheet = _("signed on paper, sheet {number}", number=f"P{scan.paper_id:04d}")
        struck = "" if scan.struck_at is None else local(scan.struck_at)[:10]
        yield sheet, "", scan.signed_on, struck
    books = {row.id: row.title for row in Book.select()}
    for one in UndertakingAccepted.select().where(UndertakingAccepted.account.in_(accounts)):
        title: Text = titles.get(one.policy, one.policy)
        book = one.policy.partition(":")[2]
        said = _("undertaking {policy}", policy=title)
        if book:
            said = _("notice at collection of {book}", book=books.get(book, book))
        yield one.policy if stored and book else said, one.version, local(one.at), ""


def _sessions(accounts: Collection[int]) -> Iterator[tuple[Text, ...]]:
    chosen = SignInSession.select().where(SignInSession.account.in_(accounts))
    for row in chosen.order_by(SignInSession.id.desc()).limit(MOST):
        yield local(row.started_at), local(row.ended_at) if row.ended_at else "", row.source


def _sources(accounts: Collection[int]) -> Iterator[tuple[Text, ...]]:
    known = KnownSource.select().where(KnownSource.account.in_(accounts))
    for row in known.order_by(KnownSource.last_at.desc()):
        yield row.source, local(row.last_at)
