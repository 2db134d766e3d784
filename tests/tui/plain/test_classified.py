"""How a book is classified is said beside whatever a plain command shows of it (G.7.1)."""

from __future__ import annotations

import pytest

from db.language import LANGUAGES
from tests.tui.plain.conftest import Ask
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World
from tui.plain.registry import COMMANDS

SAID = {"zh_CN": "机密\n", "en": "Confidential\n"}


@pytest.mark.clause("G.7.1")
def test_every_command_that_shows_something_says_once_how_it_is_classified(world: World) -> None:
    """The last line beside it, so that a pipe gets the data alone; help and a token are of no book, and each
    line of a batch says its own."""
    wecom, showed = build_wider_world("wecom", beside=world), set()
    for command in COMMANDS:
        options = {option.name for option in command.options}
        plain = command.example.partition(" > ")[0].partition(" < ")[0]
        lines = [plain, *([command.name] if not command.least else [])]
        lines += [f"{line} --json" for line in lines if "json" in options and "--json" not in line]
        for language in LANGUAGES:
            for line in lines:
                answer = answered(wecom, "huanghr", line, language=language)
                is_said = bool(answer.out) and command.classified
                assert answer.err.endswith(SAID[language]) is is_said, line
                assert answer.err.count(SAID[language]) == is_said, line
                showed |= {command.name} if is_said else set()
    assert [command.name for command in COMMANDS if not command.classified] == [
        "help", "batch", "tokens make",
    ]  # fmt: skip
    assert {"card", "today", "mydata", "whoami", "report", "why", "offices"} <= showed
    assert len(showed) > len(COMMANDS) // 4


@pytest.mark.clause("G.7.1", "I.4.4.1")
def test_of_several_books_that_of_the_named_one_counts_and_else_the_strictest(world: World, ask: Ask) -> None:
    build_wider_world("wecom", "controlled", beside=world)
    world.grant("huanghr", "assistant", "controlled")
    assert ask("huanghr", "whoami").err == "机密\n"
    for name in ("controlled", "受控通讯录"):
        assert ask("huanghr", f"report --book {name}").err == "受控文件，严禁转发\n"
    assert ask("huanghr", "find 黄蓉").err == "机密\n"
    assert "机密" not in ask("huanghr", "find 查无此人").err, "nothing is shown"
