"""`mingce account create`: an account for somebody, or for everybody of a list with letters to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auth import enrolment
from auth.login_names import login_of
from db.confined.reading import LARGEST
from db.desk import Desk, Invalid
from db.desk.accounts.new_accounts import check_login
from db.desk.authority.terms import takes_two
from db.desk.entry.units import path_of
from db.desk.notation.localtime import local
from db.language import Text, _, _n, listed
from db.store.engine import store
from db.store.settings import Home, Settings
from db.store.tables import Account, Entry
from reports.code_letters import CodeLetter, write
from tui.front.hostkey import HostKeyError, fingerprint, host_key_path
from tui.front.ssh_command import from_here
from tui.host.account import check_book, entry_of, show_code
from tui.host.import_ import progress_bar
from tui.host.operator import desk_for
from tui.host.owner import STANDARD_OUTPUT, home_of, new_file, read_given
from tui.host.shell import FAILED, WRONG_USAGE, CommandFailure, tell, tell_json, warn
from tui.host.spreadsheet import sheet_of
from tui.plain.words import CommandWords

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "login": ("login", "帐号", "账号", "登录名", "用户名", "account"),
    "name": ("name", "姓名"),
    "unit": ("unit", "部门", "department"),
}
SEARCHED, SHOWN = 20, 50


@dataclass(frozen=True, slots=True)
class AccountWanted:
    """One row of the list: who is to have which login, and the account where there is one already."""

    row: int
    login: str
    entry: int
    account: int | None


def create(words: CommandWords) -> int:
    """Create an account for one person and print its code, or for all on a list; return the exit status.
    Raises CommandFailure."""
    if words.has("list"):
        return create_listed(words)
    if not words.operands or not words.has("name") or words.has("letters"):
        raise CommandFailure(
            _("Name a login and --name NAME, or many people with --list FILE --letters FILE."),
            status=WRONG_USAGE,
        )
    _create_one(words)
    return 0


def _create_one(words: CommandWords) -> None:
    """Create an account and print its activation code; for more than an employee, print that a reset brings
    the code."""
    login = words.operand(0)
    with desk_for(home_of(words), words.option_value("login")) as desk:
        entry = entry_of(
            check_book(words.option_value("book")), words.option_value("name"), words.option_value("unit")
        )
        code = enrolment.invite(desk, entry, login)
    if not code and not words.has("json"):
        tell(_("{login} is more than an employee; a reset brings a code in two halves.", login=login))
        return
    show_code(words, code)


def create_listed(words: CommandWords) -> int:
    """Create accounts for everybody on a list and write their codes as letters to a new file; those who never
    enrolled get a new code. Print what was made. If a row is wrong, create none, print the faults, and return
    exit status 1. Raises CommandFailure."""
    file, letters_file = Path(words.option_value("list")), Path(words.option_value("letters"))
    if words.operands or words.has("name") or words.has("unit") or not words.has("letters"):
        raise CommandFailure(
            _("With --list goes --letters FILE, and no login, name or department."), status=WRONG_USAGE
        )
    content = read_given(file, LARGEST)
    home = home_of(words)
    with desk_for(home, words.option_value("login")) as desk:
        check_leads_here(store().settings)
        book = check_book(words.option_value("book"))
        wanted, problems = _wanted_accounts(book, sheet_of(file, content).rows)
        if problems:
            for number, reason in problems[:SHOWN]:
                warn(_("Row {row}: {reason}", row=number, reason=reason))
            if len(problems) > SHOWN:
                warn(_("… and {count} more.", count=len(problems) - SHOWN))
            warn(_("No account was made."))
            return FAILED
        with new_file(letters_file) as out:
            letters: list[CodeLetter] = []
            without: list[str] = []
            try:
                with progress_bar() as bar:
                    for done, one in enumerate(wanted):
                        bar("write", done, len(wanted))
                        _make_account(desk, one, letters, without, is_host=not words.has("login"))
            finally:  # whatever broke it off, the codes that were made are not lost
                settings = store().settings
                out.write(
                    write(
                        letters,
                        settings.organisation,
                        lambda login: from_here(settings, login),
                        _fingerprint(home),
                        settings.language,
                    )
                )
    if words.has("json"):
        tell_json({"letters": len(letters), "without_code": without})
        return 0
    if letters_file != STANDARD_OUTPUT:
        tell(
            _n(
                "{count} letter is in {file}. Print it, then destroy the file.",
                "{count} letters are in {file}. Print them, then destroy the file.",
                count=len(letters),
                file=str(letters_file),
            )
        )
    written = {one.login for one in letters}
    again = sum(one.account is not None and one.login in written for one in wanted)
    if again:
        tell(
            _n(
                "{count} of them had a code before, which lets nobody in any more: destroy its letter.",
                "{count} of them had a code before, which lets nobody in any more: destroy those letters.",
                count=again,
            )
        )
    if without:
        tell(
            _(
                "No letter, as they are more than employees and a reset brings their code in two halves, or "
                "are enrolled already: {logins}",
                logins=listed(without),
            )
        )
    return 0


def check_leads_here(settings: Settings) -> None:
    """Raise CommandFailure if the address to be printed would not reach this machine from another one."""
    if not settings.address and (settings.host.startswith("127.") or settings.host in ("::1", "localhost")):
        raise CommandFailure(
            _("The letters would say `{command}`, which leads nowhere.", command=from_here(settings, "…")),
            _("Write `address` into settings.toml first, the name by which people reach this host."),
        )


def _fingerprint(home: Home) -> str:
    """Return the fingerprint of the built-in server's key; "" if OpenSSH is in front, or it can't be read."""
    try:
        return "" if store().settings.openssh_user else fingerprint(host_key_path(home))
    except HostKeyError:
        return ""


def _make_account(
    desk: Desk, one: AccountWanted, letters: list[CodeLetter], without: list[str], *, is_host: bool
) -> None:
    """Create one account, or a new code for one never enrolled, and add its letter to ``letters``; to
    ``without`` where there is no code. ``is_host``: on the host's own word."""
    if one.account is None:
        code = enrolment.invite(desk, one.entry, one.login)
    else:
        row = Account.get_by_id(one.account)
        may = row.state == "invited" and (is_host or not takes_two(row))
        code = enrolment.reissue_activation(desk, one.account) if may else ""
    if not code:
        without.append(one.login)
        return
    entry = Entry.get_by_id(one.entry)
    until = Account.get(Account.login == one.login).activation_until
    unit = "/".join(path_of(entry.unit_id)[1:]) or entry.unit.name
    letters.append(CodeLetter(one.login, entry.name, unit, local(str(until))[:16], code))


