"""mingce on the screen: the application of one session, from its ticket to its exit status."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from db.language import Language, _, _n, as_language, listed, say
from tui.front.incident import RESTORE, farewell, is_told, terminal_lines
from tui.front.news import NEWS, read_news
from tui.front.process_title import name_session
from tui.jobs import list_jobs
from tui.kit import HouseNotice, KitApp, Look, Memory, Mode, Reader, RequiredScreen, look_for
from tui.kit.application import SESSION_OVER, SIGNED_OUT
from tui.kit.terminal import KNOWN, TerminalAnswers, ask_terminal, charset_advice, hear_terminal, speaks_utf8
from tui.screens.go import RecordFinder
from tui.screens.modes import ANYWHERE, GATES, MODES

if TYPE_CHECKING:
    from db.desk import Desk
    from tui.front.ticket import Ticket

TOO_MANY = 1
"""Exit status of a screen too many."""
UNAVAILABLE = 75
"""Exit status where the database can't be reached (EX_TEMPFAIL of sysexits.h)."""


class MingceApp(KitApp):
    """The whole application: the gates that hold for this reader, then the first mode.

    ``renew`` reads the rights again: passing a gate may have made the session stronger."""

    TITLE = "mingce"

    def __init__(
        self,
        *,
        language: Language,
        look: Look,
        renew: Callable[[], Desk],
        reader: Reader,
        memory: Memory,
        terminal: TerminalAnswers = KNOWN,
        modes: Sequence[Mode] = MODES,
        gates: Sequence[RequiredScreen] = GATES,
    ) -> None:
        super().__init__(
            language=language, look=look, desk=renew(), reader=reader, memory=memory, terminal=terminal
        )
        self._renew = renew
        self.anywhere = ANYWHERE
        self.jobs = lambda: list_jobs(self.desk)
        self.finder = partial(RecordFinder, self)
        self._all_modes = modes
        self._gates = gates
        self.hears: int | None = None

    def on_mount(self) -> None:
        """Pass the gates that hold, then offer the modes; listen for news."""
        if self.hears is not None:
            asyncio.get_running_loop().add_reader(self.hears, self._take_signals, self.hears)
        if any(gate.holds(self.desk) for gate in self._gates):
            self._pass_gates()
        else:
            self.offer_modes(self._all_modes)

    def offer_modes(self, modes: Sequence[Mode]) -> None:
        """Show the modes, follow from now on what others do, and tell of forms kept from before."""
        super().offer_modes(modes)
        self.live.start_asking()
        self.call_later(self.hear_of_held)
        kept = listed(one.title for one in self.desk.drafts.mine())
        if kept:
            words = _("Kept from when your line was cut: {forms}. Open the form to go on.", forms=kept)
            self.call_later(self.tell, words)

    def _take_signals(self, descriptor: int) -> None:
        """Show what this session is told from outside."""
        try:
            for piece in read_news(descriptor):
                self.tell_everywhere(told_by(piece))
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(descriptor)

    @work
    async def _pass_gates(self) -> None:
        with self.refusals_shown():
            for gate in self._gates:
                self.before_modes = gate.opens
                while gate.holds(self.desk):
                    await self.push_screen_wait(gate.screen())
                    self.change_desk(self._renew())
            self.offer_modes(self._all_modes)


def told_by(piece: Mapping[str, object]) -> HouseNotice | None:
    match piece:
        case {"news": "announcement", "text": str(text)}:
            return HouseNotice(_("Announcement: {text}", text=text))
        case {"news": "stopping", "minutes": int(minutes)}:
            warning = _n(
                "The service stops in {minutes} minute. Finish and hand in what you are doing.",
                "The service stops in {minutes} minutes. Finish and submit what you are doing.",
                minutes=minutes,
            )
            return HouseNotice(warning, "bad", stays=True)
        case {"news": "renewed"}:
            return HouseNotice(_("There is a new version. Sign out and in again when it suits you."))
        case _:
            return None


