"""`mingce policy …`: what is in force over a book, and whether a file of one's own can be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path

from db.desk.audit.act_names import clause_words
from db.desk.authority.standing import policy_of
from db.desk.policies.revising import takes_a_place, takes_the_place_of
from db.desk.policies.rule_views import RuleLine, lines_of
from db.desk.policies.rule_words import about
from db.language import Message, _, _n, listed
from db.policy.clauses import clashing
from db.policy.compose import try_compose
from db.policy.effective import plain
from db.policy.loader import builtin, load
from db.policy.loader import check as findings_of
from db.policy.regulation import PolicyError, Regulation
from db.policy.remarks import remarks
from db.policy.rules import Fault
from db.store.disk import SMALL
from db.store.unavailable import why
from tui.host.account import check_book
from tui.host.book import decisions_of
from tui.host.language import t
from tui.host.operator import desk_for, opened
from tui.host.owner import home_of, read_given
from tui.host.shell import FAILED, Failure, tell, tell_json
from tui.plain.words import Words


def show(words: Words) -> None:
    """Every rule in words, by the keys of a policy file, and the summary of each clause."""
    with opened(home_of(words), looking=True):
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
        heading = t(about(told[0].key))
        tell(_("{name}:", name=heading[:1].upper() + heading[1:]))
        _tell_rules(section, told)
    if policy.summary:
        tell(_("In short:"))
    for clause in policy.summary:
        tell(f"  {clause.clause}  {t(clause.label)}")


def _tell_rules(section: str, rules: Sequence[RuleLine]) -> None:
    """Rules after their names in ``section``; what belongs to one stands indented below it."""
    above = rules[0].key
    for rule in rules:
        below = rule.key.startswith(f"{above}.")
        above = above if below else rule.key
        name = rule.key.removeprefix(section).removeprefix(".")
        start = "    " if below else f"  {name}  " if name else "  "
        tell(f"{start}{t(rule.text)}  ({t(clause_words(rule.clause))})")


def add(words: Words) -> int:
    """Exit status 1 with the findings where it can't be used, or where it would take the place of one that
    comes with mingce and ``--replace`` doesn't say so."""
    file, as_json = Path(words.operand(0)), words.has("json")
    text = read_given(file, SMALL)
    findings = _findings(file)
    if findings:
        _tell_findings(file, findings, as_json)
        return FAILED
    home = home_of(words)
    regulation = load(file)
    if takes_a_place(regulation, home.policies) and not words.has("replace"):
        raise Failure(
            _(
                "{reason} If this is a revision of it, say so with --replace.",
                reason=takes_the_place_of(regulation.id),
            )
        )
    with desk_for(home, words.get("login")) as desk:
        try:
            added = desk.policies.add(text.decode("utf-8"))
        except PolicyError as error:
            found = tuple(dataclasses.replace(one, path=one.path or str(file)) for one in error.findings)
            raise PolicyError(found, [one or str(file) for one in error.together], error.decided) from error
    if as_json:
        tell_json(asdict(added))
        return 0
    tell(
        _(
            "{id} {version} is added; in force from {day}.",
            id=added.id,
            version=added.version,
            day=added.effective,
        )
    )
    if added.books:
        tell(
            _n(
                "Books under it: {books}. {count} person was told.",
                "Books under it: {books}. {count} people were told.",
                books=listed(added.books),
                count=added.told,
            )
        )
    return 0


def check(words: Words) -> int:
    """What is only to be warned of is told too, of a single file also what it leaves to nobody."""
    names = words.operands
    found = {name: _findings(Path(name)) for name in names if not _is_builtin(name)}
    places: list[Fault] = []
    if not any(found.values()):
        known = [builtin()[name] if _is_builtin(name) else load(Path(name)) for name in names]
        left = remarks(known[0]) if found and len(names) == 1 else []
        places = _taking_places(known)
        told = (*left, *_together(known, words.all("decide")), *places)
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
    """What to do with what can be used; ``replaces``: it takes the place of one that comes with mingce."""
    if len(names) > 1:
        return _("They can stand over one book together.")
    if _is_builtin(names[0]):
        return _("{id} comes with mingce. `mingce book create` puts it over a book.", id=names[0])
    return _(
        "{file} can be used. `mingce policy add {file}{option}` adds it; `mingce book create` puts it over a "
        "book.",
        file=names[0],
        option=" --replace" if replaces else "",
    )


def _together(regulations: Sequence[Regulation], decide: Sequence[str]) -> Iterator[Fault]:
    """What keeps regulations from standing over one book, each at its file or at ``--decide``, and what to
    warn of."""
    for number, regulation in enumerate(regulations):
        yield from clashing(regulation, regulations[:number])
    try:
        composed = try_compose(" + ".join(one.id for one in regulations), regulations, decisions_of(decide))
    except PolicyError as error:
        yield from (replace(one, path="--decide") for one in error.findings)
    else:
        yield from (*composed.findings, *composed.warnings)


def _taking_places(regulations: Sequence[Regulation]) -> list[Fault]:
    """A warning for each file with the id of a regulation that comes with mingce."""
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
        raise Failure(_("{file} can't be read: {reason}", file=str(file), reason=why(error))) from None


def _tell_findings(file: Path, findings: list[Fault], as_json: bool) -> None:
    if as_json:
        tell_json([_data(str(file), finding) for finding in findings])
        return
    for finding in findings:
        said = _("warning: {said}", said=finding.message) if finding.warning else finding.message
        tell(f"{file}:{finding.line}: {finding.where}{t(said)}")
