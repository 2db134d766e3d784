"""Asking: what the actor may ask for, the form of it, and handing it in for decision."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from db.desk.asking import __path__ as folder
from db.desk.asking import (
    access,
    copies,
    deletion,
    disclosure,
    former_kinds,
    reset,
    rights,
    structure,
    unit_contact,
)
from db.desk.asking.forms import AskFormView, OfferView
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import is_open
from db.desk.entry.unit_contacts import contacts_of
from db.desk.extracts.granted import GrantedCopy, open_copies
from db.desk.frame import OPERATIONS, OperationGroup, operation
from db.desk.notation.values import display
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import RequestField, values_of
from db.desk.requests.flow import lock_request, no_such_request
from db.desk.requests.payload import open_payload
from db.desk.requests.putting_off import Form, act_by_form, steps_before
from db.desk.requests.request_kinds import OFFERS, Asked, Offer, RequestContent, RequestKind
from db.desk.requests.route_preview import RoutePreview, preview_route, returned_draft
from db.desk.requests.submitting import RequestDraft, amend_request, submit_request
from db.language import Label, _
from db.policy.effective import EffectivePolicy
from db.store.moves import Moves
from db.store.tables import Account, Entry, Request, Unit

OFFERED_FIRST = (
    access, copies, deletion, disclosure, former_kinds, reset, rights, structure, unit_contact,
)  # fmt: skip
"""A file here registers its kinds when it is imported. These are offered first, in this order."""
for _file in iter_modules(folder, f"{__package__}."):
    import_module(_file.name)


class Asking(OperationGroup):
    """Operations on requests that are written on a form of their kind."""

    @operation("asking.offers", label=_("list what can be asked for"), recorded=False, power=LOOKS)
    def offers(self) -> tuple[OfferView, ...]:
        """Return every form by which the actor may ask for something, book by book."""
        return tuple(
            _view(kind, offer, book)
            for book in self.permissions.books
            for kind, offer in OFFERS.values()
            if offer.open_to(self.permissions, book)
        )

    @operation(
        "asking.clause", label=_("ask under which clause a request is decided"), recorded=False, power=LOOKS
    )
    def clause(self, kind: str, book: str) -> str:
        """Return the clause by which a kind is decided in one of the actor's books. Raises Invalid where its
        regulations have no flow of that kind."""
        for flow in self._policy(book).flows:
            if flow.kind == kind:
                return flow.clause
        raise _nothing_called(kind)

    @operation("asking.form", label=_("open a form to ask"), recorded=False, power=LOOKS)
    def form(self, offer: str, book: str) -> AskFormView:
        """Return the empty form. Raises Invalid where there is nothing of that name to ask for, and Refused
        where submitting would be refused whatever is typed."""
        kind, found = self._offer(offer, book)
        if not found.open_to(self.permissions, book):
            with suppress(Invalid):
                found.read(self.act, book, {})
        fields = self._fields(found, book, {})
        return AskFormView(_view(kind, found, book), fields, self._way(kind, found, book, values_of(fields)))

    @operation("asking.way", label=_("ask who decides on what is typed"), recorded=False, power=LOOKS)
    def way(self, offer: str, book: str, asked: Asked) -> RoutePreview:
        """Return the route that a request would take that is submitted as it is typed now."""
        return self._way(*self._offer(offer, book), book, asked)

    @operation("asking.check", label=_("check what is asked for"), recorded=False, power=LOOKS)
    def check(self, offer: str, book: str, asked: Asked) -> None:
        """Raise Invalid or Refused where what is typed so far can't be asked for. Nothing is stored."""
        self._offer(offer, book)[1].read(self.act, book, asked)

    @operation(
        "asking.present", label=_("see what is on record beside what is typed"), recorded=False, power=LOOKS
    )
    def present(self, offer: str, book: str, asked: Asked) -> Asked:
        """Return by field what is on record beside what is typed, such as the chosen unit's contacts."""
        _kind, found = self._offer(offer, book)
        return found.present(self.permissions, book, asked)

    @operation(
        "asking.amendment", label=_("open a returned request to amend it"), recorded=False, power=LOOKS
    )
    def amendment(self, request: int) -> AskFormView:
        """Decrypt a returned request of the actor's own and return its form, with what was typed then."""
        row = self._own(request)
        asks = open_payload(row)
        kind, found = _offer_of(row.kind, asks)
        typed = found.typed(asks)
        fields = self._fields(found, row.book_id, typed)
        then = returned_draft(row, typed)
        way = self._way(kind, found, row.book_id, values_of(fields))
        return AskFormView(_view(kind, found, row.book_id), fields, way, then)

    @operation(
        "asking.ask", label=_("submit a request"), recorded=True, power=power_over(Moves.GIVEN, Moves.DUTY)
    )
    def ask(
        self,
        offer: str,
        book: str,
        asked: Asked,
        reason: str = "",
        evidence: Sequence[str] = (),
        *,
        changed_on: str = "",
    ) -> int:
        """Submit a request, or do the act at once where nobody has to agree; those whom an act concerns are
        notified as by the act itself or by `put_off`. Return the request's number, 0 where it is done.
        ``changed_on`` (ISO) is the day since which it is so. Raises Invalid for what is unfit, Refused where
        the actor may not ask for it or where a reason or evidence is missing."""
        kind, found = self._offer(offer, book)
        if found.operations:
            content = found.read(self.act, book, asked)
            return act_by_form(self.act, content.payload, Form(reason, tuple(evidence), changed_on))
        draft = self._draft(kind, found, book, asked, reason, evidence, changed_on)
        return int(submit_request(self.act, draft).id)

    @operation(
        "asking.amend",
        label=_("submit a returned request"),
        recorded=True,
        power=power_over(Moves.GIVEN, Moves.DUTY),
    )
    def amend(
        self,
        request: int,
        asked: Asked,
        reason: str = "",
        evidence: Sequence[str] = (),
        *,
        changed_on: str = "",
    ) -> None:
        """Submit a returned request again, for decision from the first step, with the effects and notices of
        `ask`. Raises Invalid for what is unfit, Refused where the actor may not ask for it or a reason or
        evidence is missing."""
        row = self._own(request)
        kind, found = _offer_of(row.kind, open_payload(row))
        if found.operations:
            content = found.read(self.act, row.book_id, asked)
            act_by_form(self.act, content.payload, Form(reason, tuple(evidence), changed_on, row))
        else:
            draft = self._draft(kind, found, row.book_id, asked, reason, evidence, changed_on)
            amend_request(self.act, row, draft)

    @operation("asking.copies", label=_("list copies granted"), recorded=False, power=LOOKS)
    def copies(self) -> tuple[GrantedCopy, ...]:
        return open_copies(self.permissions.account)

    @operation("asking.contacts", label=_("look at a unit's contacts"), recorded=False, power=LOOKS)
    def contacts(self, book: str, unit: int | None = None) -> tuple[tuple[Label, str], ...]:
        """Return the contacts on record of a unit of one of the actor's books, as far as everybody sees them;
        those of its root for None or a unit that is not there."""
        policy = self._policy(book)
        row = Unit.get_or_none((Unit.id == unit) & (Unit.book == book)) if unit is not None else None
        root = Unit.get((Unit.book == book) & Unit.parent.is_null())
        values = contacts_of((row or root).id)
        return tuple(
            (rule.label, display(rule.kind, values[rule.name]))
            for rule in policy.unit_fields
            if values.get(rule.name) and is_open(rule)
        )

    def _policy(self, book: str) -> EffectivePolicy:
        return self.permissions.check_book(book)

    def _offer(self, offer: str, book: str) -> tuple[RequestKind, Offer]:
        self._policy(book)
        found = OFFERS.get(offer)
        if found is None:
            raise _nothing_called(offer)
        return found

    def _own(self, request: int) -> Request:
        row = lock_request(request)
        known = {kind.id for kind, _offer in OFFERS.values()}
        if row is None or row.requester_id != self.permissions.account or row.kind not in known:
            raise no_such_request()
        return row

    def _draft(
        self,
        kind: RequestKind,
        found: Offer,
        book: str,
        asked: Asked,
        reason: str,
        evidence: Sequence[str],
        changed_on: str,
    ) -> RequestDraft:
        self.act.note_facts(book=book, kind=kind.id)
        content = found.read(self.act, book, asked)
        return RequestDraft(
            kind=kind.id,
            book=book,
            unit=content.unit,
            entry=content.entry,
            entry_version=content.entry_version,
            payload=content.payload,
            reason=reason,
            evidence=tuple(evidence),
            changed_on=changed_on.strip(),
            about=content.about,
            steps=content.steps,
        )

    def _fields(self, found: Offer, book: str, typed: Asked) -> tuple[RequestField, ...]:
        """Return the fields with what is typed already and what is on record beside it."""
        fields = tuple(
            replace(field, value=typed.get(field.name, field.value))
            for field in found.fields(self.permissions, book)
        )
        present = found.present(self.permissions, book, values_of(fields))
        return tuple(replace(field, now=present.get(field.name, field.now)) for field in fields)

    def _way(self, kind: RequestKind, found: Offer, book: str, asked: Asked) -> RoutePreview:
        """Return the route that what is typed would take; the usual one as long as the input is unfit."""
        try:
            content = found.read(self.act, book, asked)
        except (Invalid, Refused):
            content = RequestContent(unit=found.unit(self.permissions, book), payload={})
            if found.operations:
                steps = steps_before(found.operations[0], book, content.unit, self.permissions.account)
                content = replace(content, steps=steps)
        person = None
        if content.about is not None:
            person = Account.get_by_id(content.about).person_id
        elif content.entry is not None and not kind.concerned_may_decide:
            person = Entry.get_by_id(content.entry).person_id
        return preview_route(
            policy_of(book),
            _flow_of(kind, found),
            content.unit,
            self.permissions.account,
            entry=content.entry,
            person=person,
            ousted=kind.ousts(book, content.payload) if kind.ousts and content.payload else frozenset(),
            steps=content.steps,
        )


