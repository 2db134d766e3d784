"""The part of an effective policy that is about work, told rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Text, _, _n
from db.policy import wording
from db.policy.request_kinds import REQUESTS
from db.policy.rules import DutyRule, Flow, RuleText
from db.policy.schema.work import WatchRule
from db.policy.telling import Teller
from db.policy.wording import join_sentences, listed


def work(teller: Teller) -> Iterator[RuleText]:
    """Yield the texts of the rules on requests, duties, reviews and what the book does by itself."""
    for flow in teller.policy.flows:
        yield from _flow(teller, flow)
    for duty in teller.policy.duties:
        yield from _duty(teller, duty)
    yield from _reviews(teller)
    yield from _notices(teller)
    yield from _upkeep(teller)
    yield from _retention_rules(teller)


def _flow(teller: Teller, flow: Flow) -> Iterator[RuleText]:
    key = f"flow.{flow.kind}"
    yield RuleText(key, teller.here(REQUESTS[flow.kind]), flow.clause)
    for number, step in enumerate(flow.steps, 1):
        text = _("step {number}: {role}", number=number, role=teller.role(step.role))
        yield RuleText(f"{key}.steps.{number}", text, step.clause)
    if flow.submit:
        text = _("submitted by {roles}", roles=teller.roles(flow.submit))
        yield RuleText(f"{key}.submit", text, flow.submit_clause)
    needs = (
        ("evidence", flow.evidence, _("with evidence attached")),
        ("reason", flow.reason, _("with a reason")),
        ("announce", flow.announce, _("announced when done")),
    )
    for name, need, text in needs:
        if need:
            yield RuleText(f"{key}.{name}", text, need.clause)
    if flow.deadline is not None:
        text = _n(
            "within {days} working day of {start}",
            "within {days} working days of {start}",
            days=flow.deadline.days,
            start=wording.STARTS[flow.deadline.start],
        )
        yield RuleText(f"{key}.deadline", text, flow.deadline.clause)


def _duty(teller: Teller, duty: DutyRule) -> Iterator[RuleText]:
    key = f"duty.{duty.kind}"
    text = _n(
        "{role}: {duty} within {days} working day of {start}",
        "{role}: {duty} within {days} working days of {start}",
        role=teller.roles(duty.doers),
        duty=teller.here(wording.DUTIES[duty.kind]),
        days=duty.days,
        start=wording.STARTS[duty.start],
    )
    yield RuleText(key, text, duty.due_clause)
    for requirement in duty.requires:
        text = _("not done without {what}", what=wording.PROOFS[requirement.what])
        yield RuleText(f"{key}.requires.{requirement.what}", text, requirement.clause)
    asked = {requirement.what for requirement in duty.requires}
    receiving = duty if "receipt" in asked else None
    if receiving is None and "hand-back" in asked:
        receiving = teller.policy.duty("hand-back")
    if receiving is not None:
        received = _("received by {role}", role=teller.role(receiving.received_by))
        yield RuleText(f"{key}.received_by", received, receiving.clause)
    if duty.announce:
        told = listed(teller.here(wording.AUDIENCES[audience]) for audience in duty.announce)
        yield RuleText(f"{key}.announce", _("announced to {who}", who=told), duty.announce_clause)
    if duty.hands_out:
        handed = _("whoever is told may open or take the present directory, as far as they may see it")
        yield RuleText(f"{key}.hands_out", handed, duty.hands_out_clause)
    reminded = _n(
        "reminded {days} working day before; once overdue, {role} is told",
        "reminded {days} working days before; once overdue, {role} is told",
        days=duty.remind_days,
        role=teller.role(duty.escalate),
    )
    yield RuleText(f"{key}.remind", reminded, duty.remind_clause)


def _reviews(teller: Teller) -> Iterator[RuleText]:
    for review in teller.policy.reviews:
        text = _(
            "{role}: {kind} of {subject}, {every}",
            role=teller.role(review.by),
            kind=wording.REVIEWS[review.kind],
            subject=teller.here(wording.SUBJECTS[review.of]),
            every=wording.CYCLES[review.every],
        )
        yield RuleText(f"reviews.{review.kind}", text, review.clause_of("every"))
        within = _n(
            "{kind}: finished within {days} working day",
            "{kind}: finished within {days} working days",
            kind=wording.REVIEWS[review.kind],
            days=review.days,
        )
        yield RuleText(f"reviews.{review.kind}.days", within, review.clause_of("days"))
        for check in review.checks:
            besides = _("checks besides: {check}", check=wording.CHECKS[check])
            yield RuleText(f"reviews.{review.kind}.checks.{check}", besides, review.clause)
        verdicts = listed(wording.VERDICTS[verdict] for verdict in review.verdicts)
        yield RuleText(
            f"reviews.{review.kind}.verdicts",
            _("each is {verdicts}", verdicts=verdicts),
            review.clause_of("verdicts"),
        )


def _notices(teller: Teller) -> Iterator[RuleText]:
    for notice in teller.policy.notices:
        text = _(
            "{about}: {every} to {who}",
            about=wording.NOTICES[notice.about],
            every=wording.CYCLES[notice.every],
            who=teller.here(wording.AUDIENCES[notice.to]),
        )
        yield RuleText(f"notices.{notice.about}", text, notice.clause_of("every"))
        if notice.acknowledge:
            asked = _("each of them acknowledges it")
            yield RuleText(f"notices.{notice.about}.acknowledge", asked, notice.clause_of("acknowledge"))
        if notice.posted:
            outside = _("posted to everybody in the system outside")
            yield RuleText(f"notices.{notice.about}.posted", outside, notice.clause)
    for training in teller.policy.training:
        every = wording.CYCLES[training.every]
        text = _("{label}, {every}", label=training.label, every=every)
        if training.blocks:
            text = _(
                "{label}, {every}; the directory is closed to whoever is overdue",
                label=training.label,
                every=every,
            )
        key = f"training.{training.id}"
        yield RuleText(key, text, training.clause_of("every"))
        for number, lesson in enumerate(training.lessons, start=1):
            yield RuleText(f"{key}.lessons.{number}", lesson.label, lesson.clause)
        for number, question in enumerate(training.questions, start=1):
            answers = listed(question.answers)
            text = _("asked at the end: {question} {answers}", question=question.label, answers=answers)
            yield RuleText(f"{key}.questions.{number}", text, question.clause)


def _upkeep(teller: Teller) -> Iterator[RuleText]:
    policy, backups = teller.policy, teller.policy.backups
    text: Text = _n(
        "{every}, to {count} destination",
        "{every}, to {count} destinations",
        every=wording.CYCLES[backups.every],
        count=backups.destinations,
    )
    yield RuleText("backups", text, backups.clause_of("every"))
    by = _("by {role}", role=teller.role(backups.by))
    yield RuleText("backups.by", by, backups.clause_of("by"))
    if backups.verify:
        yield RuleText("backups.verify", _("each is verified"), backups.clause_of("verify"))
    for watch in policy.watches:
        yield from _watch(teller, watch)
    stale = policy.stale
    if stale is not None:
        text = _n(
            "an entry is stale when unverified for {days} day",
            "an entry is stale when unverified for {days} days",
            days=stale.days,
        )
        signs = [_("or when mail to it comes back")] * stale.bounced_mail
        signs += [_("or when a number is dead")] * stale.dead_number
        yield RuleText("stale", join_sentences([text, *signs]), stale.clause_of("days"))


def _watch(teller: Teller, watch: WatchRule) -> Iterator[RuleText]:
    what = teller.here(wording.WATCHES[watch.what])
    yield RuleText(
        f"watches.{watch.what}",
        _("{what} alarms {role}", what=what, role=teller.role(watch.to)),
        watch.clause_of("to"),
    )
    if watch.acts_instead is not None:
        instead = _("{role} does the work meanwhile", role=teller.role(watch.acts_instead))
        yield RuleText(f"watches.{watch.what}.acts_instead", instead, watch.clause_of("acts_instead"))
    if watch.what == "usage":
        most = _n(
            "more than {count} entry opened by one person within a day",
            "more than {count} entries opened by one person within a day",
            count=watch.entries_a_day,
        )
        yield RuleText("watches.usage.entries_a_day", most, watch.clause_of("entries_a_day"))
    if watch.what == "reveal":
        most = _n(
            "of more than {count} person within an hour, each with a reason",
            "of more than {count} people within an hour, each with a reason",
            count=watch.people_an_hour,
        )
        yield RuleText("watches.reveal.people_an_hour", most, watch.clause_of("people_an_hour"))


def _retention_rules(teller: Teller) -> Iterator[RuleText]:
    for retention in teller.policy.retention:
        what = wording.RETAINED[retention.what]
        text: Text = (
            _("{what}: kept for good", what=what)
            if retention.years is None
            else _n(
                "{what}: kept for {years} year",
                "{what}: kept for {years} years",
                what=what,
                years=retention.years,
            )
        )
        sealed = [_("kept under seal")] * retention.sealed
        why = [retention.reason.label] if retention.reason is not None else []
        key = f"retention.{retention.what}"
        yield RuleText(key, join_sentences([what, *sealed]), retention.clause)
        yield RuleText(f"{key}.years", join_sentences([text, *why]), retention.clause_of("years"))
    for erasure in teller.policy.erasure:
        text = _n(
            "{what} erased after {months} month",
            "{what} erased after {months} months",
            what=wording.PASSING[erasure.what],
            months=erasure.months,
        )
        yield RuleText(f"erasure.{erasure.what}", text, erasure.clause)
