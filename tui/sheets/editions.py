"""Editions: which are due, what an issue made now would hold, issuing it, and what was issued (I.4, I.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from db.desk import Desk, Invalid, Problem
from db.desk.editions.comparing import WORDS, What
from db.desk.editions.edition_views import EditionView, IssuePreview, IssueRow
from db.desk.editions.editions import Editions
from db.desk.editions.marks import copies_of
from db.language import Message, Text, _, clause_words, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf
from tui.sheets.cell import Fact, Styled, Tone
from tui.sheets.reading import data_of
from tui.sheets.sheet import NEVER, Column, Question, Sheet, Verb, nothing

SIGNS: Final[Mapping[What, tuple[str, Tone]]] = {
    "joined": ("+", "good"),
    "left": ("−", "bad"),
    "moved": ("→", "accent"),
    "changed": ("~", "warn"),
}
"""What stands before an entry that changed since the last issue."""


def key_of(row: EditionView) -> str:
    """Return an edition as commands write it: ``book/id``, as controlled/internal."""
    return f"{row.book}/{row.id}"


def edition_called(desk: Desk, word: str) -> tuple[str, str]:
    """Return book and id of the edition with this key, id or name. An unknown one is returned as written, for
    the desk to refuse.

    Raises Invalid if several have it.
    """
    found = [
        row for row in Editions(desk).list() if word in (key_of(row), row.id, row.label.zh, row.label.en)
    ]
    if len(found) > 1:
        raise Invalid(
            Problem(
                "edition",
                _("It is of several directories; say which: {known}.", known=listed(map(key_of, found))),
            )
        )
    if found:
        return found[0].book, found[0].id
    book, slash, name = word.partition("/")
    return (book, name) if slash else (next((one.id for one in desk.me.who().books), ""), word)


def _editions(at: At[Any]) -> list[OfferedAnswer[EditionView]]:
    found = Editions(at.desk).list()
    return [OfferedAnswer(one, one.label, note=one.book_title) for one in found]


EDITION: OneOf[EditionView] = OneOf(
    "edition",
    _("The edition, where there are several."),
    title=_("Which edition?"),
    choices=_editions,
    nothing=_("No edition is issued from your directories."),
    obvious=True,
    word=key_of,
)


def _acknowledged(row: IssueRow | None) -> Text:
    return f"{row.acknowledged}/{row.copies}" if row is not None and row.copies else ""


def _state(row: IssueRow) -> Text:
    if row.recalled_at:
        return _("called back: {reason}", reason=row.recall_reason)
    if row.out_of_reach:
        return _("! can't acknowledge: {count}", count=row.out_of_reach)
    if row.undelivered:
        return _("! mail given up: {count}", count=row.undelivered)
    if row.open:
        return _("out")
    return _("✓ complete; closed: {count}", count=row.closed) if row.closed else _("✓ complete")


def _state_tone(row: IssueRow) -> Tone:
    if row.recalled_at:
        return "warn"
    return "bad" if row.out_of_reach or row.undelivered else "dim" if row.open else "good"


ISSUES: Sheet[IssueRow] = Sheet(
    id="editions issues",
    operation="editions.issues",
    title=_("Issues"),
    about=_("What was issued of an edition, the newest first, and who has acknowledged it."),
    help=_("List the issues of an edition, and how many have acknowledged each."),
    of=(EDITION,),
    rows=lambda at: Editions(at.desk).issues(at[EDITION].book, at[EDITION].id),
    key=lambda row: copies_of(row.id),
    named="issue",
    numbered=False,
    book=lambda _at, row: row.book,
    columns=(
        Column("issue", _("Copies"), lambda row: copies_of(row.id), from_width=NEVER),
        Column("number", _("No."), lambda row: row.number, 4, right=True),
        Column("issued", _("Issued"), lambda row: row.issued_at, 16),
        Column("by", _("By"), lambda row: row.issued_by, 10, from_width=70),
        Column(
            "in_time",
            _("In time"),
            lambda row: _("! late") if row.late else _("✓ yes") if row.due else _("extra"),
            8,
            from_width=70,
            tone=lambda row: "bad" if row.late else "good" if row.due else "dim",
            data=lambda row: not row.late,
        ),
        Column("entries", _("Entries"), lambda row: row.rows, 7, right=True, from_width=100),
        Column(
            "acknowledged",
            _("Acknowledged"),
            _acknowledged,
            12,
            right=True,
            tone=lambda row: "warn" if row.open else "good",
        ),
        Column("state", _("State"), _state, tone=_state_tone),
        Column("due", _("Due"), lambda row: row.due, from_width=NEVER),
        Column("recalled", _("Called back"), lambda row: row.recalled_at, from_width=NEVER),
        Column("out_of_reach", _("Can't acknowledge"), lambda row: row.out_of_reach, from_width=NEVER),
        Column("closed", _("Copies closed"), lambda row: row.closed, from_width=NEVER),
        Column("complete", _("Complete"), nothing, from_width=NEVER, data=lambda row: not row.open),
        Column("mail_given_up", _("Mail given up"), lambda row: row.undelivered or None, from_width=NEVER),
        Column("digest", _("Digest"), lambda row: row.digest, from_width=NEVER),
    ),
    empty=_("Nothing was issued yet. Each issue is listed here."),
    example="editions issues --edition controlled/internal",
)


def preview_facts(preview: IssuePreview, recipients: Text) -> list[Fact]:
    """Return facts of an issue made now: entries, changes since the last, recipients, and warnings.
    ``recipients``: how many, or who."""
    last, due = preview.edition.last, preview.edition.due
    changed: list[Text | Styled] = []
    for what, word in WORDS.items():
        sign, tone = SIGNS[what]
        count = sum(one.what == what for one in preview.changed)
        changed += [Styled(f"{sign}{count} ", tone), word, "  "]
    facts: list[Fact] = [
        (_("Entries"), str(len(preview.content.rows))),
        (_("Since issue {number}", number=last.number) if last else _("Since"), changed if last else "–"),
        (_("Recipients"), recipients),
        (_("Due"), due_cell(preview.edition) if due is not None else "–"),
    ]
    if preview.unreachable:
        names = listed(one.name for one in preview.unreachable)
        facts.append(_warned(_("without an account, so their copies wait for one: {names}", names=names)))
    if preview.heads_left_out:
        names = listed(_("{name} ({post})", name=one.name, post=one.post) for one in preview.heads_left_out)
        facts.append(
            _warned(
                _(
                    "heads who receive nothing, since their position is no title of a post that does: "
                    "{names}. Have a position corrected that is written wrong.",
                    names=names,
                )
            )
        )
    if preview.pending:
        numbers = listed(f"#{number}" for number in preview.pending)
        facts.append(
            _warned(_("requests of earlier weeks still wait and are not in it: {numbers}", numbers=numbers))
        )
    return facts


def _warned(words: Text) -> Fact:
    return Styled("!", "warn"), Styled(words, "warn")


def issue_question(preview: IssuePreview) -> Question:
    text = _(
        "Entries: {entries}; copies: {copies}. Each recipient is told, and mailed where mail is set up.",
        entries=len(preview.content.rows),
        copies=len(preview.receivers),
    )
    title = _("Issue {edition} now?", edition=preview.edition.label)
    return Question(title, text, yes=_("Issue"), no=_("Not now"))


def _issued(_at: At[EditionView], made: IssueRow) -> Text:
    said = _("Issued: number {number}", number=made.number)
    if made.late:
        said = _("Issued late: number {number}; it is on record.", number=made.number)
    return Message("{said} {issue}", {"said": said, "issue": copies_of(made.id)})


ISSUE_NOW: Verb[EditionView] = Verb(
    id="issue",
    operation="editions.issue",
    key="n",
    label=_("Issue"),
    help=_("Issue an edition now: a numbered, encrypted copy for each recipient."),
    on="one",
    offered=lambda row: row.mine_to_issue,
    sure=lambda at: issue_question(Editions(at.desk).preview(at.row.book, at.row.id)),
    do=lambda at: Editions(at.desk).issue(*edition_called(at.desk, at.word)),
    done=_issued,
    data=lambda made: data_of(ISSUES, made),
    example="editions issue internal",
    lengthy=True,
)


def _last(row: EditionView) -> Text:
    if row.last is None:
        return _("never")
    return Message("{number} · {day}", {"number": row.last.number, "day": row.last.issued_at[:10]})


def _due_words(row: EditionView) -> Text:
    if row.due is None:
        return ""
    if row.due.made:
        return _("✓ issued")
    moment = row.due.local[5:]
    return _("! since {moment}", moment=moment) if row.due.overdue else _("by {moment}", moment=moment)


def due_cell(row: EditionView) -> Styled | Text:
    """Return the due moment with its year, toned and said to be over where it is; or that it was issued."""
    if row.due is None or row.due.made:
        return _due_words(row)
    if not row.due.overdue:
        return row.due.local
    return Styled(_("! since {moment}", moment=row.due.local), "bad")


def _due_tone(row: EditionView) -> Tone:
    if row.due is None:
        return ""
    return "good" if row.due.made else "bad" if row.due.overdue else "warn"


EDITIONS: Sheet[EditionView] = Sheet(
    id="editions",
    operation="editions.list",
    title=_("Editions"),
    about=_(
        "An edition is made by rule from the record: who is in it and who receives it follows from units and "
        "posts. Look at what would go out and what changed, then issue it: each recipient gets a numbered, "
        "encrypted copy with a mark of their own, and every issue is kept sealed."
    ),
    help=_("List the editions that you issue or oversee."),
    rows=lambda at: Editions(at.desk).list(),
    key=key_of,
    named="edition",
    numbered=False,
    columns=(
        Column("edition", _("Edition"), lambda row: row.label, tone="strong", data=key_of),
        Column("book", _("Directory"), lambda row: row.book_title, 16, in_english=24, from_width=100,
               few=True, data=lambda row: row.book),
        Column("last", _("Last issue"), _last, 17, from_width=70,
               tone=lambda row: "" if row.last is not None else "dim",
               data=lambda row: data_of(ISSUES, row.last) if row.last is not None else None),
        Column("acknowledged", _("Acknowledged"), lambda row: _acknowledged(row.last), 12, right=True,
               tone=lambda row: "warn" if row.last is not None and row.last.open else "good"),
        Column("due", _("Due"), _due_words, 20, tone=_due_tone, whole=True,
               data=lambda row: row.due.local if row.due is not None else None),
        Column("issued", _("Due"), nothing, from_width=NEVER,
               data=lambda row: row.due.made if row.due is not None else None),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), from_width=NEVER,
               data=lambda row: row.clause),
    ),
    context=lambda row: (row.book_title,),
    verbs=(ISSUE_NOW,),
    empty=_("No edition is issued from your directories."),
    example="editions",
)  # fmt: skip
