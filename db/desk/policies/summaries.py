"""The rules of a book in few words, one by one, and what each means for whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.desk.authority.permissions import Permissions, policy_of
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.lessons import clause_meanings, roles_asked_by
from db.policy.schema.access import ClauseSummary
from db.policy.schema.base import clause_ids


@dataclass(frozen=True, slots=True)
class Lesson:
    """One rule in words, and what it means for the reader."""

    clause: str
    text: Text
    means: tuple[Text, ...]


def lessons(permissions: Permissions, book: str, stated: Sequence[ClauseSummary] = ()) -> tuple[Lesson, ...]:
    """Return the rules of ``book``, or those ``stated``, each explained in few words for the reader's roles
    there."""
    policy = policy_of(book)
    known = clause_meanings(policy, {policy.role_behind(role) for role in permissions.roles(book)})
    return tuple(_lesson(policy, one, known) for one in stated or policy.summary)


def _lesson(policy: EffectivePolicy, stated: ClauseSummary, known: Mapping[str, Sequence[Text]]) -> Lesson:
    means = tuple(text for clause in clause_ids(stated.clause) for text in known.get(clause, ()))
    if means:
        return Lesson(stated.clause, stated.label, means)
    seeing = [told for clause in clause_ids(stated.clause) if (told := roles_asked_by(policy, clause))]
    if seeing:
        return Lesson(stated.clause, stated.label, (_("It is for {roles}.", roles=seeing[0]),))
    return Lesson(stated.clause, stated.label, (_("It binds everybody who uses the directory."),))
