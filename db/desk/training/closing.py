"""Books that are closed to a person until they are trained, where a regulation says so (F.6.2).

What is closed is as if the person were nothing in it; whoever asks for it by name, or for the own entry in
it, is told why. Recording a training stays open, so that the book opens again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db.desk.authority.standing import Standing
from db.desk.refusal import Refused
from db.desk.training.topics import Topic, learners, standing_to, topics_of, trained_people
from db.language import _


def closed_books(standing: Standing) -> dict[str, Topic]:
    """Books that the account may not use before a training that is overdue, with the topic."""
    found: dict[str, Topic] = {}
    if standing.person is None:
        return found
    blocking: list[tuple[str, Topic]] | None = standing.worked_out.get(Topic)
    if blocking is None:
        blocking = standing.worked_out[Topic] = list(_blocking(standing))
    for book, topic in blocking:
        last = trained_people(book, topic.id, [standing.person]).get(standing.person)
        if standing_to(topic, last, "").overdue:
            found.setdefault(book, topic)
    return found


def _blocking(standing: Standing) -> Iterator[tuple[str, Topic]]:
    """The trainings without which a book of the account's is closed to it."""
    for book, kind in standing.own_kinds.items():
        policy = standing.policy(book)
        if any(rule.blocks for rule in policy.training) and kind in learners(policy):
            yield from ((book, topic) for topic in topics_of(policy) if topic.blocks)


def open_part(standing: Standing) -> Standing:
    """``standing`` without its closed books, if nothing be left of it."""
    closed = closed_books(standing)
    if not closed:
        return standing
    return replace(
        standing,
        own={book: own for book, own in standing.own.items() if book not in closed},
        own_kinds={book: kind for book, kind in standing.own_kinds.items() if book not in closed},
        holdings=tuple(one for one in standing.holdings if one.book not in closed),
        grants=tuple((book, reach) for book, reach in standing.grants if book not in closed),
        worked_out={},
    )


def without_closed_books(standing: Standing, asked: Mapping[str, object]) -> Standing:
    """``standing`` without its closed books. Raises Refused where nothing is left, or where one of them is
    ``asked`` for: itself, or the own entry in it."""
    closed, left = closed_books(standing), open_part(standing)
    if not closed:
        return standing
    given = asked.values()
    named = [
        topic
        for book, topic in closed.items()
        if book in given or asked.get("entry") == standing.own[book][0]
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
