"""Style sheets that are parsed once in a process: in the warm parent, for every session forked from it."""

from __future__ import annotations

from functools import cache

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

SOURCES = 256
"""Sources whose rules are kept for one set of variables; there is one source for each widget class."""

Variables = frozenset[tuple[str, str]]
Rules = LRUCache[tuple[object, ...], list[RuleSet]]


class KeptStylesheet(Stylesheet):
    """Keeps the rules of every source, by the variables (the theme) they were parsed with.

    Textual parses all sources for each application, and again for every screen that brings a file. Rules
    don't change once they are parsed, so applications can share them.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _cached_rules(frozenset(self._variables.items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use ``variables`` and the cache of rules parsed with them."""
        self._parse_cache = LRUCache(1)  # Textual empties it
        super().set_variables(variables)
        self._parse_cache = _cached_rules(frozenset(variables.items()))

    def reparse(self) -> None:
        """Combine the cached rules of all sources again, without parsing them."""
        self.parse()


@cache
def _cached_rules(_variables: Variables) -> Rules:
    return LRUCache(SOURCES)
