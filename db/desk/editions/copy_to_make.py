"""What the maker of a copy's file needs to know. Not an operation: the caller answers for the right to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from db.desk.authority.permissions import policy_of
from db.desk.editions.content import IssueContent
from db.desk.editions.handing import content_for_recipient
from db.desk.editions.issuing import content_in, password_of, secret_of
from db.desk.editions.marks import CopyMark, number_of
from db.desk.notation.localtime import local
from db.language import LANGUAGES, Label, Language, as_language
from db.policy.effective import EffectivePolicy
from db.store.engine import store
from db.store.tables import Account, EditionCopy, EditionIssue


@dataclass(frozen=True, slots=True)
class ToMake:
    """One copy. ``languages``: its recipient's own, and after it the other where the edition is in both.
    ``visible``: the recipient and the number stand on every page and sheet."""

    content: IssueContent
    number: str
    issue: int
    issued_on: str
    name: str
    post: str
    unit: str
    languages: tuple[Language, ...]
    visible: bool
    marking: CopyMark
    password: str = field(repr=False)
    lacking: tuple[Label, ...] = ()
    """What the directory asks for of everybody and no column of the edition has: it can't come in again."""


def to_make(copy: int) -> ToMake:
    """Return all that is needed to make a recipient's copy, decrypted, with only what they may see. Raises
    SealBroken if tampered with, LookupError if only its number is kept."""
    row = EditionCopy.get_by_id(copy)
    issue: EditionIssue = row.issue
    account: Account | None = row.account
    if account is None:
        raise LookupError(copy)
    policy = policy_of(issue.book_id)
    rule = next((one for one in policy.editions if one.id == issue.edition), None)
    own = as_language(account.language or store().settings.language)
    content = content_for_recipient(content_in(issue), row, account.id)
    both = rule is not None and rule.both_languages
    return ToMake(
        content=content,
        number=number_of(issue.id, row.ord),
        issue=issue.number,
        issued_on=local(issue.issued_at)[:10],
        name=row.name,
        post=row.post,
        unit=row.unit,
        languages=(own, *(other for other in LANGUAGES if both and other != own)),
        visible=rule is None or rule.marked or policy.copies.marked,
        marking=CopyMark(row.code, secret_of(row)),
        password=password_of(row),
        lacking=_lacking(policy, {column.name for column in content.columns}),
    )


def _lacking(policy: EffectivePolicy, columns: Collection[str]) -> tuple[Label, ...]:
    asked = (one for one in policy.fields if one.required and not one.applies_to and one.kind != "photo")
    return tuple(one.label for one in asked if one.name not in columns)
