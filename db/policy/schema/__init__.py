"""The form of a policy file: one regulation, every rule with its clause."""

from __future__ import annotations

import datetime

from pydantic import Field

from db.policy.schema.access import (
    AnsweringRule,
    Classification,
    ClauseSummary,
    ControlRule,
    CopiesRule,
    DenialRule,
    DeputyRule,
    DisclosureRule,
    FunctionRule,
    LookupRule,
    Overrides,
    OwnerRule,
    PasswordRule,
    PurposeRule,
    ResetRule,
    RightsRule,
    RoleRule,
    StatedScope,
    Undertaking,
)
from db.policy.schema.base import Id, PolicyPart, Text
from db.policy.schema.book import (
    CategoryRule,
    EditionRule,
    EmergencyRule,
    FacetRule,
    HeaderRule,
    KindRule,
    PostRule,
    StatedField,
    SyncRule,
    TagRule,
    UnitKindRule,
)
from db.policy.schema.conduct import (
    CaseRule,
    CommendationRule,
    FineRule,
    ReportingRule,
    SanctionRule,
    ScreeningRule,
)
from db.policy.schema.work import (
    BackupRule,
    ErasureRule,
    NoticeRule,
    RetentionRule,
    ReviewRule,
    StaleRule,
    StatedDuty,
    StatedFlow,
    TrainingRule,
    WatchRule,
)
from db.policy.vocabulary import DutyKind, RequestKind


class PolicyFile(PolicyPart):
    """One regulation as data."""

    id: Id
    version: str = "1"
    effective: datetime.date
    title: Text
    summary: tuple[ClauseSummary, ...] = ()
    overrides: Overrides | None = None
    classification: Classification | None = None

    # who
    roles: tuple[RoleRule, ...] = ()
    maintainer: FunctionRule | None = None
    supervisor: FunctionRule | None = None
    technical: FunctionRule | None = None
    interpreter: AnsweringRule | None = None
    owner: OwnerRule | None = None
    deputy: DeputyRule | None = None

    # what the book holds
    kinds: tuple[KindRule, ...] = ()
    fields: tuple[StatedField, ...] = ()
    unit_fields: tuple[StatedField, ...] = ()
    unit_kinds: tuple[UnitKindRule, ...] = ()
    posts: tuple[PostRule, ...] = ()
    categories: tuple[CategoryRule, ...] = ()
    facets: tuple[FacetRule, ...] = ()
    tags: tuple[TagRule, ...] = ()
    header: tuple[HeaderRule, ...] = ()
    editions: tuple[EditionRule, ...] = ()
    emergency: EmergencyRule | None = None
    sync: tuple[SyncRule, ...] = ()

    # who sees what, and on what terms
    scopes: tuple[StatedScope, ...] = ()
    purposes: tuple[PurposeRule, ...] = ()
    lookup: LookupRule | None = None
    denials: tuple[DenialRule, ...] = ()
    rights: RightsRule | None = None
    disclosure: DisclosureRule | None = None
    copies: CopiesRule | None = None
    password: PasswordRule | None = None
    reset: ResetRule | None = None
    undertaking: Undertaking | None = None
    controls: tuple[ControlRule, ...] = ()

    # what has to be done
    flow: dict[RequestKind, StatedFlow] = Field(default_factory=dict)
    duty: dict[DutyKind, StatedDuty] = Field(default_factory=dict)
    reviews: tuple[ReviewRule, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    training: tuple[TrainingRule, ...] = ()
    backups: BackupRule | None = None
    watches: tuple[WatchRule, ...] = ()
    stale: StaleRule | None = None
    retention: tuple[RetentionRule, ...] = ()
    erasure: tuple[ErasureRule, ...] = ()

    # breaches and merits
    reporting: tuple[ReportingRule, ...] = ()
    cases: tuple[CaseRule, ...] = ()
    sanctions: tuple[SanctionRule, ...] = ()
    fines: tuple[FineRule, ...] = ()
    commendations: tuple[CommendationRule, ...] = ()
    screening: tuple[ScreeningRule, ...] = ()
