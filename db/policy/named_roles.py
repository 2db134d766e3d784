"""Whom a policy file names: is there such a role, and is it somebody who can do what it is named for?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from db.language import Message, _
from db.policy.line_numbers import Path
from db.policy.merge import whom_of
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.base import PolicyPart, Whom
from db.policy.vocabulary import FUNCTIONS, INSIDE_OWNER, MANAGEMENT, RELATIONS, SECONDS

UNGIVEN = ("head", "employee", INSIDE_OWNER, "everyone", "person", *RELATIONS)
"""What people are without its being given to them: only keys that say so take these words."""

USUAL_ROLES = frozenset({
    *MANAGEMENT, "hr", "security", "it", "safety", "assistant", "admin",
    "employee", "head", INSIDE_OWNER,
})  # fmt: skip
"""Roles that need not be listed, for every organisation has them."""

RESERVED = frozenset([*FUNCTIONS, "interpreter", "everyone", "person", *RELATIONS, *SECONDS])
"""Words that mean somebody already and can't be the id of a role."""


class NamedRole(NamedTuple):
    """A word that says who, the path of its key, and what that key takes."""

    path: Path
    word: str
    whom: Whom


def named_in(part: object, path: Path = ()) -> Iterator[NamedRole]:
    """Yield each role or function that ``part`` names, with its place; ``path`` is that of ``part`` in its
    file."""
    if isinstance(part, PolicyPart):
        for name, field in type(part).model_fields.items():
            inner, whom, at = getattr(part, name), whom_of(field), (*path, field.alias or name)
            if whom is None:
                yield from named_in(inner, at)
            elif inner is not None:
                yield from (
                    NamedRole(at, word, whom) for word in ((inner,) if isinstance(inner, str) else inner)
                )
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from named_in(inner, (*path, number))
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from named_in(inner, (*path, str(key)))


def role_behind(file: PolicyFile, word: str) -> str:
    """Return the role that holds the function ``word`` by ``file`` alone; any other word is a role itself."""
    for _step in ("function", "its holder's own"):  # the owner may be whoever has another function
        held = getattr(file, word) if word in FUNCTIONS else None
        word = word if held is None else str(held.role)
    return word


def blind_roles(file: PolicyFile) -> frozenset[str]:
    """Return the roles that see nothing of a book: by their scope, or because they run the machines and have
    none."""
    reaches = {(role_behind(file, scope.role), scope.reach != "none") for scope in file.scopes}
    stated = {role for role, _sees in reaches}
    technical = {"technical", "it"} if file.technical is None else {file.technical.role}
    silent = [roles for roles in (technical, {"admin"}) if roles.isdisjoint(stated)]
    return frozenset(stated - {role for role, sees in reaches if sees}).union(*silent)


def misnamed_roles(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each role that the regulation names but doesn't define, or that can't do what it is
    named for. It reads the text alone, before regulations are composed."""
    file = regulation.file
    roles = USUAL_ROLES | {role.id for role in file.roles}
    for path, word, whom in named_in(file):
        message = _misfit(word, whom, roles)
        if message is None and word == "deputy" and file.deputy is None:
            message = _("The file doesn't say who the deputy is. Add deputy = { role = … }.")
        if message is not None:
            yield regulation.fault(message, *path)
    for number, role in enumerate(file.roles):
        if role.id in RESERVED:
            message = _("{word} means somebody else already. Give the role another id.", word=role.id)
            yield regulation.fault(message, "roles", number, "id")
    deputy, maintainer = file.deputy, file.maintainer
    if deputy is not None and maintainer is not None and deputy.role == maintainer.role:
        yield regulation.fault(stands_in_for_itself(deputy.role), "deputy", "role")


def stands_in_for_itself(role: str) -> Message:
    return _(
        "{role} would stand in for itself: the deputy is somebody else than the maintainer. Name another "
        "role, or leave deputy out.",
        role=role,
    )


def _misfit(word: str, whom: Whom, roles: frozenset[str]) -> Message | None:
    """Return why ``word`` can't stand at a key that takes ``whom``; None where it can."""
    taken = (*whom.words, *whom.functions)
    if word in taken or (word in roles and word not in UNGIVEN):
        return None
    if word in UNGIVEN or word in FUNCTIONS:
        if not taken:
            return _(
                "{word} can't be used here. Name a role that is given to somebody, such as hr.", word=word
            )
        return _(
            "{word} can't be used here. Name a role that is given to somebody, such as hr, or "
            "one of: {taken}.",
            word=word,
            taken=", ".join(taken),
        )
    close = get_close_matches(word, sorted((roles - set(UNGIVEN)) | set(taken)), n=1)
    if close:
        return _(
            "There is no role {role}, so nobody would do it. Is {close} meant?", role=word, close=close[0]
        )
    return _("There is no role {role}, so nobody would do it. Add it to roles.", role=word)
