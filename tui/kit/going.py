"""What the box of g offers on a screen, and how what was chosen is begun, here or in another place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from db.language import _
from tui.jobs import Job
from tui.kit.command_palette import Palette, Taken
from tui.kit.go_target import GoTarget, target_of
from tui.kit.keyed import Keyed
from tui.kit.mode import Mode

if TYPE_CHECKING:
    from tui.kit.base import KitApp


async def go_by_box(screen: Keyed) -> None:
    """Open the box of g, and go to or do what the reader chooses."""
    app, modes = screen.app, screen.reachable_modes()
    box = Palette(screen.offered_commands(), modes, app.jobs, app.finder(), [*_other_targets(screen)])
    taken: Taken | None = await app.push_screen_wait(box)
    if taken is None:
        return
    chosen, hint = taken
    if isinstance(chosen, Job):
        await begin_job(screen, chosen)
    elif isinstance(chosen, GoTarget):
        steps = chosen.go()
        if steps is not None:
            await steps
    elif not isinstance(chosen, Mode):
        screen.perform(chosen.id)
    elif chosen.id == app.current_mode:
        screen.go_to(chosen.id)
    else:
        await app.switch_mode(chosen.id)
    if hint:
        app.tell(hint)


def _other_targets(screen: Keyed) -> Iterator[GoTarget]:
    """Yield the screen's commands that are not possible now, dimmed, and those of other modes, which go there
    first."""
    offered = {command.id for command in screen.offered_commands()}
    for command in screen.KEYS:
        if command.id not in offered:
            yield target_of(command, None, lambda: None, _("not possible now"))
    for mode in screen.reachable_modes():
        there = mode.screen
        is_here = mode.id == screen.app.current_mode
        if is_here or not isinstance(there, type) or not issubclass(there, Keyed):
            continue
        for command in there.KEYS:
            if command.key not in ("enter", "escape", "slash"):
                yield target_of(command, mode, partial(_do_there, screen.app, mode, command.id))


async def begin_job(screen: Keyed, job: Job) -> None:
    """Switch to the place of a job and begin it, or show which keys to press there."""
    if not job.keys[:1].isdigit():
        screen.perform(job.begins)
    app = screen.app
    for mode in screen.reachable_modes():
        if not job.is_at(mode.digit):
            continue
        more = job.keys.removeprefix(mode.digit)
        if job.begins and mode.id == app.current_mode:
            screen.perform_there(job.begins)
        elif job.begins:
            await _do_there(app, mode, job.begins)
        else:
            screen.go_to(mode.id)
            if more:
                app.call_later(app.tell, _("{job}: now press {keys}", job=job.title, keys=more.strip()))


async def _do_there(app: KitApp, mode: Mode, command_id: str) -> None:
    await app.switch_mode(mode.id)
    there = app.screen
    if isinstance(there, Keyed):
        there.call_after_refresh(there.perform_there, command_id)
