"""``batch``: several commands by one sign-in, a line of standard input each."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from db.desk import Desk
from db.language import _
from tui.plain.command import JSON, Command, WrongUsage
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option

Work = Callable[[list[str], Desk, BinaryIO, BinaryIO, BinaryIO, int], int]

LONGEST = 8192
"""Bytes of a line."""
MOST = 500
"""Lines of one sign-in."""
GO_ON = Option("go-on", "", _("Go on after a line that failed; the first failure's status is still told."))


def run_batch(room: Room, words: CommandWords, work: Work) -> int:
    """Run each line of standard input as a command of its own, without an input, and write its output as it
    comes. Return the status of the first that failed, after which none runs unless ``--go-on``. Raises
    WrongUsage for too long a line or too many; those before it were run."""
    first = number = 0
    while (first == 0 or words.has("go-on")) and (line := room.stdin.readline(LONGEST + 1)):
        number += 1
        if number > MOST or len(line) > LONGEST:
            raise WrongUsage(
                _(
                    "Line {number}: {lines} lines of {bytes} bytes are the most. Sign in once more for the "
                    "rest.",
                    number=number,
                    lines=MOST,
                    bytes=LONGEST,
                )
            )
        text = line.decode("utf-8", "replace").strip()
        if text and not text.startswith("#"):
            status = _run_line(room, number, text, work, as_json=words.has("json"))
            first = first or status
    return first


def _run_line(room: Room, number: int, text: str, work: Work, *, as_json: bool) -> int:
    kept = BytesIO(), BytesIO()
    out, err = kept if as_json else (room.stdout, room.stderr)
    try:
        argv = shlex.split(text)
        if argv[:1] == [BATCH.name]:
            raise WrongUsage(_("A line of `batch` is any command but `batch`."))
        status = work(argv, room.desk, BytesIO(), out, err, room.width)
    except (ValueError, WrongUsage) as wrong:
        unclosed = _("A quotation mark in the command is not closed.")
        replace(room, stderr=err).warn(wrong.message if isinstance(wrong, WrongUsage) else unclosed)
        status = 2
    if as_json:
        room.write_file(_json_line(number, text, status, *kept))
    else:
        room.warn(
            _("Line {number} ended with {status}: {command}", number=number, status=status, command=text)
        )
    return status


def _json_line(number: int, text: str, status: int, out: BytesIO, err: BytesIO) -> bytes:
    """Return one line of ASCII JSON with a command's status and output, as base64 if that is not text."""
    told = err.getvalue().decode("utf-8", "replace")
    try:
        output = {"output": out.getvalue().decode()}
    except UnicodeDecodeError:
        output = {"base64": base64.b64encode(out.getvalue()).decode()}
    said = {"line": number, "command": text, "status": status, **output, "told": told}
    # A terminal may act on DEL, the one control character that JSON leaves as it is.
    return json.dumps(said).replace("\x7f", "\\u007f").encode() + b"\n"


def _run_batch(_room: Room, _words: CommandWords) -> int:
    raise NotImplementedError("`tui.plain.work` runs the lines")


BATCH = Command(
    "batch",
    (),
    (GO_ON, JSON),
    _(
        "Run the commands that standard input brings, a line each, by one sign-in. It ends after the first "
        "that fails, with its status; lines that begin with # are passed over."
    ),
    "batch --json < commands.txt",
    _run_batch,
    classified=False,
)
