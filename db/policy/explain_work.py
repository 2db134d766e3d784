"""The part of an effective policy that is about work, told rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from db.language import Text, _, _n
from db.policy import words
from db.policy.rules import Flow, Line
from db.policy.words import listed

if TYPE_CHECKING:
    from db.policy.effective import EffectivePolicy


class WorkTeller:
    """Tells the rules of one policy; ``role`` gives a role's label."""

    def __init__(self, policy: EffectivePolicy, role: Callable[[str], Text]) -> None:
        self.policy = policy
        self.role = role

    def tell(self) -> Iterator[Line]:
        """Flows, duties, upkeep and conduct."""
        yield from self._flows()
        yield from self._duties()
        yield from self._upkeep()
        yield from self._conduct()

    def _flows(self) -> Iterator[Line]:
        for flow in self.policy.flows:
            yield Line(f"flow.{flow.kind}", words.REQUESTS[flow.kind], flow.clause)
            yield from self._flow(flow)

    def _flow(self, flow: Flow) -> Iterator[Line]:
        for number, step in enumerate(flow.steps, 1):
            text = _("step {number}: {role}", number=number, role=self.role(step.role))
            yield Line(f"flow.{flow.kind}.steps", text, step.clause)
        if flow.submit:
            text = _("submitted by {roles}", roles=listed(map(self.role, flow.submit)))
            yield Line(f"flow.{flow.kind}.submit", text, flow.clause)
        needs = (
            ("evidence", flow.evidence, _("with evidence attached")),
            ("reason", flow.reason, _("with a reason")),
            ("announce", flow.announce, _("announced when done")),
            ("second_person", flow.second_person, _("a second person decides on the maintainer's own")),
        )
        for key, need, text in needs:
            if need:
                yield Line(f"flow.{flow.kind}.{key}", text, need.clause)
        if flow.deadline is not None:
            text = _n(
                "within {days} working day of {start}",
                "within {days} working days of {start}",
                days=flow.deadline.days,
                start=words.STARTS[flow.deadline.start],
            )
            yield Line(f"flow.{flow.kind}.deadline", text, flow.deadline.clause)

    def _duties(self) -> Iterator[Line]:
        for duty in self.policy.duties:
            text = _n(
                "{role}: {duty} within {days} working day of {start}",
                "{role}: {duty} within {days} working days of {start}",
                role=self.role(duty.by),
                duty=words.DUTIES[duty.kind],
                days=duty.days,
                start=words.STARTS[duty.start],
            )
            yield Line(f"duty.{duty.kind}", text, duty.clause)
            for requirement in duty.requires:
                text = _("not done without: {what}", what=words.PROOFS[requirement.what])
                yield Line(f"duty.{duty.kind}.requires", text, requirement.clause)
            if duty.announce:
                text = _("announced to {who}", who=listed(words.AUDIENCES[a] for a in duty.announce))
                yield Line(f"duty.{duty.kind}.announce", text, duty.clause)

    def _upkeep(self) -> Iterator[Line]:
        policy = self.policy
        for review in policy.reviews:
            text = _n(
                "{role}: {kind} of {subject}, {every}, within {days} working day",
                "{role}: {kind} of {subject}, {every}, within {days} working days",
                role=self.role(review.by),
                kind=words.REVIEWS[review.kind],
                subject=words.SUBJECTS[review.of],
                every=words.CYCLES[review.every],
                days=review.days,
            )
            yield Line(f"reviews.{review.kind}", text, review.clause)
        for notice in policy.notices:
            text = _("{every} to {who}", every=words.CYCLES[notice.every], who=words.AUDIENCES[notice.to])
            yield Line(f"notices.{notice.about}", text, notice.clause)
        for training in policy.training:
            every = words.CYCLES[training.every]
            text = _("{label}, {every}", label=training.label, every=every)
            if training.blocks:
                text = _(
                    "{label}, {every}; the directory is closed to whoever is overdue",
                    label=training.label,
                    every=every,
                )
            yield Line(f"training.{training.id}", text, training.clause)
        backups = policy.backups
        text = _n(
            "{every}, to {count} destination",
            "{every}, to {count} destinations",
            every=words.CYCLES[backups.every],
            count=backups.destinations,
        )
        yield Line("backups", text, backups.clause)
        for watch in policy.watches:
            text = _("{what} alarms {role}", what=words.WATCHES[watch.what], role=self.role(watch.to))
            yield Line(f"watches.{watch.what}", text, watch.clause)
        if policy.stale is not None:
            text = _n(
                "an entry is stale when unverified for {days} day",
                "an entry is stale when unverified for {days} days",
                days=policy.stale.days,
            )
            yield Line("stale", text, policy.stale.clause)
        for retention in policy.retention:
            kept = (
                _("kept for good")
                if retention.years is None
                else _n("kept for {years} year", "kept for {years} years", years=retention.years)
            )
            yield Line(f"retention.{retention.what}", kept, retention.clause)
        for erasure in policy.erasure:
            text = _n(
                "{what} erased after {months} month",
                "{what} erased after {months} months",
                what=words.PASSING[erasure.what],
                months=erasure.months,
            )
            yield Line(f"erasure.{erasure.what}", text, erasure.clause)

    def _conduct(self) -> Iterator[Line]:
        policy = self.policy
        for channel in policy.reporting:
            yield Line(
                f"reporting.{channel.kind}",
                _(
                    "reported to {role}; sorted out within {days} working days, closed within {close_days}",
                    role=self.role(channel.to),
                    days=channel.days,
                    close_days=channel.close_days,
                ),
                channel.clause,
            )
        for case in policy.cases:
            yield Line(
                f"cases.{case.id}",
                _("{label}, handled by {role}", label=case.label, role=self.role(case.to)),
                case.clause,
            )
        for rung in policy.ladder:
            yield Line(f"sanctions.{rung.id}", rung.label, rung.clause)
        for fine in policy.fines:
            text = _("{amount} {currency} each time", amount=fine.amount, currency=fine.currency)
            yield Line(f"fines.{fine.case}", text, fine.clause)
        for praise in policy.commendations:
            yield Line(f"commendations.{praise.id}", praise.label, praise.clause)
        for screening in policy.screening:
            text = _("refused: {what}", what=words.SCREENS[screening.what])
            yield Line(f"screening.{screening.what}", text, screening.clause)
