"""A file has taken the reading child over: what can it do now?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from db.confined import reading, walls
from db.confined.reading import read
from db.confined.why import FileRefusal, Unreadable
from tests.db.confined.children import HANG, TEXT, refusal, taken_over
from tests.descriptors import open_descriptors
from tests.tui.front.test_checkpoints import holds

TRY = """
def read(content):
    try:
        {harm}
    except (OSError, ValueError):
        return [b"refused"]
    return [b"done"]
"""


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def outcome(monkeypatch: pytest.MonkeyPatch, harm: str) -> str:
    """What a child comes to that tries ``harm``."""
    taken_over(monkeypatch, TRY.format(harm=harm))
    return read(TEXT, b"file")


@pytest.mark.threat(36)
@pytest.mark.parametrize(
    "harm",
    [
        "open({secret!r}).read()",
        "os.open({secret!r}, os.O_RDONLY)",
        "os.open('/proc/self/mem', os.O_RDWR)",
        "os.open('/', os.O_PATH)",
        "open({folder!r} + '/made', 'w')",
        "os.mkdir({folder!r} + '/made')",
        "os.unlink({secret!r})",
        "os.stat({secret!r})",
        "os.listdir({folder!r})",
        "os.memfd_create('x')",
    ],
)
def test_it_reaches_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harm: str) -> None:
    secret = tmp_path / "database.key"
    secret.write_text("canary")
    harm = harm.format(secret=str(secret), folder=str(tmp_path))
    assert outcome(monkeypatch, harm) == "refused"
    assert [one.name for one in tmp_path.iterdir()] == ["database.key"]


@pytest.mark.threat(36)
@pytest.mark.parametrize(
    "harm",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socketpair()",
        "os.pipe()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['/bin/true'])",
        "os.kill(os.getppid(), signal.SIGTERM)",
        "os.kill(1, 0)",
        "os.kill(os.getpid(), signal.SIGSTOP)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])",
        "signal.setitimer(signal.ITIMER_REAL, 0)",
        "os.setsid()",
        "os.setuid(65534)",
    ],
)
def test_it_reaches_no_network_and_no_other_process(monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    assert outcome(monkeypatch, harm) == "refused"


CALLS = {
    "ptrace": 101, "prctl": 157, "process_vm_readv": 310, "perf_event_open": 298, "bpf": 321, "io_uring": 425,
    "userfaultfd": 323, "pidfd_open": 434, "unshare": 272, "keyctl": 250, "prlimit64": 302, "shmget": 29,
}  # fmt: skip
"""Numbers on x86_64."""


@pytest.mark.threat(36)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of calls are this machine's")
@pytest.mark.parametrize("number", CALLS.values(), ids=CALLS)
def test_it_makes_no_other_call_of_the_kernel(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    harm = f"raise OSError if ctypes.CDLL(None).syscall({number}, 0, 0, 0, 0, 0) < 0 else SystemExit"
    assert outcome(monkeypatch, harm) == "refused"


@pytest.mark.threat(36)
def test_it_can_run_no_code_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of memory that may be run would hold what the file brought."""
    assert outcome(monkeypatch, "mmap.mmap(-1, 4096, prot=7)") == "refused"


@pytest.mark.threat(36)
def test_each_wall_stands_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the kernel has no seccomp, Landlock still opens no file; where it has neither, no descriptor is
    to be had."""
    secret = tmp_path / "database.key"
    secret.write_text("canary")
    without = "walls._few_calls = lambda: False\n"
    for more in ("walls.resource.setrlimit = lambda *_: None\n", "walls._no_files = lambda: 0\n"):
        taken_over(monkeypatch, without + more + TRY.format(harm=f"open({str(secret)!r}).read()"))
        assert read(TEXT, b"file") == "refused"


@pytest.mark.threat(36)
def test_it_holds_nothing_of_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys in its memory nor an environment nor descriptors: it was never a copy of a session."""
    canary = os.urandom(24).hex()
    monkeypatch.setenv("MINGCE_SECRET", canary)
    kept = os.memfd_create("keys", 0)
    os.write(kept, canary.encode())
    taken_over(monkeypatch, HANG)
    with reading._Child("text", b"file", 100) as child:
        process = psutil.Process(child._process.pid)
        eventually(lambda: Path(f"/proc/{process.pid}/status").read_text().count("Seccomp:\t2") == 1)
        held = {one.name: os.readlink(one) for one in Path(f"/proc/{process.pid}/fd").iterdir()}
        assert held.keys() == {"0", "1", "2"}
        assert held["0"].startswith("/memfd:sent")
        assert held["1"].startswith("pipe:")
        assert held["2"] == "/dev/null"
        assert process.environ().keys() <= {"LC_CTYPE"}
        assert process.cwd() == "/"
        assert not holds(process, (canary.encode(),))
        assert holds(psutil.Process(), (canary.encode(),))
    os.close(kept)


