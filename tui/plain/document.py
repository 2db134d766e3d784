"""The parts of ``docs`` that are drawn from `tui.jobs`, `tui.sheets` and `tui.kit.letters`: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from db.language import Language, Text, _, say
from tui.jobs import read_jobs
from tui.kit.commands import key_name
from tui.kit.letters import GROUPS
from tui.plain.command import Command
from tui.plain.sheets import commands_of
from tui.sheets.registry import SHEETS

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
INDEX = "<!-- Drawn from tui/jobs.toml and tui/sheets: change it there, then `make docs`. -->\n"
FIRST = "\n## help\n"
LETTERS = "<!-- Drawn from tui/kit/letters.py: change it there, then `make docs`. -->\n"
MANUALS: dict[str, Language] = {"staff.md": "en", "staff.zh.md": "zh_CN"}
"""The pages that say what each letter means, in their languages."""
BEGIN = "<!-- From here on it is drawn from tui/sheets: change it there, then `make docs`. -->\n"
COMMON = frozenset({"search", "only", "sort", "format", "json"})
"""Options of most lists, which the page explains once."""
PLACES = (
    _("Today"), _("Directory"), _("Card"), _("Files"), _("Audit"), _("Reports"), _("My account"),
    _("Approve"), _("Return"), _("Reject"), _("Correct"), _("Show number"),
    _("Joiner"), _("Move"), _("Leaver"),
)  # fmt: skip


def written(page: str) -> str:
    """Return ``page`` with its drawn parts as they are today."""
    before, _index, rest = page.partition(INDEX)
    _old, first, rest = rest.partition(FIRST)
    return before + index() + first + rest.partition(BEGIN)[0] + commands_page()


def with_letters(page: str, language: Language) -> str:
    """Return ``page`` with the table of letters as it is today."""
    before, _mark, rest = page.partition(LETTERS)
    rows = "".join(
        f"| `{key_name(letter.key)}` | {say(letter.meaning, language)} |\n"
        for _heading, letters in GROUPS
        for letter in letters
    )
    head = {"en": "| key | means everywhere |", "zh_CN": "| 键 | 在任何界面的含义 |"}[language]
    return f"{before}{LETTERS}\n{head}\n|---|---|\n{rows}\n## {rest.partition(chr(10) + '## ')[2]}"


def index() -> str:
    """Return the index of jobs and the words of both languages, in Markdown."""
    rows = "".join(
        f"| {job.en} | {job.zh} | {_code(job.keys)} | {_code(job.command)} | {_links(job.page)} |\n"
        for job in read_jobs()
    )
    labels = {say(text, "en"): say(text, "zh_CN") for text in _words()}
    glossary = " · ".join(f"{english} {labels[english]}" for english in sorted(labels, key=str.lower))
    return (
        f"{INDEX}\n## What do you want to do?\n\n"
        f"| to do | 要办的事 | on the screen | command | page |\n|---|---|---|---|---|\n{rows}\n"
        f"## Words in both languages\n\n{glossary}\n"
    )


def _words() -> Iterable[Text]:
    yield from PLACES
    for sheet in SHEETS:
        yield from (sheet.title, *(verb.label for verb in sheet.verbs))


def commands_page() -> str:
    """The commands of all lists, in Markdown."""
    commands = (command for sheet in SHEETS for command in commands_of(sheet))
    return BEGIN + "".join(map("".join, map(_lines, commands)))


def _lines(command: Command) -> Iterable[str]:
    yield f"\n## {command.name}\n\n`{command.usage}`\n\n{say(command.help, 'en')}\n"
    own = [option for option in command.options if option.name not in COMMON]
    if own:
        yield "\n" + "".join(f"- `{option.usage}` {say(option.help, 'en')}\n" for option in own)
    yield f"\n    ssh HOST {command.example}\n"


def _links(page: str) -> str:
    chinese = f", [中文]({page}.zh.md)" if (DOCUMENT.parent / f"{page}.zh.md").exists() else ""
    return f"[{page}]({page}.md){chinese}"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
    for name, language in MANUALS.items():
        manual = DOCUMENT.with_name(name)
        manual.write_text(with_letters(manual.read_text("utf-8"), language), "utf-8")
