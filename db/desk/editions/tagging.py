"""What editions choose by, besides posts and roles: kinds of unit and tags, both kept by the maintainer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.desk.authority.permissions import Permissions, no_such_book, policy_of, root_of
from db.desk.content_filter.content import refuse_unfit_text
from db.desk.editions.choosing import Choosing
from db.desk.editions.issuing_rights import issues_editions
from db.desk.entry.citing import with_clause
from db.desk.entry.record import reindex_entry, reindex_units
from db.desk.entry.units import LONGEST_REGION, lock_with_below
from db.desk.extracts.report_rights import units_below
from db.desk.frame import OperationGroup, operation
from db.desk.notation.values import clean
from db.desk.power.declaration import LOOKS, Asked, Power, SaidLine, Way, power_over
from db.desk.refusal import Invalid, Problem, Refused
from db.desk.requests.proposing import clause_of_keeping
from db.language import Label, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import EditionRule, TagRule, UnitKindRule
from db.store.moves import Moves
from db.store.name_spelling import find_misspelling, spell_name
from db.store.tables import Entry, EntryTag, Unit


@dataclass(frozen=True, slots=True)
class KindOfUnit:
    """A kind that units of the book may be of."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class UnitSorted:
    """A unit in tree order; ``own``: its kind is its own, not inherited; ``region``: its own one."""

    id: int
    name: str
    depth: int
    kind: str
    label: Label
    own: bool
    region: str


@dataclass(frozen=True, slots=True)
class TagSorted:
    """A tag of the book, and whether the entry carries it."""

    id: str
    label: Label
    on: bool


def _way(permissions: Permissions, asked: Asked) -> Way:
    """Return TWO for a tag by which somebody receives copies, as for a copy for work; else TOLD."""
    row = Entry.get_or_none(Entry.id == asked["entry"])
    if row is None or row.book_id not in permissions.books or not asked["on"]:
        return Way.TOLD
    return Way.TWO if asked["tag"] in policy_of(row.book_id).naming_tags else Way.TOLD


def _said_lines(asked: Asked) -> tuple[SaidLine, ...]:
    """Say who gets which tag, and which editions they receive by it."""
    row = Entry.get_or_none(Entry.id == asked["entry"])
    if row is None:
        return ()
    policy, tag = policy_of(row.book_id), asked["tag"]
    label: Text = next((one.label for one in policy.tags if one.id == tag), tag)
    received = listed(one.label for one in policy.editions if tag in one.recipients.tags)
    return (
        SaidLine(_("who"), "", str(row.name)),
        SaidLine(_("Tag"), "", label),
        SaidLine(_("receives"), "", received),
    )


def _gained(asked: Asked) -> list[Text]:
    """Return the editions that somebody would receive by the kind of unit that is ``asked`` and does not
    receive now."""
    unit = Unit.get_by_id(asked["unit"])
    now, then = Choosing(unit.book_id), Choosing(unit.book_id)
    then.units[unit.id].kind = asked["kind"]

    def receives(choosing: Choosing, edition: EditionRule) -> set[int]:
        return {entry.id for entry in choosing.recipients(edition)}

    return [one.label for one in now.policy.editions if receives(then, one) - receives(now, one)]


def _kind_way(permissions: Permissions, asked: Asked) -> Way:
    """Return TWO for a kind of unit by which somebody comes to receive copies, as for a tag; else TOLD."""
    row = Unit.get_or_none(Unit.id == asked["unit"])
    if row is None or row.book_id not in permissions.books:
        return Way.TOLD
    return Way.TWO if _gained(asked) else Way.TOLD


def _kind_says(asked: Asked) -> tuple[SaidLine, ...]:
    """Say which unit becomes of what kind, and which editions are received by that."""
    row = Unit.get_or_none(Unit.id == asked["unit"])
    if row is None:
        return ()
    labels: dict[str, Text] = {one.id: one.label for one in policy_of(row.book_id).unit_kinds}
    before, after = Choosing(row.book_id).unit_kind(row.id), str(asked["kind"])
    return (
        SaidLine(_("in which part"), "", str(row.name)),
        SaidLine(_("kind"), labels.get(before, before), labels.get(after, after)),
        SaidLine(_("receives"), "", listed(_gained(asked))),
    )


def _naming(
    way: Callable[[Permissions, Asked], Way], undo: str, says: Callable[[Asked], tuple[SaidLine, ...]]
) -> Power:
    """Declare the power of an act by which somebody may come to receive an edition: those agree to it who
    decide on a copy for work, as I.4.3 says who receives an edition and not who names them."""
    return Power(frozenset({Moves.GIVEN}), way, undo, says, flow="copy", borrows_flow=True)


