"""Operations on the rules themselves: reading them, adding a version, making a book."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.desk.accounts.granting import grant_role
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.authority.putting_on_record import (
    hold_rules,
    put_rules_of_book,
    put_shipped,
    put_text,
    withdraw_coming_rules,
)
from db.desk.authority.rules_on_record import (
    regulation_in_force,
    regulation_of,
    regulations_of,
    rules_on_record,
    today_on_record,
)
from db.desk.authority.whom_to_ask import ASK, ask_office
from db.desk.entry.units import check_book_name, create_book
from db.desk.frame import OperationGroup, operation
from db.desk.notifications.alarming import role_accounts
from db.desk.notifications.notices import REVISION
from db.desk.policies.changing import changes_of
from db.desk.policies.documents import document_of
from db.desk.policies.outlook_lines import says_rules, says_version
from db.desk.policies.posted import posted_words
from db.desk.policies.revising import (
    Added,
    announce_version,
    books_under,
    check_day,
    check_known,
    check_version,
    is_founding,
    policies_from,
    read_from_day,
    revision_rule,
    tell_rules,
    tell_withdrawn,
)
from db.desk.policies.rule_views import (
    Coming,
    RegulationDocument,
    Revision,
    RulesView,
    coming_to,
    rules_of,
)
from db.desk.policies.summaries import Lesson, lessons
from db.desk.power.declaration import LOOKS, Asked, Power, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.independence import person_number
from db.desk.requests.putting_off import open_calls
from db.desk.requests.request_views import name_of
from db.desk.requests.submitters import holds_own_role
from db.language import Label, _
from db.policy.compose import compose
from db.policy.effective import EffectivePolicy
from db.policy.loader import digest_of, load
from db.policy.regulation import PolicyError
from db.policy.schema.base import cite
from db.policy.schema.work import NoticeRule
from db.store.moves import Moves
from db.store.tables import Account, Book, BookRules, Notice, NoticeRecipient, RegulationText, Request

ADMIN = "admin"


def _way_of_version(_standing: Permissions, asked: Asked) -> Way:
    """Return TWO for a version of a regulation that a book is under, which binds people, and for a text that
    can't be read; FREE for any other, and before anybody but the founder came in."""
    try:
        regulation = load(asked["text"])
    except PolicyError:
        return Way.TWO
    return _way_of_rules(_standing, asked) if books_under(regulation.id, today_on_record()) else Way.FREE


def _way_of_rules(_standing: Permissions, _asked: Asked) -> Way:
    return Way.FREE if is_founding() else Way.TWO


