"""Operations on the rules themselves: reading them, adding a version, making a book."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from db.desk.accounts.granting import give
from db.desk.authority.standing import no_such_book, policy_of, root_of
from db.desk.clockwork import today
from db.desk.entry.units import check_book_name, create_book
from db.desk.frame import Subject, operation
from db.desk.notation.localtime import local
from db.desk.policies.changing import changes_of
from db.desk.policies.revising import (
    Added,
    announce,
    books_under,
    check_new,
    keep,
    revised,
    revision_rule,
)
from db.desk.policies.rule_views import Revision, RulesView, rules_of
from db.desk.policies.summaries import Lesson, lessons
from db.desk.power.declaration import LOOKS, Way, moving
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.request_views import name_of
from db.desk.requests.submitters import holds
from db.desk.telling.notices import REVISION
from db.language import Label, Text, _, listed
from db.policy.compose import compose
from db.policy.loader import load, load_policies
from db.policy.schema.base import cite
from db.store.engine import store
from db.store.moves import Moves
from db.store.tables import Account, Book, Notice, NoticeRecipient

ADMIN = "admin"


class Policies(Subject):
    """Operations on regulations and books."""

    @operation("policies.rules", label=_("read the rules of a book"), recorded=False, power=LOOKS)
    def rules(self, book: str) -> RulesView:
        """What is in force over one of the actor's books, with who interprets it and since when (B.8)."""
        if book not in self.standing.books:
            raise no_such_book()
        changes = tuple(changes_of(Book.get_by_id(book), Path(store().home.policies)))
        return rules_of(book, changes, self._announced(book) if self._oversees(book) else ())

    @operation("policies.summary", label=_("read the rules of a book in brief"), recorded=False, power=LOOKS)
    def summary(self, book: str) -> tuple[Lesson, ...]:
        """Each rule of one of the actor's books in few words, with what it means for them (F.6.2)."""
        if book not in self.standing.books:
            raise no_such_book()
        return lessons(self.standing, book)

    @operation("policies.add", label=_("add a regulation"), recorded=True, power=moving(Moves.RULE))
    def add(self, text: str) -> Added:
        """Add a regulation, or a new version of one, and announce it to everybody whom it binds (G.9).

        For the system's administrator (the host's operator), or whoever interprets and revises this very
        regulation in every book under it (B.8). Raises PolicyError for a file that can't be used or that
        leaves a book with something to decide, Invalid for a version that is known already.
        """
        regulation = load(text)
        folder = Path(store().home.policies)
        self.act.note(policy=regulation.id, version=regulation.version)
        books = books_under(regulation.id)
        self._check_right([row.id for row in books], regulation.id)
        check_new(regulation, folder)
        known = load_policies(folder, regulation.file.effective)
        after = {row.id: revised(row, regulation, known) for row in books}
        rules = {book: revision_rule((after[book], policy_of(book))) for book in after}
        told = {account for book, rule in rules.items() for account in announce(book, regulation, rule)}
        clauses = [rule.clause for rule in rules.values() if rule is not None]
        self.act.note(
            clause=clauses[0] if clauses else SILENT,
            told=len(told),
            effective=regulation.file.effective.isoformat(),
        )
        file = keep(text, regulation, folder)
        return Added(
            regulation.id,
            regulation.version,
            regulation.file.effective.isoformat(),
            file.name,
            tuple(after),
            len(told),
        )

    @operation("policies.revisions", label=_("list revisions"), recorded=False, power=LOOKS)
    def revisions(self, book: str) -> tuple[Revision, ...]:
        """Versions that were announced to a book, newest first, with who has not acknowledged them; for
        its maintainer, its supervisor and who interprets its rules."""
        if book not in self.standing.books:
            raise no_such_book()
        policy = policy_of(book)
        if not self._oversees(book):
            raise Refused(
                _("This list is not within your right."),
                cite(*(held.clause for held in policy.interpreters)),
                _("Ask {role}.", role=listed(policy.role(held.role).label for held in policy.interpreters)),
            )
        return self._announced(book)

    def _oversees(self, book: str) -> bool:
        """Whether the actor may know who has acknowledged a revision."""
        policy = policy_of(book)
        interpreters = (held.role for held in policy.interpreters)
        roles = (*policy.keepers, policy.supervisor.role, *interpreters, ADMIN)
        return holds(self.standing, policy, roles, root_of(book))

    def _announced(self, book: str) -> tuple[Revision, ...]:
        rows = Notice.select().where((Notice.kind == REVISION) & (Notice.book == book))
        return tuple(_revision(row) for row in rows.order_by(Notice.id.desc()))

    @operation(
        "policies.create_book",
        label=_("make a book"),
        recorded=True,
        power=moving(Moves.RULE, Moves.REACH, Moves.GIVEN, Moves.ROLE, Moves.CODE, way=Way.TWO),
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
        """A new book under ``policies``, with the login of its first maintainer and, where one is asked
        for, of the deputy (D.3). For the system's administrator.

        Raises Invalid for what is unfit, PolicyError where the regulations leave something to decide,
        Refused where a deputy is asked for and none is named.
        """
        self.act.note(policies=list(policies))
        self._check_right([])
        known = load_policies(store().home.policies, today())
        check_book_name(book)
        problems = []
        if Book.get_or_none(Book.id == book) is not None:
            problems.append(Problem("book", _("There is a book of that name already.")))
        unknown = [name for name in policies if name not in known]
        if unknown or not policies:
            problems.append(
                Problem(
                    "policies",
                    _(
                        "There is no regulation {name}. Known are: {names}.",
                        name=", ".join(unknown) or "–",
                        names=", ".join(sorted(known)),
                    ),
                )
            )
        if problems:
            raise Invalid(*problems)
        effective = compose(book, [known[name] for name in policies], decisions)
        asked = effective.deputy
        if asked is not None and asked.required and not deputy:
            raise Refused(
                _("This book can't be used before a deputy is named."),
                asked.clause,
                _("Name one with --deputy LOGIN."),
            )
        accounts = {login: _account(login) for login in filter(None, (maintainer, deputy))}
        create_book(book, title, policies, root=root, decisions=decisions, sort=Book.select().count())
        self.act.note(book=book, clause=cite(*(owner.clause for owner in effective.owners)))
        self._grant(accounts[maintainer], effective.maintainer.role, book)
        if deputy and asked is not None:
            self._grant(accounts[deputy], asked.role, book)

    def _grant(self, account: int, role: str, book: str) -> None:
        holder, clause = Account.get_by_id(account), policy_of(book).rights.clause
        by, alone = self.standing.account, self.act.alone
        give(holder, role, book, None, None, by=by, clause=clause, alone=alone)

    def _check_right(self, books: Sequence[str], regulation: str = "") -> None:
        """Refuse whoever is not, over the whole of each of ``books``, its administrator or who interprets
        ``regulation``; where it is about no book yet, whoever does not administer all there are."""
        policies = {book: policy_of(book) for book in books or self.standing.shelf}
        denied = [
            policy
            for book, policy in policies.items()
            if not holds(
                self.standing,
                policy,
                (ADMIN, *(held.role for held in policy.interpreters_of(regulation) if books)),
                root_of(book),
            )
        ]
        if denied:
            raise Refused(
                _("Rules and books are not yours to change."),
                cite(*(held.clause for held in denied[0].interpreters_of(regulation))) if books else SILENT,
                _("Tell whoever interprets and revises the regulation."),
            )


def _account(login: str) -> int:
    row = Account.get_or_none((Account.login == login) & (Account.state != "disabled"))
    if row is None:
        raise Invalid(Problem("login", _("There is no account {login}.", login=login)))
    return int(row.id)


def _revision(row: Notice) -> Revision:
    detail = json.loads(row.detail)
    told = NoticeRecipient.select().where(NoticeRecipient.notice == row)
    missing = told.where(NoticeRecipient.acknowledged_at.is_null()) if row.acknowledge else ()
    return Revision(
        regulation=detail["policy"],
        version=detail["version"],
        effective=detail["effective"],
        announced_at=row.at,
        told=told.count(),
        asked=row.acknowledge,
        missing=tuple(name_of(one.account_id) for one in missing),
        posted=_posted(detail.get("posted")),
    )


def _posted(came: Mapping[str, Any] | None) -> Text:
    """What came of posting a revision."""
    if came is None:
        return ""
    day = local(came["at"])[:10]
    if came["code"]:
        return _("not posted on {day}: {problem}", day=day, problem=came["words"])
    if came["unreached"]:
        return _("posted on {day}; not reached: {names}", day=day, names=", ".join(came["unreached"]))
    return _("posted on {day}", day=day)
