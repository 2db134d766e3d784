"""What the warm parent has loaded is used by a session without a page of it being copied."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Callable

import pytest

from tests.tui.front.running import ROOT
from tui.front import refcount_freeze

PARENT = """
import gc, os, sys
sys.path.insert(0, {root!r})
from tui.front.refcount_freeze import make_immortal

class Thing:
    pass

def held():
    return "a text of its own"

loaded = [{{f"key {{number}}": (float(number), Thing())}} for number in range(100_000)]
code = held.__code__
if sys.argv[1] == "immortal":
    print(make_immortal(), sys.getrefcount(code.co_consts[-1]), sys.getrefcount(next(iter(loaded[0]))))
gc.freeze()
sys.stdout.flush()
if os.fork() == 0:
    taken = [(key, *value) for one in loaded for key, value in one.items()]
    del taken
    with open("/proc/self/smaps_rollup") as lines:
        print(next(line.split()[1] for line in lines if line.startswith("Private_Dirty:")))
    sys.stdout.flush()
    os._exit(0)
os.wait()
"""


def _run(how: str) -> list[str]:
    command = [sys.executable, "-I", "-c", PARENT.format(root=str(ROOT)), how]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_a_session_copies_nothing_of_what_it_only_looks_at() -> None:
    made, of_code, of_key, copied = _run("immortal")
    as_it_was = _run("mortal")[-1]
    if not refcount_freeze.is_known():
        assert made == "0", "an interpreter that is not known is left alone"
        return
    assert int(made) > 300_000
    assert int(of_code) >= refcount_freeze.IMMORTAL, "what only code holds"
    assert int(of_key) >= refcount_freeze.IMMORTAL, "what is only a key"
    assert int(copied) < int(as_it_was) / 3


def _of_another_implementation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys.implementation, "name", "pypy")


def _of_a_later_version(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys, "version_info", (3, 15, 0, "final", 0))


def _without_the_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sysconfig, "get_config_var", lambda name: name == "Py_GIL_DISABLED")


def _with_counts_elsewhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refcount_freeze, "_begins_with_its_count", lambda: False)


@pytest.mark.parametrize(
    "unknown",
    [_of_another_implementation, _of_a_later_version, _without_the_lock, _with_counts_elsewhere],
)
def test_an_unknown_interpreter_is_left_alone(
    unknown: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown(monkeypatch)
    assert not refcount_freeze.is_known()
    assert refcount_freeze.make_immortal() == 0
