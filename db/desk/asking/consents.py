"""Asking people for their consent, and what they answered (B.6.2). Not an operation.

asked ──answer──▶ given | refused        given ──taken back──▶ withdrawn
asked, given ──the last day of its person is over──▶ left; withdrawn once the request is applied
asked ──the due day is over──▶ silent    all ──the request returned, rejected, withdrawn──▶ void
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import calendar, today
from db.desk.notation.localtime import local
from db.desk.notifications.notices import store_notice
from db.desk.refusal import Refused
from db.desk.requests.request_views import name_of
from db.desk.tasks.finishing import finish_task
from db.desk.tasks.task_kinds import TaskKind
from db.desk.tasks.task_kinds import register as register_task
from db.language import Label, Message, Text, _, listed
from db.policy.effective import EffectivePolicy
from db.policy.schema.base import cite_period
from db.store import clock
from db.store.tables import Account, Consent, Disclosure, Entry, Request, Task

TASK = "consent"
ANSWERS: dict[str, Message] = {
    "asked": _("not answered yet"),
    "given": _("agrees"),
    "refused": _("refuses"),
    "silent": _("did not answer in time"),
    "withdrawn": _("took the consent back"),
    "left": _("has left, which ended the consent"),
    "waived": _("need not be asked"),
}


class ConsentOutcome(NamedTuple):
    """How many can still answer, how many agreed, and the last day to answer (ISO)."""

    waiting: int
    agreed: int
    day: str


def ask_consent(
    request: Request, policy: EffectivePolicy, entries: Iterable[int], fields: Sequence[str]
) -> None:
    """Store for each of ``entries`` the question whether ``fields`` of it may be given, and put it to the
    person by a notice and a task (B.6.2). Nobody is asked where the rule needs no consent (``waived``), who
    has left, or who has no account, whose silence is the answer."""
    rule = policy.disclosure
    due = calendar(policy.book).deadline(today(), rule.answer_days).isoformat()
    for entry in dict.fromkeys(entries):
        row = Entry.get_by_id(entry)
        account = (
            Account.select()
            .where((Account.person == row.person_id) & (Account.state == "active"))
            .order_by(Account.id)
            .first()
        )
        consent = Consent.create(
            request=request,
            entry=entry,
            account=account,
            state="asked" if rule.consent else "waived",
            fields=stored_fields(fields),
            due=due,
            clause=rule.clause,
            asked_at=clock.now(),
        )
        if rule.consent and account is not None and not is_gone(row):
            _call(consent, policy.book, row, due, due_clause(policy))


def due_clause(policy: EffectivePolicy) -> str:
    """Return the citation of the day by which a question for consent is answered."""
    return cite_period(policy.disclosure.clause, policy.disclosure.clause_of("answer_days"))


def _call(consent: Consent, book: str, entry: Entry, due: str, clause: str) -> None:
    """Store the person's task to answer the question, and a notice of it."""
    Task.create(
        duty=f"{TASK}:{consent.id}",
        kind=TASK,
        book=book,
        entry=entry,
        unit=entry.unit_id,
        account=consent.account_id,
        clause=clause,
        opened_at=clock.now(),
        started_on=today().isoformat(),
        due=due,
    )
    store_notice("consent-asked", book, [int(consent.account_id or 0)], clause=clause, entry=entry.id,
         unit=entry.unit_id, detail={"due": due})  # fmt: skip


def round_consents(request: Request) -> list[Consent]:
    found = Consent.select().where((Consent.request == request) & (Consent.state != "void"))
    return list(found.order_by(Consent.id))


def state_of(consent: Consent) -> str:
    """Return the consent's state now: silence after the due day, and for a person without an account. Until
    the request is applied, a consent lasts no longer than its person is here (A.10)."""
    lasts = consent.state in ("asked", "given", "waived") and consent.request.state != "applied"
    if lasts and is_gone(consent.entry):
        return "left"
    over = consent.state == "asked" and today().isoformat() > consent.due
    return "silent" if over or (consent.state == "asked" and consent.account_id is None) else consent.state


