"""What is sent leaves the terminal showing exactly what was drawn, in few bytes, without a control."""

from __future__ import annotations

import random
import re

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tests.tui.kit.hostile import HOSTILE
from tests.tui.test_safe import ALPHABETS
from tui.kit.canvas import Canvas
from tui.safe import cells, fit, plain

SIZE = Size(24, 4)
STYLES = [Style.parse(text) for text in ("none", "bold #d0d0d0 on #121212", "#87af5f on #121212", "reverse")]
TEXTS = [
    "张伟研发一部工程师八零一二号码",
    "Zhang Wei, engineer 8012",
    "a张b伟c研d发e一f部",
    " " * 24,
    "……▸▾│138",
]
OUR_SEQUENCE = re.compile(r"\x1b\[[0-9;]*[mH]")


def line(chance: random.Random, width: int = SIZE.width) -> Strip:
    left = chance.randrange(width + 1)
    parts = ((fit(chance.choice(TEXTS), share), chance.choice(STYLES)) for share in (left, width - left))
    return Strip([Segment(text, style) for text, style in parts], width)


def whole(strips: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[strip] for strip in strips], Region(0, 0, SIZE.width, SIZE.height))


def drawn(canvas: Canvas, update: LayoutUpdate | ChopsUpdate) -> str:
    return canvas.draw(update, SIZE, (0, 0), ColorSystem.TRUECOLOR)


def test_the_terminal_shows_what_was_drawn() -> None:
    chance = random.Random(3)
    canvas, screen = Canvas(), pyte.Screen(SIZE.width, SIZE.height)
    screen.reset_mode(7)  # the driver turns wrapping off (DECAWM)
    stream = pyte.Stream(screen)
    shown = [line(chance) for _row in range(SIZE.height)]
    stream.feed(drawn(canvas, whole(shown)))
    for _step in range(300):
        row = chance.randrange(SIZE.height)
        shown[row] = line(chance)
        if chance.random() < 0.5:
            update = ChopsUpdate(
                [{0: s} for s in shown], [(row, 0, SIZE.width)], [[SIZE.width]] * SIZE.height
            )
            stream.feed(drawn(canvas, update))
        else:
            stream.feed(drawn(canvas, whole(shown)))
        assert [text.rstrip() for text in screen.display] == [strip.text.rstrip() for strip in shown]


def test_every_style_after_every_other_is_the_one_that_is_shown() -> None:
    """On blanks, too, where only what can be seen of it counts."""
    words = ("", "bold", "dim", "italic", "underline", "reverse", "strike", "bold reverse", "bold underline")
    styles = [
        Style.parse(f"{one} {colours}".strip() or "none")
        for one in words
        for colours in ("", "red", "red on blue")
    ]
    canvas, screen, size = Canvas(), pyte.Screen(8, 1), Size(8, 1)
    stream = pyte.Stream(screen)
    for before in styles:
        for after in styles:
            strips = [Strip([Segment("ab  ", before), Segment("cd  ", after)])]
            update = LayoutUpdate([[strip] for strip in strips], Region(0, 0, 8, 1))
            stream.feed(canvas.draw(update, size, (0, 0), ColorSystem.STANDARD))
            for place, style in zip((0, 2, 4, 6), (before, before, after, after), strict=True):
                cell = screen.buffer[0][place]
                assert cell.bg == ("blue" if style.bgcolor else "default"), (before, after, place)
                assert (cell.reverse, cell.underscore, cell.strikethrough) == (
                    bool(style.reverse), bool(style.underline), bool(style.strike),
                ), (before, after, place)  # fmt: skip
                if cell.data != " " or style.reverse:
                    assert cell.fg == ("red" if style.color else "default"), (before, after, place)
                if cell.data != " ":
                    assert (cell.bold, cell.italics) == (bool(style.bold), bool(style.italic)), (
                        before,
                        after,
                    )


