"""What a person asks and decides about themselves: who am I, my language, my undertaking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from db.desk.authority.actor import Actor
from db.desk.authority.permissions import Permissions, permissions_of, policy_of
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem
from db.language import LANGUAGES, Label, Text, _
from db.policy.vocabulary import LEVELS, Level
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, Book, UndertakingAccepted, Unit

THEMES = ("dark", "light", "ansi", "mono", "contrast")
DRAWINGS = ("probe", "plain", "drawn")


@dataclass(frozen=True, slots=True)
class UndertakingDue:
    """An undertaking that is in force over one of the actor's books and not accepted yet."""

    policy: str
    version: str
    title: Label
    text: Label
    clause: str


@dataclass(frozen=True, slots=True)
class BookOfMine:
    """A book the actor is something in."""

    id: str
    title: Label
    policies: tuple[Label, ...]
    classification: Label
    level: Level
    roles: tuple[str, ...]
    role_labels: tuple[Label, ...]
    entry: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """The actor in plain values."""

    login: str
    name: str
    language: str | None
    theme: str | None
    drawing: str | None
    strength: str
    source: str
    books: tuple[BookOfMine, ...]

    @property
    def classified_titles(self) -> tuple[tuple[Label, Label], ...]:
        """The titles of the books, each with how it is classified; the strictest first."""
        ranked = sorted(self.books, key=lambda book: -LEVELS.index(book.level))
        return tuple((book.title, book.classification) for book in ranked)


def undertakings_due(permissions: Permissions) -> tuple[UndertakingDue, ...]:
    """Return undertakings of the account's books that it has not accepted in their present version (A.17);
    cached."""
    found: tuple[UndertakingDue, ...] | None = permissions.derived.get(UndertakingDue)
    if found is None:
        found = permissions.derived[UndertakingDue] = tuple(_not_accepted(permissions))
    return found


def _not_accepted(permissions: Permissions) -> Iterable[UndertakingDue]:
    due: dict[tuple[str, str], UndertakingDue] = {}
    for book in permissions.books:
        policy = permissions.policy(book)
        for rule in policy.undertakings:
            key = (rule.policy, rule.version)
            any_version = {name for name, _version in permissions.accepted}
            if key not in permissions.accepted and (
                rule.again_when_changed or rule.policy not in any_version
            ):
                titles = {ref.id: ref.title for ref in policy.policies}
                due[key] = UndertakingDue(
                    rule.policy, rule.version, titles[rule.policy], rule.text, rule.clause
                )
    return due.values()


def password_clause(actor: Actor) -> str:
    for book in permissions_of(actor).books:
        rule = policy_of(book).password
        if rule.max_age_days is not None:
            return rule.clause_of("max_age_days")
    return SILENT


class Me(OperationGroup):
    """Operations on the actor's own account."""

    @operation("me.who", label=_("ask who they are"), recorded=False, power=LOOKS, at_the_door=True)
    def who(self) -> WhoAmI:
        account = Account.get_by_id(self.permissions.account)
        name = account.person.name if account.person is not None else account.login
        return WhoAmI(
            login=account.login,
            name=name,
            language=account.language,
            theme=account.theme,
            drawing=account.drawing,
            strength=self.act.actor.strength,
            source=self.act.actor.source,
            books=self._books(),
        )

    @operation("me.unit_label", label=_("ask what a unit is called"), recorded=False, power=LOOKS)
    def unit_label(self, book: str | None = None) -> Text:
        """Return what a unit is called in ``book``, or without one in lists over all of the actor's books."""
        return self.permissions.unit_label(book)

    @operation(
        "me.undertakings", label=_("read the undertakings"), recorded=False, power=LOOKS, at_the_door=True
    )
    def undertakings(self) -> tuple[UndertakingDue, ...]:
        return undertakings_due(self.permissions)

    @operation(
        "me.accept",
        label=_("accept an undertaking"),
        recorded=True,
        power=power_over(Moves.DUTY),
        at_the_door=True,
    )
    def accept(self, policy: str, version: str) -> None:
        """Store that the actor accepts an undertaking in the version that was shown (A.17). Raises Invalid
        for another."""
        due = [u for u in undertakings_due(self.permissions) if (u.policy, u.version) == (policy, version)]
        if not due:
            raise Invalid(Problem("undertaking", _("This undertaking has changed. Read it again.")))
        UndertakingAccepted.create(
            account=self.permissions.account, policy=policy, version=version, at=clock.now()
        )
        self.act.note_facts(clause=due[0].clause, policy=policy, version=version)

    @operation(
        "me.choose_language", label=_("choose a language"), recorded=True, power=LOOKS, at_the_door=True
    )
    def choose_language(self, language: str) -> None:
        """Store the language of the actor's screens. Raises Invalid for an unknown one."""
        if language not in LANGUAGES:
            raise Invalid(Problem("language", _("Choose zh_CN or en.")))
        Account.update(language=language).where(Account.id == self.permissions.account).execute()
        self.act.note_facts(language=language)

    @operation("me.choose_theme", label=_("choose a theme"), recorded=True, power=LOOKS, at_the_door=True)
    def choose_theme(self, theme: str) -> None:
        """Store the theme of the actor's screens. Raises Invalid for an unknown one."""
        if theme not in THEMES:
            raise Invalid(Problem("theme", _("Choose one of: {themes}.", themes=", ".join(THEMES))))
        Account.update(theme=theme).where(Account.id == self.permissions.account).execute()
        self.act.note_facts(theme=theme)

    @operation(
        "me.choose_drawing",
        label=_("choose how lines and marks are drawn"),
        recorded=True,
        power=LOOKS,
        at_the_door=True,
    )
    def choose_drawing(self, drawing: str) -> None:
        """Store how lines and marks are drawn. Raises Invalid for an unknown word."""
        if drawing not in DRAWINGS:
            raise Invalid(Problem("drawing", _("Choose one of: {themes}.", themes=", ".join(DRAWINGS))))
        Account.update(drawing=drawing).where(Account.id == self.permissions.account).execute()
        self.act.note_facts(drawing=drawing)

    def _books(self) -> tuple[BookOfMine, ...]:
        titles = {row.id: row.title for row in Book.select()}
        own = [unit for _entry, unit in self.permissions.own.values()]
        units: dict[int | None, str] = {
            unit.id: unit.name for unit in Unit.select(Unit.id, Unit.name).where(Unit.id.in_(own))
        }
        return tuple(self._book(book, titles[book], units) for book in self.permissions.books)

    def _book(self, book: str, title: Label, units: Mapping[int | None, str]) -> BookOfMine:
        policy = self.permissions.policy(book)
        entry, unit = self.permissions.own.get(book, (None, None))
        labels = {role.id: role.label for role in policy.roles}
        roles = tuple(sorted(self.permissions.deciding_roles(book)))
        return BookOfMine(
            id=book,
            title=title,
            policies=tuple(ref.title for ref in policy.policies),
            classification=policy.classification,
            level=policy.classification_rule.level,
            roles=roles,
            role_labels=tuple(labels.get(role, Label(role, role)) for role in roles),
            entry=entry,
            unit=units.get(unit, ""),
        )
