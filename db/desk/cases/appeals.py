"""Appeals against what was decided in a case: till when, by whom, and what came of one. What the management
opens again is on record as one too. Not an operation."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.desk.authority.permissions import policy_of
from db.desk.cases.case_states import HEARD
from db.desk.cases.sentencing import further_of, rung_labels
from db.desk.due_dates import Due, calendar, due_of, given_until
from db.desk.notation.localtime import local
from db.desk.refusal import SILENT, Refused
from db.language import Label, Message, Text, _
from db.store import clock
from db.store.audit import canonical
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import Account, CaseAppeal, CaseFile, CaseParty, Paper, PaperScan


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal, what was decided ``before``, its fine; ``reopened``: by the management, ``lodged``: written
    down for the person. Local times."""

    at: str
    words: str
    outcome: str
    outcome_label: Message
    heard_at: str
    reason: str
    before: tuple[Text, ...]
    amount: int
    currency: str
    reopened: bool
    lodged: bool


def appeal_until(row: CaseFile, *parties: CaseParty) -> Due | None:
    """Return the last day on which a person found in breach may appeal, with the working days left; None once
    what was decided on all ``parties`` (without any, all of the case) was lifted. The days run from the
    decision, or from the later day on which it was served on paper."""
    if row.outcome != "breach" or row.decided_at is None:
        return None
    if all(map(_is_lifted, parties or CaseParty.select().where(CaseParty.case == row))):
        return None
    rule = policy_of(row.book_id).discipline
    served = [calendar(row.book_id).deadline(day, rule.appeal_days) for day in _served(row)]
    until = max([given_until(row.book_id, row.decided_at, rule.appeal_days), *served])
    return due_of(row.book_id, until.isoformat(), rule.clause_of("appeal_days"))


def _is_lifted(party: CaseParty) -> bool:
    return bool(
        CaseAppeal.select().where((CaseAppeal.party == party) & (CaseAppeal.outcome == "lifted")).exists()
    )


def _served(row: CaseFile) -> list[date]:
    """Return the days on which the decision was served on paper to each, so far as it was."""
    mine = (Paper.kind == "decision") & Paper.about.startswith(f"{row.id}-")
    shown = PaperScan.counted & PaperScan.struck_at.is_null()
    rows = PaperScan.select().join(Paper).where(mine & shown)
    return [date.fromisoformat(one.signed_on) for one in rows]


def no_appeal(until: Due | None, made: bool = False) -> Refused:
    """Build the refusal of an appeal: it was made already, there is nothing to appeal against, or its time is
    over."""
    if made:
        return Refused(
            _("You have appealed in this case already."), SILENT, _("See the case for the answer.")
        )
    if until is None:
        return Refused(
            _("No breach was found, or what was decided was lifted."),
            SILENT,
            _("There is nothing to appeal against."),
        )
    return Refused(_("The time to appeal is over."), until.clause, _("It ended on {day}.", day=until.day))


def has_appealed(party: CaseParty, *, themselves: bool = False) -> bool:
    """Return whether an appeal was made; with ``themselves``, not counting one that another wrote down for
    them."""
    made = CaseAppeal.select().where((CaseAppeal.party == party) & ~CaseAppeal.reopened)
    return made.where(~CaseAppeal.lodged).exists() if themselves else made.exists()


def awaits_somebody() -> Any:
    """Build the condition on CaseFile for cases in which somebody has a step to take: open ones, and closed
    ones under appeal."""
    appealed = CaseParty.select(CaseParty.case).join(CaseAppeal).where(CaseAppeal.outcome == "")
    return (CaseFile.state != "closed") | CaseFile.id.in_(appealed)


def waiting_appeals(party: CaseParty) -> list[CaseAppeal]:
    """Return a party's open appeals; reviews that the management opened come first."""
    rows = CaseAppeal.select().where((CaseAppeal.party == party) & (CaseAppeal.outcome == ""))
    return sorted(rows, key=lambda one: (not one.reopened, one.id))


def replace_lodged(party: CaseParty, account: int, words: str) -> CaseAppeal | None:
    """Overwrite an open appeal that somebody wrote down for ``party`` with the party's own ``words``,
    encrypted, and return it; None if there was none. Notifies nobody."""
    appeal = next((one for one in waiting_appeals(party) if one.lodged), None)
    if appeal is not None:
        appeal.lodged, appeal.at = False, clock.now()
        appeal.account = Account.get_by_id(account)
        appeal.words = seal(store().keys, CaseAppeal.words.place(appeal.key), words.encode("utf-8"))
        appeal.save()
    return appeal


def open_appeal(
    party: CaseParty, account: int, words: str, *, reopened: bool = False, lodged: bool = False
) -> CaseAppeal:
    """Store an appeal, encrypted, with the decision that it is against. Notifies nobody."""
    key, keys = secrets.token_hex(16), store().keys
    before = {
        "sanctions": party.sanctions.split(",") if party.sanctions else [],
        "further": further_of(party),
        "amount": party.amount,
        "currency": party.currency,
    }
    made: CaseAppeal = CaseAppeal.create(
        key=key,
        party=party,
        account=account,
        reopened=reopened,
        lodged=lodged,
        at=clock.now(),
        words=seal(keys, CaseAppeal.words.place(key), words.encode("utf-8")),
        before=seal(keys, CaseAppeal.before.place(key), canonical(before)),
    )
    return made


def close_appeal(appeal: CaseAppeal, outcome: str, reason: str) -> None:
    """Store, encrypted, what was decided on ``appeal``. Notifies nobody."""
    appeal.outcome, appeal.heard_at = outcome, clock.now()
    appeal.reason = seal(store().keys, CaseAppeal.reason.place(appeal.key), reason.encode("utf-8"))
    appeal.save()


def appeal_view(party: CaseParty) -> AppealView | None:
    """Decrypt the open, else the last, appeal of a person concerned, with its answer; None if none."""
    made = CaseAppeal.select().where(CaseAppeal.party == party).order_by(CaseAppeal.id.desc())
    appeal: CaseAppeal | None = next(iter(waiting_appeals(party)), made.first())
    if appeal is None:
        return None
    keys, key = store().keys, appeal.key
    before: dict[str, Any] = json.loads(unseal(keys, CaseAppeal.before.place(key), appeal.before))
    reason = unseal(keys, CaseAppeal.reason.place(key), appeal.reason) if appeal.reason is not None else b""
    return AppealView(
        at=local(appeal.at)[:16],
        words=unseal(keys, CaseAppeal.words.place(key), appeal.words).decode("utf-8"),
        outcome=appeal.outcome,
        outcome_label=HEARD[appeal.outcome],
        heard_at=local(appeal.heard_at)[:16] if appeal.heard_at else "",
        reason=reason.decode("utf-8"),
        before=_sanctions(party, before["sanctions"], before["further"]),
        amount=before["amount"],
        currency=before["currency"],
        reopened=appeal.reopened,
        lodged=appeal.lodged,
    )


def _sanctions(party: CaseParty, rungs: Sequence[str], further: str) -> tuple[Text, ...]:
    labels: list[Label | str] = [*rung_labels(party.case, rungs)]
    return (*labels, further) if further else tuple(labels)
