"""`mingce wecom …` on the host, and who may be where the secret is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, OutsideChange
from tests.conftest import Clock
from tests.db.desk.lives import approved, joiner
from tests.tui.host.conftest import Host
from tests.tui.outside.wecom_server import CORPID, SECRET, WeCom, wecom_server
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "wecom"
VALUES = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}


@pytest.fixture
def world(installed: Host, clock: Clock) -> World:
    """The book under WeCom's regulation, from before there was a WeCom."""
    open_store(Home(installed.folder))
    made = build_wider_world(BOOK)
    close_store()
    return made


@pytest.fixture
def server(world: World, installed: Host) -> Iterator[WeCom]:
    """A WeCom that the settings name, with its secret among the keys."""
    with wecom_server(installed.folder) as made:
        secret = installed.folder / "keys" / "wecom"
        secret.write_text(SECRET)
        secret.chmod(0o400)
        table = {"corpid": CORPID, "base_url": f"https://127.0.0.1:{made.port}", "ca_file": "ca.pem"}
        with (installed.folder / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[wecom]\n" + "".join(f'{key} = "{value}"\n' for key, value in table.items()))
        yield made


@pytest.fixture
def joined(server: WeCom, world: World, installed: Host) -> Host:
    """An installation where somebody was entered and WeCom does not know it yet."""
    open_store(Home(installed.folder))
    request = world.desk("huanghr").lifecycle.join(joiner(world, "产品部", BOOK, values=VALUES))
    approved(world, "xuhr", request)
    close_store()
    return installed


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--login`` signs in without being asked for password and code."""
    from auth import sessions
    from tui.host import operator

    def signed_in(login: str) -> int:
        return sessions.start(Account.get(Account.login == login).id, "console", "host", "full")

    monkeypatch.setattr(operator, "signed_in", signed_in)


@pytest.mark.clause("G.4.1", "A.6")
def test_the_operator_tells_what_waits_and_learns_numbers(joined: Host, server: WeCom) -> None:
    said = joined.run("wecom", "push", "--json")
    assert (said.status, said.data["told"]) == (0, 1), said.err
    assert [one["name"] for one in server.members.values()] == ["新来"]
    said = joined.run("wecom", "drift", "--json")
    assert said.status == 1
    assert said.data[BOOK] == {"here": 7, "there": 1, "differences": 6, "problem": ""}
    told = joined.run("wecom", "drift")
    assert "6" in told.out
    assert "舒琪" not in told.out
    refused = joined.run("wecom", "export", BOOK, joined.folder / "members.xlsx")
    assert refused.status == 1
    assert not (joined.folder / "members.xlsx").exists()


@pytest.mark.clause("G.4.1")
def test_who_keeps_the_directory_signs_in_for_names_and_sets_right(
    joined: Host, server: WeCom, sign_in: None, tmp_path: Path
) -> None:
    said = joined.run("wecom", "drift", "--login", "huanghr", "--json")
    assert said.status == 1
    assert "舒琪" in {one["name"] for one in said.data}
    said = joined.run("wecom", "push", "--login", "huanghr")
    assert said.status == 0, said.err
    assert len(server.members) == 7
    assert joined.run("wecom", "drift").status == 0
    file = tmp_path / "members.xlsx"
    assert joined.run("wecom", "export", BOOK, file, "--login", "huanghr").status == 0
    assert len(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()) == 8
    assert file.stat().st_mode & 0o077 == 0
    assert joined.run("wecom", "export", BOOK, file, "--login", "huanghr").status == 1


@pytest.mark.clause("G.4.1")
def test_the_duties_tell_it_too_and_beside_the_server(joined: Host, server: WeCom) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui.front.duties", str(joined.folder)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert '"event": "wecom"' in done.stderr
    assert SECRET not in done.stderr
    assert len(server.members) == 1
    open_store(Home(joined.folder))
    assert OutsideChange.select().where(OutsideChange.state == "waiting").count() == 0
    close_store()
    said = joined.run("duties", "run", "--json")
    assert said.data["wecom"] == {"told": 0, "failed": 0, "dead": 0, "compared": 0}


def test_without_wecom_it_is_said_what_to_do(installed: Host) -> None:
    for command in ("drift", "push"):
        said = installed.run("wecom", command)
        assert said.status == 1
        assert "[wecom]" in said.err


@pytest.mark.threat(26)
def test_a_session_loads_nothing_that_reads_the_secret() -> None:
    """What a session is forked from has imported all that a session may use."""
    code = "import sys, tui.app, tui.plain, tui.screens.modes, tui.front.session; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert "tui.screens.outside.drift" in loaded
    assert loaded.isdisjoint(
        {"httpx", "tui.outside.reaching", "tui.outside.wecom.client", "tui.outside.wecom.syncing"}
    )
