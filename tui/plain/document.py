"""The parts of ``docs`` that are drawn from `tui.jobs`, `tui.sheets` and `tui.kit.letters`: ``make docs``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from db.language import Language, say
from tui.jobs import read_jobs
from tui.kit.commands import key_name
from tui.kit.letters import GROUPS
from tui.plain.command import Command
from tui.plain.registry import COMMANDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
INDEX = "<!-- Drawn from tui/jobs.toml: change it there, then `make docs`. -->\n"
LETTERS = "<!-- Drawn from tui/kit/letters.py: change it there, then `make docs`. -->\n"
MANUALS: dict[str, Language] = {"staff.md": "en", "staff.zh.md": "zh_CN"}
"""The pages that say what each letter means, in their languages."""
BEGIN = "<!-- Drawn from tui/plain and tui/sheets, but for headings and words below them: `make docs`. -->\n"
NOTES = "\n## More about some of them\n"
LIST = frozenset({"search", "only", "sort", "format"})
"""Options of most lists, which the page explains once, as LIST."""
SECTION = re.compile(r"\n### (.+)\n<!-- (.+) -->\n")
"""A heading of the page, with the first words of the commands that stand below it."""


def with_generated(page: str) -> str:
    """Return ``page`` with its generated parts, the index and the commands, as they are today."""
    before, _index, rest = page.partition(INDEX)
    return before + index() + commands_page(rest) + NOTES + rest.partition(NOTES)[2]


def with_letters(page: str, language: Language) -> str:
    """Return ``page`` with its table of keys as it is today."""
    before, _mark, rest = page.partition(LETTERS)
    rows = "".join(
        f"| `{key_name(letter.key)}` | {say(letter.meaning, language)} |\n"
        for _heading, letters in GROUPS
        for letter in letters
    )
    head = {"en": "| key | means everywhere |", "zh_CN": "| 键 | 在任何界面的含义 |"}[language]
    return f"{before}{LETTERS}\n{head}\n|---|---|\n{rows}\n## {rest.partition(chr(10) + '## ')[2]}"


def index() -> str:
    """Return the index of jobs in Markdown."""
    rows = "".join(
        f"| [{job.en}]({job.page}.md) | [{job.zh}]({job.page}.zh.md)"
        f" | {_code(job.keys)} | {_code(job.command)} |\n"
        for job in read_jobs()
    )
    return (
        f"{INDEX}\n## What do you want to do?\n\n"
        f"| to do | 要办的事 | on the screen | command |\n|---|---|---|---|\n{rows}\n"
    )


def commands_page(page: str) -> str:
    """Return all commands in Markdown, below the headings that ``page`` has for them."""
    parts = [BEGIN, "\n## Commands, by what they are for\n"]
    for heading, words in SECTION.findall(page):
        found = [command for word in words.split() for command in COMMANDS if command.name.split()[0] == word]
        parts += [f"\n### {heading}\n<!-- {words} -->\n\n", *_lines(found)]
    return "".join(parts)


def _lines(commands: list[Command]) -> Iterable[str]:
    """Yield a line of Markdown for each command, the verbs of a list below it without its name."""
    names = {command.name for command in commands}
    for command in commands:
        if command.name.rpartition(" ")[0] not in names:
            begins = f"{command.name} "
            verbs = [usage(other).removeprefix(begins) for other in commands if other.name.startswith(begins)]
            yield f"- `{usage(command)}` {command.in_short('en')}\n"
            yield "".join(f"  `{verb}`\n" for verb in verbs)


def usage(command: Command) -> str:
    """Return the usage of ``command`` with required options alone; LIST stands for the options of lists."""
    needed = tuple(option for option in command.options if option.required)
    lists = LIST - {"format"} <= {option.name for option in command.options}
    return replace(command, options=needed).usage + " LIST" * lists


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    DOCUMENT.write_text(with_generated(DOCUMENT.read_text("utf-8")), "utf-8")
    for name, language in MANUALS.items():
        manual = DOCUMENT.with_name(name)
        manual.write_text(with_letters(manual.read_text("utf-8"), language), "utf-8")
