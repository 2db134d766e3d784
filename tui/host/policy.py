"""`mingce policy …`: what is in force over a book, and whether a file of one's own can be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path

from db.desk import Pending
from db.desk.authority.permissions import policy_of
from db.desk.authority.rules_on_record import text_on_record
from db.desk.policies.outlook import ChangeOutlook, outlook_of_rules, outlooks_of_version, sight_line
from db.desk.policies.recorded import STATES, adoption_advice, newer_shipped, recorded_versions
from db.desk.policies.revising import (
    check_known,
    read_from_day,
    takes_a_place,
    takes_the_place_of,
    tomorrow,
)
from db.desk.policies.rule_views import RuleLine, lines_of
from db.desk.policies.rule_words import rule_subject
from db.language import Message, _, _n, clause_words, listed
from db.policy.clauses import clashing_letters
from db.policy.compose import try_compose
from db.policy.effective import plain
from db.policy.loader import builtin, digest_of, load, text_of
from db.policy.loader import check as findings_of
from db.policy.regulation import PolicyError, Regulation
from db.policy.remarks import remarks
from db.policy.rules import Fault
from db.store.disk import SMALL
from db.store.unavailable import system_reason
from tui.host.account import check_book
from tui.host.book import decisions_of
from tui.host.language import t
from tui.host.operator import desk_for, opened_store
from tui.host.owner import home_of, read_given
from tui.host.shell import FAILED, CommandFailure, is_agreed, is_interactive, tell, tell_json
from tui.plain.words import CommandWords


def show(words: CommandWords) -> None:
    """Print a book's regulations with their days, every rule in force in words, by key, and the summary of
    each clause; with ``--json`` the rules alone."""
    with opened_store(home_of(words), looking=True):
        policy = policy_of(check_book(words.operand(0)))
    if words.has("json"):
        tell_json(plain(policy))
        return
    tell(policy.title)
    for ref in policy.policies:
        since = t(_("in force since {day}", day=ref.effective))
        shipped = builtin().get(ref.id)
        if shipped is not None and shipped.version != ref.version:
            since = t(_("{since}, in place of version {version}, which comes with mingce", since=since,
                        version=shipped.version))  # fmt: skip
        tell(f"  {ref.id} {ref.version}  {t(ref.title)}  {since}")
    for section, rules in groupby(lines_of(policy), lambda rule: rule.key.partition(".")[0]):
        told = list(rules)
        heading = t(rule_subject(told[0].key))
        tell(_("{name}:", name=heading[:1].upper() + heading[1:]))
        _tell_rules(section, told)
    if policy.summary:
        tell(_("In short:"))
    for clause in policy.summary:
        tell(f"  {clause.clause}  {t(clause.label)}")


def _tell_rules(section: str, rules: Sequence[RuleLine]) -> None:
    """Print rules with their names in ``section``, those that belong to another indented below it."""
    above = rules[0].key
    for rule in rules:
        below = rule.key.startswith(f"{above}.")
        above = above if below else rule.key
        name = rule.key.removeprefix(section).removeprefix(".")
        start = "    " if below else f"  {name}  " if name else "  "
        tell(f"{start}{t(rule.text)}  ({t(clause_words(rule.clause))})")


def add(words: CommandWords) -> int:
    """Record a regulation after printing its consequences and asking, and notify those whom it concerns;
    where it takes a second, make a request of it. Return 1, after printing the findings, for an unfit file.
    Raises CommandFailure if nobody agrees, or for a shipped regulation's id without ``--replace``."""
    name, as_json, home = words.operand(0), words.has("json"), home_of(words)
    file, text = _read_named(name)
    findings = _findings(file)
    if findings:
        _tell_findings(file, findings, as_json)
        return FAILED
    regulation = load(file)
    with desk_for(home, words.option_value("login")) as desk, name_in_findings(file):
        if not _is_builtin(name) and takes_a_place(regulation) and not words.has("replace"):
            raise CommandFailure(
                _(
                    "{reason} If this is a revision of it, say so with --replace.",
                    reason=takes_the_place_of(regulation.id),
                )
            )
        day = read_from_day(words.option_value("from"), regulation)
        outlooks = outlooks_of_version(regulation, digest_of(text), day)
        if not as_json:
            _tell_outlooks(outlooks, whole=False)
        _must_agree(words, _("Put it on record?"))
        try:
            added = desk.policies.add(text, words.option_value("from"))
        except Pending as pending:
            return _tell_pending(pending, outlooks, as_json)
    if as_json:
        tell_json({**asdict(added), "outlook": [_outlook_data(one) for one in outlooks]})
        return 0
    tell(
        _(
            "{id} {version} is on record; in force from {day}.",
            id=added.id,
            version=added.version,
            day=added.effective,
        )
    )
    if added.books:
        tell(
            _n(
                "Directories under it: {books}. {count} person was told.",
                "Directories under it: {books}. {count} people were told.",
                books=listed(added.books),
                count=added.told,
            )
        )
    return 0


