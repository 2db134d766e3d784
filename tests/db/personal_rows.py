"""A person about whom something stands in every personal column, in words that are found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db.store import clock
from db.store.engine import store
from db.store.personal import PERSONAL, instead, person_of
from db.store.sealing import seal
from db.store.sql import fetch
from db.store.subjects import seal_for
from db.store.tables import (
    Account,
    Campaign,
    Commendation,
    Consent,
    ConsentWithdrawn,
    Delegation,
    EditionCopy,
    EditionIssue,
    Entry,
    EntryField,
    EntryTag,
    Evidence,
    FormDraft,
    HandBack,
    HeldAct,
    HelpCall,
    KeptPeople,
    KnownSource,
    Notice,
    OutgoingMail,
    OutsideChange,
    OutsideFinding,
    OutsideMember,
    OutsideSurvey,
    PastPassword,
    Person,
    RecoveryCode,
    Request,
    RequestEvent,
    RequestStep,
    ReviewItem,
    ScriptToken,
    SignInSession,
    Task,
    TaskProof,
)
from db.store.transactions import writing
from tests.world import World

NUMBER = "13912340099"
DAY = "2026-11-23"
WHOLE = {
    "entry_field": "value",
    "consent_withdrawn": "field",
    "entry_tag": "tag",
    "form_draft": "place",
    "held_act": "matter",
    "kept_people": "kind",
    "past_password": "password",
    "recovery_code": "digest",
    "known_source": "source",
    "help_call": "source",
    "script_token": "source",
    "outside_member": "account",
}
"""Of tables of which whole rows are personal: a column that says something."""


def word(table: str, column: str) -> str:
    """What stands in that column."""
    return f"wort-{table}-{column}"


def words() -> Iterator[str]:
    """All that may not be found any more, but for what is sealed."""
    for table, personal in PERSONAL.items():
        for column in personal or (WHOLE[table],):
            if (table, column) not in {("account", "totp"), ("entry", "joined")}:
                yield word(table, column)
    yield NUMBER


def live(world: World, login: str, book: str) -> int:
    """Have something about ``login`` stand in every personal column; the person."""
    at, entry, account = clock.now(), world.entry(login, book), world.accounts[login]
    row = Entry.get_by_id(entry)
    person, unit, keys = row.person_id, row.unit_id, store().keys

    def said(table: str, *columns: str) -> dict[str, Any]:
        return {column: word(table, column) for column in columns}

    with writing():
        Person.update(said("person", "name")).where(Person.id == person).execute()
        Entry.update(**said("entry", "name", "position", "organisation"), joined="2001-02-03").where(
            Entry.id == entry
        ).execute()
        sealed = seal(keys, EntryField.sealed.place(entry, "mobile", 7), NUMBER.encode())
        EntryField.create(
            entry=entry, name="mobile", ord=7, value=word("entry_field", "value"), sealed=sealed
        )
        ConsentWithdrawn.create(entry=entry, at=at, **said("consent_withdrawn", "field"))
        EntryTag.create(entry=entry, tag=word("entry_tag", "tag"))
        totp = seal(keys, Account.totp.place(account), b"geheim")
        Account.update(said("account", "login", "password", "activation") | {"totp": totp}).where(
            Account.id == account
        ).execute()
        PastPassword.create(account=account, password=word("past_password", "password"), set_at=at)
        RecoveryCode.create(account=account, digest=word("recovery_code", "digest"))
        HelpCall.create(account=account, source=word("help_call", "source"), at=at)
        KnownSource.create(account=account, source=word("known_source", "source"), last_at=at)
        ScriptToken.create(
            id="f" * 10, account=account, made_at=at, until=at,
            words=seal(keys, ScriptToken.words.place("f" * 10), b"[]"),
            **said("script_token", "source", "code", "used_from"),
        )  # fmt: skip
        SignInSession.create(
            account=account, front="ssh", strength="full", started_at=at, **said("sign_in_session", "source")
        )
        Delegation.create(
            account=account, to=world.accounts["zhangwei"], book=book, role="head", from_day=DAY,
            until_day=DAY, created_at=at, **said("delegation", "reason"),
        )  # fmt: skip
        Evidence.create(
            id="e" * 32, account=account, media_type="text/plain", size=1, digest="0" * 64,
            content=seal(keys, Evidence.content.place("e" * 32), b"x"), added_at=at,
            **said("evidence", "name"),
        )  # fmt: skip
        FormDraft.create(
            account=account, kept_at=at, content=seal(keys, FormDraft.content.place(account, "x"), b"{}"),
            **said("form_draft", "place"),
        )  # fmt: skip
        HeldAct.create(
            account=account, at=at, due=at, content=seal(keys, HeldAct.content.place(account, "x"), b"{}"),
            **said("held_act", "matter"),
        )  # fmt: skip
        KeptPeople.create(
            account=account, kept_at=at, content=seal(keys, KeptPeople.content.place(account, "x"), b"[]"),
            **said("kept_people", "kind"),
        )  # fmt: skip
        request = Request.create(
            book=book, kind="change", entry=entry, unit=unit, requester=account, digest="d" * 64,
            payload=seal_for(person, Request.payload.place("d" * 64), b'{"asks":{},"nonce":""}'),
            state="applied", policy_version="1", clause="A.1", started_at=at, submitted_at=at, closed_at=at,
            **said("request", "reason"),
        )  # fmt: skip
        RequestStep.create(
            request=request, ord=1, role="head", clause="A.1", **said("request_step", "comment")
        )
        RequestEvent.create(request=request, at=at, act="applied", **said("request_event", "comment"))
        Consent.create(
            request=request, entry=entry, state="given", due=DAY, clause="B.6.2", asked_at=at,
            **said("consent", "fields"),
        )  # fmt: skip
        campaign = Campaign.create(
            occasion="test", book=book, kind="check", of="entries", by="hr", runs="hr", clause="C.1",
            policy_version="1", opened_at=at, due=DAY, closed_at=at,
        )  # fmt: skip
        ReviewItem.create(campaign=campaign, ord=1, unit=unit, entry=entry, **said("review_item", "comment"))
        task = Task.create(
            duty="test", kind="leaver", book=book, entry=entry, clause="A.1", state="done", opened_at=at,
            started_on=DAY, due=DAY,
        )  # fmt: skip
        TaskProof.create(task=task, what="word", clause="A.1", **said("task_proof", "word"))
        HandBack.create(task=task, entry=entry, copy="7", **said("hand_back", "word"))
        Notice.create(kind="change", book=book, entry=entry, clause="A.9", at=at, **said("notice", "detail"))
        Commendation.create(
            book=book, kind="best", unit=unit, entry=entry, first=DAY, last=DAY, place=1, clause="B.7.1",
            by=account, at=at, **said("commendation", "word"),
        )  # fmt: skip
        issue = EditionIssue.create(
            key="i" * 32, book=book, edition="full", number=1, digest="0" * 64, rows=0, policy_version="1",
            content=seal(keys, EditionIssue.content.place("i" * 32), b"{}"), clause="I.5", issued_by=account,
            issued_at=at, period=DAY,
        )  # fmt: skip
        EditionCopy.create(
            key="c" * 32, issue=issue, ord=1, entry=entry, account=account, code="code", clause="I.4.3",
            made_at=at, secret=seal(keys, EditionCopy.secret.place("c" * 32), b"x"),
            password=seal(keys, EditionCopy.password.place("c" * 32), b"x"),
            **said("edition_copy", "name", "post", "unit", "close_reason"),
        )  # fmt: skip
        OutgoingMail.create(
            kind="copy", book=book, entry=entry, state="dead", next_at=at, made_at=at,
            **said("outgoing_mail", "detail", "problem"),
        )  # fmt: skip
        OutsideChange.create(
            system="wecom", book=book, entry=entry, event="change", state="dead", next_at=at, made_at=at,
            **said("outside_change", "problem"),
        )  # fmt: skip
        survey = OutsideSurvey.create(system="wecom", book=book)
        OutsideFinding.create(
            survey=survey, problem="differs", entry=entry, **said("outside_finding", "account", "name")
        )
        OutsideMember.create(
            system="wecom", person=person, sent="0" * 64, at=at, **said("outside_member", "account")
        )
    return int(person)


def left_of(person: int) -> list[str]:
    """The tables in which a row of ``person`` is otherwise than it stands after their erasure."""
    found = []
    for table, personal in PERSONAL.items():
        names = list(personal or ("*",))
        wanted = ", ".join(f'"{name}"' for name in names) if personal else "1"
        key = "id" if personal and table != "task_proof" else "0"
        for number, *values in fetch(
            f'SELECT {key}, {wanted} FROM "{table}" WHERE {person_of(table)} = {int(person)}'
        ):
            if not personal or values != list(instead(table, person, {"id": number}).values()):
                found.append(table)
    return found
