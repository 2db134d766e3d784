"""Houses of a few people: the second is never nobody, or else it takes time, and it is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from db.desk import Desk, Invalid, Pending, Refused, open_desk
from db.desk.authority.actor import Actor
from db.desk.due_dates import today
from db.desk.entry.record import create_entry
from db.desk.lifecycle.last_day import _end
from db.desk.requests.putting_off import concerned_by, do_deferred, ripe_in
from db.language import Label, say
from db.store import clock as store_clock
from db.store.engine import Store
from db.store.tables import (
    Account,
    Grant,
    LastDay,
    Notice,
    NoticeRecipient,
    Person,
    Request,
    RequestStep,
    SignInSession,
)
from db.store.transactions import writing
from tests.agreed import asked
from tests.conftest import Clock
from tests.db.desk.asking import approve, refusal
from tests.db.desk.lives import leave
from tests.wider_world import PLANS, Plan, build_wider_world
from tests.world import World
from tui.sheets.notice_words import describe_notice
from tui.sheets.request_facts import progress_text

pytestmark = pytest.mark.threat(50)
HR = "hr | 何人 | 办公室 | 人事 | 1001 | 13800001001 | roles=hr"
HEAD = "boss | 柏老板 | 办公室 | 负责人 | 1002 | 13800001002 | head"
SECOND = "second | 何二 | 办公室 | 人事 | 1004 | 13800001004 | roles=hr"
STAFF = "lin | 林一 | 办公室 | 职员 | 1003 | 13800001003"


def house(monkeypatch: pytest.MonkeyPatch, *people: str) -> World:
    """A directory of ``people`` under no regulation that says who is second."""
    plan = Plan(
        Label("小店通讯录", "Small shop"),
        ["enterprise"],
        Label("小店", "Shop"),
        ("办公室",),
        "\n".join(people),
    )
    monkeypatch.setitem(PLANS, "shop", plan)
    return build_wider_world("shop")


def give(world: World, by: str, whom: str, role: str = "safety") -> int:
    """Ask for a role; the request's number."""
    return asked(lambda: world.desk(by).accounts.grant(world.accounts[whom], "shop", role, None, None))


def holds(world: World, login: str, role: str = "safety") -> bool:
    rows = Grant.select().where((Grant.account == world.accounts[login]) & (Grant.role == role))
    return rows.where(Grant.in_force()).exists()


def told(world: World, login: str) -> set[str]:
    rows = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts[login])
    return {row.kind for row in rows}


