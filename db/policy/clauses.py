"""Citations that would send a reader to nowhere, or to another regulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from db.language import _
from db.policy.regulation import Path, Regulation
from db.policy.rules import Fault
from db.policy.schema.base import CLAUSE, clause_ids
from db.policy.vocabulary import DEFAULT


def miscited(regulation: Regulation) -> Iterator[Fault]:
    """Every clause that isn't one."""
    for path, clause in _cited(regulation.file, ()):
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
                yield Fault(regulation.line(*path), _key(path), message, regulation.path)


def clashing(regulation: Regulation, others: Iterable[Regulation]) -> Iterator[Fault]:
    """The letters by which the regulation's clauses can't be told from those of ``others``, each where it
    stands first. A regulation doesn't clash with another version of itself."""
    taken = {letters: other for other in others if other.id != regulation.id for letters in _letters(other)}
    for letters, (path, clause) in _letters(regulation).items():
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
            yield Fault(regulation.line(*path), _key(path), message, regulation.path)


def _letters(regulation: Regulation) -> dict[str, tuple[Path, str]]:
    """The letters of the regulation's clauses, with the first place and clause of each."""
    found: dict[str, tuple[Path, str]] = {}
    places = ((path, one) for path, clause in _cited(regulation.file, ()) for one in clause_ids(clause))
    for path, clause in sorted(places, key=lambda place: regulation.line(*place[0])):
        found.setdefault(clause.partition(".")[0], (path, clause))
    return found


def _cited(part: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every citation in ``part`` of a file, with the path of its key."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            inner = getattr(part, name)
            if name == "clause" and isinstance(inner, str):
                yield (*path, name), inner
            else:
                yield from _cited(inner, (*path, name))
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from _cited(inner, (*path, number))
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from _cited(inner, (*path, str(key)))


def _key(path: Path) -> str:
    return ".".join(map(str, path))
