"""What a policy file calls things: spelt as names are, and no two in one list that look the same (UTS 39)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.language import Message, _
from db.policy.line_numbers import Path
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.base import NamedRule, PolicyPart
from db.policy.schema.book import StatedField
from db.store.lookalikes import skeleton
from db.store.name_spelling import find_misspelling
from db.store.searchkeys import fold_text


def lookalike_labels(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault for each label that holds a sign no name may, or that looks like another label beside
    it."""
    for places in _lists(regulation.file):
        seen: dict[tuple[str, str], str] = {}
        for path, text in places:
            wrong: Message | None = find_misspelling(text)
            language = str(path[-1])
            other = seen.setdefault((language, skeleton(fold_text(text))), text)
            if wrong is None and fold_text(other) != fold_text(text):
                wrong = _("“{text}” looks like “{other}”, in other letters.", text=text, other=other)
            if wrong is not None:
                yield regulation.fault(wrong, *path)


def _lists(file: PolicyFile) -> Iterator[Sequence[tuple[Path, str]]]:
    yield [(("title", "zh"), file.title.zh), (("title", "en"), file.title.en)]
    for section in PolicyFile.model_fields:
        rules = getattr(file, section)
        if not isinstance(rules, tuple):
            continue
        yield [one for number, rule in enumerate(rules) for one in _labels(rule, (section, number))]
        for number, rule in enumerate(rules):
            if isinstance(rule, StatedField):
                yield [
                    (((section, number, "choices", place, language)), getattr(choice, language))
                    for place, choice in enumerate(rule.choices)
                    for language in ("zh", "en")
                ]


def _labels(rule: PolicyPart, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(rule, NamedRule | StatedField):
        yield (*path, "zh"), rule.zh
        yield (*path, "en"), rule.en