def test_a_blank_is_sent_in_the_colours_that_are_on() -> None:
    strong, usual = Style.parse("bold #ffffff on #121212"), Style.parse("#d0d0d0 on #121212")
    update = LayoutUpdate(
        [[Strip([Segment("a", strong), Segment(" " * 22, usual), Segment("b", usual)])]], Region(0, 0, 24, 1)
    )
    sent = drawn(Canvas(), update)
    assert f"a{' ' * 22}\x1b[22;38;2;208;208;208mb" in sent, "bold is taken off alone, the background stays"


def test_what_is_shown_already_is_not_sent_again() -> None:
    canvas = Canvas()
    strips = [line(random.Random(1)) for _row in range(SIZE.height)]
    assert drawn(canvas, whole(strips))
    assert drawn(canvas, whole(strips)) == ""


def test_one_changed_character_costs_a_move_and_itself() -> None:
    canvas = Canvas()
    drawn(canvas, whole([Strip([Segment("a" * 24, STYLES[1])])] * SIZE.height))
    sent = drawn(
        canvas,
        whole(
            [Strip([Segment("aaaaab" + "a" * 18, STYLES[1])])] + [Strip([Segment("a" * 24, STYLES[1])])] * 3
        ),
    )
    assert sent == "\x1b[1;6Hb\x1b[1;1H"


def test_a_forgotten_terminal_is_sent_everything() -> None:
    canvas = Canvas()
    strips = [line(random.Random(1)) for _row in range(SIZE.height)]
    first = drawn(canvas, whole(strips))
    canvas.forget()
    assert drawn(canvas, whole(strips)) == first


@pytest.mark.threat(12)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_of_a_text_is_sent_whichever_widget_drew_it(text: str) -> None:
    strips = [Strip([Segment(text, Style(link="https://evil.example"))])] * SIZE.height
    sent = OUR_SEQUENCE.sub("", drawn(Canvas(), whole(strips)))
    assert plain(sent) == sent
    assert "evil" not in sent or "evil" in text


@pytest.mark.threat(12)
def test_no_control_of_twenty_thousand_strings_is_in_the_bytes() -> None:
    """Forty screens full of what `test_safe` makes, whoever forgot to make it safe."""
    chance, size = random.Random(12), Size(240, 50)
    for _screen in range(40):
        strips = [
            Strip([Segment("".join(chance.choices(ALPHABETS[n % len(ALPHABETS)], k=12))) for n in range(10)])
            for _row in range(size.height)
        ]
        update = LayoutUpdate([[strip] for strip in strips], Region(0, 0, size.width, size.height))
        sent = OUR_SEQUENCE.sub("", Canvas().draw(update, size, (0, 0), ColorSystem.TRUECOLOR))
        assert plain(sent) == sent


def test_control_segments_are_dropped() -> None:
    strips = [Strip([Segment("\x1bPq sixel\x1b\\", None, []), Segment("x")], 1)]
    sent = drawn(Canvas(), LayoutUpdate([[strip] for strip in strips], Region(0, 0, SIZE.width, 1)))
    assert "\x1bP" not in sent


@pytest.mark.parametrize("depth", [ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
def test_fewer_colours_never_send_true_colour(depth: ColorSystem) -> None:
    sent = Canvas().draw(whole([line(random.Random(2))] * SIZE.height), SIZE, (0, 0), depth)
    assert "38;2;" not in sent
    assert "48;2;" not in sent


def test_a_line_is_never_wider_than_the_screen() -> None:
    strips = [Strip([Segment("张" * 30)])] * SIZE.height
    sent = OUR_SEQUENCE.sub("\n", drawn(Canvas(), whole(strips)))
    assert max(cells(part) for part in sent.split("\n")) <= SIZE.width


@pytest.mark.parametrize("place", [(SIZE.width, 1), (SIZE.width + 30, 1), (0, SIZE.height), (30, 40)])
def test_what_was_laid_out_for_a_larger_window_draws_nothing(place: tuple[int, int]) -> None:
    canvas = Canvas()
    drawn(canvas, whole([Strip([Segment("x" * SIZE.width)])] * SIZE.height))
    late = LayoutUpdate([[Strip([Segment("late" * 20)])]], Region(*place, 80, 1))
    assert drawn(canvas, late) == ""
