"""A server that people are in: renewed under them, stopped with a warning, and asked who they are."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from auth import sessions
from db.language import say
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.tables import Account, AuditRecord, SignInSession
from db.store.transactions import writing
from tests.audited import detail_of
from tests.tui.front.running import PATIENCE, eventually
from tests.tui.host.people import Installation, disable_on_record, install, server
from tui.front.leftovers import end_left
from tui.host import doctor_checks
from tui.host.systemd import units_of


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("running") / "state", "zhangwei", "wangfang", "chenjie", "lina")


def test_old_sessions_go_on_and_new_ones_get_the_new_server(installation: Installation) -> None:
    """An upgrade in the middle of the day: nobody loses the screen, nobody meets a closed door."""
    with server(installation, "--port", "0") as old:
        before = old.sign_in("zhangwei")
        numbers = read(scrape(installation.home.metrics))
        assert numbers["mingce_sign_ins_total", "done"] == 1
        assert numbers["mingce_sessions", "ssh"] == numbers["mingce_inside", ""] == 1
        assert numbers["mingce_audit_records", ""] > 3
        (inside,) = installation.ask("who")
        assert (inside["login"], inside["pid"], inside["state"]) == ("zhangwei", old.process.pid, "serving")
        assert "zhangwei" in installation.run("who").out
        assert "1 screen." in installation.run("announce", "今晚 22:00 维护\x1b]0;x").out
        before.wait_for("Announcement: 今晚 22:00 维护]0;x")
        title = f"mingce: zhangwei ({inside['session']})"
        assert title in [
            " ".join(one.info["cmdline"] or ()).strip() for one in psutil.process_iter(["cmdline"])
        ]
        idle = old.sign_in("lina")
        with old.renewed() as (pid, new):
            before.wait_for("There is a new version")
            disable_on_record(installation, "lina")
            assert b"Your account was disabled" in idle.finish()[0]
            after = new.sign_in("wangfang")
            served = {one["login"]: (one["pid"], one["state"]) for one in installation.ask("who")}
            assert served == {
                "zhangwei": (old.process.pid, "moved"),
                "wangfang": (pid, "serving"),
            }
            assert installation.session("zhangwei").ended_at is None
            before.process.send("2")
            before.wait_for("Directory]")
            before.process.send("\x11")
            before.finish()
            assert old.process.wait(PATIENCE) == 0
            assert installation.session("zhangwei").ended_how == "closed"
            refused = installation.run("restore", "--yes")
            assert (refused.status, str(pid) in refused.err) == (1, True)
            number = str(installation.session("wangfang").id)
            assert number in installation.run("kick", number).out
            assert b"An administrator ended this session" in after.finish()[0]
            eventually(lambda: installation.session("wangfang").ended_how == "ended", "the end on record")
            assert installation.run("kick", "wangfang").status == 1
            shut = new.sign_in("chenjie")
            assert installation.run("account", "disable", "chenjie").status == 0
            assert b"Your account was disabled" in shut.finish()[0]
            eventually(lambda: installation.session("chenjie").ended_how == "disabled", "the end on record")
            assert installation.run("account", "enable", "chenjie").status == 0
    open_store(installation.home)
    announced = AuditRecord.get(AuditRecord.act == "accounts.announce")
    assert (announced.outcome, "今晚 22:00 维护]0;x" in detail_of(announced)) == ("done", True)
    assert AuditRecord.select().where(AuditRecord.act == "accounts.end_sessions").count() == 1
    close_store()


def scrape(file: Path) -> str:
    """What a monitoring system gets at the socket."""
    with socket.socket(socket.AF_UNIX) as line:
        folder = os.open(file.parent, os.O_PATH)
        line.connect(f"/proc/self/fd/{folder}/{file.name}")
        os.close(folder)
        line.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = b""
        while data := line.recv(65536):
            answer += data
    head, _gap, body = answer.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.0 200")
    assert "application/openmetrics-text" in head
    return body


def read(text: str) -> dict[tuple[str, str], float]:
    """A strict reader of OpenMetrics: each family declared before its samples, once, and the end said.
    The values by name and the values of the labels."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    found: dict[tuple[str, str], float] = {}
    families: dict[str, str] = {}
    family = ""
    for line in lines[:-2]:
        if line.startswith("# TYPE "):
            family, kind = line.removeprefix("# TYPE ").split(" ")
            assert re.fullmatch(r"[a-z_]+", family), line
            assert family not in families, line
            assert kind in ("gauge", "counter", "info"), line
            families[family] = kind
        elif line.startswith("# HELP "):
            assert line.startswith(f"# HELP {family} "), line
        else:
            sample = re.fullmatch(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)', line)
            assert sample is not None, line
            suffix = {"counter": "_total", "info": "_info", "gauge": ""}[families[family]]
            assert sample[1] == family + suffix, line
            labels = re.findall(r'="((?:[^"\\]|\\.)*)"', sample[2] or "")
            found[sample[1], ",".join(labels)] = float(sample[3])
    return found


