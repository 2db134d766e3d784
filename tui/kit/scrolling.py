"""What is longer than its place is read by the arrows, whatever has the focus."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.screen import Screen

LINES = {"up": -1, "k": -1, "down": 1, "j": 1}
PAGES = {"pageup": -1, "pagedown": 1}
ENDS = {"home": 0, "end": 1}


class Preview(VerticalScroll):
    """What the row under the cursor says in full, beside its list. Where that is longer than its place, Tab
    leads into it, and arrows read it."""

    def allow_focus(self) -> bool:
        return self.max_scroll_y > 0


def scroll_by(screen: Screen[object], key: str) -> bool:
    """Scroll the first scrollable part of ``screen`` by ``key``; return whether it can mean that here."""
    if key not in LINES | PAGES | ENDS:
        return False
    longer = next((one for one in screen.query(VerticalScroll) if one.display and one.max_scroll_y), None)
    if longer is None:
        return False
    if key in ENDS:
        longer.scroll_to(y=ENDS[key] * longer.max_scroll_y, animate=False)
    else:
        by = LINES.get(key) or PAGES[key] * max(longer.size.height - 1, 1)
        longer.scroll_relative(y=by, animate=False)
    return True
