"""Rights on request: a role given or taken back, decided by whom the regulations name (G.3.3, F.5.1).

Nobody decides on a right of their own: neither who asks nor who is to have it, whoever asked.
"""

from __future__ import annotations

from datetime import date

from db.desk.accounts.granting import give, take_back
from db.desk.accounts.making import IMPLIED_ROLES, end_of, problems_of_grant
from db.desk.asking import appointing
from db.desk.asking.places import read_unit
from db.desk.authority.standing import Standing, books_of, is_within, policy_of, root_of
from db.desk.entry.colleagues import persons_named
from db.desk.entry.units import name_of
from db.desk.frame import Act
from db.desk.notation.parsing import read_day
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.ask_fields import AskChoice, AskField
from db.desk.requests.request_kinds import Asked, Content, DiffLine, Offer, Payload, RequestKind, register
from db.desk.requests.request_views import name_of as person_of
from db.desk.requests.submitters import holds
from db.language import Message, Text, _
from db.store.tables import Account, Entry, Grant, Request

KIND = "right"
GIVE, TAKE = "give", "take"


def _everyone(_standing: Standing, _book: str) -> bool:
    return True


def _whole(_standing: Standing, book: str) -> int:
    """A right is one over the whole directory until a unit is written."""
    return root_of(book)


def _fields(standing: Standing, book: str) -> tuple[AskField, ...]:
    roles = [rule for rule in policy_of(book).roles if rule.id not in IMPLIED_ROLES]
    return (
        AskField(
            "what",
            _("What to do"),
            value=GIVE,
            choices=(AskChoice(GIVE, _("give a right")), AskChoice(TAKE, _("take a right back"))),
        ),
        AskField("whom", _("Whose"), value=standing.login, hint=_("login, name, or name/department")),
        AskField(
            "role",
            _("Role"),
            value=roles[0].id,
            choices=tuple(AskChoice(rule.id, rule.label) for rule in roles),
        ),
        AskField("unit", _("From unit down"), hint=_("blank: the whole directory")),
        AskField("until", _("Last day"), hint=_("2026-12-31; blank: for good")),
    )


def _read(act: Act, book: str, asked: Asked) -> Content:
    account = _account(act.standing, book, asked.get("whom", ""))
    unit = read_unit(act.standing, book, "unit", asked["unit"]) if asked.get("unit", "").strip() else None
    until = _until(asked.get("until", ""))
    what, role = asked.get("what") or GIVE, asked.get("role", "")
    if what not in (GIVE, TAKE):
        raise Invalid(Problem("what", _("Choose one from the list.")))
    problems = problems_of_grant(book, role, unit, until)
    if not problems and what == TAKE and _granted(account.id, book, role, unit) is None:
        problems = [Problem("role", _("This right is not held in that way."))]
    if problems:
        raise Invalid(*problems)
    entry = Entry.get_or_none(
        (Entry.person == account.person_id) & (Entry.book == book) & (Entry.state == "active")
    )
    act.note(account=account.id, role=role)
    return Content(
        unit=unit if unit is not None else root_of(book),
        payload={
            "what": what,
            "account": account.id,
            "role": role,
            "unit": unit,
            "until": until.isoformat() if until else None,
        },
        entry=entry.id if entry is not None else None,
        about=account.id,
    )


def _account(standing: Standing, book: str, text: str) -> Account:
    """The account of somebody in ``book`` for whom the actor may ask: themselves, those of a unit they
    head, or anybody for who gives rights there. Alike for those they may not ask for and for none."""
    policy = policy_of(book)
    wanted = text.strip()
    by_login = Account.get_or_none((Account.login == wanted) & (Account.state != "disabled"))
    persons = persons_named(book, wanted)
    found = [by_login] if by_login is not None else []
    if not found and persons:
        found = list(Account.select().where(Account.person.in_(persons) & (Account.state != "disabled")))
    giving = holds(standing, policy, (policy.rights.by, policy.maintainer.role), root_of(book))
    able = [
        row
        for row in found
        if row.id == standing.account
        or (book in books_of(row.id) and (giving or _heads(standing, book, row)))
    ]
    if len(able) != 1:
        several = len(able) > 1
        raise Invalid(
            Problem(
                "whom",
                _("There are several of that name; write the login.")
                if several
                else _("There is nobody of that name for whom you may ask."),
            )
        )
    return able[0]