def _nothing_called(name: str) -> Invalid:
    return Invalid(Problem("offer", _("There is nothing called {name} to ask for.", name=name)))


def _offer_of(kind: str, asks: object) -> tuple[RequestKind, Offer]:
    """Return the offer by which a request was asked for. Raises Refused for an act that no form asks for."""
    if not isinstance(asks, dict):
        return OFFERS[kind]
    called = (one for one in OFFERS.values() if asks.get("operation") in one[1].operations)
    name = unit_contact.COMPANY if asks.get("what") == structure.CONTACTS else kind
    found = next(called, None) or OFFERS.get(name)
    if found is None:
        raise Refused(
            _("This act was not asked for by a form, so there is none to correct."),
            SILENT,
            _("Withdraw the request. Then do the act again where you did it."),
        )
    return found


def _flow_of(kind: RequestKind, offer: Offer) -> str:
    return OPERATIONS[offer.operations[0]].power.flow if offer.operations else kind.id


def _view(kind: RequestKind, offer: Offer, book: str) -> OfferView:
    return OfferView(
        id=offer.id,
        kind=_flow_of(kind, offer),
        label=offer.label,
        help=offer.help,
        book=book,
        book_label=title_of(book),
        clause=policy_of(book).flow(_flow_of(kind, offer)).clause,
    )
