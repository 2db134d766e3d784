"""Labels and values: what a value is drawn in."""

from __future__ import annotations

import pytest

from tests.tui.kit.stage import Stage
from tui.kit import Cell, FactList, Styled

SAID: Cell = [
    Styled("尚缺", "warn"),
    "  ",
    Styled("手机号码已属于其他成员", "bad"),
    "  ",
    Styled("G.4.1", "dim"),
]


@pytest.mark.parametrize("width", [14, 20, 31, 36, 60])
async def test_what_is_folded_keeps_its_tones(width: int) -> None:
    """A clause stays dim and a fine red where they don't stand on one line."""
    app = Stage()
    async with app.run_test():
        facts = FactList([("外部同步", SAID)])
        facts._attach(app.screen)
        lines = [line[1:] for line in facts._lines(width)]
        tones: dict[str, str] = {}
        for text, tone in (span for line in lines for span in line):
            tones[tone] = tones.get(tone, "") + text
        assert {tone: text.strip() for tone, text in tones.items() if tone} == {
            "warn": "尚缺", "bad": "手机号码已属于其他成员", "dim": "G.4.1"
        }  # fmt: skip
        assert all(not "".join(text for text, _tone in line).startswith(" ") for line in lines)
