"""Deciding on requests, from the queue or from the request's own card: on one as it was seen, or on several
that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from db.desk.requests.request_views import RequestRow
from db.language import Text, _, _n
from tui.kit import Frame
from tui.screens.sheets.asking import said_of
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.deciding import APPROVE, DECISIONS, MISSING, REJECT, RETURN, SEEN, WHY
from tui.sheets.request_facts import who
from tui.sheets.sheet import Verb

DECISION_KEYS: Final = tuple(map(command_of, DECISIONS))


def _as_listed(at: At[RequestRow]) -> Sequence[tuple[int, str]]:
    return [(row.id, row.digest) for row in at.rows]


TOGETHER: Final[Mapping[str, Verb[RequestRow]]] = {
    APPROVE.id: replace(
        APPROVE,
        do=lambda at: at.desk.queue.approve_many(_as_listed(at)),
        done=lambda at, _made: _n(
            "Approved: {count} request", "Approved: {count} requests", count=len(at.keys)
        ),
    ),
    RETURN.id: replace(
        RETURN,
        do=lambda at: at.desk.queue.return_many(_as_listed(at), at[MISSING]),
        done=lambda at, _made: _n(
            "Returned: {count} request", "Returned: {count} requests", count=len(at.keys)
        ),
    ),
    REJECT.id: replace(
        REJECT,
        do=lambda at: at.desk.queue.reject_many(_as_listed(at), at[WHY]),
        done=lambda at, _made: _n(
            "Rejected: {count} request", "Rejected: {count} requests", count=len(at.keys)
        ),
    ),
}
"""The decisions on all that are selected, as they stand in the list."""


async def decide(screen: Frame, verb: Verb[RequestRow], row: RequestRow, digest: str) -> Text | None:
    """Decide on what stands under ``digest``; what to tell, or None where the person went back."""
    at = At(screen.app.desk, (row.id,), lambda: (row,), {SEEN.id: digest})
    return await said_of(screen, _about(verb, who(row)), at)


async def decide_together(screen: Frame, verb: Verb[RequestRow], rows: Sequence[RequestRow]) -> Text | None:
    """As `decide`, with the same word on all of ``rows``."""
    at = At(screen.app.desk, tuple(row.id for row in rows), lambda: rows)
    return await said_of(screen, _about(TOGETHER[verb.id], _("The {count} selected", count=len(rows))), at)


def _about(verb: Verb[RequestRow], whom: Text) -> Verb[RequestRow]:
    """``verb`` as the question for its word is headed."""
    return replace(verb, label=_("{label}: {whom}", label=verb.label, whom=whom))
