"""The vocabulary of policy files in words, for whoever reads a rule on a screen or in a report.

A text with a ``unit`` in it says the usual word; `db.policy.telling.Teller.here` puts the book's own there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.language import Message, Text, _
from db.policy.vocabulary import (
    Audience,
    Check,
    Control,
    Cycle,
    DutyKind,
    EditedBy,
    Level,
    Operation,
    Passing,
    PowerWord,
    Proof,
    Protected,
    Reach,
    ReviewKind,
    ReviewOf,
    Screen,
    Side,
    Start,
    ValueKind,
    Verdict,
    Watch,
    Weekday,
)

UNIT = _("department")

SIDES: dict[Side, Message] = {"internal": _("internal"), "external": _("external")}

FACETS: dict[str, Message] = {
    "unit": _("Department"),
    "position": _("Position"),
    "region": _("Region"),
    "category": _("Category"),
    "kind": _("Kind"),
    "side": _("Inside or outside"),
    "tag": _("Tag"),
}

VALUE_KINDS: dict[ValueKind, Message] = {
    "text": _("text"),
    "name": _("a person's name"),
    "number": _("a number"),
    "choice": _("choice"),
    "date": _("date"),
    "address": _("address"),
    "photo": _("photo"),
    "person": _("a person of the directory"),
    "unit": _("a {unit} of the directory", unit=UNIT),
    "phone": _("phone number"),
    "mobile": _("mobile number"),
    "extension": _("extension"),
    "fax": _("fax number"),
    "email": _("e-mail address"),
    "qq": _("QQ number"),
    "wechat": _("WeChat ID"),
}

EDITORS: dict[EditedBy, Message] = {
    "person": _("the person concerned"),
    "maintainer": _("the maintainer only"),
}

REACHES: dict[Reach, Message] = {
    "none": _("nothing"),
    "self": _("the own entry"),
    "unit": _("the own {unit}", unit=UNIT),
    "subtree": _("the own {unit} and all below it", unit=UNIT),
    "book": _("the whole directory"),
}

PROTECTED: dict[Protected, Message] = {
    "hidden": _("protected fields hidden"),
    "masked": _("protected fields masked until access is granted"),
    "reveal": _("protected fields masked until revealed with a purpose"),
    "shown": _("protected fields shown"),
}

CYCLES: dict[Cycle, Message] = {
    "once": _("when the occasion arises"),
    "year": _("every year"),
    "half-year": _("every half-year"),
    "quarter": _("every quarter"),
    "month": _("every month"),
    "two-weeks": _("every two weeks"),
    "week": _("every week"),
    "two-days": _("every second day"),
    "day": _("every day"),
}

LEVELS: dict[Level, Message] = {
    "internal": _("internal"),
    "controlled": _("controlled"),
    "confidential": _("confidential"),
}

POWERS: dict[PowerWord, Message] = {
    "role": _("what somebody may decide"),
    "account": _("whether somebody may sign in"),
    "code": _("what somebody signs in with"),
    "reach": _("whom and what somebody sees"),
    "given": _("who gets copies"),
    "entry": _("what is said of somebody, also by whoever keeps the directory"),
    "rule": _("what binds everybody"),
    "record": _("what is kept of somebody"),
    "duty": _("what somebody has to do"),
    "sanction": _("what somebody is blamed or praised for"),
}

OF_PUPILS: dict[str, tuple[DutyKind, Message]] = {
    "join": ("enrolment", _("enrolment")),
    "move": ("transfer", _("change of class")),
    "leave": ("withdrawal", _("leaving class")),
}
"""What the same requests are called where a regulation has the duty to enter them of pupils."""

DUTIES: dict[DutyKind, Message] = {
    "joiner": _("enter a joiner"),
    "change": _("carry out a change"),
    "mover": _("enter a move"),
    "leaver": _("remove a leaver"),
    "self-report": _("report an own change"),
    "staff-report": _("report a change of somebody in the {unit}", unit=UNIT),
    "unit-report": _("report a change of the contacts of the {unit}", unit=UNIT),
    "filing": _("file a joiner"),
    "officer-change": _("report who moves, leaves or changes duties"),
    "hand-back": _("hand back every copy"),
    "sync": _("keep the outside system in step"),
    "enrolment": _("enter an enrolment"),
    "transfer": _("enter a transfer"),
    "withdrawal": _("enter a withdrawal"),
    "acknowledgement": _("acknowledge a notice"),
}

STARTS: dict[Start, Message] = {
    "join": _("the date of joining"),
    "move": _("the date of the move"),
    "leave": _("the date of leaving"),
    "change": _("the date of the change"),
    "report": _("the report"),
    "approval": _("the approval"),
}

PROOFS: dict[Proof, Message] = {
    "evidence": _("evidence"),
    "archive": _("sealed archive"),
    "hand-back": _("signed hand-back"),
    "announcement": _("announcement"),
    "sync": _("external sync"),
    "account-closed": _("account closed"),
    "receipt": _("receipt"),
}

AUDIENCES: dict[Audience, Message] = {
    "person": _("the person concerned"),
    "unit": _("the {unit} concerned", unit=UNIT),
    "departments": _("every {unit}", unit=UNIT),
    "everyone": _("everyone"),
    "maintainer": _("the maintainer"),
    "supervisor": _("the supervisor"),
}

REVIEWS: dict[ReviewKind, Message] = {
    "check": _("check of accuracy"),
    "full-review": _("full review"),
    "collection": _("first collection"),
    "self-check": _("self-check"),
    "sign-off": _("sign-off"),
    "confirmation": _("confirmation"),
    "recertification": _("recertification"),
    "inspection": _("inspection"),
    "clean-up": _("clean-up"),
}

SUBJECTS: dict[ReviewOf, Message] = {
    "all": _("all entries"),
    "unit": _("the entries of the {unit}", unit=UNIT),
    "own": _("the own entry"),
    "rights": _("rights"),
    "stale": _("stale entries"),
    "security": _("security of the directory"),
}

VERDICTS: dict[Verdict, Message] = {
    "right": _("found right"),
    "corrected": _("corrected"),
    "removed": _("removed"),
}

PASSING: dict[Passing, Message] = {
    "leaver": _("what is on record of leavers"),
    "evidence": _("evidence of ended requests"),
    "purpose": _("purposes and reasons of look-ups"),
    "detail": _("particulars in the audit"),
}

OPERATIONS: dict[Operation, Message] = {
    "create": _("create entries"),
    "edit": _("edit entries"),
    "remove": _("remove entries"),
    "decide": _("decide requests"),
    "export": _("export"),
    "copy": _("copy"),
    "forward": _("forward copies"),
    "edit-unreviewed": _("change entries without review"),
    "ask-access": _("ask for access beyond their own reach"),
    "sign-on-paper": _("sign on paper instead of at their terminal"),
}

TOLD_OF: dict[str, Message] = {"join": _("joiners"), "change": _("changes"), "leave": _("leavers")}

NOTICES: dict[str, Message] = {
    "changes": _("what changed"),
    "revision": _("a revision of the rules"),
    "announcement": _("announcements"),
}

RETAINED: dict[str, Message] = {
    "archive": _("archives of leavers"),
    "issue": _("issues of editions"),
    "evidence": _("evidence"),
    "audit": _("the audit"),
}

REPORTED: dict[str, Message] = {"incident": _("breaches"), "error": _("errors")}

RANKED_BY: dict[str, Message] = {"timeliness": _("timeliness"), "accuracy": _("accuracy")}

CHECKS: dict[Check, Message] = {
    "backups": _("Backups are made in time."),
    "audit-proof": _("The proof of the audit holds."),
    "restore-drills": _("A backup can be restored."),
    "unused-rights": _("Rights that nobody uses are withdrawn."),
    "overdue-hand-backs": _("Copies are handed back in time."),
    "copies-outstanding": _("Every copy that is out is accounted for."),
}

CONTROLS: dict[Control, Message] = {
    "authenticated-access": _("Nobody reads or writes without being signed in, in scope and on record."),
    "audit": _("Every act is recorded."),
    "record-access": _("Reason, approver and entries seen are recorded."),
    "confidentiality": _("Nothing leaves outside a granted right."),
    "export-right": _("Exporting takes a right and is recorded."),
    "marked-copies": _("Copies carry the reader's mark."),
    "encryption-in-transit": _("Encrypted in transit."),
    "encryption-at-rest": _("Encrypted in storage."),
    "contact-script": _("Calls and mails open with name, {unit} and purpose.", unit=UNIT),
    "coverage-report": _("Employees without an entry, and entries without an employee, are reported."),
    "incomplete-list": _("Incomplete entries are listed."),
    "named-sender": _("Each change has a named sender."),
    "own-interface-only": _("Entries change only through the directory itself."),
    "source-and-verifier": _("Each value names its source and who verified it."),
    "validated-entry": _("Values are validated on entry."),
    "evidence-pack": _("Evidence for legal action can be put together."),
    "spreadsheet-exchange": _("Spreadsheets come in and go out."),
    "need-to-know": _("Access only where the work needs it."),
    "partner-masking": _("Sensitive data of partners is masked by reader."),
    "restore-and-replay": _("A restore re-applies what the backup lacks."),
    "restore-by-owner": _("The owner backs up and restores the directory."),
    "peer-visible-fields": _("Peers see other fields than those responsible."),
    "access-by-person": _("Access is given person by person."),
    "same-person": _("The entry refers to the same person as in the staff directory."),
    "ad-hoc-reason": _("An update outside the cycle records why."),
    "several-books": _("Several directories are under this regulation."),
    "classification-shown": _("The classification is shown on every screen and copy."),
    "cooperation": _("Everybody concerned confirms what is asked."),
    "submitted-in-system": _("The person submits the change in the system."),
}

POINTS: dict[str, Message] = dict([*CONTROLS.items(), *CHECKS.items()])
"""Everything that an inspection may look at."""

WATCHES: dict[Watch, Message] = {
    "usage": _("unusual use"),
    "reveal": _("many protected values shown to one person"),
    "overdue": _("overdue updates"),
    "vacancy": _("a {unit} with nobody in the directory", unit=UNIT),
    "backup-failure": _("a failed backup"),
    "unused-right": _("unused rights"),
}

SCREENS: dict[Screen, Message] = {
    "identity-card": _("identity-card numbers"),
    "bank-card": _("bank-card numbers"),
    "classification-marking": _("classification markings"),
    "advertising": _("advertising"),
    "entertainment": _("entertainment"),
    "private-data": _("private data"),
    "listed-words": _("words of the organisation's list"),
}

WEEKDAYS: dict[Weekday, Message] = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}


def listed(texts: Iterable[Text]) -> Text:
    """Return the texts as one enumeration; a dash for none."""
    return _chained(texts, _("{first}, {next}"))


def join_sentences(texts: Iterable[Text]) -> Text:
    """Join as `listed` does, with marks that fit texts which are sentences of their own."""
    return _chained(texts, _("{first}; {next}"))


def _chained(texts: Iterable[Text], joint: Message) -> Text:
    found: Text | None = None
    for text in texts:
        found = text if found is None else replace(joint, params={"first": found, "next": text})
    return "–" if found is None else found
