"""Finding people by the whole of a protected value, such as the number that somebody called from.

A part of it finds nobody. Each question is on record, whoever is found counts as shown, and questions that
find nobody are bounded, so that values are not read by trying them one after the other. Not an operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.desk.act import Act
from db.desk.authority.reach import search_scope_of
from db.desk.directory.search import OPENING, find_by_value, question, search
from db.desk.disclosure_limits import MISSED, is_beyond, misses_left, note_shown, tell_watch, too_many_misses
from db.desk.disclosure_limits import reason_required as beyond_watch
from db.desk.entry.lines import EntryLine, lines_of
from db.desk.notation.values import NUMBERS, make_national_digits, normalise
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import Side
from db.store.engine import store
from db.store.searchkeys import SHORTEST_BLIND, as_number, fold_text

SOUGHT = NUMBERS | {"qq", "wechat", "email", "number", "text"}
"""Kinds of value that one has of somebody whom one does not know."""


PART_OF_NUMBER = _(
    "Nobody. A part of a number finds only numbers you may see; type a protected one in full, on record."
)


@dataclass(frozen=True, slots=True)
class ByValue:
    """Who has the value. ``withheld`` says why nobody was looked for, if so."""

    lines: tuple[EntryLine, ...] = ()
    withheld: Text = ""


def is_part_of_number(text: str) -> bool:
    return bool(as_number(text))


def by_value(act: Act, book: str, text: str, unit: int | None, side: Side, limit: int) -> ByValue:
    """Find who has the whole protected value ``text``, and record it. Those found are recorded as shown, and
    the watch is notified beyond its limit; a value that nobody has is recorded as a miss, of which a day
    allows a number. Does and records nothing where ``text`` is no such value or the reader may reveal
    none."""
    permissions = act.permissions
    policy, ground = permissions.policy(book), search_scope_of(permissions, book, side, unit)
    values = _whole_values(policy, text)
    levels = (*(arm.protected for arm in (*ground.arms, *ground.finer)), *ground.entries.values())
    if values and not any(policy.field(name).kind in NUMBERS for name in values):
        # A word that finds somebody by what is open is no question for a protected value.
        own = permissions.own.get(book, (0, None))[1]
        if search(ground, question(text, side), own, 1, book):
            values = {}
    if not values or not any(level in OPENING for level in levels):
        act.silent = True
        return ByValue()
    act.note_facts(book=book, unit=unit, fields=sorted(values))
    if is_beyond(act, policy, 0):
        return ByValue(withheld=beyond_watch(policy).with_clause())
    if misses_left(act) <= 0:
        return ByValue(withheld=too_many_misses().with_clause())
    found = lines_of(permissions, book, ground, find_by_value(ground, book, values, limit))
    others = [line.entry for line in found if not line.own]
    for entry in others:
        note_shown(act, policy, entry)
    if others:
        tell_watch(act, policy, *others)
    elif not found:
        act.called = MISSED
    return ByValue(found)


def _whole_values(policy: EffectivePolicy, text: str) -> Mapping[str, str]:
    """Return by protected field the form in which ``text`` is searched as its whole value."""
    region, found = store().settings.phone_region, {}
    sought = SOUGHT - {"text"} if as_number(text) else SOUGHT  # digits are no whole value of free text
    for rule in policy.fields:
        if rule.protected and not rule.visible_to and rule.kind in sought:
            value = normalise(rule, text, region)
            if isinstance(value, str):
                value = make_national_digits(region)(value) if rule.kind in NUMBERS else value
                if len(fold_text(value)) >= SHORTEST_BLIND:
                    found[rule.name] = value
    return found
