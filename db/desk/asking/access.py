"""The kind of request that asks for access to somebody beyond the own scope, for a time (A.13): its form;
what comes of it is `requests.access`."""

from __future__ import annotations

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, own_place, policy_of
from db.desk.notation.parsing import read_count
from db.desk.power.declaration import power_over
from db.desk.requests import access
from db.desk.requests.ask_fields import RequestField
from db.desk.requests.request_kinds import Asked, Offer, RequestContent, RequestKind, register
from db.language import _
from db.store.moves import Moves


def _open_to(_standing: Permissions, book: str) -> bool:
    """Return whether it may be asked for: by everybody, except where it would always be refused (B.6.2)."""
    return policy_of(book).denial("ask-access", "everyone") is None


def _fields(_standing: Permissions, book: str) -> tuple[RequestField, ...]:
    policy = policy_of(book)
    terms = {"days": policy.lookup.grant_days, "clause": policy.lookup.clause_of("grant_days")}
    return (
        RequestField("name", _("Name"), hint=_("whom you need to reach")),
        RequestField(
            "unit", policy.field("unit").label, hint=_("where several have it: department/position/extension")
        ),
        RequestField("days", _("Days"), hint=_("1 to {days}; blank: {days} ({clause})", **terms)),
    )


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    access.check_not_denied(book)
    days = read_count(asked.get("days", ""))
    payload = access.access_payload(book, asked.get("name", ""), asked.get("unit", ""), days)
    access.check_fits(act.permissions, book, payload)
    return RequestContent(unit=own_place(act.permissions, book), payload=payload)


register(
    RequestKind(
        id=access.KIND,
        names=lambda asks: [(None, str(asks["name"]))],
        label=_("access"),
        power=power_over(Moves.REACH),
        apply=access.apply,
        current=access.check_possible,
        lines=access.lines,
        concerned_may_decide=True,
        covered=True,
        own_use=True,
        looks_up=True,
        seeks=access.sought_entry,
        offers=(
            Offer(
                access.KIND,
                _("access"),
                _("See whom you can't see, for a time. Your head or theirs decides: whoever may see them."),
                _open_to,
                _fields,
                _read,
                lambda asks: {"name": asks["name"], "unit": asks["unit"], "days": str(asks["days"])},
                own_place,
            ),
        ),
    )
)
