"""`mingce mail send`: the mail that waits, sent now. The server sends it by itself as long as it runs."""

from __future__ import annotations

import sys
from dataclasses import asdict

from db.confined.refusal_words import REASONS
from db.confined.why import FileRefusal, Unreadable
from db.language import Message, _
from db.store.engine import store
from tui.host.operator import opened_store
from tui.host.owner import home_of
from tui.host.shell import FAILED, CommandFailure, tell, tell_json
from tui.outside.mail import Delivered, deliver_waiting, take_bounce
from tui.plain.words import CommandWords

LARGEST = 1 << 20
"""Bytes of a message that is read at all."""


def send(words: CommandWords) -> int:
    with opened_store(home_of(words)):
        if store().settings.mail is None:
            raise CommandFailure(
                _("The settings name no mail server."), _("Write a [mail] table into settings.toml.")
            )
        done = deliver_waiting()
    if words.has("json"):
        tell_json(asdict(done))
    else:
        tell(delivery_words(done))
    return FAILED if done.failed or done.dead else 0


def take_bounced(words: CommandWords) -> int:
    """Read a returned mail from standard input, record its message as given up, and print that; change
    nothing for a mere delay. Return 0. Raises CommandFailure, so that a filter sees it, if it can't be read
    or is not about our mail."""
    with opened_store(home_of(words)):
        content = sys.stdin.buffer.read(LARGEST + 1)
        try:
            if len(content) > LARGEST:
                raise Unreadable(FileRefusal.TOO_LARGE)
            taken = take_bounce(content)
        except Unreadable as unreadable:
            raise CommandFailure(REASONS[unreadable.why], _("Nothing was changed.")) from None
    if taken is None:
        tell(_("It only tells of a delay. Nothing was changed."))
        return 0
    if taken == "known":
        tell(_("That this mail came back is known already. Nothing was changed."))
        return 0
    if taken == "not-ours":
        raise CommandFailure(_("It is not about mail that this installation sent. Nothing was changed."))
    tell(_("The mail counts as given up; the entry is marked if the mailbox doesn't exist."))
    return 0


def delivery_words(done: Delivered) -> Message:
    return _("Mail sent: {sent}, to be tried again: {failed}, given up: {dead}", **asdict(done))
