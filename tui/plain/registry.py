"""All plain commands. Help, the SSH front's list and the documentation are drawn from here."""

from __future__ import annotations

from tui.plain.ask import COMMANDS as ASK
from tui.plain.audit import COMMANDS as AUDIT
from tui.plain.batch import BATCH
from tui.plain.calendar import COMMANDS as CALENDAR
from tui.plain.cases import COMMANDS as CASES
from tui.plain.command import Command
from tui.plain.editions import COMMANDS as EDITIONS
from tui.plain.evidence import COMMANDS as EVIDENCE
from tui.plain.find import COMMANDS as FIND
from tui.plain.help import help_on
from tui.plain.importing import COMMANDS as IMPORTING
from tui.plain.look import COMMANDS as LOOK
from tui.plain.me import COMMANDS as ME
from tui.plain.papers import COMMANDS as PAPERS
from tui.plain.pickup import get_from
from tui.plain.privacy import COMMANDS as PRIVACY
from tui.plain.queue import COMMANDS as QUEUE
from tui.plain.report import COMMANDS as REPORT
from tui.plain.rules import COMMANDS as RULES
from tui.plain.sheets import commands_of
from tui.plain.today import COMMANDS as TODAY
from tui.plain.tokens import make_from
from tui.plain.trace import COMMANDS as TRACE
from tui.plain.wecom import COMMANDS as WECOM
from tui.sheets.registry import SHEETS

OTHERS = (
    *ME,
    *TODAY,
    *PRIVACY,
    *FIND,
    *LOOK,
    *ASK,
    *RULES,
    *EVIDENCE,
    *QUEUE,
    *REPORT,
    *EDITIONS,
    *AUDIT,
    *CALENDAR,
    *IMPORTING,
    *CASES,
    *TRACE,
    *WECOM,
    *PAPERS,
    *(command for sheet in SHEETS for command in commands_of(sheet)),
)

GET, MAKE = get_from(OTHERS), make_from(OTHERS)
COMMANDS: tuple[Command, ...] = (
    help_on((*OTHERS, GET, BATCH, MAKE)), *OTHERS, GET, BATCH, MAKE,
)  # fmt: skip

NAMES = frozenset(command.name.split()[0] for command in COMMANDS)
"""Every word that a command begins with."""
