"""Labels and values: what a value is drawn in."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tui.kit.stage import Stage
from tui.kit import Cell, FactList, Styled
from tui.kit.facts import _fold_toned
from tui.safe import fold
from tui.sheets.cell import Tone

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


SIGNS = st.text(st.sampled_from("ab 中文，（）e\u0301\u3000\u200d😀-|9"), max_size=9)


@given(st.lists(st.tuples(SIGNS, st.sampled_from(["", "bad", "warn"])), max_size=4), st.integers(2, 20))
@example([("\u200d\u0301 、（\u3000", "warn"), (" 😀（  ", "")], 5)
def test_tones_take_no_sign_away_and_add_none(spans: list[tuple[str, Tone]], width: int) -> None:
    first, *others = fold("".join(text for text, _tone in spans), width)
    lines = ["".join(text for text, _tone in line) for line in _fold_toned(spans, width)]
    assert lines == [first, *(line.lstrip() for line in others)]