class Policies(OperationGroup):
    """Operations on regulations and books."""

    @operation("policies.rules", label=_("read the rules of a directory"), recorded=False, power=LOOKS)
    def rules(self, book: str) -> RulesView:
        """Return what is in force over one of the actor's books, with who interprets it and since when (B.8).
        Raises Refused for another book."""
        self.permissions.check_book(book)
        changes = tuple(changes_of(book))
        coming = tuple(
            replace(one, is_yours=not self._withheld(_books_of(one, book), one.id)) for one in coming_to(book)
        )
        return rules_of(book, changes, self._announced(book) if self._oversees(book) else (), coming)

    @operation(
        "policies.summary", label=_("read the rules of a directory in brief"), recorded=False, power=LOOKS
    )
    def summary(self, book: str) -> tuple[Lesson, ...]:
        """Return each rule of one of the actor's books in few words, with what it means for them (F.6.2).
        Raises Refused for another book."""
        self.permissions.check_book(book)
        return lessons(self.permissions, book)

    @operation(
        "policies.add",
        label=_("put a regulation on record"),
        recorded=True,
        power=Power(
            frozenset({Moves.RULE}), _way_of_version, "policies.withdraw", says_version, binds_host=True
        ),
    )
    def add(self, text: str, from_day: str = "") -> Added:
        """Store a regulation, or a new version of one, in force from its own day or a later ``from_day``, and
        announce it by notice to everybody whom it binds (G.9).

        For the system's administrator (the host's operator), or whoever interprets and revises this very
        regulation in every book under it (B.8). Raises PolicyError for a text that can't be used or that
        leaves a book with something to decide; Invalid for a version that is known or lower than one that is,
        and where a book is under it, for a day before tomorrow."""
        regulation = load(text)
        day = read_from_day(from_day, regulation)
        digest = digest_of(text)
        self.act.note_facts(policy=regulation.id, version=regulation.version, digest=digest)
        hold_rules()
        books = books_under(regulation.id, today_on_record())
        self.act.note_facts(book=next(iter(books), None))
        self._check_right(books, regulation.id)
        check_version(regulation, digest)
        others = rules_on_record().versions.get(regulation.id, ())
        check_day(day, (one.from_day for one in others), binds=bool(books) and not is_founding())
        put_text(
            text, regulation, day, account=self.permissions.account, request=self.act.facts.get("request")
        )
        self.act.back = {"regulation": regulation.id, "version": regulation.version}
        rules = self._compose_anew(books, day)
        told = {one for book, rule in rules.items() for one in announce_version(book, regulation, day, rule)}
        self._note_told(rules, told, day)
        return Added(regulation.id, regulation.version, day, tuple(books), len(told))

    @operation(
        "policies.withdraw",
        label=_("withdraw a version that is not in force yet"),
        recorded=True,
        power=power_over(Moves.RULE, way=Way.TOLD),
    )
    def withdraw(self, regulation: str, version: str) -> int:
        """Withdraw a version before its day comes, end its wait for acknowledgements, and notify everybody in
        the books under it; return how many that are. For the actors of `add`. Raises Invalid for one that is
        in force, withdrawn or not known."""
        self.act.note_facts(policy=regulation, version=version)
        hold_rules()
        books = books_under(regulation, today_on_record())
        self.act.note_facts(book=next(iter(books), None))
        self._check_right(books, regulation)
        row = RegulationText.get_or_none(
            (RegulationText.regulation == regulation)
            & (RegulationText.version == version)
            & RegulationText.withdrawn_at.is_null()
        )
        if row is None or row.from_day <= today_on_record():
            for number, asked in open_calls("policies.add", Request.book.in_(books)):
                one = load(asked["text"])
                if (one.id, one.version) == (regulation, version):
                    raise _only_asked_for(number)
            message = _(
                "There is no version {version} of {id} that is still to take effect.",
                version=version,
                id=regulation,
            )
            raise Invalid(Problem("version", message))
        withdraw_coming_rules(RegulationText, row.id, self.permissions.account)
        rules = self._compose_anew(books, row.from_day)
        told: set[int] = set()
        for book, rule in rules.items():
            told |= set(tell_withdrawn(book, regulation_of(row.digest, row.from_day), row.from_day, rule))
        self._note_told(rules, told, row.from_day)
        return len(told)

    @operation(
        "policies.set_rules",
        label=_("put a directory under other regulations"),
        recorded=True,
        power=Power(
            frozenset({Moves.RULE}), _way_of_rules, "policies.withdraw_rules", says_rules, binds_host=True
        ),
    )
    def set_rules(
        self, book: str, policies: Sequence[str], decisions: Mapping[str, object], from_day: str
    ) -> int:
        """Put ``book`` under ``policies``, in order of precedence, with what the organisation decided where
        they differ, from tomorrow or a later ``from_day`` on, and announce its rules by notice; return how
        many people were told. Those that come with the product are put on record.

        For the system's administrator, and whoever interprets the book's regulations. Raises Invalid for a
        regulation that is not on record, for what the book is under already and for a day before tomorrow,
        PolicyError where they leave something to decide."""
        self._check_book(book)
        self.act.note_facts(policies=list(policies))
        day = read_from_day(from_day)
        hold_rules()
        put_shipped(policies)
        known = rules_on_record()
        check_known(policies)
        before, taken = regulations_of(book, day), known.books.get(book, ())
        check_day(day, (one.from_day for one in taken), binds=not is_founding())
        if (before.regulations, before.decided) == (tuple(policies), dict(decisions)):
            raise Invalid(Problem("policies", _("The directory is under these regulations already.")))
        put_rules_of_book(
            book, policies, decisions, day,
            account=self.permissions.account, request=self.act.facts.get("request"),
        )  # fmt: skip
        rules = self._compose_anew([book], day)
        told = set(tell_rules(book, day, rules[book]))
        self._note_told(rules, told, day)
        return len(told)

    @operation(
        "policies.withdraw_rules",
        label=_("withdraw other regulations of a directory before their day"),
        recorded=True,
        power=power_over(Moves.RULE, way=Way.TOLD),
    )
    def withdraw_rules(self, book: str, from_day: str) -> int:
        """Withdraw the rules of ``book`` that are to take effect on ``from_day``, so that it stays under the
        earlier ones, and notify everybody in it; return how many people were told. For the actors of
        `set_rules`. Raises Invalid where nothing is to take effect then."""
        self._check_book(book)
        hold_rules()
        row = (
            BookRules.select()
            .where(
                (BookRules.book == book) & (BookRules.from_day == from_day) & BookRules.withdrawn_at.is_null()
            )
            .order_by(BookRules.id.desc())
            .first()
        )
        if row is None or from_day <= today_on_record():
            for number, asked in open_calls("policies.set_rules", Request.book == book):
                if asked["from_day"] in (from_day, ""):
                    raise _only_asked_for(number)
            message = _("Nothing of {book} is to take effect on {day}.", book=book, day=from_day)
            raise Invalid(Problem("from", message))
        withdraw_coming_rules(BookRules, row.id, self.permissions.account)
        rules = self._compose_anew([book], from_day)
        told = set(tell_rules(book, from_day, rules[book]))
        self._note_told(rules, told, from_day)
        return len(told)

    def _check_book(self, book: str) -> None:
        """Raise Refused for an actor who may not put ``book`` under other regulations; note the book for the
        audit."""
        self.permissions.check_book(book)
        self.act.note_facts(book=book)
        self._check_right([book])

    def _compose_anew(self, books: Sequence[str], day: str) -> dict[str, NoticeRule | None]:
        """Compose the policies of ``books`` from ``day`` on, and return by book the rule on how a revision is
        made known. Add those who would lose the supervisor's role by it to the act's ``ousted``. Raises
        PolicyError where something is left to decide."""
        known = rules_on_record()
        after = {book: policies_from(book, day, known) for book in books}
        for book, policies in after.items():
            now = policy_of(book)
            if any(one.supervisor.role != now.supervisor.role for one in policies):
                self.act.ousted.update(map(person_number, role_accounts(now, now.supervisor.role)))
        return {book: revision_rule((*policies, policy_of(book))) for book, policies in after.items()}

    def _note_told(self, rules: Mapping[str, NoticeRule | None], told: Collection[int], day: str) -> None:
        clauses = [rule.clause for rule in rules.values() if rule is not None]
        self.act.note_facts(
            clause=clauses[0] if clauses else SILENT, told=len(told), effective=day, books=list(rules)
        )

    @operation("policies.revisions", label=_("list revisions"), recorded=False, power=LOOKS)
    def revisions(self, book: str) -> tuple[Revision, ...]:
        """Return announced versions, newest first, with who has not acknowledged them. Raises Refused for
        anyone but keepers and interpreters."""
        policy = self.permissions.check_book(book)
        if not self._oversees(book):
            raise Refused(
                _("This list is not within your right."),
                cite(*(held.clause for held in policy.interpreters)),
                ask_office(policy, tuple(held.role for held in policy.interpreters), ASK),
            )
        return self._announced(book)

    @operation("policies.document", label=_("read a regulation as a document"), recorded=False, power=LOOKS)
    def document(self, book: str, regulation: str, version: str) -> RegulationDocument:
        """Return a version of a regulation over one of the actor's books, in force or to come, with who
        decided it and what it changes there. Raises Refused for any other."""
        found = document_of(book, regulation, version) if book in self.permissions.books else None
        if found is None:
            raise Refused(
                _("There is no such version of a regulation over a directory of yours."),
                SILENT,
                _("`rules` names the regulations of a directory, with their versions."),
            )
        return found

    def _oversees(self, book: str) -> bool:
        """Return whether the actor may know who has acknowledged a revision."""
        policy = policy_of(book)
        interpreters = (held.role for held in policy.interpreters)
        roles = (*policy.keepers, policy.supervisor.role, *interpreters, ADMIN)
        return holds_own_role(self.permissions, policy, roles, root_of(book))

    def _announced(self, book: str) -> tuple[Revision, ...]:
        rows = Notice.select().where((Notice.kind == REVISION) & (Notice.book == book))
        return tuple(_revision(row) for row in rows.order_by(Notice.id.desc()))

    @operation(
        "policies.create_book",
        label=_("make a directory"),
        recorded=True,
        power=power_over(Moves.RULE, Moves.REACH, Moves.GIVEN, Moves.ROLE, Moves.CODE, way=Way.TWO),
    )
    def create_book(
        self,
        book: str,
        policies: Sequence[str],
        *,
        title: Label,
        root: Label,
        decisions: Mapping[str, object],
        maintainer: str,
        deputy: str = "",
    ) -> None:
        """Store a book under ``policies``, and grant its roles to the login of its first maintainer and,
        where one is asked for, of the deputy (D.3), who are notified by notice and mail. Those of the
        policies that come with the product are put on record.

        For the system's administrator. Raises Invalid for what is unfit, PolicyError where the regulations
        leave something to decide, Refused where a deputy is asked for and none is named."""
        self.act.note_facts(policies=list(policies))
        self._check_right([])
        check_book_name(book)
        problems = []
        if Book.get_or_none(Book.id == book) is not None:
            problems.append(Problem("book", _("There is a directory of that name already.")))
        put_shipped(policies)
        check_known(policies, problems)
        regulations = [one for name in policies if (one := regulation_in_force(name)) is not None]
        effective = compose(book, regulations, decisions)
        asked = effective.deputy
        if asked is not None and asked.required and not deputy:
            raise Refused(
                _("This directory can't be used before a deputy is named."),
                asked.clause,
                _("Name one with --deputy LOGIN."),
            )
        accounts = {login: _account(login) for login in filter(None, (maintainer, deputy))}
        create_book(book, title, policies, root=root, decisions=decisions, sort=Book.select().count())
        self.act.note_facts(book=book, clause=cite(*(owner.clause for owner in effective.owners)))
        self._grant(accounts[maintainer], effective.maintainer.role, book)
        if deputy and asked is not None:
            self._grant(accounts[deputy], asked.role, book)

    def _grant(self, account: int, role: str, book: str) -> None:
        holder, clause = Account.get_by_id(account), policy_of(book).rights.clause
        by, alone = self.permissions.account, self.act.is_alone
        grant_role(holder, role, book, None, None, by=by, clause=clause, alone=alone)

    def _withheld(self, books: Sequence[str], regulation: str) -> list[EffectivePolicy]:
        """Return the rules of those of ``books`` that the actor neither administers nor interprets; without
        ``books``, of all books that they don't administer."""
        policies = {book: policy_of(book) for book in books or self.permissions.recorded_books}
        return [
            policy
            for book, policy in policies.items()
            if not holds_own_role(
                self.permissions,
                policy,
                (ADMIN, *(held.role for held in policy.interpreters_of(regulation) if books)),
                root_of(book),
            )
        ]

    def _check_right(self, books: Sequence[str], regulation: str = "") -> None:
        """Raise Refused for an actor who does not, over the whole of each of ``books``, administer it or
        interpret ``regulation``; without books, for one who does not administer all there are."""
        denied = self._withheld(books, regulation)
        if denied:
            raise Refused(
                _("Rules and directories are not yours to change."),
                cite(*(held.clause for held in denied[0].interpreters_of(regulation))) if books else SILENT,
                _("Tell whoever interprets and revises the regulation."),
            )


