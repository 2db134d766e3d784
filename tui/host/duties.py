"""`mingce duties run`: what the server does by itself every few minutes, once and now."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from db.language import _
from db.store.settings import Home
from tui.host.operator import opened, system_user
from tui.host.shell import state_folder, tell, tell_json


def run(folder: Path | None, json: bool) -> int:
    """Open, remind and escalate, send the mail that waits, and keep WeCom in step; the exit status."""
    from auth.refusals import keep_watch
    from db.desk.tasks.duties import RunnerPlace
    from db.desk.tasks.duties import run as run_duties
    from tui.front.duties import mark_done
    from tui.front.leftovers import end_left
    from tui.host.mail import said
    from tui.host.wecom import said as said_of_wecom
    from tui.outside.mail import deliver_waiting
    from tui.outside.wecom.syncing import keep_in_step

    with opened(Home(state_folder(folder))):
        end_left(Home(state_folder(folder)))
        done = run_duties(RunnerPlace("host", f"host:{system_user()}"[:64]))
        keep_watch()
        mailed = deliver_waiting()
        told = keep_in_step()
    mark_done(Home(state_folder(folder)))
    if json:
        tell_json({**asdict(done), "mail": asdict(mailed), "wecom": asdict(told)})
    else:
        tell(
            _(
                "Tasks opened: {opened}; reminders: {reminded}; escalations: {escalated}; "
                "vacancies: {vacant}; usage alarms: {watched}.",
                **asdict(done),
            )
        )
        if done.erased:
            tell(_("{count} erased at the end of their time.", count=done.erased))
        if any(asdict(mailed).values()):
            tell(said(mailed))
        if any(asdict(told).values()):
            tell(said_of_wecom(told))
    return 0
