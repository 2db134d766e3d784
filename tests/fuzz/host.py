"""The host's command line: words of any kind, and files of any content.

An input is ``mingce`` with its words on the first line; the rest is standard input, and the content of the
files ``rows.csv``, ``rows.toml`` and ``pack.zip`` that the words may name. What serves for ever is left out.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from auth import passwords
from db.store.engine import close_store
from tests.fuzz.target import Read, Target
from tests.tui.host.conftest import INIT
from tui.host.main import main

FILES = ("rows.csv", "rows.toml", "pack.zip")
ENDLESS = (
    "tui.host.serve.serve", "tui.host.console.console", "tui.host.demo.start.demo",
    "tui.host.audit.signer",
)  # fmt: skip


@contextmanager
def commands() -> Iterator[Read]:
    """An installation that is as new for every input."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-")))
        template, state = folder / "template", folder / "state"
        stack.enter_context(mock.patch.object(passwords, "COST", 4))
        stack.enter_context(mock.patch.dict(os.environ, {"MINGCE_HOME": str(state)}))
        for name in ENDLESS:
            stack.enter_context(mock.patch(name, return_value=0))
        stack.callback(os.chdir, os.getcwd())
        status, said = _run([*INIT, "--accept", "--dir", str(template)], b"")
        assert status == 0, said

        def read(content: bytes) -> str:
            first, _newline, rest = content.partition(b"\n")
            words = _words(first)
            if words is None:
                return "left out"
            work = folder / "work"
            for gone in (state, work):
                shutil.rmtree(gone, ignore_errors=True)
            shutil.copytree(template, state)
            work.mkdir()
            os.chdir(work)
            for name in FILES:
                (work / name).write_bytes(rest)
            before = _content(state)
            status, said = _run(words, rest)
            assert status in (0, 1, 2), status
            assert "Traceback" not in said
            assert status != 2 or _content(state) == before, "wrong usage, and something done"
            return ("done", "not done", "wrong usage")[status]

        yield read


def _words(first: bytes) -> list[str] | None:
    """The words of a command line, unless they lead out of the folder."""
    try:
        words = shlex.split(first.decode("utf-8", "surrogateescape").replace("\0", ""))
    except ValueError:
        return None
    if any(".." in word or "/" in word or "~" in word or "init" in word for word in words):
        return None
    return words


def _run(words: list[str], typed: bytes) -> tuple[int, str]:
    out, err = io.BytesIO(), io.BytesIO()
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(typed), "utf-8", "surrogateescape"),
        "stdout": io.TextIOWrapper(out, "utf-8", "strict"),
        "stderr": io.TextIOWrapper(err, "utf-8", "backslashreplace"),
    }
    with ExitStack() as stack:
        for name, stream in streams.items():
            stack.enter_context(mock.patch(f"sys.{name}", stream))
        try:
            status = main(words)
        finally:
            close_store()
        for name in ("stdout", "stderr"):
            streams[name].flush()
    return status, out.getvalue().decode("utf-8") + err.getvalue().decode("utf-8")


def _content(folder: Path) -> dict[str, bytes]:
    """All files but those in which the command's own session is on record."""
    kept = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("mingce.db")]
    return {str(file): file.read_bytes() for file in kept if file.suffix not in (".journal", ".jsonl")}


TARGETS = (
    Target("host", "the host's command line, and files it is given", commands, examples=40, seconds=20.0),
)
