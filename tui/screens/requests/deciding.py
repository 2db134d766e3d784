"""Deciding on requests, from the queue or from the request's own card: on one as it was seen, or on several
that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from textual import on
from textual.app import ComposeResult

from db.desk import Desk
from db.desk.requests.queue import LeftOut
from db.desk.requests.request_views import RequestRow
from db.language import Message, Text, _, _n, clause_words, listed
from tui.kit import Cell, DataList, Dialog, FramedScreen, ListColumn, ScreenCommand, Styled, seen
from tui.kit.dialogs import GO_ON
from tui.kit.footer import Footer
from tui.screens.evidence.view import count_opened
from tui.screens.sheets.asking import do_and_describe
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.deciding import APPROVE, DECISIONS, MISSING, REJECT, RETURN, SEEN, WHY
from tui.sheets.request_facts import differences, request_person
from tui.sheets.requests import COMMENT
from tui.sheets.sheet import Verb

DECISION_KEYS: Final = tuple(map(command_of, DECISIONS))
SAYING: Final = command_of(COMMENT)
STEPPING: Final = (
    ScreenCommand("previous", "left_square_bracket", _("Previous"), _("Go to the one before."), footer=False,
                  looks=True),
    ScreenCommand("next", "right_square_bracket", _("Next"), _("Go on to the next one."), footer=False,
                  looks=True),
)  # fmt: skip


AT_ONCE: Final = 20
"""Requests that are decided together while their reader waits; more of them beside the session."""
POWER: Final = "power"
"""The kind of an act that takes two: it may bring in a file of people, or move every deadline."""
DECIDED: Final = _("You decided on this already; z takes it back until it takes effect.")


def why_others_decide(desk: Desk, row: RequestRow, *, own: bool) -> Text:
    """Return by which clause others decide on the reader's ``own`` request, or on one that they agreed to;
    opening the latter for it is recorded."""
    view = (desk.requests if own else desk.queue).one(row.id)
    step = next((one for one in view.steps if one.state == "open"), None)
    said = {
        "clause": clause_words(step.clause if step is not None else view.clause),
        "who": listed(row.waits_for),
    }
    if own:
        return _(
            "Nobody decides on their own request ({clause}). It waits for {who}; x withdraws it.", **said
        )
    return _("Each step is decided by another person ({clause}). It waits for {who}.", **said)


def _numbers_and_digests(at: At[RequestRow]) -> Sequence[tuple[int, str]]:
    return [(row.id, row.digest) for row in at.rows]


def _result_text(count: Message, at: At[RequestRow], left: Sequence[LeftOut]) -> Text:
    """Return words for how many were decided, and who was left out and why."""
    if not left:
        return count
    of = {row.id: request_person(row) for row in at.rows}
    why = listed(_("{who}: {why}", who=of[one.request], why=one.why) for one in left)
    return _("{count}. Left out {number}: {why}", count=count, number=len(left), why=why)


def _many(verb: Verb[RequestRow], act: Any, count: Any) -> Verb[RequestRow]:
    return replace(
        verb,
        sure=None,
        do=act,
        done=lambda at, left: _result_text(count(len(at.keys) - len(left)), at, left),
        went_well=lambda left: not left,
    )


TOGETHER: Final[Mapping[str, Verb[RequestRow]]] = {
    APPROVE.id: _many(
        APPROVE,
        lambda at: at.desk.queue.approve_many(_numbers_and_digests(at)),
        lambda count: _n("Approved: {count} request", "Approved: {count} requests", count=count),
    ),
    RETURN.id: _many(
        RETURN,
        lambda at: at.desk.queue.return_many(_numbers_and_digests(at), at[MISSING]),
        lambda count: _n("Returned: {count} request", "Returned: {count} requests", count=count),
    ),
    REJECT.id: _many(
        REJECT,
        lambda at: at.desk.queue.reject_many(_numbers_and_digests(at), at[WHY]),
        lambda count: _n("Rejected: {count} request", "Rejected: {count} requests", count=count),
    ),
}
"""The decisions on all that are selected, as they stand in the list."""


class TheseOnes(Dialog[tuple[int, ...]]):
    """Whom to decide on together, and unopened evidence; Enter means those still selected."""

    CSS_PATH = "deciding.tcss"
    NAME = _("Decide several")
    ABOUT = _(
        "Who is decided on, what is asked for, and whether you opened its evidence since you signed in. "
        "Space leaves the one under the cursor out; Enter decides on all that are selected still."
    )
    KEYS = (
        ScreenCommand("take", "enter", GO_ON, _("Decide on all that are selected still.")),
        ScreenCommand(
            "mark", "space", _("Leave out"), _("Leave the one under the cursor out, or take it in again.")
        ),
        ScreenCommand("back", "escape", _("Back"), _("Decide on none of them.")),
    )
    AUTO_FOCUS = "DataList"

    def __init__(self, title: Text, verb: Verb[RequestRow], rows: Sequence[RequestRow], desk: Desk) -> None:
        super().__init__(title)
        self._verb, self._rows, self._seen_of = verb, list(rows), partial(count_opened, desk)

    @property
    def yes(self) -> Text:
        """The label of Enter: the act and the number; or to go on, if the verb asks something itself."""
        if self._verb.asks or not self.is_mounted:
            return GO_ON
        return _("{act} {count}", act=self._verb.label, count=len(self.query_one(DataList).marked))

    @property
    def lead(self) -> float:
        """Seconds for which the list must be drawn before a key can mean it."""
        return seen.LEAD

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether the list was drawn when the key that decides was typed."""
        return command.id != "take" or self.sight.may_mean(True, self.app.typed_at)

    def body(self) -> ComposeResult:
        yield DataList[RequestRow](
            [
                ListColumn(_("Who"), lambda row: Styled(request_person(row), "strong"), width=16),
                ListColumn(_("What"), lambda row: differences(row.summary)),
                ListColumn(_("Evidence"), self._evidence, width=8, in_english=10),
            ],
            key=lambda row: row.id,
            multi=True,
        )

    def on_mount(self) -> None:
        rows, asked = self.query_one(DataList), self._rows
        rows.styles.height = min(len(asked), 12) + DataList.HEAD
        rows.show_all(asked)
        rows.mark_rows(asked)

    def _evidence(self, row: RequestRow) -> Cell:
        if not row.evidence:
            return Styled("–", "dim")
        if self._seen_of(row.id) >= row.evidence:
            return _("opened")
        return Styled(_("not opened"), "warn")

    def do_mark(self) -> None:
        """Leave the request under the cursor out, or take it in again."""
        self.query_one(DataList).action_mark()

    @on(DataList.Marked)
    def _renew_keys(self) -> None:
        self.query_one(Footer).refresh_keys()

    def do_take(self) -> None:
        self.dismiss(tuple(self.query_one(DataList).marked) or None)


