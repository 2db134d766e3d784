"""Short ways through the desk for tests about joining, moving and leaving."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from db.desk import Desk
from db.desk.hooks import hooks
from db.desk.lifecycle.forms import JoinAsked, LeaveAsked, MoveAsked
from db.desk.lifecycle.openers import (
    add_later_proofs,
    open_filing_task,
    open_joiner_tasks,
    open_officer_change_tasks,
    open_removal_tasks,
)
from db.desk.requests.ask_fields import values_of
from db.desk.tasks import duties as runner
from db.desk.tasks.duties import Round, RunnerPlace
from db.store.tables import Entry, Request, Task
from tests.db.desk.asking import PDF
from tests.world import World

VALUES = {
    "name": "新来",
    "position": "工程师",
    "office_phone": "010 6234 5678 转 8990",
    "mobile": "138 0000 8990",
    "email": "xinlai@huaxing.example",
}
DAY, AFTER = "2026-11-27", "2026-11-28T00:00:01+08:00"
"""A last day, and the moment when it is over."""
HERE = RunnerPlace("host", "host:test")
LIVES = [open_joiner_tasks, open_filing_task, open_officer_change_tasks, open_removal_tasks, add_later_proofs]


def duties() -> Round:
    """One run of the duty runner, as far as people who join, move and leave go: reviews and editions open
    tasks of their own."""
    with patch.object(runner, "hooks", lambda: replace(hooks(), openers=LIVES, alarms=())):
        return runner.run(HERE)


def joiner(world: World, unit: str, book: str = "staff", **given: object) -> JoinAsked:
    """A joiner as typed, complete; ``given`` replaces parts."""
    asked = JoinAsked(book, "full-time", world.unit(book, unit), "2026-11-23", VALUES)
    return replace(asked, **given)  # type: ignore[arg-type]  # as typed by the test


def evidence(desk: Desk) -> list[str]:
    """A file in the tray, as what a request rests on."""
    return [desk.evidence.add("通知.pdf", PDF).id]


def move(world: World, login: str, of: str, unit: str, book: str = "staff", **given: str) -> int:
    """Hand in a move of ``of`` to ``unit``; the request's number."""
    desk = world.desk(login)
    form = desk.lifecycle.move_form(world.entry(of, book))
    asked = MoveAsked(
        form.entry,
        form.version,
        world.unit(book, unit),
        given.get("position", values_of(form.fields).get("position", "")),
        given.get("day", "2026-11-23"),
    )
    return desk.lifecycle.move(asked)


def leave(world: World, login: str, of: str, book: str = "staff", day: str = "2026-11-22") -> int:
    """Hand in that ``of`` leaves; the request's number."""
    return world.desk(login).lifecycle.leave(LeaveAsked(world.entry(of, book), day))


def approved(world: World, login: str, request: int) -> None:
    """Approve what waits for ``login``."""
    desk = world.desk(login)
    desk.queue.approve(request, desk.queue.one(request).digest)


def task_of(kind: str, entry: int | None = None) -> Task:
    """The only task of that kind (of an entry)."""
    rows = Task.select().where(Task.kind == kind)
    if entry is not None:
        rows = rows.where(Task.entry == entry)
    found: Task = rows.get()
    assert rows.count() == 1
    return found


def entry_of_request(request: int) -> Entry:
    """The entry that a request is about."""
    found: Entry = Entry.get_by_id(Request.get_by_id(request).entry_id)
    return found


def returned(world: World, login: str, request: int) -> None:
    """Return what waits for ``login`` to whoever handed it in."""
    desk = world.desk(login)
    desk.queue.return_(request, desk.queue.one(request).digest, "请补正")


def take_out(world: World, login: str, mark: str, book: str = "secured") -> None:
    """Let ``login`` take a list of ``book`` out, marked so."""
    world.desk(login).overview.export(
        "directory", book, None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark, parameters={}
    )


def leave_all(world: World, login: str, of: str, day: str = DAY, book: str = "staff") -> int:
    """Hand in that ``of`` leaves the organisation; the request's number."""
    return world.desk(login).lifecycle.leave(LeaveAsked(world.entry(of, book), day, everywhere=True))
