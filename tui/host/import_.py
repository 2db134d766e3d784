"""`mingce import`: a spreadsheet into a book, after a look at every row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.confined.reading import LARGEST
from db.desk.importing.bulk import Progress
from db.desk.importing.outcome import BadRows, ImportReport
from db.desk.importing.subject import Source
from db.language import Message, _
from db.store.settings import Home
from tui.host.account import check_book
from tui.host.operator import desk_for
from tui.host.owner import read_given
from tui.host.sheet import sheet_of
from tui.host.shell import FAILED, state_folder, tell, tell_json, warn
from tui.host.tongue import t

PHASES: dict[str, Message] = {"read": _("Reading"), "check": _("Checking"), "write": _("Writing")}
SHOWN = 50


def import_file(folder: Path | None, file: Path, book: str, dry_run: bool, signed: str, as_json: bool) -> int:
    """Import ``file``, or with ``dry_run`` only say what would happen; exit status 1 for bad rows."""
    content = read_given(file, LARGEST)
    with desk_for(Home(state_folder(folder)), signed) as desk:
        check_book(book)
        desk.importing.columns(book)  # who may not import need not wait for the sheet to be unpacked
        sheet = sheet_of(file, content)
        try:
            if dry_run:
                report = desk.importing.check(book, sheet.rows)
            else:
                with progress_bar() as progress:
                    report = desk.importing.load(book, sheet.rows, Source(sheet.name, sheet.digest), progress)
        except BadRows as bad:
            say_bad(bad, as_json)
            return FAILED
    say_report(report, dry_run, as_json)
    return 0


def say_bad(bad: BadRows, as_json: bool) -> None:
    """Row by row what is wrong and what to do."""
    if as_json:
        tell_json(
            {
                "imported": 0,
                "errors": [
                    {"row": e.row, "column": t(e.column), "reason": t(e.reason), "advice": t(e.advice)}
                    for e in bad.errors
                ],
                "count": bad.count,
            }
        )
        return
    for error in bad.errors[:SHOWN]:
        at = {"row": error.row, "reason": error.reason, "advice": error.advice}
        if error.column:
            warn(_("Row {row}, {column}: {reason} {advice}", column=error.column, **at))
        else:
            warn(_("Row {row}: {reason} {advice}", **at))
    if bad.count > SHOWN:
        warn(_("… and {count} more.", count=bad.count - SHOWN))
    warn(_("Nothing was imported."))


def say_report(report: ImportReport, dry_run: bool, as_json: bool) -> None:
    """What was done, or would be."""
    if as_json:
        tell_json(
            {
                "dry_run": dry_run,
                "imported": 0 if dry_run else report.entries,
                "entries": report.entries,
                "internal": report.internal,
                "external": report.external,
                "units": list(report.units),
                "heads": report.heads,
            }
        )
        return
    tell(
        _(
            "Entries: {entries} (colleagues: {internal}, outside contacts: {external}); "
            "new units: {units}; heads: {heads}.",
            entries=report.entries,
            internal=report.internal,
            external=report.external,
            units=len(report.units),
            heads=report.heads,
        )
    )
    if report.units:
        tell(_("New units: {units}", units="; ".join(report.units[:SHOWN])))
    if len(report.units) > SHOWN:
        tell(_("… and {count} more.", count=len(report.units) - SHOWN))
    tell(_("Every row is in order. Nothing was changed: this was a dry run.") if dry_run else _("Imported."))


class _Bar:
    """Shows each phase on a bar of ``rich``."""

    def __init__(self) -> None:
        from rich import progress
        from rich.console import Console

        self.bar = progress.Progress(console=Console(stderr=True), transient=True)
        self._task = self.bar.add_task("", total=None)

    def __call__(self, phase: str, done: int, total: int) -> None:
        self.bar.update(self._task, description=t(PHASES[phase]), completed=done, total=total or None)


def _no_bar(_phase: str, _done: int, _of: int) -> None:
    """Nobody looks."""


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield _no_bar
        return
    bar = _Bar()
    with bar.bar:
        yield bar
