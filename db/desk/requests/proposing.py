"""Who may propose changes to which entry, and to which of its fields. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db.desk.act import Act
from db.desk.authority.permissions import Holding, Permissions, is_within, policy_of
from db.desk.authority.sight import NOBODY, FieldReader, sights_of
from db.desk.entry import record
from db.desk.entry.colleagues import side_of, within_reach
from db.desk.entry.record import RecordedEntry
from db.desk.refusal import SILENT, Refused
from db.language import Text, _
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule, Flow, Step
from db.policy.schema.base import regulations_in
from db.policy.vocabulary import DEFAULT, HEAD, INSIDE_OWNER, PERSON, Operation, Reach, Side
from db.store.tables import Campaign, Entry, ReviewItem

NOT_TYPED = frozenset({"unit"})
"""Kinds of value that a change form does not take: a move is a request of its own."""


@dataclass(frozen=True, slots=True)
class ProposalRight:
    """The right to propose for one entry, which rests on ``holding``. The ``reader`` is the proposer."""

    entry: RecordedEntry
    own: bool
    maintains: bool
    reader: FieldReader
    holding: Holding
    side: Side

    @property
    def role(self) -> str:
        return self.holding.role

    @property
    def reporter(self) -> str:
        """In which capacity the change is reported: as the person of the entry, or by the role held."""
        return PERSON if self.own else self.role

    @property
    def policy(self) -> EffectivePolicy:
        """The policy in force over the entry's book."""
        return policy_of(self.entry.book)

    def steps(self, flow: Flow) -> tuple[Step, ...]:
        """Return the steps that decide what is proposed. Whoever acts in the maintainer's place needs neither
        the maintainer nor themselves for somebody else's entry (G.3.1, G.3.2); if no step is left and a
        second person is asked for, the head of the unit decides, or one above. A step that another regulation
        asks for stays, and so do all where nothing may go unreviewed."""
        policy = self.policy
        if self.own or self.role in policy.keepers or not self.maintains:
            return flow.steps
        if policy.denial("edit-unreviewed", self.role) is not None:
            return flow.steps
        own = {*regulations_in(policy.scope(self.role, self.side).clause), DEFAULT}
        others = tuple(
            step
            for step in flow.steps
            if policy.role_behind(step.role) not in (self.role, policy.maintainer.role)
            or not regulations_in(step.clause) <= own
        )
        need = policy.second.need("entry")
        second = (Step(HEAD, need.clause),) if need and not others else ()
        return (*second, *others)

    def fields(self) -> tuple[FieldRule, ...]:
        return tuple(
            rule
            for rule in self.policy.fields
            if (not rule.applies_to or self.entry.kind in rule.applies_to)
            and (self.maintains or self.reader.sees_field(rule))
        )

    def may_edit(self, rule: FieldRule) -> bool:
        return rule.kind not in NOT_TYPED and (self.maintains or rule.edited_by == "person")

    def may_show(self, rule: FieldRule) -> bool:
        return self.reader.shows_values(rule)

    def masked_right(self) -> ProposalRight:
        """Return the same right with protected values of others masked."""
        return replace(self, reader=self.reader.masked_reader())


def right_to_propose(act: Act, entry: int) -> ProposalRight:
    """Return what the actor may propose for ``entry``, and put the entry on the act's record. Raises Refused
    where it may propose nothing: by the clause that says who keeps an entry that they see (A.6), or else as
    `propose_if_kept`."""
    policy, right = propose_if_kept(act, entry)
    if right is None:
        raise denied_to_role(act.permissions, policy, "edit") or _kept_by_others(policy)
    return right


def propose_if_kept(act: Act, entry: int) -> tuple[EffectivePolicy, ProposalRight | None]:
    """Return the rules over ``entry`` and what the actor may propose for it, None where they only see it;
    put the entry on the act's record. Raises Refused where they don't see it: by the clause that keeps the
    technical role from editing (A.6), or alike for entries out of reach and for none (C.10), by the clause
    that says who keeps the book."""
    act.note_facts(entry=entry)
    row = Entry.get_or_none((Entry.id == entry) & (Entry.state == "active"))
    permissions = act.permissions
    holding = _best(permissions, row) if row is not None else None
    if row is not None and holding is None:
        _refuse_stand_in(permissions, row)
    if row is None or (holding is None and not within_reach(permissions, row)):
        raise _denied(permissions)
    act.note_facts(book=row.book_id, unit=row.unit_id)
    policy = policy_of(row.book_id)
    if holding is None:
        return policy, None
    own = permissions.own.get(row.book_id, (None, None))[0] == row.id
    side = side_of(row)
    scope = policy.scope(holding.role, side)
    maintains = holding.role == policy.maintainer.role or _covers(scope.maintain, holding, permissions, row)
    reader = sights_of(permissions, row.book_id, side).field_reader(row.id, row.unit_id, row.kind) or NOBODY
    return policy, ProposalRight(record.load_entry(row.id), own, maintains, reader, holding, side)


def may_propose(permissions: Permissions, row: Entry) -> bool:
    return _best(permissions, row) is not None


def managing_clause(permissions: Permissions, row: Entry) -> str:
    """Return the clause by which ``row`` is changed without a keeper of the book; nothing for others."""
    holding = _best(permissions, row)
    scope = permissions.policy(row.book_id).scope(holding.role, side_of(row)) if holding is not None else None
    if holding is None or scope is None or not _manages(scope.maintain, holding, permissions, row):
        return ""
    return scope.clause


