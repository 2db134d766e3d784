"""Power, declared once: what an operation or a kind of request moves of what others may do, see or be blamed
for, and how many people that takes.

`Power` stands at every operation and every kind of request, without a default, so that one without it fails
at import. What comes of it is done in one place, the frame of operations:

- FREE: moves nothing of anybody else's, or is decided by the flow that it is a step of.
- TOLD: done at once; whoever it concerns and an independent watcher of each book concerned hear of it in the
  same transaction.
- LATER: put on record as a request, told at once, done on its day unless somebody whom it concerns objects.
- TWO: put on record as a request, done once somebody independent, of another office, has agreed.

Regulations raise a way, never lower it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from db.desk.authority.permissions import Permissions
from db.language import Text, _
from db.store.moves import Moves

Asked = Mapping[str, Any]
"""The arguments of an operation, by name."""


class Way(IntEnum):
    """How many people an act takes; of two, the stricter is the larger."""

    FREE = 0
    TOLD = 1
    LATER = 2
    TWO = 3


LATER_DAYS = 1
"""For how many days what takes no second waits, where it can be stopped."""
ALONE_DAYS = 7
"""For how many days an act waits that nobody could be the second of."""


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line of what an act would do, as whoever decides on it reads it: what is, and what is to be."""

    label: Text
    before: Text
    after: Text


def _says_nothing(_asked: Asked) -> tuple[SaidLine, ...]:
    return ()


def _ousts_nobody(_asked: Asked) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Power:
    """What an act moves, and the way it takes, fixed or by who asks and what is asked.

    ``undo`` is the operation that takes it back. ``says``: what whoever decides on it is shown. ``days``: for
    TWO how many days pass after it was agreed to; what is done LATER waits `LATER_DAYS`. ``flow`` is the flow
    of the regulations that may ask for more steps. ``binds_host``: it takes this way for the host's operator
    too, who does everything else at once. ``by_keeper``: the second is another of those who keep the book, or
    whoever stands in for them. ``borrows_flow``: those of ``flow`` decide for want of
    a rule of its own; its clauses are not cited. ``ousts``: the persons who would lose an office by it now,
    who may be others than when it was asked for; they don't decide on it. ``in_parts``: what takes it back is
    asked with the very rows that it wrote, so that nothing done since is in the way, and ends of these what
    whoever objects is concerned by, or all for a watcher.
    """

    moves: frozenset[Moves]
    way: Way | Callable[[Permissions, Asked], Way] = Way.FREE
    undo: str = ""
    says: Callable[[Asked], tuple[SaidLine, ...]] = _says_nothing
    days: int = 0
    flow: str = "power"
    binds_host: bool = False
    by_keeper: bool = False
    borrows_flow: bool = False
    ousts: Callable[[Asked], frozenset[int]] = _ousts_nobody
    in_parts: bool = False

    @property
    def touches_accounts(self) -> bool:
        """Whether it moves an account or its code, which count in every book."""
        return bool(self.moves & {Moves.ACCOUNT, Moves.CODE})

    @property
    def touches_sign_in(self) -> bool:
        """Whether somebody could sign in as another by it: it moves a code, and no role with it."""
        return Moves.CODE in self.moves and Moves.ROLE not in self.moves

    def way_for(self, permissions: Permissions, asked: Asked) -> Way:
        """Return the way that the act takes for the actor; a regulation may still raise it."""
        return self.way if isinstance(self.way, Way) else self.way(permissions, asked)


OBJECTED_TO = _("Taken back: somebody objected")
"""The reason of what takes an act back, where one has to be given."""
LOOKS = Power(frozenset())
"""Moves nothing: it reads, or changes what is the actor's own alone."""


def power_over(
    *moves: Moves,
    way: Way | Callable[[Permissions, Asked], Way] = Way.FREE,
    undo: str = "",
    flow: str = "power",
    ousts: Callable[[Asked], frozenset[int]] = _ousts_nobody,
) -> Power:
    """Declare the power of an act that moves ``moves``. ``way``: how many it takes, FREE for nobody's
    agreement; ``undo``: the operation that takes it back. Those who decide on it see only its arguments."""
    return Power(frozenset(moves), way, undo, flow=flow, ousts=ousts)
