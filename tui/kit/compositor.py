"""Textual's compositor, which draws what lies over others whole, and at once.

It cuts every line of the screen where any widget begins or ends, also one that can't be seen, and a cut
through a wide character leaves two blanks of it: in a notice over two panes, of that at the panes' border.
"""

from __future__ import annotations

from textual import screen
from textual._compositor import Compositor

from tui.kit.line_cache import let_widgets_go
from tui.kit.strips import make_caches_late

screen.UPDATE_PERIOD = 1 / 500  # type: ignore[misc]  # Final for Textual; seconds
"""What changed is sent so soon after. With Textual's 1/60 a key waits for two ticks of that clock: it is an
idle screen's clock, which begins anew with each key."""

make_caches_late()
let_widgets_go()


class WholeLines(Compositor):
    """Where a widget takes a line from edge to edge, nothing behind it cuts that line."""

    @property
    def cuts(self) -> list[list[int]]:
        """The columns of every line at which visible widgets begin or end, both edges included. Cached."""
        if self._cuts is None:
            width, height = self.size
            edges = [{0, width} for _line in range(height)]
            seen_through = set(range(height))
            for region, clip in self.visible_widgets.values():  # the foremost first
                shown = region.intersection(clip)
                if shown:
                    for line in seen_through.intersection(shown.line_range):
                        edges[line] |= {shown.x, shown.right}
                        if shown.width == width:
                            seen_through.remove(line)
            self._cuts = [sorted(line) for line in edges]
        return self._cuts
