"""The WeCom that the demonstration stands in for, reached by a test."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from unittest import mock

from db.store.settings import Home, Settings
from tests.ports import held_port
from tui.host.demo import outside
from tui.host.demo.outside import connect
from tui.outside.wecom.client import Client, NotNow


@contextmanager
def connected_settings(folder: Path) -> Iterator[Settings]:
    """Settings of a state folder that name a stand-in, with what it takes."""
    (folder / "keys").mkdir()
    with held_port() as port, mock.patch.object(outside, "_free_port", return_value=port):
        connect(Home(folder), Settings())
        yield Home(folder).settings()


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
