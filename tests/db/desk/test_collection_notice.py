"""The notice at collection (PIPL 17): drawn from the rules; accepted once, once more where there is more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk import Invalid
from db.desk.authority.permissions import policy_of
from db.desk.privacy import collection
from db.desk.privacy.collection import covers_notice, key_of, lines_of, notice_of
from db.language import say
from db.policy.loader import builtin
from db.store.engine import store
from db.store.tables import Account, AuditRecord, CollectionNotice, Entry, UndertakingAccepted, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.own_rules import BOOK, FIELDS, own_book
from tests.db.desk.reviewing import refused
from tests.db.policy.texts import text
from tests.rules import on_record, put_under
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World

OWN = """
[[fields]]
name = "qq"
clause = "X.2"
[[erasure]]
what = "leaver"
months = 12
clause = "X.9"
"""
MORE = {
    "a field": '[[fields]]\nname = "region"\nclause = "X.3"\n',
    "a system outside": '[[sync]]\nsystem = "wecom"\nfields = ["name"]\non = ["join"]\nclause = "X.3"\n',
    "an edition": (
        '[[editions]]\nid = "all"\nzh = "全员"\nen = "All"\ninclude = { everyone = true }\n'
        'columns = ["name"]\nrecipients = { everyone = true, clause = "X.3" }\nevery = "month"\n'
        'due = { time = "18:00", clause = "X.3" }\nclause = "X.3"\n'
    ),
    "a wider scope": '[[scopes]]\nrole = "employee"\nreach = "book"\nprotected = "reveal"\nclause = "X.3"\n',
}
"""What is told anew."""


def accept(world: World, login: str) -> int:
    """Accept all that waits for them; how many notices did."""
    desk = world.desk(login, accepted=False)
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    waiting = desk.privacy.notices_due()
    for one in waiting:
        desk.privacy.accept_notice(one.book, one.version)
    return len(waiting)


def revised(world: World, body: str, version: str = "2") -> None:
    """Put the own book under another version of its regulation."""
    on_record(text(f'version = "{version}"\n' + FIELDS + body, id="own-rules", effective="2026-11-02"))
    put_under(BOOK, "own-rules")


def test_everybody_accepts_the_notice_of_each_of_their_books_once(world: World) -> None:
    assert accept(world, "zhangwei") == 2, "of the staff and of the group"
    assert accept(world, "zhangwei") == 0
    record = AuditRecord.get(AuditRecord.act == "privacy.accept_notice")
    assert (record.outcome, record.clause) == ("done", "PIPL 17")
    row = UndertakingAccepted.get(UndertakingAccepted.policy == key_of("group"))
    kept = CollectionNotice.get_by_id(row.version)
    assert "QQ：仅凭您的同意" in kept.zh, "the text is kept as it was accepted"


def test_whoever_uses_commands_alone_is_told_of_it_and_accepts_it_there(world: World) -> None:
    world.actor("zhangwei", accepted=True)
    with writing():
        UndertakingAccepted.delete().where(UndertakingAccepted.policy == key_of("group")).execute()
    told = "`notice accept --book group`"
    for line in ("whoami", "find 王芳", "today --json"):
        answer = answered(world, "zhangwei", line, accepted=False)
        assert (answer.status, told in answer.err, told in answer.text) == (0, True, False), line
        assert "`notice accept --book staff`" not in answer.err
    done = answered(world, "zhangwei", "notice accept --book group", accepted=False)
    assert (done.status, told in done.err) == (0, False)
    assert UndertakingAccepted.select().where(UndertakingAccepted.policy == key_of("group")).count() == 1
    assert told not in answered(world, "zhangwei", "whoami", accepted=False).err
    again = answered(world, "zhangwei", "notice accept --book group", accepted=False)
    assert (again.status, "已" in again.err) == (1, True)


def test_it_says_who_what_for_which_basis_how_long_which_rights_and_whom_to_turn_to(world: World) -> None:
    lines = world.desk("majun").privacy.notice("group")
    said = {say(line.text, "zh_CN"): line.clause for line in lines}
    whole = "\n".join(said)
    assert said["手机：制度要求（PIPL 13）"] == "E.4"
    assert said["微信：仅凭您的同意（PIPL 13），可随时撤回"] == "E.4"
    for part in (
        "由人力资源维护",
        "工作联系",
        "36 个月",
        "刘洋（人力资源部）",
        "罗燕（人力资源部）",
    ):
        assert part in whole
    assert {"PIPL 15", "PIPL 45", "PIPL 46", "PIPL 47"} <= set(said.values())
    english = [say(line.text, "en") for line in lines]
    assert not [line for line in english if any("\u4e00" <= c <= "\u9fff" for c in line) and "," not in line][
        1:
    ]


def test_it_has_the_contact_that_the_organisation_gives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No number of whoever keeps the book, which is theirs to see alone by whose scope has it (C.10); nobody
    accepts it anew for that."""
    assert accept(world, "majun") > 0
    settings = store().settings.model_copy(
        update={
            "privacy_contact": "400-810-0000\n privacy@huaxing.example",
            "privacy_contacts": {"staff": "校办 010-6650-3000"},
        }
    )
    given = replace(store(), settings=settings)
    monkeypatch.setattr(collection, "store", lambda: given)
    lines = world.desk("majun").privacy.notice("group")
    assert ("400-810-0000 privacy@huaxing.example", "PIPL 17") in [(line.text, line.clause) for line in lines]
    assert "400-810-0000" in notice_of(policy_of("group")).text.zh
    of_its_own = notice_of(policy_of("staff")).text.zh
    assert ("校办 010-6650-3000" in of_its_own, "400-810-0000" in of_its_own) == (True, False)
    assert accept(world, "majun") == 0


