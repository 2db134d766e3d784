"""A request to be written, as plain values: its fields, who will decide by when, what has to be handed in."""

from __future__ import annotations

from dataclasses import dataclass

from db.desk.requests.ask_fields import RequestField
from db.desk.requests.route_preview import ReturnedDraft, RoutePreview
from db.language import Label, Text


@dataclass(frozen=True, slots=True)
class OfferView:
    """Something that the actor may ask for in a book."""

    id: str
    kind: str
    label: Text
    help: Text
    book: str
    book_label: Label
    clause: str


@dataclass(frozen=True, slots=True)
class AskFormView:
    """Everything that the form shows. ``amends`` is the returned request that is written anew."""

    offer: OfferView
    fields: tuple[RequestField, ...]
    route: RoutePreview
    amends: ReturnedDraft | None = None
