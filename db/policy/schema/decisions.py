"""What an organisation decides for a book where its regulations disagree or leave it open."""

from __future__ import annotations

from pydantic import Field

from db.policy.schema.base import Id, PolicyPart
from db.policy.vocabulary import DutyKind


class Decisions(PolicyPart):
    """The decisions for one book; each is cited as ``decision`` where no clause supports it."""

    maintainer: Id | None = None
    supervisor: Id | None = None
    technical: Id | None = None
    allow_private_fields: bool = False
    """Fields of private life may stand in the book although a regulation bans private data."""
    duty: dict[DutyKind, Id] = Field(default_factory=dict)
    """Who does a duty that regulations give to different roles."""
