"""The demonstration, made once and kept in ``.bench/`` of the source tree for as long as its schema holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from db.store.engine import close_store
from db.store.migrations import STEPS
from db.store.opening import open_store
from db.store.settings import BackupSettings, Home, Settings
from db.store.tables import Account
from tests.tui.front.running import ROOT
from tui.host.demo.start import fill
from tui.host.init import make_state

FOLDER = ROOT / ".bench"
CROWD = 1_000
"""Sessions that one person may have: a few stand for everybody here."""


@contextmanager
def demonstration() -> Iterator[tuple[Home, Mapping[str, int]]]:
    """Its folder, the store in it open, and the account of each login that has enrolled."""
    home = Home(FOLDER / f"demonstration-{len(STEPS)}")
    if not home.settings_file.exists():
        for outdated in FOLDER.glob("demonstration-*"):
            shutil.rmtree(outdated)
        kept = BackupSettings(to=("backups/one", "backups/two"))
        make_state(home, Settings(organisation="华星集团", sessions_per_person=CROWD, backups=kept), fill)
    open_store(home)
    active = Account.select().where((Account.state == "active") & Account.person.is_null(False))
    yield home, {account.login: account.id for account in active.order_by(Account.id)}
    close_store()
