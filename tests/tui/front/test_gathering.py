"""What the warm parent does to its memory before the first fork: code side by side, and no free places left
among what it has made."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable

import pytest

from tui.front import heap
from tui.front.code_sharing import code_gathered


@pytest.fixture(autouse=True)
def thawed() -> None:
    """What is frozen is not among the objects that are looked through; another test may have frozen all."""
    gc.unfreeze()


def _counting(start: int) -> Callable[[], int]:
    def count() -> int:
        nonlocal start
        start += 1
        return start

    return count


def _other() -> str:
    return "not run"


def test_code_that_was_run_is_copied_and_does_the_same() -> None:
    outer, other, before = _counting.__code__, _other.__code__, sys.gettrace()
    with code_gathered():
        counting = _counting(1)
        assert counting() == 2
    assert _counting.__code__ is not outer
    assert _counting.__code__ == outer
    assert _other.__code__ is other
    assert counting() == 3
    assert _counting(7)() == 8
    assert _counting(7).__code__ is counting.__code__, "a function made anew runs the gathered code too"
    assert sys.gettrace() is before


def test_code_that_a_thread_ran_is_gathered() -> None:
    code = _other.__code__
    with code_gathered():
        thread = threading.Thread(target=_other)
        thread.start()
        thread.join()
    assert _other.__code__ is not code


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="pools of small objects are CPython's")
def test_what_is_made_after_the_pools_are_filled_goes_to_pools_of_its_own() -> None:
    older = [bytes(200) for _number in range(1000)]
    del older[::2]
    heap.fill_pools()
    before = {id(one) // heap.POOL for one in older}
    made = [bytes(200) for _number in range(100)]
    assert sum(id(one) // heap.POOL in before for one in made) < 10
