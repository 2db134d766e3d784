"""The words a policy file may use, each list in the order the composition compares them.

Where a list is ordered, its first word is the narrowest or slowest and its last the widest or
fastest; ``compose`` relies on that order and on nothing else.
"""

from __future__ import annotations

from typing import Literal, get_args

Side = Literal["internal", "external"]

ValueKind = Literal[
    "text", "name", "number", "choice", "date", "address", "photo", "person", "unit",
    "phone", "mobile", "extension", "fax", "email", "qq", "wechat",
]  # fmt: skip

EditedBy = Literal["person", "maintainer"]
"""Who may propose a new value: the person concerned (and the maintainer), or the maintainer alone."""

Reach = Literal["none", "self", "unit", "subtree", "book"]
"""How far from the person a rule reaches; ``subtree`` is the unit with everything below it."""

Protected = Literal["hidden", "masked", "reveal", "shown"]
"""Protected fields: absent; masked until an access request is granted; masked until revealed with a
recorded purpose; shown."""

Cycle = Literal[
    "once", "year", "half-year", "quarter", "month", "two-weeks", "week", "two-days", "day"
]  # fmt: skip

Level = Literal["internal", "controlled", "confidential"]
"""Classification of a book and its copies; the last is the strictest."""

DutyKind = Literal[
    "joiner", "change", "mover", "leaver", "self-report", "staff-report", "unit-report", "filing",
    "officer-change", "hand-back", "sync", "enrolment", "transfer", "withdrawal", "acknowledgement",
]  # fmt: skip

Start = Literal["join", "move", "leave", "change", "report", "approval"]
"""The date a deadline counts from; ``report`` is the moment a request or report is submitted."""

Proof = Literal["evidence", "archive", "hand-back", "announcement", "sync", "account-closed", "receipt"]
"""What must be present before a duty can be completed."""

Audience = Literal["person", "unit", "departments", "everyone", "maintainer", "supervisor"]

ReviewKind = Literal[
    "check", "full-review", "collection", "self-check", "sign-off", "confirmation",
    "recertification", "inspection", "clean-up",
]  # fmt: skip

ReviewOf = Literal["all", "unit", "own", "rights", "stale", "security"]

Verdict = Literal["right", "corrected", "removed"]

Passing = Literal["leaver", "evidence", "purpose", "detail"]
"""What is erased at the end of its time: what is on record of somebody who left, with the archive; files of
evidence of ended requests; purposes and reasons of look-ups; what the audit tells besides."""

Operation = Literal[
    "create", "edit", "remove", "decide", "export", "copy", "forward", "edit-unreviewed", "ask-access",
    "sign-on-paper",
]  # fmt: skip

PowerWord = Literal[
    "role", "account", "code", "reach", "given", "entry", "rule", "record", "duty", "sanction",
]  # fmt: skip
"""Kinds of power over people (`db.store.moves.Moves`)."""

Control = Literal[
    "authenticated-access", "audit", "record-access", "confidentiality", "export-right", "marked-copies",
    "encryption-in-transit", "encryption-at-rest", "contact-script", "coverage-report",
    "incomplete-list", "named-sender", "own-interface-only", "source-and-verifier", "validated-entry",
    "evidence-pack", "spreadsheet-exchange", "need-to-know", "partner-masking", "restore-and-replay",
    "restore-by-owner", "peer-visible-fields", "access-by-person", "same-person", "ad-hoc-reason",
    "several-books", "classification-shown", "cooperation", "submitted-in-system",
]  # fmt: skip

Check = Literal[
    "backups", "audit-proof", "restore-drills", "unused-rights", "overdue-hand-backs", "copies-outstanding",
]  # fmt: skip
"""Points of an inspection that the system fills with what it knows."""

Watch = Literal["usage", "reveal", "overdue", "vacancy", "backup-failure", "unused-right"]

Screen = Literal[
    "identity-card", "bank-card", "classification-marking", "advertising", "entertainment", "private-data",
    "listed-words",
]  # fmt: skip

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

REACHES: tuple[str, ...] = get_args(Reach)
PROTECTED: tuple[str, ...] = get_args(Protected)
CYCLES: tuple[str, ...] = get_args(Cycle)
LEVELS: tuple[str, ...] = get_args(Level)

MANAGEMENT = ("director", "general-manager", "chief-executive")
FUNCTIONS = ("maintainer", "supervisor", "technical", "owner", "deputy")
"""Words that stand for whichever role the policy gives that function to."""

STEP_ORDER = ("person", "head", "maintainer", "supervisor", "director", "chief-executive")
"""Approval steps of several policies are put in this order; other roles come after ``supervisor``."""

INSIDE_OWNER = "inside-owner"
"""The role of whoever answers for an outside contact. It follows from the contacts that name one, so it is
never granted; its scope reaches ``self``, which is those contacts, or ``none``."""

HEAD = "head"
PERSON = "person"
"""In a step or a review: the person whom the entry is of."""

SECOND = "second"
"""A step that somebody independent, of another office than the asker's, decides."""
SECOND_PRIVILEGED = "second-privileged"
"""The same by who holds a privileged role: of the sign-in of who holds one too."""
SECOND_ABOVE = "second-above"
"""The same, and never by whoever keeps the book: of the offices that watch over those who do."""
SECONDS = (SECOND, SECOND_PRIVILEGED, SECOND_ABOVE)

RELATIONS = ("self", "unit", "peer")
"""Relations that ``visible_to`` may name besides roles: the person, the same unit, the same kind of entry."""

FINE = "fine"
"""The rung of the ladder that fines somebody."""
DEFAULT = "default"
"""The citation of a rule that no regulation states."""
OWN = "own"
"""Stands in a citation behind the clause that asks for something and leaves open how soon, how often or how
much: the organisation has set that."""
