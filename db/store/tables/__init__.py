"""The tables, one file a family. Nothing above `db.desk` and `auth` sees them."""

from db.store.tables.accounts import (
    Account,
    DayCount,
    Delegation,
    FailedSignIns,
    FailureCount,
    Grant,
    KnownSource,
    PastPassword,
    Pickup,
    RecoveryCode,
    RefusalTally,
    ScriptToken,
    SignInSession,
    UndertakingAccepted,
    in_force,
    office_when_named,
)
from db.store.tables.asking import (
    CollectionNotice,
    Consent,
    ConsentWithdrawn,
    CopyGrant,
    Disclosure,
    UnitContact,
)
from db.store.tables.audit import (
    AuditHead,
    AuditRecord,
    Erasure,
    JournalHead,
    LetGo,
    ProofHead,
    SubjectKey,
    ThingKey,
)
from db.store.tables.base import SchemaVersion, Table
from db.store.tables.calendar import CalendarChange, CalendarDay, DayBasis
from db.store.tables.cases import (
    CaseAppeal,
    CaseAttachment,
    CaseEvent,
    CaseFile,
    CaseNamed,
    CaseParty,
    Commendation,
)
from db.store.tables.editions import EditionCopy, EditionFile, EditionIssue, OutgoingMail
from db.store.tables.emergency import CallAttempt
from db.store.tables.lifecycle import Archive, HandBack, LastDay
from db.store.tables.outside import (
    OutsideChange,
    OutsideFinding,
    OutsideMember,
    OutsideSurvey,
    OutsideUnit,
)
from db.store.tables.papers import Paper, PaperScan
from db.store.tables.people import (
    Book,
    Entry,
    EntryField,
    EntryTag,
    Person,
    SearchEntry,
    SearchKey,
    SearchLine,
    Unit,
    UnitAbove,
)
from db.store.tables.requests import (
    Evidence,
    FormDraft,
    HeldAct,
    KeptPeople,
    Request,
    RequestEvent,
    RequestEvidence,
    RequestStep,
)
from db.store.tables.resets import Activation, Confirmation, HelpCall
from db.store.tables.reviews import Campaign, Finding, FindingEvent, ReviewItem, StaleSign, Trained
from db.store.tables.rules import BookRules, RegulationText, RulesHead
from db.store.tables.work import AccessGrant, DutyMark, Notice, NoticeRecipient, Task, TaskProof

ALL: tuple[type[Table], ...] = tuple(
    table for table in Table.__subclasses__() if table not in (SearchKey, SchemaVersion)
)
"""Each after those that its rows refer to; the two others are made by hand."""
