"""What no application does here: touch the server, or draw a crash."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App
from textual.driver import Driver


class ContainedApp(App[int], inherit_bindings=False):
    """Base of the application, of whose powers over the server none is left.

    It writes no file, opens no link, sends no clipboard but what the desk put on record, starts no program,
    and on an error leaves the exception in ``crash`` and draws none of it (threats 11–15).
    """

    ENABLE_COMMAND_PALETTE = False
    COMMANDS: ClassVar[set[Any]] = set()
    ALLOW_SELECT = False

    def __init__(self, driver_class: type[Driver]) -> None:
        super().__init__(driver_class=driver_class)
        self.crash: Exception | None = None

    async def _shutdown(self) -> None:
        self._exit = True  # no timer draws what is being taken down
        await super()._shutdown()

    def _handle_exception(self, error: Exception) -> None:
        if self._exit:  # what a screen misses while everything is taken down is no crash
            self._close_messages_no_wait()
            return
        if self.crash is None:
            self.crash = error
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End the application without drawing the error."""
        self._close_messages_no_wait()

    def copy_to_clipboard(self, text: str) -> None:
        """Keep ``text`` inside the session for Ctrl+V; send nothing to the terminal."""
        self._clipboard = text

    def _set_pointer_shape(self, shape: str) -> None:
        """Do nothing: the terminal's mouse pointer stays as it is."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Do nothing: the browser would be the server's."""

    def save_screenshot(self, *_args: object, **_options: object) -> str:
        """Write no file: it would be the server's."""
        return ""

    def deliver_screenshot(self, *_args: object, **_options: object) -> str | None:
        """Write no file: it would be the server's."""
        return None

    def action_suspend_process(self) -> None:
        """Do nothing: there is no shell to return to."""
