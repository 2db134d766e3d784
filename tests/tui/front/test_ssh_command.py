"""The commands that people are shown to type on their own machine name the host that they reach."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from db.store.settings import Settings
from tests.tui.front.running import Running
from tui.front import ssh_command

HERE = ("192.0.2.7", 8022)


@pytest.mark.parametrize(
    ("address", "connected", "command"),
    [
        ("", HERE, "ssh -p 8022 zhangwei@192.0.2.7"),
        ("", ("192.0.2.7", 22), "ssh zhangwei@192.0.2.7"),
        ("", ("2001:db8::7", 8022), "ssh -p 8022 zhangwei@2001:db8::7"),
        ("directory.example.com", HERE, "ssh -p 8022 zhangwei@directory.example.com"),
        ("directory.example.com:22", HERE, "ssh zhangwei@directory.example.com"),
        ("[2001:db8::7]:2222", HERE, "ssh -p 2222 zhangwei@2001:db8::7"),
        ("[2001:db8::7]", HERE, "ssh -p 8022 zhangwei@2001:db8::7"),
    ],
)
def test_the_setting_counts_else_what_the_client_connected_to(
    address: str, connected: tuple[str, int], command: str
) -> None:
    assert ssh_command.command(Settings(address=address).address, connected, "zhangwei") == command


@pytest.mark.parametrize("address", ["a b", "x; rm -rf ~", "host:", "ssh://host", "-oProxyCommand=x", "a\n"])
def test_an_address_that_would_be_another_command_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(address=address)


@pytest.mark.parametrize("address", ["", "directory.example.com"])
def test_a_session_knows_how_its_client_came(start: Callable[..., Running], address: str) -> None:
    front, named = start(address=address), address or "127.0.0.1"
    raw, status = front.ssh("--", "self").sign_in().finish()
    assert status == 0
    told = json.loads(raw[raw.index(b"{") :])
    assert told["ssh"] == f"ssh -p {front.port} zhangwei@{named}"


def test_behind_openssh_it_is_sshds_user_and_place() -> None:
    came = {"SSH_CONNECTION": "198.51.100.4 50022 ::ffff:192.0.2.7 22"}
    assert ssh_command.by_openssh(Settings(), came) == "ssh directory@192.0.2.7"
    named = Settings(openssh_user="names", address="directory.example.com")
    assert ssh_command.by_openssh(named, came) == "ssh names@directory.example.com"
    assert ssh_command.by_openssh(Settings(), {}) == ""


def test_at_the_host_itself_it_is_its_own_server() -> None:
    assert ssh_command.from_here(Settings(host="192.0.2.7"), "zhangwei") == "ssh -p 8022 zhangwei@192.0.2.7"
    everywhere = ssh_command.from_here(Settings(host="0.0.0.0", port=22), "zhangwei")
    assert everywhere.startswith("ssh zhangwei@")
    assert "0.0.0.0" not in everywhere
    assert (
        ssh_command.from_here(Settings(host="192.0.2.7", openssh_user="names"), "x") == "ssh names@192.0.2.7"
    )
