"""What one does alone to what others may do is told, at once, to them and to somebody independent."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from db.desk import Invalid, Pending, Refused
from db.desk.authority.permissions import policy_of
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.desk.notifications.alarming import alert_role
from db.desk.notifications.notices import store_notice
from db.desk.requests.power_lines import lines_of
from db.language import say
from db.store import clock
from db.store.tables import (
    Account,
    AuditRecord,
    Delegation,
    EditionCopy,
    EntryTag,
    Notice,
    NoticeRecipient,
    Request,
    Unit,
)
from db.store.transactions import writing
from tests.agreed import agreed, asked
from tests.conftest import Clock
from tests.db.desk.lives import leave
from tests.world import World

BOOKS_OF = {"office": ("controlled",)}


def told(world: World, login: str) -> list[int]:
    """Notices of acts to ``login`` that they may object to, oldest first."""
    rows = (
        Notice.select()
        .join(NoticeRecipient)
        .where(
            (NoticeRecipient.account == world.accounts[login])
            & Notice.kind.in_(("power-done", "power-asked"))
        )
    )
    return [row.id for row in rows.order_by(Notice.id)]


def state(world: World, login: str) -> str:
    return str(Account.get_by_id(world.accounts[login]).state)


@pytest.mark.threat(53)
def test_whoever_is_shut_off_their_head_and_the_supervisor_hear_of_it(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    for login in ("zhangwei", "wangfang", "helei"):
        assert told(world, login), login
    assert not told(world, "guotao")


@pytest.mark.threat(53)
def test_of_a_privileged_account_the_management_hears_too_and_has_to_acknowledge_it(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["zengqing"])
    assert told(world, "chenjing")
    assert Notice.get_by_id(told(world, "chenjing")[0]).acknowledge


@pytest.mark.threat(53)
@pytest.mark.parametrize("by", ["helei", "wangfang"])
def test_anybody_who_was_told_takes_it_back_by_one_act(world: World, by: str) -> None:
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    (notice,) = told(world, by)
    world.desk(by).objections.object(notice)
    assert state(world, "zhangwei") != "disabled"
    record = AuditRecord.get(AuditRecord.act == "accounts.enable")
    assert record.account == world.accounts[by], "blamed for it is who did it"
    said = [json.loads(row.detail)["operation"] for row in Notice.select().where(Notice.kind == "power-done")]
    assert said == ["accounts.disable"], "that it was taken back is told once, as an objection"
    with pytest.raises((Refused, Invalid)):
        world.desk(by).objections.object(notice)


@pytest.mark.threat(53)
def test_an_old_announcement_takes_nothing_back_that_was_done_since(world: World) -> None:
    """Neither what was objected to and then done once more, nor what was done again after it was undone."""
    it, whom = world.desk("guotao"), world.accounts["zhangwei"]
    it.accounts.disable(whom)
    (first,), (theirs,) = told(world, "wangfang"), told(world, "helei")
    world.desk("wangfang").objections.object(first)
    it.accounts.disable(whom)
    for by, notice in (("wangfang", first), ("helei", theirs)):
        with pytest.raises(Refused) as refused:
            world.desk(by).objections.object(notice)
        assert "since" in str(refused.value)
    assert state(world, "zhangwei") == "disabled"
    world.desk("helei").objections.object(told(world, "helei")[-1])
    assert state(world, "zhangwei") != "disabled"


@pytest.mark.threat(53)
def test_nobody_objects_to_what_they_were_not_told_of(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    (notice,) = told(world, "helei")
    with pytest.raises(Refused):
        world.desk("sunli").objections.object(notice)
    assert state(world, "zhangwei") == "disabled"


@pytest.mark.threat(50)
def test_whoever_it_concerns_stops_what_was_asked_for(world: World) -> None:
    request = asked(
        lambda: world.desk("liuyang").accounts.grant(world.accounts["zhangwei"], "staff", "it", None, None)
    )
    (notice,) = told(world, "zhangwei")
    world.desk("zhangwei").objections.object(notice)
    assert Request.get_by_id(request).state == "withdrawn"


@pytest.mark.threat(54)
def test_a_delegation_is_told_to_the_superior_and_the_supervisor_and_either_ends_it(world: World) -> None:
    world.desk("wangfang").delegation.delegate(
        "head", "staff", world.accounts["zhangwen"], "2026-11-23", "2026-11-27"
    )
    assert told(world, "zhangwen")
    assert told(world, "helei")
    (notice,) = told(world, "liwei")
    world.desk("liwei").objections.object(notice)
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0


@pytest.mark.threat(54)
def test_who_keeps_the_directory_lets_somebody_stand_in_from_the_next_day_on(
    world: World, clock: Clock
) -> None:
    clock.set("2026-11-23T10:00+08:00")
    with pytest.raises(Pending):
        world.desk("liuyang").delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-23", "2026-11-27"
        )
    assert not Delegation.select().exists()
    (row,) = world.desk("liuyang").requests.mine()
    assert say(row.waits_for[0], "en") == "its day, 2026-11-24"


@pytest.mark.threat(54)
def test_who_stands_in_sees_what_waits_and_no_more_of_the_directory(world: World) -> None:
    before = world.desk("wangfang").directory.search("staff", "单宏")
    world.desk("liwei").delegation.delegate(
        "head", "staff", world.accounts["wangfang"], "2026-11-20", "2026-11-27"
    )
    assert world.desk("wangfang").directory.search("staff", "单宏") == before


@pytest.mark.threat(53)
def test_what_is_done_to_an_account_is_on_record_in_every_directory_it_is_something_in(world: World) -> None:
    world.actor("zhangwei")
    world.desk("guotao").accounts.end_sessions(world.accounts["zhangwei"])
    rows = AuditRecord.select().where(AuditRecord.act == "accounts.end_sessions")
    assert {row.book for row in rows} == {"staff", "group"}


@pytest.mark.threat(50)
def test_the_second_is_told_with_whose_agreement_it_was_done(world: World) -> None:
    agreed(
        lambda: world.desk("liuyang").accounts.grant(world.accounts["zhangwei"], "staff", "it", None, None),
        world.desk("helei"),
    )
    record = AuditRecord.select().where(AuditRecord.act == "accounts.grant").order_by(AuditRecord.seq.desc())
    assert record.get().account == world.accounts["liuyang"]


@pytest.fixture
def office(begun: World) -> World:
    return begun


@pytest.mark.threat(53)
def test_a_tag_and_a_region_are_taken_back_to_what_was_before(office: World) -> None:
    tagged, tag, keeper = office.entry("xiepi", "controlled"), "office-contact", office.desk("zhuli")
    Sorting(keeper).tag(tagged, tag, True)
    object_to(office, "sorting.tag")
    assert not EntryTag.select().where((EntryTag.entry == tagged) & (EntryTag.tag == tag)).exists()
    named = office.entry("baizl", "controlled")
    Sorting(keeper).tag(named, "outside-contact", False)
    object_to(office, "sorting.tag")
    assert EntryTag.select().where((EntryTag.entry == named) & (EntryTag.tag == "outside-contact")).exists()
    unit = office.unit("controlled", "技术部")
    Sorting(keeper).set_region(unit, "华东")
    object_to(office, "sorting.set_region")
    assert Unit.get_by_id(unit).region == ""


@pytest.mark.threat(53)
def test_a_region_set_since_is_not_put_back_by_an_old_announcement(office: World) -> None:
    keeper, unit = office.desk("zhuli"), office.unit("controlled", "技术部")
    Sorting(keeper).set_region(unit, "华东")
    Sorting(keeper).set_region(unit, "华南")
    with pytest.raises(Refused):
        object_to(office, "sorting.set_region", oldest=True)
    assert Unit.get_by_id(unit).region == "华南"


def object_to(world: World, operation: str, *, oldest: bool = False) -> None:
    """Object to the newest, or oldest, act of that name, as the first who was told of it."""
    rows = Notice.select().where(Notice.detail.contains(f'"{operation}"') & (Notice.kind == "power-done"))
    row = rows.order_by(Notice.id if oldest else Notice.id.desc()).get()
    told_of = NoticeRecipient.select().where(NoticeRecipient.notice == row)
    accounts = {one.account_id for one in told_of}
    login = next(login for login, account in world.accounts.items() if account in accounts)
    world.desk(login).objections.object(row.id)


@pytest.mark.threat(102)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_neither_of_two_acts_alike_shields_the_other(office: World, order: tuple[int, int]) -> None:
    """Two issues of one edition are asked for in the same words: each is taken back, whichever first."""
    with writing():
        office.grant("wenmi", "security", "controlled")
        Unit.update(kind="office").where(Unit.name == "上海办事处").execute()
    for _number in range(2):
        Editions(office.desk("zhuli")).issue("controlled", "internal")
    notices = [row.id for row in Notice.select().where(Notice.detail.contains('"editions.issue"'))]
    desk = office.desk("wenmi")
    for one in order:
        assert desk.objections.object(notices[one]) == "stopped"
    copies = EditionCopy.select().where(EditionCopy.recalled_at.is_null())
    assert not copies.exists()


@pytest.mark.threat(53)
def test_what_one_act_can_not_take_back_is_said(world: World) -> None:
    """A delegation that has ended takes whoever gives it to be given once more."""
    desk = world.desk("liwei")
    desk.delegation.delegate("head", "staff", world.accounts["wangfang"], "2026-11-23", "2026-12-04", "出差")
    given = Delegation.get()
    desk.delegation.revoke(given.id)
    with pytest.raises(Refused) as refused:
        object_to(world, "delegation.revoke")
    assert "by one act" in str(refused.value)
    assert Delegation.get_by_id(given.id).revoked_at is not None


GIVES_COPIES = "outside-contact"


def carries(world: World) -> bool:
    mine = EntryTag.entry == world.entry("wenmi", "controlled")
    return bool(EntryTag.select().where(mine & (EntryTag.tag == GIVES_COPIES)).exists())


def put_on(world: World) -> None:
    """Put on the tag that takes two, as if they had agreed."""
    with writing():
        EntryTag.create(entry=world.entry("wenmi", "controlled"), tag=GIVES_COPIES)


def take_off(world: World) -> None:
    Sorting(world.desk("zhuli")).tag(world.entry("wenmi", "controlled"), GIVES_COPIES, False)


def forget_telling(world: World, login: str, after: int) -> None:
    """Have ``login`` not be told of what was done ``after`` a notice, as who got an office later."""
    mine = NoticeRecipient.account == world.accounts[login]
    with writing():
        NoticeRecipient.delete().where(mine & (NoticeRecipient.notice > after)).execute()


@pytest.mark.threat(50)
def test_what_moved_nothing_is_not_told_as_done(office: World) -> None:
    """An objection to the end of what never was would give it by one person's word."""
    take_off(office)
    Sorting(office.desk("zhuli")).set_region(office.unit("controlled", "技术部"), "")
    assert not Notice.select().where(Notice.kind == "power-done").exists()


