"""What people do while the torture goes on: real acts at the desk, each acknowledged once it has returned."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable

from db.desk import Desk, Invalid, Refused, Unavailable, open_desk
from db.desk.importing.importing import Source
from db.desk.tasks.duties import run
from db.store.engine import close_store, open_store
from tests.torture.rig import PLACE, Rig
from tests.world import PEOPLE

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
BOOK = "staff"
ASKERS = ("zhangwei", "zhangwen", "zhengwei", "shanhong", "sunli")
DECIDERS = ("wangfang", "zhouwei", "qianjin", "liuyang", "zengqing")
IMPORTER = "liuyang"
HEADINGS = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱", "负责人"]
TOGETHER = ("甲", "乙", "丙")
"""Endings of the names that one import brings: all of them or none."""

Act = Callable[[Rig, Desk, random.Random], None]


def work(rig: Rig, seed: int, worker: int = 0) -> None:
    """One session, known as ``worker``: acts without end, until it is killed."""
    chance = random.Random(seed)
    rig.worker = worker
    open_store(rig.home)
    while True:
        login = chance.choice(ASKERS + DECIDERS)
        desk = open_desk(rig.actors[login])
        acts = (
            look,
            choose,
            decide if login in DECIDERS else submit,
            decide if login in DECIDERS else submit,
        )
        for _time in range(chance.randint(1, 6)):
            one = bring_in if login == IMPORTER and chance.random() < 0.05 else chance.choice(acts)
            try:
                one(rig, desk, chance)
            except (Refused, Invalid, Unavailable):
                continue


def duties(rig: Rig, _seed: int) -> None:
    """The duty runner, again and again. Where others write for too long, the next run does it, as at the
    server."""
    open_store(rig.home)
    while True:
        with contextlib.suppress(Unavailable):
            run(PLACE)
        time.sleep(0.05)


def people_work(
    rig: Rig,
    chance: random.Random,
    count: int,
    *,
    signed: bool = False,
    then: Callable[[], object] = lambda: None,
) -> None:
    """``count`` acts in this process; ``then`` while the store is still open."""
    open_store(rig.home)
    try:
        for _time in range(count):
            login = chance.choice(ASKERS + DECIDERS)
            act = decide if login in DECIDERS else submit
            try:
                chance.choice((act, choose))(rig, open_desk(rig.actors[login]), chance)
            except (Refused, Invalid):
                continue
        if signed:
            rig.sign()
        then()
    finally:
        close_store()


def _told(rig: Rig, desk: Desk, act: str, **more: object) -> None:
    rig.acknowledge(session=desk.actor.session, act=act, worker=rig.worker, **more)


def look(rig: Rig, desk: Desk, chance: random.Random) -> None:
    """Find a colleague, open the card, see the number."""
    entry = rig.world.entry(chance.choice([one.login for one in PEOPLE if one.book == BOOK]))
    desk.directory.card(entry)
    _told(rig, desk, "directory.card")
    desk.directory.reveal(entry, "mobile", "work", "讨论项目")
    _told(rig, desk, "directory.reveal")


def choose(rig: Rig, desk: Desk, chance: random.Random) -> None:
    """Change the language."""
    language = chance.choice(("zh_CN", "en"))
    desk.me.choose_language(language)
    _told(rig, desk, "me.choose_language")


def submit(rig: Rig, desk: Desk, chance: random.Random) -> None:
    """Ask for another number, with evidence; or take back what was asked."""
    mine = [row for row in desk.requests.mine() if row.state == "open"]
    if mine and chance.random() < 0.3:
        desk.requests.withdraw(mine[0].id)
        _told(rig, desk, "requests.withdraw", request=mine[0].id, state="withdrawn")
        return
    file = desk.evidence.add("受理单.pdf", PDF + str(chance.random()).encode())
    _told(rig, desk, "evidence.add", evidence=file.id)
    form = desk.changes.form(rig.world.entry(desk.actor.login))
    number = f"139 {chance.randrange(10**4):04d} {chance.randrange(10**4):04d}"
    request = desk.changes.submit(form.entry, form.version, {"mobile": number}, "换号", [file.id])
    _told(rig, desk, "changes.submit", request=request)


def decide(rig: Rig, desk: Desk, chance: random.Random) -> None:
    """Approve or reject what waits."""
    rows = desk.queue.window().rows
    if not rows:
        return
    request = chance.choice(rows).id
    digest = desk.queue.one(request).digest
    _told(rig, desk, "queue.one")
    if chance.random() < 0.15:
        desk.queue.reject(request, digest, "证据不符")
        _told(rig, desk, "queue.reject", request=request, state="rejected")
    else:
        desk.queue.approve(request, digest)
        _told(rig, desk, "queue.approve", request=request, by=desk.actor.account)


def bring_in(rig: Rig, desk: Desk, chance: random.Random) -> None:
    """Import three people."""
    number = chance.randrange(10**8)
    name = "".join(chr(0x5E00 + int(digit)) for digit in f"{number:08d}")
    rows = [
        [f"{name}{ending}", "销售中心", "客户经理", "010-88886666", f"138{number:08d}", "t@example.com", ""]
        for ending in TOGETHER
    ]
    desk.importing.load(BOOK, [HEADINGS, *rows], Source("t.xlsx", "0" * 64))
    _told(rig, desk, "importing.load", name=name)
