"""What stands on the pages and sheets of a copy, in its languages."""

from __future__ import annotations

from db.desk.editions.copy_to_make import ToMake
from db.desk.editions.marks import in_languages
from db.language import Text, _, listed, say


def title(copy: ToMake) -> str:
    return _in_copy_languages(
        copy,
        _(
            "{organisation} · {edition} · issue {issue} of {day}",
            organisation=copy.content.organisation,
            edition=copy.content.title,
            issue=copy.issue,
            day=copy.issued_on,
        ),
    )


def classification(copy: ToMake) -> str:
    return _in_copy_languages(copy, copy.content.classification)


def regulations(copy: ToMake) -> str:
    return _in_copy_languages(
        copy, _("Issued under {regulations}", regulations=listed(copy.content.regulations))
    )


def not_to_import(copy: ToMake) -> str:
    """Return why the table can't be imported into a directory as it is; "" where it can."""
    if not copy.lacking:
        return ""
    words = _("No column for {fields}, which this directory asks for: add it before you import the table.",
              fields=listed(copy.lacking))  # fmt: skip
    return _in_copy_languages(copy, words)


def mark(copy: ToMake) -> str:
    """Return the visible mark: whose copy it is and which (I.4.3, A.12)."""
    return _in_copy_languages(
        copy,
        _(
            "Copy {number} for {name} ({post}, {unit}) alone · do not pass it on",
            number=copy.number,
            name=copy.name,
            post=copy.post,
            unit=copy.unit,
        ),
    )


def heads(copy: ToMake) -> list[list[str]]:
    return [
        list(dict.fromkeys(say(column.label, language) for language in copy.languages))
        for column in copy.content.columns
    ]


def rows(copy: ToMake) -> list[list[str]]:
    return [[_in_copy_languages(copy, cell) for cell in row.cells] for row in copy.content.rows]


def _in_copy_languages(copy: ToMake, text: Text) -> str:
    return in_languages(text, copy.languages)
