"""Books that are closed to a person until they are trained, where a regulation says so (F.6.2).

What is closed is as if the person were nothing in it; whoever asks for it by name, or for the own entry in
it, is told why. Recording a training stays open, so that the book opens again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db.desk.authority.permissions import Permissions
from db.desk.entry.colleagues import internal_kinds
from db.desk.refusal import Refused
from db.desk.training.topics import Topic, first_days, standing_to, topics_of, trained_people
from db.language import _
from db.store.tables import Entry


def closed_books(permissions: Permissions) -> dict[str, Topic]:
    """Return the books that the account may not use before an overdue training, with its topic."""
    found: dict[str, Topic] = {}
    if permissions.person is None:
        return found
    blocking: list[tuple[str, Topic]] | None = permissions.derived.get(Topic)
    if blocking is None:
        blocking = permissions.derived[Topic] = list(_blocking(permissions))
    for book, topic in blocking:
        last = trained_people(book, topic.id, [permissions.person]).get(permissions.person)
        if not standing_to(topic, last, "").overdue:
            continue
        entry = Entry.get_by_id(permissions.own[book][0])
        if standing_to(topic, last, first_days(book)(entry)).overdue:
            found.setdefault(book, topic)
    return found


def _blocking(permissions: Permissions) -> Iterator[tuple[str, Topic]]:
    """Yield the trainings without which a book of the account's is closed to it."""
    for book, kind in permissions.own_kinds.items():
        policy = permissions.policy(book)
        if any(rule.blocks for rule in policy.training) and kind in internal_kinds(policy):
            yield from ((book, topic) for topic in topics_of(policy) if topic.blocks)


def without_closed_books(permissions: Permissions, asked: Mapping[str, object] | None) -> Permissions:
    """Return ``permissions`` without the closed books. Raises Refused where nothing would be left, or an
    operation is ``asked`` with a closed book or the own entry in it."""
    closed = closed_books(permissions)
    if not closed:
        return permissions
    left = replace(
        permissions,
        own={book: own for book, own in permissions.own.items() if book not in closed},
        own_kinds={book: kind for book, kind in permissions.own_kinds.items() if book not in closed},
        holdings=tuple(one for one in permissions.holdings if one.book not in closed),
        stands_in=tuple(one for one in permissions.stands_in if one.book not in closed),
        grants=tuple((book, reach) for book, reach in permissions.grants if book not in closed),
        derived={},
    )
    if asked is None:
        return left
    given = asked.values()
    named = [
        topic
        for book, topic in closed.items()
        if book in given or asked.get("entry") == permissions.own[book][0]
    ]
    if named or not left.books:
        topic = (named or list(closed.values()))[0]
        raise Refused(
            _(
                "Your training is overdue: {topic}. The directory is closed to you until then.",
                topic=topic.label,
            ),
            topic.clause,
            _("Read the course and pass its test, or attend the next training, which is recorded for you."),
        )
    return left
