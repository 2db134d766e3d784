"""Cells of files that spreadsheets open: what a program might run is made plain text, reversibly.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break (or the
full-width form of one of the signs) for a formula (CWE-1236). Such a cell gets an apostrophe in
front, and so does one that begins with apostrophes before such a character, so that taking one
apostrophe off gives every text back as it was: ``+86 138 0000 2121`` included.
"""

from __future__ import annotations

import re

_RISKY = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
_HOSTILE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 but tab and line breaks, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides, isolates
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\u00ad\u2028\u2029\ufff9-\uffff\ud800-\udfff]"
)


def guard(text: str) -> str:
    """Return the cell with an apostrophe before what a spreadsheet would take for a formula (`unguard` undoes
    it)."""
    return "'" + text if _RISKY.match(text) else text


def unguard(cell: str) -> str:
    """Return the cell without the apostrophe that `guard` set; any other as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell


def harmless(text: str) -> str:
    """Return ``text`` without control characters, direction overrides and invisible signs."""
    return _HOSTILE.sub("", text)


def one_line(text: str) -> str:
    """Return ``text`` harmless and on one line; tabs and line breaks become a blank."""
    return " ".join(harmless(text).split())
