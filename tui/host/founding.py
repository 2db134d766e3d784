"""What an installation begins with: a book, a unit, accounts that its regulations ask for, the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auth.provision import invite_from_host
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of, root_of
from db.desk.authority.putting_on_record import put_text
from db.desk.entry import record
from db.desk.entry.units import check_names, create_book, create_unit
from db.language import Label, _, listed
from db.policy.compose import compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin, load
from db.store import clock
from db.store.tables import Entry, Grant, Person
from db.store.transactions import writing
from tui.host.language import LANGUAGE
from tui.host.operator import acting, found_operator
from tui.host.shell import WRONG_USAGE, CommandFailure, is_agreed, is_interactive, tell

PUPIL = "student"
"""The kind of entry that nobody who founds a book is of."""


@dataclass(frozen=True, slots=True)
class Founded:
    """Who signs in first. The activation code is shown once and kept nowhere."""

    login: str
    code: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account in the first book beside who looks after it, and no entry."""

    role: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Founding:
    """The first book, the person who looks after it, and who is needed beside."""

    book: str
    title: str
    organisation: str
    policies: tuple[str, ...]
    login: str
    name: str
    unit: str
    decisions: Mapping[str, object] = field(default_factory=dict)
    colleagues: tuple[Colleague, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    """The texts of those of the regulations that don't come with mingce, by id."""

    def policy(self) -> EffectivePolicy:
        """Return the effective policy that the book will have. Stores nothing. Raises CommandFailure for an
        unknown regulation, PolicyError for rules that don't go together."""
        known = {**builtin(), **{name: load(text) for name, text in self.own.items()}}
        for name in self.policies:
            if name not in known:
                raise CommandFailure(
                    _("There is no regulation {name}.", name=name),
                    _(
                        "Known are: {names}. A file of your own is named by its path: ./NAME.toml.",
                        names=listed(sorted(known)),
                    ),
                    WRONG_USAGE,
                )
        return compose(self.book, [known[name] for name in self.policies], self.decisions)

    def accept_undertakings(self, accepted: bool) -> None:
        """Show the book's undertakings and ask the operator to accept them (A.17), unless ``accepted``.
        Raises CommandFailure if not. Stores nothing."""
        for rule in self.policy().undertakings:
            if accepted:
                continue
            tell(rule.text)
            if not (is_interactive() and is_agreed(_("Do you, as the host's operator, accept it?"))):
                raise CommandFailure(
                    _("The undertaking of confidentiality must be accepted ({clause}).", clause=rule.clause),
                    _("Read it above, then run the command again with --accept."),
                )

    def found_organisation(self) -> tuple[Founded, ...]:
        """Create operator, regulations, book and the first accounts in the open, empty store, in one
        transaction, and accept the undertakings as the operator. Return their logins and activation codes,
        the book's maintainer first."""
        with writing():
            operator = found_operator()
            for text in self.own.values():
                regulation = load(text)
                put_text(text, regulation, regulation.file.effective.isoformat(), account=operator)
            create_book(
                self.book,
                Label(self.title, self.title),
                self.policies,
                root=Label(self.organisation, self.organisation),
                decisions=self.decisions,
            )
            policy = policy_of(self.book)
            made = [self._account(operator, self._person(policy), policy.maintainer.role, self.login)]
            for one in self.colleagues:
                check_names(one.name, book=self.book)
                made.append(self._account(operator, Person.create(name=one.name).id, one.role, one.login))
        with acting(accept=True, told=True):
            pass
        return tuple(made)

    def _account(self, operator: int, person: int, role: str, login: str) -> Founded:
        account, code = invite_from_host(login, person)
        Grant.create(account=account, role=role, book=self.book, granted_by=operator, granted_at=clock.now())
        return Founded(login, code)

    def _person(self, policy: EffectivePolicy) -> int:
        """Create the founder's unit, and their entry at its head; in a book of pupils alone, only the person,
        as a teacher has no entry there (D.2.1). Return the person."""
        unit = create_unit(self.book, self.unit, root_of(self.book))
        check_names(self.name, book=self.book)
        kinds = [rule.id for rule in policy.kinds if rule.side == "internal" and rule.id != PUPIL]
        if not kinds:
            return int(Person.create(name=self.name).id)
        role = policy.role(policy.maintainer.role).label
        values = {"name": (self.name,), "position": (role.zh if LANGUAGE == "zh_CN" else role.en,)}
        entry = record.create_entry(self.book, unit, kinds[0], values, source="init")
        set_head(unit, entry)
        return int(Entry.get_by_id(entry).person_id)
