"""What of a policy a request keeps from the moment it is handed in, besides its steps.

A regulation may be revised while a request is under way; the request goes on by the rules it began under.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from db.desk.due_dates import deadline_of
from db.policy.effective import EffectivePolicy
from db.policy.rules import Deadline, Need
from db.policy.vocabulary import PowerWord
from db.store.audit import canonical
from db.store.tables import Request

FROM_HANDING_IN = frozenset({"report", "approval"})
"""Starts of clocks that begin anew when a request is amended."""


POWERS: Final[Mapping[str, PowerWord]] = {
    **dict.fromkeys(("change", "join", "move", "leave", "delete"), "entry"),
    "right": "role",
    "reset": "code",
}
"""What requests of these kinds, or by these flows, move."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Whether it is announced, whether a second person is asked for, and its clock."""

    announce: Need
    second: Need
    deadline: Deadline | None


def freeze_rules(policy: EffectivePolicy, kind: str) -> str:
    """Return the present rules for a request of ``kind`` on announcing, second person and deadline, as
    canonical JSON."""
    flow, deadline = policy.flow(kind), deadline_of(policy, kind)
    second = policy.second.need(POWERS[kind]) if kind in POWERS else Need(False, "")
    kept = {
        "announce": [flow.announce.required, flow.announce.clause],
        "second_person": [second.required, second.clause],
        "deadline": [deadline.days, deadline.start, deadline.clause] if deadline is not None else None,
    }
    return canonical(kept).decode("utf-8")


def is_clock_stopped(request: Request) -> bool:
    """Return whether ``request`` is returned to its author and its deadline stops meanwhile. Days given to
    whoever keeps the directory from the report on (A.9, C.8, D.5.2, F.2.2, H.4.2) were answered by the
    return, and begin again when it is resubmitted. A clock that runs from the change itself (I.4.2.3) or from
    a day in somebody's life (A.8, A.10, G.4.1) goes on."""
    deadline = frozen_rules(request).deadline
    return request.state == "returned" and deadline is not None and deadline.start in FROM_HANDING_IN


def frozen_rules(request: Request) -> Frozen:
    """Return what the policy asked of ``request`` when it was submitted: notice, second person, deadline."""
    kept = json.loads(request.rules)
    return Frozen(
        Need(*kept["announce"]),
        Need(*kept["second_person"]),
        Deadline(*kept["deadline"]) if kept["deadline"] is not None else None,
    )
