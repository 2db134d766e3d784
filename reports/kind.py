"""A report that can be made: its name, what it shows, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.desk import Desk
from db.language import Message
from reports.report import Period, Report

Build = Callable[[Desk, str, int | None, Period], Report]
"""Called with the desk, book, unit (None: the widest scope) and period, which an untimed report ignores."""


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that can be made. ``timed``: it is of a period."""

    name: str
    title: Message
    about: Message
    timed: bool
    build: Build