def maintained_by(policy: EffectivePolicy) -> Text:
    return policy.role(policy.maintainer.role).label


def clause_of_keeping(policy: EffectivePolicy) -> str:
    """Return the clause by which others than the maintainer enter nothing: the one that names the maintainer,
    else the one against changes at will (H.5.1)."""
    named = policy.maintainer.clause
    return (policy.denial("edit-unreviewed", "everyone") or named) if named == DEFAULT else named


def _best(permissions: Permissions, row: Entry) -> Holding | None:
    """Return the holding to propose by: managing the department first, then the maintainer's."""
    policy = permissions.policy(row.book_id)
    found = _proposing(permissions.holdings, permissions, row)
    if row.id in permissions.answers_for.get(row.book_id, ()):
        answering = Holding(INSIDE_OWNER, row.book_id, row.unit_id)
        if (
            policy.scope(INSIDE_OWNER, "external").propose == "self"
            and policy.denial("edit", INSIDE_OWNER) is None
        ):
            found.append(answering)
    own = permissions.own.get(row.book_id, (None, None))[0] == row.id
    return max(
        found,
        key=lambda holding: (
            not own
            and _manages(policy.scope(holding.role, side_of(row)).maintain, holding, permissions, row),
            holding.role == policy.maintainer.role,
        ),
        default=None,
    )


def _proposing(held: Sequence[Holding], permissions: Permissions, row: Entry) -> list[Holding]:
    policy = permissions.policy(row.book_id)
    return [
        holding
        for holding in held
        if holding.book == row.book_id
        and policy.denial("edit", holding.role) is None
        and _covers(policy.scope(holding.role, side_of(row)).propose, holding, permissions, row)
    ]


def _refuse_stand_in(permissions: Permissions, row: Entry) -> None:
    """Raise Refused for a stand-in who, during a review, would propose a change to an entry that they check
    for somebody else: the holder of the office reports what is wrong (B.3.2)."""
    lent = _proposing(permissions.stands_in, permissions, row)
    open_things = (
        ReviewItem.select()
        .join(Campaign, on=(ReviewItem.campaign == Campaign.id))
        .where((ReviewItem.entry == row.id) & Campaign.closed_at.is_null())
    )
    if not lent or not open_things.exists():
        return
    policy = permissions.policy(row.book_id)
    raise Refused(
        _(
            "You stand in for {role}: you say what is right, and what is wrong they report themselves.",
            role=policy.role(lent[0].role).label,
        ),
        policy.scope(lent[0].role, side_of(row)).clause,
        _(
            "Leave it open in the review, and tell {maintainer} what has to change.",
            maintainer=maintained_by(policy),
        ),
    )


def _manages(reach: Reach, holding: Holding, permissions: Permissions, row: Entry) -> bool:
    """Return whether ``holding`` is a leader's, who needs no keeper of the book (G.3.1)."""
    keepers = permissions.policy(row.book_id).keepers
    return holding.role not in keepers and reach != "self" and _covers(reach, holding, permissions, row)


def _covers(reach: Reach, holding: Holding, permissions: Permissions, row: Entry) -> bool:
    if reach == "self":
        return permissions.own.get(row.book_id, (None, None))[0] == row.id
    place = permissions.place(holding, reach)
    if place is None:
        return False
    unit, below = place
    if row.unit_id == unit or not below:
        return bool(row.unit_id == unit)
    return unit == permissions.recorded_books[row.book_id].root or is_within(row.unit_id, unit)


def denied_to_role(permissions: Permissions, policy: EffectivePolicy, operation: Operation) -> Refused | None:
    """Return the refusal to somebody one of whose roles a clause denies ``operation``; None for any other."""
    for role in sorted(permissions.roles(policy.book)):
        clause = policy.denial(operation, role)
        if clause is not None:
            label = policy.role(role).label
            return Refused(
                _("{role} supports the system and does not edit entries.", role=label)
                if role == policy.technical.role
                else _("{role} does not add, change or remove entries themselves.", role=label),
                clause,
                _("Ask {maintainer} to have it changed.", maintainer=maintained_by(policy)),
            )
    return None


def _kept_by_others(policy: EffectivePolicy) -> Refused:
    return Refused(
        _("You see this entry; it is kept by {maintainer}.", maintainer=maintained_by(policy)),
        clause_of_keeping(policy),
        _(
            "Tell {maintainer}, or the person themselves, what has to change.",
            maintainer=maintained_by(policy),
        ),
    )


def _denied(permissions: Permissions) -> Refused:
    """Make the same refusal whether the entry is out of reach, or nobody's (C.10): by the clause that says
    who keeps the book, else by the one that keeps others' entries from the reader."""
    for book in permissions.books:
        refusal = denied_to_role(permissions, policy_of(book), "edit")
        if refusal is not None:
            return refusal
    policy = policy_of(permissions.books[0]) if permissions.books else None
    clauses = (clause_of_keeping(policy), policy.out_of_reach) if policy else ()
    return Refused(
        _("There is no such entry for which you may propose a change."),
        next((clause for clause in clauses if clause != DEFAULT), SILENT),
        _("Check the name; of others than those you keep, tell the person or their department head."),
    )