def test_the_metrics_hold_numbers_and_nothing_of_people(installation: Installation) -> None:
    assert installation.run("duties", "run").status == 0
    assert installation.run("backup", "run").status == 0
    said = installation.run("metrics").out
    numbers = read(said)
    for name in ("mingce_requests_waiting", "mingce_tasks_overdue", "mingce_audit_unsigned_records"):
        assert numbers[name, ""] >= 0
    assert 0 <= numbers["mingce_duties_age_seconds", ""] < 600
    assert 0 <= numbers["mingce_backup_age_seconds", str(installation.home.folder / "backups")] < 600
    assert numbers["mingce_journal_age_seconds", ""] < 600
    for word in ("zhangwei", "chenjing", "陈静", "127.0.0.1"):
        assert word not in said


def test_doctor_says_what_runs_and_what_lacks(installation: Installation) -> None:
    def told() -> dict[str, tuple[bool, str]]:
        return {one["check"]: (one["ok"], one["found"] + one["advice"]) for one in installation.ask("doctor")}

    home = installation.home
    well = told()
    assert all(ok for ok, _found in well.values())
    assert "on the disk of the database alone" in well["Checkpoints"][1]
    assert "`privacy_contact`" in well["Personal information"][1]
    home.log.mkdir(mode=0o700, exist_ok=True)
    home.log.chmod(0o755)
    (home.folder / "ca.pem").write_text("no certificate")
    settings = home.settings_file.read_text("utf-8")
    mail = '[mail]\nhost = "smtp.example"\nsender = "a@example.com"\nca_file = "ca.pem"\n'
    home.settings_file.write_text(settings + mail, "utf-8")
    open_store(home)
    with writing():
        account = Account.select().order_by(Account.id).get()
        left = SignInSession.create(
            account=account, source="192.0.2.1", front="ssh", server=sessions._here(), strength="full",
            started_at="2026-01-01T00:00:00.000000Z",
        ).id  # fmt: skip
    close_store()
    ill = told()
    assert {name for name, (ok, _found) in ill.items() if not ok} == {"Folders", "Certificates"}
    assert "1 session is open on record that nothing runs" in ill["Server"][1]
    home.log.chmod(0o700)
    home.settings_file.write_text(settings, "utf-8")
    open_store(home)
    end_left(home)
    assert SignInSession.get_by_id(left).ended_how == "crashed"
    close_store()


@pytest.mark.threat(26, 36)
def test_the_units_close_the_sandbox(installation: Installation, tmp_path: Path) -> None:
    unit = installation.run("systemd").out
    assert "LimitCORE=0" in unit
    assert "NotifyAccess=main" in unit, "a session could tell systemd that it is the service"
    assert "TimeoutStopSec=360" in unit
    assert f"ReadWritePaths={installation.home.folder}\n" in unit
    assert "RequiresMountsFor" not in unit, "nothing lies outside"
    settings = installation.home.settings_file.read_text("utf-8")
    elsewhere = tmp_path / "share"
    installation.home.settings_file.write_text(f'{settings}\n[backups]\nto = ["{elsewhere}"]\n', "utf-8")
    for name in ("mingce.service", "mingce-backup.service"):
        assert f"\nRequiresMountsFor={elsewhere}\n" in installation.run("systemd", name).out
    installation.home.settings_file.write_text(settings, "utf-8")
    assert installation.run("systemd", "mingce.socket").out.count("ListenStream=127.0.0.1:8022") == 1
    assert installation.run("systemd", "mingce-duties.timer").status == 0
    assert installation.run("systemd", "no.service").status == 1
    analyser = shutil.which("systemd-analyze")
    if analyser is None:
        pytest.skip("there is no systemd-analyze to judge the sandbox")
    file = tmp_path / "mingce.service"
    file.write_text(unit)
    judged = subprocess.run(
        [analyser, "security", "--offline=true", "--threshold=25", file], capture_output=True, check=False
    )
    assert judged.returncode == 0, judged.stdout.decode()[-300:]


