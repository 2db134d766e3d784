"""Which role has which function over a book: the regulations name it, or the organisation decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from db.policy.merge import with_holders
from db.policy.rules import FunctionRole
from db.policy.schema import PolicyFile
from db.policy.schema.access import FunctionRule
from db.policy.schema.base import cite
from db.policy.schema.decisions import Decisions
from db.policy.vocabulary import DEFAULT

DECISION = "decision"
"""The citation of what the organisation decided and no clause supports."""

Decidable = Literal["maintainer", "supervisor", "technical"]
DECIDABLE: tuple[Decidable, ...] = ("maintainer", "supervisor", "technical")


@dataclass(frozen=True)
class Functions:
    """The holders of a book's functions."""

    maintainer: FunctionRole
    supervisor: FunctionRole
    technical: FunctionRole
    owner: FunctionRole
    deputy: FunctionRole

    def role_behind(self, word: str) -> str:
        """Return the role behind a function's word; any other word is a role itself."""
        held = getattr(self, word, None)
        return held.role if isinstance(held, FunctionRole) else word


def assign_roles(files: Sequence[PolicyFile], default: PolicyFile, decided: Decisions) -> Functions:
    """Return the role of each function: the ``decided`` one, else the first that a file names, else the
    default's; of owner and deputy, the maintainer where no file names any."""
    held = {function: _decidable(function, files, default, decided) for function in DECIDABLE}
    return Functions(
        **held,
        owner=_first([file.owner for file in files], held),
        deputy=_first([file.deputy for file in files], held),
    )


def roles_named(function: Decidable, files: Sequence[PolicyFile]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files:
        rule: FunctionRule | None = getattr(file, function)
        if rule is not None:
            found[rule.role] = cite(found.get(rule.role, ""), rule.clause)
    return found


def by_its_own_answerers(file: PolicyFile) -> PolicyFile:
    """Return ``file`` with the words owner and deputy replaced by the roles it names for them: each of a
    book's regulations means its own."""
    answering = {"owner": file.owner, "deputy": file.deputy}
    roles = {word: rule.role for word, rule in answering.items() if rule is not None}
    return with_holders(file, lambda word: roles.get(word, word))


def _decidable(
    function: Decidable, files: Sequence[PolicyFile], default: PolicyFile, decided: Decisions
) -> FunctionRole:
    roles = roles_named(function, files) or roles_named(function, [default])
    choice: str | None = getattr(decided, function)
    if choice is not None:
        clause = roles.get(choice, DEFAULT)
        return FunctionRole(choice, DECISION if clause == DEFAULT else clause)
    return next(FunctionRole(role, clause) for role, clause in roles.items())


def _first(stated: Sequence[FunctionRule | None], held: Mapping[Decidable, FunctionRole]) -> FunctionRole:
    for rule in stated:
        if rule is not None:
            role = next((one.role for function, one in held.items() if function == rule.role), rule.role)
            return FunctionRole(role, rule.clause)
    return FunctionRole(held["maintainer"].role, DEFAULT)
