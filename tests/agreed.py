"""Acts that take two, as tests do them: one asks, and another agrees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Desk, Pending
from db.desk.requests.putting_off import do_deferred
from db.store.tables import Request, RequestEvent, RequestStep
from db.store.transactions import writing


def asked(act: Callable[[], object]) -> int:
    """Do what takes two; the request that it became."""
    with pytest.raises(Pending) as pending:
        act()
    return pending.value.request


def agreed(act: Callable[[], object], second: Desk) -> int:
    """Do what takes two, and have ``second`` agree; the request that it was."""
    request = asked(act)
    second.queue.approve(request, second.queue.one(request).digest)
    return request


def carried_through(act: Callable[[], object], second: Desk) -> object:
    """Do ``act`` as far as it goes: where it takes two, ``second`` agrees, and where it takes time, that is
    over. What it gave back; None where it was put off."""
    try:
        return act()
    except Pending as pending:
        number = pending.request
    if RequestStep.select().where((RequestStep.request == number) & (RequestStep.state == "open")).exists():
        second.queue.approve(number, second.queue.one(number).digest)
    request = Request.get_by_id(number)
    if request.state == "open":
        with writing():
            became = do_deferred(request)
        assert became == "applied", RequestEvent.select().order_by(RequestEvent.id.desc()).get().comment
    return None


def settle(second: Desk) -> None:
    """Have ``second`` agree to all that waits for a second office, and let the days of the rest come."""
    for request in Request.select().where((Request.kind == "power") & (Request.state == "open")):
        step = (RequestStep.request == request) & (RequestStep.state == "open")
        if RequestStep.select().where(step).exists():
            second.queue.approve(request.id, second.queue.one(request.id).digest)
        if Request.get_by_id(request.id).state == "open":
            with writing():
                do_deferred(Request.get_by_id(request.id))
