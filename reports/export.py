"""A report on its way out: written in a format, marked for its reader, recorded before it is handed over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from db.desk import Desk, Invalid, Problem
from db.language import Language, _, say
from reports.formats import FORMATS
from reports.protected import File, protect_file
from reports.report import Report


@dataclass(frozen=True, slots=True)
class Document:
    """A copy as it leaves. ``name`` is a file name, ``sha256`` the digest of ``content`` as recorded;
    ``password`` opens it, where it takes one, and is kept nowhere."""

    name: str
    media_type: str
    content: bytes
    sha256: str
    mark: str
    password: str = field(default="", repr=False)


def export(desk: Desk, report: Report, format: str, language: Language) -> Document:
    """Record that ``report`` leaves as a marked copy for ``desk``'s reader, then return it, encrypted with a
    new password beside it where the report asks for that (C.9.1, A.12). Where it can't be recorded, nothing
    leaves. Raises Invalid for an unknown format, Refused where the reader has no right to it any more."""
    if format not in FORMATS:
        raise Invalid(
            Problem(
                "format",
                _(
                    "There is no format called {name}. There are: {names}.",
                    name=format,
                    names=", ".join(FORMATS),
                ),
            )
        )
    chosen = FORMATS[format]
    mark = desk.overview.mark()
    name = f"{report.name.replace(' ', '-')}.{chosen.suffix}"
    written = File(name, chosen.media_type, chosen.write(report, language, mark))
    file = protect_file(written, report, language, mark)
    digest = hashlib.sha256(file.content).hexdigest()
    desk.overview.export(
        report.name,
        report.book,
        report.unit,
        format=format,
        sha256=digest,
        size=len(file.content),
        rows=len(report.rows),
        mark=mark,
        encrypted=report.encrypted,
        parameters={say(name, "en"): say(value, "en") for name, value in report.parameters},
    )
    return Document(file.name, file.media_type, file.content, digest, mark, file.password)
