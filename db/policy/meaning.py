"""Checks on a policy file that is well formed: can what it says be meant?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import _
from db.policy.clauses import miscited_clauses, misplaced_own
from db.policy.dangling import dangling_names
from db.policy.dead_rules import idle_rules
from db.policy.fields import unfit_fields
from db.policy.labels import lookalike_labels
from db.policy.merge import key_of, with_holders
from db.policy.named_roles import blind_roles, misnamed_roles, role_behind
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.access import StatedScope
from db.policy.schema.base import Rule
from db.policy.values import unusable_values
from db.policy.vocabulary import DEFAULT, INSIDE_OWNER, REACHES

EARLIEST, LATEST = 1990, 2099
"""The years in which a regulation takes effect; others are misprints."""

REASON = '{ zh = "…", en = "…" }'
"""How a reason is written."""
LONGEST_ARCHIVE = 30
"""Years for which an archive of somebody who left may be kept at most: longer is for good."""

KEEPING = ("create", "edit", "remove", "decide")
"""What a book can't be kept without."""


def objections(regulation: Regulation) -> list[Fault]:
    """Return the faults of what is contradictory, doubled or out of reach in a file, in the order of its
    lines."""
    return sorted(_Reader(regulation).all(), key=lambda finding: finding.line)


class _Reader:
    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self._at = regulation.fault
        self.file: PolicyFile = regulation.file

    def all(self) -> Iterator[Fault]:
        yield from unusable_values(self.regulation)
        yield from lookalike_labels(self.regulation)
        yield from self._doubles()
        yield from misnamed_roles(self.regulation)
        yield from miscited_clauses(self.regulation)
        yield from misplaced_own(self.regulation)
        yield from dangling_names(self.regulation)
        yield from unfit_fields(self.regulation)
        yield from self._about_the_file()
        yield from self._kinds()
        yield from self._scopes()
        yield from self._steps()
        yield from self._duties()
        yield from self._denials()
        yield from self._reset()
        yield from self._times()
        yield from self._archives()
        yield from self._purposes()
        yield from idle_rules(self.regulation)

    def _doubles(self) -> Iterator[Fault]:
        for section, rules in self._lists():
            seen: dict[tuple[object, ...], int] = {}
            for number, rule in enumerate(rules):
                first = seen.setdefault(key_of(with_holders(rule, self._role)), number)
                if first != number and type(rule).KEY:
                    message = _(
                        "This says again what line {line} says about {what}. Keep one of the two.",
                        line=self.regulation.line(section, first),
                        what=", ".join(str(part) for part in key_of(rule) if part is not None),
                    )
                    yield self._at(message, section, number)

    def _lists(self) -> Iterator[tuple[str, Sequence[Rule]]]:
        for section in PolicyFile.model_fields:
            rules = getattr(self.file, section)
            if isinstance(rules, tuple) and rules and isinstance(rules[0], Rule):
                yield section, rules

    def _about_the_file(self) -> Iterator[Fault]:
        year = self.file.effective.year
        if not EARLIEST <= year <= LATEST:
            message = _(
                "Is the year {year} meant? Write the day from which this version is in force, from {first} "
                "to {last}.",
                year=year,
                first=EARLIEST,
                last=LATEST,
            )
            yield self._at(message, "effective")
        if self.file.id == DEFAULT:
            message = _(
                "{word} stands for what no regulation says. Give the regulation another id.", word=DEFAULT
            )
            yield self._at(message, "id")

    def _kinds(self) -> Iterator[Fault]:
        for number, kind in enumerate(self.file.kinds):
            if kind.inside_owner and kind.side == "internal":
                message = _(
                    'An inside owner answers for outside contacts: write side = "external", or leave '
                    "inside_owner out."
                )
                yield self._at(message, "kinds", number, "inside_owner")

    def _denials(self) -> Iterator[Fault]:
        maintainer = self._role("maintainer")
        for number, denial in enumerate(self.file.denials):
            barred = [one for one in denial.operations if one in KEEPING]
            if barred and self._role(denial.role) in ("everyone", maintainer):
                message = _(
                    "This forbids {operation} to the maintainer too, so nobody could keep the directory. "
                    "Name the roles that are meant.",
                    operation=barred[0],
                )
                yield self._at(message, "denials", number, "operations")
            if "ask-access" in denial.operations and denial.role != "everyone":
                message = _('Asking for access is forbidden to all or to nobody: write role = "everyone".')
                yield self._at(message, "denials", number, "role")

    def _reset(self) -> Iterator[Fault]:
        """Yield a fault where nobody of another office could agree with those who may ask for a reset."""
        reset, second = self.file.reset, self.file.second
        if reset is None or second is None or not second.by:
            return
        offices = {self._office(role) for role in second.by}
        for role in reset.ask:
            if offices <= {self._office(role)}:
                message = _(
                    "Where {role} asks, nobody of another office could agree: name another one in second.by.",
                    role=role,
                )
                yield self._at(message, "second", "by")

    def _office(self, word: str) -> str:
        """Return the office of a role: all keepers of a book share one, all who run the machines another."""
        role, maintainer = self._role(word), self._role("maintainer")
        keeps = self._role("owner") in ("owner", maintainer)
        if role == maintainer or (keeps and role == self._role("deputy")):
            return "maintainer"
        return "technical" if role in (self._role("technical"), "it", "admin") else role

    def _times(self) -> Iterator[Fault]:
        for number, edition in enumerate(self.file.editions):
            if edition.every in ("day", "two-days") and edition.due.weekday is not None:
                message = _("Issued more than once a week, an edition has no weekday: leave weekday out.")
                yield self._at(message, "editions", number, "due", "weekday")
            if edition.headings and len(edition.headings) != len(edition.columns):
                message = _(
                    "There are {columns} columns and {headings} headings: write one for each column, in the "
                    "same order, or leave headings out.",
                    columns=len(edition.columns),
                    headings=len(edition.headings),
                )
                yield self._at(message, "editions", number, "headings")
            for part, handed in enumerate(edition.hands_out):
                for name in handed.columns:
                    if name not in edition.columns:
                        message = _("{field} is none of the columns: add it there, or leave it out here.",
                                    field=name)  # fmt: skip
                        yield self._at(message, "editions", number, "hands_out", part, "columns")
        password = self.file.password
        if password is not None and password.max_age_days and password.warn_days >= password.max_age_days:
            message = _(
                "Everybody would be warned at all times: make warn_days smaller than max_age_days = {days}.",
                days=password.max_age_days,
            )
            yield self._at(message, "password", "warn_days")

    def _archives(self) -> Iterator[Fault]:
        """Yield a fault for an archive of leavers kept too long, or for a time without a reason (PIPL 19)."""
        for number, rule in enumerate(self.file.retention):
            if rule.what != "archive" or rule.years is None:
                continue
            if rule.years > LONGEST_ARCHIVE:
                message = _(
                    "No archive of a leaver is kept for more than {most} years.", most=LONGEST_ARCHIVE
                )
                yield self._at(message, "retention", number, "years")
            if rule.reason is None:
                message = _("Say why for so long: reason = {example}.", example=REASON)
                yield self._at(message, "retention", number, "years")

    def _scopes(self) -> Iterator[Fault]:
        for number, scope in enumerate(self.file.scopes):
            path = ("scopes", number)
            if self._wider(scope.propose, scope.reach):
                message = _(
                    "{role} could propose changes for entries out of sight: propose = {propose} is wider "
                    "than reach = {reach}.",
                    role=scope.role,
                    propose=scope.propose,
                    reach=scope.reach,
                )
                yield self._at(message, *path, "propose")
            if self._wider(scope.maintain, scope.reach):
                message = _(
                    "{role} could maintain entries out of sight: maintain = {maintain} is wider than "
                    "reach = {reach}.",
                    role=scope.role,
                    maintain=scope.maintain,
                    reach=scope.reach,
                )
                yield self._at(message, *path, "maintain")
            yield from self._denied(scope, path)
            yield from self._answering(scope, path)
            if self._is_maintainer(scope.role) and scope.reach != "book":
                message = _(
                    '{role} maintains the whole directory, so the scope must be reach = "book".',
                    role=scope.role,
                )
                yield self._at(message, *path, "reach")

    def _answering(self, scope: StatedScope, path: tuple[str | int, ...]) -> Iterator[Fault]:
        """Yield a fault for a scope that opens inside owners further than the outside contacts that name
        them."""
        if scope.role != INSIDE_OWNER:
            return
        for key in ("reach", "propose", "maintain"):
            word = getattr(scope, key)
            if word not in ("none", "self"):
                message = _(
                    'An inside owner is somebody only to their own contacts: write {key} = "self" for those, '
                    'or "none".',
                    key=key,
                )
                yield self._at(message, *path, key)
        if scope.side == "internal":
            message = _('Inside owners answer for outside contacts: write side = "external".')
            yield self._at(message, *path, "side")

    def _denied(self, scope: StatedScope, path: tuple[str | int, ...]) -> Iterator[Fault]:
        for denial in self.file.denials:
            if (
                self._same(denial.role, scope.role)
                and "edit" in denial.operations
                and scope.maintain != "none"
            ):
                message = _(
                    "{clause} forbids {role} to edit, but this scope lets {role} maintain entries.",
                    clause=denial.clause,
                    role=scope.role,
                )
                yield self._at(message, *path, "maintain")

    def _steps(self) -> Iterator[Fault]:
        unseeing = blind_roles(self.file)
        for kind, flow in self.file.flow.items():
            steps = flow.named_steps()
            if kind == "reset" and steps:
                message = _("Who agrees to a reset is said by second.by: leave steps out.")
                yield self._at(message, "flow", kind, steps[0][0][0])
            for number, (key, step) in enumerate(steps):
                path = ("flow", kind, *key)
                if self._role(step.role) in unseeing:
                    message = _(
                        "{role} can't be reached as an approver: the scope of {role} shows nothing of "
                        "the directory. Give it one, or the step to another role.",
                        role=step.role,
                    )
                    yield self._at(message, *path)
                if step.role in ("owner", "supervisor") and self._role(step.role) == step.role:
                    message = _(
                        "{role} approves, but the file doesn't say who that is. Add {role} = {{ role = … }}.",
                        role=step.role,
                    )
                    yield self._at(message, *path)
                if self._may_not_decide(step.role):
                    message = _(
                        "{role} can't be reached as an approver: a denial forbids {role} to decide.",
                        role=step.role,
                    )
                    yield self._at(message, *path)
                if any(self._same(step.role, earlier.role) for _key, earlier in steps[:number]):
                    message = _(
                        "{role} approves twice in one flow. Keep one of the two steps.", role=step.role
                    )
                    yield self._at(message, *path)

    def _duties(self) -> Iterator[Fault]:
        for kind, duty in self.file.duty.items():
            if duty.or_by and kind != "unit-report":
                message = _("A task is one office's: leave or_by out. Only unit-report takes it.")
                yield self._at(message, "duty", kind, "or_by")

    def _may_not_decide(self, role: str) -> bool:
        return any(self._same(d.role, role) and "decide" in d.operations for d in self.file.denials)

    def _purposes(self) -> Iterator[Fault]:
        lookup = self.file.lookup
        if lookup is not None and lookup.purpose and not self.file.purposes:
            yield self._at(_("A look-up needs a purpose, but purposes lists none to choose from."), "lookup")

    def _is_maintainer(self, role: str) -> bool:
        return role == "maintainer" or (
            self.file.maintainer is not None and role == self.file.maintainer.role
        )

    def _same(self, one: str, other: str) -> bool:
        return self._role(one) == self._role(other)

    def _role(self, word: str) -> str:
        return role_behind(self.file, word)

    @staticmethod
    def _wider(one: str, other: str) -> bool:
        return REACHES.index(one) > REACHES.index(other)
