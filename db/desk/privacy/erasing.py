"""Erasing what is on record of a person who left. Not an operation.

What was journaled of them and what old backups hold of it opens with their own key alone, which is destroyed
(`db.store.subjects`). Rows that others refer to stay, without anything personal: an entry has a number for
a name, a request its outcome and no values. The audit keeps its records and loses what they sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.desk import record
from db.desk.clockwork import today
from db.desk.lifecycle.archive import key_name
from db.desk.requests import files
from db.desk.requests.payload import opened
from db.store import subjects
from db.store.audit import canonical
from db.store.engine import store
from db.store.sealing import seal
from db.store.tables import (
    Account,
    Archive,
    Consent,
    Entry,
    EntryField,
    EntryTag,
    Evidence,
    HandBack,
    KnownSource,
    Notice,
    NoticeRecipient,
    PastPassword,
    Person,
    RecoveryCode,
    Request,
    RequestEvent,
    RequestStep,
    SignInSession,
)


def erase(person: int) -> None:
    """Take everything personal of ``person`` off the record, within the transaction whose audit record says
    so. Doing it again changes nothing."""
    entries = [row.id for row in Entry.select().where(Entry.person == person)]
    accounts = [row.id for row in Account.select().where(Account.person == person)]
    for entry in entries:
        _entry(entry)
    for kept in Archive.select(Archive.entry).where(Archive.person == person):
        subjects.destroy(key_name(kept.entry_id))
    Archive.delete().where(Archive.person == person).execute()
    for account in accounts:
        _account(account)
    for row in Request.select().where(Request.entry.in_(entries)):
        _request(row)
    Person.update(name=_number(person)).where(Person.id == person).execute()
    subjects.destroy(person)


def _entry(entry: int) -> None:
    row = Entry.get_by_id(entry)
    if row.state != "left":
        record.remove(entry, today().isoformat())
    EntryField.delete().where(EntryField.entry == entry).execute()
    EntryTag.delete().where(EntryTag.entry == entry).execute()
    Entry.update(name=_number(row.person_id), position="", organisation="", joined=None).where(
        Entry.id == entry
    ).execute()
    notices = [one.id for one in Notice.select(Notice.id).where(Notice.entry == entry)]
    NoticeRecipient.delete().where(NoticeRecipient.notice.in_(notices)).execute()
    Notice.delete().where(Notice.id.in_(notices)).execute()
    HandBack.update(word="").where(HandBack.entry == entry).execute()


def _account(account: int) -> None:
    Account.update(
        login=f"erased-{account}", state="disabled", password=None, totp=None, activation=None
    ).where(Account.id == account).execute()
    for table in (PastPassword, RecoveryCode, KnownSource):
        table.delete().where(table.account == account).execute()
    SignInSession.update(source="").where(SignInSession.account == account).execute()
    for file in Evidence.select(Evidence.id).where(Evidence.account == account):
        files.let_go(file.id, "")


def _request(request: Request) -> None:
    content = canonical({"nonce": "", "asks": _emptied(opened(request))})
    Request.update(payload=seal(store().keys, Request.place(request.digest), content), reason="").where(
        Request.id == request.id
    ).execute()
    RequestStep.update(comment="").where(RequestStep.request == request).execute()
    RequestEvent.update(comment="").where(RequestEvent.request == request).execute()
    Consent.update(fields="[]").where(Consent.request == request).execute()


def _emptied(value: Any) -> Any:
    """``value`` with the same shape and no text in it."""
    if isinstance(value, Mapping):
        return {name: _emptied(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    return "" if isinstance(value, str) else value


def _number(person: int) -> str:
    """What an erased person is called."""
    return f"#{person}"
