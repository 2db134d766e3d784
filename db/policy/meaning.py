"""Checks on a policy file that is well formed: can what it says be meant?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from db.language import Message, _
from db.policy.dangling import dangling
from db.policy.labels import lookalikes
from db.policy.merge import holders_in, key_of
from db.policy.overrides import ABOUT_THE_FILE
from db.policy.regulation import Regulation
from db.policy.rules import Finding
from db.policy.schema import PolicyFile
from db.policy.schema.access import StatedScope
from db.policy.schema.base import Part, Rule
from db.policy.values import unusable
from db.policy.vocabulary import FUNCTIONS, INSIDE_OWNER, REACHES, RELATIONS

BASE_ROLES = frozenset(
    [
        "employee",
        "head",
        "hr",
        "security",
        "it",
        "safety",
        "director",
        "chief-executive",
        "assistant",
        "admin",
        INSIDE_OWNER,
        "everyone",
        "person",
    ]
)
"""Roles every organisation has, and the words for anybody and for the person concerned."""


def objections(regulation: Regulation) -> list[Finding]:
    """What is contradictory, doubled or out of reach in a file, in the order of its lines."""
    return sorted(_Reader(regulation).all(), key=lambda finding: finding.line)


class _Reader:
    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self.file: PolicyFile = regulation.file
        self.roles = BASE_ROLES | {role.id for role in self.file.roles} | set(FUNCTIONS)

    def all(self) -> Iterator[Finding]:
        yield from unusable(self.regulation)
        yield from lookalikes(self.regulation)
        yield from self._doubles()
        yield from self._unknown_roles()
        yield from dangling(self.regulation)
        yield from self._kinds()
        yield from self._scopes()
        yield from self._steps()
        yield from self._times()
        yield from self._purposes()
        yield from self._fines()
        yield from self._overrides()

    def _at(self, message: Message, *path: str | int) -> Finding:
        key = ".".join(map(str, path))
        return Finding(self.regulation.line(*path), key, message, self.regulation.path)

    def _doubles(self) -> Iterator[Finding]:
        for section, rules in self._lists():
            seen: dict[tuple[object, ...], int] = {}
            for number, rule in enumerate(rules):
                first = seen.setdefault(key_of(rule), number)
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

    def _unknown_roles(self) -> Iterator[Finding]:
        for path, role in _holders(self.file, ()):
            if role not in self.roles:
                yield self._at(self._no_role(role), *path)
        for number, field in enumerate(self.file.fields):
            for name in field.visible_to:
                if name not in self.roles and name not in RELATIONS:
                    yield self._at(self._no_role(name), "fields", number, "visible_to")

    def _no_role(self, role: str) -> Message:
        close = get_close_matches(role, sorted(self.roles), n=1)
        if close:
            return _(
                "There is no role {role}, so nobody would do it. Is {close} meant?", role=role, close=close[0]
            )
        return _("There is no role {role}, so nobody would do it. Add it to roles.", role=role)

    def _kinds(self) -> Iterator[Finding]:
        for number, kind in enumerate(self.file.kinds):
            if kind.inside_owner and kind.side == "internal":
                message = _(
                    'An inside owner answers for outside contacts: write side = "external", or leave '
                    "inside_owner out."
                )
                yield self._at(message, "kinds", number, "inside_owner")

    def _times(self) -> Iterator[Finding]:
        for number, edition in enumerate(self.file.editions):
            if edition.every in ("day", "two-days") and edition.due.weekday is not None:
                message = _("Issued more than once a week, an edition has no weekday: leave weekday out.")
                yield self._at(message, "editions", number, "due", "weekday")
        password = self.file.password
        if password is not None and password.max_age_days and password.warn_days >= password.max_age_days:
            message = _(
                "Everybody would be warned at all times: make warn_days smaller than max_age_days = {days}.",
                days=password.max_age_days,
            )
            yield self._at(message, "password", "warn_days")

    def _scopes(self) -> Iterator[Finding]:
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
                    '{role} maintains the whole book, so the scope must be reach = "book".', role=scope.role
                )
                yield self._at(message, *path, "reach")

    def _answering(self, scope: StatedScope, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """An inside owner reaches the outside contacts that name them, or none."""
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

    def _denied(self, scope: StatedScope, path: tuple[str | int, ...]) -> Iterator[Finding]:
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

    def _steps(self) -> Iterator[Finding]:
        seeing = {self._role(scope.role) for scope in self.file.scopes if scope.reach != "none"}
        blind = {scope.role for scope in self.file.scopes if scope.reach == "none"}
        blind |= {role for role in ("technical", "it", "admin") if self._role(role) not in seeing}
        for kind, flow in self.file.flow.items():
            if kind == "reset" and flow.steps:
                message = _("Who vouches for a reset is said by reset.vouch: leave steps out.")
                yield self._at(message, "flow", kind, "steps")
            if "steps" in flow.model_fields_set and not flow.steps:
                message = _("Nobody decides here: name the roles, or leave steps out for the usual ones.")
                yield self._at(message, "flow", kind, "steps")
            for number, step in enumerate(flow.steps):
                path = ("flow", kind, "steps", number)
                if any(self._same(step.role, role) for role in blind):
                    message = _(
                        "{role} can't be reached as an approver: "
                        "the scope of {role} shows nothing of the book. Give it one, or the step to another "
                        "role.",
                        role=step.role,
                    )
                    yield self._at(message, *path)
                if step.role in ("everyone", INSIDE_OWNER):
                    message = _(
                        "{role} is nobody in particular and can't be an approver: name a role that is given "
                        "to somebody.",
                        role=step.role,
                    )
                    yield self._at(message, *path)
                if step.role in ("owner", "deputy", "supervisor") and self._role(step.role) == step.role:
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
                if any(self._same(step.role, earlier.role) for earlier in flow.steps[:number]):
                    message = _(
                        "{role} approves twice in one flow. Keep one of the two steps.", role=step.role
                    )
                    yield self._at(message, *path)

    def _may_not_decide(self, role: str) -> bool:
        return any(self._same(d.role, role) and "decide" in d.operations for d in self.file.denials)

    def _purposes(self) -> Iterator[Finding]:
        lookup = self.file.lookup
        if lookup is not None and lookup.purpose and not self.file.purposes:
            yield self._at(_("A look-up needs a purpose, but purposes lists none to choose from."), "lookup")

    def _fines(self) -> Iterator[Finding]:
        cases = {case.id for case in self.file.cases}
        for number, fine in enumerate(self.file.fines):
            if fine.case not in cases:
                message = _("There is no kind of case {case} to fine. Add it to cases first.", case=fine.case)
                yield self._at(message, "fines", number)

    def _overrides(self) -> Iterator[Finding]:
        known = sorted(set(PolicyFile.model_fields) - ABOUT_THE_FILE)
        for number, key in enumerate(self.file.overrides.keys if self.file.overrides else ()):
            if key in known:
                continue
            close = get_close_matches(key.split(".")[0], known, n=1)
            message = (
                _(
                    "There is no key {name} that could be replaced. Is {close} meant? "
                    "A key is replaced as a whole.",
                    name=key,
                    close=close[0],
                )
                if close
                else _(
                    "There is no key {name} that could be replaced. Known here: {known}.",
                    name=key,
                    known=", ".join(known),
                )
            )
            yield self._at(message, "overrides", "keys", number)

    def _is_maintainer(self, role: str) -> bool:
        return role == "maintainer" or (
            self.file.maintainer is not None and role == self.file.maintainer.role
        )

    def _same(self, one: str, other: str) -> bool:
        return self._role(one) == self._role(other)

    def _role(self, word: str) -> str:
        held = getattr(self.file, word) if word in FUNCTIONS else None
        return word if held is None else str(held.role)

    @staticmethod
    def _wider(one: str, other: str) -> bool:
        return REACHES.index(one) > REACHES.index(other)


def _holders(part: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every role that a file names, with the path of the key that names it."""
    if isinstance(part, Part):
        for name, field in type(part).model_fields.items():
            inner = getattr(part, name)
            at = (*path, field.alias or name)
            if holders_in(field) and inner is not None:
                yield from ((at, role) for role in ((inner,) if isinstance(inner, str) else inner))
            else:
                yield from _holders(inner, at)
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from _holders(inner, (*path, number))
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            yield from _holders(inner, (*path, str(key)))