@pytest.mark.parametrize("book", sorted(builtin()))
def test_every_regulation_has_one_that_names_each_field_with_its_clause(world: World, book: str) -> None:
    put_under("staff", book)
    policy = policy_of("staff")
    lines = lines_of(policy)
    inside = {kind.id for kind in policy.kinds if kind.side == "internal"}
    for field in policy.fields:
        pupils_position = book == "school-class" and field.name == "position"
        if not pupils_position and (not field.applies_to or inside & {*field.applies_to}):
            named = [one for one in lines if say(one.text, "en").startswith(f"{field.label.en}: ")]
            assert [one.clause for one in named][:1] == [", ".join(field.clauses)]


@pytest.mark.parametrize("what", list(MORE))
def test_more_of_it_is_accepted_once_more(store: object, what: str) -> None:
    world = own_book(OWN)
    assert accept(world, "sunli") == 1
    revised(world, OWN + MORE[what])
    assert accept(world, "sunli") == 1
    assert accept(world, "sunli") == 0


def test_longer_keeping_and_a_field_asked_for_are_more_and_the_reverse_is_not(store: object) -> None:
    world = own_book(OWN)
    accept(world, "sunli")
    revised(world, OWN.replace("12", "24"))
    assert accept(world, "sunli") == 1
    revised(world, OWN.replace("12", "6"), "3")
    assert accept(world, "sunli") == 0, "shorter"
    revised(world, OWN.replace('"qq"', '"qq"\nrequired = true'), "4")
    assert accept(world, "sunli") == 1, "it rested on consent"
    revised(world, OWN.partition("[[erasure]]")[2].join(["[[erasure]]", ""]), "5")
    assert accept(world, "sunli") == 0, "without the field"


def test_what_is_no_matter_of_data_is_not_shown_again(store: object) -> None:
    world = own_book(OWN)
    accept(world, "sunli")
    revised(world, OWN + '[flow.change]\nsteps = ["head", "maintainer"]\nclause = "X.5"\n')
    assert accept(world, "sunli") == 0


def test_one_that_changed_while_it_was_read_is_read_again(store: object) -> None:
    world = own_book(OWN)
    desk = world.desk("sunli", accepted=False)
    [shown] = [one for one in desk.privacy.notices_due() if one.book == BOOK]
    revised(world, OWN + MORE["a field"])
    with pytest.raises(Invalid):
        desk.privacy.accept_notice(BOOK, shown.version)
    with pytest.raises(Invalid):
        desk.privacy.accept_notice("staff-of-others", shown.version)
    assert not UndertakingAccepted.select().where(UndertakingAccepted.policy == key_of(BOOK)).exists()


