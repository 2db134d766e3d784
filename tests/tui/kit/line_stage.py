"""The stage as a program on a pseudo-terminal: ``python -m tests.tui.kit.line_stage``.

Prints ``crashed`` after the screen where the application left an error, as the front would apologise.
"""

from __future__ import annotations

import os
import sys

from tests.tui.conftest import View
from tests.tui.kit.deciding_stage import DecidingStage
from tests.tui.kit.stage import People, Stage
from tui.kit import look_for, typeahead
from tui.kit.own_machine import ToType


class ShowingACommand(Stage):
    """The stage with a command to be typed elsewhere over it."""

    def on_mount(self) -> None:
        self.call_later(lambda: self.push_screen(ToType(os.environ["STAGE_COMMAND"], "")))


def main() -> int:
    """Run it; its exit status."""
    environ = os.environ
    typeahead.PATIENCE = 30.0  # on a busy machine too, a key has its effect before the next is taken
    look = look_for({name: environ[name] for name in ("TERM", "COLORTERM", "NO_COLOR") if name in environ})
    if environ.get("STAGE") == "deciding":
        return DecidingStage().run() or 0
    stage = ShowingACommand if "STAGE_COMMAND" in environ else Stage
    app = stage(
        View("zh_CN", look),
        text=environ.get("STAGE_TEXT"),
        people=People() if "STAGE_TEXT" not in environ else None,
    )
    status = app.run()
    if app.crash is not None:
        print("crashed", flush=True)
        return 70
    return status or 0


if __name__ == "__main__":
    sys.exit(main())
