"""The tables, one file a family. Nothing above `db.desk` and `auth` sees them."""

from db.store.tables.accounts import (
    Account,
    Delegation,
    FailureCount,
    Grant,
    KnownSource,
    PastPassword,
    RecoveryCode,
    SignInSession,
    UndertakingAccepted,
)
from db.store.tables.audit import AuditHead, AuditRecord
from db.store.tables.base import Table
from db.store.tables.people import Book, Entry, EntryField, Person, SearchKey, Unit, UnitAbove
from db.store.tables.requests import Evidence, Request, RequestEvent, RequestEvidence, RequestStep
from db.store.tables.work import AccessGrant, Notice, NoticeRecipient, Task

ALL: tuple[type[Table], ...] = (
    Book,
    Unit,
    UnitAbove,
    Person,
    Entry,
    EntryField,
    Account,
    PastPassword,
    RecoveryCode,
    Grant,
    SignInSession,
    FailureCount,
    KnownSource,
    UndertakingAccepted,
    Delegation,
    Evidence,
    Request,
    RequestStep,
    RequestEvidence,
    RequestEvent,
    AccessGrant,
    Task,
    Notice,
    NoticeRecipient,
    AuditRecord,
    AuditHead,
)

__all__ = [
    "ALL",
    "AccessGrant",
    "Account",
    "AuditHead",
    "AuditRecord",
    "Book",
    "Delegation",
    "Entry",
    "EntryField",
    "Evidence",
    "FailureCount",
    "Grant",
    "KnownSource",
    "Notice",
    "NoticeRecipient",
    "PastPassword",
    "Person",
    "RecoveryCode",
    "Request",
    "RequestEvent",
    "RequestEvidence",
    "RequestStep",
    "SearchKey",
    "SignInSession",
    "Table",
    "Task",
    "UndertakingAccepted",
    "Unit",
    "UnitAbove",
]
