"""What a terminal sends, as events: Textual's parser, but for an Escape with a key right behind it."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

LONE_ESCAPE: Final = re.compile("\x1b(?=[^[O\t\x7fbf]|\\Z)")
"""An Escape with the next key right behind it, as a slow line or a busy machine brings them: what follows
begins no sequence of a terminal, and no Alt is used here but to go or to delete by a word."""
BY_A_WORD: Final = {"\x1b\x08": "\x1b\x7f", "\x1bd": "\x1b[3;5~"}
"""Alt with Backspace where that is Control-H, and Alt with d, which delete a word in a shell: as sequences
that the parser knows. An Escape and a `d` would act on what stands behind the field."""
LONGEST_PASTE: Final = 65_536
"""Characters of a paste that are kept (threat 61); what comes behind them is dropped."""
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
MARK: Final = re.compile("(\x1b\\[20[01]~)")
UNFINISHED: Final = re.compile("\x1b(?:\\[[\\d;]{0,9}|\\](?:1[01]?(?:;[^\x07\x1b]{0,40}\x1b?)?)?)?\\Z")
"""The end of what came so far, where it can be the beginning of a mark or of a report."""
REPORT: Final = re.compile("\x1b\\[\\d+;\\d+R|\x1b\\]1[01];[^\x07\x1b]{0,40}(?:\x07|\x1b\\\\)")
"""Where the cursor is, and a colour, as a terminal answers. What comes here comes too late, and is no key:
the first also stands for Shift+F3 somewhere (`tui.kit.terminal`)."""
REPORTING: Final = re.compile("\x1b(?:\\[\\d+;\\d*|\\]1[01];.*)\\Z")
"""What begins like a report, and no key that a person types in pieces."""


class TypedBytes:
    """Takes bytes as they come, cut anywhere. What is pasted is never read as keys, whatever is in it."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._parser = XTermParser()
        self._held = ""
        self._pasted: list[str] | None = None

    def take_bytes(self, data: bytes) -> Iterator[Message]:
        text = REPORT.sub("", self._held + self._decode(data))
        unfinished = UNFINISHED.search(text)
        self._held = unfinished[0] if unfinished else ""
        for part in MARK.split(text.removesuffix(self._held)):
            yield from self._part(part)

    def wait_no_more(self) -> Iterator[Message]:
        """Yield the events of held back bytes that might have been the beginning of a sequence, and were
        not."""
        if REPORTING.match(self._held):
            return
        held, self._held = self._held, ""
        yield from self._part(held)
        yield from self._parser.tick()

    def _part(self, text: str) -> Iterator[Message]:
        if text == PASTED:
            pasted, self._pasted = self._pasted, None
            if pasted:
                yield events.Paste("".join(pasted))
        elif self._pasted is not None:
            room = LONGEST_PASTE - sum(map(len, self._pasted))
            if room > 0:
                self._pasted.append(text[:room])
        elif text == PASTE:
            self._pasted = []
        else:
            yield from self._keys(text)

    def _keys(self, text: str) -> Iterator[Message]:
        for alt, sequence in BY_A_WORD.items():
            text = text.replace(alt, sequence)
        first, *others = LONE_ESCAPE.split(text)
        yield from self._parse(first)
        for other in others:
            yield events.Key("escape", "\x1b")
            yield from self._parse(other)

    def _parse(self, text: str) -> Iterator[Message]:
        if text:  # an empty text would tell the parser that the input has ended
            try:
                yield from self._parser.feed(text)
            except (ValueError, OverflowError):  # a key by a number that no character has
                self._parser = XTermParser()
