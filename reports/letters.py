"""What the product's mail says, in its reader's language. No message holds a contact in clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.accounts.telling import FAILED
from db.desk.editions.comparing import WORDS, What
from db.desk.editions.making import ToMake, to_make
from db.desk.editions.post import Letter
from db.desk.standing import policy_of
from db.language import Label, Message, Text, _, say
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
    USED: _("Many entries were opened by one person"),
    FAILED: _("Somebody tries to sign in as you"),
}
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
        "{name},\n\n{who} was shown protected values of {people} people within an hour, in the book {book}. "
        "The audit says of whom, and for what purpose and reason: sign in and look there."
    ),
    USED: _(
        "{name},\n\n{who} opened {entries} entries within a day, in the book {book}. The audit says which: "
        "sign in and look there."
    ),
    FAILED: _(
        "{name},\n\n{count} tries to sign in as you to the contact directory failed, {knowing} of them with "
        "your password. If it was you, nothing needs to be done: nobody is shut out by it. If it was not, "
        "and with your password, sign in and change it: My account, p. Where you can't sign in, a recovery "
        "code in the code's place gets you in from anywhere. Nobody needs your password or code to help you."
    ),
    UPDATE: _("{name},\n\nin {unit} this changed since {since}:\n\n{changes}\n\nSign in to see the entries."),
}


def subject_of(letter: Letter) -> str:
    """The subject on one line."""
    return " ".join(_said(SUBJECTS[letter.kind], letter).split())


def body_of(letter: Letter) -> str:
    """The message itself."""
    return _said(BODIES[letter.kind], letter) + "\n"


def attachment_of(letter: Letter) -> tuple[str, bytes] | None:
    """Name and content of the encrypted copy, where the message is to bring one."""
    if letter.kind != "edition" or letter.copy is None:
        return None
    copy = to_make(letter.copy)
    return file_name(copy), file_of(copy)


def _said(template: Message, letter: Letter) -> str:
    params: dict[str, object] = {"name": letter.name, "organisation": store().settings.organisation}
    if letter.copy is not None:
        params |= _of_copy(to_make(letter.copy))
        params["reason"] = letter.detail.get("reason", "")
    if letter.kind in (WATCHED, USED):
        book = Book.get_by_id(letter.book)
        params |= {**letter.detail, "book": Label(book.title_zh, book.title_en)}
    if letter.kind == FAILED:
        params |= {"count": letter.detail["count"], "knowing": letter.detail["knowing"]}
    if letter.kind == UPDATE:
        params |= {"unit": letter.detail["unit"], "since": letter.detail["since"]}
        params["changes"] = _changes(letter)
    return say(Message(template.text, params), letter.language)


def _of_copy(copy: ToMake) -> dict[str, object]:
    return {
        "number": copy.number,
        "edition": copy.content.title,
        "issue": copy.issue,
        "classification": copy.content.classification,
    }


def _changes(letter: Letter) -> str:
    labels = {rule.name: rule.label for rule in policy_of(letter.book).fields}
    lines = [change_line(change, labels, letter) for change in letter.detail["changes"]]
    if letter.detail["more"]:
        lines.append(say(_("and {count} more", count=letter.detail["more"]), letter.language))
    return "\n".join(lines)


def change_line(change: Sequence[Any], labels: dict[str, Any], letter: Letter) -> str:
    """One changed entry: what happened to whom, in which fields."""
    what: What
    what, name, fields = change
    told: list[Text] = [labels.get(field, field) for field in fields]
    words = f"{name}  {say(WORDS[what], letter.language)}"
    return f"{words}  {' / '.join(say(text, letter.language) for text in told)}".rstrip()
