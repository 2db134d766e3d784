"""People on their way in: the application in front of them, and what they type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyotp
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot

from auth import sessions, totp
from auth.enrolment import new_activation
from auth.passwords import hash_of
from auth.signin import SignIn
from db.desk import open_desk
from db.store import clock
from db.store.tables import Account
from tests.tui.conftest import View
from tui.app import MingceApp
from tui.kit import Look, Memory, Mode, Reader

PASSWORD = "correct-horse-battery"
NEXT = "another-horse-battery"
TYPED = 8
"""So many characters are typed rather than pasted."""
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def invite(account: int) -> str:
    """A valid activation code for an account."""
    code, digest, until = new_activation()
    bound = Account.code_of(account, "activation", digest)
    Account.update(state="invited", password=None, activation=bound, activation_until=until).where(
        Account.id == account
    ).execute()
    return code


def enrol(account: int) -> None:
    """Make an account ready, with PASSWORD and SECRET."""
    Account.update(
        state="active",
        password=Account.password_of(account, hash_of(PASSWORD)),
        password_set_at=clock.now(),
        totp=totp.seal_secret(account, SECRET),
        totp_step=0,
    ).where(Account.id == account).execute()


def present_code(secret: str = SECRET) -> str:
    """What an authenticator with ``secret`` shows now."""
    return pyotp.TOTP(secret).at(clock.utcnow())


def app_of(
    login: str, password: str, code: str, view: View | None = None, modes: Sequence[Mode] = ()
) -> MingceApp:
    """The application of somebody who has just answered both questions, with ``modes`` behind the gates."""
    signed = SignIn(login, "192.0.2.7", "ssh").answer(password, code)
    assert signed is not None
    session = signed.session
    return MingceApp(
        language=view.language if view else "zh_CN",
        look=view.look if view else Look(),
        renew=lambda: open_desk(sessions.resume(session)),
        reader=Reader(login),
        memory=Memory(),
        modes=modes,
    )


async def type_in(pilot: Pilot[Any], *lines: str) -> None:
    """Type each of ``lines`` and Enter after it, as a person would: one after the other. What is as long
    as a password is pasted, as people do."""
    await pilot.pause()
    for line in lines:
        if len(line) > TYPED:
            pilot.app.post_message(Paste(line))
            await pilot.press("enter")
        else:
            await pilot.press(*keys(line), "enter")
        await settled(pilot)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait for what a command has begun."""
    await pilot.pause()
    for worker in list(pilot.app.workers):
        if worker.name in ("do_next", "do_change", "do_enter", "do_others"):
            await worker.wait()
    await pilot.pause()


def text_of(app: App[int]) -> str:
    """What the terminal shows."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips(app.size))


def keys(text: str) -> Iterable[str]:
    """The keys that type ``text``."""
    return ["minus" if character == "-" else character for character in text]
