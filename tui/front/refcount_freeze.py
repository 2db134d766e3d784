"""What the warm parent has loaded, made such that sessions use it without writing to it.

CPython counts references in the object itself: a session that merely looks at an object of the parent
writes to its page, and the kernel copies the page for it. The count of an immortal object (PEP 683) is never
written. There is no call for it, so each object's count is given the mark that the interpreter's own immortal
objects bear. None of them is freed any more, which costs nothing: the parent keeps them to its end.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import sysconfig
from types import CodeType

IMMORTAL = 1 << 31
"""From this count on an object is immortal, on the versions that `is_known` knows: the sign of 32 bits."""
WORD = 4
"""How many bytes of a count bear the mark: the rest is zero, or since 3.14 something else."""


def make_immortal() -> int:
    """Make every existing object immortal; return how many. 0 on an unknown interpreter.

    Nothing that it makes on the way stays: a session would write to where it had been.
    """
    if not is_known():
        return 0
    memory = (ctypes.c_uint32 * (sys.maxsize // WORD)).from_address(0)  # a word of it takes no call
    mark = memory[id(None) // WORD]
    made, waiting = 0, gc.get_objects()
    while waiting:
        one = waiting.pop()
        if sys.getrefcount(one) < IMMORTAL:
            memory[id(one) // WORD] = mark
            made += 1
            waiting += gc.get_referents(one)
            if isinstance(one, dict):  # the collector passes over keys that are texts
                waiting += dict.__iter__(one)
            elif isinstance(one, CodeType):  # and over code
                waiting += _held_by(one)
    return made


def is_known() -> bool:
    """Return whether this interpreter's objects begin with their reference count, whose sign marks immortal
    ones."""
    return (
        sys.implementation.name == "cpython"
        and (3, 12) <= sys.version_info[:2] <= (3, 14)
        and sys.maxsize > 1 << 32
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
        and not sysconfig.get_config_var("Py_TRACE_REFS")
        and _begins_with_its_count()
    )


def _begins_with_its_count() -> bool:
    probe = object()
    word = ctypes.c_uint32.from_address(id(probe))
    before = word.value
    more = [probe, probe]
    return word.value == before + len(more) and ctypes.c_uint32.from_address(id(None)).value >= IMMORTAL


def _held_by(code: CodeType) -> tuple[object, ...]:
    return (
        code.co_consts, code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars,
        code.co_filename, code.co_name, code.co_qualname, code.co_linetable, code.co_exceptiontable,
    )  # fmt: skip
