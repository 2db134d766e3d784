"""What is done beside the desk: commands of the host by whoever has the service's user, and files in the
state folder.

Whoever has the host has everything, so nothing is forbidden here; it has to be loud. Every operation that
the host's commands do is done as its operator, and those whom it concerns and who watch have to be told as
of anybody else's. A regulation that is edited, added or taken away as a file may not be in force by that.
(Older copies of database and journal put back are `make torture`'s: `tests/torture/damage.py`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auth import sessions
from db.desk import open_desk
from db.desk.authority.standing import policy_of
from db.policy.loader import REGULATIONS
from db.store.tables import Account, Book
from db.store.transactions import writing
from tests.siege.actors import Holder
from tests.siege.oracle import ALONE
from tests.siege.search import every_operation
from tests.siege.stage import Stage
from tests.siege.walking import Tally
from tui.host import operator

OPERATIONS = (
    "accounts.create", "accounts.issue_activation", "accounts.break_glass", "accounts.disable",
    "accounts.enable", "accounts.end_sessions", "accounts.grant", "accounts.revoke", "calendar.add",
    "calendar.take_out",
    "policies.create_book", "importing.load", "backups.put_back", "privacy.erase",
)  # fmt: skip
"""What the host's commands do."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Rules that a file in the state folder changed, with nobody asked and nobody told."""

    book: str
    how: str

    @property
    def key(self) -> tuple[str, ...]:
        """Alike for what is one hole."""
        return ("file", self.how)

    def __str__(self) -> str:
        return f"file: the rules of {self.book} are others by a file {self.how} in the state folder"


def from_the_host(stage: Stage, seed: int, draws: int, tally: Tally) -> None:
    """Every operation of the host's commands by its operator, on people of every book. That one person does
    it is the host's way; that nobody is told is found."""
    with stage.attempt():
        with writing():
            account = operator.found_operator()
        session = operator._operator_session()
        stage.desks[account] = desk = open_desk(sessions.resume(session))
        for due in desk.me.undertakings():
            desk.me.accept(due.policy, due.version)
        login = str(Account.get_by_id(account).login)
        stage.world.accounts[login] = account
        mine = Tally()
        try:
            for book in sorted(row.id for row in Book.select(Book.id)):
                every_operation(stage, seed, draws, mine, [Holder(login, book, "host")], OPERATIONS)
        finally:
            del stage.world.accounts[login], stage.desks[account]
    tally.acts += mine.acts
    tally.by_host.update(mine.reached)
    for key, (find, holder, walk) in mine.found.items():
        if find.rule != ALONE:
            tally.found.setdefault(("host", *key), (find, holder, walk))


def by_a_file(stage: Stage) -> Iterator[Changed]:
    """Regulations edited, added and taken away in the state folder, each held against the rules in force."""
    before = {row.id: policy_of(row.id) for row in Book.select()}
    named = sorted({ref.id for policy in before.values() for ref in policy.policies})
    for name in named:
        shipped = REGULATIONS / f"{name}.toml"
        if not shipped.exists():
            continue
        text = shipped.read_text("utf-8")
        with stage.attempt():
            (stage.home.policies / f"{name}.toml").write_text(text.replace('"masked"', '"shown"'), "utf-8")
            stage.clock.forward(minutes=1)
            for book, policy in before.items():
                if policy_of(book).scopes != policy.scopes:
                    yield Changed(book, "added or edited")
