"""`mingce demo`: how it is begun again, served, and connected to what stands in for the outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyotp
import pytest

from db.store.settings import Home
from tests.tui.host.conftest import Host
from tests.tui.host.wecom_standin import connected_settings, reached
from tui.front import serve as front
from tui.host.demo import start
from tui.host.demo.outside import standing_in
from tui.host.demo.wecom import FILE, WeComMembers
from tui.host.shell import CommandFailure
from tui.outside.wecom.client import NotNow
from tui.plain.words import CommandWords


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[null]",
        '[{"login": 1}]',
        '[{"login": "a", "name": "b", "password": "c", "totp_secret": "!"}]',
    ],
)
def test_a_broken_list_of_accounts_is_said_to_be_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "accounts.json").write_text(content, "utf-8")
    with pytest.raises(CommandFailure):
        start.read_accounts(Home(tmp_path))


def test_how_to_sign_in_is_said_once_it_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path)
    home.settings_file.touch()
    (tmp_path / start.MARK).touch()
    account = {"name": "某人", "password": "secret words", "totp_secret": pyotp.random_base32()}
    accounts = [account | {"login": shown.login} for shown in start.SHOWN]
    monkeypatch.setattr(start, "opened_store", lambda _home: nullcontext())
    monkeypatch.setattr(start, "read_accounts", lambda _home: accounts)
    monkeypatch.setattr(start, "renew_activations", lambda _home, _accounts: None)
    monkeypatch.setattr(start, "standing_in", lambda _home: nullcontext())
    said_before_it_serves: list[str] = []

    def opening(*given: Any) -> int:
        said_before_it_serves.append(capsys.readouterr().out)
        ready: Callable[[int], None] = given[-1]
        ready(2222)
        return 0

    monkeypatch.setattr(front, "serve_home", opening)
    start.demo(CommandWords((), {"dir": str(tmp_path)}))
    assert all("ssh -p" not in said for said in said_before_it_serves)
    assert "ssh -p 2222 zhangwei@127.0.0.1" in capsys.readouterr().out


def test_reset_touches_only_a_folder_of_its_own(installed: Host, tmp_path: Path) -> None:
    before = sorted(installed.folder.rglob("*"))
    with pytest.raises(CommandFailure):
        start.delete_demo(Home(installed.folder), yes=True)
    assert sorted(installed.folder.rglob("*")) == before
    with pytest.raises(CommandFailure):
        start.create(Home(installed.folder.parent), 8022)
    own = Home(tmp_path / "own")
    own.folder.mkdir()
    (own.folder / start.MARK).touch()
    with pytest.raises(CommandFailure):
        start.delete_demo(own, yes=False)
    start.delete_demo(own, yes=True)
    assert not own.folder.exists()


def test_what_a_person_writes_into_the_file_is_what_its_wecom_holds(tmp_path: Path) -> None:
    top = {"id": 1, "name": "星云科技", "parentid": 0}
    WeComMembers({1: top}).write(tmp_path / FILE)
    with connected_settings(tmp_path):
        with standing_in(Home(tmp_path)):
            client = reached(tmp_path)
            client.create_member({"userid": "maoxiao", "name": "毛晓", "department": [1]})
            held = WeComMembers.read(tmp_path / FILE)
            assert held.members["maoxiao"]["name"] == "毛晓"
            held.members["maoxiao"]["name"] = "毛小"
            held.write(tmp_path / FILE)
            assert client.member("maoxiao")["name"] == "毛小"
        with pytest.raises(NotNow):
            client.member("maoxiao")
