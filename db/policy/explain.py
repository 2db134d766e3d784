"""An effective policy told rule by rule: the key, what it says, and the clause that binds."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Message, Text, _, _n
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.explain_conduct import conduct
from db.policy.explain_content import content
from db.policy.explain_work import work
from db.policy.rules import RuleText, ScopeRule
from db.policy.schema.access import TOKEN_DAYS
from db.policy.telling import Teller
from db.policy.vocabulary import DEFAULT, INSIDE_OWNER
from db.policy.wording import join_sentences, listed


def explain(policy: EffectivePolicy) -> Iterator[RuleText]:
    teller = Teller(policy)
    yield from _people(teller)
    yield from content(teller)
    yield from _sight(teller)
    yield from _terms(teller)
    yield from _second(teller)
    yield from _reset(teller)
    yield from work(teller)
    yield from conduct(teller)


def _people(teller: Teller) -> Iterator[RuleText]:
    policy = teller.policy
    for ref in policy.policies:
        if ref.overrides is not None:
            keys = listed(ref.overrides.keys) if ref.overrides.keys else _("whatever says otherwise")
            text = _("Of earlier regulations, {title} replaces {keys}", title=ref.title, keys=keys)
            yield RuleText(f"overrides.{ref.id}", text, ref.overrides.clause)
    for ref in policy.policies:
        if ref.commencement is not None:
            since = _("{title}: since {day}", title=ref.title, day=ref.effective)
            yield RuleText(f"commencement.{ref.id}", since, ref.commencement.clause)
    level = _(
        "{label}, level: {level}",
        label=policy.classification,
        level=wording.LEVELS[policy.classification_rule.level],
    )
    yield RuleText("classification", level, policy.classification_rule.clause)
    for role in policy.roles:
        if role.clause != DEFAULT:
            yield RuleText(f"roles.{role.id}", role.label, role.clause)
    yield RuleText("maintainer", teller.role("maintainer"), policy.maintainer.clause)
    yield RuleText("supervisor", teller.role("supervisor"), policy.supervisor.clause)
    yield RuleText("technical", teller.role("technical"), policy.technical.clause)
    for interpreter in policy.interpreters:
        yield RuleText("interpreter", teller.role(interpreter.role), interpreter.clause)
    for rule in policy.owners:
        owner: list[Text] = [teller.role(rule.role)]
        owner += [_("each {unit} has its own too", unit=teller.unit)] * rule.per_unit
        yield RuleText("owner", join_sentences(owner), rule.clause_of("role"))
    if policy.deputy is not None:
        deputy: list[Text] = [teller.role(policy.deputy.role)]
        deputy += [_("to be named before the directory is used")] * policy.deputy.required
        yield RuleText("deputy", join_sentences(deputy), policy.deputy.clause)


def _sight(teller: Teller) -> Iterator[RuleText]:
    policy = teller.policy
    sides = {kind.side for kind in policy.kinds}
    for scope in policy.scopes:
        if scope.side not in sides:
            continue  # the book has nobody of that side to see
        if scope.role == INSIDE_OWNER:
            if scope.side == "external":
                yield RuleText(f"scopes.{scope.role}", _answering(teller, scope), scope.reach_clause)
            continue
        who = {"role": teller.role(scope.role), "side": wording.SIDES[scope.side]}
        reach = teller.here(wording.REACHES[scope.reach])
        terms = _(
            "{protected}; proposes for {propose}; maintains {maintain}",
            protected=wording.PROTECTED[scope.protected],
            propose=teller.here(wording.REACHES[scope.propose]),
            maintain=teller.here(wording.REACHES[scope.maintain]),
        )
        key = f"scopes.{scope.role}.{scope.side}"
        if scope.own_terms:
            yield RuleText(
                key, _("{role}, {side} entries: sees {reach}", reach=reach, **who), scope.reach_clause
            )
            text = _("{role}, {side} entries: {terms}", terms=terms, **who)
            yield RuleText(f"{key}.terms", text, scope.terms_clause)
        else:
            text = _("{role}, {side} entries: sees {reach}, {terms}", reach=reach, terms=terms, **who)
            yield RuleText(key, text, scope.reach_clause)
    for purpose in policy.purposes:
        text = (
            _("{label}: allowed", label=purpose.label)
            if purpose.allowed
            else _("{label}: banned", label=purpose.label)
        )
        yield RuleText(f"purposes.{purpose.id}", text, purpose.clause)
    for denial in policy.denials:
        acts = listed(wording.OPERATIONS[operation] for operation in denial.operations)
        text = _("{role} may never: {acts}", role=teller.role(denial.role), acts=acts)
        yield RuleText(f"denials.{denial.role}", text, denial.clause)


def _answering(teller: Teller, scope: ScopeRule) -> Text:
    role = teller.role(scope.role)
    if scope.reach == "none":
        return _("{role}: sees no more than others", role=role)
    sees: Message = _(
        "{role}: sees the outside contacts that name them, {protected}",
        role=role,
        protected=wording.PROTECTED[scope.protected],
    )
    if scope.propose != "none":
        sees = _("{sees}; proposes changes for them", sees=sees)
    return sees if scope.maintain == "none" else _("{sees}; maintains them", sees=sees)


def _terms(teller: Teller) -> Iterator[RuleText]:
    policy = teller.policy
    lookup, rights, copies, password = policy.lookup, policy.rights, policy.copies, policy.password
    granted = _n(
        "a granted access lasts {days} day", "a granted access lasts {days} days", days=lookup.grant_days
    )
    asked = [_("for a stated purpose")] * lookup.purpose + [_("with a reason")] * lookup.reason
    if asked:
        yield RuleText("lookup", listed(asked), lookup.clause_of("purpose", "reason"))
    yield RuleText("lookup.grant_days", granted, lookup.clause_of("grant_days"))
    given = _("given by {role}", role=teller.role(rights.by))
    alone = [_("offices by them alone, told to all concerned")] * rights.alone
    yield RuleText("rights", join_sentences([given, *alone]), rights.clause_of("by"))
    unused = _n(
        "withdrawn after {days} day unused", "withdrawn after {days} days unused", days=rights.unused_days
    )
    yield RuleText("rights.unused_days", unused, rights.clause_of("unused_days"))
    by = _("by {role}", role=teller.role(policy.disclosure.by))
    consent = (
        _("with the person's consent only") if policy.disclosure.consent else _("without asking the person")
    )
    yield RuleText("disclosure", join_sentences([by, consent]), policy.disclosure.clause)
    if policy.disclosure.consent:
        answer = _n(
            "no answer within {days} working day is a no",
            "no answer within {days} working days is a no",
            days=policy.disclosure.answer_days,
        )
        yield RuleText("disclosure.answer_days", answer, policy.disclosure.clause_of("answer_days"))
    terms = [_("numbered")] * copies.numbered + [_("marked")] * copies.marked
    terms += [_("acknowledged")] * copies.acknowledge + [_("never forwarded")] * copies.no_forwarding
    terms += [_("under a password")] * copies.encrypted
    terms += [_("no contact copied from the screen")] * copies.no_contact_copy
    terms += [_("fetched by password and code, without pick-up codes")] * copies.no_pickup
    if copies.token_days != TOKEN_DAYS:
        days = copies.token_days
        some = _n("tokens of scripts for {days} day", "tokens of scripts for {days} days", days=days)
        terms += [some if days else _("no tokens for scripts")]
    on = (name for name in copies.model_fields_set - {"clause", "own"} if getattr(copies, name))
    yield RuleText("copies", listed(terms), copies.clause_of(*on))
    changed = _("no forced change")
    if password.max_age_days is not None:
        changed = _(
            "changed every {days} days, warned {warn} days before",
            days=password.max_age_days,
            warn=password.warn_days,
        )
    old = _("the last {history} may not come back", history=password.history)
    text = join_sentences([changed, *[old] * bool(password.history)])
    yield RuleText("password", text, password.clause_of("max_age_days"))
    for undertaking in policy.undertakings:
        key = f"undertaking.{undertaking.policy}"
        yield RuleText(key, undertaking.text, undertaking.clause)
        if undertaking.again_when_changed:
            again = _("accepted again with each new version")
            yield RuleText(f"{key}.again", again, undertaking.again_clause)
    for control in policy.controls:
        text = teller.here(wording.CONTROLS[control.id])
        yield RuleText(f"controls.{control.id}", text, control.clause)


def _second(teller: Teller) -> Iterator[RuleText]:
    second = teller.policy.second
    able = teller.roles(second.by)
    text = _("what takes two is agreed to by one of {roles}, of another office than whoever asks", roles=able)
    yield RuleText("second.by", text, second.clause)
    for one in second.of:
        text = _("takes two: {what}", what=wording.POWERS[one.power])
        yield RuleText(f"second.of.{one.power}", text, one.clause)


def _reset(teller: Teller) -> Iterator[RuleText]:
    reset = teller.policy.reset
    asked = _("asked for by {roles}", roles=teller.roles(reset.ask))
    yield RuleText("reset.ask", asked, reset.clause)
    waits = _n(
        "for privileged roles after {hours} hour, agreed to by one who holds one too: {roles}",
        "for privileged roles after {hours} hours, agreed to by one who holds one too: {roles}",
        hours=reset.wait_hours,
        roles=teller.roles(sorted(teller.policy.privileged)),
    )
    yield RuleText("reset.privileged", waits, reset.clause)
