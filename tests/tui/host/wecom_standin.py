"""The WeCom that the demonstration stands in for, reached by a test."""

from __future__ import annotations

import ssl
from pathlib import Path
from time import sleep

from db.store.settings import Home, Settings
from reports.wecom.client import Client, NotNow
from tui.host.demo.outside import connect


def connected_settings(folder: Path) -> Settings:
    """Settings of a state folder that name a stand-in, with what it takes."""
    (folder / "keys").mkdir()
    connect(Home(folder), Settings())
    return Home(folder).settings()


def reached(folder: Path) -> Client:
    """A client of the stand-in of ``folder``, once that answers."""
    made = Home(folder).settings().wecom
    assert made is not None
    secret = (folder / made.secret_file).read_text("utf-8").strip()
    trust = ssl.create_default_context(cafile=str(folder / made.ca_file))
    for _second in range(60):
        try:
            client = Client(made.base_url, made.corpid, secret, trust=trust, sleep=no_wait)
            client.departments()
        except NotNow:
            sleep(1)
        else:
            return client
    raise TimeoutError


def no_wait(_seconds: float) -> None:
    """Nothing is waited for."""
