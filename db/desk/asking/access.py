"""The form that asks for access to somebody beyond the own scope, for a time (A.13)."""

from __future__ import annotations

from db.desk.asking.offers import Asked, Content, Offer
from db.desk.asking.offers import register as offer
from db.desk.asking.places import own_place
from db.desk.authority.standing import Standing, policy_of
from db.desk.frame import Act
from db.desk.notation.written import read_count
from db.desk.requests.access import KIND, LABEL, check_fits, check_not_denied, content
from db.desk.requests.ask_fields import AskField
from db.desk.requests.request_kinds import Payload
from db.language import _


def _open_to(_standing: Standing, book: str) -> bool:
    """Everybody, but where it would always be refused (B.6.2)."""
    return policy_of(book).denial("ask-access", "everyone") is None


def _fields(_standing: Standing, book: str) -> tuple[AskField, ...]:
    policy = policy_of(book)
    longest = policy.lookup.grant_days
    return (
        AskField("name", _("Name"), hint=_("whom you need to reach")),
        AskField("unit", policy.field("unit").label, hint=_("where several have that name")),
        AskField("days", _("Days"), hint=_("1 to {days}; blank: {days}", days=longest)),
    )


def _read(act: Act, book: str, asked: Asked) -> Content:
    check_not_denied(book)
    days = read_count(asked.get("days", ""))
    payload = content(book, asked.get("name", ""), asked.get("unit", ""), days)
    check_fits(act.standing, book, payload)
    return Content(unit=own_place(act.standing, book), payload=payload)


def _typed(asks: Payload) -> Asked:
    return {"name": asks["name"], "unit": asks["unit"], "days": str(asks["days"])}


offer(
    Offer(
        KIND,
        KIND,
        LABEL,
        _("See somebody you can't see, for a time. Whoever decides finds out whom the name fits."),
        _open_to,
        _fields,
        _read,
        _typed,
        own_place,
    )
)