def _wanted_accounts(
    book: str, rows: Sequence[Sequence[str]]
) -> tuple[list[AccountWanted], list[tuple[int, Text]]]:
    top, places = _layout(rows)
    wanted: list[AccountWanted] = []
    problems: list[tuple[int, Text]] = []
    logins: dict[str, int] = {}
    entries: dict[int, int] = {}
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        if not any(cells.values()):
            continue
        try:
            one = _row(book, number, cells)
        except CommandFailure as failure:
            problems.append((number, failure.message))
        except Invalid as invalid:
            problems.append((number, invalid.problems[0].message))
        else:
            first = min(logins.get(one.login, number), entries.get(one.entry, number))
            if first < number:
                problems.append((number, _("Row {row} names this login or person already.", row=first)))
            logins.setdefault(one.login, number)
            entries.setdefault(one.entry, number)
            wanted.append(one)
    return wanted, problems


def _row(book: str, number: int, cells: Mapping[str, str]) -> AccountWanted:
    """Return the account that one row asks for; look up its entry. Raises CommandFailure and Invalid."""
    login = login_of(cells["login"])
    check_login(login)
    entry = entry_of(book, cells["name"], cells.get("unit", ""))
    person = Entry.get_by_id(entry).person_id
    taken, theirs = Account.get_or_none(Account.login == login), Account.get_or_none(Account.person == person)
    if taken is not None and taken.person_id != person:
        raise CommandFailure(_("This login is taken."))
    if theirs is not None and theirs.login != login:
        raise CommandFailure(
            _("{name} has the login {login} already.", name=cells["name"], login=theirs.login)
        )
    return AccountWanted(number, login, entry, theirs.id if theirs is not None else None)


def _layout(rows: Sequence[Sequence[str]]) -> tuple[int, Mapping[str, int]]:
    """Return the number of the row of headings, and the column of each known heading. Raises
    CommandFailure."""
    for top, row in enumerate(rows[:SEARCHED]):
        heads = [unicodedata.normalize("NFKC", cell).strip().casefold() for cell in row]
        places = {
            name: next(at for at, head in enumerate(heads) if head in known)
            for name, known in HEADINGS.items()
            if any(head in known for head in heads)
        }
        if {"login", "name"} <= set(places):
            return top, places
    raise CommandFailure(
        _("The list has no row with the headings 帐号 (login) and 姓名 (name)."),
        _("部门 (department) may stand beside them, for people of one name."),
    )
