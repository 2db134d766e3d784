"""Emergency calls: from an entry to the first number at once, each call noted, the next one offered."""

from __future__ import annotations

from db.desk.authority.permissions import Permissions, policy_of
from db.desk.authority.reach import search_scope_of
from db.desk.directory.directory_views import reader_of
from db.desk.directory.search import list_page
from db.desk.directory.terms import within_reach
from db.desk.disclosure_limits import tell_watch
from db.desk.emergency.calls import MISTAKEN, OUTCOMES, CallSheet, Outcome, RollLine, attempts_of, call_sheet
from db.desk.entry.lines import lines_of
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.language import _, listed
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite
from db.policy.schema.book import EmergencyRule
from db.store import clock
from db.store.moves import Moves
from db.store.tables import CallAttempt, Entry

PURPOSE = "emergency"
MOST = 200


class Emergencies(OperationGroup):
    """Operations of whoever may see the numbers that are called in an emergency."""

    @operation(
        "emergency.books", label=_("list the directories with an emergency list"), recorded=False, power=LOOKS
    )
    def books(self) -> tuple[str, ...]:
        """Return the books that keep an emergency list from which the actor may call."""
        return tuple(book for book in self.permissions.books if self._may_call(book))

    @operation("emergency.roll", label=_("look at an emergency list"), recorded=True, power=LOOKS)
    def roll(self, book: str, unit: int | None = None) -> tuple[RollLine, ...]:
        """Return up to `MOST` people within reach, none of them outside contacts, in ``unit`` and below, with
        how far the calls have come. Raises Refused for whoever may not call, or reaches nobody."""
        self.permissions.check_book(book)
        self.act.note_facts(book=book, unit=unit)
        if not self._may_call(book):
            raise self._not_yours(policy_of(book))
        ground = search_scope_of(self.permissions, book, "internal")
        if not (ground.arms or ground.entries):
            raise self._out_of_reach(policy_of(book))
        if unit is not None:
            ground = ground.part_within(unit)
        lines = lines_of(self.permissions, book, ground, list_page(ground, 0, MOST))
        made = attempts_of([line.entry for line in lines])
        self.act.note_facts(clause=_rule(policy_of(book)).clause)
        return tuple(
            RollLine(
                line.entry,
                line.name,
                line.unit_name,
                sum(one.entry_id == line.entry and one.outcome != MISTAKEN for one in made),
                any(one.entry_id == line.entry and one.outcome == "reached" for one in made),
            )
            for line in lines
        )

    @operation(
        "emergency.open",
        label=_("open emergency numbers"),
        recorded=True,
        power=LOOKS,
        looks="unwatched",
        shows=True,
    )
    def open(self, entry: int) -> CallSheet:
        """Return an entry's numbers in clear, recorded as an emergency. Notifies the watch beyond its limit.
        Raises Refused for one out of reach, one's own, and where the numbers are not open to the actor."""
        row, policy, rule = self._allowed(entry)
        self.act.note_facts(purpose=PURPOSE, fields=list(rule.fields))
        return call_sheet(row, policy, rule)

    @operation(
        "emergency.note",
        label=_("note an emergency call"),
        recorded=True,
        power=power_over(Moves.RECORD),
        shows=True,
        mass=True,
    )
    def note(self, entry: int, place: int, outcome: Outcome) -> CallSheet:
        """Record that the number at ``place`` was called and the outcome, and store it where the rules keep
        attempts; return the sheet with the next number. Notifies the watch beyond its limit. ``mistaken``
        takes back all that was noted of the number. Raises Refused for an entry out of reach or one's own,
        and where the numbers are not open to the actor; Invalid."""
        row, policy, rule = self._allowed(entry)
        sheet = call_sheet(row, policy, rule)
        number = next((one for one in sheet.numbers if one.place == place), None)
        if number is None:
            raise Invalid(Problem("number", _("There is no number {place} on this list.", place=place)))
        if outcome not in OUTCOMES:
            raise Invalid(Problem("outcome", _("Say what came of it: {words}.", words=", ".join(OUTCOMES))))
        if outcome == MISTAKEN and (number.result is None or number.result.outcome == MISTAKEN):
            raise Invalid(Problem("outcome", _("Nothing is noted of this number that could be a mistake.")))
        self.act.note_facts(field=number.field, number=number.ord + 1, result=outcome)
        if rule.note_attempts:
            CallAttempt.create(
                entry=entry,
                field=number.field,
                ord=number.ord,
                outcome=outcome,
                account=self.permissions.account,
                at=clock.now(),
            )
        return call_sheet(row, policy, rule)

    def _allowed(self, entry: int) -> tuple[Entry, EffectivePolicy, EmergencyRule]:
        """Return the entry with its rules, if the actor sees it and the numbers to be called. Notifies the
        watch, recorded beside, where they were shown too many. Raises Refused."""
        row = within_reach(self.act, entry, None)
        policy = policy_of(row.book_id)
        reader = reader_of(self.permissions, row)
        rules = [policy.field(name) for name in policy.emergency.fields] if policy.emergency else []
        if policy.emergency is None:
            raise Refused(
                _("This directory keeps no emergency list."),
                SILENT,
                _("Press c for how to reach this person."),
            )
        if reader.own or not all(
            reader.sees_field(rule) and reader.field_look(rule) != "closed" for rule in rules
        ):
            raise self._not_yours(policy)
        self.act.note_facts(clause=policy.emergency.clause)
        tell_watch(self.act, policy, entry)
        return row, policy, policy.emergency

    def _may_call(self, book: str) -> bool:
        return may_call(self.permissions, policy_of(book))

    def _not_yours(self, policy: EffectivePolicy) -> Refused:
        owners = listed(policy.role(role).label for role in policy.holders("owner"))
        return Refused(
            _("The emergency numbers are not open to your role."),
            policy.emergency.clause if policy.emergency is not None else SILENT,
            _("Tell {role} at once.", role=owners),
        )

    def _out_of_reach(self, policy: EffectivePolicy) -> Refused:
        """Build the refusal for a role that may call and reaches nobody, citing the scope that leaves it
        so."""
        scopes = [policy.scope(role) for role in sorted(self.permissions.roles(policy.book))]
        owners = listed(policy.role(role).label for role in policy.holders("owner"))
        return Refused(
            _("The rules of this directory leave nobody within your reach to be called."),
            cite(*(scope.clause for scope in scopes if scope.reach != "none")),
            _("Tell {role} at once.", role=owners),
        )


def may_call(permissions: Permissions, policy: EffectivePolicy) -> bool:
    """Return whether a role that ``permissions`` holds opens every number of the emergency list."""
    if policy.emergency is None:
        return False
    rules = [policy.field(name) for name in policy.emergency.fields]
    return any(
        scope.reach != "none"
        and all(not rule.visible_to or role in rule.visible_to for rule in rules)
        and (scope.protected in ("shown", "reveal") or not any(rule.protected for rule in rules))
        for role in permissions.roles(policy.book)
        for scope in [policy.scope(role)]
    )


def _rule(policy: EffectivePolicy) -> EmergencyRule:
    if policy.emergency is None:
        raise LookupError(policy.book)
    return policy.emergency
