"""What can be asked for. What differs between the kinds is here to register; asking is `subject`'s."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db.desk.authority.standing import Standing
from db.desk.frame import Act
from db.desk.requests.ask_fields import AskField
from db.desk.requests.request_kinds import Payload
from db.language import Message

Asked = Mapping[str, str]
"""What was typed: field name -> text."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was asked for, read and checked. ``unit`` is whose head decides the head's step and where roles
    are looked for; ``entry`` and ``about`` are whom it concerns, where it is about one."""

    unit: int
    payload: Payload
    entry: int | None = None
    entry_version: int | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A way of asking for a ``kind`` of request.

    ``open_to`` says whether the actor may ask for it in a book at all. ``fields`` are those of the form;
    ``start`` are the texts that inputs begin with. ``read`` turns what was typed into the content; it
    raises Invalid for what is unfit and Refused for what a rule denies. ``typed`` gives back what a
    returned request was typed as. ``unit``: in whose name the steps are shown before anything is typed.
    ``present``: field name -> what is on record, where that hangs on what is typed, such as the unit.
    """

    id: str
    kind: str
    label: Message
    help: Message
    open_to: Callable[[Standing, str], bool]
    fields: Callable[[Standing, str], tuple[AskField, ...]]
    read: Callable[[Act, str, Asked], Content]
    typed: Callable[[Payload], Asked]
    unit: Callable[[Standing, str], int]
    present: Callable[[Standing, str, Asked], Asked] = lambda _standing, _book, _asked: {}


OFFERS: dict[str, Offer] = {}


def register(offer: Offer) -> None:
    """Make something known that can be asked for; the chooser keeps the order."""
    OFFERS[offer.id] = offer
