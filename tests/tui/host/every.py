"""Every command of the host with words that it takes, from its declaration: a new one is there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui.host.commands import COMMANDS

READING = frozenset(
    {
        "account list", "audit verify", "backup list", "backup verify", "case key", "case pack",
        "case verify", "doctor", "keys", "metrics", "policy list", "policy show", "policy text", "policy try",
        "report", "sshd-config", "systemd", "trace", "wecom export", "who",
    }
)  # fmt: skip
"""Those that only look, or take out what is there."""
WORDS = {
    "FILE": "{file}", "FILE|ID": "{file}", "FILE|NUMBER": "{file}", "FOLDER": "{folder}", "NUMBER": "1",
    "BOOK": "staff", "LOGIN": "chenjing", "LOGIN|SESSION": "chenjing", "ROLE": "hr", "TEXT": "hello",
    "KEY": "field", "NAME": "陈静", "ID": "enterprise", "PATH": "人力资源部", "VERSION": "2",
    "DAY": "2099-01-01",
}  # fmt: skip
"""What stands for an operand or a required option, by its placeholder in the help."""


ONE_OF = {"account create": ("zhangwen", "--name", "张文")}
"""Words of commands that take one of several forms, none of which is required."""


def every_command(file: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command's name and its words, without the state folder. ``file`` and ``folder`` are the operator's
    own."""
    for command in COMMANDS:
        words = command.name.split()
        for operand in command.operands[: command.least]:
            words.append(WORDS[operand.strip("…")].format(file=file, folder=folder))
        for option in command.options:
            if option.required:
                words += [f"--{option.name}", WORDS[option.value].format(file=file, folder=folder)]
        yield command.name, [*words, *ONE_OF.get(command.name, ())]


def takes_a_folder(name: str) -> bool:
    """Whether the command has ``--dir``."""
    (command,) = (command for command in COMMANDS if command.name == name)
    return any(option.name == "dir" for option in command.options)
