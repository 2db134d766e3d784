"""`mingce mail send`: the mail that waits, sent now. The server sends it by itself as long as it runs."""

from __future__ import annotations

from dataclasses import asdict

from db.language import Message, _
from db.store.engine import store
from tui.host.operator import opened
from tui.host.owner import home_of
from tui.host.shell import FAILED, Failure, tell, tell_json
from tui.outside.mail import Delivered, deliver_waiting
from tui.plain.words import Words


def send(words: Words) -> int:
    with opened(home_of(words)):
        if store().settings.mail is None:
            raise Failure(
                _("The settings name no mail server."), _("Write a [mail] table into settings.toml.")
            )
        done = deliver_waiting()
    if words.has("json"):
        tell_json(asdict(done))
    else:
        tell(said(done))
    return FAILED if done.failed or done.dead else 0


def said(done: Delivered) -> Message:
    """What one run did, in words."""
    return _("Mail sent: {sent}, to be tried again: {failed}, given up: {dead}", **asdict(done))
