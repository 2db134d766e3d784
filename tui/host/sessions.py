"""`mingce who`, `kick` and `announce`: who is inside, ending a session, and saying something to everybody."""

from __future__ import annotations

import sys

from db.desk import Desk
from db.desk.accounts.account_views import SignedInView
from db.desk.notation.localtime import local
from db.language import Message, _, _n
from db.store.settings import Home
from db.store.tables import Account, SignInSession
from tui.front.control import Heard, ask_all
from tui.host.language import t
from tui.host.operator import desk_for, opened_store
from tui.host.owner import home_of
from tui.host.shell import FAILED, CommandFailure, failures_in_words, tell, tell_json, warn
from tui.plain.page import table
from tui.plain.words import CommandWords

LEAVING: dict[str, Message] = {
    "moved": _("handed over"),
    "stopping": _("stops"),
}


def who(words: CommandWords) -> None:
    """Print who is signed in, and which process of this host serves each."""
    home, as_json = home_of(words), words.has("json")
    with desk_for(home, words.option_value("login"), looking=True) as desk:
        inside = [one for one in _inside(desk) if one.session != desk.actor.session]
        running = _running(home)
        lines = [] if as_json else [_line(one, running) for one in inside]
    if as_json:
        tell_json([_as_json(one, running) for one in inside])
        return
    headings = [t(_("Session")), t(_("Login")), t(_("From")), t(_("Since")), t(_("Idle")), t(_("Served by"))]
    tell("\n".join(table(headings, lines)))


def kick(words: CommandWords) -> None:
    from tui.host.account import end_screens  # it loads how accounts are made, which `who` never asks

    home, whom = home_of(words), words.operand(0)
    only = int(whom) if whom.isdecimal() else None
    with desk_for(home, words.option_value("login"), protecting=True) as desk:
        row = _running_of(whom, only)
        if row is None:
            raise CommandFailure(_("{whom} is not signed in.", whom=whom), _("`mingce who` lists who is."))
        ended = desk.accounts.end_sessions(row.account_id, only)
    end_screens(home, ended, "ended")
    tell(_("Ended: {sessions}", sessions=", ".join(map(str, ended))))


def announce(words: CommandWords) -> None:
    home = home_of(words)
    with desk_for(home, words.option_value("login")) as desk:
        said = [desk.accounts.announce(book.id, words.operand(0)) for book in desk.accounts.books()]
    if not said:
        raise CommandFailure(_("There is no directory to announce in."))
    told = sum(int(heard.said.get("told", 0)) for heard in ask_all(home, {"ask": "tell", "text": said[0]}))
    tell(_n("Shown on {count} screen.", "Shown on {count} screens.", count=told))


def metrics(words: CommandWords) -> int:
    """Print the server's metrics, but for the counters of its own process. If the database fails, print the
    rest and return 1."""
    from tui.front.metrics import all_families, recorded_metrics, text_of

    home, found = home_of(words), None
    with failures_in_words():
        settings = home.settings()
    try:
        with opened_store(home, looking=True):
            found = recorded_metrics(home)
    except CommandFailure as failure:
        warn(failure.message)
    sys.stdout.write(text_of(all_families(home, settings, found)))
    return FAILED if found is None else 0


def _running_of(login: str, number: int | None) -> SignInSession | None:
    rows = SignInSession.select().join(Account).where(SignInSession.ended_at.is_null())
    wanted = Account.login == login if number is None else SignInSession.id == number
    found: SignInSession | None = rows.where(wanted).first()
    return found


def _inside(desk: Desk) -> list[SignedInView]:
    books = [book.id for book in desk.accounts.books()]
    return list(desk.accounts.inside(*books)) if books else []


def _running(home: Home) -> dict[int, tuple[Heard, dict[str, object]]]:
    """Ask this host's processes and return, by session, which one serves it and what it says."""
    answers = ask_all(home, {"ask": "who"})
    return {int(one["session"]): (heard, one) for heard in answers for one in heard.said["sessions"]}


def _line(one: SignedInView, running: dict[int, tuple[Heard, dict[str, object]]]) -> list[str]:
    idle, by = "", one.server
    if one.session in running:
        heard, live = running[one.session]
        idle = t(_("{count} min", count=int(str(live["idle"])) // 60))
        by = f"{heard.said['kind']} {heard.said['pid']}"
        if heard.said["state"] in LEAVING:
            by += f" ({t(LEAVING[heard.said['state']])})"
    return [str(one.session), one.login, one.source, local(one.started_at), idle, by]


def _as_json(one: SignedInView, running: dict[int, tuple[Heard, dict[str, object]]]) -> dict[str, object]:
    heard, live = running.get(one.session, (None, {}))
    return {
        "session": one.session, "login": one.login, "source": one.source, "front": one.front,
        "since": one.started_at, "server": one.server, "idle": live.get("idle"),
        "pid": heard.said["pid"] if heard else None, "state": heard.said["state"] if heard else None,
        "version": heard.said.get("version") if heard else None,
    }  # fmt: skip
