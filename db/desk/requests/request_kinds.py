"""The kinds of request. What differs between them is here to register; the rest is `requests.flow`, and
`asking` opens the forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.power.declaration import Power
from db.desk.requests.ask_fields import RequestField
from db.language import Message, Text
from db.policy.request_kinds import REQUEST_KINDS
from db.policy.rules import Step
from db.policy.wording import OF_PUPILS
from db.store.tables import Entry, Request

Payload = Mapping[str, Any]
"""What a request keeps: JSON, in the kind's own shape."""
Asked = Mapping[str, str]
"""What was typed: field name -> text."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of what a request asks for: what is on record and what it is to become.

    ``covered`` are both again for those who may know that it changed but not the values.
    """

    field: str
    label: Text
    before: Text
    after: Text
    covered: tuple[Text, Text]
    is_act: bool = False
    """Whether it is the act that is asked for, which needs no label before it."""

    def masked(self) -> DiffLine:
        return replace(self, before=self.covered[0], after=self.covered[1])


def _nothing_asked(_request: Request, _asks: Payload, _act: Act) -> None:
    """Do nothing: as most kinds before they are decided."""


def _nothing_open(_request: Request) -> None:
    """Do nothing: most kinds have nothing to close."""


def _nothing_present(_standing: Permissions, _book: str, _asked: Asked) -> Asked:
    """Return nothing: most forms show from the beginning what is on record."""
    return {}


def _is_done_at_once(_request: Request, _asks: Payload, _act: Act) -> bool:
    """Return False: most kinds are put in force with the last approval."""
    return False


def _seeks_nobody(_request: Request, _asks: Payload) -> Entry | None:
    """Return nobody: most kinds look nobody up."""


@dataclass(frozen=True, slots=True)
class RequestContent:
    """What was asked for, read and checked. ``unit`` is whose head decides the head's step and where roles
    are looked for; ``entry`` and ``about`` are whom it concerns, where it is about one."""

    unit: int
    payload: Payload
    entry: int | None = None
    entry_version: int | None = None
    about: int | None = None
    steps: tuple[Step, ...] | None = None
    """Other steps than the flow's."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A form by which a kind of request is asked for.

    ``open_to`` says whether the actor may ask for it in a book at all. ``fields`` are those of the form.
    ``read`` turns what was typed into the content; it raises Invalid for what is unfit and Refused for what a
    rule denies. ``typed`` gives back what a returned request was typed as. ``unit``: in whose name the steps
    are shown before anything is typed. ``present``: field name -> what is on record, where that hangs on
    what is typed, such as the unit. ``operations``: those that it asks for, by name, where it does not make a
    request of a kind of its own; ``read`` then gives the call of one of them as the payload.
    """

    id: str
    label: Message
    help: Message
    open_to: Callable[[Permissions, str], bool]
    fields: Callable[[Permissions, str], tuple[RequestField, ...]]
    read: Callable[[Act, str, Asked], RequestContent]
    typed: Callable[[Payload], Asked]
    unit: Callable[[Permissions, str], int]
    present: Callable[[Permissions, str, Asked], Asked] = _nothing_present
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestKind:
    """A kind of request: how it is asked for, what it says, and what it does once it is decided.

    ``power`` says what ``apply`` moves; how many people it takes is its flow's to say. ``current`` raises
    Refused where the record has moved on since; it is asked before every approval, and holds what must not
    move on before the transaction ends. ``apply`` changes the record after that of the last step; it raises
    Refused for what is in the way besides.
    ``lines`` says what is asked for. ``concerned_may_decide``: whether the person whose entry it is may
    decide on it (they may when somebody asks to see it, not when somebody wants to change it).
    ``handed_in`` runs once a request is submitted or amended, ``closed`` once it is decided, returned or
    withdrawn, both within the transaction. ``covered``: the requester too sees its lines covered, since
    they tell of people who may be out of the requester's reach. ``own_use``: nobody but the requester has
    anything of it. ``offers`` are the forms by which it is asked for; of a kind
    with a form of its own, such as a change, there are none. ``looks_up``: it opens somebody whom its asker
    does not see, the one whom ``seeks`` finds. Whoever decides must be entitled to see that person (A.13);
    until it is granted the asker is not told by name who does, which would say where that person works
    (C.10). ``final``: its last approval ends a person, takes an office or can't be taken back, so whoever
    approves is asked first. ``ousts``: the persons whose office in a book it ends, or who are to be whom it
    is about; they decide on it no more than who gets it. ``matures``: whether it waits for a day once all
    have approved; it gives the request that day. ``ends_undecided``: access ends on its day whether or not
    anybody has decided, so it is handed in though nobody could decide it yet. ``undecided``: its label where
    nobody decides it and it only waits for its day.
    """

    id: str
    label: Message
    power: Power
    apply: Callable[[Request, Payload, Act], None]
    current: Callable[[Request, Payload], None]
    lines: Callable[[Request, Payload], tuple[DiffLine, ...]]
    concerned_may_decide: bool
    handed_in: Callable[[Request, Payload, Act], None] = _nothing_asked
    closed: Callable[[Request], None] = _nothing_open
    covered: bool = False
    own_use: bool = False
    offers: tuple[Offer, ...] = ()
    looks_up: bool = False
    seeks: Callable[[Request, Payload], Entry | None] = _seeks_nobody
    names: Callable[[Payload], Iterable[tuple[int | None, str]]] | None = None
    ousts: Callable[[str, Payload], frozenset[int]] | None = None
    matures: Callable[[Request, Payload, Act], bool] = _is_done_at_once
    final: bool = False
    ends_undecided: bool = False
    undecided: Message | None = None


KINDS: dict[str, RequestKind] = {}
OFFERS: dict[str, tuple[RequestKind, Offer]] = {}
"""All that is asked for by a form, in the order in which it is offered."""


def register(kind: RequestKind) -> None:
    """Add a kind of request to `KINDS`, with its forms. Called when its module is imported. Raises
    RuntimeError for one of whose flow no regulation could speak, which says what to add."""
    if kind.id not in REQUEST_KINDS:
        raise RuntimeError(
            f"{kind.id!r} is registered as a kind of request: name it in db/policy/request_kinds.py as well."
        )
    KINDS[kind.id] = kind
    offer_forms(kind, *kind.offers)


def offer_forms(kind: RequestKind, *offers: Offer) -> None:
    """Register ``offers`` as further forms by which a kind of request is asked for."""
    OFFERS.update((offer.id, (kind, offer)) for offer in offers)


def is_of_pupils(book: str, kind: str) -> bool:
    """Return whether a kind of request is about pupils in ``book``, where a regulation has the duty to enter
    them."""
    return kind in OF_PUPILS and policy_of(book).duty(OF_PUPILS[kind][0]) is not None


def label_in(book: str, kind: str) -> Text:
    """Return what a kind of request is called in ``book``: of pupils another word than of staff (D.5.1); an
    unknown kind is its own label."""
    if is_of_pupils(book, kind):
        return OF_PUPILS[kind][1]
    return KINDS[kind].label if kind in KINDS else kind
