"""What subjects announce is told in their own words, which the core does not name."""

from __future__ import annotations

import pytest

from db.desk.entry.naming import called
from db.language import say
from db.store.tables import AuditRecord
from tests.auth.test_resets import host_desk
from tests.tui.plain.running import answered
from tests.world import World
from tui.sheets.notice_words import CHANGES, WORDS, happened, undelivered_words


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
        say(happened(one), "zh_CN")
        for login in ("helei", "chenjing", "guotao")
        for one in world.desk(login).notices.unread()
        if one.detail.get("by") == "host"
    ]
    assert told
    assert all(one.startswith("主机管理员") and "host" not in one for one in told), told
    row = AuditRecord.get(AuditRecord.act == "accounts.disable")
    assert "主机管理员" in answered(world, "helei", f"audit {row.seq}").text
    assert say(called("host"), "en") == "the host's operator"
