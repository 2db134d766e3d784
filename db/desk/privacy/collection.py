"""The notice at collection: who handles what of whom, for what, on which basis, how long, and what the person
may do (PIPL 17). Drawn from the rules in force over a book. Not an operation.

It is accepted once. What it comes to is kept with its text as accepted; who accepted less is asked once more:
for a new field, or one that rests on more than consent now, for somebody else who sees or receives it, for
longer keeping.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.due_dates import today
from db.desk.notation.localtime import local
from db.desk.notifications.alarming import role_accounts
from db.desk.privacy.periods import period_of
from db.desk.privacy.processing import processing, seen_by
from db.desk.requests.request_kinds import is_of_pupils
from db.language import Label, Language, Message, Text, _, listed, say
from db.policy import wording
from db.policy.effective import EffectivePolicy
from db.policy.rules import FieldRule
from db.policy.telling import Teller
from db.policy.vocabulary import DEFAULT, PROTECTED, REACHES
from db.store.audit import canonical
from db.store.engine import database, store
from db.store.sql import fetch, is_among
from db.store.tables import Account, Book, CollectionNotice, Entry, Unit

CLAUSE = "PIPL 17"
FOR_GOOD = 12_000
"""Months."""
GIVEN = _("{what}: {why}; {who}; kept: {kept}")


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One point of a notice, with the clause that it rests on."""

    part: Text
    text: Text
    clause: str
    number: int = 0
    """Its place among them."""


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """The notice of a book that the reader has not accepted as it is now."""

    book: str
    title: Label
    version: str
    text: Label
    day: str
    """On which this text was first accepted, else today (ISO)."""
    clause: str = CLAUSE


def lines_of(policy: EffectivePolicy) -> tuple[NoticeLine, ...]:
    """Return the lines of the notice to the people of a book, without names, which may change without making
    it a new one."""
    return (*_handlers(policy), *_fields(policy), *_recipient_lines(policy), *_rights())


def contact_lines(policy: EffectivePolicy) -> Iterator[NoticeLine]:
    """Yield the lines with the book's contact, else the organisation's own, and the names of its keepers."""
    settings = store().settings
    if told := " ".join(settings.privacy_contacts.get(policy.book, settings.privacy_contact).split()):
        yield NoticeLine(_("Contact"), told, CLAUSE)
    for account in role_accounts(policy, policy.maintainer.role):
        person = Account.get_by_id(account).person_id
        row = Entry.get_or_none((Entry.person == person) & (Entry.state == "active"))
        if row is not None:
            who = _("{name}, {unit}", name=row.name, unit=row.unit.name)
            yield NoticeLine(_("Contact"), who, policy.maintainer.clause)


def notices_due(permissions: Permissions) -> tuple[NoticeDue, ...]:
    """Return the notices of the reader's own books that tell more than what they have accepted."""
    found = []
    for book in permissions.own:
        begins, comes_to = _digested(permissions.policy(book))
        accepted = [number for name, number in permissions.accepted if name == key_of(book)]
        as_now = any(one.startswith(begins) for one in accepted)
        if not as_now and not covers_notice(told_by(accepted), comes_to):
            found.append(notice_of(permissions.policy(book)))
    return tuple(found)


def notice_of(policy: EffectivePolicy) -> NoticeDue:
    row, text = Book.get_by_id(policy.book), text_of(policy)
    version = _digested(policy)[0] + hashlib.sha256(text.zh.encode()).hexdigest()[:16]
    first = CollectionNotice.get_or_none(CollectionNotice.version == version)
    given = local(first.at)[:10] if first is not None else today().isoformat()
    return NoticeDue(policy.book, row.title, version, text, given)


def key_of(book: str) -> str:
    """Return the name under which acceptances of the notice of ``book`` are on record."""
    return f"notice:{book}"


def store_notice_text(due: NoticeDue, at: str) -> None:
    """Store the text of the notice that was accepted at ``at`` (UTC), once for each version."""
    _version, comes_to = _digested(policy_of(due.book))
    CollectionNotice.insert(
        version=due.version, book=due.book, comes_to=canonical(comes_to).decode("utf-8"), zh=due.text.zh,
        en=due.text.en, at=at,
    ).on_conflict_ignore().execute()  # fmt: skip


