"""The lines that every report carries: its scope and period above, its origin below."""

from __future__ import annotations

from db.desk.audit.act_names import clause_words
from db.desk.extracts.about import About
from db.language import Text, _, listed


def parameters(about: About) -> tuple[tuple[Text, Text], ...]:
    """What was asked for, as pairs of name and value."""
    found: list[tuple[Text, Text]] = [(_("Book"), about.book_title), (_("Scope"), about.unit_name)]
    if about.first is not None:
        found.append((_("Period"), f"{about.first} – {about.last}"))
    return tuple(found)


def footer(about: About) -> tuple[Text, ...]:
    """By whom and when, under which regulations, and how it is classified."""
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
