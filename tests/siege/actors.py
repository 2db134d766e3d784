"""The attacker: one person, with two accomplices who hold nothing, and every account, entry and unit that
came to be through them. Whoever is not among these is independent.

The product is not asked: it may take an account that somebody made for another person's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from db.store.engine import database
from tests.siege.stage import Stage
from tests.siege.willing import books_of, staff_of

PLAIN = frozenset({"employee", "member", "student"})


@dataclass(frozen=True, slots=True)
class Holder:
    """An account of the stage that stands for everybody who holds the same in the same book."""

    login: str
    book: str
    role: str
    beside: tuple[str, ...] = ()
    """Logins of those of other offices who act together with them."""

    def __str__(self) -> str:
        return f"{self.role} of {self.book} ({' and '.join((self.login, *self.beside))})"


TOGETHER = (
    Holder("liuyang", "staff", "hr", ("chenjing",)), Holder("liuyang", "group", "hr", ("songjia",)),
    Holder("liuyang", "staff", "hr", ("guotao",)), Holder("helei", "group", "security", ("huangbo",)),
    Holder("fuhr", "secured", "hr", ("shibu",)), Holder("fangmin", "subsidiary", "hr", ("gaoshan",)),
    Holder("yanlaoshi", "class", "teacher", ("jiaowuchu",)), Holder("panan", "safety", "safety", ("niuer",)),
    Holder("fengdir", "controlled", "director", ("taojs",)), Holder("huanghr", "wecom", "hr", ("caiming",)),
    Holder("gaoceo", "combined", "chief-executive", ("tianhr",)),
    Holder("jinhr", "general", "hr", ("dubei",)),
)  # fmt: skip
"""Two of different offices together: of human resources and heads, some of them in two books, of those who
keep machines and those who watch. What takes two they may do; nobody else may be passed over by it."""


def holders(stage: Stage) -> tuple[Holder, ...]:
    """One account for every role in every book, employees without any among them."""
    rows = _fetch(
        'SELECT a.login, g.book_id, g.role FROM account a JOIN "grant" g '
        "ON g.account_id = a.id OR g.person_id = a.person_id "
        "WHERE g.revoked_at IS NULL AND a.state = 'active' AND g.book_id IS NOT NULL "
        "ORDER BY g.book_id, g.role, a.id"
    )
    rows += [
        (login, book, "employee")
        for login, book in _fetch(
            "SELECT a.login, e.book_id FROM account a JOIN entry e ON e.person_id = a.person_id "
            "WHERE e.state = 'active' AND a.state = 'active' "
            'AND NOT EXISTS (SELECT 1 FROM "grant" g WHERE g.book_id = e.book_id '
            "AND (g.account_id = a.id OR g.person_id = a.person_id)) ORDER BY e.book_id, a.id"
        )
    ]
    found: dict[tuple[str, str], Holder] = {}
    for login, book, role in rows:
        found.setdefault((book, role), Holder(login, book, role))
    return tuple(found[one] for one in sorted(found))


def everybody(stage: Stage) -> tuple[Holder, ...]:
    """Each account of the stage, in the first book in which it holds or has anything."""
    found: dict[str, Holder] = {}
    for book in books_of(stage.world):
        for login in staff_of(stage.world, book):
            found.setdefault(login, Holder(login, book, "anybody"))
    return tuple(found[login] for login in sorted(found))


@dataclass
class Gang:
    """The attacker and whoever is theirs. ``behind`` says for each account of theirs which person of flesh
    acts by it: the attacker (0) or an accomplice; ``persons`` the same of persons on record."""

    stage: Stage
    holder: Holder
    accomplices: tuple[str, ...]
    behind: dict[int, int] = field(default_factory=dict)
    persons: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: Stage, holder: Holder) -> Gang:
        """The gang of ``holder``: with the last two who hold nothing in the same book, or in any."""
        plain = [
            login for (login,) in _fetch(
                "SELECT a.login FROM account a JOIN entry e ON e.person_id = a.person_id "
                "WHERE e.state = 'active' AND a.state = 'active' AND NOT EXISTS "
                '(SELECT 1 FROM "grant" g WHERE g.account_id = a.id OR g.person_id = a.person_id)'
                f" AND a.login <> {database.param} ORDER BY e.book_id = {database.param} DESC, a.id DESC",
                holder.login, holder.book,
            )
        ]  # fmt: skip
        known = set(stage.world.accounts) - set(holder.beside)
        others = [login for login in dict.fromkeys(plain) if login in known]
        gang = cls(stage, holder, (*holder.beside, *others[: 2 - len(holder.beside)]))
        for number, login in enumerate((holder.login, *gang.accomplices)):
            account = stage.world.accounts[login]
            gang.behind[account] = number
            person = person_of(account)
            if person is not None:
                gang.persons[person] = number
        return gang

    @property
    def accounts(self) -> tuple[int, ...]:
        """Accounts by which they can act."""
        return tuple(self.behind)

    def same(self, one: int, other: int) -> bool:
        """Whether the same person of flesh acts by both accounts."""
        return one == other or (one in self.behind and self.behind[one] == self.behind.get(other))

    def copy(self) -> Gang:
        """One that learns without this one's learning."""
        return Gang(self.stage, self.holder, self.accomplices, dict(self.behind), dict(self.persons))

    def with_account(self, account: int, by: int) -> Gang:
        """This one, with an account by which whoever acts by ``by`` can act from now on."""
        gang = self.copy()
        gang.behind.setdefault(account, self.behind.get(by, 0))
        return gang

    @cached_property
    def books(self) -> tuple[str, ...]:
        """Books in which any of them is on record."""
        marks = ", ".join(map(str, (one for one in self.persons)))
        marks_of_accounts = ", ".join(map(str, self.behind))
        rows = _fetch(
            f"SELECT book_id FROM entry WHERE person_id IN ({marks}) UNION "
            f'SELECT book_id FROM "grant" WHERE account_id IN ({marks_of_accounts}) AND book_id IS NOT NULL'
        )
        return tuple(sorted({self.holder.book, *(book for (book,) in rows)}))

    def watchers(self, book: str, by: int) -> frozenset[int]:
        """Accounts that hold anything at all in ``book`` and are independent of who acts ``by`` an account:
        somebody of these has to be told. Of two offices together nobody can know, so the one watches the
        other."""
        rows = _fetch(
            'SELECT DISTINCT a.id FROM account a JOIN "grant" g '
            "ON g.account_id = a.id OR g.person_id = a.person_id "
            f"WHERE g.book_id = {database.param} AND g.revoked_at IS NULL AND a.state = 'active'",
            book,
        )
        partners = {self.stage.world.accounts[login] for login in self.holder.beside}
        theirs = {one for one in self.behind if one not in partners or self.same(one, by)}
        return frozenset(account for (account,) in rows) - theirs


def person_of(account: int) -> int | None:
    """The person of an account."""
    found = _fetch(f"SELECT person_id FROM account WHERE id = {database.param}", account)
    return found[0][0] if found else None


def accounts_of(persons: Iterable[int]) -> frozenset[int]:
    """Accounts in use of these persons."""
    marks = ", ".join(str(int(one)) for one in persons)
    return (
        frozenset(
            one
            for (one,) in _fetch(f"SELECT id FROM account WHERE person_id IN ({marks}) AND state = 'active'")
        )
        if marks
        else frozenset()
    )


def _fetch(sql: str, *given: object) -> list[tuple]:  # type: ignore[type-arg]
    return list(database.execute_sql(sql, given or None).fetchall())
