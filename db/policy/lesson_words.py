"""What the rules of a clause mean for their reader, told as one would say it to them.

`db.policy.explain` tells every rule by its key, for whoever checks what is in force; this speaks to one of
those whom the rules bind, leaves out how the book is made, and says where a period is the organisation's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from db.language import Message, Text, _, _n
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.request_kinds import REQUESTS
from db.policy.rules import RuleText, ScopeRule
from db.policy.schema.base import clause_ids
from db.policy.telling import Teller
from db.policy.vocabulary import OWN
from db.policy.wording import listed

LISTS: Mapping[str, Message] = {
    "purposes": _("You may look people up for: {which}."),
    "banned": _("Never look anybody up for: {which}."),
    "cases": _("These count as breaches: {which}."),
    "sanctions": _("A breach may lead to: {which}."),
}
"""Rules that are one sentence together."""
OFFICES: Mapping[str, Message] = {
    "maintainer": _("You keep this directory."),
    "supervisor": _("You supervise how this directory is used."),
    "technical": _("You give technical support, and change no entry."),
    "interpreter": _("You explain these rules."),
    "owner": _("You answer for this directory."),
    "deputy": _("You stand in for whoever answers for this directory."),
}


def spoken_rules(policy: EffectivePolicy, rules: Sequence[RuleText], mine: Collection[str]) -> Iterator[Text]:
    """Yield sentences of what ``rules``, all of one clause, mean for somebody with the roles ``mine``."""
    words, together = _Words(policy, mine), dict[str, list[Text]]()
    for rule in rules:
        section, *rest = rule.key.split(".")
        if section == "purposes":
            purpose = policy.purpose(rest[0])
            together.setdefault("purposes" if purpose.allowed else "banned", []).append(purpose.label)
        elif section == "cases" and (case := policy.case(rest[0])) is not None:
            if len(rest) > 1:
                continue  # who handles it is told by whom it is reported to
            together.setdefault(section, []).append(case.label)
        elif section == "sanctions":
            if len(rest) > 1:
                continue  # its weight and reach ask nothing of anybody
            together.setdefault(section, []).append(policy.rung(rest[0]).label)
        else:
            own = OWN in clause_ids(rule.clause)
            for text in words.of(rule, section, rest):
                yield _("{text} ({clause})", text=text, clause=OWN) if own else text
    for name, labels in together.items():
        yield Message(LISTS[name].text, {"which": listed(labels)})


class _Words:
    def __init__(self, policy: EffectivePolicy, mine: Collection[str]) -> None:
        self.policy = policy
        self.mine = mine
        self.teller = Teller(policy)

    def of(self, rule: RuleText, section: str, rest: Sequence[str]) -> Iterable[Text]:
        """Return the sentences of one rule; none where it says what the book does by itself."""
        policy = self.policy
        match section, rest:
            case "scopes", [role, *side]:
                scope = policy.scope(role, "external" if "external" in side else "internal")
                return () if "terms" in side else self._sight(scope) if side else (rule.text,)
            case "denials", _:
                named = (rest[0], rule.clause)
                found = (one.operations for one in policy.denials if (one.role, one.clause) == named)
                acts = listed(wording.OPERATIONS[act] for act in next(found, ()))
                return (_("Never: {acts}.", acts=acts),)
            case "flow", [_kind] | [_kind, "submit"]:
                return ()
            case "flow", [kind, "steps", _number]:
                return (_("You decide on: {request}.", request=self._request(kind)),)
            case "flow", [kind, _part]:
                return (_("{request}: {how}", request=self._request(kind), how=rule.text),)
            case "duty", [kind, *part]:
                return self._duty(kind, part, rule)
            case "reviews", [kind, *part]:
                return self._review(kind, part)
            case "reporting", ["incident" | "error" as kind]:
                to = self.teller.roles(policy.reporting_of(kind).to)
                return (_("Report {what} to: {roles}.", what=wording.REPORTED[kind], roles=to),)
            case "reporting", [_kind, "reply"]:
                return (_("You hear what came of your report."),)
            case "lookup", []:
                return (_("Say what you need it for when you look up what is protected."),)
            case "lookup", _:
                return (self._lasts(policy.lookup.grant_days),)
            case "rights", ["unused_days"]:
                return (self._unused(policy.rights.unused_days),)
            case "password", _:
                return self._password(rule)
            case "copies", _:
                return (_("Copies that you get are {terms}.", terms=rule.text),)
            case "training", _:
                return (_("You are trained: {what}.", what=rule.text),)
            case "classification", _:
                return (_("Treat what you see here as: {label}.", label=policy.classification),)
            case section, _ if section in OFFICES:
                return (OFFICES[section],)
            case (("reporting" | "stale" | "retention" | "rights"), _):
                return ()
        return (rule.text,)

    @staticmethod
    def _lasts(days: int) -> Text:
        return _n(
            "Access that you are granted lasts {days} day.",
            "Access that you are granted lasts {days} days.",
            days=days,
        )

    @staticmethod
    def _unused(days: int) -> Text:
        return _n(
            "A right that you don't use for {days} day is taken back.",
            "A right that you don't use for {days} days is taken back.",
            days=days,
        )

    def _request(self, kind: str) -> Text:
        return self.teller.here({str(name): text for name, text in REQUESTS.items()}[kind])

    def _sight(self, scope: ScopeRule) -> Iterator[Text]:
        if scope.reach == "none":
            return
        side = wording.SIDES[scope.side]
        if scope.own_terms:
            reach = self.teller.here(wording.REACHES[scope.reach])
            yield _("You see {reach} ({side} entries).", reach=reach, side=side)
            return
        yield _(
            "You see {reach} ({side} entries), {protected}.",
            reach=self.teller.here(wording.REACHES[scope.reach]),
            side=side,
            protected=wording.PROTECTED[scope.protected],
        )
        if scope.propose != "none":
            reach = self.teller.here(wording.REACHES[scope.propose])
            yield _("You may ask for changes to {reach} ({side} entries).", reach=reach, side=side)

    def _duty(self, kind: str, part: Sequence[str], rule: RuleText) -> Iterator[Text]:
        duty = self.policy.duty(kind)
        if duty is None or part in (["remind"], ["received_by"]):
            return
        what = self.teller.here(wording.DUTIES[duty.kind])
        if part:
            yield _("{what}: {how}", what=what, how=rule.text)
        else:
            yield _n(
                "Your task: {what}, within {days} working day of {start}.",
                "Your task: {what}, within {days} working days of {start}.",
                what=what,
                days=duty.days,
                start=wording.STARTS[duty.start],
            )

    def _review(self, kind: str, part: Sequence[str]) -> Iterator[Text]:
        if part:
            return
        for review in self.policy.reviews:
            if review.kind == kind and self.policy.role_behind(review.by) in self.mine:
                yield _(
                    "Your task, {every}: {kind} of {subject}.",
                    every=wording.CYCLES[review.every],
                    kind=wording.REVIEWS[review.kind],
                    subject=self.teller.here(wording.SUBJECTS[review.of]),
                )

    def _password(self, rule: RuleText) -> Iterator[Text]:
        password = self.policy.password
        if password.max_age_days is None:
            yield rule.text
            return
        yield _(
            "Change your password every {days} days; you are warned {warn} days before.",
            days=password.max_age_days,
            warn=password.warn_days,
        )
