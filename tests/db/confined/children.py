"""Children of other making, in the place of the one that reads: as it is once a file has taken it over."""

from __future__ import annotations

import pytest

from db.confined import reading
from db.confined.answers import Kind
from db.confined.why import FileRefusal, Unreadable

TEXT = Kind("text", 1 << 16, bytes.decode)
"""What `taken_over` children answer."""
HANG = "import threading\ndef read(content): threading.Event().wait()"
"""A harm that takes no processor time and never ends."""
BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from db.confined import child, walls; "


def taken_over(monkeypatch: pytest.MonkeyPatch, harm: str, *, walls: bool = True) -> None:
    """From now on every child does ``harm``, a function ``read(content)`` that answers pieces of bytes; with
    all walls about it, or with none."""
    lines = f"import ctypes, mmap, os, signal, socket, subprocess, time\n{harm}\n"
    lines += "walls.set_limits(); child.work(read)" if walls else "for one in read(b''): os.write(1, one)"
    monkeypatch.setattr(reading, "CHILD", f"{BEGIN}exec({lines!r})")


def refusal(kind: Kind[str] = TEXT, content: bytes = b"file") -> FileRefusal:
    """What a reading is refused for."""
    with pytest.raises(Unreadable) as caught:
        reading.read(kind, content)
    return caught.value.why
