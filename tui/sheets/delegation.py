"""Standing in: who decides for the reader while they are away, and for whom the reader does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from db.desk.due_dates import today
from db.desk.notation.parsing import day_of
from db.desk.requests.delegation import DelegationView, days_of
from db.language import Message, Text, _, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.sheet import Column, Question, Sheet, Verb

STATES: Final[dict[str, Message]] = {
    "lasts": _("in force"),
    "to come": _("to come"),
    "over": _("over"),
    "revoked": _("ended early"),
}
DAYS: Final = 6
"""Days after the first one that are proposed."""


def _roles(at: At[Any]) -> list[OfferedAnswer[tuple[str, str]]]:
    return [
        OfferedAnswer(
            (one.book, one.role), one.role_label, note=one.book_label, word=f"{one.book}/{one.role}"
        )
        for one in at.desk.delegation.roles()
    ]


def _candidates(at: At[Any]) -> list[OfferedAnswer[int]]:
    found = at.desk.delegation.candidates(*at[ROLE])
    return [OfferedAnswer(one.account, one.name, note=f"{one.unit} {one.position}") for one in found]


class FirstDay(Typed):
    """The first day; a last one that stands behind it is taken too."""

    def read(self, at: At[Any], word: str) -> str:
        """Return the first day of ``word``; a second day in it is set as the answer to `LAST`. Raises
        Invalid."""
        first, _blank, last = word.strip().partition(" ")
        text = super().read(at, first)
        if last:
            days_of(text, last)
            at.answers[LAST.id] = last.strip()
        return text


ROLE: OneOf[tuple[str, str]] = OneOf(
    "role",
    _("The role you delegate."),
    title=_("In which role?"),
    choices=_roles,
    nothing=_("You hold no role that you could delegate."),
    advice=_("Whoever holds the role delegates it."),
    obvious=True,
)
TO: OneOf[int] = OneOf(
    "to",
    _("Who decides for you."),
    title=_("Who decides for you?"),
    choices=_candidates,
    nothing=_("There is nobody in your department to whom you could delegate."),
)
FIRST = FirstDay(
    "from",
    _("First day"),
    title=_("From when until when?"),
    over=_("First day and last day, a blank between them"),
    check=lambda _at, text: day_of("from", text),
    proposed=lambda _at: f"{today().isoformat()} {(today() + timedelta(days=DAYS)).isoformat()}",
)
LAST = Typed(
    "until",
    _("Last day"),
    title=_("Delegations"),
    check=lambda at, text: days_of(at[FIRST], text),
    proposed=lambda at: (max(today(), day_of("from", at[FIRST])) + timedelta(days=DAYS)).isoformat(),
)
WHY = Typed(
    "reason",
    _("Such as leave or travel; may be left blank"),
    title=_("Why you delegate"),
    required=False,
)


def _delegate(at: At[Any]) -> int:
    book, role = at[ROLE]
    return at.desk.delegation.delegate(role, book, at[TO], at[FIRST], at[LAST], at[WHY])


def _what_it_means(at: At[Any], number: int) -> Text:
    given = [row for row in at.desk.delegation.mine() if row.given]
    new = next(row for row in given if row.id == number)
    others = [
        row.other
        for row in given
        if row.id != number
        and row.state in ("lasts", "to come")
        and (row.book, row.role) == (new.book, new.role)
        and row.from_day <= new.until_day
        and row.until_day >= new.from_day
    ]
    if not others:
        return _("What {name} decides for you is recorded with both names.", name=new.other)
    return _(
        "{names} is delegated on some of these days too; whoever is first decides.", names=listed(others)
    )


NEW: Verb[DelegationView] = Verb(
    id="add",
    operation="delegation.delegate",
    key="n",
    label=_("New"),
    help=_("Delegate to somebody."),
    on="none",
    asks=(ROLE, TO, FIRST, LAST, WHY),
    do=_delegate,
    done=_what_it_means,
    example="delegation add --to 王芳 --from 2026-11-23 --until 2026-11-29",
)
END: Verb[DelegationView] = Verb(
    id="end",
    operation="delegation.revoke",
    key="x",
    label=_("End"),
    help=_("End it now."),
    offered=lambda row: row.given and row.state in ("lasts", "to come"),
    sure=lambda at: Question(
        _("End the delegation to {name} now?", name=at.row.other), yes=_("End"), no=_("Let it last")
    ),
    do=lambda at: at.desk.delegation.revoke(at.number),
    done=lambda _at, _made: _("Ended."),
    example="delegation end 4",
)


def _direction_words(row: DelegationView) -> Text:
    return _("{name} for me", name=row.other) if row.given else _("I for {name}", name=row.other)


DELEGATION: Sheet[DelegationView] = Sheet(
    id="delegation",
    operation="delegation.mine",
    title=_("Delegations"),
    about=_(
        "While you are away somebody of your department can decide what waits for you in one of your "
        "roles. They decide as themselves and the record says for whom. It ends by itself, or when you "
        "end it. Nobody decides on their own request in this way, nor on that of whoever delegated to "
        "them."
    ),
    help=_("List who decides for you while you are away, and for whom you do."),
    rows=lambda at: at.desk.delegation.mine(),
    key=lambda row: row.id,
    named="delegation",
    columns=(
        Column("from", _("First day"), lambda row: row.from_day, 10),
        Column("until", _("Last day"), lambda row: row.until_day, 10),
        Column("who", _("Who for whom"), _direction_words),
        Column("role", _("Role"), lambda row: row.role, 12, in_english=18, few=True),
        Column("book", _("Directory"), lambda row: row.book, 14, in_english=18, from_width=100, few=True),
        Column(
            "state",
            _("State"),
            lambda row: STATES[row.state],
            11,
            few=True,
            tone=lambda row: "good" if row.state == "lasts" else "dim",
            data=lambda row: row.state,
        ),
        Column("reason", _("Why"), lambda row: row.reason, 16, from_width=100),
    ),
    verbs=(NEW, END),
    empty=_("Nobody decides for you, and you for nobody."),
    example="delegation",
)