def try_out(words: CommandWords) -> int:
    """Print what a regulation would change in a book; change nothing. Return 1, after printing the findings,
    for an unfit one."""
    book, name, as_json = words.operand(0), words.operand(1), words.has("json")
    with opened_store(home_of(words), looking=True):
        file, text = _read_named(name)
        findings = _findings(file)
        if findings:
            _tell_findings(file, findings, as_json)
            return FAILED
        regulation = load(file)
        with name_in_findings(file):
            check_book(book)
            given = words.option_value("from")
            day = read_from_day(given, regulation)
            if not given:
                day = max(day, tomorrow())
            outlooks = outlooks_of_version(regulation, digest_of(text), day, book)
    if as_json:
        tell_json([_outlook_data(one) for one in outlooks])
    else:
        _tell_outlooks(outlooks, whole=True)
    return 0


def put_over(words: CommandWords) -> int:
    """Put a book under other regulations after printing the consequences and asking, and notify its people;
    where that takes a second, make a request of it. Raises PolicyError if something is left to decide,
    CommandFailure if nobody agrees."""
    book, policies = words.operand(0), words.operands[1:]
    day, as_json = words.option_value("from"), words.has("json")
    decisions = decisions_of(words.option_values("decide"))
    with desk_for(home_of(words), words.option_value("login")) as desk:
        check_book(book)
        check_known(policies)
        outlook = outlook_of_rules(book, policies, decisions, read_from_day(day))
        if not as_json:
            _tell_outlooks([outlook], whole=False)
        _must_agree(words, _("Put it on record?"))
        try:
            told = desk.policies.set_rules(book, policies, decisions, day)
        except Pending as pending:
            return _tell_pending(pending, [outlook], as_json)
    if as_json:
        tell_json(
            {
                "book": book,
                "policies": list(policies),
                "from": day,
                "told": told,
                "outlook": _outlook_data(outlook),
            }
        )
        return 0
    tell(_("From {day} on {book} is under {names}.", day=day, book=book, names=listed(policies)))
    tell(_n("{count} person was told.", "{count} people were told.", count=told))
    return 0


def _tell_pending(pending: Pending, outlooks: Sequence[ChangeOutlook], as_json: bool) -> int:
    """Print that it became a request, and for whom that waits; return 0."""
    if as_json:
        tell_json({"request": pending.request, "outlook": [_outlook_data(one) for one in outlooks]})
        return 0
    tell(pending.message)
    tell(_("It is request {request}.", request=pending.request))
    return 0


def withdraw(words: CommandWords) -> None:
    """Withdraw a future version of a regulation without asking, recorded, and print how many people were
    notified."""
    name, version = words.operand(0), words.operand(1)
    with desk_for(home_of(words), words.option_value("login")) as desk:
        told = desk.policies.withdraw(name, version)
    tell(_("{id} {version} is withdrawn.", id=name, version=version))
    tell(_n("{count} person was told.", "{count} people were told.", count=told))


