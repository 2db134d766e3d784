"""`mingce trace` and `mingce mail send` on the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.desk.editions.editions import Editions
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from tests.conftest import Clock
from tests.editions_world import assistant, build_editions_world
from tests.tui.host.conftest import Host


@pytest.fixture
def issued(installed: Host, clock: Clock) -> Host:
    """An installation with a controlled book beside its own, of which both editions are out."""
    open_store(Home(installed.folder))
    world = build_editions_world()
    for edition in ("internal", "external"):
        Editions(assistant(world)).issue("controlled", edition)
    close_store()
    return installed


@pytest.mark.clause("I.4.4.1", "A.6")
def test_the_hosts_operator_traces_nothing_in_anybodys_name(issued: Host) -> None:
    said = issued.run("trace", "C0001-004")
    assert said.status == 1
    assert "陶军" not in said.out
    assert said.err.strip()
    assert "Traceback" not in said.err


@pytest.mark.clause("I.4.4.1", "A.19")
def test_whoever_has_the_right_signs_in_and_traces_a_file(
    issued: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auth import sessions
    from db.desk.editions.copy_to_make import to_make
    from db.store.tables import Account, UndertakingAccepted
    from reports.editions.container import file_of
    from tui.host import operator

    open_store(Home(issued.folder))
    found = tmp_path / "found.pdf"
    found.write_bytes(file_of(to_make(4)))
    close_store()

    def sign_in(login: str) -> int:
        account = Account.get(Account.login == login)
        assert UndertakingAccepted.select().exists()
        return sessions.start(account.id, "console", "host", "full")

    monkeypatch.setattr(operator, "signed_in", sign_in)
    said = issued.run("trace", found, "--login", "wenmi", "--json")
    assert said.status == 0
    assert [one["recipient"] for one in said.data["found"]] == ["陶军"]


def test_what_is_neither_a_file_nor_a_number_is_said(issued: Host) -> None:
    said = issued.run("trace", "nosuch.pdf")
    assert said.status == 1
    assert "nosuch.pdf" in said.err


def test_mail_is_sent_only_where_it_is_set_up(issued: Host) -> None:
    said = issued.run("mail", "send")
    assert said.status == 1
    assert "[mail]" in said.err
    with (issued.folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[mail]\nhost = "127.0.0.1"\nport = 9\ntls = "none"\nsender = "m@huaxing.example"\n')
    assert issued.run("mail", "send", "--json").data == {"sent": 0, "failed": 0, "dead": 0}
    with (issued.folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('colour = "blue"\n')
    assert "colour" in issued.run("mail", "send").err
