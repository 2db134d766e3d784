"""The kind of request that changes values of an entry: what it holds, shows and does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.authority.sight import FieldReader, photo_of
from db.desk.entry import record
from db.desk.entry.colleagues import find_colleague
from db.desk.entry.sources import of_request
from db.desk.hooks import hooks
from db.desk.notation.values import MASK, display, joined_values, masked_value
from db.desk.power.declaration import power_over
from db.desk.refusal import SILENT, Refused
from db.desk.requests.direct_changes import tell_of_direct, tell_of_kept
from db.desk.requests.edition_naming import end_naming, naming_lines, receiving_lines
from db.desk.requests.frozen import frozen_rules
from db.desk.requests.inside_owners import OWNER, check_owner, tell_owner
from db.desk.requests.request_kinds import DiffLine, Payload, RequestKind, register
from db.language import Label, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.tables import Account, ConsentWithdrawn, Entry, Request, Unit

KIND: Final = "change"
POST: Final = "position"
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """Values before and after, by field, both only of what changes."""

    before: Values
    after: Values


def payload(before: Values, after: Values, batch: str = "") -> Payload:
    """Build the payload of a change. ``batch`` is the same for all changes submitted together."""
    return ({"batch": batch} if batch else {}) | {
        "before": {name: list(values) for name, values in before.items()},
        "after": {name: list(values) for name, values in after.items()},
    }


def read(asks: Payload) -> Change:
    before, after = asks["before"], asks["after"]
    return Change(
        {name: tuple(values) for name, values in before.items()},
        {name: tuple(values) for name, values in after.items()},
    )


def lines_of(policy: EffectivePolicy, before: Values, after: Values) -> tuple[DiffLine, ...]:
    """Return a line for each field that changes, in the policy's order; one that the policy dropped since
    comes last, by its bare name and masked."""
    rules = {rule.name: rule for rule in policy.fields}
    known = [name for name in rules if name in after]
    return tuple(_line(rules[name], before.get(name, ()), after[name]) for name in known) + tuple(
        DiffLine(name, name, "•", "•", ("•", "•")) for name in after if name not in rules
    )


def as_seen(policy: EffectivePolicy, reader: FieldReader, lines: Sequence[DiffLine]) -> tuple[DiffLine, ...]:
    """Return ``lines`` with what is on record only as far as ``reader`` sees it."""
    rules = {rule.name: rule for rule in policy.fields}
    found = []
    for line in lines:
        rule = rules.get(line.field)
        if rule is None or reader.shows_values(rule):
            found.append(line)
        elif reader.sees_field(rule) and reader.field_look(rule) == "masked":
            found.append(line.masked())
        else:
            after = line.covered[1]
            found.append(replace(line, before=MASK, after=after, covered=(MASK, after)))
    return tuple(found)


def moved_on(fields: Sequence[Text] = ()) -> Refused:
    """Build the refusal of a request whose entry was changed since; ``fields``: the changed ones."""
    return Refused(
        _("The entry has been changed since this was written: {fields}.", fields=listed(fields))
        if fields
        else _("The entry has been changed since this was written."),
        SILENT,
        _("Return it, so that it is written again against what the entry says now."),
    )


def lock_active_entry(request: Request) -> Entry:
    """Lock and return the entry of ``request``. Raises Refused where it left meanwhile."""
    wanted = Entry.select().where((Entry.id == request.entry_id) & (Entry.state == "active"))
    row: Entry | None = for_update(wanted).get_or_none()
    if row is None:
        raise moved_on()
    return row


def _lines(request: Request, asks: Payload) -> tuple[DiffLine, ...]:
    change = read(asks)
    lines = lines_of(policy_of(request.book_id), change.before, change.after)
    if POST not in change.after:
        return lines
    coming = receiving_lines(request, next(iter(change.after[POST]), ""))
    return (*lines, *naming_lines(request), *coming)


def _current(request: Request, asks: Payload) -> None:
    """Lock the entry. Raises Refused where a field of the request was changed since it was written, the new
    inside owner left, a consent was withdrawn, or the post does not fit; a change elsewhere in the entry is
    no conflict (A.15)."""
    row = lock_active_entry(request)
    change = read(asks)
    if row.version != request.entry_version:
        now = record.load_row(row).values
        moved = [one for one in change.after if tuple(now.get(one, ())) != change.before.get(one, ())]
        if moved:
            policy = policy_of(request.book_id)
            raise moved_on([policy.field(name).label for name in moved])
    check_owner(request, change.after)
    _check_withdrawn(request, asks, row)
    _check_post(change, row)


def _apply(request: Request, asks: Payload, act: Act) -> None:
    """Write the values, with the request as their source and its last decider as verifier (C.8), and keep
    both states for the audit. Takes off the edition tags that end with a post. Notifies the person and the
    watchers of a leader's change, and a new inside owner."""
    change = read(asks)
    if POST in change.after:
        end_naming(request, act)
    version = record.apply_values(
        int(request.entry_id or 0),
        change.after,
        source=of_request(request.id),
        verifier=act.permissions.account,
        names_person=act.permissions.account != request.requester_id,
    )
    act.keep_states(
        {name: list(values) for name, values in change.before.items()},
        {name: list(values) for name, values in change.after.items()},
    )
    act.note_facts(fields=sorted(change.after), version=version)
    again = [name for name, values in change.after.items() if values]
    ConsentWithdrawn.delete().where(
        (ConsentWithdrawn.entry == request.entry_id) & ConsentWithdrawn.field.in_(again)
    ).execute()
    if act.permissions.account != request.requester_id and _is_anothers(request):
        office = act.detail.get("office")
        if office not in policy_of(request.book_id).keepers:
            tell_of_direct(request, request.requester_id, change.after)
        elif not frozen_rules(request).announce.required:
            tell_of_kept(request, office, change.after)
    if OWNER in change.after:
        tell_owner(int(request.entry_id or 0), request.id)


