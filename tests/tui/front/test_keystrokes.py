"""How many keys the commonest jobs take from Today, through the real ssh client: docs/staff.md prints them.
A job that takes more than its goal fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest

from auth import sessions
from db.desk.due_dates import today
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import (
    AuditRecord,
    CaseFile,
    Delegation,
    Entry,
    Pickup,
    Request,
    RequestStep,
    ReviewItem,
    Table,
)
from reports.period import parse_period
from tests.db.desk.asking import PDF, change
from tests.db.desk.reviewing import open_all, own_right
from tests.tui.front.running import Client, Running, eventually
from tests.tui.front.test_real_app import AtOnce
from tests.world import World, build_world

DOCS = Path(__file__).parents[3] / "docs"
QUIET = 0.8
"""Seconds without a byte after which a screen is drawn and was read."""
DONE_WITHIN = 60.0
"""Seconds that the last of the acts may take, of many at once on a busy host."""
PAGE_DOWN = "\x1b[6~"
ENTER = "\r"
ESCAPE = "\x1b"
F3, F6, F12, SUBMIT = "\x1bOR", "\x1b[17~", "\x1b[24~", "\x13"
Done = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """A job as docs/staff.md calls it: whose it is, its keys, and how many there may be besides what is typed
    as a word. ``prepare`` puts on record what it needs, and gives how to see that it is done."""

    words: str
    login: str
    keys: tuple[str, ...]
    goal: int
    prepare: Callable[[World], Done]
    shows: str = ""
    """What stands on the screen then."""

    @property
    def count(self) -> int:
        """How many keys it takes; a word that is typed is none."""
        return sum(len(key) == 1 or key.startswith(ESCAPE) for key in self.keys)


def _looked_up(act: str) -> Callable[[World], Done]:
    """Done once the chain has ``act``."""

    def prepare(_world: World) -> Done:
        records = AuditRecord.select().where((AuditRecord.act == act) & (AuditRecord.outcome == "done"))
        return lambda: bool(records.exists())

    return prepare


def _by_number(world: World) -> Done:
    assert change(world, "zhangwei", "staff") == 1
    return _looked_up("queue.one")(world)


def _first(world: World) -> Done:
    request = change(world, "majun", "group")
    return lambda: _is_approved(request)


def _eight(world: World) -> Done:
    requests = []
    for number in range(8):
        world.hire(
            f"colleague{number}", f"同事{number}", "研发中心/研发一部", values={"extension": f"80{number}0"}
        )
        asked = {"extension": f"81{number}0"}
        requests.append(change(world, f"colleague{number}", asked=asked, reason="座位调整"))
    return lambda: all(map(_is_approved, requests))


def _review(world: World) -> Done:
    there = Entry.select().where((Entry.book == "group") & (Entry.state == "active")).count()
    for number in range(75 - there):
        world.hire(f"colleague{number}", f"同事{number:02}", "财务中心/会计部", book="group")
    check = open_all("group")["check"]
    own_right(world, check, "luoyan")
    items = ReviewItem.select().where(ReviewItem.campaign == check)
    assert items.count() == 75
    return lambda: not items.where(ReviewItem.verdict.is_null()).exists()


def _is_approved(request: int) -> bool:
    first = (RequestStep.request == request) & (RequestStep.ord == 1)
    return bool(RequestStep.get(first).state == "approved")


def _last_month(world: World) -> Done:
    """Done once the command that was copied would fetch it."""
    month = parse_period(f"{today().replace(day=1) - timedelta(days=1):%Y-%m}", today())

    def done() -> bool:
        if not Pickup.select().exists():
            return False
        _language, words = world.desk("liuyang").pickups.take() or ("", ())
        return f"{month.first}..{month.last}" in words and words[-1] == "xlsx"

    return done


def _own_mobile(world: World) -> Done:
    world.desk("zhangwen").evidence.add("受理单.pdf", PDF)
    return _asked("change")


def _asked(kind: str) -> Done:
    return lambda: bool(Request.select().where(Request.kind == kind).exists())


def _is_there(table: type[Table]) -> Callable[[World], Done]:
    """Done once the table has a row."""
    return lambda _world: lambda: bool(table.select().exists())


JOBS = (
    Job(
        "correct your own mobile number, with a file",
        "zhangwen",
        ("g", "gsjh", ENTER, "13900002121", ENTER, "换号", F6, ENTER, SUBMIT),
        6,
        _own_mobile,
    ),
    Job(
        "let somebody leave",
        "liuyang",
        ("g", "lizhi zhangwen", ENTER, SUBMIT),
        4,
        lambda _world: _asked("leave"),
    ),
    Job(
        "let somebody join",
        "liuyang",
        (
            *("g", "ruzhi", ENTER, "新来", F3, "研发一部", ENTER, ENTER),
            *("工程师", ENTER, "010 6234 5678", ENTER, "138 0000 8990", ENTER, "xl@huaxing.example", SUBMIT),
        ),
        9,
        lambda _world: _asked("join"),
    ),
    Job(
        "let somebody decide for you for a week",
        "wangfang",
        ("n", "3", "1", ENTER, ENTER),
        5,
        _is_there(Delegation),
    ),
    Job("report a breach", "zhangwei", (F12, "名册照片传到群里", SUBMIT), 2, _is_there(CaseFile)),
    Job(
        "see a colleague's mobile number", "zhangwei", ("g", "zhengw", F6), 2, _looked_up("directory.reveal")
    ),
    Job(
        "see who somebody's manager's manager is, if you may",
        "liuyang",
        ("g", "zhangwen", ENTER),
        3,
        _looked_up("directory.card"),
        "李伟 [头] 8010",
    ),
    Job("open a request by its number", "wangfang", ("g", "#1", ENTER), 2, _by_number),
    Job("approve the first request that waits", "huangbo", ("a",), 1, _first),
    Job("approve eight that are alike", "wangfang", ("3", "=", "a", ENTER), 4, _eight),
    Job(
        "review 75 entries, all of them right",
        "luoyan",
        ("8", ENTER, *[PAGE_DOWN] * 9, "*", "a", "y"),
        15,
        _review,
    ),
    Job("take last month's report out as XLSX", "liuyang", ("7", "p", "2", "o", "y"), 5, _last_month),
)


@pytest.fixture
def world(home: Home) -> Iterator[World]:
    open_store(home)
    migrate()
    yield build_world()
    close_store()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.words)
def test_a_job_takes_no_more_keys_than_its_goal(
    home: Home, world: World, start: Callable[..., Running], job: Job
) -> None:
    done = job.prepare(world)
    world.actor(job.login)
    front = start(entry="tui.app", home=home.folder)
    front.front.sign_in = lambda login, source, _front: AtOnce(world.accounts[login], login, source)
    front.front._end_session = sessions.end_session
    client = front.ssh("-o", "SetEnv=LANG=zh_CN.UTF-8", login=job.login).sign_in()
    client.wait_for("[1 ")
    _read(client)
    assert not done()
    for key in job.keys:
        client.process.send(key)
        _read(client)
    shown = "\n".join(client.screen.display)
    eventually(done, f"{job.words}:\n{shown}", DONE_WITHIN)
    assert job.count <= job.goal
    assert job.shows in shown
    client.process.close(force=True)


def _read(client: Client) -> None:
    """Read what is drawn until nothing more comes."""
    last = time.monotonic()
    while time.monotonic() - last < QUIET:
        try:
            data = client.process.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            continue
        client._stream.feed(data)
        last = time.monotonic()


def test_the_manual_prints_the_table() -> None:
    """Words and numbers in English, the same numbers in the Chinese original."""
    english, chinese = (_rows((DOCS / name).read_text("utf-8")) for name in ("staff.md", "staff.zh.md"))
    assert {words: count for words, _keys, count in english} == {job.words: job.count for job in JOBS}
    assert [count for _words, _keys, count in chinese] == [count for _words, _keys, count in english]


def _rows(page: str) -> list[tuple[str, str, int]]:
    """The rows of the one table that ends with a number of keys."""
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \|$", page, re.MULTILINE)
    return [(words, keys, int(count)) for words, keys, count in found]
