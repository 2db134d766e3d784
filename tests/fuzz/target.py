"""What a fuzz target is, and the bounds that every input is held to."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")
WORDS = Path(__file__).with_name("words")
"""Pieces that formats are made of, in files as libFuzzer reads them."""
Read = Callable[[bytes], str]
"""Takes one input and says in a word what came of it. Whatever it raises is a find."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is read from outside.

    ``opened`` sets up what it needs and yields how one input is read: with an error for whatever is
    neither understood nor refused as documented. ``tokens`` are pieces that its format is made of, besides
    those of its file in `WORDS`. ``examples`` are tried by the quick test. One input may take ``seconds``
    and add ``memory`` bytes.
    """

    name: str
    says: str
    opened: Callable[[], AbstractContextManager[Read]]
    tokens: tuple[bytes, ...] = ()
    examples: int = 300
    seconds: float = 5.0
    memory: int = 192 << 20

    def words(self) -> tuple[bytes, ...]:
        """All pieces of its format."""
        lines = (WORDS / f"{self.name}.dict").read_text("utf-8").splitlines()
        read = (re.match(r'"(.*)"', line) for line in lines)
        return (*self.tokens, *(_unescaped(found[1]) for found in read if found))

    def seeds(self) -> Iterator[Path]:
        """The files of the corpus: what is well-formed, and what was found once."""
        return iter(sorted((CORPUS / self.name).iterdir()))


class Unbounded(AssertionError):
    """An input took more time or memory than its target may."""


def bounded(target: Target, read: Read) -> Read:
    """``read`` held to the bounds of ``target``."""

    def held(content: bytes) -> str:
        before, began = _peak(), time.process_time()
        outcome = read(content)
        took, grown = time.process_time() - began, _peak() - before
        if took > target.seconds:
            raise Unbounded(f"{target.name}: {took:.1f} s for {len(content)} bytes")
        if grown > target.memory:
            raise Unbounded(f"{target.name}: {grown >> 20} MB for {len(content)} bytes")
        return outcome

    return held


def _unescaped(word: str) -> bytes:
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), word.encode("ascii"))


def _peak() -> int:
    """The most memory this process ever had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