def withdraw_rules(words: CommandWords) -> None:
    """Withdraw the regulations that a book is to get on a future day, without asking, recorded; notify its
    people and print how many."""
    book, day = words.operand(0), words.operand(1)
    with desk_for(home_of(words), words.option_value("login")) as desk:
        check_book(book)
        told = desk.policies.withdraw_rules(book, day)
    tell(_("What was to take effect in {book} on {day} is withdrawn.", book=book, day=day))
    tell(_n("{count} person was told.", "{count} people were told.", count=told))


def show_recorded(words: CommandWords) -> None:
    """Print all recorded versions, and shipped texts that are newer."""
    with opened_store(home_of(words), looking=True):
        rows, newer = recorded_versions(), newer_shipped()
    if words.has("json"):
        tell_json([asdict(row) for row in rows])
        return
    for row in rows:
        tell(
            _(
                "{id} {version}: {state} {day}; {digest}",
                id=row.id,
                version=row.version,
                state=STATES[row.state],
                day=row.day,
                digest=row.digest[:12],
            )
        )
    for one in newer:
        tell(adoption_advice(one))


def show_text(words: CommandWords) -> None:
    name, version = words.operand(0), words.operand(1)
    with opened_store(home_of(words), looking=True):
        row = next(
            (one for one in reversed(recorded_versions()) if one.id == name and version in ("", one.version)),
            None,
        )
        if row is None:
            raise CommandFailure(
                _("There is no such regulation on record."), _("`mingce policy list` names those that are.")
            )
        text = text_on_record(row.digest)
    tell(text.rstrip("\n"))


@contextmanager
def name_in_findings(file: Path) -> Iterator[None]:
    """Add the name of ``file`` to the findings of a PolicyError from the body, and raise it on."""
    try:
        yield
    except PolicyError as error:
        found = tuple(dataclasses.replace(one, path=one.path or str(file)) for one in error.findings)
        raise PolicyError(found, [one or str(file) for one in error.together], error.decided) from error


def _must_agree(words: CommandWords, question: Message) -> None:
    """Ask at the terminal, unless ``--yes``. Raises CommandFailure if nobody agrees."""
    if not words.has("yes") and not (is_interactive() and is_agreed(question)):
        raise CommandFailure(_("Nothing was changed."), _("Say --yes where nobody can be asked."))


def _read_named(name: str) -> tuple[Path, str]:
    """Return file and text of a shipped regulation or of the file named; "" if that is not UTF-8. Raises
    CommandFailure."""
    if _is_builtin(name):
        return Path(builtin()[name].path), text_of(builtin()[name])
    file = Path(name)
    try:
        return file, read_given(file, SMALL).decode("utf-8")
    except UnicodeDecodeError:  # the findings say so, with the line
        return file, ""


def _tell_outlooks(outlooks: Sequence[ChangeOutlook], *, whole: bool) -> None:
    for one in outlooks:
        tell(_("{title} ({book}), from {day} on:", title=one.title, book=one.book, day=one.day))
        for change in one.sight:
            tell(f"  {t(sight_line(change))}  ({t(clause_words(change.clause))})")
        if not one.sight:
            tell(_("  Nobody gains or loses sight of anything."))
        begin = sum(change.begins for change in one.rules)
        if not whole:
            tell(_("  Rules that begin: {begin}; that end: {end}.", begin=begin, end=len(one.rules) - begin))
            continue
        for rule in one.rules:
            sign = t(_("+ begins") if rule.begins else _("− ends"))
            said = t(_("{name}: {value}", name=rule_subject(rule.rule.key), value=rule.rule.text))
            tell(f"  {sign}  {said}  ({t(clause_words(rule.rule.clause))})")


