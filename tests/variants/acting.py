"""Short acts at the desk that the walks share; each is driven as the person of that login."""

from __future__ import annotations

from collections.abc import Mapping

from db.desk.cases.sentencing import Sentence
from db.desk.lifecycle.forms import MoveAsked
from db.desk.requests.ask_fields import values_of
from db.store.tables import CaseParty, Request, Task
from tests.db.desk.asking import PDF
from tests.db.desk.lives import VALUES, joiner
from tests.variants.setting import leaves
from tests.wider_world import USUAL
from tests.world import World

MORE: Mapping[str, Mapping[str, str]] = {
    "safety": {"area": "一车间", "duties": "班前检查"},
    "wecom": {"wechat": "wx_xinlai"},
    "class": {"sex": "male", "student_number": "20260399", **USUAL["student"]},
    "general": {"region": "华北"},
}
"""What a joiner of a book has besides `VALUES`."""
KIND = {"safety": "safety-officer", "class": "student"}
FIELD = {"class": ("parent_phones", "136 0000 7777")}
"""What changes in an entry, and to what: the mobile number elsewhere."""


def expect(world: World, login: str, book: str, unit: str, day: str) -> Task:
    """Have somebody expected in ``unit`` as of ``day``; the task that it opens."""
    desk = world.desk(login)
    asked = joiner(
        world, unit, book, kind=KIND.get(book, "full-time"), joined=day, values={"name": VALUES["name"]}
    )
    entry = desk.lifecycle.expect(asked)
    return Task.get(Task.entry == entry)


def join(world: World, login: str, book: str, unit: str, day: str, **given: str) -> int:
    """Hand in a complete joiner, whose values are ``given`` otherwise; the request's number."""
    values = {**VALUES, **MORE.get(book, {}), **given}
    if book == "class":
        values = {name: value for name, value in values.items() if name not in VALUES or name == "name"}
    if book == "wecom":
        values = {name: values[name] for name in ("name", "position", "mobile", "wechat")}
    if book == "controlled":
        values = {name: value for name, value in values.items() if name != "office_phone"}
    asked = joiner(world, unit, book, kind=KIND.get(book, "full-time"), joined=day, values=values)
    return world.desk(login).lifecycle.join(asked)


def change(world: World, login: str, book: str, of: str = "", day: str = "", **asked: str) -> int:
    """Hand in a change of ``of``'s entry (the own one), which is so since ``day``; the request's number."""
    desk = world.desk(login)
    field, value = FIELD.get(book, ("mobile", "139 0000 2121"))
    form = desk.changes.form(world.entry(of or login, book))
    evidence = [desk.evidence.add("受理单.pdf", PDF).id]
    return desk.changes.submit(
        form.entry, form.version, asked or {field: value}, "换号", evidence, changed_on=day
    )


def move(world: World, login: str, book: str, of: str, unit: str, day: str) -> int:
    """Hand in a move of ``of``; the request's number."""
    desk = world.desk(login)
    form = desk.lifecycle.move_form(world.entry(of, book))
    position = values_of(form.fields).get("position", "")
    return desk.lifecycle.move(MoveAsked(form.entry, form.version, world.unit(book, unit), position, day))


def leave(world: World, login: str, book: str, of: str, day: str, heir: str = "") -> int:
    """Hand in that ``of`` leaves; the request's number."""
    return leaves(world, login, of, day, book, heir=heir)


def approve(world: World, login: str, request: int) -> None:
    """Approve what waits for ``login``."""
    desk = world.desk(login)
    desk.queue.approve(request, desk.queue.one(request).digest)


def task_of(kind: str, book: str) -> Task:
    """The only task of that kind in ``book``."""
    rows = Task.select().where((Task.kind == kind) & (Task.book == book))
    assert rows.count() == 1
    found: Task = rows.get()
    return found


def sentenced(case: int, *sanctions: str, occurrences: int = 1) -> list[Sentence]:
    """Return these sanctions for the one person whom ``case`` is about."""
    return [Sentence(CaseParty.get(CaseParty.case == case).id, sanctions, occurrences)]


def stored(request: int) -> Request:
    """The request as it is stored."""
    found: Request = Request.get_by_id(request)
    return found
