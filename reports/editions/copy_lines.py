"""The lines that stand on every page and sheet of a copy."""

from __future__ import annotations

from db.desk.editions.making import ToMake
from db.language import _, listed, say


def title(copy: ToMake) -> str:
    """Edition, number of the issue and its day."""
    return say(
        _(
            "{organisation} · {edition} · issue {issue} of {day}",
            organisation=copy.content.organisation,
            edition=copy.content.title,
            issue=copy.issue,
            day=copy.issued_on,
        ),
        copy.language,
    )


def classification(copy: ToMake) -> str:
    """How the book and its copies are classified."""
    return say(copy.content.classification, copy.language)


def regulations(copy: ToMake) -> str:
    """Under which regulations it was issued."""
    return say(_("Issued under {regulations}", regulations=listed(copy.content.regulations)), copy.language)


def mark(copy: ToMake) -> str:
    """The visible mark: whose copy it is and which (I.4.3, A.12)."""
    return say(
        _(
            "Copy {number} for {name} ({post}, {unit}) alone · do not pass it on",
            number=copy.number,
            name=copy.name,
            post=copy.post,
            unit=copy.unit,
        ),
        copy.language,
    )


def head(copy: ToMake, column: int) -> str:
    """The head of a column."""
    return say(copy.content.columns[column].label, copy.language)
