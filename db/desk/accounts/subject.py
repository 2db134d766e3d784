"""Accounts: making, shutting off, resetting, and the roles they hold."""

from __future__ import annotations

from datetime import date

from db.desk.accounts.charge import (
    accounts_of,
    covers,
    entry_of,
    giving_roles,
    looked_after,
    not_on_oneself,
    require,
    technical,
    without_account,
)
from db.desk.accounts.making import end_of, new_account, problems_of_grant
from db.desk.accounts.telling import tell_owner
from db.desk.accounts.views import AccountRow, BookOfAccounts, Inside, WithoutAccount, row_of
from db.desk.frame import Subject, operation
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.standing import books_of, policy_of
from db.desk.values import clean
from db.language import Label, _
from db.store import clock
from db.store.tables import Account, Book, Entry, Grant, Person, SignInSession

LONGEST_ANNOUNCEMENT = 200


class Accounts(Subject):
    """Operations on accounts, for those who look after them (`db.desk.accounts.charge`)."""

    @operation("accounts.books", recorded=False)
    def books(self) -> tuple[BookOfAccounts, ...]:
        """Books in which the actor looks after accounts; none for everybody else."""
        held = {one.book for one in self.standing.holdings if technical(self.standing, one.book)}
        rows = Book.select().where(Book.id.in_(held)).order_by(Book.sort, Book.id)
        return tuple(BookOfAccounts(row.id, Label(row.title_zh, row.title_en)) for row in rows)

    @operation("accounts.page", recorded=True)
    def page(self, book: str, offset: int, limit: int, text: str = "") -> tuple[AccountRow, ...]:
        """Accounts of ``book`` that the actor looks after, in the order of lists; only those with ``text``
        in the login or the name, where one is given."""
        holdings = technical(self.standing, book) or giving_roles(self.standing, book)
        require(self.standing, holdings, book)
        self.act.note(book=book)
        rows = accounts_of(holdings, book)
        if text:
            named = Person.select(Person.id).where(Person.name.contains(text))
            rows = rows.where(Account.login.contains(text) | Account.person.in_(named))
        found = rows.offset(offset).limit(limit)
        return tuple(row_of(account, book, entry_of(account, book)) for account in found)

    @operation("accounts.lacking", recorded=True)
    def lacking(self, book: str, offset: int, limit: int, text: str = "") -> tuple[WithoutAccount, ...]:
        """Colleagues in ``book`` for whom the actor may make an account and who have none yet, in the order
        of lists; only those with ``text`` in the name, where one is given."""
        holdings = technical(self.standing, book)
        require(self.standing, holdings, book)
        self.act.note(book=book)
        rows = without_account(holdings, book)
        if text:
            rows = rows.where(Entry.name.contains(text))
        return tuple(
            WithoutAccount(row.id, row.name, row.unit.name) for row in rows.offset(offset).limit(limit)
        )

    @operation("accounts.create", recorded=True)
    def create(self, entry: int, login: str, activation: str, until: str) -> int:
        """An invited account for the person of ``entry``; its number. ``activation`` is the digest
        of a code that is valid ``until`` then (stored text). Raises Invalid."""
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        if row is None or not covers(technical(self.standing, row.book_id), row.book_id, row.unit_id):
            raise Refused(
                _("There is no such entry among those whose accounts you look after."),
                SILENT,
                _("Look the person up in the directory."),
            )
        if Account.get_or_none(Account.person == row.person_id) is not None:
            raise Invalid(Problem("entry", _("This person has an account already.")))
        made = new_account(login, row.person_id, activation, until)
        self.act.note(book=row.book_id, unit=row.unit_id, entry=row.id, account=made, login=login)
        return made

    @operation("accounts.issue_activation", recorded=True)
    def issue_activation(self, account: int, activation: str, until: str) -> None:
        """A new activation code for an account that was never enrolled. Raises Invalid."""
        row, book = looked_after(self.standing, account)
        if row.state != "invited":
            raise Invalid(Problem("account", _("This account is enrolled. Start a reset instead.")))
        _activate(row, activation, until)
        self.act.note(book=book, account=row.id)

    @operation("accounts.start_reset", recorded=True)
    def start_reset(self, account: int, activation: str, until: str) -> None:
        """Let the owner enrol anew by an activation code. Until then everything stays as it is; the
        owner is told, and chooses the new password alone. Raises Invalid."""
        row, book = looked_after(self.standing, account)
        if row.state != "active":
            raise Invalid(Problem("account", _("Only an account that is in use can be reset.")))
        _activate(row, activation, until)
        tell_owner(row, "account-reset", policy_of(book).maintainer.clause)
        self.act.note(book=book, account=row.id)

    @operation("accounts.disable", recorded=True)
    def disable(self, account: int) -> tuple[int, ...]:
        """Shut an account off; its sessions, whose numbers these are, end."""
        row, book = looked_after(self.standing, account)
        Account.update(state="disabled", activation=None, activation_until=None).where(
            Account.id == row.id
        ).execute()
        ended = _end_sessions(row.id, "disabled")
        self.act.note(book=book, account=row.id, sessions=ended)
        return tuple(ended)

    @operation("accounts.end_sessions", recorded=True)
    def end_sessions(self, account: int, only: int | None = None) -> tuple[int, ...]:
        """End an account's sessions, wherever its owner is signed in, or ``only`` one of them; the account
        stays in use. Their numbers."""
        row, book = looked_after(self.standing, account)
        ended = _end_sessions(row.id, "ended", only)
        self.act.note(book=book, account=row.id, sessions=ended)
        return tuple(ended)

    @operation("accounts.inside", recorded=True)
    def inside(self, book: str) -> tuple[Inside, ...]:
        """Who of ``book`` is signed in now, of those whose accounts the actor looks after, by session."""
        holdings = technical(self.standing, book)
        require(self.standing, holdings, book)
        self.act.note(book=book)
        reached = accounts_of(holdings, book).select(Account.id)
        rows = (
            SignInSession.select(SignInSession, Account)
            .join(Account)
            .where(SignInSession.ended_at.is_null() & SignInSession.account.in_(reached))
            .order_by(SignInSession.id)
        )
        return tuple(
            Inside(row.id, row.account.login, row.source, row.front, row.server, row.started_at)
            for row in rows
        )

    @operation("accounts.announce", recorded=True)
    def announce(self, book: str, text: str) -> str:
        """Put on record what is announced to everybody inside; the text as it is shown. For the system
        administrators of the whole of ``book``. Raises Invalid."""
        holdings = self.standing.held("admin", book)
        if not holdings or not covers(holdings, book, None):
            clause = policy_of(book).maintainer.clause if self.standing.roles(book) else SILENT
            raise Refused(
                _("System administrators announce on all screens."), clause, _("Ask a system administrator.")
            )
        said = clean(text)
        if not said or len(said) > LONGEST_ANNOUNCEMENT:
            problem = _("Write 1 to {most} characters.", most=LONGEST_ANNOUNCEMENT)
            raise Invalid(Problem("text", problem))
        self.act.note(book=book, what=said)
        return said

    @operation("accounts.enable", recorded=True)
    def enable(self, account: int) -> None:
        """Open an account again, as it was. One that was never enrolled needs a new activation code."""
        row, book = looked_after(self.standing, account)
        if row.state != "disabled":
            raise Invalid(Problem("account", _("This account is not disabled.")))
        state = "active" if row.password is not None else "invited"
        Account.update(state=state).where(Account.id == row.id).execute()
        self.act.note(book=book, account=row.id)

    @operation("accounts.grant", recorded=True)
    def grant(self, account: int, book: str, role: str, unit: int | None, until: date | None) -> int:
        """Give ``role`` in ``book``, from ``unit`` down (None: throughout), up to and with the day
        ``until`` (None: for good); the grant's number. Raises Invalid."""
        holdings = giving_roles(self.standing, book)
        require(self.standing, holdings, book)
        policy = policy_of(book)
        row = Account.get_or_none(Account.id == account)
        if row is None or book not in books_of(row.id) or not covers(holdings, book, unit):
            raise Refused(
                _("There is no such account or unit in this directory."),
                SILENT,
                _("Look the person up in the directory."),
            )
        if row.id == self.standing.account:
            raise not_on_oneself(policy.rights.clause)
        problems = problems_of_grant(book, role, unit, until)
        if problems:
            raise Invalid(*problems)
        made = Grant.create(
            account=row,
            role=role,
            book=book,
            unit=unit,
            granted_by=self.standing.account,
            granted_at=clock.now(),
            until=end_of(until),
        )
        self.act.note(book=book, unit=unit, clause=policy.rights.clause, account=row.id, role=role)
        return int(made.id)

    @operation("accounts.revoke", recorded=True)
    def revoke(self, grant: int) -> None:
        """Take a granted role back; it no longer holds for the very next operation."""
        row = Grant.get_or_none((Grant.id == grant) & Grant.revoked_at.is_null())
        if (
            row is None
            or row.book_id is None
            or not covers(giving_roles(self.standing, row.book_id), row.book_id, row.unit_id)
        ):
            raise Refused(
                _("There is no such right among those you give."),
                SILENT,
                _("Ask the maintainer of the directory."),
            )
        Grant.update(revoked_at=clock.now()).where(Grant.id == row.id).execute()
        clause = policy_of(row.book_id).rights.clause
        self.act.note(book=row.book_id, clause=clause, account=row.account_id, role=row.role)


def _activate(account: Account, digest: str, until: str) -> None:
    bound = Account.code_of(account.id, "activation", digest)
    Account.update(activation=bound, activation_until=until).where(Account.id == account.id).execute()


def _end_sessions(account: int, how: str, only: int | None = None) -> list[int]:
    running = (SignInSession.account == account) & SignInSession.ended_at.is_null()
    if only is not None:
        running &= SignInSession.id == only
    ended = [row.id for row in SignInSession.select(SignInSession.id).where(running)]
    SignInSession.update(ended_at=clock.now(), ended_how=how).where(running).execute()
    return ended
