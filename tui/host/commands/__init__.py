"""The commands of `mingce`: how each is written, what its help says, and which function does it."""

from __future__ import annotations

from tui.host.commands.accounts import ACCOUNTS
from tui.host.commands.books import BOOKS
from tui.host.commands.installation import INSTALLATION
from tui.host.commands.upkeep import UPKEEP

COMMANDS = (*INSTALLATION, *ACCOUNTS, *UPKEEP, *BOOKS)
