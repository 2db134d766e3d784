"""Several commands by one sign-in, a line each."""

from __future__ import annotations

import base64
import json
from typing import Any

from db.store.tables import Evidence
from tests.tui.plain.conftest import Ask
from tui.plain.batch import LONGEST, MOST


def _lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_line_is_run_as_its_own_command(ask: Ask) -> None:
    answer = ask("zhangwei", "batch", "# 每晚\n\nwhoami\nfind 张文 --json\n".encode(), "en")
    assert answer.status == 0
    assert "(zhangwei)" in answer.text
    assert (
        answer.text
        == ask("zhangwei", "whoami", language="en").text
        + ask("zhangwei", "find 张文 --json", language="en").text
    )
    assert "Line 3 ended with 0: whoami" in answer.err
    assert "Line 4 ended with 0" in answer.err


def test_it_ends_after_the_first_that_fails_unless_asked_to_go_on(ask: Ask) -> None:
    lines = b"whoami\nreport directory --book staff\nnonsense\nwhoami\n"
    stopped = ask("zhangwei", "batch --json", lines, "en")
    assert [(one["line"], one["status"]) for one in _lines(stopped.text)] == [(1, 0), (2, 1)]
    assert stopped.status == 1
    whole = ask("zhangwei", "batch --json --go-on", lines, "en")
    assert [one["status"] for one in _lines(whole.text)] == [0, 1, 2, 0]
    assert whole.status == 1
    assert "right" in _lines(whole.text)[1]["told"]


def test_programs_get_one_object_a_line_and_the_very_bytes(ask: Ask) -> None:
    line = "report compliance --book staff --format {}\n"
    answer = ask("liuyang", "batch --json", (line.format("csv") + line.format("xlsx")).encode(), "en")
    csv, xlsx = _lines(answer.text)
    assert csv["output"].startswith("\ufeff")
    assert base64.b64decode(xlsx["base64"]).startswith(b"PK")
    assert "recorded" in xlsx["told"]
    assert answer.out.isascii()


def test_what_cannot_be_a_line_is_told_with_its_number(ask: Ask) -> None:
    for line in ('find "张', "batch", "find " + "x" * LONGEST, "nonsense"):
        answer = ask("zhangwei", "batch --json", f"whoami\n{line}\n".encode(), "en")
        assert answer.status == 2, line
    assert ask("zhangwei", "batch", b"# nothing\n").status == 0
    assert ask("zhangwei", "batch", b"").status == 0
    assert ask("zhangwei", "batch", b"#\n" * (MOST + 1), "en").status == 2


def test_a_line_has_no_input_of_its_own(ask: Ask) -> None:
    """What follows is the next command, never a file."""
    answer = ask("zhangwei", "batch --go-on", b"evidence add a.txt\nwhoami\n", "en")
    assert answer.status == 1
    assert "(zhangwei)" in answer.text
    assert not Evidence.select().exists()
