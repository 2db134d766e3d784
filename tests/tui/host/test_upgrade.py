"""A new version in the middle of the day: its tree beside the old one, a link changed, and SIGHUP."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.tui.front.running import PATIENCE, ROOT, Client, eventually
from tests.tui.host.people import ENVIRONMENT, PASSWORD, Installation, install
from tui.front.control import ask_all

ROOMS = ("tui", "db", "auth", "reports")
SHOWN = Path("tui/screens/modes.py")
SCRIPT = "#!{python}\nimport sys\nfrom tui.host.main import main\nsys.exit(main())\n"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("upgrade") / "state", "zhangwei", "wangfang", "chenjie", "lina")


def tree(at: Path, shown: str) -> Path:
    """A version with an environment of its own, whose first mode is called ``shown``."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, at / room, ignore=shutil.ignore_patterns("__pycache__"))
    text = (at / SHOWN).read_text("utf-8")
    assert '_("Today")' in text
    (at / SHOWN).write_text(text.replace('_("Today")', shown), "utf-8")
    venv.create(at / ".venv", symlinks=True)
    (packages,) = (at / ".venv").glob("lib/*/site-packages")
    (packages / "mingce.pth").write_text(f"{at}\n{sysconfig.get_path('purelib')}\n")
    script = at / ".venv" / "bin" / "mingce"
    script.write_text(SCRIPT.format(python=at / ".venv" / "bin" / "python"))
    script.chmod(0o755)
    return at


def lead(link: Path, to: Path) -> None:
    """Have ``link`` lead to another version."""
    link.unlink(missing_ok=True)
    link.symlink_to(to)


def inside(installation: Installation) -> dict[str, tuple[int, str]]:
    """Who is in which server, and what that one does."""
    return {one["login"]: (one["pid"], one["state"]) for one in installation.ask("who")}


@contextmanager
def served(installation: Installation, link: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The version at ``link``, serving; its port. What took over from it is ended too."""
    log = installation.home.log / "server.log"
    words = ["serve", "--dir", str(installation.home.folder), "--port", "0", "--log", str(log)]
    with subprocess.Popen(
        [link / ".venv" / "bin" / "mingce", *words],
        cwd="/",
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield process, int("".join(filter(str.isdigit, said)))
        finally:
            for heard in ask_all(installation.home, {"ask": "who"}):
                with suppress(ProcessLookupError):
                    os.kill(int(heard.said["pid"]), signal.SIGINT)
            process.wait(PATIENCE)


def sign_in(installation: Installation, port: int, login: str) -> Client:
    client = Client(port, ("-o", "SetEnv=LANG=en_US.UTF-8"), login, (24, 80))
    return client.sign_in(PASSWORD, lambda: installation.code(login))


def test_a_link_that_leads_to_a_new_version_and_a_hangup_renew_the_server(
    installation: Installation, tmp_path: Path
) -> None:
    """Who is inside goes on with the old code, who comes gets the new, the old server ends with its last.
    A version that does not load changes nothing, and the log says so."""
    old, new = tree(tmp_path / "one", '_("Today")'), tree(tmp_path / "two", '"This day"')
    link = tmp_path / "now"
    lead(link, old)
    mingce = link / ".venv" / "bin" / "mingce"
    unit = subprocess.run(
        [mingce, "systemd", "--dir", installation.home.folder], capture_output=True, text=True, check=True
    ).stdout
    assert f"ExecStart={mingce} serve" in unit
    with served(installation, link) as (process, port):
        before = sign_in(installation, port, "zhangwei").wait_for("Today")
        lead(link, new)
        process.send_signal(signal.SIGHUP)
        before.wait_for("There is a new version")
        after = sign_in(installation, port, "wangfang").wait_for("This day")
        pid, state = inside(installation)["wangfang"]
        assert (pid != process.pid, state) == (True, "serving")
        before.process.send("2")
        before.wait_for("Directory]")
        before.wait_for("Today")
        before.process.send("\x11")
        before.finish()
        assert process.wait(PATIENCE) == 0

        (new / "tui" / "app.py").write_text("this is no Python\n")
        log = installation.home.log / "server.log"
        os.kill(pid, signal.SIGHUP)
        eventually(lambda: "successor-failed" in events(log), "the word of its failure")
        still = sign_in(installation, port, "chenjie").wait_for("This day")
        assert inside(installation)["chenjie"] == (pid, "serving")
        after.process.send("2")
        after.wait_for("Directory]")
        for client in (still, after):
            client.process.close(force=True)


def events(log: Path) -> list[str]:
    """What the log tells of, line by line."""
    return [json.loads(line)["event"] for line in log.read_text("utf-8").splitlines()]
