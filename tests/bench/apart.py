"""What something costs in a process of its own, which was not forked from one that had done anything yet."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """``seconds`` of processor time, of the processes that it waited for as well; its own memory at the most,
    in MB; and what came of it."""

    seconds: float
    mb: float
    result: Any


def apart(work: Callable[..., Any], *given: object) -> Cost:
    """What ``work`` takes with ``given``; both are handed over, and so is its result."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, work, given).result()


def _measured(work: Callable[..., Any], given: tuple[object, ...]) -> Cost:
    began = _spent()
    result = work(*given)
    return Cost(_spent() - began, _memory(), result)


def _memory() -> float:
    """The most of this program; what `getrusage` tells is at least what the process that began it had."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _spent() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)
