"""`mingce duties run`: what the server does by itself every few minutes, once and now."""

from __future__ import annotations

from dataclasses import asdict

from db.language import _, listed
from tui.host.operator import host_source, opened_store
from tui.host.owner import home_of
from tui.host.shell import tell, tell_json, warn
from tui.plain.words import CommandWords


def run(words: CommandWords) -> None:
    """Do once what the server does on its own, and print the counts: end and record sessions without a
    process, run the duties, watch failed sign-ins, send mail, tell and compare WeCom. Touches the file that
    says when."""
    from auth.failed_signins import keep_watch
    from db.desk.tasks.duties import RunnerPlace
    from db.desk.tasks.duties import run as run_duties
    from tui.front.duties import marking
    from tui.front.leftovers import end_left
    from tui.host.mail import delivery_words
    from tui.host.wecom import sync_words as said_of_wecom
    from tui.outside.mail import deliver_waiting
    from tui.outside.wecom.syncing import keep_in_step

    home = home_of(words)
    with opened_store(home), marking(home):
        end_left(home)
        done = run_duties(RunnerPlace("host", host_source()))
        keep_watch()
        mailed = deliver_waiting()
        told = keep_in_step()
    if words.has("json"):
        tell_json({**asdict(done), "mail": asdict(mailed), "wecom": asdict(told)})
    else:
        tell(
            _(
                "Tasks opened: {opened}; reminders: {reminded}; escalations: {escalated}; "
                "vacancies: {vacant}; usage alarms: {watched}.",
                **asdict(done),
            )
        )
        if done.unreadable:
            warn(_("Nothing was done in {books}, whose rules can't be read.", books=listed(done.unreadable)))
        if done.erased:
            tell(_("{count} erased at the end of their time.", count=done.erased))
        if any(asdict(mailed).values()):
            tell(delivery_words(mailed))
        if any(asdict(told).values()):
            tell(said_of_wecom(told))