def test_of_one_hr_and_one_head_hr_asks_and_the_head_decides(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = house(monkeypatch, HR, HEAD, STAFF)
    request = give(shop, "hr", "lin")
    refusal(shop.desk("hr"), request, Request.get_by_id(request).digest)
    approve(shop, "boss", request)
    assert holds(shop, "lin")


def test_who_could_agree_is_named_first_where_they_read_it_and_all_are_in_full(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "s{0} | 安{0} | 办公室 | 安全 | 110{0} | 1380000110{0} | roles=security"
    more = [line.format(number) for number in range(4)]
    shop = house(monkeypatch, HR, *more, STAFF)
    request = give(shop, "hr", "lin")
    for number in range(4):
        row = shop.desk(f"s{number}").queue.one(request).row
        assert say(row.waits_for[0], "zh_CN").startswith(f"安{number}")
    words = say(progress_text(row, whole=True).text, "zh_CN")
    assert all(f"安{number}" in words for number in range(4))
    assert "…" in say(progress_text(row).text, "zh_CN")


def test_of_two_people_one_asks_and_the_other_decides(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on what HR itself is to be; what the head is to be waits for a day, and the head can stop it."""
    shop = house(monkeypatch, HR, HEAD)
    request = give(shop, "hr", "hr")
    approve(shop, "boss", request)
    assert holds(shop, "hr")
    waits = give(shop, "hr", "boss")
    assert not RequestStep.select().where(RequestStep.request == waits).exists()
    assert Request.get_by_id(waits).due is not None
    assert "power-asked" in told(shop, "boss")
    notice = Notice.select().where(Notice.request == waits).get()
    shop.desk("boss").objections.object(notice.id)
    assert Request.get_by_id(waits).state == "withdrawn"


def test_one_person_waits_a_week_and_whom_it_concerns_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    shop = house(monkeypatch, HR, STAFF)
    request = give(shop, "hr", "lin")
    assert "power-asked" in told(shop, "lin")
    clock.forward(days=6)
    assert not ripe_in("shop")
    clock.forward(days=1)
    (ripe,) = ripe_in("shop")
    assert ripe.id == request
    with writing():
        assert do_deferred(ripe) == "applied"
    assert holds(shop, "lin")
    assert Grant.get((Grant.account == shop.accounts["lin"]) & (Grant.role == "safety")).alone


@pytest.mark.threat(112)
def test_no_week_of_days_off_passes_unheard(
    store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """One HR asks on the evening before the National Day's week, in which nobody is at work."""
    shop = house(monkeypatch, HR, STAFF)
    clock.set("2026-09-30T20:00+08:00")
    give(shop, "hr", "lin")
    clock.set("2026-10-07T20:00+08:00")
    assert not ripe_in("shop")
    clock.set("2026-10-08T20:00+08:00")
    assert len(ripe_in("shop")) == 1


def test_who_asks_alone_reads_in_the_form_that_it_waits_a_week(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = house(monkeypatch, HR, STAFF)
    asked_of = {one.id for one in shop.desk("hr").asking.offers() if one.book == "shop"}
    steps = shop.desk("hr").asking.form("right", "shop").route.steps
    assert "right" in asked_of
    (words,) = steps[-1].who
    assert say(words, "zh_CN") == "暂无人选，7 天内相关人员均无异议即办理"
    assert say(words, "en") == "nobody, so it is done after 7 days unless somebody whom it concerns objects"
    assert shop.desk("hr").asking.form("reset", "shop").route.steps[-1].who == (), "nobody resets alone"


def test_whom_it_concerns_reads_on_which_day_it_is_done(
    store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    shop = house(monkeypatch, HR, STAFF)
    give(shop, "hr", "lin")
    (notice,) = [one for one in shop.desk("lin").notices.unread() if one.kind == "power-asked"]
    week = today() + timedelta(days=7)
    assert f"。{week.month:02}-{week.day:02}" in say(describe_notice(notice), "zh_CN")
    assert "办理；如不应办理，请提出异议（x）" in say(describe_notice(notice), "zh_CN")
    assert "; it is done on " in say(describe_notice(notice), "en")
    assert say(describe_notice(notice), "en").endswith(" unless somebody objects (x)")


def test_nobody_is_alone_by_entering_last_days_for_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Nobody's access ends by it who alone could say no; nor would one who is shut out so count as nobody."""
    shop = house(monkeypatch, HR, HEAD, STAFF)
    gone = leave(shop, "hr", "boss", "shop")
    clock.forward(days=2)
    assert shop.desk("boss").me.who().name
    with writing():
        _end(LastDay.get())
    with pytest.raises(Refused, match="nobody has decided"):
        shop.desk("hr").accounts.grant(shop.accounts["lin"], "shop", "safety", None, None)
    shop.desk("hr").requests.withdraw(gone)
    approve(shop, "boss", give(shop, "hr", "lin"))
    assert holds(shop, "lin")


def test_who_has_left_for_good_holds_nothing_up(
    store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    shop = house(monkeypatch, HR, HEAD, STAFF, SECOND)
    gone = leave(shop, "hr", "boss", "shop")
    approve(shop, "second", gone)
    clock.forward(days=1)
    with writing():
        Account.update(state="disabled").where(Account.login == "second").execute()
    waits = Request.get_by_id(give(shop, "hr", "lin"))
    assert waits.due is not None


def test_the_host_acts_at_once_and_those_concerned_hear_of_it_until_acknowledged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = house(monkeypatch, HR, HEAD, STAFF)
    _host().accounts.grant(shop.accounts["lin"], "shop", "safety", None, None)
    assert holds(shop, "lin")
    assert told(shop, "lin") & {"power-done", "right-given"}
    notice = Notice.select().where(Notice.kind == "power-done").get()
    assert notice.acknowledge
    assert "power-done" in told(shop, "boss")


def somebody_new(shop: World, desk: Desk) -> object:
    """Make an account for one who has none."""
    with writing():
        entry = create_entry("shop", shop.unit("shop", "办公室"), "full-time", {"name": ["甘新"]})
    return desk.accounts.create(entry, "ganxin", "0" * 64, "2027-01-01T00:00:00.000000Z")


def of_theirs(shop: World, login: str, desk: Desk) -> object:
    row = Grant.get_or_none(Grant.account == shop.accounts[login])
    return desk.accounts.revoke(row.id) if row is not None else None


def to_them(shop: World, login: str, desk: Desk) -> object:
    day = today().isoformat()
    return desk.delegation.delegate("hr", "shop", shop.accounts[login], day, day)


ACTS: dict[str, Callable[[World, str, Desk], object]] = {
    "make an account": lambda shop, _login, desk: somebody_new(shop, desk),
    "give a code": lambda shop, login, desk: desk.accounts.issue_activation(
        shop.accounts[login], "1" * 64, "2027-01-01T00:00:00.000000Z"
    ),
    "grant": lambda shop, login, desk: desk.accounts.grant(
        shop.accounts[login], "shop", "safety", None, None
    ),
    "revoke": of_theirs,
    "disable": lambda shop, login, desk: desk.accounts.disable(shop.accounts[login]),
    "end sessions": lambda shop, login, desk: desk.accounts.end_sessions(shop.accounts[login]),
    "delegate": to_them,
    "reset": lambda shop, login, desk: desk.resets.reset(shop.accounts[login]),
    "erase": lambda shop, login, desk: desk.privacy.erase("shop", shop.entry(login, "shop"), "去世"),
}
HOUSES = {
    "one": (HR,),
    "two": (HR, STAFF),
    "of two, one heads": (HR, HEAD),
    "two keepers": (HR, SECOND),
    "three": (HR, HEAD, STAFF),
}


@pytest.mark.parametrize("people", HOUSES.values(), ids=HOUSES)
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_each_act_in_a_house_of_any_size_is_done_or_waits_or_is_refused_in_words(
    act: Callable[[World, str, Desk], object],
    people: tuple[str, ...],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was tried and undone is asked about no more; what waits names nobody who is not on record."""
    shop = house(monkeypatch, *people)
    with suppress(Pending, Refused, Invalid):
        act(shop, people[-1].partition(" |")[0], shop.desk("hr"))
    for request in Request.select():
        persons = set(concerned_by(request))
        assert persons == {row.id for row in Person.select().where(Person.id.in_(persons))}


@pytest.mark.parametrize("people", [(HR,), (HR, STAFF)], ids=["one", "two"])
def test_where_nobody_watches_the_host_makes_an_account(
    people: tuple[str, ...], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that came of it a week later would have a code that nobody has seen."""
    shop = house(monkeypatch, *people)
    with pytest.raises(Refused, match="Nobody but you") as refused:
        somebody_new(shop, shop.desk("hr"))
    assert "mingce account" in say(refused.value.advice, "en")
    assert not Account.select().where(Account.login == "ganxin").exists()
    assert somebody_new(shop, _host())


def _host() -> Desk:
    """The desk of the host's operator."""
    with writing():
        account = Account.create(login="host", state="active", created_at=store_clock.now())
        Grant.create(account=account, role="hr", book="shop", granted_at=store_clock.now())
        session = SignInSession.create(
            account=account, source="host:root", front="host", strength="full", started_at=store_clock.now()
        )
    desk = open_desk(Actor(account.id, "host", session.id, "host:root", "host", "full", "zh_CN"))
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    return desk