@pytest.mark.threat(50)
def test_what_moved_nothing_asks_for_no_second(office: World) -> None:
    put_on(office)
    Sorting(office.desk("zhuli")).tag(office.entry("wenmi", "controlled"), GIVES_COPIES, True)
    assert not Request.select().exists()
    assert carries(office)


@pytest.mark.threat(53)
def test_doing_the_same_again_takes_nobody_s_objection_away(office: World) -> None:
    put_on(office)
    take_off(office)
    take_off(office)
    (notice,) = told(office, "wenmi")
    assert office.desk("wenmi").objections.object(notice) == "stopped"
    assert carries(office)


@pytest.mark.threat(53)
def test_what_was_done_again_counts_for_whom_it_was_told(office: World) -> None:
    keeper, unit = Sorting(office.desk("zhuli")), office.unit("controlled", "技术部")
    keeper.set_region(unit, "华东")
    by = next(login for login in office.accounts if told(office, login))
    (first,) = told(office, by)
    keeper.set_region(unit, "华南")
    forget_telling(office, by, first)
    office.desk(by).objections.object(first)
    assert Unit.get_by_id(unit).region == ""


@pytest.mark.threat(50)
def test_what_takes_two_is_given_back_only_as_it_stood_before_that_very_act(office: World) -> None:
    """Not by who was told of its end once, but not of the last."""
    put_on(office)
    take_off(office)
    by = next(login for login in office.accounts if told(office, login) and login != "wenmi")
    (first,) = told(office, by)
    put_on(office)
    take_off(office)
    forget_telling(office, by, first)
    with pytest.raises(Refused, match="since"):
        office.desk(by).objections.object(first)
    assert not carries(office)
    office.desk("wenmi").objections.object(told(office, "wenmi")[-1])
    assert carries(office)


