"""What people send, read by the confined child: nothing but an answer or a refusal comes of it.

A process for each input would take a tenth of a second. So one child reads many, behind the same walls and
under the same limits, until it dies; the input that it died of is then given to a new one.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from db.confined.answers import ARCHIVE, DOCUMENT, FOUND, PICTURE, SHEET, Kind
from db.confined.reading import ROOT, parsed
from db.confined.why import FileRefusal, Unreadable
from tests.fuzz.files import packed, workbook
from tests.fuzz.target import Read, Target

CHILD = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from db.confined import child, walls
from db.confined.why import FileRefusal, Unreadable
walls.set_limits()
child.load_codecs()
read = importlib.import_module(child.READERS[sys.argv[2]]).answer
given, told = sys.stdin.buffer, sys.stdout.buffer
walls.enter_sandbox()
while size := given.read(4):
    status, answer = 0, b""
    try:
        answer = b"".join(read(given.read(int.from_bytes(size))))
    except Unreadable as unreadable:
        status = unreadable.why
    except MemoryError:
        status = FileRefusal.LIMITS
    except BaseException:
        status = FileRefusal.DAMAGED
    told.write(status.to_bytes(1) + len(answer).to_bytes(4) + answer)
    told.flush()
"""


class Many:
    """A confined child that reads one file after the other as ``kind``."""

    def __init__(self, kind: Kind[Any]) -> None:
        self._kind = kind
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, content: bytes) -> object:
        """As `db.confined.reading.read` does. Raises Unreadable."""
        used = self._child is not None
        said = self._ask(content)
        if said is None and used:  # its time was over, perhaps: that is no fault of this input
            said = self._ask(content)
        if said is None:
            raise Unreadable(FileRefusal.LIMITS)
        status, answer = said
        if status:
            raise Unreadable(FileRefusal(status))
        if len(answer) > self._kind.most:
            raise Unreadable(FileRefusal.NONSENSE)
        return parsed(self._kind, answer)

    def _ask(self, content: bytes) -> tuple[int, bytes] | None:
        """Status and answer; None where the child died."""
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", CHILD, str(ROOT), self._kind.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        given, told = self._child.stdin, self._child.stdout
        assert given is not None
        assert told is not None
        try:
            given.write(len(content).to_bytes(4) + content)
            given.flush()
            head = told.read(5)
            answer = told.read(int.from_bytes(head[1:]))
        except BrokenPipeError:
            head, answer = b"", b""
        if len(head) < 5 or len(answer) < int.from_bytes(head[1:]):
            self.end()
            return None
        return head[0], answer

    def end(self) -> None:
        """End the child."""
        if self._child is not None:
            with suppress(BrokenPipeError):
                self._child.communicate()
            self._child = None


@contextmanager
def read_as(*kinds: Kind[Any]) -> Iterator[Read]:
    """Each input read as all of ``kinds``."""
    whole = workbook()
    children = [Many(kind) for kind in kinds]

    def read(content: bytes) -> str:
        outcomes = [_outcome(child, packed(content, whole)) for child in children]
        return outcomes[0]

    try:
        yield read
    finally:
        for child in children:
            child.end()


def _outcome(child: Many, content: bytes) -> str:
    try:
        child.read(content)
    except Unreadable as unreadable:
        return unreadable.why.name.lower()
    return "read"


TARGETS = (
    Target("xlsx", "a spreadsheet as XLSX, and as a found copy", lambda: read_as(SHEET, FOUND), examples=120),
    Target("pdf", "a PDF as evidence, and as a found copy", lambda: read_as(DOCUMENT, FOUND), examples=120),
    Target("png", "a picture as PNG", lambda: read_as(PICTURE), examples=120),
    Target("jpeg", "a picture as JPEG", lambda: read_as(PICTURE), examples=120),
    Target("pasted", "a text as a found copy", lambda: read_as(FOUND), examples=60),
    Target("zip", "an archive", lambda: read_as(ARCHIVE), examples=120),
)
