"""A report on its way out: written in a format, marked for its reader, recorded before it is handed over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from db.desk import Desk, Invalid, Problem
from db.language import Language, _, say
from reports import protected
from reports.formats import FORMATS
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
    """``report`` as a copy for ``desk``'s reader (C.9.1, A.12).

    The record of it comes first: where it can't be written, nothing leaves. Raises Invalid for an
    unknown format, Refused where the reader has no right to it any more.
    """
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
    name, media_type = f"{report.name.replace(' ', '-')}.{chosen.suffix}", chosen.media_type
    content, password = chosen.write(report, language, mark), ""
    if report.encrypted:
        password = protected.password()
        content = protected.under(password, content, name, media_type, report, language, mark)
        name, media_type = f"{name}.{protected.SUFFIX}", protected.MEDIA_TYPE
    digest = hashlib.sha256(content).hexdigest()
    desk.overview.export(
        report.name,
        report.book,
        report.unit,
        format=format,
        sha256=digest,
        size=len(content),
        rows=len(report.rows),
        mark=mark,
        encrypted=report.encrypted,
        parameters={say(name, "en"): say(value, "en") for name, value in report.parameters},
    )
    return Document(name, media_type, content, digest, mark, password)