@pytest.mark.threat(53)
def test_what_is_as_before_already_is_not_taken_back(office: World) -> None:
    put_on(office)
    take_off(office)
    put_on(office)
    with pytest.raises(Refused, match="since"):
        office.desk("wenmi").objections.object(told(office, "wenmi")[-1])


@pytest.mark.threat(53)
def test_an_objection_to_what_is_asked_for_again_takes_none_away_of_what_was_done(office: World) -> None:
    """Somebody asks once more for what was done and has a friend object: the first is taken back still."""
    put_on(office)
    take_off(office)
    (notice,) = told(office, "wenmi")
    detail = {**json.loads(Notice.get_by_id(notice).detail), "undone": False}
    with writing():
        store_notice("power-objected", "controlled", [office.accounts["zhuli"]], clause="A.8", detail=detail)
    office.desk("wenmi").objections.object(notice)
    assert carries(office)


@pytest.mark.threat(53)
def test_who_never_came_is_no_watcher_and_the_next_office_hears_of_it(world: World) -> None:
    """In the subsidiary the supervisor was invited, and never enrolled."""
    Account.update(state="invited").where(Account.login == "panlong").execute()
    world.desk("ouyangxue").accounts.disable(world.accounts["gaoshan"])
    assert told(world, "fangmin")
    assert told(world, "panlong")
    with writing():
        alert_role(
            "reveal", policy_of("subsidiary"), "supervisor", [world.accounts["gaoshan"]], clause="", detail={}
        )
    assert "reveal" in {one.kind for one in world.desk("fangmin").notices.unread()}


