"""The frame of every full screen."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from db.language import Text, _, listed
from tui.kit.bulletin import Bulletin
from tui.kit.commands import ScreenCommand
from tui.kit.common_keys import BACK, HELP
from tui.kit.datalist import DataList
from tui.kit.fields import TextInput
from tui.kit.footer import Footer
from tui.kit.keyed import Keyed
from tui.kit.mode import Mode
from tui.kit.notice import NoticeArea
from tui.kit.topline import Location, ModeBar, TopLine
from tui.kit.window import Window


class FramedScreen(Keyed):
    """A full screen: top line, modes, ``body``, notice, keys.

    A subclass gives ``NAME`` (what the top line calls it), ``ABOUT`` (what ? explains), ``KEYS`` with
    their ``do_`` methods, and ``body``. ``HOME`` selects the widget that Esc returns to from a field.
    ``LIVE`` says that what others do shows at once: to ask again leaves no record and moves no cursor.
    ``HOLDS_ON``: what was begun here would be out of sight; no digit leads away from it.
    """

    HOME: ClassVar[str] = "DataList"
    SHOWS_MODES: ClassVar[bool] = True
    LIVE: ClassVar[bool] = False
    HOLDS_ON: ClassVar[bool] = False
    AUTO_FOCUS = "DataList"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012 - as Textual declares it
    """A short screen has room for its list and its keys; what stands under the list is a key away."""
    DEFAULT_CSS = """
    FramedScreen { background: $background; color: $foreground; overflow: hidden; }
    FramedScreen.-tall > NoticeArea { display: block; min-height: 1; }
    FramedScreen.-short #preview, FramedScreen.-short #request { display: none; }
    FramedScreen.-short #about, FramedScreen.-short #note { display: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._away = False
        self._chooses_place = False
        self.is_place = False
        """Whether it is the first screen of a mode."""

    def keep_typed(self) -> None:
        """Keep unsubmitted text, as the session ends. Does nothing here; forms override it."""

    def where(self) -> Location:
        """Return the place that the top line shows; screens add book and regulation."""
        return Location(self.NAME)

    def body(self) -> ComposeResult:
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield TopLine()
        if (self.SHOWS_MODES or self.is_place) and self.reachable_modes():
            yield ModeBar()
        yield Bulletin()
        yield from self.body()
        yield NoticeArea()
        yield Footer()

    def refresh_keys(self) -> None:
        """Redraw the footer. Call it when the answer of ``can`` may have changed."""
        for footer in self.query_children(Footer):
            footer.refresh_keys()

    def refresh_top(self) -> None:
        """Redraw the top line. Call it when the answer of ``where`` has changed."""
        for line in self.query_children(TopLine):
            line.refresh()

    def reachable_modes(self) -> tuple[Mode, ...]:
        return () if self.HOLDS_ON else self.app.modes

    def further_modes(self) -> tuple[Mode, ...]:
        shown = {tab.mode for bar in self.query_children(ModeBar) for tab in bar.tabs(self.size.width)}
        return tuple(mode for mode in self.reachable_modes() if not (mode.in_bar and mode in shown))

    def on_key(self, event: events.Key) -> None:
        """Hide the notices at any key; move the list by arrows typed in the search field; switch modes by
        digits."""
        self.clear_notice()
        asks_for_rest = event.key in HELP.keys
        if self.app.told is not None and self.app.told.is_read() and not asks_for_rest:
            self.app.tell_everywhere(None)
        if self._moves_the_list(event.key):
            event.stop()
            return
        for mode in self.reachable_modes():
            if event.key == mode.digit:
                event.stop()
                self.go_to(mode.id)

    def do_help(self) -> None:
        """Open the help of this screen, beginning with texts that were cut on it: the top line, a field's
        hint."""
        where, about = self.where(), self.ABOUT
        cut: list[Text] = [self.focused.cut_hint] if isinstance(self.focused, TextInput) else []
        if any(line.is_cut for line in self.query_children(TopLine)):
            cut.insert(0, listed([where.place, *where.details]))
        for text in reversed([one for one in cut if one]):
            about = _("{text}. {about}", text=text, about=about)
        self.app.explain(self.NAME, about, self.offered_commands(), self.reachable_modes())

    def clear_notice(self) -> None:
        for notice in self.query_children(NoticeArea):
            notice.hush()

    def go_to(self, mode: str) -> None:
        """Switch to ``mode``. If it is the present one, close what lies over its own screen, up to a form; on
        that screen, ask again for news and say so."""
        if mode != self.app.current_mode:
            self.app.switch_mode(mode)
        elif self is self.app.screen_stack[0]:
            self.refresh_top()
            self.come_back()
            self.tell_renewed()
        else:
            self._lead_home()

    def tell_renewed(self) -> None:
        self.app.tell(_("{place}: up to date.", place=self.where().place), "")

    def _lead_home(self) -> None:
        """Close the screens over the mode's own one, up to a form: no digit leaves a form."""
        for screen in reversed(self.app.screen_stack[1:]):
            if not isinstance(screen, FramedScreen) or screen.HOLDS_ON:
                break
            screen.dismiss(None)

    def _moves_the_list(self, key: str) -> bool:
        """Move the list's cursor if ``key`` is an arrow typed in the search field; return whether it was."""
        searching = isinstance(self.focused, Input) and self.focused.has_class("search")
        window = next(iter(self.query(self.HOME).results(Window)), None)
        if not searching or window is None:
            return False
        steps = {"up": -1, "down": 1, "pageup": 1 - window.rows_shown, "pagedown": window.rows_shown - 1}
        if key not in steps:
            return False
        window.go(window.cursor + steps[key])
        return True

    def come_back(self) -> None:
        """Ask again for what the screen shows, on top after others. Does nothing here."""

    def catch_up(self) -> None:
        """Show others' changes while this screen is on top, if it is ``LIVE``, as `come_back` does."""
        if self.LIVE:
            self.come_back()

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        """Redraw in a language changed meanwhile, renew notices, and ask again after other screens were on
        top.

        The event also comes once or twice when a screen is first shown, which is no coming back.
        """
        if self._spoken != self.app.wording:
            self.respeak()
        for line in self.query_children(Bulletin):
            line.renew()
        for notice in self.query_children(NoticeArea):
            notice.renew()
        if not self._chooses_place:
            self._return()

    async def do_more(self) -> None:
        """As anywhere; ask again only where nobody goes to another place."""
        self._chooses_place = True
        try:
            await super().do_more()
        finally:
            self._chooses_place = False
            self._return()

    def _return(self) -> None:
        """Ask again after other screens were on top, if none is."""
        if not (self._away and self.is_current):
            return
        self._away = False
        self.refresh_top()
        self.come_back()
        if not self.is_busy:  # a command that asks in between ends when it is done
            for rows in self.query(DataList):
                rows.end_act()

    def finish(self) -> None:
        """Close the screen after its act; in the list below, the cursor goes to the next item if this one is
        gone, and has the focus."""
        if self.is_current:
            below = self.app.screen_stack[-2]
            for rows in below.query(DataList):
                rows.begin_act()
            if isinstance(below, FramedScreen):
                below.leave_field()
        self.dismiss(None)

    def in_footer(self, command: ScreenCommand) -> bool:
        """Return whether the footer shows ``command``: also Esc, if there is a screen below."""
        return super().in_footer(command) or (command is BACK and self._has_way_back())

    def _has_way_back(self) -> bool:
        """Return whether this screen was opened over another; a dialog over this one is no matter."""
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else 0
        return place > 0 and isinstance(stack[place - 1], Keyed)

    def leave_field(self) -> bool:
        """Move the focus from a field to what the screen is about, if anything; return whether it did."""
        home = next(iter(self.query(self.HOME).results(Widget)), None)
        if home is None or not isinstance(self.focused, Input):
            return False
        home.focus()
        return True

    # The commands that are the same everywhere

    def do_back(self) -> None:
        """Leave a field for the list; else close the screen; on the first one, show how to sign out."""
        if self.leave_field():
            return
        if self._has_way_back():
            self.dismiss(None)
        else:
            self.app.tell(_("This is the first screen. F10 signs you out."), "")

    def do_search(self) -> None:
        """Focus the first field with the class ``search`` and select its text."""
        for field in self.query(".search").results(Input):
            field.focus()
            field.select_all()
            return
