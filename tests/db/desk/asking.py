"""Short ways through the desk for tests about requests: submit a change, decide its steps."""

from __future__ import annotations

from db.desk import Desk, Refused
from db.desk.entry.record import load_entry
from db.desk.requests.request_views import RequestEventView
from db.language import say
from tests.world import World

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NEW_MOBILE = "139 0000 2121"
STORED_MOBILE = "+8613900002121"


def change(
    world: World,
    login: str,
    book: str = "staff",
    *,
    of: str | None = None,
    mobile: str = NEW_MOBILE,
    asked: dict[str, str] | None = None,
    reason: str = "换号",
) -> int:
    """Submit a change of ``of``'s entry (the own one) with evidence; its number."""
    desk = world.desk(login)
    evidence = desk.evidence.add("受理单.pdf", PDF)
    form = desk.changes.form(world.entry(of or login, book))
    return desk.changes.submit(form.entry, form.version, asked or {"mobile": mobile}, reason, [evidence.id])


def ask_access(desk: Desk, book: str, reason: str, **asked: object) -> int:
    """Ask to see somebody by ``name``, for ``days``; the request's number."""
    return desk.asking.ask("access", book, {name: str(value) for name, value in asked.items()}, reason)


def approve(world: World, login: str, request: int) -> Desk:
    """Approve what waits for ``login``, as shown to them."""
    desk = world.desk(login)
    desk.queue.approve(request, desk.queue.one(request).digest)
    return desk


def refusal(desk: Desk, request: int, digest: str = "0" * 64) -> Refused:
    """The refusal of an approval that must not go through."""
    try:
        desk.queue.approve(request, digest)
    except Refused as refused:
        return refused
    raise AssertionError("the approval went through")


def mobile_of(world: World, login: str, book: str = "staff") -> str:
    """The number on record."""
    return load_entry(world.entry(login, book)).first("mobile")


def names(desk: Desk) -> set[int]:
    """Numbers of the requests in a queue."""
    return {row.id for row in desk.queue.window().rows}


def history(world: World, request: int, login: str) -> list[str]:
    """Who did what in which office, as its asker reads it."""
    events: tuple[RequestEventView, ...] = world.desk(login).requests.one(request).history
    return [f"{say(one.act, 'en')}: {one.who}, {say(one.office, 'en')}" for one in events if one.office]
