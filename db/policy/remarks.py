"""What a policy file may well mean, and its author should know of nevertheless."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Message, _
from db.policy.named_roles import USUAL_ROLES, named_in, role_behind
from db.policy.regulation import Regulation
from db.policy.rules import Fault


def remarks(regulation: Regulation) -> list[Fault]:
    """What is left to the safe default or to nobody, in the order of the file's lines."""
    return sorted(_remarks(regulation), key=lambda finding: finding.line)


def _remarks(regulation: Regulation) -> Iterator[Fault]:
    file = regulation.file
    if file.maintainer is None:
        message = _(
            "Nobody is named who keeps the book, so by the safe default human resources do. Write "
            "maintainer = { role = … } if that is somebody else."
        )
        yield _at(regulation, message, "maintainer")
    elif role_behind(file, "supervisor") == file.maintainer.role:
        message = _(
            "{role} would supervise itself: nobody else is told what the maintainer does. Name another role "
            "if there is one.",
            role=file.maintainer.role,
        )
        yield _at(regulation, message, "supervisor")
    used = {role_behind(file, one.word) for one in named_in(file)} | USUAL_ROLES
    for number, role in enumerate(file.roles):
        if role.id not in used:
            message = _(
                "No rule names {role}, so whoever is given it may do no more than others. Name it in a rule, "
                "such as scopes, or leave it out.",
                role=role.id,
            )
            yield _at(regulation, message, "roles", number)


def _at(regulation: Regulation, message: Message, *path: str | int) -> Fault:
    return Fault(regulation.line(*path), ".".join(map(str, path)), message, regulation.path, warning=True)
