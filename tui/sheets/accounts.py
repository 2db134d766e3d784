"""Accounts of a book, for those who look after them: who can sign in, who can't yet, who is inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from auth import enrolment
from db.desk.accounts.account_views import AccountRow, RoleHeld, SignedInView, WithoutAccount
from db.desk.asking.reset import ID
from db.desk.asking.rights import ID as RIGHT
from db.desk.notation.localtime import last_day, local, seconds_until
from db.desk.notation.parsing import day_of
from db.language import Message, Text, _, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.books import unit_of
from tui.sheets.cell import Fact, Tone
from tui.sheets.date_words import day
from tui.sheets.request_facts import handed_in
from tui.sheets.sheet import NEVER, Column, PagedRows, Question, Sheet, Verb
from tui.sheets.units import unit_in

STATES: Final[dict[str, tuple[Message, Tone]]] = {
    "invited": (_("invited"), "warn"),
    "active": (_("active"), "good"),
    "disabled": (_("disabled"), "bad"),
}


def _offered_roles(at: At[AccountRow]) -> list[OfferedAnswer[int]]:
    held = at.row.roles
    several = {one.role for one in held if sum(other.role == one.role for other in held) > 1}
    return [
        OfferedAnswer(
            one.grant, one.label, one.unit, f"{one.role}/{one.unit}" if one.role in several else one.role
        )
        for one in held
    ]


def _gives_roles(at: At[Any]) -> bool:
    return any(one.id == at[BOOK] and one.gives_roles for one in at.desk.accounts.books())


def _last_day(text: str) -> date | None:
    return day_of("until", text) if text else None


BOOK: OneOf[str] = OneOf(
    "book",
    _("The directory."),
    title=_("Which directory?"),
    choices=lambda at: [OfferedAnswer(one.id, one.title) for one in at.desk.accounts.books()],
    nothing=_("You don't look after the accounts of any directory."),
    advice=_("Ask the maintainer of the directory."),
    obvious=True,
)
FIND = Typed("find", _("Name or login"), required=False)
WHY = Typed(
    "reason",
    _("How do you know that they ask for it?"),
    heading=lambda at: _("Reset of the sign-in of {name}", name=_names(at)),
)
LOGIN = Typed(
    "login", _("Login, such as zhangwei"), heading=lambda at: _("Account for {name}", name=_names(at))
)


def _roles(at: At[Any]) -> list[OfferedAnswer[str]]:
    form = at.desk.asking.form(RIGHT, at[BOOK])
    return [
        OfferedAnswer(one.id, one.label)
        for field in form.fields
        if field.name == "role"
        for one in field.choices
    ]


ROLE: OneOf[str] = OneOf(
    "role",
    _("The role's id."),
    heading=lambda at: _("Give {name} which role?", name=_names(at)),
    choices=_roles,
)
UNIT = Typed(
    "unit",
    _("From which unit down; nothing: the whole directory."),
    title=_("From which unit down?"),
    required=False,
)
UNTIL = Typed(
    "until",
    _("Last day; nothing: until further notice."),
    title=_("Until when?"),
    required=False,
    check=lambda _at, text: _last_day(text),
)
HELD: OneOf[int] = OneOf(
    "role", _("The role that is taken back."), title=_("Take back which role?"), choices=_offered_roles
)


def _names(at: At[Any]) -> Text:
    return listed(row.name for row in at.rows)


def _question_titled(title: Callable[[Text], Message]) -> Callable[[At[AccountRow]], Question]:
    return lambda at: Question(title(_names(at)))


def _ending(at: At[AccountRow]) -> Question:
    places = [f"{one.started_at}  {one.source}" for row in at.rows for one in row.sessions]
    return Question(_("End the sessions of {name}?", name=_names(at)), text="\n".join(places))


def _code(login: str, code: str) -> Sequence[Fact]:
    if not code:
        return ()
    return ((login, code), ("", _("Shown only now; good once and for 72 hours. Hand it over in person.")))


CODE: Verb[AccountRow] = Verb(
    id="code",
    operation="accounts.issue_activation",
    key="n",
    label=_("Activation code"),
    help=_("A new code to enrol with, or ask for a reset."),
    offered=lambda row: row.state != "disabled" and not row.takes_two,
    do=lambda at: enrolment.reissue_activation(at.desk, at.row.id),
    done=lambda at, _made: _("Activation code of {login}", login=at.row.login),
    shows=lambda at, code: _code(at.row.login, code),
    example="accounts code zhangwen",
)
RESET: Verb[AccountRow] = Verb(
    id="reset",
    operation="asking.ask",
    label=_("Reset"),
    help=_("Ask for a reset; a second office vouches, and each of you gets one half of the code."),
    asks=(WHY,),
    offered=lambda row: row.state != "disabled" and row.takes_two,
    do=lambda at: at.desk.asking.ask(ID, at[BOOK], {"whom": at.word}, at[WHY]),
    done=lambda at, request: handed_in(at.desk, request),
    example="accounts reset zhangwei --reason 'she called from her desk'",
)
DISABLE: Verb[AccountRow] = Verb(
    id="disable",
    operation="accounts.disable",
    key="x",
    label=_("Disable"),
    help=_("Shut the account off; its sessions end."),
    offered=lambda row: row.state != "disabled",
    sure=_question_titled(lambda names: _("Disable the account of {name}?", name=names)),
    do=lambda at: at.desk.accounts.disable(at.row.id),
    done=lambda at, _made: _("{name} can't sign in any more.", name=at.row.name),
    example="accounts disable zhangwen",
)
ENABLE: Verb[AccountRow] = Verb(
    id="enable",
    operation="accounts.enable",
    key="a",
    label=_("Enable"),
    help=_("Open the account again, as it was."),
    offered=lambda row: row.state == "disabled",
    do=lambda at: at.desk.accounts.enable(at.row.id),
    done=lambda at, _made: _("{name} can sign in again.", name=at.row.name),
    example="accounts enable zhangwen",
)
END: Verb[AccountRow] = Verb(
    id="end",
    operation="accounts.end_sessions",
    key="x",
    label=_("End sessions"),
    help=_("Sign the owner out everywhere."),
    offered=lambda row: bool(row.sessions),
    sure=_ending,
    do=lambda at: at.desk.accounts.end_sessions(at.row.id),
    done=lambda at, _made: _("{name} is signed out everywhere.", name=at.row.name),
    example="accounts end zhangwen",
)
GRANT: Verb[AccountRow] = Verb(
    id="grant",
    operation="accounts.grant",
    key="n",
    label=_("Give a role"),
    help=_("Give a role in this directory, from a unit down, until a day; the regulations say who may."),
    asks=(ROLE, UNIT, UNTIL),
    open_to=_gives_roles,
    do=lambda at: at.desk.accounts.grant(
        at.row.id, at[BOOK], at[ROLE], unit_of(at, at[BOOK], at[UNIT]), _last_day(at[UNTIL])
    ),
    done=lambda at, _made: _(
        "{name} now holds the role {role}.", name=at.row.name, role=at.chosen_label(ROLE)
    ),
    example="accounts grant zhangwei --role it --until 2026-12-31",
)
REVOKE: Verb[AccountRow] = Verb(
    id="revoke",
    operation="accounts.revoke",
    key="x",
    label=_("Take a role back"),
    help=_("The role ends at once."),
    asks=(HELD,),
    offered=lambda row: bool(row.roles),
    do=lambda at: at.desk.accounts.revoke(at[HELD]),
    done=lambda at, _made: _(
        "{name} no longer holds the role {role}.", name=at.row.name, role=at.chosen_label(HELD)
    ),
    example="accounts revoke zhangwei --role it",
)
MAKE: Verb[WithoutAccount] = Verb(
    id="make",
    operation="accounts.create",
    key="n",
    label=_("Make an account"),
    help=_("Make an account for this person."),
    asks=(LOGIN,),
    do=lambda at: enrolment.invite(at.desk, at.number, at[LOGIN].lower()),
    done=lambda at, code: (
        _("Activation code of {login}", login=at[LOGIN].lower())
        if code
        else _("{login} is more than an employee; a reset brings a code in two halves.", login=at[LOGIN])
    ),
    shows=lambda at, code: _code(at[LOGIN].lower(), code),
    example="accounts lacking make 412 --login zhangwen",
)


def _role(held: RoleHeld) -> Text:
    return Message("{role} {unit}", {"role": held.label, "unit": held.unit}) if held.unit else held.label


def account_facts(row: AccountRow) -> Sequence[Fact]:
    return [
        (_("Last sign-in"), local(row.signed_in_at)[:16] if row.signed_in_at else _("none on record")),
        *_code_facts(row),
        *((_role(one), _held_until(one)) for one in row.roles),
        *((one.started_at, one.source) for one in row.sessions),
    ]


def _code_facts(row: AccountRow) -> Iterator[Fact]:
    """Yield facts about the account's activation code, and how its owner gets another one."""
    if row.activation_until:
        until = local(row.activation_until)[:16]
        is_good = seconds_until(row.activation_until) > 0
        code = _("good until {time}", time=until) if is_good else _("over since {time}", time=until)
        yield _("Activation code"), code
    elif row.is_reset:
        yield _("Activation code"), _("not both halves of its code were shown yet")
    elif row.state == "invited":
        yield _("Activation code"), _("none is out")
    if row.takes_two and row.state != "disabled":
        yield _("Another code"), _("by a reset, for which a second office vouches")


