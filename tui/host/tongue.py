"""The command line in the language of the operator's own locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``).

The language is the process's, so it is settled once, when this module is loaded. Typer's own words are
replaced here too: it knows English only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from typer._click.formatting import HelpFormatter  # typer keeps its own copy of click and offers no other way

from db.language import Language, Text, _, language_of, say


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """The language that POSIX's order of precedence gives."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return language_of(environment[name])
    return "en"


LANGUAGE: Language = language_of_environment(os.environ)

HEADINGS = {
    "Arguments": _("Arguments"),
    "Options": _("Options"),
    "Commands": _("Commands"),
}
HELP_OPTION = "Show this message and exit."
REQUIRED = "[required]"
TYPE = re.compile(r" <[^>]+>")


def t(text: Text) -> str:
    """``text`` in the operator's language."""
    return say(text, LANGUAGE)


class Formatter(HelpFormatter):
    """Typer's help page with its fixed words in the operator's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or t(_("Usage:")) + " ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(t(HEADINGS.get(heading, heading)))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        spoken = [(TYPE.sub("", name), self._said(text)) for name, text in rows]
        super().write_dl(spoken, col_max, col_spacing)

    def _said(self, text: str) -> str:
        if text == HELP_OPTION:
            return t(_("Show this page and exit."))
        return text.replace(REQUIRED, t(_("(required)")))
