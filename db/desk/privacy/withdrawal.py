"""Data that rests on a person's consent alone, taken out by themselves at once (PIPL 15). Not an operation.

What led to a value stays for its time and is no more shown: the request and its evidence, the sealed journal
of the act, editions that were issued. So nothing that a case rests on goes by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from db.desk.act import Act
from db.desk.authority.permissions import policy_of
from db.desk.entry import record
from db.desk.hooks import hooks
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import role_accounts
from db.desk.notifications.notices import store_notice
from db.desk.privacy.own_data import in_clear
from db.language import Label, Text, listed
from db.store import clock
from db.store.tables import Book, ConsentWithdrawn, Entry

WITHDRAWAL = "PIPL 15"
TAKEN_OUT = "optional-withdrawn"


@dataclass(frozen=True, slots=True)
class OptionalValue:
    """What a book holds of the reader on their consent alone: ``value`` in clear, empty where there is
    nothing; ``withdrawn``: since when they took it out (ISO). ``editions``: issued ones that show it."""

    book: str
    book_label: Label
    field: str
    label: Label
    value: Text
    withdrawn: str
    editions: int
    clause: str


def optional_of(book: str, entry: int) -> Iterator[OptionalValue]:
    """Yield what an entry holds, or could, on consent alone."""
    values, row = record.load_entry(entry).values, Book.get_by_id(book)
    rows = ConsentWithdrawn.select().where(ConsentWithdrawn.entry == entry)
    since = {one.field: local(one.at)[:10] for one in rows}
    kind, issued = Entry.get_by_id(entry).kind, Counter(f for of in hooks().issued for f in of(book, entry))
    for rule in policy_of(book).fields:
        if rule.consent and (not rule.applies_to or kind in rule.applies_to):
            held = values.get(rule.name, ())
            yield OptionalValue(
                book,
                row.title,
                rule.name,
                rule.label,
                listed(in_clear(rule, value, stored=False) for value in held) if held else "",
                since.get(rule.name, ""),
                issued[rule.name] if held else 0,
                ", ".join(rule.clauses),
            )


def withdraw_value(act: Act, entry: int, field: str) -> None:
    """Empty the field and keep both states for the audit; bar others from filling it; store a notice to the
    book's other keepers, or without any to its supervisors."""
    before = record.load_entry(entry)
    version = record.apply_values(entry, {field: ()}, source="", verifier=None)
    act.keep_states({field: list(before.values[field])}, {field: []})
    act.note_facts(version=version)
    at, policy = clock.now(), policy_of(before.book)
    ConsentWithdrawn.insert(entry=entry, field=field, at=at).on_conflict_ignore().execute()
    keepers = [one for role in policy.keepers for one in role_accounts(policy, role)]
    others = [one for one in keepers if one != act.permissions.account]
    store_notice(
        TAKEN_OUT, before.book, others or role_accounts(policy, policy.supervisor.role), clause=WITHDRAWAL,
        entry=entry, unit=before.unit, detail={"fields": [field]},
    )  # fmt: skip
