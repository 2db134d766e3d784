"""What an edition hands to its recipients, and what it withholds from them.

An edition shows a recipient no more than they may see, of nobody whom they may not, unless it says of the
field that it hands it out (``hands_out``). That a field and an edition stand under one clause grants nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.regulation import Regulation
from db.policy.rules import Fault, FieldRule
from db.policy.schema.base import cite
from db.policy.schema.book import EditionRule
from db.policy.telling import Teller
from db.policy.vocabulary import PROTECTED


def handed_by(edition: EditionRule, field: str) -> str | None:
    """Return the clause by which the edition hands ``field`` to its recipients; None where it does not."""
    return next((part.clause for part in edition.hands_out if field in part.columns), None)


def find_withheld(policy: EffectivePolicy, regulations: Sequence[Regulation]) -> Iterator[Fault]:
    """Yield a warning for each column of an edition that some of its recipients may not see, or see of some
    people only: their copies leave it out, or the edition hands it out nevertheless."""
    teller = Teller(policy)
    for edition in policy.editions:
        for number, name in enumerate(edition.columns):
            field = next((one for one in policy.fields if one.name == name), None)
            if field is None:
                continue
            handed = handed_by(edition, name)
            for recipient, roles in _recipients(teller, edition):
                slots: dict[str, Text] = {
                    "edition": edition.label, "field": field.label, "recipient": recipient, "name": name,
                }  # fmt: skip
                clause = _withholding(policy, field, roles)
                if handed is not None:
                    if clause is not None:
                        message = _beyond(**slots, clause=clause, handed=handed)
                        yield _at(regulations, edition, message, number)
                elif clause is not None:
                    yield _at(regulations, edition, _left_out(**slots, clause=clause), number)
                elif (narrow := _narrowest(policy, roles)) is not None:
                    yield _at(regulations, edition, _partly(**slots, clause=narrow), number)


def _narrowest(policy: EffectivePolicy, roles: set[str]) -> str | None:
    """Return the clauses by which a holder of just ``roles`` doesn't see everybody; None where they do."""
    scopes = [policy.scope(role) for role in sorted(roles)]
    if any(scope.reach == "book" for scope in scopes):
        return None
    return cite(*(scope.clause for scope in scopes))


def _partly(**slots: Text) -> Message:
    return _(
        "{edition} lists {field} for {recipient}, who may not see everybody ({clause}): their copies have it "
        "of those alone whom they see. If the edition hands it to them, name {name} in its hands_out.",
        **slots,
    )


def _beyond(**slots: Text) -> Message:
    return _(
        "{edition} hands out {field} in full to {recipient}, who may not see it otherwise ({clause}), by "
        "{handed}. If that is not meant, take {name} out of its hands_out.",
        **slots,
    )


def _left_out(**slots: Text) -> Message:
    return _(
        "{edition} lists {field} for {recipient}, who may not see it ({clause}): their copies leave it out. "
        "If the edition hands it to them, name {name} in its hands_out; if not, leave the column out.",
        **slots,
    )


def _recipients(teller: Teller, edition: EditionRule) -> Iterator[tuple[Text, set[str]]]:
    """Yield the recipients of the edition, each with the roles that they hold in any case."""
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
    """Return the clauses by which a holder of just ``roles`` doesn't see the field of everybody; None where
    they do. Reveals for a purpose count as seeing, granted access doesn't."""
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
                return regulation.fault(message, "editions", number, "columns", column, warning=True)
    raise LookupError(edition.id)