async def decide(screen: FramedScreen, verb: Verb[RequestRow], row: RequestRow, digest: str) -> Text | None:
    """Ask what ``verb`` asks, then decide on the request as it stands under ``digest``, recorded. Return the
    words to show, None if the reader went back. Raises Refused, Overtaken."""
    at = At(screen.app.desk, (row.id,), lambda: (row,), {SEEN.id: digest})
    return await do_and_describe(
        screen, _head_with_person(verb, request_person(row), lengthy=row.kind == POWER), at
    )


async def decide_together(
    screen: FramedScreen, verb: Verb[RequestRow], rows: Sequence[RequestRow]
) -> Text | None:
    """Show ``rows`` to choose from, then do as `decide` with the same comment on all that are left. Return
    the words to show, None if the reader went back."""
    final = _("It can't be taken back.") if verb is APPROVE and any(row.final for row in rows) else ""
    said = {"label": verb.label, "count": len(rows)}
    title = _n("{label}: {count} request", "{label}: {count} requests", **said)
    if final:
        title = _("{title}. {final}", title=title, final=final)
    meant = await screen.app.push_screen_wait(TheseOnes(title, verb, rows, screen.app.desk))
    if meant is None:
        return None
    chosen = [row for row in rows if row.id in meant]
    at = At(screen.app.desk, tuple(row.id for row in chosen), lambda: chosen)
    about = _("The {count} selected", count=len(chosen))
    lengthy = len(chosen) > AT_ONCE
    return await do_and_describe(screen, _head_with_person(TOGETHER[verb.id], about, lengthy=lengthy), at)


async def say_of(screen: FramedScreen, row: RequestRow) -> Text | None:
    """Ask for a comment on a request and add it, recorded; return the words to show, None if the reader went
    back."""
    return await do_and_describe(screen, COMMENT, At(screen.app.desk, (row.id,), lambda: (row,)))


def _head_with_person(verb: Verb[RequestRow], whom: Text, *, lengthy: bool = False) -> Verb[RequestRow]:
    """Return ``verb`` with ``whom`` in the title of its questions."""
    heading = _("{label}: {whom}", label=verb.label, whom=whom)
    if not verb.asks:
        return replace(verb, label=heading, lengthy=lengthy)
    return replace(verb, asks=tuple(replace(ask, title=heading) for ask in verb.asks), lengthy=lengthy)
