"""The form of a policy file: one regulation, every rule with its clause."""

from __future__ import annotations

import datetime

from pydantic import Field

from db.policy.request_kinds import RequestKindName
from db.policy.schema.access import (
    AnsweringRule,
    Classification,
    ClauseSummary,
    FunctionRule,
    Overrides,
    OwnerRule,
    SecondRule,
    StatedScope,
    Undertaking,
)
from db.policy.schema.base import Id, Rule, Text
from db.policy.schema.book import StatedField
from db.policy.schema.conduct import SanctionRule
from db.policy.schema.parts import Parts
from db.policy.schema.work import StatedDuty, StatedFlow
from db.policy.vocabulary import DutyKind


class PolicyFile(Parts):
    """One regulation as data."""

    id: Id
    version: str = "1"
    number: str = Field(default="", max_length=60)
    effective: datetime.date
    title: Text
    summary: tuple[ClauseSummary, ...] = ()
    overrides: Overrides | None = None
    commencement: Rule | None = None
    classification: Classification | None = None

    # what takes another form where several regulations come together (`db.policy.effective`)
    maintainer: FunctionRule | None = None
    supervisor: FunctionRule | None = None
    technical: FunctionRule | None = None
    interpreter: AnsweringRule | None = None
    owner: OwnerRule | None = None
    second: SecondRule | None = None
    fields: tuple[StatedField, ...] = ()
    unit_fields: tuple[StatedField, ...] = ()
    scopes: tuple[StatedScope, ...] = ()
    undertaking: Undertaking | None = None
    flow: dict[RequestKindName, StatedFlow] = Field(default_factory=dict)
    duty: dict[DutyKind, StatedDuty] = Field(default_factory=dict)
    sanctions: tuple[SanctionRule, ...] = ()
