"""What holds of a version of a regulation, or of other regulations for a book, before it is put on record;
and who is told of it (G.9). Not operations.

Requests under way go on by the rules that they began under (`requests.frozen`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.desk.authority.permissions import books_of
from db.desk.authority.rules_on_record import (
    RulesOfBook,
    RulesOnRecord,
    made_under,
    policy_on,
    regulation_of,
    rules_on_record,
)
from db.desk.due_dates import today
from db.desk.notation.parsing import day_of
from db.desk.notifications.notices import BOOK_RULES, REVISION, WITHDRAWN, store_notice
from db.desk.refusal import SILENT, Invalid, Problem
from db.language import LANGUAGES, Message, _, listed, say
from db.policy.effective import EffectivePolicy
from db.policy.loader import builtin, builtin_by_digest
from db.policy.regulation import Regulation
from db.policy.schema.work import NoticeRule
from db.store.tables import Account, Book, Notice, RegulationText


@dataclass(frozen=True, slots=True)
class Added:
    """A version on record: its day (ISO), the books under it, and how many were told."""

    id: str
    version: str
    effective: str
    books: tuple[str, ...]
    told: int


def read_from_day(text: str, regulation: Regulation | None = None) -> str:
    """Return the day written, or without one the regulation's own. Raises Invalid for a text that is no day,
    or a day before the regulation's own."""
    if not text.strip() and regulation is not None:
        return regulation.file.effective.isoformat()
    day = day_of("from", text)
    if regulation is not None and day < regulation.file.effective:
        own = regulation.file.effective.isoformat()
        message = _("The regulation itself says that it takes effect on {day}: name no earlier one.", day=own)
        raise Invalid(Problem("from", message))
    return day.isoformat()


def check_version(regulation: Regulation, digest: str) -> None:
    """Raise Invalid for a version that is known, or lower than the highest known, and for a document's number
    that another has."""
    rows = RegulationText.select(RegulationText.version).where(RegulationText.regulation == regulation.id)
    known = {row.version for row in rows}
    if not known and digest not in builtin_by_digest():
        known |= {one.version for one in builtin().values() if one.id == regulation.id}
    if regulation.version in known:
        message = _(
            "Version {version} of {id} is known already. Give a revision a version of its own.",
            version=regulation.version,
            id=regulation.id,
        )
        raise Invalid(Problem("version", message))
    number = regulation.file.number
    others = RegulationText.select().where(RegulationText.withdrawn_at.is_null())
    for row in others if number else ():
        if number == regulation_of(row.digest, row.from_day).file.number:
            message = _(
                "{number} is the number of {id}, version {version}, already. Give each document its own.",
                number=number,
                id=row.regulation,
                version=row.version,
            )
            raise Invalid(Problem("number", message))
    highest = max(known, key=_order, default="")
    if known and _order(regulation.version) < _order(highest):
        message = _(
            "Version {version} of {id} is lower than {highest}, which is on record. Give it a higher one.",
            version=regulation.version,
            id=regulation.id,
            highest=highest,
        )
        raise Invalid(Problem("version", message))


def check_known(policies: Sequence[str], others: Sequence[Problem] = ()) -> None:
    """Raise Invalid, along with the problems ``others``, where there are no ``policies`` or one is neither on
    record nor the product's."""
    known = {*rules_on_record().versions, *builtin()}
    unknown = [name for name in policies if name not in known]
    problems = list(others)
    if unknown or not policies:
        names = listed(sorted(known))
        message = _(
            "There is no regulation {name}. Known are: {names}.", name=listed(unknown) or "–", names=names
        )
        problems.append(Problem("policies", message))
    if problems:
        raise Invalid(*problems)


def check_day(day: str, others: Iterable[str], *, binds: bool) -> None:
    """Raise Invalid for a ``day`` (ISO) before those of the ``others`` on record, and where the rules bind
    somebody (``binds``), before tomorrow: nobody is bound by what they could not read."""
    first = (today() + timedelta(days=1)).isoformat()
    if binds and day < first:
        message = _("{day} is too early: rules take effect on {first} at the earliest.", day=day, first=first)
        raise Invalid(Problem("from", message))
    last = max(others, default="")
    if day < last:
        message = _(
            "Another one is to take effect on {last} already. Name that day or a later one, or withdraw it.",
            last=last,
        )
        raise Invalid(Problem("from", message))


def is_founding() -> bool:
    """Return whether nobody has come in yet, so that the founder is alone with the installation."""
    return not Account.select().where((Account.state == "active") & Account.person.is_null(False)).exists()


def takes_a_place(regulation: Regulation) -> bool:
    """Return whether this is the organisation's first version of a regulation that comes with the product:
    from its day on it replaces that one in every book."""
    if regulation.id not in builtin():
        return False
    versions = rules_on_record().versions.get(regulation.id, ())
    return all(one.digest in builtin_by_digest() for one in versions)