def _books_of(one: Coming, book: str) -> Sequence[str]:
    """Return the books for which an actor has to be responsible who withdraws what is to come."""
    return books_under(one.id, today_on_record()) if one.version else [book]


def _only_asked_for(request: int) -> Invalid:
    message = _(
        "Request {number} asks for it: withdraw that one (`requests withdraw {number}`).", number=request
    )
    return Invalid(Problem("version", message))


def _account(login: str) -> int:
    row = Account.get_or_none((Account.login == login) & (Account.state != "disabled"))
    if row is None:
        raise Invalid(Problem("login", _("There is no account {login}.", login=login)))
    return int(row.id)


def _revision(row: Notice) -> Revision:
    detail = json.loads(row.detail)
    told = NoticeRecipient.select().where(NoticeRecipient.notice == row)
    missing = _unacknowledged(told) if row.acknowledge else ()
    return Revision(
        id=row.id,
        regulation=detail["policy"],
        title=Label(detail["zh"], detail["en"]),
        version=detail["version"],
        effective=detail["effective"],
        told=told.count(),
        asked=row.acknowledge,
        missing=tuple(name_of(one.account_id) for one in missing),
        posted=posted_words(row, detail.get("posted")),
    )


def _unacknowledged(told: Any) -> Any:
    """Return the query ``told`` narrowed to those who have not acknowledged and can: no leavers and no
    disabled accounts."""
    return told.join(Account).where(NoticeRecipient.acknowledged_at.is_null() & (Account.state != "disabled"))
