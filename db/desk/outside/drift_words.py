"""How far a book and the system outside differ, in sentences."""

from __future__ import annotations

import re

from db.desk.outside.drift_views import Drift
from db.language import Message, Text, _

REASONS: dict[str, Message] = {
    "40001": _("the secret is not the right one"),
    "60020": _("this host's address is not among the trusted ones"),
    "48002": _("the secret lacks this permission"),
    "60003": _("the department is missing there"),
    "60004": _("the department above is missing there"),
    "60123": _("the department is missing there"),
    "60102": _("somebody else has this account"),
    "60103": _("the mobile number is not one"),
    "60104": _("another member has this mobile number"),
    "60106": _("another member has this e-mail address"),
    "60008": _("a department of this name is there that can't be read"),
    "60129": _("neither mobile nor e-mail address"),
    "45009": _("called too often for now"),
    "45033": _("called too often for now"),
}
"""What WeCom's error codes mean to who can mend it."""
UNREACHED: dict[str, Message] = {
    "Timeout": _("WeCom does not answer"),
    "Connect": _("WeCom can't be reached"),
    "Proxy": _("WeCom can't be reached"),
    "Protocol": _("WeCom answers in a way that is not understood"),
    "Read": _("the connection to WeCom broke off"),
    "Write": _("the connection to WeCom broke off"),
}
"""Words for errors of a connection, by a part of the error's name; the first part that fits counts."""


def drift_reason(problem: str) -> Text:
    """Return why the outside system was not updated, in words where they are known, with the code."""
    found = re.match(r"WeCom (-?\d+)", problem)
    if found is not None and found[1] in REASONS:
        return _("{reason} (WeCom {code})", reason=REASONS[found[1]], code=found[1])
    if " " in problem:
        return problem
    return next((said for part, said in UNREACHED.items() if part in problem), problem)


def drift_lines(found: Drift) -> list[Text]:
    """Return when both sides were compared, how they differ, what waits and what failed."""
    lines: list[Text] = []
    if not found.connected:
        lines.append(_("WeCom is not connected: take the import file."))
    elif found.at is None:
        lines.append(_("Not compared yet."))
    else:
        lines.append(
            _("Compared {at}: {here} here, {there} in WeCom, differences: {count}.",
              at=found.at, here=found.here, there=found.there, count=len(found.rows))
        )  # fmt: skip
    if found.by_digest:
        lines.append(_("WeCom doesn't let its fields be read; what was last sent is shown instead."))
    if found.waiting or found.dead:
        lines.append(
            _("Waiting to be told: {waiting}. Given up: {dead}.", waiting=found.waiting, dead=found.dead)
        )
    if found.asked:
        lines.append(_("A comparison is under way."))
    if found.problem:
        lines.append(_("The last attempt failed: {reason}", reason=drift_reason(found.problem)))
    return lines
