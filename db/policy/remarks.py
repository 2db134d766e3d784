"""What a policy file may well mean, and its author should know of nevertheless."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import _
from db.policy.named_roles import USUAL_ROLES, named_in, role_behind
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile


def remarks(regulation: Regulation) -> list[Fault]:
    """Return warnings of what is left to the default or to nobody, in the order of the file's lines."""
    return sorted(_remarks(regulation), key=lambda finding: finding.line)


def _remarks(regulation: Regulation) -> Iterator[Fault]:
    file = regulation.file
    if file.maintainer is None:
        message = _(
            "Nobody is named who keeps the directory, so by the safe default human resources do. Write "
            "maintainer = { role = … } if that is somebody else."
        )
        yield regulation.fault(message, "maintainer", warning=True)
    elif role_behind(file, "supervisor") == file.maintainer.role:
        message = _(
            "{role} would supervise itself: nobody else is told what the maintainer does. Name another role "
            "if there is one.",
            role=file.maintainer.role,
        )
        yield regulation.fault(message, "supervisor", warning=True)
    lacking = _deciders_lacking(file)
    if lacking:
        message = _(
            "A sanction takes {count} of the management who did not judge, and its appeal one more, who is "
            "not below them; fewer offices are left for that. Name another in management, see that one of "
            "them has several holders, or have a meeting decide appeals, whose minutes are attached.",
            count=lacking,
        )
        yield regulation.fault(message, "discipline", warning=True)
    used = {role_behind(file, one.word) for one in named_in(file)} | USUAL_ROLES
    for number, role in enumerate(file.roles):
        if role.id not in used:
            message = _(
                "No rule names {role}, so whoever is given it may do no more than others. Name it in a rule, "
                "such as scopes, or leave it out.",
                role=role.id,
            )
            yield regulation.fault(message, "roles", number, warning=True)


def _deciders_lacking(file: PolicyFile) -> int:
    """Return how many people a sanction takes where judging it and hearing an appeal need more offices than
    are left; else 0."""
    rule = file.discipline
    if rule is None or not file.sanctions:
        return 0
    grave = rule.further or any(rung.severity >= rule.second_from for rung in file.sanctions)
    takes = 2 if grave else 1
    judges, management = ({role_behind(file, one) for one in of} for of in (rule.judge, rule.management))
    left = management - judges if len(judges) == 1 else management
    return takes if len(left) <= takes else 0
