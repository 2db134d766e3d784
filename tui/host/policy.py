"""`mingce policy …`: what is in force over a book, and whether a file of one's own can be used."""

from __future__ import annotations

from pathlib import Path

from db.desk.standing import policy_of
from db.language import _
from db.policy.effective import plain
from db.policy.loader import check as findings_of
from db.policy.regulation import PolicyError
from db.store.settings import Home
from tui.host.account import check_book
from tui.host.operator import opened
from tui.host.shell import FAILED, Failure, state_folder, tell, tell_json
from tui.host.tongue import t


def show(folder: Path | None, book: str, as_json: bool) -> None:
    """The effective policy of a book: functions, scopes, flows and deadlines with their clauses."""
    with opened(Home(state_folder(folder))):
        policy = policy_of(check_book(book))
    if as_json:
        tell_json(plain(policy))
        return
    tell(policy.title)
    for ref in policy.policies:
        tell(f"  {ref.id} {ref.version}  {t(ref.title)}")
    labels = {role.id: t(role.label) for role in policy.roles}
    for title, held in (
        (_("Maintainer"), policy.maintainer),
        (_("Supervisor"), policy.supervisor),
        (_("Technical support"), policy.technical),
    ):
        tell(f"{t(title)}: {labels.get(held.role, held.role)} ({held.clause})")
    tell(_("Fields:"))
    for field in policy.fields:
        marks = [
            t(mark)
            for mark, holds in ((_("required"), field.required), (_("protected"), field.protected))
            if holds
        ]
        tell(f"  {t(field.label)}  {', '.join(marks)}  ({', '.join(field.clauses)})")
    tell(_("Decisions:"))
    for flow in policy.flows:
        steps = " → ".join(labels.get(step.role, step.role) for step in flow.steps)
        tell(f"  {flow.kind}: {steps}  ({flow.clause})")
    if policy.summary:
        tell(_("In short:"))
    for clause in policy.summary:
        tell(f"  {clause.clause}  {t(clause.label)}")


def check(file: Path, as_json: bool) -> int:
    """Whether a policy file can be used; every finding with its line. Exit status 1 where it can't."""
    try:
        findings = findings_of(file)
    except OSError as error:
        raise Failure(
            _("{file} can't be read: {reason}", file=str(file), reason=error.strerror or "")
        ) from None
    except (UnicodeDecodeError, PolicyError):
        raise Failure(_("{file} is no text in UTF-8.", file=str(file))) from None
    if as_json:
        tell_json([{"line": f.line, "key": f.key, "message": t(f.message)} for f in findings])
    else:
        for finding in findings:
            tell(f"{file}:{finding.line}: {finding.key}: {t(finding.message)}")
        if not findings:
            tell(_("{file} can be used. Put it into the state folder's policies/.", file=str(file)))
    return FAILED if findings else 0
