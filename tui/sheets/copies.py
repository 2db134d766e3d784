"""The copies of an issue: acknowledging, reminding, calling back (I.4.3), the record (I.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.desk import Invalid, Problem
from db.desk.editions.edition_views import CopyRow, Issued
from db.desk.editions.editions import Editions, KeptIssue
from db.desk.editions.marks import copies_of
from db.desk.editions.receiving import OUT_OF_REACH
from db.language import Text, _
from tui.sheets.asks import Ask, At, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.papers import drawing_verb
from tui.sheets.receipts import ACKNOWLEDGED, state
from tui.sheets.sheet import NARROWS, NEVER, Column, Sheet, Verb
from tui.sheets.units import unit_in

MAIL: Mapping[str, Text] = {"": "–", "waiting": _("waiting"), "sent": _("sent"), "dead": _("given up")}


@dataclass(frozen=True, eq=False)
class IssueAsk(Ask[Issued]):
    """An issue, named as the numbers of its copies begin, such as C0012; 12 does as well."""

    def read(self, at: At[Any], word: str) -> Issued:
        """Return the issue. Raises Invalid for what is no number, Refused if it is not the reader's to
        see."""
        number = word.upper().removeprefix("C")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Invalid(Problem(self.id, _("“{word}” is no issue; write it like C0012.", word=word)))
        return Editions(at.desk).one(int(number))

    def as_word(self, answer: Issued) -> str:
        return copies_of(answer.issue.id)


ISSUE = IssueAsk("issue", _("The issue, such as C0012."))
CALLED = unit_in(lambda at: at[ISSUE].edition.book)
"""What the book of the issue calls a unit."""
WHICH: OneOf[bool] = OneOf(
    "which",
    _("This copy alone (one), which is usual, or all of the issue (all)."),
    title=_("Call back"),
    required=False,
    missing=False,
    choices=lambda _at: [
        OfferedAnswer(False, _("This copy"), word="one"),
        OfferedAnswer(True, _("All copies of this issue"), word="all"),
    ],
)
REASON = Typed("reason", _("Reason, told to the recipient"), title=_("Call back"))
WHY = Typed("reason", _("Why nobody acknowledges it"), title=_("Close copy"))


def _issue(at: At[Any]) -> int:
    return at[ISSUE].issue.id


def _issues_it(at: At[Any]) -> bool:
    return at[ISSUE].edition.mine_to_issue


def is_unacknowledged(row: CopyRow) -> bool:
    """Return whether the recipient could acknowledge the copy, and has not."""
    return row.receipt == "waiting"


def _last_reminded(rows: Sequence[CopyRow]) -> str:
    return max((row.reminded_at for row in rows), default="")


def _remind(at: At[CopyRow]) -> int:
    """Remind, by notice and mail, all who have not acknowledged the issue; return how many. Raises Invalid if
    all were reminded today."""
    count = Editions(at.desk).remind(_issue(at))
    if not count:
        rows = Editions(at.desk).copies(_issue(at))
        late = list(filter(is_unacknowledged, rows))
        if late:
            told = _("All who have not acknowledged were reminded today, last {at}.", at=_last_reminded(late))
            raise Invalid(Problem(ISSUE.id, told))
    return count


def _record(_at: At[CopyRow], kept: KeptIssue) -> Sequence[Fact]:
    sound = Styled(_("It is as it was issued."), "good")
    return [
        ("", sound if kept.sound else Styled(_("It does NOT fit its digest."), "bad")),
        (_("Entries"), str(kept.issue.rows)),
        ("SHA-256", kept.issue.digest),
    ]


REMIND: Verb[CopyRow] = Verb(
    id="remind",
    operation="editions.remind",
    key="t",
    label=_("Remind"),
    help=_("Remind everyone who has not acknowledged, once a day."),
    on="none",
    open_to=_issues_it,
    do=_remind,
    done=lambda _at, count: _("Reminded: {count}", count=count) if count else _("All have acknowledged."),
    example="editions copies remind --issue C0012",
)
RECALL: Verb[CopyRow] = Verb(
    id="recall",
    operation="editions.recall",
    key="x",
    label=_("Call back"),
    help=_("Call this copy back, or all of them."),
    asks=(WHICH, REASON),
    offered=lambda row: bool(row.made_at) and not row.recalled_at and not row.closed_at,
    open_to=_issues_it,
    do=lambda at: Editions(at.desk).recall(_issue(at), at[REASON], "" if at[WHICH] else at.word),
    done=lambda _at, count: _("Called back: {count}", count=count),
    example="editions copies recall C0012-003 --issue C0012 --reason 'wrong column'",
)
CLOSE: Verb[CopyRow] = Verb(
    id="close",
    operation="editions.close",
    key="x",
    label=_("Close copy"),
    help=_("Close a copy whose recipient has no account or left, with the reason."),
    on="all",
    asks=(WHY,),
    offered=lambda row: row.receipt in OUT_OF_REACH,
    open_to=_issues_it,
    do=lambda at: Editions(at.desk).close(_issue(at), at[WHY], *map(str, at.keys)),
    done=lambda _at, count: _("Closed: {count}", count=count),
    example="editions copies close C0012-006 --issue C0012 --reason 'left on 11-20, replaced by 刘阳'",
)
HAND_OUT: Verb[CopyRow] = Verb(
    id="hand-out",
    operation="editions.hand_out",
    key="n",
    label=_("Issue copy"),
    help=_("Issue the copy to its recipient, who has an account by now."),
    on="one",
    offered=lambda row: row.receipt == "not-issued",
    open_to=_issues_it,
    do=lambda at: Editions(at.desk).hand_out(_issue(at), at.word),
    done=lambda at, _made: _("Copy {number} is issued.", number=at.word),
    example="editions copies hand-out C0012-006 --issue C0012",
)
SEND_AGAIN: Verb[CopyRow] = Verb(
    id="send-again",
    operation="editions.send_again",
    key="t",
    label=_("Mail again"),
    help=_("Send mail that was given up once more."),
    on="none",
    open_to=_issues_it,
    do=lambda at: Editions(at.desk).send_again(_issue(at)),
    done=lambda _at, count: _("To be sent again: {count}", count=count),
    example="editions copies send-again --issue C0012",
)
RECORD: Verb[CopyRow] = Verb(
    id="record",
    operation="editions.record",
    key="v",
    label=_("On record"),
    help=_("Check the kept issue against its digest."),
    on="none",
    do=lambda at: Editions(at.desk).record(_issue(at)),
    done=lambda _at, kept: _("Issue {number} on record", number=kept.issue.number),
    shows=_record,
    example="editions copies record --issue C0012",
)


def _issue_line(at: At[Any]) -> Cell:
    """Return a cell with who issued it when, and how many recipients acknowledged it, can't, or are
    closed."""
    issue, rows = at[ISSUE].issue, _copies(at)
    out = [row for row in rows if not row.recalled_at]
    done, closed = (sum(row.receipt == one for row in out) for one in ("acknowledged", "closed"))
    beyond = sum(row.receipt in OUT_OF_REACH for row in out)
    late: list[Text | Styled] = ["  ", Styled(_("! late"), "bad")] if issue.late else []
    rest: list[Text | Styled] = [" ", Styled(_("! can't: {count}", count=beyond), "bad")] if beyond else []
    rest += [" ", _("closed {count}", count=closed)] if closed else []
    return [
        _("Issued"), f" {issue.issued_at} {issue.issued_by}", *late,
        "  ", _("Acknowledged"), " ",
        Styled(f"{done}/{len(out)}", "good" if done + closed == len(out) else "warn"),
        *rest,
        "  ", _("Reminded last"), f" {_last_reminded(rows) or '–'}",
    ]  # fmt: skip


def _copies(at: At[Any]) -> Sequence[CopyRow]:
    return Editions(at.desk).copies(_issue(at))


COPIES: Sheet[CopyRow] = Sheet(
    id="editions copies",
    operation="editions.copies",
    title=_("Copies"),
    about=_(
        "A copy is acknowledged at the moment its recipient's own terminal shows them the password. Remind"
        " those who have not; call copies back with a reason, after which they open no more. Who has no "
        "account or left can't acknowledge: n issues the copy once there is an account, x closes it with "
        "the reason. The issue itself is kept sealed: v checks it against its digest."
    ),
    help=_("List the copies of an issue: who has acknowledged, and whether mail went out."),
    of=(ISSUE,),
    rows=_copies,
    key=lambda row: row.number,
    named="copy",
    numbered=False,
    said=_issue_line,
    book=lambda at, _row: at[ISSUE].edition.book,
    columns=(
        Column("number", _("Copy"), lambda row: row.number, 10),
        Column("recipient", _("Recipient"), lambda row: row.name, 10, tone="strong"),
        Column("post", _("Post"), lambda row: row.post, few=True),
        Column("unit", CALLED, lambda row: row.unit, from_width=100, few=True),
        ACKNOWLEDGED,
        Column("reminded", _("Reminded"), lambda row: row.reminded_at[5:], 11, from_width=100,
               data=lambda row: row.reminded_at),
        Column(
            "mail",
            _("Mail"),
            lambda row: MAIL[row.mail],
            16,
            tone=lambda row: "bad" if row.mail == "dead" else "dim",
            data=lambda row: row.mail,
            few=True,
        ),
        Column("issued", _("Issued"), lambda row: row.made_at, from_width=NEVER),
        Column("recalled", _("Called back"), lambda row: row.recalled_at, from_width=NEVER),
        Column("closed", _("Closed at"), lambda row: row.closed_at, from_width=NEVER),
        Column("reason", _("Reason"), lambda row: row.reason, from_width=NEVER),
        Column("state", _("State"), state, from_width=NARROWS, few=True, data=lambda row: row.receipt),
        Column("problem", _("Problem"), lambda row: row.problem, from_width=NEVER),
    ),
    verbs=(
        REMIND, HAND_OUT, CLOSE, RECALL, SEND_AGAIN, RECORD,
        drawing_verb("issue", lambda at: str(_issue(at)), "editions copies sheet --issue C0012", key="o",
              open_to=_issues_it),
    ),
    empty=_("This issue has no copies."),
    example="editions copies --issue C0012",
)  # fmt: skip
