"""Citations that would send a reader to nowhere, or to another regulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from db.language import _
from db.policy.regulation import Regulation, citations_in, rules_in
from db.policy.rules import Fault
from db.policy.schema.base import CLAUSE, clause_ids
from db.policy.vocabulary import DEFAULT


def miscited_clauses(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each clause that isn't written as one."""
    for path, clause in citations_in(regulation.file):
        for single in clause_ids(clause) or ("",):
            if CLAUSE.fullmatch(single) is None:
                message = (
                    _("{default} stands for rules that no regulation states: name the clause that says so.",
                      default=single)
                    if single == DEFAULT
                    else _(
                        "{given} is not a clause. Write the letter of the regulation, a dot and the article, "
                        'such as "V.8" or "V.13.2"; several in square brackets.',
                        given=single or _("This"),
                    )
                )  # fmt: skip
                yield regulation.fault(message, *path)


def misplaced_own(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for every word in ``own`` that is no key which its rule states."""
    for path, rule in rules_in(regulation.file):
        for number, name in enumerate(rule.own):
            if name in ("clause", "own", *type(rule).KEY) or name not in rule.model_fields_set:
                message = _(
                    "{name} is not written in this rule, so it can't be the organisation's own: in own list "
                    "keys of this rule whose values the clause does not give.",
                    name=name,
                )
                yield regulation.fault(message, *path, "own", number)


def clashing_letters(regulation: Regulation, others: Iterable[Regulation]) -> Iterator[Fault]:
    """Yield a fault for each letter that clauses of the regulation and of one of ``others`` share, at its
    first place in the regulation. Another version of the same regulation doesn't clash with it."""
    taken = {letters: other for other in others if other.id != regulation.id for letters in other.letters}
    for letters, (path, clause) in regulation.letters.items():
        if letters in taken:
            other = taken[letters]
            message = _(
                "{clause} could be a clause of {other} as well, whose letters are {letters}. Give your "
                "clauses letters of their own, such as {own}.",
                clause=clause,
                other=other.file.title,
                letters=letters,
                own=f"{regulation.id.upper()}.{clause.partition('.')[2]}",
            )
            yield regulation.fault(message, *path)
