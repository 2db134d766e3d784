"""The office of `requests_stage`, seen by those who watch over it."""

from __future__ import annotations

from tests.tui.screens.stage import Stage


class Oversight(Stage):
    """The audit and the reports."""

    SHOWN = ("audit", "reports")
