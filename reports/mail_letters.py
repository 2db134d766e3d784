"""What the product's mail says, in its reader's language. No message holds a contact in clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.accounts.account_notices import FAILED
from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import policy_of
from db.desk.editions.comparing import WORDS, What
from db.desk.editions.copy_to_make import ToMake, to_make
from db.desk.entry.naming import actor_name
from db.desk.frame import OPERATIONS
from db.desk.notation.localtime import local
from db.desk.notifications.post import OutgoingLetter
from db.language import Label, Message, Text, _, clause_words, say
from db.store.engine import store
from db.store.tables import Book
from reports.editions.container import file_name, file_of

UPDATE = "update"
WATCHED = "reveal"
USED = "usage"
SUBJECTS: dict[str, Message] = {
    "edition": _("{edition}, issue {issue}: your copy {number}"),
    "reminder": _("Please acknowledge your copy {number} of {edition}, issue {issue}"),
    "recalled": _("Called back: your copy {number} of {edition}, issue {issue}"),
    UPDATE: _("What changed in {unit} since {since}"),
    WATCHED: _("Many protected values were shown to one person"),
    USED: _("Many entries were looked at by one person"),
    FAILED: _("Somebody tries to sign in as you"),
    "account-reset": _("A reset of the sign-in of {who} was asked for"),
    "reset-vouched": _("A reset of the sign-in of {who} was vouched for"),
    "reset-stopped": _("The reset of the sign-in of {who} was stopped"),
    "reset-called": _("Somebody says to be {who}, locked out"),
    "reset-half": _("Your half of a code waits for you"),
    "account-enrolled": _("{who} enrolled again"),
    "glass-broken": _("The host's operator reset the sign-in of {who} alone"),
    "new-source": _("A sign-in as {who} from a new address"),
    "password-changed": _("The password of {who} was changed"),
    "recovery-code-used": _("A recovery code of {who} was used"),
    "recovery-codes-new": _("New recovery codes were made for {who}"),
    "token-made": _("A token for a script of {who} was made"),
    "token-used": _("A token of {who} was used from a new address"),
    "power-asked": _("{by} asked for something that concerns you"),
    "power-done": _("{by} did something that concerns you"),
    "power-objected": _("{by} objected to something that concerns you"),
    "right-given": _("A role was given to {who}"),
    "right-taken": _("A role was taken back from {who}"),
    "right-withdrawn": _("An unused role of {who} was withdrawn"),
    "last-day": _("Your access to the directory ends when {day} is over"),
    "last-day-over": _("Your access to the directory has ended"),
    "last-day-lifted": _("Your last day, {day}, is off the record"),
}
NOT_ME = _("If you know nothing of it, tell information security at once, by telephone.")
TODAY = _("Sign in: you can object to it on Today.")
COPIES = _(
    "\n\nYou have copies to hand back: sign in as before, and you see their list, and nothing else, until "
    "each is signed off."
)
STOP = _("Sign in and press x on Today to stop it, or use the command `resets stop`.")
BODIES: dict[str, Message] = {
    "edition": _(
        "{name},\n\nattached is your numbered copy {number} of {edition}, issue {issue}. It is encrypted; "
        "your own terminal shows its password: sign in, open My copies, and press Enter on it. That "
        "acknowledges the receipt.\n\n{classification}. It is for you alone and carries your mark."
    ),
    "reminder": _(
        "{name},\n\nyou have not acknowledged your copy {number} of {edition}, issue {issue}. Sign in, open "
        "My copies, and press Enter on it: that shows the password and acknowledges the receipt."
    ),
    "recalled": _(
        "{name},\n\nyour copy {number} of {edition}, issue {issue} was called back: {reason}\n\nDestroy what "
        "you have of it, on paper and on disk. Its password is not shown any more."
    ),
    WATCHED: _(
        "{name},\n\n{who} was shown protected values of {people} people within an hour, in "
        "{book}. The audit says of whom, and for what purpose and reason: sign in and look there."
    ),
    USED: _(
        "{name},\n\n{who} looked at {entries} entries within a day, in {book}. The audit says "
        "which: sign in and look there."
    ),
    FAILED: _(
        "{name},\n\n{count} tries to sign in as you to the contact directory failed, {knowing} of them with "
        "your password. If it was you, nothing needs to be done: nobody is shut out by it. If it was not, "
        "and with your password, sign in and change it: press 0, a, e. Where you can't sign in, a recovery "
        "code in the code's place gets you in from anywhere. Nobody needs your password or code to help you."
    ),
    UPDATE: _("{name},\n\nin {unit} this changed since {since}:\n\n{changes}\n\nSign in to see the entries."),
    "account-reset": _("{name},\n\n{by} asked for a reset of the sign-in of {who}.\n\n{stop} {not_me}"),
    "reset-vouched": _(
        "{name},\n\n{voucher} vouched for a reset of the sign-in of {who}, which {by} had asked for. The "
        "code is good from {opens}.\n\n{stop} {not_me}"
    ),
    "reset-stopped": _("{name},\n\n{by} stopped the reset of the sign-in of {who}. Nothing has changed."),
    "reset-called": _(
        "{name},\n\nsomebody at the door says to be {who} and to have lost phone or password. Find out by "
        "other ways than this whether it is true; whoever may ask for a reset does so then.\n\n{not_me}"
    ),
    "reset-half": _(
        "{name},\n\nyour half of the code for {who} waits: sign in and press r on Today. It is shown once. "
        "Give it to the owner yourself, and to nobody else."
    ),
    "account-enrolled": _(
        "{name},\n\na new password and a new authenticator were set for {who}, from {source}.\n\n{not_me}"
    ),
    "glass-broken": _(
        "{name},\n\nthe host's operator ({by}) reset the sign-in of {who} without a second person.\n\n"
        "{not_me}"
    ),
    "new-source": _("{name},\n\n{who} signed in from an address that is new: {source}.\n\n{not_me}"),
    "password-changed": _("{name},\n\nthe password of {who} was changed from {source}.\n\n{not_me}"),
    "recovery-code-used": _("{name},\n\na recovery code of {who} was used to sign in.\n\n{not_me}"),
    "recovery-codes-new": _("{name},\n\nnew recovery codes were made for {who}, from {source}.\n\n{not_me}"),
    "token-made": _(
        "{name},\n\na token for a script of {who} was made. It is good from {source}, up to and with {until}."
        "\n\n{not_me}"
    ),
    "token-used": _("{name},\n\na token of {who} was used from {source}.\n\n{not_me}"),
    "power-asked": _("{name},\n\n{by} asked for this in {book}: {act}.\n\n{today} {not_me}"),
    "power-done": _("{name},\n\n{by} did this in {book}: {act}.\n\n{today} {not_me}"),
    "power-objected": _(
        "{name},\n\n{by} objected to this in {book}: {act}. It is stopped or taken back.\n\n{not_me}"
    ),
    "right-given": _("{name},\n\n{by} gave {who} the role {role} in {book}{later}.\n\n{not_me}"),
    "right-taken": _("{name},\n\n{by} took the role {role} in {book} back from {who}.\n\n{not_me}"),
    "right-withdrawn": _(
        "{name},\n\nthe role {role} of {who} in {book} was withdrawn: it lay unused and nobody vouched "
        "for it."
    ),
    "last-day": _(
        "{name},\n\n{by} entered in {book} that you leave. When {day} is over your access ends by itself "
        "({clause}), whether or not the request has been decided by then. If that is wrong, tell whoever "
        "keeps the directory before."
    ),
    "last-day-over": _(
        "{name},\n\nyour last day on record, {day}, is over, and your access to {book} ended with it "
        "({clause}).{copies}\n\nIf the day is wrong, ask whoever keeps the directory to correct it."
    ),
    "last-day-lifted": _(
        "{name},\n\nyour last day, {day}, is off the record of {book}. What had ended is back."
    ),
}


def subject_of(letter: OutgoingLetter) -> str:
    return " ".join(_fill_template(SUBJECTS[letter.kind], letter).split())


def body_of(letter: OutgoingLetter) -> str:
    return _fill_template(BODIES[letter.kind], letter) + "\n"


def attachment_of(letter: OutgoingLetter) -> tuple[str, bytes] | None:
    """Return name and content of the encrypted copy that a message brings, made for it; None for any other
    message."""
    if letter.kind != "edition" or letter.copy is None:
        return None
    copy = to_make(letter.copy)
    return file_name(copy), file_of(copy)


def _fill_template(template: Message, letter: OutgoingLetter) -> str:
    params: dict[str, object] = {"name": letter.name, "organisation": store().settings.organisation}
    if letter.copy is not None:
        params |= _of_copy(to_make(letter.copy))
        params["reason"] = letter.detail.get("reason", "")
    if letter.kind in (WATCHED, USED):
        book = Book.get_by_id(letter.book)
        params |= {**letter.detail, "book": book.title}
    elif "operation" in letter.detail:
        params |= {
            "by": actor_name(str(letter.detail["by"])),
            "act": OPERATIONS[letter.detail["operation"]].label,
        }
        params |= {"book": title_of(letter.book), "today": TODAY, "not_me": NOT_ME}
    elif "who" in letter.detail:
        params |= _of_sign_in(letter)
    if letter.kind == FAILED:
        params |= {"count": letter.detail["count"], "knowing": letter.detail["knowing"]}
    if letter.kind == UPDATE:
        params |= {"unit": letter.detail["unit"], "since": letter.detail["since"]}
        params["changes"] = _changes(letter)
    return say(Message(template.text, params), letter.language)


def _of_sign_in(letter: OutgoingLetter) -> dict[str, object]:
    told = letter.detail
    names = ("who", "by", "voucher", "source", "until")
    params: dict[str, object] = {name: told.get(name, "–") for name in names}
    opens = told.get("opens")
    params["by"] = actor_name(str(params["by"]))
    params |= {"day": told.get("day", ""), "copies": COPIES if told.get("copies") else ""}
    params["later"] = _(", from {day}", day=told["day"]) if told.get("day") else ""
    params["clause"] = clause_words(told.get("clause", ""))
    params |= {"opens": local(opens)[:16] if opens else _("now on"), "stop": STOP, "not_me": NOT_ME}
    params |= {"book": title_of(letter.book)}
    if "role_zh" in told:
        params["role"] = Label(told["role_zh"], told["role_en"])
    if told.get("in_zh"):
        params["book"] = Label(told["in_zh"], told["in_en"])
    return params


def _of_copy(copy: ToMake) -> dict[str, object]:
    return {
        "number": copy.number,
        "edition": copy.content.title,
        "issue": copy.issue,
        "classification": copy.content.classification,
    }


def _changes(letter: OutgoingLetter) -> str:
    labels = {rule.name: rule.label for rule in policy_of(letter.book).fields}
    lines = [change_line(change, labels, letter) for change in letter.detail["changes"]]
    if letter.detail["more"]:
        lines.append(say(_("and {count} more", count=letter.detail["more"]), letter.language))
    return "\n".join(lines)


def change_line(change: Sequence[Any], labels: dict[str, Any], letter: OutgoingLetter) -> str:
    """Return one changed entry: what happened to whom, in which fields."""
    what: What
    what, name, fields = change
    told: list[Text] = [labels.get(field, field) for field in fields]
    words = f"{name}  {say(WORDS[what], letter.language)}"
    return f"{words}  {' / '.join(say(text, letter.language) for text in told)}".rstrip()