def takes_the_place_of(regulation: str) -> Message:
    return _(
        "{id} is the id of a regulation that comes with mingce; this one would take its place in every "
        "directory under it. Give a regulation of your own another id.",
        id=regulation,
    )


def books_under(regulation: str, day: str, known: RulesOnRecord | None = None) -> list[str]:
    """Return the books that are under a regulation on ``day`` (ISO) or come under it later."""
    known = known or rules_on_record()
    return [
        row.id
        for row in Book.select(Book.id).order_by(Book.sort, Book.id)
        if any(regulation in one.regulations for one in _from(known, row.id, day))
    ]


def policies_from(book: str, day: str, known: RulesOnRecord) -> list[EffectivePolicy]:
    """Compose the policy of ``book`` on ``day`` (ISO) and on each later one that changes it. Raises
    PolicyError where one of them leaves something to decide."""
    under = _from(known, book, day)
    names = {name for one in under for name in one.regulations}
    days = {day, *(one.from_day for one in under if one.from_day > day)}
    days |= {one.from_day for name in names for one in known.versions.get(name, ()) if one.from_day > day}
    return [policy_on(book, one, known) for one in sorted(days)]


def _from(known: RulesOnRecord, book: str, day: str) -> Sequence[RulesOfBook]:
    later = [one for one in known.books.get(book, ()) if one.from_day > day]
    return (known.of_book(book, made_under(book), day), *later)


def _order(version: str) -> list[tuple[int, str]]:
    """Return a sort key for versions in the order people count them: 2 before 10, 1.9 before 1.10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"(\d+)|[.\-_]", version)
        if part
    ]


def announce_version(book: str, regulation: Regulation, day: str, rule: NoticeRule | None) -> Collection[int]:
    """Store a notice to all in ``book`` that a regulation is in force from ``day``, to be acknowledged unless
    ``rule`` says otherwise (G.9); return their accounts."""
    everyone = everybody_in(book)
    store_notice(
        REVISION,
        book,
        everyone,
        clause=rule.clause if rule is not None else SILENT,
        detail=revision_detail(regulation, day),
        acknowledge=rule is None or rule.acknowledge,
    )
    return everyone


def tell_withdrawn(book: str, regulation: Regulation, day: str, rule: NoticeRule | None) -> Collection[int]:
    """Store a notice to all in ``book`` that a version is withdrawn, and end the wait of its announcement for
    acknowledgements; return their accounts."""
    detail = revision_detail(regulation, day)
    for notice in Notice.select().where((Notice.kind == REVISION) & (Notice.book == book)):
        if detail.items() <= json.loads(notice.detail).items():
            Notice.update(acknowledge=False).where(Notice.id == notice.id).execute()
    everyone = everybody_in(book)
    store_notice(WITHDRAWN, book, everyone, clause=rule.clause if rule is not None else SILENT, detail=detail)
    return everyone


def tell_rules(book: str, day: str, rule: NoticeRule | None) -> Collection[int]:
    """Store a notice to all in ``book`` of its regulations from ``day`` on, to be acknowledged where ``rule``
    says so (G.9); return their accounts."""
    titles = [ref.title for ref in policy_on(book, day).policies]
    words = {language: say(listed(titles), language) for language in LANGUAGES}
    everyone = everybody_in(book)
    store_notice(
        BOOK_RULES,
        book,
        everyone,
        clause=rule.clause if rule is not None else SILENT,
        detail={"effective": day, "zh": words["zh_CN"], "en": words["en"]},
        acknowledge=rule is not None and rule.acknowledge,
    )
    return everyone


def revision_detail(regulation: Regulation, day: str) -> Mapping[str, str]:
    return {
        "policy": regulation.id,
        "version": regulation.version,
        "effective": day,
        "zh": regulation.file.title.zh,
        "en": regulation.file.title.en,
    }


def everybody_in(book: str) -> Collection[int]:
    """Return the accounts in ``book`` that are not disabled, without the host's operator, who reads no
    notices."""
    somebody = Account.person.is_null(False) | Account.password.is_null(False)
    rows = Account.select().where((Account.state != "disabled") & somebody).order_by(Account.id)
    return [row.id for row in rows if book in books_of(row.id)]


def revision_rule(policies: Sequence[EffectivePolicy]) -> NoticeRule | None:
    """Return the rule on how a revision is made known, of the first policy that has one."""
    for policy in policies:
        for rule in policy.notices:
            if rule.about == "revision":
                return rule
    return None


def tomorrow() -> str:
    return (today() + timedelta(days=1)).isoformat()


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
