"""Whose a found copy is, and how that is known."""

from __future__ import annotations

from db.desk.editions.tracing import HOW, Trace, Traced
from db.language import Message, Text, _, clause_words
from reports.catalogue import KINDS


def verdict(answer: Trace) -> Message:
    if not answer.found:
        return _("No copy fits. It may be of another directory, or no copy at all.")
    first = answer.found[0]
    if answer.conflict:
        return _(
            "The number on it is another's: the hidden mark names {name}, copy {number}.",
            name=first.name,
            number=first.number,
        )
    if not first.hidden:
        return _("The number says: {name}. Only the file itself proves it.", name=first.name)
    return _("This is the copy of {name}, {number}.", name=first.name, number=first.number)


def facts_of(one: Traced) -> list[tuple[Text, Text]]:
    return [
        (_("Recipient"), f"{one.name} ({one.login})"),
        (_("Post"), " · ".join(filter(None, (one.post, one.unit)))),
        (_("Copy"), one.number),
        *_traced_facts(one),
        (_("Known by"), how_known(one)),
        (_("Clause"), clause_words(one.clause)),
    ]


def _traced_facts(one: Traced) -> list[tuple[Text, Text]]:
    if one.report:
        report = Message("{report} · {book}", {"report": KINDS[one.report].title, "book": one.label})
        return [(_("Report"), report), (_("Taken out"), one.made_at)]
    edition = _("{edition}, issue {number}", edition=one.label, number=one.issue)
    return [(_("Edition"), edition), (_("Issued"), one.made_at)]


def how_known(one: Traced) -> Text:
    """Return words for how a copy was recognised, with the odds if marks were weighed."""
    words: list[Text] = [HOW[way] for way in one.how]
    if one.bits:
        words.append(_("2^{bits} times likelier than chance", bits=one.bits))
    joined: Text = words[0]
    for word in words[1:]:
        joined = Message("{first} · {rest}", {"first": joined, "rest": word})
    return joined
