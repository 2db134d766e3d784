"""`mingce policy …`: what is in force over a book, and whether a file of one's own can be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from db.desk.audit.words import clause_words
from db.desk.requests.kinds import KINDS
from db.desk.standing import policy_of
from db.language import _, _n, listed
from db.policy.clauses import clashing
from db.policy.compose import try_compose
from db.policy.effective import plain
from db.policy.explain import explain
from db.policy.loader import builtin, load
from db.policy.loader import check as findings_of
from db.policy.regulation import PolicyError, Regulation
from db.policy.remarks import remarks
from db.policy.rules import Finding
from db.store.disk import SMALL
from db.store.settings import Home
from db.store.unavailable import why
from tui.host.account import check_book
from tui.host.book import decisions_of
from tui.host.operator import desk_for, opened
from tui.host.owner import read_given
from tui.host.shell import FAILED, Failure, state_folder, tell, tell_json
from tui.host.tongue import t

TOLD = {
    "kinds": _("Kinds of entry:"),
    "scopes": _("Who sees what:"),
    "purposes": _("Purposes:"),
    "duty": _("Deadlines:"),
    "reviews": _("Reviews:"),
    "editions": _("Editions:"),
    "training": _("Training:"),
    "backups": _("Backups:"),
}
"""Parts of a policy that are told rule by rule, with what each is called."""


def show(folder: Path | None, book: str, as_json: bool) -> None:
    """The effective policy of a book with its clauses: functions, fields, decisions, kinds, scopes,
    purposes, deadlines, reviews, editions, training and backups."""
    with opened(Home(state_folder(folder)), looking=True):
        policy = policy_of(check_book(book))
    if as_json:
        tell_json(plain(policy))
        return
    tell(policy.title)
    for ref in policy.policies:
        since = t(_("in force since {day}", day=ref.effective))
        tell(f"  {ref.id} {ref.version}  {t(ref.title)}  {since}")
    labels = {role.id: t(role.label) for role in policy.roles}
    for title, held in (
        (_("Maintainer"), policy.maintainer),
        (_("Supervisor"), policy.supervisor),
        (_("Technical support"), policy.technical),
        (_("Interpreted and revised by"), policy.interpreter),
    ):
        role = f"{labels.get(held.role, held.role)} ({t(clause_words(held.clause))})"
        tell(_("{name}: {value}", name=title, value=role))
    tell(_("Fields:"))
    for field in policy.fields:
        marks = [
            t(mark)
            for mark, holds in ((_("required"), field.required), (_("protected"), field.protected))
            if holds
        ]
        traits = f"  {', '.join(marks)}" if marks else ""
        tell(f"  {t(field.label)}{traits}  ({t(clause_words(', '.join(field.clauses)))})")
    rules = list(explain(policy))
    tell(_("Decisions:"))
    for flow in policy.flows:
        steps = " → ".join(labels.get(step.role, step.role) for step in flow.steps)
        name = f"  {t(KINDS[flow.kind].label)} ({flow.kind})"
        tell(_("{name}: {value}", name=name, value=f"{steps}  ({t(clause_words(flow.clause))})"))
        terms = (rule for rule in rules if rule.key.startswith(f"flow.{flow.kind}."))
        for rule in terms:
            if not rule.key.endswith(".steps"):
                tell(f"    {t(rule.text)}  ({t(clause_words(rule.clause))})")
    for section, title in TOLD.items():
        lines = [rule for rule in rules if rule.key.partition(".")[0] == section]
        if lines:
            tell(title)
        for rule in lines:
            tell(f"  {t(rule.text)}  ({t(clause_words(rule.clause))})")
    if policy.summary:
        tell(_("In short:"))
    for clause in policy.summary:
        tell(f"  {clause.clause}  {t(clause.label)}")


def add(folder: Path | None, file: Path, login: str, as_json: bool) -> int:
    """Add a regulation or a new version of one; exit status 1 with the findings where it can't be used."""
    text = read_given(file, SMALL)
    findings = _findings(file)
    if findings:
        _tell_findings(file, findings, as_json)
        return FAILED
    with desk_for(Home(state_folder(folder)), login) as desk:
        try:
            added = desk.policies.add(text.decode("utf-8"))
        except PolicyError as error:
            found = tuple(replace(one, path=one.path or str(file)) for one in error.findings)
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


def check(names: Sequence[str], decide: Sequence[str], as_json: bool) -> int:
    """Whether policy files can be used, and several of them in one book; every finding with its line. A name
    is a file, or the id of a regulation that comes with mingce. Exit status 1 where they can't. Of a single
    file it also remarks on what is no hindrance."""
    found = {name: _findings(Path(name)) for name in names if not _is_builtin(name)}
    noted: list[tuple[str, Finding]] = []
    if not any(found.values()):
        known = {name: builtin()[name] if _is_builtin(name) else load(Path(name)) for name in names}
        noted = [(name, one) for name in found if len(names) == 1 for one in remarks(known[name])]
        for finding in _together(list(known.values()), decide):
            found.setdefault(finding.path, []).append(finding)
    bad = any(found.values())
    if as_json:
        told = [(name, finding, False) for name, findings in found.items() for finding in findings]
        told += [(name, remark, True) for name, remark in noted]
        tell_json([_data(name, one) | {"remark": is_remark} for name, one, is_remark in told])
        return FAILED if bad else 0
    for name, remark in noted:
        said = _("Worth knowing: {remark}", remark=remark.message)
        tell(f"{name}:{remark.line}: {remark.where}{t(said)}")
    if bad:
        for name, findings in found.items():
            _tell_findings(Path(name), findings, False)
    elif len(names) > 1:
        tell(_("They can stand over one book together."))
    else:
        tell(_("{file} can be used. `mingce policy add {file}` puts it in force.", file=names[0]))
    return FAILED if bad else 0


def _together(regulations: Sequence[Regulation], decide: Sequence[str]) -> Iterator[Finding]:
    """What keeps regulations from standing over one book, each at its file, or at ``--decide``."""
    for number, regulation in enumerate(regulations):
        yield from clashing(regulation, regulations[:number])
    try:
        composed = try_compose(" + ".join(one.id for one in regulations), regulations, decisions_of(decide))
    except PolicyError as error:
        yield from (replace(one, path="--decide") for one in error.findings)
    else:
        yield from composed.findings


def _is_builtin(name: str) -> bool:
    return name in builtin() and not Path(name).exists()


def _data(name: str, finding: Finding) -> dict[str, object]:
    return {"file": name, "line": finding.line, "key": finding.key, "message": t(finding.message)}


def _findings(file: Path) -> list[Finding]:
    try:
        return findings_of(file)
    except OSError as error:
        raise Failure(_("{file} can't be read: {reason}", file=str(file), reason=why(error))) from None


def _tell_findings(file: Path, findings: list[Finding], as_json: bool) -> None:
    if as_json:
        tell_json([_data(str(file), finding) for finding in findings])
        return
    for finding in findings:
        tell(f"{file}:{finding.line}: {finding.where}{t(finding.message)}")
