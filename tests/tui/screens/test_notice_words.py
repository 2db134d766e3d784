"""What subjects announce is told in their own words, which the core does not name."""

from __future__ import annotations

import inspect
from dataclasses import replace
from string import Formatter
from typing import cast

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.entry.naming import actor_name
from db.desk.frame import METHODS, OPERATIONS
from db.desk.training.trainings import Trainings
from db.language import say
from db.store.tables import AuditRecord
from tests.auth.test_resets import host_desk
from tests.db.desk.test_delegation import delegate
from tests.db.desk.test_training import SOURCE, TOPIC
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.act_sentences import SENTENCES
from tui.sheets.notice_words import CHANGES, WORDS, describe_notice, undelivered_words


def test_announcements_of_subjects_have_their_words() -> None:
    assert {"case-verdict", "edition-issued", "review-overruled", "sync-failed"} <= set(WORDS)
    assert set(CHANGES) == {"update"}


@pytest.mark.parametrize(
    ("people", "offices", "english", "chinese"),
    [
        (1, 0, "Undeliverable to 1 person; see the report", "未能送达 1 人；详见报表"),
        (
            3,
            1,
            "Undeliverable to 3 people, 1 vacant office; see the report",
            "未能送达 3 人，1 个职务空缺；详见报表",
        ),
        (0, 1, "1 vacant office; see the report", "1 个职务空缺；详见报表"),
    ],
)
def test_what_is_undelivered_is_counted_as_people_speak(
    people: int, offices: int, english: str, chinese: str
) -> None:
    told = undelivered_words(people, offices)
    assert (say(told, "en"), say(told, "zh_CN")) == (english, chinese)


def test_the_host_s_operator_is_no_name(world: World) -> None:
    """Nobody is called so: what was done on the host is told in words, in announcements and in the audit."""
    host_desk().accounts.disable(world.accounts["zhangwei"])
    told = [
        say(describe_notice(one), "zh_CN")
        for login in ("helei", "chenjing", "guotao")
        for one in world.desk(login).notices.unread()
        if one.detail.get("by") == "host"
    ]
    assert told
    assert all(one.startswith("主机管理员") and "host" not in one for one in told), told
    row = AuditRecord.get(AuditRecord.act == "accounts.disable")
    assert "主机管理员" in answered(world, "helei", f"audit {row.seq}").text
    assert say(actor_name("host"), "en") == "the host's operator"


@pytest.fixture
def wide(world: World) -> World:
    return build_wider_world("general", beside=world)


def told_of(world: World, login: str, kind: str) -> list[tuple[str, str]]:
    """What somebody reads of the acts of others, in both languages."""
    found = [describe_notice(one) for one in world.desk(login).notices.unread() if one.kind == kind]
    return [(say(text, "en"), say(text, "zh_CN")) for text in found]


def test_an_act_is_told_as_a_person_would_say_it(wide: World) -> None:
    """“徐然: record a training; day: …; topic: …” read like a machine."""
    Trainings(wide.desk("jinhr")).record("general", TOPIC, [wide.entry("dubei", "general")], "2026-11-20")
    topic = next(one for one in policy_of("general").training if one.id == TOPIC).label
    english = f"金瑞 recorded who attended the training “{topic.en}”, on Fri 20 Nov"
    assert (english, f"金瑞登记了“{topic.zh}”培训的参加人员，日期：11-20（周五）") in told_of(
        wide, "dubei", "power-done"
    )
    (one,) = [one for one in wide.desk("dubei").notices.unread() if one.kind == "power-done"]
    assert say(describe_notice(one, whole=True), "en") == f"{english} ({one.book.en})"
    host_desk().accounts.disable(wide.accounts["zhangwei"])
    assert told_of(wide, "helei", "power-done")[0][0] == "the host's operator disabled the account of 张伟"


def test_what_is_asked_for_is_told_as_a_person_would_say_it(world: World) -> None:
    delegate(world, "liuyang", "zengqing", role="hr")
    said = [one for login in ("chenjing", "helei") for one in told_of(world, login, "power-asked")]
    assert said
    assert said[0][0].startswith(
        "刘洋 asked to delegate the decisions of Human resources to 曾晴, "
        "from Mon 23 Nov to Fri 27 Nov, reason: 休假"
    ), said
    assert said[0][1].startswith(
        "刘洋申请过将“人力资源”的审批委托给曾晴，自11-23（周一）至11-27（周五），理由：休假"
    )


def test_an_act_that_its_sentence_does_not_say_whole_is_listed(wide: World) -> None:
    """No word of an act is lost for the sake of a sentence."""
    rows = [["登录名", "日期"], ["dubei", "2026-11-20"]]
    Trainings(wide.desk("jinhr")).load("general", TOPIC, rows, SOURCE)
    (one,) = [one for one in wide.desk("dubei").notices.unread() if one.kind == "power-done"]
    assert say(describe_notice(one), "en").startswith("金瑞 imported the attendance list of the training")
    arguments = cast(dict[str, object], one.detail["arguments"])
    for name in ("title", "book"):
        more = replace(one, detail={**one.detail, "arguments": {**arguments, name: "staff"}})
        assert say(describe_notice(more), "en").startswith("金瑞: "), name


def test_the_sentences_are_of_acts_and_of_what_these_are_done_with() -> None:
    for operation, sentences in SENTENCES.items():
        assert operation in OPERATIONS
        taken = inspect.signature(METHODS[operation]).parameters
        for one in sentences:
            assert one.slots | one.where.keys() | one.without <= taken.keys(), operation
            if one.to_do is not None:
                asked = {slot for _text, slot, _spec, _how in Formatter().parse(one.to_do.text) if slot}
                assert asked == one.slots, operation
