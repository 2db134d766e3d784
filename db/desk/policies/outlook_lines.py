"""What whoever decides on rules reads: which, from which day on, who gains and who loses sight of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.desk.policies.outlook import ChangeOutlook, outlook_of_rules, outlooks_of_version, sight_line
from db.desk.policies.revising import read_from_day
from db.desk.power.declaration import Asked, SaidLine
from db.language import Label, Text, _, listed
from db.policy.loader import digest_of, load_recorded
from db.policy.regulation import PolicyError

MOST = 100
"""Rules of one book that are shown one by one."""


def says_version(asked: Asked) -> tuple[SaidLine, ...]:
    """Return the lines of a version of a regulation with what it changes; none where its text is not in
    ``asked``, without changes where it no longer fits what is on record."""
    if "text" not in asked:
        return ()
    regulation = load_recorded(asked["text"])
    digest, day = digest_of(asked["text"]), read_from_day(asked.get("from_day") or "", regulation)
    title = Label(regulation.file.title.zh, regulation.file.title.en)
    lines: list[tuple[Text, Text]] = [
        (_("regulation"), title),
        *([(_("document no."), regulation.file.number)] if regulation.file.number else []),
        (_("version"), regulation.version),
        (_("in force from"), day),
        (_("SHA-256"), digest),
    ]
    try:
        found: Sequence[ChangeOutlook] = outlooks_of_version(regulation, digest, day)
    except PolicyError:  # it does not go together with what came since; the operation says so
        found = ()
    return _lines(lines, found)


def says_rules(asked: Asked) -> tuple[SaidLine, ...]:
    """Return the lines of other regulations for a book with what they change; none where they are not in
    ``asked``, without changes where they leave something to decide."""
    if not asked.keys() >= {"policies", "decisions"}:
        return ()
    book, policies, day = asked["book"], asked["policies"], asked["from_day"]
    lines: list[tuple[Text, Text]] = [
        (_("directory"), book),
        (_("regulations"), listed(policies)),
        (_("in force from"), day),
    ]
    lines += [(key, str(value)) for key, value in asked["decisions"].items()]
    try:
        found: Sequence[ChangeOutlook] = (outlook_of_rules(book, policies, asked["decisions"], day),)
    except PolicyError:
        found = ()
    return _lines(lines, found)


def _lines(lines: Sequence[tuple[Text, Text]], found: Sequence[ChangeOutlook]) -> tuple[SaidLine, ...]:
    every = [*lines, *(line for outlook in found for line in _of(outlook))]
    return tuple(SaidLine(label, "", text) for label, text in every)


def _of(outlook: ChangeOutlook) -> Iterator[tuple[Text, Text]]:
    if not outlook.sight:
        yield outlook.title, _("nobody gains or loses sight of anything")
    for change in outlook.sight:
        yield outlook.title, sight_line(change)
    for rule in outlook.rules[:MOST]:
        yield (_("+ begins") if rule.begins else _("− ends")), rule.rule.text
    if len(outlook.rules) > MOST:
        yield outlook.title, _("… and {count} more", count=len(outlook.rules) - MOST)
