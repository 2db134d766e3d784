"""`mingce`: finds the command that is meant, and has it done or explained."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from db.language import _
from tui.host.commands import COMMANDS
from tui.host.commands.host_command import HostCommand
from tui.host.language import LANGUAGE, t
from tui.host.shell import DEFECT, FAILED, WRONG_USAGE, CommandFailure, failures_in_words, warn
from tui.host.streams import discard_output, open_streams
from tui.plain.command import HELP, WrongUsage, beginning_with, find_among
from tui.plain.page import columns, page
from tui.plain.words import Misread


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and print its failures; return the exit status (0 done, 1 refused or failed, 2 wrong
    usage)."""
    from tui.front.confine import no_core_files

    no_core_files()
    open_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not all(_is_text(word) for word in words):
        warn(_("The words of a command are text in UTF-8; one of these is not."))
        return WRONG_USAGE
    try:
        with failures_in_words():
            status = run(words)
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return FAILED
    except CommandFailure as failure:
        warn(failure.message)
        if failure.advice:
            warn(failure.advice)
        return failure.status
    except (KeyboardInterrupt, EOFError):
        warn(_("Stopped."))
        return FAILED
    return status


def run(argv: list[str]) -> int:
    command, rest = find_among(COMMANDS, argv)
    if command is not None:
        return _run_command(command, rest)
    asked = f"--{HELP.name}" in argv
    within = beginning_with(COMMANDS, argv[0]) if argv else []
    if argv == ["--version"]:
        from importlib.metadata import version

        print(f"mingce {version('mingce')}")
        return 0
    if asked or argv in ([], [command.name.split()[0] for command in within[:1]]):
        lines = _list_commands(within) if within else _overview()
        print("\n".join(lines), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else WRONG_USAGE
    warn(_("There is no command “{words}”.", words=" ".join(argv[:2])))
    advice = _("→ `{command}` lists them.", command="mingce --help")
    warn("\n".join(_list_commands(within)) if within else advice)
    return WRONG_USAGE


def _run_command(command: HostCommand, given: list[str]) -> int:
    try:
        words = command.read(given, passing_on=command.passes_on)
        if words.has(HELP.name):
            lines = page(command, "mingce", t, _width())
            others = [other for other in COMMANDS if other.name.startswith(f"{command.name} ")]
            print("\n".join([f"mingce {lines[0]}", *lines[1:], *_list_commands(others)]))
            return 0
        for option in command.options:
            if option.required and not words.has(option.name):
                raise WrongUsage(_("{operand} is missing.", operand=f"--{option.name}"))
        return command.function()(words) or 0
    except (Misread, WrongUsage) as wrong:
        warn(wrong.message)
        warn(_("→ Write it like this: {usage}", usage=f"mingce {command.usage}"))
        return WRONG_USAGE


def _overview() -> list[str]:
    """Return the lines of help that list every command, those with a common first word on one line."""
    rows: dict[str, str] = {}
    for command in COMMANDS:
        first, _blank, second = command.name.partition(" ")
        if not second or len(beginning_with(COMMANDS, first)) == 1:
            rows[command.name] = command.in_short(LANGUAGE)
        else:
            rows[f"{first} …"] = ", ".join(filter(None, (rows.get(f"{first} …"), second)))
    head = [
        t(_("Usage: {command}", command="mingce COMMAND …")),
        t(_("mingce: the organisation's contact directories under its own regulations.")),
        t(_("`mingce COMMAND --help` explains a command; `mingce --version` says which version this is.")),
    ]
    return [*head, "", *columns([(f"  {name}", said) for name, said in rows.items()], _width())]


def _list_commands(commands: Sequence[HostCommand]) -> list[str]:
    return columns([(f"  mingce {one.name}", one.in_short(LANGUAGE)) for one in commands], _width())


def _width() -> int:
    return shutil.get_terminal_size().columns


def entry() -> int:
    """Run `main`; print an unforeseen error as its kind and place in the program alone, without anybody's
    data. Return the exit status."""
    try:
        return main()
    except Exception as error:
        import json

        from tui.front.incident import describe

        warn(_("mingce itself is at fault here and went no further. Please report the command and this:"))
        warn(json.dumps(describe(error)))
        return DEFECT


def _is_text(word: str) -> bool:
    """Return whether ``word`` was valid UTF-8 without a NUL."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in word


if __name__ == "__main__":
    sys.exit(entry())
