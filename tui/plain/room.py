"""Where a plain command works: its reader's desk and language, and the three streams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from tabulate import tabulate

from db.desk import Desk
from db.desk.notation.cells import harmless, one_line
from db.language import Language, Text, _, say
from reports.export import Document
from tui.sheets.cell import Cell, Fact, cell_words


@dataclass(slots=True)
class Room:
    """``width`` is that of the terminal in cells, for words that are folded; tables are never cut.
    ``has_shown``: something went to standard output."""

    desk: Desk
    language: Language
    width: int
    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO
    has_shown: bool = False

    def words(self, cell: Cell) -> str:
        """Return ``cell`` in the reader's language, on one line, without anything a terminal acts on."""
        return one_line(cell_words(cell, self.language))

    def write_line(self, *texts: Text) -> None:
        self._write_line(" ".join(filter(None, map(self.words, texts))))

    def write_lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._write_line(line)

    def warn(self, text: Text) -> None:
        _write_bytes(self.stderr, self.words(text).encode("utf-8", "replace") + b"\n")

    def write_facts(self, facts: Sequence[Fact]) -> None:
        """Write labels and values to standard output, a line each; skip empty values."""
        colon = "：" if self.language == "zh_CN" else ": "
        for label, value in facts:
            if self.words(value):
                head = f"{self.words(label)}{colon}" if label else ""
                self._write_line(head + self.words(value))

    def write_table(self, heads: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> None:
        """Write aligned columns to standard output, without those that are empty throughout."""
        for line in self.tabulate(heads, rows):
            self._write_line(line)

    def tabulate(self, heads: Sequence[Text], rows: Sequence[Sequence[Cell]]) -> list[str]:
        cells = [[self.words(cell) for cell in row] for row in rows]
        kept = [place for place in range(len(heads)) if any(row[place] for row in cells)]
        body = [[row[place] for place in kept] for row in cells]
        made = tabulate(
            body, [self.words(heads[place]) for place in kept], tablefmt="plain", disable_numparse=True
        )
        return [line.rstrip() for line in made.splitlines()]

    def write_json(self, value: object) -> None:
        """Write JSON on standard output, texts in the reader's language."""
        self.write_file(self.as_json(value))

    def as_json(self, value: object) -> bytes:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=self._plain_text)
        return harmless(text).encode("utf-8", "replace") + b"\n"

    def write_file(self, content: bytes) -> None:
        self.has_shown = True
        _write_bytes(self.stdout, content)

    def document(self, copy: Document) -> None:
        """Write a marked copy to standard output; its mark, digest and, once, its password to standard error.
        Records nothing."""
        self.write_file(copy.content)
        self.tell_copy(copy.mark, copy.sha256)
        self.tell_password(copy.password)

    def tell_copy(self, mark: str, digest: str) -> None:
        self.warn(_("Copy {mark}, SHA-256 {digest}: recorded.", mark=mark, digest=digest))

    def tell_password(self, password: str) -> None:
        """Write the password of a file just written to standard error; nothing if it has none."""
        if password:
            self.warn(_("It is a PDF with the file attached. Password, told this once: {password}",
                        password=password))  # fmt: skip

    def _plain_text(self, value: object) -> object:
        return say(value, self.language)  # type: ignore[arg-type]  # only texts are not JSON here

    def _write_line(self, line: str) -> None:
        self.write_file(line.encode("utf-8", "replace") + b"\n")


def _write_bytes(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()