def test_whoever_keeps_or_supervises_the_book_sees_who_accepted_and_who_has_not(
    world: World, clock: Clock
) -> None:
    accept(world, "majun")
    clock.set("2027-02-17T09:00+08:00")
    accept(world, "huangbo")
    with writing():
        Entry.update(state="left").where(Entry.id == world.entry("zhangwei", "group")).execute()
    for login in ("luoyan", "helei"):
        rows = {row.name: row for row in world.desk(login).privacy.notice_readers("group")}
        assert (rows["马军"].state, rows["马军"].day) == ("accepted", "2026-11-23")
        assert (rows["黄博"].state, rows["黄博"].day) == ("accepted", "2027-02-17")
        assert rows["宋佳"].state == "waits"
        assert "张伟" not in rows, "who left"
        assert "谢军" not in rows, "nor outside contacts"
    for login in ("majun", "songjia", "zhangwen"):
        assert refused(lambda login=login: world.desk(login).privacy.notice_readers("group"))  # type: ignore[misc]


def test_people_stand_by_how_their_names_are_said(world: World) -> None:
    for login, name in (("anlan", "安澜"), ("miaopu", "苗圃"), ("bieyun", "别云"), ("zhuliu", "朱柳")):
        world.hire(login, name, "研发中心/研发一部")
    names = [row.name for row in world.desk("liuyang").privacy.notice_readers("staff")]
    mine = ("安澜", "别云", "苗圃", "朱柳")
    assert tuple(one for one in names if one in mine) == mine


def test_whoever_has_no_entry_has_nothing_to_accept(store: object) -> None:
    """A class teacher keeps the class and is not in it; the pupil's notice says what classmates see."""
    class_ = build_wider_world("class")
    assert accept(class_, "yanlaoshi") == 0
    assert accept(class_, "luoxi") == 1
    rows = {row.name: row.state for row in class_.desk("yanlaoshi").privacy.notice_readers("class")}
    assert rows["罗茜"] == "accepted"
    assert rows["蒋涛" if "蒋涛" in rows else next(one for one in rows if one != "罗茜")] == "waits"


def test_somebody_without_an_account_is_told_apart(world: World) -> None:
    entry = Entry.get_by_id(world.entry("majun", "group"))
    with writing():
        Account.update(state="disabled").where(Account.person == entry.person_id).execute()
    rows = {row.name: row.state for row in world.desk("luoyan").privacy.notice_readers("group")}
    assert rows["马军"] == "unable"


def test_operations_do_not_wait_for_it(world: World) -> None:
    """It informs; it is not what the work rests on, and a command stops for no screen."""
    desk = world.desk("majun", accepted=False)
    assert desk.privacy.notices_due()
    assert desk.directory.books()


def test_less_is_covered_and_more_is_not() -> None:
    assert covers_notice({"a": 2, "b": 1}, {"a": 1})
    assert not covers_notice({"a": 2}, {"a": 3})
    assert not covers_notice({"a": 2}, {"b": 0})


def test_it_names_each_book_s_own_organisation_and_whom_to_turn_to(
    world: World,
) -> None:
    world = build_wider_world("general", beside=world)
    root = world.unit("general")
    with writing():
        Unit.update(name="华星商贸").where(Unit.id == root).execute()
    handler = next(one for one in lines_of(policy_of("general")) if say(one.part, "en") == "Who handles it")
    assert handler.text == "华星商贸"
    before = notice_of(policy_of("general"))
    assert "金瑞" in before.text.zh
    with writing():
        Unit.update(name=f"{store().settings.organisation}安全员").where(Unit.id == root).execute()
    after = notice_of(policy_of("general"))
    assert f"· {store().settings.organisation}\n" in after.text.zh
    assert before.version != after.version
    assert world.desk("dubei").privacy.notices_due() == (), "nobody accepts it anew for a name"


def test_pupils_are_told_of_no_position(world: World) -> None:
    world = build_wider_world("class", beside=world)
    told = "\n".join(say(one.text, "en") for one in lines_of(policy_of("class")))
    assert "Position" not in told
    assert "Native place" in told