@pytest.mark.threat(21, 37)
def test_it_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    taken_over(monkeypatch, f"def read(content): return [bytes({walls.MEMORY})]")
    assert refusal() == FileRefusal.LIMITS


@pytest.mark.threat(37)
def test_it_reckons_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    taken_over(monkeypatch, "walls.SECONDS, walls.CLOCK = 1, 600\ndef read(content):\n    while True: pass")
    began = time.monotonic()
    assert refusal() == FileRefusal.LIMITS
    assert time.monotonic() - began < reading.PATIENCE


@pytest.mark.threat(37)
def test_it_sleeps_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes no processor time at all, and whoever asked may not be able to send a signal."""
    monkeypatch.setattr(subprocess.Popen, "kill", lambda _self: None)
    taken_over(monkeypatch, f"walls.CLOCK = 0.2\n{HANG}")
    began = time.monotonic()
    assert refusal() == FileRefusal.LIMITS
    assert time.monotonic() - began < reading.PATIENCE / 2


@pytest.mark.threat(37)
@pytest.mark.parametrize("harm", [HANG, "def read(content):\n    while True: pass"])
def test_it_is_gone_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    """No signal is sent: where sessions may send none, that its pipe is closed ends it."""
    monkeypatch.setattr(subprocess.Popen, "kill", lambda _self: None)
    taken_over(monkeypatch, harm)
    with reading._Child("text", b"file", 100) as child:
        status = Path(f"/proc/{child._process.pid}/status")
        eventually(lambda: status.read_text().count("Seccomp:\t2") == 1)
        began = time.monotonic()
    assert time.monotonic() - began < 0.5
    assert child._process.returncode == -signal.SIGKILL


@pytest.mark.threat(37)
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("return [b'x' * (1 << 20)]", FileRefusal.NONSENSE),
        ("while True: yield b'x'", FileRefusal.NONSENSE),
        ("return [b'\\xff']", FileRefusal.NONSENSE),
        ("os._exit(0)", None),
        ("os._exit(77)", FileRefusal.LIMITS),
        ("os.abort()", FileRefusal.LIMITS),
        ("ctypes.string_at(0)", FileRefusal.LIMITS),
        ("raise ZeroDivisionError", FileRefusal.DAMAGED),
        ("raise RecursionError", FileRefusal.DAMAGED),
        ("yield b'half of it'; raise ZeroDivisionError", FileRefusal.DAMAGED),
        ("os.close(1); time.sleep(0)", FileRefusal.DAMAGED),
    ],
)
def test_whatever_it_answers_is_a_refusal_and_no_more(
    monkeypatch: pytest.MonkeyPatch, harm: str, why: FileRefusal | None
) -> None:
    taken_over(monkeypatch, f"def read(content):\n    {harm}\n    return []")
    if why is None:
        assert read(TEXT, b"file") == ""
    else:
        assert refusal() == why


@pytest.mark.threat(37)
def test_where_no_process_can_be_started_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    before = open_descriptors()
    assert refusal() == FileRefusal.NO_READER
    assert open_descriptors() <= before


@pytest.mark.threat(37)
def test_nothing_is_left_of_a_thousandth_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither descriptors nor zombies, however it ended."""
    before = open_descriptors()
    for harm in ("return [b'x']", "os._exit(3)", "return [b'x' * (1 << 20)]"):
        taken_over(monkeypatch, f"def read(content):\n    {harm}")
        for _again in range(3):
            with suppress(Unreadable):
                read(TEXT, b"file")
    assert open_descriptors() <= before
    assert [one for one in psutil.Process().children() if one.status() == psutil.STATUS_ZOMBIE] == []


@pytest.mark.threat(37)
def test_a_file_larger_than_any_is_not_even_handed_over() -> None:
    assert refusal(content=bytes(reading.LARGEST + 1)) == FileRefusal.TOO_LARGE