class Sorting(OperationGroup):
    """Operations of whoever maintains a book that is issued in editions."""

    @operation("sorting.kinds", label=_("list the kinds of unit"), recorded=False, power=LOOKS)
    def kinds(self, book: str) -> tuple[KindOfUnit, ...]:
        return tuple(KindOfUnit(rule.id, rule.label) for rule in self._maintained(book).unit_kinds)

    @operation("sorting.units", label=_("list units with their kinds"), recorded=False, power=LOOKS)
    def units(self, book: str) -> tuple[UnitSorted, ...]:
        """List every unit with its kind, in the order of the tree. Raises Refused for who does not keep the
        book."""
        policy, choosing = self._maintained(book), Choosing(book)
        labels = {rule.id: rule.label for rule in policy.unit_kinds}
        found = []
        for option in units_below(book, {root_of(book)}):
            kind = choosing.unit_kind(option.id)
            label = labels.get(kind, Label(kind, kind))
            row = choosing.units[option.id]
            found.append(
                UnitSorted(option.id, option.name, option.depth, kind, label, bool(row.kind), row.region)
            )
        return tuple(found)

    @operation(
        "sorting.set_kind",
        label=_("say what kind a unit is"),
        recorded=True,
        power=_naming(_kind_way, "sorting.set_kind", _kind_says),
    )
    def set_kind(self, unit: int, kind: str) -> None:
        """Store the kind of ``unit``, which holds below it where a unit has none; ``""``: that of the unit
        above. Notifies the watchers. Where somebody would receive an edition by it, those who decide on a
        copy for work have to agree first. Raises Refused; Invalid for a kind that the book does not know."""
        row, policy = self._unit(unit)
        rule: UnitKindRule | None = next((one for one in policy.unit_kinds if one.id == kind), None)
        if kind and rule is None:
            raise Invalid(Problem("kind", _("This directory has no kind of unit called {name}.", name=kind)))
        self.act.note_facts(unit=unit, clause=rule.clause if rule is not None else policy.maintainer.clause)
        self.act.note_facts(kind=kind)
        self.act.back = {"kind": row.kind}
        self.act.keep_states({"kind": row.kind}, {"kind": kind})
        Unit.update(kind=kind).where(Unit.id == unit).execute()

    @operation("sorting.tags", label=_("list the tags of an entry"), recorded=False, power=LOOKS)
    def tags(self, entry: int) -> tuple[TagSorted, ...]:
        _row, policy = self._entry(entry)
        carried = {row.tag for row in EntryTag.select().where(EntryTag.entry == entry)}
        return tuple(TagSorted(rule.id, rule.label, rule.id in carried) for rule in policy.tags)

    @operation(
        "sorting.tag",
        label=_("put a tag on or take it off"),
        recorded=True,
        power=_naming(_way, "sorting.tag", _said_lines),
    )
    def tag(self, entry: int, tag: str, on: bool) -> None:
        """Put a tag of the book's regulations on an entry, or take it off, and index the entry again; notify
        its person and the watchers. For a tag by which somebody receives an edition, those who decide on a
        copy for work have to agree first. Raises Refused; Invalid for a tag that the book does not know."""
        row, policy = self._entry(entry)
        rule: TagRule | None = next((one for one in policy.tags if one.id == tag), None)
        if rule is None:
            raise Invalid(Problem("tag", _("This directory has no tag called {name}.", name=tag)))
        self.act.note_facts(unit=row.unit_id, entry=entry, clause=rule.clause, tag=tag, on=on)
        self.act.back = {"on": not on}
        if on:
            EntryTag.insert(entry=entry, tag=tag).on_conflict_ignore().execute()
        else:
            EntryTag.delete().where((EntryTag.entry == entry) & (EntryTag.tag == tag)).execute()
        reindex_entry(entry)

    @operation(
        "sorting.set_region",
        label=_("say in which region a unit is"),
        recorded=True,
        power=power_over(Moves.GIVEN, way=Way.TOLD, undo="sorting.set_region"),
    )
    def set_region(self, unit: int, region: str) -> None:
        """Store the region of ``unit``, which holds below it where a unit has none, and index the entries
        again; ``""``: none. Notifies the watchers. Raises Refused; Invalid for words that no region may
        have."""
        row, policy = self._unit(unit)
        region = spell_name(clean(region))
        if wrong := find_misspelling(region):
            raise Invalid(Problem("region", with_clause(policy, wrong)))
        if len(region) > LONGEST_REGION:
            raise Invalid(
                Problem("region", _("This is longer than {count} characters.", count=LONGEST_REGION))
            )
        refuse_unfit_text(policy, _("Region"), region, "region")
        rule = next((one for one in policy.facets if one.by == "region"), None)
        self.act.note_facts(unit=unit, clause=rule.clause if rule is not None else policy.maintainer.clause)
        self.act.note_facts(region=region)
        self.act.back = {"region": row.region}
        self.act.keep_states({"region": row.region}, {"region": region})
        below = lock_with_below(unit)
        Unit.update(region=region).where(Unit.id == unit).execute()
        reindex_units(below)

    def _unit(self, unit: int) -> tuple[Unit, EffectivePolicy]:
        """Return a unit of a book that the actor keeps, with its rules. Raises Refused."""
        row = Unit.get_or_none(Unit.id == unit)
        if row is None or row.book_id not in self.permissions.books:
            raise no_such_book()
        return row, self._maintained(row.book_id)

    def _entry(self, entry: int) -> tuple[Entry, EffectivePolicy]:
        row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
        if row is None or row.book_id not in self.permissions.books:
            raise no_such_book()
        return row, self._maintained(row.book_id)

    def _maintained(self, book: str) -> EffectivePolicy:
        """Return the policy of a book that the actor maintains, and note the book. Raises Refused."""
        policy = self.permissions.check_book(book)
        self.act.note_facts(book=book)
        if not issues_editions(self.permissions, policy):
            role: Label = policy.role(policy.maintainer.role).label
            raise Refused(
                _("Only {role} says what kind a unit is and who carries a tag.", role=role),
                clause_of_keeping(policy),
                _("Tell {role} what is to be changed.", role=role),
            )
        return policy
