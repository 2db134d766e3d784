"""Requests for rights, offices and resets that are no acts that take two: their content is read as the call
of the operation that does the same. Nobody hands in another one.
"""

from __future__ import annotations

from db.desk.accounts.resets import FORMERLY, OPERATION
from db.desk.act import Act
from db.desk.asking.appointing import FILL
from db.desk.asking.rights import GRANT, REVOKE, TAKE, granted
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Refused
from db.desk.requests.power_lines import lines_of_request
from db.desk.requests.putting_off import carry_out
from db.desk.requests.request_kinds import Payload, RequestKind, register
from db.language import _
from db.store.moves import Moves
from db.store.tables import Account, Request


def _call(request: Request, asks: Payload) -> Payload:
    """Return the deferred call that does what an older kind of request asked for. For the taking of a right
    that is not held any more it is the call that gives it, which then fails."""
    book = request.book_id
    operation, arguments = (
        GRANT,
        {"book": book, **{name: asks.get(name) for name in ("account", "role", "unit")}},
    )
    persons: list[int] = []
    if request.kind == FORMERLY:
        operation, arguments = OPERATION, {"account": asks["account"]}
    elif "person" in asks:
        persons = [asks["person"]]
        days = {"from_day": asks["from"], "until": asks["until"]}
        operation = FILL
        arguments = {name: asks[name] for name in ("what", "person", "role", "unit")} | {"book": book} | days
        arguments["without_deputy"] = True
    elif asks["what"] == TAKE:
        held = granted(asks["account"], book, asks["role"], asks["unit"])
        if held is not None:
            operation, arguments = REVOKE, {"grant": held.id}
    else:
        arguments["until"] = asks["until"]
    return {"operation": operation, "arguments": arguments, "persons": persons, "days": 0}


def _current(request: Request, asks: Payload) -> None:
    account = Account.get_or_none((Account.id == request.about_id) & (Account.state != "disabled"))
    if request.about_id is not None and account is None:
        raise Refused(
            _("The person is not in this directory any more."), request.clause, _("Reject the request.")
        )
    if asks.get("what") == TAKE and _call(request, asks)["operation"] != REVOKE:
        raise Refused(_("This right is not held any more."), SILENT, _("Reject the request."))


def _apply(request: Request, asks: Payload, act: Act) -> None:
    carry_out(request, _call(request, asks), act.permissions.account)


for kind, label in (("right", _("access right")), (FORMERLY, _("reset of a sign-in"))):
    register(
        RequestKind(
            id=kind,
            label=label,
            power=power_over(Moves.ROLE, Moves.CODE),
            apply=_apply,
            current=_current,
            lines=lambda request, asks: lines_of_request(request, _call(request, asks)),
            concerned_may_decide=False,
            ousts=lambda _book, asks: frozenset([asks["person"]] if "person" in asks else []),
        )
    )
