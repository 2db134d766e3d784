"""Passwords that a guesser tries first (threat 41)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auth.common_passwords import is_common
from auth.passwords import problems_of, require_good
from db.desk import Invalid
from db.desk.entry.record import apply_values
from db.language import say
from db.store.engine import Store
from db.store.tables import Account, Entry
from db.store.transactions import writing
from tests.world import World


@pytest.mark.threat(41)
@pytest.mark.parametrize(
    "password",
    [
        "123456789012", "098765432109", "111222333444", "            ", "aaaaaaaaaaaaaaaa", "abcdefghijklmn",
        "abcabcabcabc", "Password1234", "P@ssw0rd2026!", "qwertyuiop[]", "1qaz2wsx3edc", "zxcvbnm,./123",
        "iloveyou123456", "woaini1314520", "WoAiNi5201314", "mima12345678", "密码密码密码密码密码密码",
        "一二三四五六七八九十一二", "我爱你我爱你我爱你我爱你", "19900101zhangwei", "zhangwei1990!",
        "ZhangWei@2026", "张伟张伟张伟张伟张伟张伟", "zw1234567890", "huaxingjituan1", "HuaXing2026!!",
        "华星集团2026年！！！", "mingce2026mingce", "yuangongtongxunlu1", "gongsi12345678", "tongxunlu2026",
        "１２３４５６７８９０１２", "2026年11月23日星", "admin123456789", "welcome2026!!",
    ],
)  # fmt: skip
def test_what_a_guesser_tries_first_is_no_password(world: World, password: str) -> None:
    assert len(password) >= 12
    assert is_common(password, "zhangwei", "张伟")


@pytest.mark.threat(41)
@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-battery", "another horse battery", "长安一片月 forty-two", "kettle under blue river",
        "雨伞忘在三号线的柜子里", "9f8Kz!mQ2w#L", "梅雨时节的铁皮屋顶会唱歌", "vdkJ-7Qpx-2mZt",
    ],
)  # fmt: skip
def test_what_nobody_else_puts_together_is_one(world: World, password: str) -> None:
    assert not is_common(password, "zhangwei", "张伟")


@pytest.mark.threat(41)
def test_a_new_password_that_is_tried_first_is_refused_with_what_to_do(store: Store) -> None:
    (problem,) = problems_of("123456789012", "123456789012", login="zhangwei", name="张伟")
    assert problem.field == "password"
    assert say(problem.message, "en").startswith("Too easy to guess. Take four words or more")
    assert say(problem.message, "zh_CN").startswith("太容易猜到。请用四个或更多")


def test_a_very_long_password_is_judged_soon(store: Store) -> None:
    assert is_common("a1" * 128, "x", "y")


def test_the_list_is_loaded_where_a_password_is_judged_alone() -> None:
    """It would cost every session its memory."""
    code = "import sys, tui.app, tui.plain_session, tui.host.console; sys.exit('zxcvbn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.threat(65)
def test_what_stands_in_the_owner_s_entry_is_no_password(world: World) -> None:
    """The own mobile, however it is written, the own address, the department with a year, the own login."""
    account = Account.get_by_id(world.accounts["zhangwei"])
    entry = world.entry("zhangwei")
    with writing():
        apply_values(entry, {"mobile": ("+86 138 0000 2121",)}, source="", verifier=None)
    unit = Entry.get_by_id(entry).unit.name
    for password in (
        "13800002121!!", "+8613800002121", "138 0000 2121", "00002121202611", f"{unit}2026年",
        f"{unit}{unit}2026!", "zhangwei2026!!", "zhangweizhangwei",
    ):  # fmt: skip
        padded = password if len(password) >= 12 else password + "2026"
        assert _is_refused(account, padded), padded
    require_good(account, "梅雨时节的铁皮屋顶会唱歌", "梅雨时节的铁皮屋顶会唱歌")


def _is_refused(account: Account, password: str) -> bool:
    try:
        require_good(account, password, password)
    except Invalid:
        return True
    return False