def _heads(standing: Standing, book: str, account: Account) -> bool:
    entry = Entry.get_or_none(
        (Entry.person == account.person_id) & (Entry.book == book) & (Entry.state == "active")
    )
    headed = [one.unit for one in standing.held("head", book) if one.for_account is None]
    return entry is not None and any(is_within(entry.unit_id, unit) for unit in headed)


def _until(text: str) -> date | None:
    if not text.strip():
        return None
    day = read_day(text)
    if isinstance(day, Message):
        raise Invalid(Problem("until", day))
    return day


def _granted(account: int, book: str, role: str, unit: int | None) -> Grant | None:
    rows = Grant.select().where(
        (Grant.account == account) & (Grant.book == book) & (Grant.role == role) & Grant.in_force()
    )
    places = {None, root_of(book)} if unit is None else {unit}
    return next((row for row in rows.order_by(Grant.id) if row.unit_id in places), None)


def _typed(asks: Payload) -> Asked:
    return {
        "what": asks["what"],
        "whom": Account.get_by_id(asks["account"]).login,
        "role": asks["role"],
        "unit": str(asks["unit"] or ""),
        "until": asks["until"] or "",
    }


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    if asks["what"] in appointing.ACTS:
        return appointing.lines_of(request, asks)
    whom = person_of(asks["account"])
    role: Text = asks["role"]
    role = next((one.label for one in policy_of(request.book_id).roles if one.id == asks["role"]), role)
    where: Text = name_of(asks["unit"]) if asks["unit"] is not None else _("the whole directory")
    until: Text = asks["until"] or _("for good")
    parts: list[tuple[str, Message, Text]] = [
        ("whom", _("held by"), whom),
        ("unit", _("in which part"), where),
    ]
    if asks["what"] == GIVE:
        parts.append(("until", _("until"), until))
    change: tuple[Text, Text] = ("", role) if asks["what"] == GIVE else (role, _("taken back"))
    return (
        DiffLine("role", _("access right"), change[0], change[1], change),
        *(DiffLine(name, label, "", value, ("", value)) for name, label, value in parts),
    )


def _current(request: Request, asks: Payload) -> None:
    if asks["what"] in appointing.ACTS:
        appointing.check_current(request, asks)
        return
    account = Account.get_or_none((Account.id == request.about_id) & (Account.state != "disabled"))
    if account is None or request.book_id not in books_of(account.id):
        raise Refused(
            _("The person is not in this directory any more."), request.clause, _("Reject the request.")
        )


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Give the role, or take it back, at once."""
    if asks["what"] in appointing.ACTS:
        appointing.write(request, asks, act)
        return
    act.note(account=asks["account"], role=asks["role"])
    if asks["what"] == GIVE:
        until = date.fromisoformat(asks["until"]) if asks["until"] else None
        problems = problems_of_grant(request.book_id, asks["role"], asks["unit"], until)
        if problems:
            raise Refused(problems[0].message, request.clause, _("Return it, so that it is written again."))
        holder = Account.get_by_id(asks["account"])
        by, clause = act.standing.account, request.clause
        give(holder, asks["role"], request.book_id, asks["unit"], end_of(until), by=by, clause=clause)
        return
    grant = _granted(asks["account"], request.book_id, asks["role"], asks["unit"])
    if grant is None:
        raise Refused(_("This right is not held any more."), SILENT, _("Reject the request."))
    take_back(grant, by=act.standing.account, clause=request.clause)


LABEL = _("access right")
register(
    RequestKind(
        id=KIND,
        label=LABEL,
        apply=_apply,
        current=_current,
        lines=_lines,
        concerned_may_decide=False,
        ousts=appointing.ousted,
        final=True,
        offers=(
            Offer(
                KIND,
                LABEL,
                _("Have a role given to you or to one of your people, or taken back."),
                _everyone,
                _fields,
                _read,
                _typed,
                _whole,
            ),
            appointing.OFFER,
        ),
    )
)
