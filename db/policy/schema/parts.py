"""The parts of a policy that one regulation and the policy made of several say in the same form."""

from __future__ import annotations

from typing import Annotated

from db.policy.schema.access import (
    ControlRule,
    CopiesRule,
    DenialRule,
    DeputyRule,
    DisclosureRule,
    LookupRule,
    PasswordRule,
    PurposeRule,
    ResetRule,
    RightsRule,
    RoleRule,
)
from db.policy.schema.base import PolicyPart, Silent
from db.policy.schema.book import (
    CategoryRule,
    EditionRule,
    EmergencyRule,
    FacetRule,
    HeaderRule,
    KindRule,
    PostRule,
    SyncRule,
    TagRule,
    UnitKindRule,
)
from db.policy.schema.conduct import (
    CaseRule,
    CommendationRule,
    DisciplineRule,
    FineRule,
    ReportingRule,
    ScreeningRule,
)
from db.policy.schema.work import (
    BackupRule,
    ErasureRule,
    NoticeRule,
    RetentionRule,
    ReviewRule,
    StaleRule,
    TrainingRule,
    WatchRule,
)


class Parts(PolicyPart):
    """Lists of several regulations are united, and of single rules the stricter of each key stands."""

    # who
    roles: Annotated[tuple[RoleRule, ...], Silent.REST] = ()
    deputy: DeputyRule | None = None

    # what the book holds
    kinds: Annotated[tuple[KindRule, ...], Silent.ALL] = ()
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
    purposes: tuple[PurposeRule, ...] = ()
    lookup: LookupRule | None = None
    denials: tuple[DenialRule, ...] = ()
    rights: RightsRule | None = None
    disclosure: DisclosureRule | None = None
    copies: CopiesRule | None = None
    password: PasswordRule | None = None
    reset: ResetRule | None = None
    controls: tuple[ControlRule, ...] = ()

    # what has to be done
    reviews: tuple[ReviewRule, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    training: tuple[TrainingRule, ...] = ()
    backups: BackupRule | None = None
    watches: Annotated[tuple[WatchRule, ...], Silent.REST] = ()  # no book goes without
    stale: StaleRule | None = None
    retention: tuple[RetentionRule, ...] = ()
    erasure: tuple[ErasureRule, ...] = ()

    # breaches and merits
    reporting: Annotated[tuple[ReportingRule, ...], Silent.REST] = ()  # there is always somebody to tell
    cases: Annotated[tuple[CaseRule, ...], Silent.ALL] = ()
    discipline: DisciplineRule | None = None
    fines: tuple[FineRule, ...] = ()
    commendations: tuple[CommendationRule, ...] = ()
    screening: tuple[ScreeningRule, ...] = ()