@pytest.mark.threat(53, 84)
def test_where_nobody_who_could_hear_of_it_can_sign_in_an_act_waits(world: World, clock: Clock) -> None:
    """Neither is access ended by a last day that nobody has decided on, and that nobody could object to."""
    others = Account.login.not_in(("ouyangxue", "yeqing", "xuning"))
    Account.update(state="invited").where(others).execute()
    Account.update(state="invited").where(Account.login == "yeqing").execute()
    with pytest.raises(Pending):
        world.desk("ouyangxue").accounts.disable(world.accounts["xuning"])
    Account.update(state="active").where(Account.login == "yeqing").execute()
    leave(world, "yeqing", "xuning", "subsidiary", day="2026-11-23")
    Account.update(state="invited").where(Account.login == "ouyangxue").execute()
    clock.set("2026-11-24T12:00+08:00")
    assert world.desk("xuning").me.who().login == "xuning"


def test_who_was_invited_and_can_enrol_still_hears_of_it_by_mail_and_is_waited_for(world: World) -> None:
    """A house in its first days: whoever keeps the directory is the first to have come."""
    Account.update(state="invited", activation_until="2026-11-30T00:00:00.000000Z").where(
        Account.login.not_in(("ouyangxue", "xuning"))
    ).execute()
    assert world.desk("ouyangxue").accounts.disable(world.accounts["xuning"]) is not None


def test_until_when_a_code_is_good_is_told_in_the_time_of_the_organisation(world: World) -> None:
    """A day is told as the day that it is."""
    until = clock.stamp(datetime(2026, 12, 4, 8, 4, tzinfo=UTC))
    for said, shown in ((until, "2026-12-04 16:04"), ("2026-12-04", "2026-12-04")):
        lines = lines_of("accounts.create", {"entry": 1, "login": "caili", "until": said})
        assert shown in [line.after for line in lines]