def test_a_stop_warns_lets_nobody_in_and_waits_until_it_is_asked_again(installation: Installation) -> None:
    with server(installation, "--port", "0") as running:
        client = running.sign_in("chenjie")
        running.process.send_signal(signal.SIGTERM)
        client.wait_for("The service stops in 5 minutes")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", running.port), timeout=5)
        client.process.send("2")
        client.wait_for("Directory]")
        client.wait_for("The service stops in 5 minutes")
        assert {one["login"]: one["state"] for one in installation.ask("who")} == {"chenjie": "stopping"}
        running.process.send_signal(signal.SIGTERM)
        assert b"The service is being stopped" in client.finish()[0]
        assert running.status() == 0
    assert installation.session("chenjie").ended_how == "stopped"
    eventually(lambda: not list(installation.home.run.glob("*.sock")), "the end of its socket")


@pytest.mark.parametrize("name", ["sign-audit", "sign-evidence"])
@pytest.mark.parametrize("how", ["lost", "another"])
def test_doctor_fails_where_a_signing_key_is_lost_or_another(
    installation: Installation, tmp_path: Path, name: str, how: str
) -> None:
    key = installation.home.keys / name
    shutil.copy(key, tmp_path / name)
    key.unlink()
    if how == "another":
        key.write_bytes(os.urandom(32))
        key.chmod(0o400)
    try:
        said = installation.run("doctor")
        assert said.status == 1
        assert "FAIL  Signing keys" in said.out
        assert name in said.out
    finally:
        key.unlink(missing_ok=True)
        shutil.copy(tmp_path / name, key)
        key.chmod(0o400)
    assert "FAIL  Signing keys" not in installation.run("doctor").out


def test_a_settings_change_that_needs_the_unit_anew_is_said(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_checks, "UNITS", tmp_path)
    home = installation.home
    unit = tmp_path / "mingce.service"
    unit.write_text(units_of(home, home.settings())["mingce.service"], "utf-8")
    assert "1 unit" in str(say(doctor_checks.units(home), "en"))
    before = home.settings_file.read_text("utf-8")
    place = tmp_path / "elsewhere"
    try:
        home.settings_file.write_text(f'journal = "{place}"\nport = 22\nstop_minutes = 9\n', "utf-8")
        with pytest.raises(doctor_checks.Remark) as said:
            doctor_checks.units(home)
    finally:
        home.settings_file.write_text(before, "utf-8")
    told = say(said.value.found, "en")
    assert f"RequiresMountsFor={place}" in told
    assert "ReadWritePaths=" in told
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in told
    assert "TimeoutStopSec=600" in told
    assert f"mingce systemd mingce.service --dir {home.folder} >" in say(said.value.advice, "en")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "203.0.113.9", "no-such-host.invalid"])
def test_a_start_that_is_refused_names_the_address_and_why(installation: Installation, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as taken:
        local = host in ("127.0.0.1", "::1")
        taken.bind((host, 0) if local else ("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = installation.run("serve", "--host", host, "--port", str(port))
    assert said.status == 1
    assert (f"[::1]:{port}" if host == "::1" else f"{host}:{port}") in said.err
    assert not local or "in use" in said.err
    assert host != "203.0.113.9" or "this host has no such address" in said.err
    assert "OSError" not in said.err
    assert "Traceback" not in said.err
