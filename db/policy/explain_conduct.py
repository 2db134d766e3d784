"""The part of an effective policy that is about breaches and merits, told rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Text, _, currency_words
from db.policy import wording
from db.policy.rules import RuleText
from db.policy.schema.base import cite
from db.policy.telling import Teller
from db.policy.vocabulary import OWN
from db.policy.wording import listed


def conduct(teller: Teller) -> Iterator[RuleText]:
    """Yield the texts of the rules on reporting, breaches, sanctions, praise and barred content."""
    policy = teller.policy
    for channel in policy.reporting:
        text = _(
            "{what} reported to {role}", what=wording.REPORTED[channel.kind], role=teller.roles(channel.to)
        )
        yield RuleText(f"reporting.{channel.kind}", text, channel.clause)
        text = _(
            "{what}: working days until sorted out: {days}, until closed: {close_days}",
            what=wording.REPORTED[channel.kind],
            days=channel.days,
            close_days=channel.close_days,
        )
        yield RuleText(f"reporting.{channel.kind}.days", text, channel.clause_of("days", "close_days"))
        if channel.reply:
            heard = _("whoever reports it hears what came of it")
            yield RuleText(f"reporting.{channel.kind}.reply", heard, channel.clause_of("reply"))
    for case in policy.cases:
        yield RuleText(f"cases.{case.id}", case.label, case.clause)
        handled = _("handled by {role}", role=teller.roles(case.to))
        handled = _("{what}: {how}", what=case.label, how=handled)
        yield RuleText(f"cases.{case.id}.to", handled, case.clause_of("to"))
    for rung in policy.ladder:
        key = f"sanctions.{rung.id}"
        traits: list[Text] = [rung.label, *[_("taken to law")] * rung.legal]
        yield RuleText(key, listed(traits), rung.clause)
        weight = _("severity {severity}", severity=rung.severity)
        weight = _("{what}: {how}", what=rung.label, how=weight)
        yield RuleText(f"{key}.severity", weight, cite(rung.clause, OWN))
        if rung.circulated:
            told = (
                _("announced to everybody of the directory once it is final")
                if rung.reach == "book"
                else _("announced in the {unit} once it is final", unit=teller.unit)
            )
            told = _("{what}: {how}", what=rung.label, how=told)
            yield RuleText(f"{key}.reach", told, rung.clause_of("reach"))
    yield from _discipline(teller)
    kinds = {case.id: case.label for case in policy.cases}
    for fine in policy.fines:
        text = _(
            "{case}: {amount} {currency} each time",
            case=kinds.get(fine.case, fine.case),
            amount=fine.amount,
            currency=currency_words(fine.currency),
        )
        yield RuleText(f"fines.{fine.case}", text, fine.clause)
    for praise in policy.commendations:
        by = listed(wording.RANKED_BY[one] for one in praise.rank_by)
        text = _("{label}, ranked by {what}", label=praise.label, what=by)
        yield RuleText(f"commendations.{praise.id}", text, praise.clause)
    for screening in policy.screening:
        text = _("refused: {what}", what=wording.SCREENS[screening.what])
        if screening.words:
            text = _(
                "refused: {what}: {words}",
                what=wording.SCREENS[screening.what],
                words=listed(screening.words),
            )
        yield RuleText(f"screening.{screening.what}", text, screening.clause)


def _discipline(teller: Teller) -> Iterator[RuleText]:
    rule, ladder = teller.policy.discipline, teller.policy.ladder
    told: dict[str, Text] = {
        "judge": _("{role} judges, who did not investigate", role=teller.roles(rule.judge))
    }
    if ladder:
        told["management"] = _(
            "{roles} sanctions, who neither investigated nor judged", roles=teller.roles(rule.management)
        )
    second = next((rung for rung in ladder if rung.severity >= rule.second_from), None)
    if second is not None:
        told["second_from"] = _("{rung} and above: a second one of them confirms it", rung=second.label)
    if rule.further:
        told["further"] = _("another sanction may be written")
        told["further.second"] = _("another sanction takes its reason, and a second one of them confirms it")
    if rule.elsewhere:
        told["elsewhere"] = _(
            "a report that names those who usually handle it: {roles}", roles=teller.roles(rule.elsewhere)
        )
    if ladder:
        told["hearing_days"] = _(
            "whoever it is about may speak before the sanction, within {days} working days",
            days=rule.hearing_days,
        )
    told["appeal_days"] = _(
        "the person concerned may appeal within {days} working days; decided within {hear_days}",
        days=rule.appeal_days,
        hear_days=rule.hear_days,
    )
    for key, text in told.items():
        yield RuleText(f"discipline.{key}", text, rule.clause_of(key))
