"""What a file that was found says of whose copy it is; read in the confined child (`db.confined.found`)."""

from __future__ import annotations

import hashlib

from db.confined import reading as confined
from db.confined.answers import FOUND, Marks
from db.confined.why import Unreadable
from db.desk import Invalid, Problem
from db.desk.editions.tracing import TracedFile
from db.language import _

LARGEST = 25 * 1024 * 1024
"""Bytes of a file that is looked at."""
UNREAD = _(
    "The file could not be read through: that failed, or took more than 5 s or 256 MB. Only whether it is "
    "the very file that was sent was looked at. Type the number on it, or copy its text and trace that."
)


def read(content: bytes) -> TracedFile:
    """Read, in a confined process, the marks in ``content`` that may say whose copy it is. A file that can't
    be read gives a finding without marks. Raises Invalid for one that is empty or too large."""
    _check_size(content)
    try:
        marks = confined.read(FOUND, content)
    except Unreadable:
        return _finding(content, None)
    return _finding(content, marks)


async def reading(content: bytes) -> TracedFile:
    """Do as `read`, without blocking the event loop."""
    _check_size(content)
    try:
        marks = await confined.reading(FOUND, content)
    except Unreadable:
        return _finding(content, None)
    return _finding(content, marks)


def _check_size(content: bytes) -> None:
    if not content or len(content) > LARGEST:
        raise Invalid(
            Problem("file", _("The file is empty, or larger than {size} MB.", size=LARGEST // 1024 // 1024))
        )


def _finding(content: bytes, marks: Marks | None) -> TracedFile:
    sha256 = hashlib.sha256(content).hexdigest()
    if marks is None:
        return TracedFile(sha256, is_read=False)
    return TracedFile(sha256, marks.numbers, marks.codes, marks.seen)