def _handed_in(request: Request, asks: Payload, _act: Act) -> None:
    entry = Entry.get_by_id(request.entry_id)
    _check_withdrawn(request, asks, entry)
    _check_post(read(asks), entry)


def _check_post(change: Change, entry: Entry) -> None:
    if change.before.get(POST):
        for check in hooks().posts:
            check(entry)


def _check_withdrawn(request: Request, asks: Payload, entry: Entry) -> None:
    """Raise Refused for a value on which the person withdrew their consent (PIPL 15), unless they ask for it
    themselves; also where they withdrew while the request waited."""
    policy = policy_of(request.book_id)
    if entry.person_id == request.requester.person_id:
        return
    given = [name for name, values in read(asks).after.items() if values]
    taken = [name for name in withdrawn_from(entry.id) if name in given and policy.field(name).consent]
    if taken:
        raise Refused(
            _(
                "{fields}: the person took this out, and nobody else puts it in again.",
                fields=listed(policy.field(name).label for name in taken),
            ),
            "PIPL 15",
            _("Leave it out. The person may put it in again by a change of their own."),
        )


def withdrawn_from(entry: int) -> tuple[str, ...]:
    rows = ConsentWithdrawn.select().where(ConsentWithdrawn.entry == entry)
    return tuple(row.field for row in rows.order_by(ConsentWithdrawn.field))


def _is_anothers(request: Request) -> bool:
    """Return whether another than its person asked for it."""
    own = Entry.select(Entry.id).join(Account, on=(Account.person == Entry.person))
    own = own.where((Entry.id == request.entry_id) & (Account.id == request.requester_id))
    return not own.exists()


def _line(rule: FieldRule, before: Sequence[str], after: Sequence[str]) -> DiffLine:
    shown = (_value_text(rule, before), _value_text(rule, after))
    covered = shown if record.is_open(rule) else (_covered(rule, before), _covered(rule, after))
    return DiffLine(rule.name, rule.label, *shown, covered)


def _value_text(rule: FieldRule, values: Sequence[str]) -> Text:
    if rule.kind == "unit" and values:
        return str(Unit.get_by_id(int(values[0])).name)
    if rule.kind == "person":
        return "; ".join(map(find_colleague, values))
    if rule.kind == "choice":
        return choice_names(rule, values)
    if rule.kind == "photo" and values:
        return photo_of(values[0])
    return joined_values([display(rule.kind, value) for value in values])


def choice_names(rule: FieldRule, values: Sequence[str]) -> Text:
    """Name the choices among ``values`` in the reader's language; pass over values that are no choice any
    more."""
    choices = {choice.id: choice for choice in rule.choices}
    known = [choices[value] for value in values if value in choices]
    return listed(Label(one.zh, one.en) for one in known) if known else ""


def _covered(rule: FieldRule, values: Sequence[str]) -> Text:
    return joined_values([masked_value(rule.kind, value) for value in values])


CHANGE: Final = RequestKind(
    id=KIND,
    label=_("change"),
    power=power_over(Moves.ENTRY, Moves.REACH, Moves.GIVEN, Moves.DUTY),
    apply=_apply,
    current=_current,
    lines=_lines,
    handed_in=_handed_in,
    concerned_may_decide=False,
)
register(CHANGE)