def is_gone(entry: Entry) -> bool:
    return bool(entry.state != "active" or entry.ended_at is not None)


def consent_answer(consent: Consent, asked: Mapping[str, Label]) -> Message:
    """Say what the person answered, with the fields among ``asked`` that they kept back."""
    kept_back = [label for name, label in asked.items() if name not in given_fields(consent)]
    if state_of(consent) == "given" and kept_back:
        return _("agrees, without {fields}", fields=listed(kept_back))
    return ANSWERS[state_of(consent)]


def answers_by_entry(request: Request, asked: Sequence[str]) -> dict[int, Text]:
    """Return by entry what its person answered to being asked for the fields ``asked``, with the day."""
    labels = {rule.name: rule.label for rule in policy_of(request.book_id).fields if rule.name in asked}
    found: dict[int, Text] = {}
    for consent in round_consents(request):
        moment = consent.withdrawn_at or consent.answered_at
        said = consent_answer(consent, labels)
        found[consent.entry_id] = (
            Message("{answer} {day}", {"answer": said, "day": local(moment)[:10]}) if moment else said
        )
    return found


def outcome(request: Request) -> ConsentOutcome:
    asked = round_consents(request)
    waiting = [one for one in asked if state_of(one) == "asked"]
    return ConsentOutcome(
        len(waiting),
        sum(state_of(one) in ("given", "waived") for one in asked),
        max((one.due for one in waiting), default=""),
    )


def close_questions(request: Request) -> None:
    """End the tasks of the questions of a request that is decided, returned or withdrawn. Where the request
    was applied, silence is stored as the answer, and what was given by who left meanwhile is withdrawn; else
    all its questions are void."""
    for consent in round_consents(request):
        if request.state == "applied":
            if state_of(consent) == "silent":
                Consent.update(state="silent").where(Consent.id == consent.id).execute()
            elif consent.state in ("given", "waived") and is_gone(consent.entry):
                end = {"state": "withdrawn", "withdrawn_at": clock.now()}
                Consent.update(end).where(Consent.id == consent.id).execute()
        else:
            Consent.update(state="void").where(Consent.id == consent.id).execute()
        end_task(consent, None)


def end_task(consent: Consent, account: int | None) -> None:
    """End the person's task of the question: as done where they answered, else as cancelled."""
    task = Task.get_or_none((Task.duty == f"{TASK}:{consent.id}") & (Task.state == "open"))
    if task is None:
        return
    if account is not None:
        finish_task(task, account)
    else:
        Task.update(state="cancelled").where(Task.id == task.id).execute()


def stored_fields(fields: Sequence[str]) -> str:
    return json.dumps(list(fields))


def given_fields(consent: Consent) -> tuple[str, ...]:
    return tuple(json.loads(consent.fields))


def end_disclosures(consent: Consent) -> int:
    """End at once the disclosures made by ``consent``; return how many ended. Notifies nobody."""
    return int(
        Disclosure.update(ended_at=clock.now())
        .where((Disclosure.consent == consent) & Disclosure.ended_at.is_null())
        .execute()
    )


def _lacking(task: Task) -> Refused | None:
    """Return the refusal to end the task by hand: only answering ends it."""
    consent = Consent.get_or_none(Consent.id == int(task.duty.partition(":")[2]))
    if consent is None or state_of(consent) != "asked":
        return None
    return Refused(
        _("You have not said yet whether your entry may be given."),
        task.clause,
        _("Open it under My requests, Consents, and answer yes or no."),
    )


def _who_asks(task: Task, _account: int) -> Text:
    consent = Consent.get_by_id(int(task.duty.partition(":")[2]))
    return _("asked by {name}", name=name_of(consent.request.requester_id))


register_task(TaskKind(TASK, _("consent"), lacking=_lacking, about=_who_asks))