def _outlook_data(one: ChangeOutlook) -> dict[str, object]:
    return {
        "book": one.book,
        "from": one.day,
        "sight": [
            {
                "role": t(change.role),
                "people": change.people,
                "gains": change.gains,
                "what": t(change.what),
                "clause": change.clause,
            }
            for change in one.sight
        ],
        "rules": [
            {
                "begins": rule.begins,
                "key": rule.rule.key,
                "text": t(rule.rule.text),
                "clause": rule.rule.clause,
            }
            for rule in one.rules
        ],
    }


def check(words: CommandWords) -> int:
    """Print faults and warnings of policy files, each and together; of a single one also what it leaves to
    nobody. Change nothing. Return 1 if there are faults."""
    names = words.operands
    found = {name: _findings(Path(name)) for name in names if not _is_builtin(name)}
    places: list[Fault] = []
    if not any(found.values()):
        known = [builtin()[name] if _is_builtin(name) else load(Path(name)) for name in names]
        left = remarks(known[0]) if found and len(names) == 1 else []
        places = _taking_places(known)
        told = (*left, *_together(known, words.option_values("decide")), *places)
        for finding in sorted(told, key=lambda finding: finding.line):
            found.setdefault(finding.path, []).append(finding)
    bad = any(not finding.warning for findings in found.values() for finding in findings)
    if words.has("json"):
        tell_json([_data(name, finding) for name, findings in found.items() for finding in findings])
        return FAILED if bad else 0
    for name, findings in found.items():
        _tell_findings(Path(name), findings, False)
    if not bad:
        tell(_next(names, bool(places)))
    return FAILED if bad else 0


def _next(names: Sequence[str], replaces: bool) -> Message:
    """Return words for what to do with a usable regulation; ``replaces``: in place of a shipped one."""
    if len(names) > 1:
        return _("They can be in force over one directory together.")
    if _is_builtin(names[0]):
        return _("{id} comes with mingce. `mingce book create` puts it over a directory.", id=names[0])
    return _(
        "{file} can be used. `mingce policy add {file}{option}` adds it; `mingce book create` puts it over a "
        "directory.",
        file=names[0],
        option=" --replace" if replaces else "",
    )


def _together(regulations: Sequence[Regulation], decide: Sequence[str]) -> Iterator[Fault]:
    """Yield faults and warnings of having ``regulations`` over one book, with the decisions of
    ``--decide``."""
    for number, regulation in enumerate(regulations):
        yield from clashing_letters(regulation, regulations[:number])
    try:
        composed = try_compose(" + ".join(one.id for one in regulations), regulations, decisions_of(decide))
    except PolicyError as error:
        yield from (replace(one, path="--decide") for one in error.findings)
    else:
        yield from (*composed.findings, *composed.warnings)


def _taking_places(regulations: Sequence[Regulation]) -> list[Fault]:
    """Return a warning for each file with the id of a shipped regulation."""
    return [
        Fault(one.line("id"), "id", takes_the_place_of(one.id), one.path, warning=True)
        for one in regulations
        if builtin().get(one.id, one) is not one
    ]


def _is_builtin(name: str) -> bool:
    return name in builtin() and not Path(name).exists()


def _data(name: str, finding: Fault) -> dict[str, object]:
    return {
        "file": name,
        "line": finding.line,
        "key": finding.key,
        "message": t(finding.message),
        "warning": finding.warning,
    }


def _findings(file: Path) -> list[Fault]:
    try:
        return findings_of(file)
    except OSError as error:
        raise CommandFailure(
            _("{file} can't be read: {reason}", file=str(file), reason=system_reason(error))
        ) from None


def _tell_findings(file: Path, findings: list[Fault], as_json: bool) -> None:
    if as_json:
        tell_json([_data(str(file), finding) for finding in findings])
        return
    for finding in findings:
        said = _("warning: {said}", said=finding.message) if finding.warning else finding.message
        tell(f"{file}:{finding.line}: {finding.where}{t(said)}")
