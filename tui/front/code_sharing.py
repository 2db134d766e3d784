"""Code that was run, put side by side in memory.

Python counts references in the object itself, so a session copies every page of the warm parent that holds
something it uses. Loading leaves the code that sessions run scattered among ten times as much that they
don't. Here each function that has been run gets a copy of its code, and the copies lie together.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType

_replaced: list[CodeType] = []
"""The code that was copied is kept: in its old places a session would put what it allocates, a page copied
for each."""


@contextmanager
def code_gathered() -> Iterator[None]:
    """Move the code of all functions run in the body, by any thread, into memory that forks share.

    The copies lack what Python learns by running: run them once more before forking.
    """
    ran: dict[int, CodeType] = {}
    with _note_codes(ran):
        yield
    _gather(ran)
    _replaced.extend(ran.values())


if sys.version_info >= (3, 12):
    _TOOL = 4  # one that no debugger, profiler or coverage takes

    @contextmanager
    def _note_codes(ran: dict[int, CodeType]) -> Iterator[None]:
        """Note the code that is run within, once: it runs as fast as otherwise from then on."""
        watch = sys.monitoring

        def note_code(code: CodeType, _offset: int) -> object:
            ran[id(code)] = code
            return watch.DISABLE

        watch.use_tool_id(_TOOL, __name__)
        watch.register_callback(_TOOL, watch.events.PY_START, note_code)
        watch.restart_events()
        watch.set_events(_TOOL, watch.events.PY_START)
        try:
            yield
        finally:
            watch.set_events(_TOOL, watch.events.NO_EVENTS)
            watch.register_callback(_TOOL, watch.events.PY_START, None)
            watch.free_tool_id(_TOOL)

else:

    @contextmanager
    def _note_codes(ran: dict[int, CodeType]) -> Iterator[None]:
        def note_code(frame: FrameType, _event: str, _argument: object) -> None:
            ran[id(frame.f_code)] = frame.f_code

        here, in_threads = sys.gettrace(), threading.gettrace()
        threading.settrace(note_code)
        sys.settrace(note_code)
        try:
            yield
        finally:
            sys.settrace(here)
            threading.settrace(in_threads)


def _gather(ran: dict[int, CodeType]) -> None:
    copies: dict[int, CodeType] = {}

    def copy(code: object) -> object:
        """Copy ``code`` and what was run of the functions in it; anything else is itself."""
        if not isinstance(code, CodeType) or id(code) not in ran:
            return code
        if id(code) not in copies:
            copies[id(code)] = code.replace(co_consts=tuple(map(copy, code.co_consts)))
        return copies[id(code)]

    for function in gc.get_objects():
        if type(function) is FunctionType and id(function.__code__) in ran:
            function.__code__ = copy(function.__code__)  # type: ignore[assignment]
