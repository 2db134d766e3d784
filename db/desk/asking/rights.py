"""The form by which somebody has a role given or taken back, as `accounts.grant` and `accounts.revoke` do
(G.3.3, F.5.1)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from db.desk.accounts.granting import may_ask_for
from db.desk.accounts.new_accounts import IMPLIED_ROLES, problems_of_grant
from db.desk.act import Act
from db.desk.asking import appointing
from db.desk.asking.places import read_unit
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.entry.colleagues import account_named
from db.desk.notation.parsing import day_of
from db.desk.refusal import Invalid, Problem
from db.desk.requests.ask_fields import AskChoice, RequestField
from db.desk.requests.putting_off import KIND, call_of, steps_before
from db.desk.requests.request_kinds import KINDS, Asked, Offer, Payload, RequestContent, offer_forms
from db.language import _
from db.store.tables import Account, Grant

ID: Final = "right"
GIVE, TAKE = "give", "take"
GRANT, REVOKE = "accounts.grant", "accounts.revoke"


def _whole(_standing: Permissions, book: str) -> int:
    """Return the root: a right is over the whole directory until a unit is written."""
    return root_of(book)


def _fields(permissions: Permissions, book: str) -> tuple[RequestField, ...]:
    roles = [rule for rule in policy_of(book).roles if rule.id not in IMPLIED_ROLES]
    return (
        RequestField(
            "what",
            _("What to do"),
            value=GIVE,
            choices=(AskChoice(GIVE, _("give a right")), AskChoice(TAKE, _("take a right back"))),
        ),
        RequestField("whom", _("Whose"), value=permissions.login, hint=_("login, name, or name/department")),
        RequestField(
            "role",
            _("Role"),
            value=roles[0].id,
            choices=tuple(AskChoice(rule.id, rule.label) for rule in roles),
        ),
        RequestField("unit", _("From unit down"), hint=_("blank: the whole directory")),
        RequestField("until", _("Last day"), hint=_("2026-12-31; blank: for good")),
    )


def _read(act: Act, book: str, asked: Asked) -> RequestContent:
    account = _account(act.permissions, book, asked.get("whom", ""))
    unit = read_unit(act.permissions, book, "unit", asked["unit"]) if asked.get("unit", "").strip() else None
    until = _until(asked.get("until", ""))
    what, role = asked.get("what") or GIVE, asked.get("role", "")
    if what not in (GIVE, TAKE):
        raise Invalid(Problem("what", _("Choose one from the list.")))
    problems = problems_of_grant(book, role, unit, until)
    if not problems and what == TAKE and granted(account.id, book, role, unit) is None:
        problems = [Problem("role", _("This person does not hold this right."))]
    if problems:
        raise Invalid(*problems)
    held = granted(account.id, book, role, unit) if what == TAKE else None
    call = (
        call_of(REVOKE, grant=held.id)
        if held is not None
        else call_of(GRANT, account=account.id, book=book, role=role, unit=unit, until=until)
    )
    place = unit if unit is not None else root_of(book)
    steps = steps_before(call["operation"], book, place, act.permissions.account, (role,))
    return RequestContent(unit=place, payload=call, about=account.id, steps=steps)


def _account(permissions: Permissions, book: str, text: str) -> Account:
    """Return the account of somebody in ``book`` for whom the actor may ask: themselves, those of a unit they
    head, or for those who give rights there anybody. Raises Invalid alike for those they may not ask for and
    for none."""
    wanted = text.strip()

    def able(which: Any) -> list[Account]:
        rows = Account.select().where(which & (Account.state != "disabled"))
        return [row for row in rows if may_ask_for(permissions, row, book, root_of(book))]

    return account_named(book, wanted, able)


def _until(text: str) -> date | None:
    return day_of("until", text) if text.strip() else None


def granted(account: int, book: str, role: str, unit: int | None) -> Grant | None:
    rows = Grant.select().where(
        (Grant.account == account) & (Grant.book == book) & (Grant.role == role) & Grant.in_force()
    )
    places = {None, root_of(book)} if unit is None else {unit}
    return next((row for row in rows.order_by(Grant.id) if row.unit_id in places), None)


def _form_values(asks: Payload) -> Asked:
    call = asks["arguments"]
    if asks["operation"] == REVOKE:
        row = Grant.get_by_id(call["grant"])
        login, role, unit, until = row.holder.login, row.role, row.unit_id, None
    else:
        login = Account.get_by_id(call["account"]).login
        role, unit, until = call["role"], call["unit"], call["until"]
    what = GIVE if asks["operation"] == GRANT else TAKE
    return {"what": what, "whom": login, "role": role, "unit": str(unit or ""), "until": until or ""}


offer_forms(
    KINDS[KIND],
    Offer(
        ID,
        _("access right"),
        _("Have a role given to you or to one of your people, or taken back."),
        lambda _standing, _book: True,
        _fields,
        _read,
        _form_values,
        _whole,
        operations=(GRANT, REVOKE),
    ),
    appointing.OFFER,
)