def run_session(ticket: Ticket) -> int:
    """Run the session of ``ticket`` on descriptors 0 and 1; return its exit status.

    An error inside is raised once the terminal is restored: the front reports it and apologises.
    """
    from auth.session_limits import may_ask
    from auth.sessions import resume
    from db.desk import SessionOver, Unavailable, open_desk
    from db.store.engine import close_store, store
    from db.store.opening import reopen_store
    from db.store.settings import Home

    try:
        reopen_store(Home(Path(ticket.home)))
        if not may_ask(ticket.session):
            words = _("Too many screens are open for you, and more wait. Sign out of some of them first.")
            os.write(1, terminal_lines(say(words, ticket.language)))
            return TOO_MANY

        def desk() -> Desk:
            actor = resume(ticket.session, ticket.language, ticket.ssh)
            name_session(actor.login, actor.session)
            opened = open_desk(actor)
            opened.holding.seconds = store().settings.undo_seconds
            return opened

        asked = ask_terminal()
        app = app_for(desk, ticket.environment, ticket.language, partial(hear_terminal, asked))
        if not (app.terminal.is_utf8 and speaks_utf8(ticket.environment)) and not _goes_on(ticket):
            return SIGNED_OUT
        app.hears = NEWS
        status = app.run(size=ticket.size)
        if status == SESSION_OVER:
            _say_over(ticket.session, app.language)
    except SessionOver:
        _say_over(ticket.session, ticket.language)
        return SESSION_OVER
    except Unavailable as failure:  # before there is a screen that could say so
        os.write(1, RESTORE + terminal_lines(say(failure.message, ticket.language)))
        return UNAVAILABLE
    finally:
        close_store()
    if app.crash is not None:
        raise app.crash
    return status or 0


def _goes_on(ticket: Ticket) -> bool:
    """Say what to set, on the terminal's own screen, and return whether the reader goes on all the same."""
    os.write(1, RESTORE + charset_advice(ticket.environment))
    return os.read(0, 64)[:1] in (b"\r", b"\n")


def _say_over(session: int, language: Language) -> None:
    """Say why the screen is gone, and end the session if it is over; the front knows of those alone that it
    ended itself."""
    from auth.sessions import end_expired
    from db.desk import Unavailable

    how = ""
    with suppress(Unavailable):
        how = end_expired([session]).get(session, "")
    words = _(
        "Your session is over: it was ended elsewhere, or your account was closed. What you had confirmed "
        "is saved."
    )
    os.write(1, RESTORE + (farewell(how, language) if is_told(how) else terminal_lines(say(words, language))))


def app_for(
    renew: Callable[[], Desk],
    environment: Mapping[str, str],
    language: Language,
    hear: Callable[[], TerminalAnswers] = TerminalAnswers,
) -> MingceApp:
    """Build the application for a desk, a client's environment, and what its terminal says."""
    desk = renew()
    me = desk.me.who()
    terminal = hear()
    return MingceApp(
        language=as_language(me.language) if me.language else language,
        look=_choose_look(environment, me.theme, terminal.is_light),
        terminal=terminal,
        renew=renew,
        reader=Reader(me.name, next((book.unit for book in me.books if book.unit), ""), me.classified_titles),
        memory=Memory(desk.me.choose_language, desk.me.choose_theme, desk.me.choose_drawing, me.drawing),
    )


def _choose_look(environment: Mapping[str, str], chosen: str | None, is_light: bool | None) -> Look:
    """Return what the terminal can do, and within that what the reader chose before, or its background."""
    look = look_for(environment)
    if chosen == "mono":
        return replace(look, depth=None)
    if chosen == "contrast":
        return replace(look, strong=True)
    if chosen or is_light is not None:
        return replace(look, light=chosen == "light" if chosen else bool(is_light))
    return look


def rehearse(home: str) -> None:
    """Go through the first screens headless, so that what is forked from here starts warm."""
    from db.store.settings import Home
    from tui import warmup

    warmup.rehearse(Home(Path(home)), app_for)
