"""`mingce import`: a spreadsheet into a book, after a look at every row."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from db.confined.reading import LARGEST
from db.desk.importing.bulk import Progress
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import BadRows, ImportReport
from db.language import Message, Text, _, listed, strung
from tui.host.account import check_book
from tui.host.language import t
from tui.host.operator import desk_for
from tui.host.owner import home_of, read_given
from tui.host.shell import FAILED, tell, tell_json, warn
from tui.host.spreadsheet import sheet_of
from tui.plain.words import CommandWords
from tui.sheets.importing import unread_sheets

PHASES: dict[str, Message] = {"read": _("Reading"), "check": _("Checking"), "write": _("Writing")}
SHOWN = 50
FIRST = 5
"""Rows that are named where there are many."""


def import_file(words: CommandWords) -> int:
    """Import a file of people, or only check it (``--dry-run``), and print the report; return exit status 1
    for bad rows. Raises CommandFailure."""
    file, book = Path(words.operand(0)), words.option_value("book")
    dry_run, as_json = words.has("dry-run"), words.has("json")
    wishes = ImportWishes(
        words.option_values("leave-out"),
        words.has("alike"),
        words.option_values("new-unit"),
        words.has("leave-rest"),
    )
    content = read_given(file, LARGEST)
    with desk_for(home_of(words), words.option_value("login")) as desk:
        check_book(book)
        source = Source(file.name, sha256(content).hexdigest())
        if not dry_run:
            desk.importing.columns(
                book, source
            )  # who may not import need not wait for the sheet to be unpacked
        rows = [sheet_of(file, content).rows]  # handed over, and gone once they were read
        source = replace(source, hidden=rows[0].hidden, sheets=rows[0].sheets)
        del content
        taken = ImportProgress()
        try:
            if dry_run:
                report = desk.importing.check(book, rows.pop(), wishes, source)
            else:
                with progress_bar() as bar, taken.told_if_broken_off():
                    report = desk.importing.load(book, rows.pop(), source, taken.beside(bar), wishes)
        except BadRows as bad:
            say_bad(bad, as_json, taken.people)
            return FAILED
    if source.sheets and not as_json:
        warn(unread_sheets(source.sheets))
    say_report(report, dry_run, as_json)
    return 0


class ImportProgress:
    """Of a file that comes in in parts, how many ``people`` have come in, of how many."""

    def __init__(self) -> None:
        self.people = self.of = 0

    def beside(self, bar: Progress) -> Progress:
        """Return a listener that keeps the number of people imported and passes all else on to ``bar``."""

        def progress(phase: str, done: int, of: int) -> None:
            if phase == "taken":
                self.people, self.of = done, of
            else:
                bar(phase, done, of)

        return progress

    @contextmanager
    def told_if_broken_off(self) -> Iterator[None]:
        """Print, if the body is broken off, how many people are imported already, and raise on."""
        try:
            yield
        except BaseException:
            if self.people:
                told = {"people": self.people, "count": self.of}
                warn(_("{people} of {count} people are in; the same file, imported again, goes on.", **told))
            raise


def say_bad(bad: BadRows, as_json: bool, taken: int = 0) -> None:
    """Print the faults of a file with the advice, on standard error, those alike together; as JSON on
    standard output."""
    if as_json:
        tell_json(
            {
                "imported": taken,
                "errors": [
                    {"row": e.row, "column": t(e.column), "reason": t(e.reason), "advice": t(e.advice)}
                    for e in bad.errors
                ],
                "count": bad.count,
                **({"known": t(bad.known)} if bad.known is not None else {}),
            }
        )
        return
    rows: dict[tuple[str, str, str], list[int]] = {}
    for error in bad.errors:
        rows.setdefault((t(error.column), t(error.reason), t(error.advice)), []).append(error.row)
    for (column, reason, advice), where in list(rows.items())[:SHOWN]:
        warn(_line(where, column, reason, advice))
    told = sum(len(where) for where in list(rows.values())[:SHOWN])
    if bad.count > told:
        warn(_("… and {count} more.", count=bad.count - told))
    if bad.known is not None:
        warn(bad.known)
    if not taken:
        warn(_("Nothing was imported."))


def _line(where: Sequence[int], column: str, reason: str, advice: str) -> Message:
    said = {"column": column, "reason": reason, "advice": advice}
    if len(where) > 1:
        rows = _several(where)
        if column:
            return _("Rows {rows}, {column}: {reason} {advice}", rows=rows, **said)
        return _("Rows {rows}: {reason} {advice}", rows=rows, **said)
    if column:
        return _("Row {row}, {column}: {reason} {advice}", row=where[0], **said)
    return _("Row {row}: {reason} {advice}", row=where[0], **said)


def _several(rows: Sequence[int]) -> Text:
    """Return the first numbers of ``rows`` in words, and how many more there are."""
    first, more = listed(str(row) for row in rows[:FIRST]), len(rows) - FIRST
    return _("{first} and {count} more", first=first, count=more) if more > 0 else first


def say_report(report: ImportReport, dry_run: bool, as_json: bool) -> None:
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
                "known": report.known,
                "notes": [{"row": one.row, "reason": t(one.reason)} for one in report.notes],
                "before": report.before,
                "matched": dict(report.matched),
                "lacking": [t(label) for label in report.passed.lacking],
                "not_taken": {"headings": list(report.passed.headings), "rows": list(report.passed.rows)},
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
    for note in report.notes[:SHOWN]:
        tell(_line([note.row], t(note.column), t(note.reason), t(note.advice)))
    if report.known:
        tell(_("People who are in the directory already, and stay as they are: {count}.", count=report.known))
    if report.before:
        tell(_("People who came in with this file before it was broken off: {count}.", count=report.before))
    if report.passed.headings:
        tell(_("Columns that the directory has no place for: {names}.", names=listed(report.passed.headings)))
    if report.passed.rows:
        tell(_("Rows that are no people: {rows}.", rows=_several(report.passed.rows)))
    for text, path in (*report.passed.guessed, *report.matched[:SHOWN]):
        tell(_("{text} is taken for {unit}.", text=text, unit=path))
    if report.passed.lacking:
        tell(
            _(
                "Everybody comes in without {names}, which WeCom's template has no column for; "
                "`report incomplete` names them.",
                names=listed(report.passed.lacking),
            )
        )
    if report.units:
        tell(_("New units: {units}", units=strung(report.units[:SHOWN])))
    if len(report.units) > SHOWN:
        tell(_("… and {count} more.", count=len(report.units) - SHOWN))
    if report.alone:
        tell(
            _(
                "The file was looked at alone: whether somebody is in the directory already is seen by who "
                "maintains it, with --login."
            )
        )
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
    """Do nothing: nobody looks."""


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a progress bar on standard error during the body, if that is a terminal; yield its listener."""
    if not sys.stderr.isatty():
        yield _no_bar
        return
    bar = _Bar()
    with bar.bar:
        yield bar
