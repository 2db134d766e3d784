"""Holding values against what the regulations of a book keep out of it (H.4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from db.desk.content_filter.numbers import has_bank_card, has_identity_card, plain_text
from db.desk.content_filter.word_list import own_words, word_list
from db.desk.refusal import Problem, Refused
from db.language import Message, Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.schema.conduct import ScreeningRule
from db.policy.vocabulary import Screen
from db.policy.wording import SCREENS
from db.store.engine import store

_IDS = frozenset({"unit", "person", "photo", "choice", "date"})
"""Kinds of value that are chosen, or of a shape that hides nothing."""
_WORDY = frozenset({"text", "address"})
"""Kinds of value that are written freely, so that words are looked for. A person's name is read for none: it
is nobody's choice, and `段子` may be one."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What must not be in a value, and by which clause. ``word`` is the word that was found."""

    what: Screen
    clause: str
    word: str = ""

    def message(self, field: Text) -> Message:
        """Return what is wrong, in words; a number is not repeated."""
        what = SCREENS[self.what]
        if self.word:
            return _("{field} must not hold {what}: “{word}”.", field=field, what=what, word=self.word)
        return _("{field} must not hold {what}.", field=field, what=what)

    def with_clause(self, field: Text) -> Message:
        return _("{reason} ({clause})", reason=self.message(field), clause=self.clause)


class Screening:
    """The screening that ``policy`` asks for, for as many values as there are."""

    def __init__(self, policy: EffectivePolicy, fields: Iterable[FieldRule] | None = None) -> None:
        self._rules = policy.screening
        self._fields = {rule.name: rule for rule in (policy.fields if fields is None else fields)}
        self._lists = {rule.what: word_list(_words(rule)) for rule in self._rules}

    def text(self, text: str) -> Unfit | None:
        """Return the first content that must not be in a freely written text."""
        return self._find_unfit(text, wordy=True, private=False) if self._rules else None

    def numbers(self, text: str) -> Unfit | None:
        """Return the identity or bank card number in a text that goes with an entry; the text may hold any
        other content. None without one."""
        return self._find_unfit(text, wordy=False, private=False)

    def value(self, rule: FieldRule, value: str) -> Unfit | None:
        """Return the first content that must not be in a value of ``rule``'s field."""
        if not self._rules or rule.kind in _IDS:
            return None
        return self._find_unfit(value, wordy=rule.kind in _WORDY, private=rule.private)

    def values(
        self, values: Mapping[str, Sequence[str]], wrong: Iterable[Problem] = ()
    ) -> Iterator[tuple[FieldRule, Unfit]]:
        """Yield all that must not be in ``values``, nor in what was typed ``wrong``, by field."""
        typed = [(problem.field, problem.typed) for problem in wrong]
        for name, value in (*typed, *((name, value) for name, given in values.items() for value in given)):
            rule = self._fields.get(name)
            found = self.value(rule, value) if rule is not None else None
            if rule is not None and found is not None:
                yield rule, found

    def _find_unfit(self, text: str, *, wordy: bool, private: bool) -> Unfit | None:
        """Return the first content that ``text`` may not hold. ``wordy``: search the word lists too;
        ``private``: the field may hold private data."""
        given = plain_text(text) if wordy else ""
        for rule in self._rules:
            found = ""
            if rule.what == "identity-card" and has_identity_card(text):
                return Unfit(rule.what, rule.clause)
            if rule.what == "bank-card" and has_bank_card(text):
                return Unfit(rule.what, rule.clause)
            if wordy and not (private and rule.what == "private-data"):
                found = self._lists[rule.what].find_plain(given)
            if found:
                return Unfit(rule.what, rule.clause, found)
        return None


def _words(rule: ScreeningRule) -> tuple[str, ...]:
    own = own_words(store().home.policies) if rule.what == "listed-words" else ()
    return (*rule.words, *own)


def form_problems(
    policy: EffectivePolicy, values: Mapping[str, Sequence[str]], wrong: Sequence[Problem] = ()
) -> tuple[Problem, ...]:
    """Return the problems of a form being typed: those in ``wrong``, and unfit content, which replaces what
    is wrong with the same field."""
    unfit = {
        rule.name: Problem(rule.name, found.with_clause(rule.label))
        for rule, found in Screening(policy).values(values, wrong)
    }
    return (*(problem for problem in wrong if problem.field not in unfit), *unfit.values())


def refuse_unfit(
    policy: EffectivePolicy,
    values: Mapping[str, Sequence[str]],
    fields: Iterable[FieldRule] | None = None,
    wrong: Iterable[Problem] = (),
) -> None:
    """Raise Refused where ``values``, or what was typed ``wrong``, hold content that the book must not.
    ``fields``: the rules of the fields; an entry's by default."""
    for rule, unfit in Screening(policy, fields).values(values, wrong):
        raise _refused(rule.label, unfit, rule.name)


def refuse_unfit_text(policy: EffectivePolicy, label: Text, text: str, field: str) -> None:
    """Raise Refused for a text outside an entry, such as a unit's name, with content that the regulations
    exclude."""
    unfit = Screening(policy).text(text)
    if unfit is not None:
        raise _refused(label, unfit, field)


def refuse_card_numbers(policies: Iterable[EffectivePolicy], label: Text, text: str, field: str = "") -> None:
    """Raise Refused where a text that goes with entries, such as a request's reason, holds the number of an
    identity or bank card: every decider would read it, and it would stay on record."""
    for policy in policies:
        unfit = Screening(policy).numbers(text)
        if unfit is not None:
            raise _refused(label, unfit, field)


def _refused(label: Text, unfit: Unfit, field: str = "") -> Refused:
    return Refused(
        unfit.message(label),
        unfit.clause,
        _("Remove it, then submit again; the directory holds contacts for work and nothing else."),
        field=field,
    )
