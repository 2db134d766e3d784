"""What an edition hands to its recipients, and what it withholds from them.

An edition shows a recipient no more than they may see, of nobody whom they may not, unless its clause hands
them the field: the field then stands under a clause of the edition's too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.regulation import Regulation
from db.policy.rules import Fault, FieldRule
from db.policy.schema.base import cite, clause_ids
from db.policy.schema.book import EditionRule
from db.policy.telling import Teller
from db.policy.vocabulary import PROTECTED


def is_handed(field: FieldRule, *clauses: str) -> bool:
    """Whether one of an edition's ``clauses`` hands the field to whoever receives it."""
    return any(not set(clause_ids(clause)).isdisjoint(field.clauses) for clause in clauses)


def find_withheld(policy: EffectivePolicy, regulations: Sequence[Regulation]) -> Iterator[Fault]:
    """A warning for each column of an edition that some of its recipients may not see."""
    teller = Teller(policy)
    for edition in policy.editions:
        for number, name in enumerate(edition.columns):
            field = next((one for one in policy.fields if one.name == name), None)
            if field is None or is_handed(field, edition.clause, edition.recipients.clause):
                continue
            for recipient, roles in _recipients(teller, edition):
                clause = _withholding(policy, field, roles)
                if clause is not None:
                    yield _at(regulations, edition, _warning(edition, field, recipient, clause), number)
                elif (narrow := _narrowest(policy, roles)) is not None:
                    yield _at(regulations, edition, _partly(edition, field, recipient, narrow), number)


def _narrowest(policy: EffectivePolicy, roles: set[str]) -> str | None:
    """The clause by which whoever holds just ``roles`` doesn't see everybody; None where they do."""
    scopes = [policy.scope(role) for role in sorted(roles)]
    if any(scope.reach == "book" for scope in scopes):
        return None
    return cite(*(scope.clause for scope in scopes))


def _partly(edition: EditionRule, field: FieldRule, recipient: Text, clause: str) -> Message:
    return _(
        "{edition} lists {field} for {recipient}, who may not see everybody ({clause}): their copies have it "
        "of those alone whom they see. If the edition hands it to them, add {own} to the clauses of {name}.",
        edition=edition.label,
        field=field.label,
        recipient=recipient,
        clause=clause,
        own=clause_ids(edition.clause)[0],
        name=field.name,
    )


def _warning(edition: EditionRule, field: FieldRule, recipient: Text, clause: str) -> Message:
    return _(
        "{edition} lists {field} for {recipient}, who may not see it ({clause}): their copies leave it out. "
        "If the edition hands it to them, add {own} to the clauses of {name}; if not, leave the column out.",
        edition=edition.label,
        field=field.label,
        recipient=recipient,
        clause=clause,
        own=clause_ids(edition.clause)[0],
        name=field.name,
    )


def _recipients(teller: Teller, edition: EditionRule) -> Iterator[tuple[Text, set[str]]]:
    """Whom the edition goes to, each with the roles that they hold in any case."""
    chosen, policy = edition.recipients, teller.policy
    for role in chosen.roles:
        yield teller.role(role), {"employee", role}
    named: list[Text] = [
        *(rule.label for rule in policy.posts if rule.id in chosen.posts),
        *(rule.label for rule in policy.unit_kinds if rule.id in chosen.units),
        *(rule.label for rule in policy.tags if rule.id in chosen.tags),
        *([_("everyone")] if chosen.everyone else []),
    ]
    for label in named:
        yield label, {"employee"}


def _withholding(policy: EffectivePolicy, field: FieldRule, roles: set[str]) -> str | None:
    """The clause by which whoever holds just ``roles`` doesn't see the field of everybody; None where they
    do. For a purpose is enough, a granted access is not."""
    if field.visible_to and roles.isdisjoint(field.visible_to):
        return ", ".join(field.clauses)
    scopes = [scope for role in sorted(roles) if (scope := policy.scope(role)).reach != "none"]
    widest = max((scope.protected for scope in scopes), key=PROTECTED.index, default="hidden")
    if not field.protected or widest in ("reveal", "shown"):
        return None
    return cite(*(scope.clause for scope in scopes or [policy.scope("employee")]))


def _at(regulations: Sequence[Regulation], edition: EditionRule, message: Message, column: int) -> Fault:
    for regulation in regulations:
        for number, stated in enumerate(regulation.file.editions):
            if stated.id == edition.id:
                path = ("editions", number, "columns", column)
                key = ".".join(map(str, path))
                return Fault(regulation.line(*path), key, message, regulation.path, warning=True)
    raise LookupError(edition.id)
