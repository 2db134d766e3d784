"""Why a file could not be read."""

from __future__ import annotations

from enum import IntEnum


class FileRefusal(IntEnum):
    """The child's exit status for a file that it refuses. Those below 10 are for whoever asked to say."""

    LIMITS = 1
    """It was ended by its limits of memory and time, or by a fault in a library."""
    NONSENSE = 2
    """Its answer has not the form that was agreed."""
    NO_READER = 3
    """No process could be started."""
    TOO_LARGE = 11
    NOT_A_SHEET = 12
    TOO_MANY = 13
    LOCKED = 14
    BAD_TEXT = 15
    LONG_CELL = 16
    DAMAGED = 17
    TOO_MANY_PIXELS = 18
    TWICE = 19
    """An archive holds two files of one name."""
    IN_A_PDF = 20
    NO_REPORT = 21
    """JSON that is no report of this program."""
    NO_BOUNCE = 22
    OLD_XLS = 23
    ONLY_CHANGES = 24
    """An LDIF that adds nobody."""


class Unreadable(Exception):
    """The file is refused; ``why`` says what for."""

    def __init__(self, why: FileRefusal) -> None:
        super().__init__(why)
        self.why = why
