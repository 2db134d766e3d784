"""The desk without the screen: commands over SSH and on the host, for scripts and screen readers.

``NAMES`` are the words a command may begin with; the SSH front lets nothing else through.
"""

from tui.plain.registry import COMMANDS, NAMES
from tui.plain.work import work

__all__ = ["COMMANDS", "NAMES", "work"]
