"""A card: one thing in full, with verbs of the list that it is in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.language import Text
from tui.kit import FactList, FramedScreen
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.sheet import Verb


class FactCard(FramedScreen):
    """One thing as labels and values. A subclass names as ``VERBS`` those that are done here as they ask by
    themselves; their keys stand among its ``KEYS``."""

    VERBS: ClassVar[tuple[Verb[Any], ...]] = ()
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False

    def __init_subclass__(cls, **options: Any) -> None:
        for verb in cls.__dict__.get("VERBS", ()):
            setattr(cls, command_of(verb).method, partialmethod(cls.do_verb, verb))
        super().__init_subclass__(**options)

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="form"):
            yield FactList(self.facts())

    def facts(self) -> Sequence[Fact]:
        raise NotImplementedError

    def place(self) -> At[Any]:
        raise NotImplementedError

    def show_result(self, said: Text) -> None:
        """Show what is left after a verb, and ``said``. Subclasses override it."""
        raise NotImplementedError

    def redraw_facts(self) -> None:
        """Draw the facts and the keys again."""
        self.query_one(FactList).show(self.facts())
        self.refresh_keys()

    async def do_verb(self, verb: Verb[Any], at: At[Any] | None = None) -> None:
        """Ask what ``verb`` asks and ``at`` does not answer, do it, and show the result."""
        at = at or self.place()
        made = await carry_out(self, verb, at)
        if made is not None:
            self.show_result(verb.done(at, made.result))
