"""Accounts: making, shutting off, and the roles they hold. Resets are `accounts.resets`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from peewee import chunked

from db.desk.accounts.account_notices import tell_owner, tell_supervisors
from db.desk.accounts.account_views import AccountRow, BookOfAccounts, SignedInView, WithoutAccount, rows_of
from db.desk.accounts.activations import note_code, outstanding_code, void_code
from db.desk.accounts.appointing import check_deputy_left, check_no_pupil, check_vacant
from db.desk.accounts.charge import (
    AT_ONCE,
    account_looked_after,
    covers_unit,
    granting_holdings,
    page_of_accounts,
    reached_from,
    require_holdings,
    technical_holdings,
    without_account,
)
from db.desk.accounts.granting import account_asked_for, grant_role, may_ask_for, revoke_grant
from db.desk.accounts.new_accounts import check_still_here, end_of, new_account, problems_of_grant
from db.desk.accounts.tokens import end_tokens
from db.desk.authority.permissions import books_of, policy_of
from db.desk.authority.terms import is_host, is_powerful, takes_two
from db.desk.frame import OperationGroup, operation
from db.desk.notation.page import Page
from db.desk.notation.values import clean
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.independence import person_number
from db.language import _
from db.store import clock
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Account, Book, Entry, FailureCount, Grant, Person, SignInSession

LONGEST_ANNOUNCEMENT = 200
ENDED = "ended"
"""How a session ended that somebody else ended (`SignInSession.ended_how`)."""
MOST_ENDINGS = 5
"""So often may sessions of one account be ended within a day: more would shut its owner out for as long as
somebody goes on, with nothing that could be taken back."""


class Accounts(OperationGroup):
    """Operations on accounts, for those who look after them (`db.desk.accounts.charge`)."""

    @operation("accounts.books", label=_("list directories with accounts"), recorded=False, power=LOOKS)
    def books(self) -> tuple[BookOfAccounts, ...]:
        """Return the books in which the actor looks after accounts; none for everybody else."""
        held = {
            one.book for one in self.permissions.holdings if technical_holdings(self.permissions, one.book)
        }
        rows = Book.select().where(Book.id.in_(held)).order_by(Book.sort, Book.id)
        return tuple(
            BookOfAccounts(row.id, row.title, bool(granting_holdings(self.permissions, row.id)))
            for row in rows
        )

    @operation("accounts.page", label=_("list accounts"), recorded=True, power=LOOKS)
    def page(self, book: str, offset: int, limit: int | None, text: str = "") -> Page[AccountRow]:
        """Return up to ``limit`` accounts of ``book`` (None: all) that the actor looks after or gives roles
        to, in the order of lists; ``text`` narrows by login or name. A negative ``offset`` counts from the
        end. Raises Refused."""
        holdings = technical_holdings(self.permissions, book) or granting_holdings(self.permissions, book)
        require_holdings(self.permissions, holdings, book)
        self.act.note_facts(book=book)
        narrowed: Any = None
        if text:
            named = Person.select(Person.id).where(Person.name.contains(text))
            found = Account.login.contains(text) | Account.person.in_(named)
            narrowed = Account.id.in_(Account.select(Account.id).where(found))
        page = page_of_accounts(holdings, book, offset, limit, narrowed)
        parts = (rows_of(part, book) for part in chunked(page, AT_ONCE))
        return Page.of((row for part in parts for row in part), page.total)

    @operation("accounts.lacking", label=_("list people without an account"), recorded=True, power=LOOKS)
    def lacking(self, book: str, offset: int, limit: int | None, text: str = "") -> Page[WithoutAccount]:
        """Return up to ``limit`` colleagues in ``book`` (None: all) who have no account and for whom the
        actor may make one, in the order of lists; ``text`` narrows by name. A negative ``offset`` counts from
        the end. Raises Refused."""
        holdings = technical_holdings(self.permissions, book)
        require_holdings(self.permissions, holdings, book)
        self.act.note_facts(book=book)
        rows = without_account(holdings, book)
        if text:
            rows = rows.where(Entry.name.contains(text))
        total = rows.count() if offset < 0 else None
        begins = offset if total is None else max(total + offset, 0)
        cut = rows.offset(begins).limit(limit)
        return Page.of((WithoutAccount(row.id, row.name, row.unit.name) for row in cut), total)

    @operation(
        "accounts.create",
        label=_("create an account"),
        recorded=True,
        power=power_over(
            Moves.ACCOUNT, Moves.CODE, Moves.GIVEN, Moves.DUTY, way=Way.TOLD, undo="accounts.disable"
        ),
    )
    def create(self, entry: int, login: str, activation: str, until: str) -> int:
        """Lock ``entry``, create an invited account for its person and return its number; notices that waited
        for the person are delivered. ``activation`` is the digest of a code that is valid ``until`` then
        (stored text). For an employee the record says that the actor gave the code out. For a person with an
        office the code is deleted again: theirs comes in two halves (`accounts.resets`). On the host's word
        it stays, and the owner and the supervisors are told. Raises Invalid for a person who has an account
        or a login that is unfit or taken; Refused for an entry whose accounts the actor does not look
        after."""
        wanted = Entry.select().where((Entry.id == entry) & (Entry.state == "active"))
        row = for_update(wanted).get_or_none()  # so that nobody else makes them one meanwhile
        if row is None or not covers_unit(
            technical_holdings(self.permissions, row.book_id), row.book_id, row.unit_id
        ):
            raise Refused(
                _("There is no such entry among those whose accounts you look after."),
                SILENT,
                _("Look the person up in the directory."),
            )
        if Account.get_or_none(Account.person == row.person_id) is not None:
            raise Invalid(Problem("entry", _("This person has an account already.")))
        made = new_account(login, row.person_id, activation, until)
        self._give_out(Account.get_by_id(made), row.book_id)
        self.act.note_facts(book=row.book_id, unit=row.unit_id, entry=row.id, account=made, login=login)
        return made

    @operation(
        "accounts.issue_activation",
        label=_("issue an activation code"),
        recorded=True,
        power=power_over(Moves.CODE, way=Way.TOLD, undo="accounts.disable"),
    )
    def issue_activation(self, account: int, activation: str, until: str) -> None:
        """Replace the activation code of an employee's account that was never enrolled, and record the actor
        as who gave it out. The host may do so for any account; of one with an office the owner and the
        supervisors are told. Raises Invalid for an enrolled account, Refused for one that takes two
        people."""
        row, book = account_looked_after(self.act, account)
        if row.state != "invited":
            raise Invalid(Problem("account", _("This account is enrolled. Ask for a reset instead.")))
        if takes_two(row) and not self._is_host:
            raise Refused(
                _("Accounts with a role need two activators from different offices."),
                policy_of(book).reset.clause,
                _("Ask for a reset; a second office vouches, and each of you gets one half of the code."),
            )
        _activate(row, activation, until)
        self._give_out(row, book)
        self.act.note_facts(book=book, account=row.id)

    @operation(
        "accounts.break_glass",
        label=_("break the glass: reset on the host's word alone"),
        recorded=True,
        # it tells owner and supervisors by itself, until one of them acknowledges it
        power=power_over(Moves.CODE, undo="accounts.disable"),
    )
    def break_glass(self, account: int, activation: str, until: str) -> None:
        """Give an account a whole code that works at once, on the host's word alone; an earlier code is void.
        Tells the owner, and everybody who supervises until one of them acknowledges it. Raises Refused for
        anyone but the host's operator, Invalid for a disabled account."""
        row, book = account_looked_after(self.act, account)
        clause = policy_of(book).reset.clause
        self.act.note_facts(book=book, account=row.id, clause=clause)
        if not self._is_host:
            raise Refused(
                _("Nobody resets a sign-in alone: a second office vouches."),
                clause,
                _("Ask for a reset: `ask reset whom=LOGIN`."),
            )
        if row.state == "disabled":
            raise Invalid(Problem("account", _("This account is disabled. Enable it first.")))
        _activate(row, activation, until)
        self._break_glass(row, book)

    @operation(
        "accounts.disable",
        label=_("disable an account"),
        recorded=True,
        power=power_over(Moves.ACCOUNT, Moves.CODE, way=Way.TOLD, undo="accounts.enable"),
    )
    def disable(self, account: int) -> tuple[int, ...]:
        """Disable an account, void its code, end its tokens and its sessions; return the sessions' numbers.
        Its owner and the watchers are notified. Its roles are kept for `enable`. Raises Refused for an
        account that the actor does not look after."""
        row, book = account_looked_after(self.act, account)
        void_code(row.id, self.permissions.account)
        Account.update(state="disabled", activation=None, activation_until=None).where(
            Account.id == row.id
        ).execute()
        end_tokens(row.id)
        ended = _end_sessions(row.id, "disabled")
        self.act.note_facts(book=book, account=row.id, sessions=ended)
        return tuple(ended)

    @operation(
        "accounts.end_sessions",
        label=_("end an account's sessions"),
        recorded=True,
        power=power_over(Moves.ACCOUNT, way=Way.TOLD),
    )
    def end_sessions(self, account: int, only: int | None = None) -> tuple[int, ...]:
        """End the running sessions of an account, or ``only`` that one, and return their numbers; the account
        stays enabled. Notifies its user and the watchers. Raises Refused for an account that the actor does
        not look after, and, except from the host, for the sixth time within a day: from then on it has to be
        disabled, which others can take back."""
        row, book = account_looked_after(self.act, account)
        if not self._is_host and _endings_lately(row.id) >= MOST_ENDINGS:
            raise Refused(
                _("Sessions of this account were ended {count} times within a day.", count=MOST_ENDINGS),
                SILENT,
                _("If somebody else uses it, disable it; whoever is told of that can take it back."),
            )
        ended = _end_sessions(row.id, ENDED, only)
        self.act.note_facts(book=book, account=row.id, sessions=ended)
        return tuple(ended)

    @operation("accounts.inside", label=_("list who is signed in"), recorded=True, power=LOOKS)
    def inside(self, *books: str) -> tuple[SignedInView, ...]:
        """Return who of ``books`` is signed in now, of those whose accounts the actor looks after, by
        session. Raises Refused where one of the books is not theirs to look after."""
        reached = []
        for book in books:
            holdings = technical_holdings(self.permissions, book)
            require_holdings(self.permissions, holdings, book)
            reached.append(reached_from(holdings, book))
        if len(books) == 1:
            self.act.note_facts(book=books[0])
        else:
            self.act.note_facts(books=list(books))
        rows = (
            SignInSession.select(SignInSession, Account)
            .join(Account)
            .where(SignInSession.ended_at.is_null() & reduce(or_, reached))
            .order_by(SignInSession.id)
        )
        return tuple(
            SignedInView(row.id, row.account.login, row.source, row.front, row.server, row.started_at)
            for row in rows
        )

    @operation("accounts.announce", label=_("announce on all screens"), recorded=True, power=LOOKS)
    def announce(self, book: str, text: str) -> str:
        """Record what is announced to everybody inside, and return the text as it is shown; the caller shows
        it. Raises Refused for anyone but the system administrators of the whole of ``book``, Invalid for no
        text or one that is too long."""
        holdings = self.permissions.own_holdings("admin", book)
        if not holdings or not covers_unit(holdings, book, None):
            raise Refused(
                _("System administrators announce on all screens."), SILENT, _("Ask a system administrator.")
            )
        said = clean(text)
        if not said or len(said) > LONGEST_ANNOUNCEMENT:
            problem = _("Write 1 to {most} characters.", most=LONGEST_ANNOUNCEMENT)
            raise Invalid(Problem("text", problem))
        self.act.note_facts(book=book, what=said)
        return said

    @operation(
        "accounts.enable",
        label=_("enable an account"),
        recorded=True,
        power=power_over(Moves.ACCOUNT, way=Way.TOLD, undo="accounts.disable"),
    )
    def enable(self, account: int) -> None:
        """Enable a disabled account, with its roles; its owner and the watchers are notified. An account that
        was never enrolled is invited again and needs a new code; one that was reset meanwhile is enrolled by
        the code of the reset. Raises Invalid for an account that is not disabled, Refused for one that the
        actor does not look after."""
        row, book = account_looked_after(self.act, account)
        if row.state != "disabled":
            raise Invalid(Problem("account", _("This account is not disabled.")))
        anew = outstanding_code(row.id)
        state = "active" if row.password is not None and anew is None else "invited"
        Account.update(state=state).where(Account.id == row.id).execute()
        self.act.note_facts(book=book, account=row.id)

    @operation(
        "accounts.lift_delays",
        label=_("forget an account's failed sign-ins"),
        recorded=True,
        power=power_over(Moves.CODE, way=Way.TOLD),
    )
    def lift_delays(self, account: int, subjects: Sequence[str], begins: str, step: int) -> int:
        """Delete the counts of failed sign-ins of ``subjects`` and of those that begin with ``begins``, and
        return how many there were. Has the account's one-time codes later than the time step ``step`` count
        as unused again. Notifies the watchers, and its user where codes count again. Raises Refused for
        anyone but the host's operator."""
        row, book = account_looked_after(self.act, account)
        if not self._is_host:
            raise Refused(
                _("Only the host's operator forgets what was failed in somebody's name."),
                policy_of(book).reset.clause,
                _("Failures cost time and shut nobody out; a recovery code is good from anywhere."),
            )
        counts = FailureCount.subject.in_(subjects) | FailureCount.subject.startswith(begins)
        lifted = int(FailureCount.delete().where(counts).execute())
        Account.update(totp_step=step).where((Account.id == row.id) & (Account.totp_step > step)).execute()
        self.act.note_facts(book=book, account=row.id, count=lifted)
        return lifted

    @operation(
        "accounts.grant",
        label=_("give a role"),
        recorded=True,
        power=power_over(Moves.ROLE, Moves.CODE, way=Way.TWO, undo="accounts.revoke", flow="right"),
    )
    def grant(self, account: int, book: str, role: str, unit: int | None, until: date | None) -> int:
        """Grant ``role`` in ``book``, from ``unit`` down (None: throughout), up to and with the day ``until``
        (None: for good), and return the grant's number. Voids an outstanding code, unless the host gave it
        out, and notifies the owner and the watchers. May be asked for by the owner, a head above them, and
        those who give roles. Raises Invalid for a role, unit or day that is unfit; Refused for any other
        actor, for an office that is held, for a pupil, and for a person whose last day is over."""
        row = account_asked_for(self.permissions, account, book, unit)
        problems = problems_of_grant(book, role, unit, until)
        if problems:
            raise Invalid(*problems)
        check_still_here(row.person_id, book)
        check_vacant(book, role, person_number(row.id))
        check_no_pupil(policy_of(book), role, person_number(row.id))
        clause, by = policy_of(book).rights.clause, self.permissions.account
        second, alone = self.act.agreed_by, self.act.is_alone
        made = grant_role(
            row, role, book, unit, end_of(until), by=by, clause=clause, alone=alone, second=second
        )
        self.act.note_facts(book=book, unit=unit, clause=clause, account=row.id, role=role)
        return made

    @operation(
        "accounts.revoke",
        label=_("take a role back"),
        recorded=True,
        power=power_over(Moves.ROLE, way=Way.TWO, flow="right"),
    )
    def revoke(self, grant: int) -> None:
        """Withdraw a granted role as of now, and tell the owner and the watchers; the very next operation is
        without it. Raises Refused for a right that the actor does not give, for an office (a request ends
        that), and for the last deputy of a book."""
        row = Grant.get_or_none(Grant.id == grant)
        if row is None or row.book_id is None or not self._may_take(row, row.book_id):
            raise Refused(
                _("There is no such right among those you give."),
                SILENT,
                _("Ask the maintainer of the directory."),
            )
        clause = policy_of(row.book_id).rights.clause
        if row.revoked_at is not None:
            raise Refused(_("This role was taken back already."), clause, _("Nothing is left for you to do."))
        if row.account_id is None:
            raise Refused(
                _("This is an office, from which somebody is relieved by a request."),
                clause,
                _("Submit it from the list of offices (x there)."),
            )
        check_deputy_left(row)
        revoke_grant(row, by=self.permissions.account, clause=clause)
        self.act.note_facts(
            book=row.book_id, unit=row.unit_id, clause=clause, account=row.account_id, role=row.role
        )

    def _may_take(self, grant: Grant, book: str) -> bool:
        """Return whether the actor may ask for a grant back; of one without an account, its givers may."""
        if grant.account is None:
            return covers_unit(granting_holdings(self.permissions, book), book, grant.unit_id)
        return may_ask_for(self.permissions, grant.account, book, grant.unit_id)

    def _give_out(self, row: Account, book: str) -> None:
        """Record the actor as who gave out the new code of ``row``. For an account that takes two people
        delete the code instead; for the host's operator keep it, and notify the owner and the supervisors."""
        if not is_powerful(row.id):
            note_code(row.id, self.permissions.account, "invitation")
        elif self._is_host:
            self._break_glass(row, book)
        else:
            Account.update(activation=None, activation_until=None).where(Account.id == row.id).execute()

    def _break_glass(self, row: Account, book: str) -> None:
        clause, by = policy_of(book).reset.clause, {"by": self.act.actor.source}
        self.act.places = tuple(one for one in books_of(row.id) if one != book)
        note_code(row.id, self.permissions.account, "host")
        tell_owner(row, "glass-broken", clause, detail=by)
        tell_supervisors(row, "glass-broken", clause, detail=by, acknowledge=True)

    @property
    def _is_host(self) -> bool:
        return is_host(self.act.actor)


def _activate(account: Account, digest: str, until: str) -> None:
    bound = Account.code_of(account.id, "activation", digest)
    Account.update(activation=bound, activation_until=until).where(Account.id == account.id).execute()


def _endings_lately(account: int) -> int:
    """Count how often somebody else ended sessions of ``account`` within the last day."""
    since = clock.stamp(clock.utcnow() - timedelta(days=1))
    ended = (SignInSession.account == account) & (SignInSession.ended_how == ENDED)
    return int(
        SignInSession.select(SignInSession.ended_at)
        .where(ended, SignInSession.ended_at > since)
        .distinct()
        .count()
    )


def _end_sessions(account: int, how: str, only: int | None = None) -> list[int]:
    running = (SignInSession.account == account) & SignInSession.ended_at.is_null()
    if only is not None:
        running &= SignInSession.id == only
    ended = [row.id for row in SignInSession.select(SignInSession.id).where(running)]
    SignInSession.update(ended_at=clock.now(), ended_how=how).where(running).execute()
    return ended
