"""Every command of the host with words that it takes, from the application itself: a new one is there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from tui.host.main import app

READING = frozenset(
    {
        "account list", "audit verify", "backup list", "backup verify", "case key", "case pack",
        "case verify", "doctor", "keys", "metrics", "policy show", "report", "sshd-config", "systemd",
        "trace", "wecom export", "who",
    }
)  # fmt: skip
"""Those that only look, or take out what is there."""
WORDS = {
    "FILE": "{file}", "FILE …": "{file}", "FILE|NUMBER": "{file}", "FOLDER": "{folder}", "NUMBER": "1",
    "BOOK": "staff", "LOGIN": "chenjing", "LOGIN|SESSION": "chenjing", "ROLE": "hr", "TEXT": "hello",
    "KEY": "field", "NAME": "陈静", "ID": "enterprise", "PATH": "人力资源部",
}  # fmt: skip
"""What stands for an argument or a required option, by its placeholder in the help."""


def every_command(file: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command's name and its words, without the state folder. ``file`` and ``folder`` are the operator's
    own."""
    for name, command in _leaves("", typer.main.get_command(app)):
        words = name.split()
        for param in command.params:
            if param.required:
                option = next((one for one in param.opts if one.startswith("--")), None)
                metavar = str(param.metavar or param.name).removesuffix("…").strip()
                value = WORDS[metavar].format(file=file, folder=folder)
                words += [value] if option is None else [option, value]
        yield name, words


def takes_a_folder(name: str) -> bool:
    """Whether the command has ``--dir``."""
    command = dict(_leaves("", typer.main.get_command(app)))[name]
    return any("--dir" in param.opts for param in command.params)


def _leaves(above: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if above and (not inner or command.invoke_without_command):
        yield above, command
    for name, one in (inner or {}).items():
        yield from _leaves(f"{above} {name}".strip(), one)
