"""What is kept of a person, for that person: each part as a table, and all of it as one copy (PIPL 45)."""

from __future__ import annotations

import hashlib

from db.desk import Desk, Invalid, Problem
from db.desk.privacy.own_data import OwnDataTable
from db.language import Language, Message, Text, _
from reports.export import Document
from reports.formats import FORMATS
from reports.protected import File, protect_file
from reports.report import Cell, Report, ReportColumn

NAME = "mydata"
TITLE = _("What is kept of me")


def part_report(section: OwnDataTable) -> Report:
    columns = tuple(ReportColumn(id, head) for id, head in section.columns)
    return Report(NAME, section.title, "", None, (), columns, section.rows, ())


def whole_report(desk: Desk, sections: tuple[OwnDataTable, ...]) -> Report:
    """Return all ``sections`` as one table: for each of their rows one, with its section and its values as a
    text."""
    who = desk.me.who()
    rows: list[tuple[Cell, ...]] = []
    for section in sections:
        rows += [(section.title, _row_in_words(section, row)) for row in section.rows]
        if not section.rows:
            rows.append((section.title, _("nothing")))
    return Report(
        name=NAME,
        title=TITLE,
        book="",
        unit=None,
        parameters=((_("Name"), who.name), (_("Login"), who.login)),
        columns=(ReportColumn("part", _("Part")), ReportColumn("says", _("What it says"))),
        rows=tuple(rows),
        footer=(_("Given to whom it is about, who has a right to it (PIPL 45)."),),
        encrypted=desk.privacy.under_password(),
    )


def document(desk: Desk, format: str, language: Language) -> Document:
    """Return the reader's own data as a marked copy, encrypted under a new password where the book asks for
    it, once it is recorded that it leaves. Raises Invalid for an unknown format, Refused."""
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        unknown = _("There is no format called {name}. There are: {names}.", name=format, names=known)
        raise Invalid(Problem("format", unknown))
    chosen, mark = FORMATS[format], desk.overview.mark()
    report = whole_report(desk, desk.privacy.mine())
    written = File(f"{NAME}.{chosen.suffix}", chosen.media_type, chosen.write(report, language, mark))
    file = protect_file(written, report, language, mark)
    digest = hashlib.sha256(file.content).hexdigest()
    desk.privacy.taken(
        format=format, sha256=digest, size=len(file.content), rows=len(report.rows), mark=mark,
        encrypted=report.encrypted,
    )  # fmt: skip
    return Document(file.name, file.media_type, file.content, digest, mark, file.password)


def _row_in_words(section: OwnDataTable, row: tuple[Text, ...]) -> Text:
    told: Text = ""
    for (_id, head), value in zip(section.columns, row, strict=True):
        if value:
            pair = _("{name}: {value}", name=head, value=value)
            told = Message("{told} · {pair}", {"told": told, "pair": pair}) if told else pair
    return told
