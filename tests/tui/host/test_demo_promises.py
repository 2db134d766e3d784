"""What the demonstration's page tells each person to try is there, on whichever day it is built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from auth import passwords, sessions
from db.desk import Desk, open_desk
from db.desk.cases.cases import Cases
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.emergency.emergencies import Emergencies
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks import duties
from db.desk.tasks.task_views import TaskRow
from db.desk.training.trainings import Trainings
from db.store import clock
from db.store.engine import close_store
from db.store.tables import Account
from db.store.transactions import writing
from tests.tui.host.test_demo import built
from tui.host.demo.cast import organisation

BUILT_ON = {
    "a Monday morning, one week after a week of holidays": "2026-03-02T08:30+08:00",
    "a Sunday that begins a year": "2034-01-01T15:00+08:00",
}
Promise = Callable[[Desk], object]


@pytest.fixture(scope="module", params=BUILT_ON)
def present(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[datetime]:
    """When a demonstration is built, which the server has run the duties of since."""
    present = datetime.fromisoformat(BUILT_ON[request.param])
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "COST", 4)
    built(tmp_path_factory.mktemp("demo") / "state", present)
    patch.undo()
    clock.use_source(lambda: present + timedelta(minutes=1))
    duties.run(duties.RunnerPlace("serve", "127.0.0.1"))
    yield present
    clock.use_source(None)
    close_store()


def desk_of(login: str) -> Desk:
    """The desk of somebody who signs in."""
    with writing():
        session = sessions.start(Account.get(Account.login == login).id, "127.0.0.1", "ssh", "full")
    return open_desk(sessions.resume(session))


def decides(*kinds: str, least: int = 1) -> Promise:
    """So many requests of each of ``kinds`` wait for them."""

    def holds(desk: Desk) -> bool:
        found = [row.kind for row in desk.queue.window().rows]
        return all(found.count(kind) >= least for kind in kinds)

    return holds


def waits(step: str) -> Promise:
    """A case waits for them to take ``step``."""
    return lambda desk: any(step in Cases(desk).one(row.id).steps for row in Cases(desk).queue() if row.turn)


def does(kind: str, that: Callable[[TaskRow], bool] = lambda _row: True, least: int = 1) -> Promise:
    """So many tasks of ``kind`` wait for them, ``that`` is true of."""
    return lambda desk: sum(row.kind == kind and that(row) for row in desk.tasks.mine().rows) >= least


def reviews(kind: str, begun: bool = False) -> Promise:
    """A review of ``kind`` waits for them; ``begun``: some of it is decided."""

    def holds(desk: Desk) -> bool:
        rows = [row for row in Reviews(desk).campaigns() if row.kind == kind and row.mine and not row.closed]
        return any(not begun or 0 < row.count.decided < row.count.total for row in rows)

    return holds


def both(*promises: Promise) -> Promise:
    """Each of ``promises``."""
    return lambda desk: all(promise(desk) for promise in promises)


def asked(state: str, *kinds: str) -> Promise:
    """Requests of their own of these kinds stand so."""
    wanted = {(kind, state) for kind in kinds}
    return lambda desk: wanted <= {(one.kind, one.state) for one in desk.requests.mine()}


def opens_copy(desk: Desk) -> bool:
    """Their newest copy is not acknowledged, the older ones are."""
    newest, *older = Copies(desk).mine()
    return not newest.acknowledged_at and len(older) == 3 and all(one.acknowledged_at for one in older)


def issues(book: str) -> Promise:
    """This week's editions are to be issued, and of last week's somebody has not acknowledged the copy."""

    def waits(desk: Desk, edition: str) -> bool:
        newest = Editions(desk).issues(book, edition)[0]
        return any(not copy.acknowledged_at for copy in Editions(desk).copies(newest.id))

    return both(
        does("edition", least=2),
        lambda desk: any(waits(desk, edition) for edition in ("internal", "external")),
    )


def closes_a_finding(desk: Desk) -> bool:
    """One finding is answered and to be closed, another one to be answered."""
    found = Inspections(desk).findings()
    return {row.state for row in found} == {"open", "answered"} and any(row.settles for row in found)


def told(kind: str) -> Promise:
    """An announcement of ``kind`` waits for them."""
    return lambda desk: kind in {notice.kind for notice in desk.notices.unread()}


def relocates(desk: Desk) -> bool:
    """Several changes of one department for one reason."""
    reasons = [desk.queue.one(row.id).reason for row in desk.queue.window().rows]
    return reasons.count("研发二部整体搬迁到四层") >= 5


PROMISES: dict[str, Promise] = {
    "zhangwei": both(decides("change", least=2), lambda desk: Cases(desk).mine()),
    "wangfang": decides("change", least=3),
    "liwei": relocates,
    "zhouwei": asked("open", "change"),
    "zhaomin": both(
        lambda desk: desk.consents.mine()[0].state == "asked",
        does("filing", lambda row: not row.handed and row.due.left >= 0),
    ),
    "qianjin": both(
        decides("change", least=3),
        lambda desk: any(row.due is not None and row.due.left < 0 for row in desk.queue.window().rows),
    ),
    "chenjing": both(
        decides("join", "move", "leave", "change"),
        lambda desk: desk.lifecycle.namesakes("staff", "肖思远")[0].archive is not None,
    ),
    "liuyang": both(
        asked("returned", "join"),
        does("joiner", lambda row: row.pending and row.request is None and row.due.left >= 0),
        does("joiner", lambda row: row.pending and row.request is None and row.due.left < 0),
        lambda desk: [day.name for day in desk.calendar.days()] == ["司庆日"],
    ),
    "hejun": lambda desk: Reviews(desk).campaigns(),
    "sunhao": both(reviews("self-check"), lambda desk: Cases(desk).queue()[0].state == "investigating"),
    "wulei": lambda desk: desk.accounts.page("staff", 0, 50),
    "maxiao": both(
        reviews("full-review", begun=True), does("filing", lambda row: row.handed), decides("disclosure")
    ),
    "kangle": lambda desk: desk.lifecycle.join_form("safety"),
    "gutao": both(
        lambda desk: desk.consents.received(),
        does("filing", lambda row: not row.handed),
        reviews("self-check"),
    ),
    "yeting": both(asked("returned", "change"), lambda desk: desk.directory.search("trade", "鲁南")),
    "linxiao": both(decides("change"), reviews("sign-off")),
    "xuning": lambda desk: any(row.mine and row.state == "open" for row in Inspections(desk).findings()),
    "dengchao": both(
        closes_a_finding, lambda desk: [one.state for one in Cases(desk).queue()] == ["proposed"]
    ),
    "fangmin": lambda desk: [row.state for row in Inspections(desk).findings()] == ["answered"],
    "tangyu": reviews("confirmation"),
    "songjia": both(decides("change"), reviews("sign-off"), told("update")),
    "luoyan": both(
        reviews("check", begun=True), decides("delete"), lambda desk: Stale(desk).entries("group")
    ),
    "hanmei": reviews("check", begun=True),
    "yanlaoshi": both(decides("change"), does("enrolment")),
    "shilaoshi": both(decides("change", "join"), lambda desk: Emergencies(desk).roll("class")),
    "jinrui": both(
        reviews("recertification"),
        lambda desk: any(one.training.overdue for one in Trainings(desk).people("trade", "directory-rules")),
    ),
    "dubei": lambda desk: any(
        one.training.overdue for one in Trainings(desk).people("trade", "directory-rules")
    ),
    "lunan": lambda desk: Trainings(desk).mine()[0].training.overdue,
    "huangrong": both(
        decides("power"), does("leaver"), lambda desk: Cases(desk).queue()[0].state == "reported"
    ),
    "shuqi": told("revision"),
    "xinan": both(closes_a_finding, lambda desk: Cases(desk).queue()),
    "fuhua": does("leaver"),
    "yanhe": does("hand-back"),
    "shibu": both(
        reviews("sign-off"),
        lambda desk: any(row.mine and row.state == "open" for row in Inspections(desk).findings()),
    ),
    "tangjun": both(decides("structure", "copy-private"), opens_copy, waits("hear")),
    "fengyi": decides("copy"),
    "ouyangming": waits("confirm"),
    "zhuli": both(issues("estate"), decides("unit-contact")),
    "taojun": opens_copy,
    "xieping": both(asked("open", "copy", "copy-private"), lambda desk: Cases(desk).mine()),
    "shenjie": opens_copy,
    "wenmi": lambda desk: all(copy.acknowledged_at for copy in Copies(desk).mine()),
    "gaoyuan": both(decides("structure"), opens_copy),
    "nilan": decides("copy"),
    "tianhe": both(issues("international"), decides("change", least=2)),
    "zoutong": decides("change", least=2),
    "leijun": both(reviews("sign-off"), opens_copy),
    "geyuan": lambda desk: desk.me.undertakings(),
    "huoying": opens_copy,
    "linan": reviews("inspection"),
}
AT_ANY_TIME = {
    "shanling", "zhengwei", "gaoshan", "yeqing", "fanglaoshi", "jiangtao", "tanlan", "yuhui",
    "lufeng", "xuran", "caiming", "maoxiao", "gantang", "qinyu", "baizhi", "zhongling",
}  # fmt: skip
"""Who is told to do what needs nothing that is to happen before."""


def test_everybody_finds_what_they_are_told_to_try(present: datetime) -> None:
    missed = [login for login, promise in PROMISES.items() if not promise(desk_of(login))]
    assert not missed


def test_the_promises_are_those_of_everybody() -> None:
    logins = [role.login for _book, role in organisation().everyone()]
    assert sorted([*PROMISES, *AT_ANY_TIME]) == sorted(logins)