def _held_until(held: RoleHeld) -> Text:
    return _("until {day}", day=day(last_day(held.until))) if held.until else _("until further notice")


def _accounts(at: At[Any], offset: int, limit: int | None) -> Sequence[AccountRow]:
    return at.desk.accounts.page(at[BOOK], offset, limit, at.answers.get(FIND.id, ""))


def _lacking(at: At[Any], offset: int, limit: int | None) -> Sequence[WithoutAccount]:
    return at.desk.accounts.lacking(at[BOOK], offset, limit, at.answers.get(FIND.id, ""))


ACCOUNTS: Sheet[AccountRow] = Sheet(
    id="accounts",
    operation="accounts.page",
    title=_("Accounts"),
    about=_(
        "Who can sign in. An activation code is shown once: hand it over in person. It is good once and for "
        "72 hours, and the owner alone chooses password and authenticator with it. Who is enrolled or more "
        "than an employee gets a code by a reset: a second office vouches, and each of the two is shown one "
        "half. Until it is used the account stays as it is. Whoever is disabled is out at once."
    ),
    help=_("List accounts with their states, roles and sessions."),
    of=(BOOK, FIND),
    rows=PagedRows(_accounts, FIND, from_end=True),
    key=lambda row: row.login,
    named="login",
    numbered=False,
    columns=(
        Column("login", _("Login"), lambda row: row.login, 14),
        Column("name", _("Name"), lambda row: row.name, 10, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit, 12),
        Column(
            "state",
            _("State"),
            lambda row: STATES[row.state][0],
            12,
            tone=lambda row: STATES[row.state][1],
            data=lambda row: row.state,
        ),
        Column(
            "activation_until",
            _("Code until"),
            lambda row: local(row.activation_until)[5:16] if row.activation_until else None,
            12,
            from_width=100,
            data=lambda row: row.activation_until,
        ),
        Column("sessions", _("Signed in"), lambda row: len(row.sessions) or None, 9, right=True),
        Column(
            "roles",
            _("Roles"),
            lambda row: [_role(one) for one in row.roles],
            data=lambda row: [one.role for one in row.roles],
        ),
    ),
    facts=account_facts,
    verbs=(CODE, RESET, DISABLE, ENABLE, END, GRANT, REVOKE),
    empty=_("No account of this directory is yours to look after."),
    example="accounts --find zhang",
)
LACKING: Sheet[WithoutAccount] = Sheet(
    id="accounts lacking",
    operation="accounts.lacking",
    title=_("Without account"),
    about=_("Who has no account yet. n makes one; you choose the login, and its code is shown once."),
    help=_("List people without an account."),
    of=(BOOK, FIND),
    rows=PagedRows(_lacking, FIND, from_end=True),
    key=lambda row: row.entry,
    named="entry",
    columns=(
        Column("name", _("Name"), lambda row: row.name, 10, tone="strong"),
        Column("unit", unit_in(lambda at: at[BOOK]), lambda row: row.unit),
    ),
    verbs=(MAKE,),
    empty=_("Everybody here has an account. Whoever joins is listed until they have one."),
    example="accounts lacking --find 张",
)
INSIDE: Sheet[SignedInView] = Sheet(
    id="accounts inside",
    operation="accounts.inside",
    title=_("Who is signed in"),
    about=_("Who is signed in now, one a session."),
    help=_("List who is signed in now."),
    of=(BOOK,),
    rows=lambda at: at.desk.accounts.inside(at[BOOK]),
    key=lambda row: row.session,
    named="session",
    columns=(
        Column("login", _("Login"), lambda row: row.login, 14, tone="strong"),
        Column("source", _("From"), lambda row: row.source, 20),
        Column("front", _("Way"), lambda row: row.front, 8, few=True),
        Column("since", _("Signed in at"), lambda row: local(row.started_at)[:16], 16),
        Column("server", _("Server"), lambda row: row.server, from_width=NEVER),
    ),
    empty=_("Nobody of this directory is signed in."),
    example="accounts inside",
)