def told_by(versions: Sequence[str]) -> Mapping[str, int]:
    """Return, for each thing that the accepted notices of ``versions`` told, the largest extent that any of
    them gave."""
    most: dict[str, int] = {}
    for row in CollectionNotice.select().where(CollectionNotice.version.in_(list(versions))):
        told: dict[str, int] = json.loads(row.comes_to)
        most |= {name: max(number, most.get(name, number)) for name, number in told.items()}
    return most


def covers_notice(told: Mapping[str, int], comes_to: Mapping[str, int]) -> bool:
    """Return whether a notice (``comes_to``) tells nothing new, or to a larger extent, to somebody who was
    ``told`` that much."""
    return all(name in told and told[name] >= number for name, number in comes_to.items())


def accepted_by(policy: EffectivePolicy) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield the active people of the book, none of them outside contacts, by name: entry, name and unit; the
    state of their acceptance (``accepted``, ``again`` where there is more to accept since, ``waits``, or
    ``unable`` without an account), and its moment."""
    _version, comes_to = _digested(policy)

    @cache
    def state_of(versions: tuple[str, ...]) -> str:
        return "accepted" if covers_notice(told_by(versions), comes_to) else "again"

    able = {person for (person,) in fetch("SELECT person_id FROM account WHERE state <> 'disabled'")}
    accepted: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person, at, version in fetch(
        "SELECT a.person_id, u.at, u.version"
        " FROM undertaking_accepted u JOIN account a ON a.id = u.account_id"
        f" WHERE u.policy = {database.param} AND a.state <> 'disabled'",
        (key_of(policy.book),),
    ):
        accepted[person].append((at, version))
    # Straight from the driver: a book of 100,000 is one list.
    inside, kinds = is_among("e.kind", [kind.id for kind in policy.kinds if kind.side == "internal"])
    units = dict(fetch(f"SELECT id, name FROM unit WHERE book_id = {database.param}", (policy.book,)))
    for entry, name, place, person in fetch(
        "SELECT e.id, e.name, e.unit_id, e.person_id FROM entry e LEFT JOIN search_entry s ON s.entry = e.id"
        f" WHERE e.book_id = {database.param} AND e.state = 'active' AND {inside} ORDER BY s.line, e.id",
        (policy.book, *kinds),
    ):
        unit = units[place]
        mine = sorted(accepted[person]) if person in accepted else ()
        if mine:
            yield entry, name, unit, state_of(tuple(version for _at, version in mine)), mine[-1][0]
        else:
            yield entry, name, unit, "waits" if person in able else "unable", ""


def text_of(policy: EffectivePolicy) -> Label:
    return Label(_collection_text(policy, "zh_CN"), _collection_text(policy, "en"))


def _collection_text(policy: EffectivePolicy, language: Language) -> str:
    parts: dict[str, list[str]] = {}
    for line in (*lines_of(policy), *contact_lines(policy)):
        told = _("{text} [{clause}]", text=line.text, clause=line.clause) if line.clause else line.text
        parts.setdefault(say(line.part, language), []).append(say(told, language))
    return "\n\n".join("\n".join([part, *(f"· {one}" for one in told)]) for part, told in parts.items())


def _digested(policy: EffectivePolicy) -> tuple[str, Mapping[str, int]]:
    """Return the prefix of the notice's version, a digest, and what it tells with the extent of each thing.
    The names in it change only the rest of the version, so that nobody has to accept it again for these."""
    comes_to = dict(_comes_to(policy))
    return hashlib.sha256(policy.book.encode() + canonical(comes_to)).hexdigest()[:16], comes_to


def _comes_to(policy: EffectivePolicy) -> Iterator[tuple[str, int]]:
    """Yield each thing that the notice tells with its extent; it is to be accepted again where one is added
    or grows."""
    yield f"kept by:{policy.maintainer.role}", 1
    for purpose in policy.allowed_purposes():
        yield f"purpose:{purpose.id}", 1
    for field in _of_people(policy):
        yield f"field:{field.name}", 1 if field.consent else 2 + field.required
        yield f"field:{field.name}:open", int(not field.protected)
        for who in field.visible_to or ("everyone",):
            yield f"field:{field.name}:to:{who}", 1
    for scope in policy.scopes:
        if scope.side == "internal" and scope.reach != "none":
            sight = 10 * REACHES.index(scope.reach) + PROTECTED.index(scope.protected)
            yield f"seen by:{scope.role}", sight
    for edition in policy.editions:
        for column in edition.columns:
            yield f"edition:{edition.id}:{column}", 1
        for kind, chosen in edition.recipients.model_dump(exclude={"clause"}).items():
            for one in chosen if isinstance(chosen, tuple) else [""] * bool(chosen):
                yield f"edition:{edition.id}:to:{kind}:{one}", 1
    for sync in policy.sync:
        for column in sync.fields:
            yield f"{sync.system}:{column}", 1
    yield "disclosed without consent", int(not policy.disclosure.consent)
    for what in wording.PASSING:
        yield f"kept:{what}", period_of(policy.book, what).months or FOR_GOOD
    archive = policy.retention_of("archive")
    if archive is not None:
        yield "kept:archive", archive.years * 12 if archive.years else FOR_GOOD


def _of_people(policy: EffectivePolicy) -> Iterator[FieldRule]:
    inside = {kind.id for kind in policy.kinds if kind.side == "internal"}
    pupils = is_of_pupils(policy.book, "join")  # no regulation gives these a position
    return (
        field
        for field in policy.fields
        if (not field.applies_to or inside & {*field.applies_to})
        and not (pupils and field.name == "position" and field.clauses == (DEFAULT,))
    )


def _handlers(policy: EffectivePolicy) -> Iterator[NoticeLine]:
    who, organisation = _("Who handles it"), store().settings.organisation
    root = Unit.get_by_id(root_of(policy.book)).name  # a school, a company of the group, or what has its name
    yield NoticeLine(who, organisation if organisation in root else root, "")
    keeper, supervisor = (policy.role(held.role).label for held in (policy.maintainer, policy.supervisor))
    yield NoticeLine(who, _("kept by {role}", role=keeper), policy.maintainer.clause)
    yield NoticeLine(who, _("supervised by {role}", role=supervisor), policy.supervisor.clause)
    for purpose in policy.allowed_purposes():
        yield NoticeLine(_("What for"), purpose.label, purpose.clause)


def _fields(policy: EffectivePolicy) -> Iterator[NoticeLine]:
    teller, seers = Teller(policy), defaultdict[Text, list[FieldRule]](list)
    inside = tuple(kind.id for kind in policy.kinds if kind.side == "internal")
    for field in _of_people(policy):
        if field.consent:
            text = _("{field}: on your consent alone (PIPL 13); take it out yourself at any time")
        elif field.required:
            text = _("{field}: the rules ask for it (PIPL 13)")
        else:
            text = _("{field}: the rules name it; it may stay empty (PIPL 13)")
        told = Message(text.text, {"field": field.label})
        yield NoticeLine(_("What, and on which basis"), told, ", ".join(field.clauses))
        seers[seen_by(teller, replace(field, applies_to=field.applies_to or inside))].append(field)
    for who, fields in seers.items():
        told = _("{fields}: {who}", fields=listed(field.label for field in fields), who=who)
        yield NoticeLine(_("Who sees it"), told, "")


def _recipient_lines(policy: EffectivePolicy) -> Iterator[NoticeLine]:
    """Yield who receives it besides, and how long it is kept."""
    part, rows = _("Who receives it besides, and how long it is kept"), processing(policy)
    for row in rows[len(policy.fields) :]:
        slots = {"what": row.what, "why": row.why, "who": row.who, "kept": row.kept}
        yield NoticeLine(part, Message(GIVEN.text, slots), row.clause)
    yield NoticeLine(part, _("the entry: {kept}", kept=rows[0].kept), period_of(policy.book, "leaver").clause)


def _rights() -> Iterator[NoticeLine]:
    rights = _("Your rights, and how to use them")
    yield NoticeLine(
        rights, _("Read all of it, who looked and what for, and take a copy: 0, then b"), "PIPL 45"
    )
    yield NoticeLine(rights, _("Have it corrected: e there"), "PIPL 46")
    yield NoticeLine(rights, _("Withdraw what rests on your consent, at once: v there"), "PIPL 15")
    yield NoticeLine(rights, _("Have it erased once it is not needed: x there says when"), "PIPL 47")
    yield NoticeLine(rights, _("Have the rules explained: 4, then w"), "PIPL 48")
    yield NoticeLine(
        rights, _("Report what seems wrong: F12; complain to the authorities at any time"), "PIPL 50, PIPL 65"
    )
