"""`mingce account cards`: the page that is handed over with an activation code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from db.language import Text, _, say
from db.store.engine import store
from reports.key_cards import draw
from tui.front.ssh_command import from_here
from tui.host.account_making import check_leads_here
from tui.host.operator import opened_store
from tui.host.owner import STANDARD_OUTPUT, home_of, new_file
from tui.host.shell import tell
from tui.jobs import Job, read_jobs
from tui.plain.words import CommandWords

OFFICIAL = frozenset(
    {"decides", "enters", "structure", "accounts.books", "privacy.books", "overview.offered"}
)
"""Conditions of jobs (`Job.may`) that human resources meet, and plain staff do not."""


def is_staffs(job: Job) -> bool:
    """Return whether ``job`` is on the staff's card: on the staff's page, or open to everybody."""
    return job.page == "staff" or not job.may


CARDS: tuple[tuple[Text, Callable[[Job], bool]], ...] = (
    (_("staff"), is_staffs),
    (_("human resources"), lambda job: not is_staffs(job) and job.may in OFFICIAL),
)
"""Each card by its name, with the test of which jobs stand on it."""


def make(words: CommandWords) -> None:
    """Write both cards of keys as a PDF page to a new file, and print where. Raises CommandFailure, also if
    the printed command would lead nowhere."""
    file = Path(words.operand(0))
    jobs = [job for job in read_jobs() if job.keys]
    cards = [(name, [(one.title, one.keys) for one in jobs if is_on(one)]) for name, is_on in CARDS]
    with opened_store(home_of(words), looking=True):
        settings = store().settings
        check_leads_here(settings)
        command = from_here(settings, "LOGIN").replace("LOGIN@", f"{say(_('login'), settings.language)}@")
        made = draw(cards, settings.organisation, command, words.option_value("call"), settings.language)
    with new_file(file) as out:
        out.write(made)
    if file != STANDARD_OUTPUT:
        tell(_("Both cards are on the page in {file}. Print it, cut it, and hand them over.", file=str(file)))
