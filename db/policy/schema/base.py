"""What every rule of a policy file has in common: strictness, a clause, a text in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from db.language import Label
from db.policy.vocabulary import CYCLES, DEFAULT, FUNCTIONS, OWN

TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
"""How a time of the day is written."""

CLAUSE = re.compile(r"[A-Z][A-Z0-9-]*\.\d+(\.\d+)*")


@dataclass(frozen=True)
class Whom:
    """Marks a key that says who: by a role that is given to somebody, by the word of one of ``functions``,
    or by one of ``words``, which say what people are without its being given to them."""

    words: tuple[str, ...] = ()
    functions: tuple[str, ...] = FUNCTIONS


def clause_ids(clause: str) -> tuple[str, ...]:
    """Split a citation into single IDs: ``"A.9, E.13"`` gives ``("A.9", "E.13")``."""
    return tuple(part for part in clause.split(", ") if part)


def cite_set(clauses: Iterable[str]) -> str:
    """Return one citation of single IDs, sorted by letter and number: A.8 before A.12."""
    return ", ".join(sorted(clauses, key=lambda clause: [part.zfill(4) for part in clause.split(".")]))


def cite(*clauses: str) -> str:
    """Return one citation of all, each ID once: ``default`` only where it stands alone, ``own`` last."""
    ids = dict.fromkeys(single for clause in clauses for single in clause_ids(clause))
    stated = [single for single in ids if single not in (DEFAULT, OWN)]
    return ", ".join([*(stated or ids.keys() - {OWN}), *([OWN] if OWN in ids else [])])


def regulations_in(clause: str) -> set[str]:
    """Return the letters of the regulations that a citation names."""
    return {single.partition(".")[0] for single in clause_ids(clause)}


def cite_amount(clauses: Sequence[str]) -> str:
    """Return the citation of an amount: the clauses that give it, else all with ``own``."""
    given = [clause for clause in clauses if OWN not in clause_ids(clause)]
    return cite(*(given or clauses))


def cite_period(clause: str, period: str) -> str:
    """Return the citation of a deadline: ``clause``, which asks for the thing, and ``period``, the citation
    of its days, where it is another (`Rule.clause_of`)."""
    if clause == DEFAULT:
        return period
    if period == DEFAULT:
        return f"{clause}, {DEFAULT}"
    return cite(clause, OWN) if OWN in clause_ids(period) else cite(clause, period)


def _citation(value: object) -> str:
    """Read a clause (``"E.4"`` or ``["E.4", "E.5"]``) as one citation. Raises PydanticCustomError."""
    ids = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
    for single in ids:
        if not isinstance(single, str) or not (single == DEFAULT or CLAUSE.fullmatch(single)):
            raise PydanticCustomError("clause", "not a clause", {"given": str(single)})
    if not ids:
        raise PydanticCustomError("clause", "not a clause", {"given": ""})
    return ", ".join(dict.fromkeys(ids))


def _label(value: object) -> object:
    """Read ``{zh = "…", en = "…"}`` as a Label. Raises PydanticCustomError for anything else."""
    if (
        isinstance(value, dict)
        and set(value) == {"zh", "en"}
        and all(isinstance(v, str) for v in value.values())
    ):
        return Label(zh=value["zh"], en=value["en"])
    if isinstance(value, Label):
        return value
    raise PydanticCustomError("label", "needs zh and en")


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Clause = Annotated[str, BeforeValidator(_citation)]
Text = Annotated[Label, BeforeValidator(_label)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
Holder = Annotated[Id, Whom(functions=())]
"""Who has a function, by the role itself."""
Office = Annotated[Id, Whom()]
"""Who acts or is told for the whole book."""
Role = Annotated[Id, Whom(("head",))]
"""Who acts for a department."""
Roles = Annotated[tuple[Role, ...], BeforeValidator(_several)]
"""Several of them, or one by its word alone."""
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Stricter(Enum):
    """How two regulations' values of one key become one, where it isn't the usual way.

    The usual way: a yes wins, lists are united, the smaller number and the faster cycle win, and of
    two texts the first stated stays.
    """

    LARGER = "larger"
    LARGER_OR_NONE = "larger or none"
    """The larger number wins, and no number, which is no end, before any."""
    BOTH = "both"
    """A yes needs every regulation's yes, and of lists only what stands in each stays."""


class Silent(Enum):
    """Which rules of the default's list stand beside those that are stated; of other lists none does."""

    REST = "rest"
    """Those that none of the stated is the same rule as."""
    ALL = "all"
    """All, where none is stated."""


class PolicyPart(BaseModel):
    """A table of a policy file; unknown keys are refused and values are never coerced."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Rule(PolicyPart):
    """A part that a clause of the regulation asks for."""

    KEY: ClassVar[tuple[str, ...]] = ()
    """The keys that make two rules of one list the same rule; none where there is only one."""

    clause: Clause
    own: tuple[str, ...] = ()
    """Keys whose values the clause does not give, and the organisation has set."""

    def clause_of(self, *keys: str) -> str:
        """Return the citation of the values of ``keys``: the clause, where it states one of them. Where the
        values are the organisation's own, it is the clause with ``own`` for a period, a time or a number and
        ``default`` for any other; ``default`` too for keys that the rule leaves out."""
        if any(key in self.model_fields_set and key not in self.own for key in keys):
            return self.clause
        amounts = any(key in self.model_fields_set and is_amount(getattr(self, key)) for key in keys)
        return cite(self.clause, OWN) if amounts and self.clause != DEFAULT else DEFAULT


def is_amount(value: object) -> bool:
    """Return whether ``value`` is a period, a time or a number."""
    if isinstance(value, PolicyPart):
        return any(is_amount(getattr(value, name)) for name in type(value).model_fields)
    return type(value) is int or (isinstance(value, str) and (value in CYCLES or bool(re.match(TIME, value))))


class NamedRule(Rule):
    """A rule with an ``id`` and a text in both languages (from the catalogue where it is known there)."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: Id
    zh: str
    en: str

    @property
    def label(self) -> Label:
        return Label(zh=self.zh, en=self.en)
