"""What every report carries around its table: its scope and period above, its origin below."""

from __future__ import annotations

from db.desk.extracts.about import About
from db.desk.extracts.granted import GrantedCopy
from db.desk.extracts.report_rights import REPORTS
from db.language import Message, Text, _, clause_words, listed
from reports.report import Cell, Report, ReportColumn


def frame_report(
    about: About,
    *,
    name: str,
    columns: tuple[ReportColumn, ...],
    rows: tuple[tuple[Cell, ...], ...],
    bar: str = "",
    title: Text = "",
    note: Message | None = None,
    granted: GrantedCopy | None = None,
) -> Report:
    """Make a report of this table, of the scope and origin in ``about``. Without a ``title`` it has that of
    the kind of report called ``name``."""
    return Report(
        name=name,
        title=title or REPORTS[name].title,
        book=about.book,
        unit=about.unit,
        parameters=_parameters(about),
        columns=columns,
        rows=rows,
        footer=_footer(about),
        bar=bar,
        classification=about.classification,
        note=note,
        granted=granted,
        encrypted=about.encrypted,
    )


def _parameters(about: About) -> tuple[tuple[Text, Text], ...]:
    """Return the name and value of each parameter that the report was drawn with."""
    found: list[tuple[Text, Text]] = [(_("Directory"), about.book_title), (_("Scope"), about.unit_name)]
    if about.first is not None:
        found.append((_("Period"), f"{about.first} – {about.last}"))
    return tuple(found)


def _footer(about: About) -> tuple[Text, ...]:
    """Return by whom and when it was made, under which regulations, and its classification."""
    return (
        _(
            "{organisation} · {classification} · under {policies} ({clause})",
            organisation=about.organisation,
            classification=about.classification,
            policies=listed(about.policies),
            clause=clause_words(about.clause),
        ),
        _("Made by {reader} ({login}) on {at}", reader=about.reader, login=about.login, at=about.at),
    )
