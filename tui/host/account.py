"""`mingce account …`: accounts, as the host's operator or, where a right is needed, after signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from auth import delays, enrolment
from db.desk import Desk
from db.desk.asking.reset import ID
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.entry.namesakes import entries_called, places_of
from db.desk.entry.units import unit_named
from db.desk.notation.parsing import read_day
from db.language import Message, Text, _, _n, listed, strung
from db.store.settings import Home
from db.store.tables import Account, Book
from tui.front.control import ask_all
from tui.host.language import t
from tui.host.operator import desk_for
from tui.host.owner import home_of
from tui.host.shell import WRONG_USAGE, CommandFailure, tell, tell_json
from tui.plain.page import table
from tui.plain.words import CommandWords
from tui.sheets.request_facts import handed_in

STATES: dict[str, Message] = {
    "invited": _("invited"),
    "active": _("active"),
    "disabled": _("disabled"),
}


def list_accounts(words: CommandWords) -> None:
    with desk_for(home_of(words), words.option_value("login"), looking=True) as desk:
        book = check_book(words.operand(0))
        rows = desk.accounts.page(book, 0, None)
    if words.has("json"):
        tell_json([{**asdict(row), "roles": [role.role for role in row.roles]} for row in rows])
        return
    headings = [t(_("Login")), t(_("Name")), t(_("Department")), t(_("State")), t(_("Roles"))]
    lines = [
        [
            row.login,
            row.name,
            row.unit,
            t(STATES[row.state]),
            t(listed(_("{title} ({id})", title=role.label, id=role.role) for role in row.roles)),
        ]
        for row in rows
    ]
    tell("\n".join(table(headings, lines)))


def activate(words: CommandWords) -> None:
    with desk_for(home_of(words), words.option_value("login")) as desk:
        code = enrolment.reissue_activation(desk, number_of(words.operand(0)))
    show_code(words, code)


def reset(words: CommandWords) -> None:
    """Give an account a new activation code as the host and print it, once; the owner and all supervisors are
    told (threat 32). With ``--login``, begin a reset of two halves instead."""
    with desk_for(home_of(words), words.option_value("login"), protecting=True) as desk:
        if words.has("login"):
            _ask_reset(desk, words)
            return
        code = enrolment.break_glass(desk, number_of(words.operand(0)))
    if not words.has("json"):
        tell(
            _(
                "The glass is broken: the owner is told, and everybody who supervises, until one of them "
                "acknowledges it."
            )
        )
    show_code(words, code)


def _ask_reset(desk: Desk, words: CommandWords) -> None:
    login, book = words.operand(0), words.option_value("book")
    books = [one.book for one in desk.asking.offers() if one.id == ID]
    if not book and len(books) != 1:
        raise CommandFailure(
            _("Say in which directory, with --book."),
            _("Known are: {names}.", names=listed(books)),
            WRONG_USAGE,
        )
    request = desk.asking.ask(ID, book or books[0], {"whom": login}, words.option_value("reason"))
    if words.has("json"):
        tell_json({"login": login, "request": request})
        return
    tell(handed_in(desk, request))


def end_screens(home: Home, sessions: Sequence[int], how: str) -> None:
    """Ask the processes on this host that serve ``sessions`` to end them for the reason ``how``. The caller
    records the ends."""
    for session in sessions:
        ask_all(home, {"ask": "end", "session": session, "how": how})


def disable(words: CommandWords) -> None:
    home, login = home_of(words), words.operand(0)
    with desk_for(home, words.option_value("login"), protecting=True) as desk:
        ended = desk.accounts.disable(number_of(login))
    end_screens(home, ended, "disabled")
    tell(_("{login} can't sign in any more.", login=login))


def enable(words: CommandWords) -> None:
    login = words.operand(0)
    with desk_for(home_of(words), words.option_value("login")) as desk:
        desk.accounts.enable(number_of(login))
    tell(_("{login} can sign in again.", login=login))


def unlock(words: CommandWords) -> None:
    login = words.operand(0)
    with desk_for(home_of(words), protecting=True) as desk:
        lifted = delays.clear_delays(desk, number_of(login), login.strip().lower())
    tell(_n("{count} count of failures forgotten.", "{count} counts of failures forgotten.", count=lifted))


def grant(words: CommandWords) -> None:
    login, role, book = *words.operands, words.option_value("book")
    with desk_for(home_of(words), words.option_value("login")) as desk:
        account, unit = number_of(login), unit_of(check_book(book), words.option_value("unit"))
        desk.accounts.grant(account, book, role, unit, day_of(words.option_value("until")))
        given = _("{login} holds the role {role} in {book}.", login=login, **role_and_book(book, role))
    tell(given)


def revoke(words: CommandWords) -> None:
    """Revoke every grant of the role to the account in the book, recorded, and print that. Raises
    CommandFailure if there is none."""
    login, role, book = *words.operands, words.option_value("book")
    with desk_for(home_of(words), words.option_value("login")) as desk:
        for number in grants_held(desk, check_book(book), login, role):
            desk.accounts.revoke(number)
        taken = _(
            "{login} no longer holds the role {role} in {book}.", login=login, **role_and_book(book, role)
        )
    tell(taken)


def role_and_book(book: str, role: str) -> dict[str, Text]:
    return {"role": policy_of(book).role(role).label, "book": title_of(book)}


def grants_held(desk: Desk, book: str, login: str, role: str) -> list[int]:
    """Return the grants of ``role`` to ``login`` in ``book``. Raises CommandFailure if there is none."""
    rows = desk.accounts.page(book, 0, None, login)
    if found := [held.grant for row in rows if row.login == login for held in row.roles if held.role == role]:
        return found
    raise CommandFailure(
        _("{login} was not granted the role {role} in {book}.", login=login, role=role, book=book)
    )


def show_code(words: CommandWords, code: str) -> None:
    login = words.operand(0)
    if words.has("json"):
        tell_json({"login": login, "activation_code": code})
        return
    tell(_("Activation code of {login}, good once and for 72 hours; it is shown only now:", login=login))
    tell(f"  {code}")


def number_of(login: str) -> int:
    account = Account.get_or_none(Account.login == login.strip().lower())
    if account is None:
        raise CommandFailure(
            _("There is no account {login}.", login=login), _("`mingce account list BOOK` shows them.")
        )
    return int(account.id)


def check_book(book: str) -> str:
    """Return ``book``. Raises CommandFailure if there is none of that name."""
    if Book.get_or_none(Book.id == book) is None:
        known = listed(row.id for row in Book.select().order_by(Book.sort, Book.id))
        raise CommandFailure(
            _("There is no directory {book}.", book=book), _("Known are: {names}.", names=known), WRONG_USAGE
        )
    return book


def unit_of(book: str, path: str) -> int | None:
    if not path:
        return None
    unit = unit_named(book, path)
    if unit is None:
        raise CommandFailure(_("There is no unit {path} in {book}.", path=path, book=book), "", WRONG_USAGE)
    return unit


def day_of(text: str) -> date | None:
    day = read_day(text) if text else None
    if isinstance(day, Message):
        raise CommandFailure(day, "", WRONG_USAGE)
    return day


def entry_of(book: str, name: str, unit: str) -> int:
    """Return the active entry of the person called ``name`` in ``book``, in ``unit`` if given. Raises
    CommandFailure for none or several."""
    found = entries_called(book, name, unit)
    if not found:
        unit_of(book, unit)
        raise CommandFailure(_("Nobody named {name} is in {book}.", name=name, book=book))
    if len(found) > 1:
        raise CommandFailure(
            _("Several people are named {name}: {where}.", name=name, where=strung(places_of(found))),
            _("Say which with --unit."),
        )
    return int(found[0].id)
