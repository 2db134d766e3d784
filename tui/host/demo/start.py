"""`mingce demo`: made once, kept from then on, served on this machine alone."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from pydantic import BaseModel, Field, TypeAdapter

from auth.provision import reactivate_from_host
from db.language import Message, _
from db.store import clock
from db.store.engine import store
from db.store.settings import BackupSettings, Home, Settings
from db.store.tables import Account
from tui.host.demo.build import build
from tui.host.demo.outside import connect, standing_in
from tui.host.init import make_state
from tui.host.operator import opened_store
from tui.host.owner import state_folder
from tui.host.serve import serve_home_in_words
from tui.host.shell import CommandFailure, failures_in_words, is_agreed, is_interactive, tell
from tui.plain.command import MOST_PORT, number
from tui.plain.words import CommandWords

ACCOUNTS = "accounts.json"
MARK = ".made-by-mingce-demo"
HOST = "127.0.0.1"
PORT = 8022
FOLDER = ".mingce-demo"
STEP = 30
"""Seconds that a code is good for."""


class _Account(BaseModel):
    """What a line of ``accounts.json`` must have at the least."""

    login: str
    name: str
    password: str
    totp_secret: str = Field(pattern="^[A-Z2-7]*$")
    activation_code: str = ""


_ACCOUNTS = TypeAdapter(list[_Account])


def demo(words: CommandWords) -> int:
    """Create the demonstration if there is none, serve it, and print how to sign in; return the exit status.
    If it is served already, print that."""
    port = number(words.option_value("port"), "--port", MOST_PORT) if words.has("port") else PORT
    home = Home(state_folder(Path(words.option_value("dir", FOLDER))))
    if words.has("reset"):
        delete_demo(home, words.has("yes"))
    if not home.settings_file.exists():
        create(home, port)
    with opened_store(home):
        accounts = read_accounts(home)
        renew_activations(home, accounts)
    with serving(home) as ours:
        if not ours:
            say_how(accounts, home, port)
            tell(_("It is being served already, from another terminal."))
            return 0
        tell(_("Starting the server …"))
        with standing_in(home):
            return serve_home_in_words(
                home,
                HOST,
                port,
                home.log / "server.log",
                welcome=lambda opened: say_how(accounts, home, opened),
            )


@contextmanager
def serving(home: Home) -> Iterator[bool]:
    """Lock ``home`` in the body and yield True; yield False if another process has it."""
    with (home.folder / MARK).open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def create(home: Home, port: int) -> None:
    """Create the demonstration's state folder, whole or not at all, and print the progress. Raises
    CommandFailure for a folder in use."""
    if home.folder.exists() and any(home.folder.iterdir()):
        raise CommandFailure(
            _("{folder} is not empty and was not made by `mingce demo`.", folder=str(home.folder)),
            _("Choose another folder with --dir."),
        )
    tell(_("Making the demonstration, about half a minute …"))
    began = time.monotonic()
    settings = Settings(
        organisation="华星集团",
        privacy_contact="华星集团人力资源部，010-6650-1000，privacy@huaxing.example",
        privacy_contacts={"class": "华星实验学校校办，010-6650-3000，privacy@school.huaxing.example"},
        host=HOST,
        port=port,
        backups=BackupSettings(to=("backups/one", "backups/two")),
    )
    with failures_in_words():
        make_state(home, settings, fill)
    tell(_("Done in {seconds} s: {folder}", seconds=round(time.monotonic() - began), folder=str(home.folder)))


def fill() -> None:
    """Fill the open store with the demonstration, and write its accounts, WeCom settings and mark."""
    accounts = build(datetime.now(UTC))
    home = store().home
    write_accounts(home, [account.to_json() for account in accounts])
    connect(home, store().settings)
    (home.folder / MARK).touch()


def delete_demo(home: Home, yes: bool) -> None:
    """Delete the demonstration's folder once a person agrees. Raises CommandFailure for another folder, while
    it is served, or if nobody agrees."""
    if not home.folder.exists():
        return
    if not (home.folder / MARK).exists():
        raise CommandFailure(
            _("{folder} was not made by `mingce demo`; it is left alone.", folder=str(home.folder)),
            _("Choose another folder with --dir."),
        )
    with serving(home) as ours:
        if not ours:
            raise CommandFailure(
                _("It is being served now, from another terminal."), _("Stop that first, with Ctrl+C.")
            )
    question = _("Remove {folder} and everything that was done in it?", folder=str(home.folder))
    if not yes and not (is_interactive() and is_agreed(question)):
        raise CommandFailure(_("Nothing was removed."), _("Say yes when asked, or use --yes."))
    shutil.rmtree(home.folder)


def read_accounts(home: Home) -> list[dict[str, object]]:
    """Return the content of ``accounts.json``. Raises CommandFailure if it is missing or broken."""
    try:
        content = (home.folder / ACCOUNTS).read_bytes()
        _ACCOUNTS.validate_json(content)
        found: list[dict[str, object]] = json.loads(content)
    except (OSError, ValueError):
        raise CommandFailure(
            _("{file} can't be read.", file=str(home.folder / ACCOUNTS)), _("Start again with --reset.")
        ) from None
    return found


def write_accounts(home: Home, accounts: list[dict[str, object]]) -> None:
    """Write ``accounts.json``, for its owner alone."""
    file = home.folder / ACCOUNTS
    file.touch(mode=0o600)
    file.write_text(json.dumps(accounts, ensure_ascii=False, indent=2) + "\n", "utf-8")


def renew_activations(home: Home, accounts: list[dict[str, object]]) -> None:
    """Replace activation codes that expired unused, and write the new ones to ``accounts.json``."""
    for account in accounts:
        row = Account.get_or_none(Account.login == account["login"])
        if not account.get("first_sign_in") or row is None or row.state != "invited":
            continue
        if row.activation_until is None or row.activation_until <= clock.now():
            account["activation_code"] = reactivate_from_host(row.id)
            write_accounts(home, accounts)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One of the four ways in that are printed."""

    title: Message
    login: str


SHOWN = (
    _Shown(_("employee"), "zhangwei"),
    _Shown(_("head of department"), "wangfang"),
    _Shown(_("human resources"), "chenjing"),
    _Shown(_("information security"), "hejun"),
)


def say_how(accounts: list[dict[str, object]], home: Home, port: int) -> None:
    """Print how to sign in as four of the people, with present codes, and for a first sign-in."""
    known = {str(account["login"]): account for account in accounts}
    now = time.time()
    left = STEP - int(now) % STEP
    tell()
    tell(
        _("Sign in from another terminal (the codes hold for {seconds} s and a little longer):", seconds=left)
    )
    for shown in SHOWN:
        account = known[shown.login]
        tell()
        tell(_("As {role}: {name}", role=shown.title, name=account["name"]))
        tell(f"  ssh -p {port} {shown.login}@{HOST}")
        code = pyotp.TOTP(str(account["totp_secret"])).at(int(now))
        tell(_("  password {password}   code {code}", password=account["password"], code=code))
    for account in accounts:
        if account.get("first_sign_in"):
            tell()
            tell(_("First sign-in: {name}", name=account["name"]))
            tell(f"  ssh -p {port} {account['login']}@{HOST}")
            tell(
                _("  activation code as password {code}, code empty", code=account.get("activation_code", ""))
            )
    tell()
    tell(
        _(
            "Everyone else is in {file}. A new code: run `mingce demo` again.",
            file=str(home.folder / ACCOUNTS),
        )
    )
    tell()
