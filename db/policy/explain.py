"""An effective policy told rule by rule: the key, what it says, and the clause that binds."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Text, _, _n
from db.policy import words
from db.policy.effective import EffectivePolicy
from db.policy.explain_work import WorkTeller
from db.policy.rules import FieldRule, Line, ScopeRule
from db.policy.schema.book import Selector
from db.policy.vocabulary import INSIDE_OWNER, VOUCH
from db.policy.words import listed


def explain(policy: EffectivePolicy) -> Iterator[Line]:
    """Every rule of ``policy``, in the order of the policy files' documentation."""
    teller = _Teller(policy)
    yield from teller.people()
    yield from teller.content()
    yield from teller.sight()
    yield from teller.terms()
    yield from WorkTeller(policy, teller.role).tell()


class _Teller:
    def __init__(self, policy: EffectivePolicy) -> None:
        self.policy = policy
        self.roles: dict[str, Text] = {role.id: role.label for role in policy.roles}
        self.roles |= {
            "person": _("the person concerned"),
            "everyone": _("everyone"),
            "self": _("the person"),
        }
        self.roles |= {"unit": _("the same unit"), "peer": _("peers"), VOUCH: _("a second office")}

    def role(self, role: str) -> Text:
        word = self.policy.holder(role)
        return self.roles.get(word, word)

    def people(self) -> Iterator[Line]:
        policy = self.policy
        yield Line("classification", policy.classification, policy.classification_rule.clause)
        yield Line("maintainer", self.role("maintainer"), policy.maintainer.clause)
        yield Line("supervisor", self.role("supervisor"), policy.supervisor.clause)
        yield Line("technical", self.role("technical"), policy.technical.clause)
        yield Line("interpreter", self.role(policy.interpreter.role), policy.interpreter.clause)
        yield Line("owner", self.role(policy.owner.role), policy.owner.clause)
        if policy.deputy is not None:
            yield Line("deputy", self.role(policy.deputy.role), policy.deputy.clause)

    def content(self) -> Iterator[Line]:
        policy = self.policy
        for kind in policy.kinds:
            text = _("{label}, {side}", label=kind.label, side=words.SIDES[kind.side])
            yield Line(f"kinds.{kind.id}", text, kind.clause)
        for key, fields in (("fields", policy.fields), ("unit_fields", policy.unit_fields)):
            for field in fields:
                yield Line(f"{key}.{field.name}", self._field(field), ", ".join(field.clauses))
        for key, named in (
            ("unit_kinds", policy.unit_kinds),
            ("posts", policy.posts),
            ("categories", policy.categories),
            ("tags", policy.tags),
        ):
            for rule in named:
                yield Line(f"{key}.{rule.id}", rule.label, rule.clause)
        labels = {rule.name: rule.label for rule in policy.fields}
        for facet in policy.facets:
            label = labels.get(facet.by, words.FACETS[facet.by])
            yield Line(f"facets.{facet.by}", label, facet.clause)
        of_units = {rule.name: rule.label for rule in policy.unit_fields}
        for header in policy.header:
            text = _(
                "{role} stands at the head with {fields}",
                role=self.role(header.role),
                fields=listed(of_units.get(name, self._field_label(name)) for name in header.fields),
            )
            yield Line(f"header.{header.role}", text, header.clause)
        for edition in policy.editions:
            text = _(
                "{label}: {every}, columns {columns}",
                label=edition.label,
                every=words.CYCLES[edition.every],
                columns=listed(self._field_label(name) for name in edition.columns),
            )
            yield Line(f"editions.{edition.id}", text, edition.clause)
            day = edition.due.weekday
            text = (
                _("due on the first day at {time}", time=edition.due.time)
                if day is None
                else _("due {day} {time}", day=words.WEEKDAYS[day], time=edition.due.time)
            )
            yield Line(f"editions.{edition.id}.due", text, edition.due.clause)
            text = _("goes to {recipients} and nobody else", recipients=self._recipients(edition.recipients))
            yield Line(f"editions.{edition.id}.recipients", text, edition.recipients.clause)
        if policy.emergency is not None:
            text = _(
                "call {fields}, in this order", fields=listed(map(self._field_label, policy.emergency.fields))
            )
            yield Line("emergency", text, policy.emergency.clause)
        for sync in policy.sync:
            text = _("kept in step: {fields}", fields=listed(map(self._field_label, sync.fields)))
            yield Line(f"sync.{sync.system}", text, sync.clause)

    def _answering(self, scope: ScopeRule) -> Text:
        role = self.role(scope.role)
        if scope.reach == "none":
            return _("{role}: sees no more than others", role=role)
        sees = _(
            "{role}: sees the outside contacts that name them, {protected}",
            role=role,
            protected=words.PROTECTED[scope.protected],
        )
        return sees if scope.propose == "none" else _("{sees}; proposes changes for them", sees=sees)

    def _field(self, field: FieldRule) -> Text:
        traits: list[Text] = [field.label, words.VALUE_KINDS[field.kind]]
        traits += [_("required")] * field.required + [_("protected")] * field.protected
        traits += [_("several values")] * field.multiple
        traits += [_("changed by {who}", who=words.EDITORS[field.edited_by])] * (
            field.edited_by == "maintainer"
        )
        if field.applies_to:
            kinds = (kind.label for kind in self.policy.kinds if kind.id in field.applies_to)
            traits.append(_("of {kinds} only", kinds=listed(kinds)))
        if field.visible_to:
            traits.append(_("seen by {who} only", who=listed(map(self.role, field.visible_to))))
        return listed(traits)

    def _field_label(self, name: str) -> Text:
        return next((field.label for field in self.policy.fields if field.name == name), name)

    def _recipients(self, chosen: Selector) -> Text:
        policy = self.policy
        everyone: list[Text] = [_("everyone")] if chosen.everyone else []
        kinds = [rule.label for rule in policy.unit_kinds if rule.id in chosen.units]
        posts = [rule.label for rule in policy.posts if rule.id in chosen.posts]
        tags = [rule.label for rule in policy.tags if rule.id in chosen.tags]
        return listed([*everyone, *kinds, *posts, *map(self.role, chosen.roles), *tags])

    def sight(self) -> Iterator[Line]:
        sides = {kind.side for kind in self.policy.kinds}
        for scope in self.policy.scopes:
            if scope.side not in sides:
                continue  # the book has nobody of that side to see
            if scope.role == INSIDE_OWNER:
                if scope.side == "external":
                    yield Line(f"scopes.{scope.role}", self._answering(scope), scope.clause)
                continue
            text = _(
                "{role}, {side} entries: sees {reach}, {protected}; "
                "proposes for {propose}; maintains {maintain}",
                role=self.role(scope.role),
                side=words.SIDES[scope.side],
                reach=words.REACHES[scope.reach],
                protected=words.PROTECTED[scope.protected],
                propose=words.REACHES[scope.propose],
                maintain=words.REACHES[scope.maintain],
            )
            yield Line(f"scopes.{scope.role}.{scope.side}", text, scope.clause)
        for purpose in self.policy.purposes:
            text = (
                _("{label}: allowed", label=purpose.label)
                if purpose.allowed
                else _("{label}: banned", label=purpose.label)
            )
            yield Line(f"purposes.{purpose.id}", text, purpose.clause)
        for denial in self.policy.denials:
            acts = listed(words.OPERATIONS[operation] for operation in denial.operations)
            text = _("{role} may never: {acts}", role=self.role(denial.role), acts=acts)
            yield Line(f"denials.{denial.role}", text, denial.clause)

    def terms(self) -> Iterator[Line]:
        policy = self.policy
        lookup, rights, copies, password = policy.lookup, policy.rights, policy.copies, policy.password
        yield Line(
            "lookup",
            _n(
                "a granted access lasts {days} day",
                "a granted access lasts {days} days",
                days=lookup.grant_days,
            ),
            lookup.clause,
        )
        given = _n(
            "given by {role}; withdrawn after {days} day unused",
            "given by {role}; withdrawn after {days} days unused",
            role=self.role(rights.by),
            days=rights.unused_days,
        )
        yield Line("rights", given, rights.clause)
        consent = (
            _("with the person's consent only")
            if policy.disclosure.consent
            else _("without asking the person")
        )
        yield Line("disclosure", consent, policy.disclosure.clause)
        terms = [_("numbered")] * copies.numbered + [_("marked")] * copies.marked
        terms += [_("acknowledged")] * copies.acknowledge + [_("never forwarded")] * copies.no_forwarding
        yield Line("copies", listed(terms), copies.clause)
        if password.max_age_days is None:
            yield Line("password", _("no forced change"), password.clause)
        elif not password.history:
            text = _(
                "changed every {days} days, warned {warn} days before",
                days=password.max_age_days,
                warn=password.warn_days,
            )
            yield Line("password", text, password.clause)
        else:
            text = _(
                "changed every {days} days, warned {warn} days before; the last {history} may not come back",
                days=password.max_age_days,
                warn=password.warn_days,
                history=password.history,
            )
            yield Line("password", text, password.clause)
        yield from self._reset()
        for undertaking in policy.undertakings:
            yield Line(f"undertaking.{undertaking.policy}", undertaking.text, undertaking.clause)
        for control in policy.controls:
            yield Line(f"controls.{control.id}", words.CONTROLS[control.id], control.clause)

    def _reset(self) -> Iterator[Line]:
        reset = self.policy.reset
        asked = _("asked for by {roles}", roles=listed(map(self.role, reset.ask)))
        yield Line("reset.ask", asked, reset.clause)
        vouched = _("vouched for by {roles} of another office", roles=listed(map(self.role, reset.vouch)))
        yield Line("reset.vouch", vouched, reset.clause)
        waits = _n(
            "for privileged roles after {hours} hour, vouched for by one who holds one too: {roles}",
            "for privileged roles after {hours} hours, vouched for by one who holds one too: {roles}",
            hours=reset.wait_hours,
            roles=listed(map(self.role, sorted(self.policy.privileged))),
        )
        yield Line("reset.privileged", waits, reset.clause)
        same = _n(
            "asker, voucher and owner count as the same person for {days} day",
            "asker, voucher and owner count as the same person for {days} days",
            days=reset.dependent_days,
        )
        yield Line("reset.dependent_days", same, reset.clause)
