"""Rules of a policy file of which nothing could ever come."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from db.language import _
from db.policy.overrides import ABOUT_THE_FILE
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema import PolicyFile
from db.policy.schema.book import Selector
from db.policy.vocabulary import FINE

ONLY_FOR = {"entries_a_day": "usage", "people_an_hour": "reveal", "acts_instead": "vacancy"}
"""Keys of a watch that one kind of watch has."""

TOLD_OF_CHANGES = ("departments", "unit", "everyone")
"""Whom a notice of changes can reach."""

WORDED = ("classification-marking", "advertising", "entertainment")
"""What is found by words alone."""

WORDLESS = ("identity-card", "bank-card")
"""What is found by its digits."""


def idle_rules(regulation: Regulation) -> Iterator[Fault]:
    yield from _Idle(regulation).all()


class _Idle:
    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self._at = regulation.fault
        self.file = regulation.file

    def all(self) -> Iterator[Fault]:
        yield from self._editions()
        yield from self._categories()
        yield from self._systems()
        yield from self._reviews()
        yield from self._notices()
        yield from self._watches()
        yield from self._fines()
        yield from self._screening()
        yield from self._overrides()

    def _editions(self) -> Iterator[Fault]:
        for number, edition in enumerate(self.file.editions):
            if _is_nobody(edition.include):
                message = _(
                    "Nobody would be in this edition. Write everyone = true, or name units, posts, roles "
                    "or tags."
                )
                yield self._at(message, "editions", number, "include")
            if _is_nobody(edition.recipients):
                message = _(
                    "Nobody would receive this edition. Write everyone = true, or name units, posts, roles "
                    "or tags."
                )
                yield self._at(message, "editions", number, "recipients")

    def _categories(self) -> Iterator[Fault]:
        for number, facet in enumerate(self.file.facets):
            for by, section in (("category", "categories"), ("tag", "tags")):
                if facet.by == by and not getattr(self.file, section):
                    message = _(
                        "There is nothing to choose from: add {section}, or leave this out.", section=section
                    )
                    yield self._at(message, "facets", number)
        for number, category in enumerate(self.file.categories):
            if not category.kinds and not category.units:
                message = _("This category would be empty. Name its kinds, or write units = true.")
                yield self._at(message, "categories", number)

    def _systems(self) -> Iterator[Fault]:
        if self.file.sync:
            return
        message = _("No system is kept in step by this file. Add sync, or leave this out.")
        for kind, duty in self.file.duty.items():
            if kind == "sync":
                yield self._at(message, "duty", kind)
            elif any(proof.what == "sync" for proof in duty.requires):
                yield self._at(message, "duty", kind, "requires")

    def _reviews(self) -> Iterator[Fault]:
        for number, review in enumerate(self.file.reviews):
            if review.of == "stale" and self.file.stale is None:
                message = _("No entry ever counts as stale by this file. Add stale = { days = … }.")
                yield self._at(message, "reviews", number)
            if review.verdicts and "right" not in review.verdicts:
                message = _('Such a review could never end well: add "right" to verdicts.')
                yield self._at(message, "reviews", number, "verdicts")
        if self.file.backups is not None and self.file.backups.every == "once":
            message = _('Backups are made again and again: write how often, such as every = "day".')
            yield self._at(message, "backups", "every")

    def _notices(self) -> Iterator[Fault]:
        for number, notice in enumerate(self.file.notices):
            if notice.about == "changes" and notice.every == "once":
                message = _(
                    'Of changes one is told from time to time: write how often, such as every = "week".'
                )
                yield self._at(message, "notices", number, "every")
            if notice.about == "changes" and notice.to not in TOLD_OF_CHANGES:
                message = _(
                    "Departments are told of changes: in to write one of {known}.",
                    known=", ".join(TOLD_OF_CHANGES),
                )
                yield self._at(message, "notices", number, "to")

    def _watches(self) -> Iterator[Fault]:
        for number, watch in enumerate(self.file.watches):
            for key, what in ONLY_FOR.items():
                if key in watch.model_fields_set and watch.what != what:
                    message = _(
                        'Only what = "{what}" has {name}. Leave it out, or write it there.',
                        what=what,
                        name=key,
                    )
                    yield self._at(message, "watches", number, key)

    def _fines(self) -> Iterator[Fault]:
        cases = {case.id for case in self.file.cases}
        fines_at_all = any(rung.id == FINE for rung in self.file.sanctions)
        for number, fine in enumerate(self.file.fines):
            if fine.case not in cases:
                message = _("There is no kind of case {case} to fine. Add it to cases first.", case=fine.case)
                yield self._at(message, "fines", number)
            if not fines_at_all:
                message = _(
                    "No sanction of this file is a fine, so nobody could be fined. Add it to sanctions: "
                    '{{ id = "fine", clause = "{clause}" }}.',
                    clause=fine.clause,
                )
                yield self._at(message, "fines", number)

    def _screening(self) -> Iterator[Fault]:
        for number, rule in enumerate(self.file.screening):
            if rule.what in WORDED and not rule.words:
                message = _("Nothing would be found without words. Add words = [ … ].")
                yield self._at(message, "screening", number)
            if rule.what in WORDLESS and rule.words:
                message = _("These are found by their digits, not by words: leave words out.")
                yield self._at(message, "screening", number, "words")

    def _overrides(self) -> Iterator[Fault]:
        if self.file.overrides is None:
            return
        known = sorted(set(PolicyFile.model_fields) - ABOUT_THE_FILE)
        for number, key in enumerate(self.file.overrides.keys):
            if key in known and not getattr(self.file, key):
                message = _(
                    "This file says nothing of {name}, so nothing is replaced. Leave it out here.", name=key
                )
            elif key in known:
                continue
            elif close := get_close_matches(key.split(".")[0], known, n=1):
                message = _(
                    "There is no key {name} that could be replaced. Is {close} meant? "
                    "A key is replaced as a whole.",
                    name=key,
                    close=close[0],
                )
            else:
                message = _(
                    "There is no key {name} that could be replaced. Known here: {known}.",
                    name=key,
                    known=", ".join(known),
                )
            yield self._at(message, "overrides", "keys", number)


def _is_nobody(chosen: Selector) -> bool:
    return not (chosen.everyone or chosen.units or chosen.posts or chosen.roles or chosen.tags)
