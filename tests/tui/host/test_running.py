"""A server that people are in: renewed under them, stopped with a warning, and asked who they are."""

from __future__ import annotations

import signal
import socket

import pytest

from db.store.engine import close_store, open_store
from db.store.tables import AuditRecord
from tests.tui.front.running import eventually
from tests.tui.host.people import Installation, install, server


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("running") / "state", "zhangwei", "wangfang", "chenjie")


def test_old_sessions_go_on_and_new_ones_get_the_new_server(installation: Installation) -> None:
    """An upgrade in the middle of the day: nobody loses the screen, nobody meets a closed door."""
    with server(installation, "--port", "0") as old:
        before = old.sign_in("zhangwei")
        (inside,) = installation.ask("who")
        assert (inside["login"], inside["pid"], inside["state"]) == ("zhangwei", old.process.pid, "serving")
        assert "zhangwei" in installation.run("who").out
        assert "1 screens" in installation.run("announce", "今晚 22:00 维护\x1b]0;x").out
        before.wait_for("Announcement: 今晚 22:00 维护]0;x")
        with server(installation, "--take-over") as new:
            assert new.port == old.port
            before.wait_for("There is a new version")
            after = new.sign_in("wangfang")
            served = {one["login"]: (one["pid"], one["state"]) for one in installation.ask("who")}
            assert served == {
                "zhangwei": (old.process.pid, "moved"),
                "wangfang": (new.process.pid, "serving"),
            }
            assert installation.session("zhangwei").ended_at is None
            before.process.send("2")
            before.wait_for("[2 Directory]")
            before.process.send("\x11")
            before.finish()
            assert old.process.wait(20) == 0
            assert installation.session("zhangwei").ended_how == "closed"
            number = str(installation.session("wangfang").id)
            assert number in installation.run("kick", number).out
            assert b"An administrator ended this session" in after.finish()[0]
            assert installation.session("wangfang").ended_how == "ended"
            assert installation.run("kick", "wangfang").status == 1
    open_store(installation.home)
    announced = AuditRecord.get(AuditRecord.act == "accounts.announce")
    assert (announced.outcome, "今晚 22:00 维护]0;x" in announced.detail) == ("done", True)
    assert AuditRecord.select().where(AuditRecord.act == "accounts.end_sessions").count() == 1
    close_store()


def test_a_stop_warns_lets_nobody_in_and_waits_until_it_is_asked_again(installation: Installation) -> None:
    with server(installation, "--port", "0") as running:
        client = running.sign_in("chenjie")
        running.process.send_signal(signal.SIGTERM)
        client.wait_for("The service stops in 5 minutes")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", running.port), timeout=5)
        client.process.send("2")
        client.wait_for("[2 Directory]")
        client.wait_for("The service stops in 5 minutes")
        assert installation.ask("who")[0]["state"] == "stopping"
        running.process.send_signal(signal.SIGTERM)
        assert b"The service is being stopped" in client.finish()[0]
        assert running.process.wait(20) == 0
    assert installation.session("chenjie").ended_how == "stopped"
    eventually(lambda: not list(installation.home.run.glob("*.sock")), "the end of its socket")
