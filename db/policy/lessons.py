"""An effective policy as a short course: what its clauses mean for whoever holds certain roles, and questions
with one right answer each. Both come from the rules in force, so that a course is as new as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from db.language import Message, Text, _, _n
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.explain import explain
from db.policy.lesson_words import spoken_rules
from db.policy.rules import RuleText
from db.policy.schema.base import clause_ids
from db.policy.schema.work import CourseQuestion
from db.policy.telling import Teller
from db.policy.vocabulary import DEFAULT, FUNCTIONS, OWN

CHOSEN = ("backups", "watches")
"""Rules whose clause may leave to the organisation who it is."""
EVERYBODY = ("person", "everyone", "employee")
"""Words for what everybody of a book is."""
TECHNICAL = (
    "roles", "kinds", "fields", "unit_fields", "categories", "tags", "header", "controls", "posts",
    "unit_kinds", "facets",
)  # fmt: skip
"""Rules that say how the book is made, and ask nothing of anybody."""
QUESTIONS = 4
"""So many questions are made from the rules of a book; what a regulation asks itself comes on top."""


@dataclass(frozen=True, slots=True)
class LessonQuestion:
    """A question: ``right`` counts from 0 among the ``answers``."""

    text: Text
    answers: tuple[Text, ...]
    right: int
    clause: str


def clause_meanings(policy: EffectivePolicy, roles: Collection[str]) -> dict[str, tuple[Text, ...]]:
    """Return, by clause, the sentences of what it means for somebody with ``roles``; what a clause asks of
    other roles alone is left out."""
    mine, found = {*roles, *EVERYBODY}, dict[str, list[RuleText]]()
    for rule in explain(policy):
        section, *rest = rule.key.split(".")
        if section in TECHNICAL or (section == "training" and len(rest) > 1):
            continue
        if section == "denials" and rest[0] not in mine:
            continue
        bound = roles_concerned(policy, rule.key)
        if bound is None or not mine.isdisjoint(bound):
            for clause in clause_ids(rule.clause):
                found.setdefault(clause, []).append(rule)
    return {
        clause: tuple(dict.fromkeys(spoken_rules(policy, rules, mine))) for clause, rules in found.items()
    }


def roles_asked_by(policy: EffectivePolicy, clause: str) -> Text:
    """Return the labels of the roles of which ``clause`` asks something; "" where it asks that of
    everybody."""
    teller, found = Teller(policy), dict[str, None]()
    for rule in explain(policy):
        section, own = rule.key.split(".")[0], OWN in clause_ids(rule.clause)
        if clause in clause_ids(rule.clause) and not (own and section in CHOSEN):
            found |= dict.fromkeys(roles_concerned(policy, rule.key) or ())
    return teller.roles(found) if found else ""


def roles_concerned(policy: EffectivePolicy, key: str) -> tuple[str, ...] | None:
    """Return the roles of which the rule with ``key`` (see `explain`) asks something; None for everybody."""
    section, *rest = key.split(".")
    if section in FUNCTIONS:
        return policy.holders(section)
    match section, rest:
        case "interpreter", _:
            return tuple(one.role for one in policy.interpreters)
        case "scopes", [role, *_side]:
            return (role,)
        case "flow", [kind, "steps", number]:
            step = policy.flow(kind).steps[int(number) - 1]
            return (policy.role_behind(step.role),)
        case "duty", [kind, *_what]:
            duty = policy.duty(kind)
            return None if duty is None else tuple(map(policy.role_behind, duty.doers))
        case "reviews", [kind, *_what]:
            return tuple(policy.role_behind(one.by) for one in policy.reviews if one.kind == kind)
        case "watches", [what, *_what]:
            return tuple(policy.role_behind(one.to) for one in policy.watches if one.what == what)
        case "backups", _:
            return (policy.role_behind(policy.backups.by),)
        case (("stale" | "retention"), _):
            return policy.keepers
    return None


def questions(policy: EffectivePolicy, own: Collection[CourseQuestion] = ()) -> tuple[LessonQuestion, ...]:
    """Return the questions of a course: a regulation's ``own``, else up to `QUESTIONS` made of its rules."""
    stated = tuple(LessonQuestion(one.label, one.answers, one.right - 1, one.clause) for one in own)
    return stated or tuple(islice(_derive_questions(policy), QUESTIONS))


def _derive_questions(policy: EffectivePolicy) -> Iterator[LessonQuestion]:
    teller = Teller(policy)
    keeper = policy.maintainer
    if keeper.clause != DEFAULT:
        yield _which_role(teller, _("Who keeps this directory up to date?"), keeper.role, keeper.clause)
    denied = [one for one in policy.purposes if not one.allowed]
    allowed = [one.label for one in policy.purposes if one.allowed]
    if denied and denied[0].clause != DEFAULT and len(allowed) > 1:
        text = _("For which of these may nobody be looked up?")
        yield _build_question(text, denied[0].label, allowed[:2], denied[0].clause)
    report = next((one for one in policy.reporting if one.kind == "incident"), None)
    if report is not None and report.clause != DEFAULT:
        text = _("You notice that something of this directory leaked. Whom do you report it to?")
        yield _which_role(teller, text, policy.role_behind(report.to[0]), report.clause, *report.to[1:])
    sight = policy.scope("employee")
    if sight.clause != DEFAULT and OWN not in clause_ids(sight.reach_clause):
        text = _("Whom does everybody see without asking?")
        wrong = [told for reach, told in wording.REACHES.items() if reach not in ("none", sight.reach)][:2]
        yield _build_question(
            text, teller.here(wording.REACHES[sight.reach]), list(map(teller.here, wrong)), sight.clause
        )
    for duty in policy.duties:
        if OWN not in clause_ids(duty.due_clause):
            text = _(
                "{role}: {duty}. By when, counted from {start}?",
                role=teller.roles(duty.doers),
                duty=teller.here(wording.DUTIES[duty.kind]),
                start=wording.STARTS[duty.start],
            )
            longer = [_days(duty.days * 2 + 1), _days(duty.days * 5)]
            yield _build_question(text, _days(duty.days), longer, duty.due_clause)
    for field in policy.fields:
        if field.required and not field.applies_to and DEFAULT not in clause_ids(field.required_clause):
            spare = [one.label for one in policy.fields if not one.required][:2]
            if spare:
                text = _("Which of these does every entry have to hold?")
                yield _build_question(text, field.label, spare, field.required_clause)


def _which_role(teller: Teller, text: Message, role: str, clause: str, *right_too: str) -> LessonQuestion:
    wrong = [teller.role(one.id) for one in teller.policy.roles if one.id not in (role, *right_too)]
    return _build_question(text, teller.role(role), wrong[:2] or [_("Nobody in particular")], clause)


def _build_question(text: Message, right: Text, wrong: Sequence[Text], clause: str) -> LessonQuestion:
    """Return a question with its right answer among the wrong ones, in a place that depends on text and
    clause alone."""
    place = sha256(f"{text.text}{clause}".encode()).digest()[0] % (len(wrong) + 1)
    return LessonQuestion(text, (*wrong[:place], right, *wrong[place:]), place, clause)


def _days(days: int) -> Text:
    return _n("{days} working day", "{days} working days", days=days)
