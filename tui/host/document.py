"""The commands in ``docs/administrators.md`` and the people in ``docs/try.md``: ``make docs`` draws them."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from db.language import Language, say
from tui.host.commands import COMMANDS
from tui.host.commands.host_command import HostCommand
from tui.host.demo.cast import organisation

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = DOCS / "administrators.md"
TRY: dict[Language, Path] = {"zh_CN": DOCS / "try.zh.md", "en": DOCS / "try.md"}
BEGIN = "<!-- Drawn from tui/host/commands/: change it there, then `make docs`. -->\n"
END = "\n## "
PEOPLE = "<!-- Drawn from tui/host/demo/organisation.toml: change it there, then `make docs`. -->\n"


def with_generated(page: str) -> str:
    before, _begin, after = page.partition(BEGIN)
    _old, _end, rest = after.partition(END)
    groups = groupby(COMMANDS, lambda command: command.name.split()[0] if " " in command.name else "")
    lines = (f"- {', '.join(map(_usage, group))}\n" for _word, group in groups)
    return before + BEGIN + "\n" + "".join(lines) + END + rest


def _usage(command: HostCommand) -> str:
    needed = (option.usage for option in command.options if option.required)
    return f"`{' '.join([command.name, *command.operands, *needed])}`"


def with_people(page: str, language: Language) -> str:
    """Return ``page`` with its table of the demonstration's people, by book, replaced by today's."""
    head = {
        "zh_CN": "| 登录名 | 姓名 | 可以试 |\n|---|---|---|\n",
        "en": "| login | name | try |\n|---|---|---|\n",
    }
    shown = page.partition(PEOPLE)[0] + PEOPLE
    books = []
    for book, role in organisation().everyone():
        if book.id not in books:
            books.append(book.id)
            shown += f"\n## {say(book.title.label, language)} · `{book.id}`\n\n{head[language]}"
        tries = say(role.tries.label, language)
        shown += f"| `{role.login}` | {role.name} | {tries} |\n"
    return shown


if __name__ == "__main__":
    DOCUMENT.write_text(with_generated(DOCUMENT.read_text("utf-8")), "utf-8")
    for language, page in TRY.items():
        page.write_text(with_people(page.read_text("utf-8"), language), "utf-8")
