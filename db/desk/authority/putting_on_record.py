"""Putting regulations on record, and taking back what is not in force yet. Not operations: whoever calls them
has checked that it may be, and is in a transaction that writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from db.desk.authority.rules_on_record import NOTHING, read_rules, rules_on_record
from db.policy.loader import builtin, digest_of, text_of
from db.policy.regulation import Regulation
from db.store import clock
from db.store.sql import for_update
from db.store.tables import BookRules, RegulationText, RulesHead


def put_text(
    text: str,
    regulation: Regulation,
    from_day: str,
    *,
    account: int | None = None,
    request: int | None = None,
) -> int:
    """Lock the rules, store a version of a regulation, in force from ``from_day`` (ISO), and renew the rules'
    digest; return the row's number. Notifies nobody."""
    hold_rules()
    row = RegulationText.create(
        regulation=regulation.id,
        version=regulation.version,
        from_day=from_day,
        digest=digest_of(text),
        at=clock.now(),
        account=account,
        request=request,
        text=text,
    )
    _renew_head()
    return int(row.id)


def put_shipped(regulations: Iterable[str]) -> None:
    """Store those of ``regulations`` that come with the product and are not on record yet. A version on
    record stays, whatever a newer version of the product brings."""
    known = rules_on_record().versions
    for name in regulations:
        shipped = builtin().get(name)
        if shipped is not None and name not in known:
            put_text(text_of(shipped), shipped, shipped.file.effective.isoformat())


def put_rules_of_book(
    book: str,
    policies: Sequence[str],
    decisions: Mapping[str, object],
    from_day: str,
    *,
    account: int,
    request: int | None = None,
) -> int:
    """Put ``book`` under ``policies`` from ``from_day`` on, and renew the rules' digest, both under the
    rules' lock; return the number of the row."""
    hold_rules()
    row = BookRules.create(
        book=book,
        from_day=from_day,
        policies=json.dumps(list(policies)),
        decisions=json.dumps(dict(decisions)),
        at=clock.now(),
        account=account,
        request=request,
    )
    _renew_head()
    return int(row.id)


def withdraw_coming_rules(table: type[RegulationText] | type[BookRules], number: int, account: int) -> None:
    """Lock the rules, mark rules that are not in force yet as withdrawn, and renew the rules' digest.
    Notifies nobody."""
    hold_rules()
    table.update(withdrawn_at=clock.now(), withdrawn_by=account).where(table.id == number).execute()
    _renew_head()


def hold_rules() -> None:
    """Lock the rules until the running transaction ends."""
    for_update(RulesHead.select().where(RulesHead.id == 1)).first()


def _renew_head() -> None:
    digest = read_rules().digest
    if not RulesHead.update(digest=digest).where(RulesHead.id == 1).execute() and digest != NOTHING:
        RulesHead.create(id=1, digest=digest)
