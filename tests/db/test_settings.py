"""Settings that can't be used are told in the reader's language, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.language import say
from db.store.settings import Home, SettingsError


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('databse = "sqlite:x.db"', "`databse`：没有这项设置。是否指 `database`？"),
        ("zzz = 1", "`zzz`：没有这项设置，请删去这一行。"),
        ('database = "mysql://x"', "`database`：请写 `sqlite:文件`（在此加密）或 `postgresql://…`。"),
        ('time_zone = "Asia/Nowhere"', "`time_zone`：没有这个时区，请写如 Asia/Shanghai。"),
        ('language = "fr"', "`language`：可以是：zh_CN, en。"),
        ('port = "a"', "`port`：应是不加引号的整数。"),
        ("port = 99999", "`port`：不得大于 65535。"),
        ("sessions = 0", "`sessions`：不得小于 1。"),
        ("organisation = 5", "`organisation`：应是加引号的文字。"),
        ("mail = 5", "`mail`：应是一张表：名称加方括号独占一行，各项写在下面。"),
        ('privacy_contacts = "x"', "`privacy_contacts`：应是一张表"),
        ('backups = { to = "x" }', '`backups.to`：应是方括号中的列表，如 ["甲", "乙"]。'),
        ("backups = { to = [] }", "`backups.to`：不可为空。"),
        (
            'mail = { host = "x", sender = "a@b.example", prot = 1 }',
            "`mail.prot`：没有这项设置。是否指 `port`？",
        ),
        ('mail = { host = "x" }', "`mail.sender`：不可省略。"),
        ('mail = { host = "x", sender = "a@b.example", notices = 5 }', "true 或 false"),
        ('mail = { host = "x", sender = "a@b.example", tls = "none" }', "`mail`：邮件出本机必须经 TLS"),
        ('wecom = { corpid = "x", base_url = "http://x" }', "`wecom.base_url`：联系方式出本机必须经 TLS"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(tmp_path: Path, line: str, told: str) -> None:
    home = Home(tmp_path)
    home.settings_file.write_text(line, "utf-8")
    with pytest.raises(SettingsError) as refused:
        home.settings()
    assert told in say(refused.value.message, "zh_CN")
    assert "应" not in say(refused.value.message, "en")
