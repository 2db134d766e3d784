"""The book under WeCom's regulation, connected to a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from db.store import engine
from db.store.engine import Store
from db.store.settings import WeComSettings as Settings
from tests.tui.outside.wecom_server import CORPID, SECRET, WeCom, wecom_server
from tui.outside.wecom.syncing import Synced, compare, keep_in_step, tell_waiting

BOOK = "wecom"


@contextmanager
def connected(store: Store, patch: pytest.MonkeyPatch, **more: object) -> Iterator[WeCom]:
    """The store's settings name a WeCom, whose secret is in a file of the keys."""
    with wecom_server(store.home.folder) as server:
        secret = store.home.keys / "wecom"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o400)
        given = {
            "corpid": CORPID, "base_url": f"https://127.0.0.1:{server.port}", "ca_file": "ca.pem",
            "wechat_attribute": "微信号",
        }  # fmt: skip
        settings = store.settings.model_copy(update={"wecom": Settings.model_validate({**given, **more})})
        patch.setattr(engine, "_open", replace(store, settings=settings))
        yield server


def _no_wait(_seconds: float) -> None:
    """Tests don't wait."""


def told() -> Synced:
    """What waits is told."""
    return tell_waiting(sleep=_no_wait)


def compared(*books: str) -> Synced:
    """Both sides are compared."""
    return compare(books or (BOOK,), sleep=_no_wait)


def in_step() -> Synced:
    """What the duty runner does."""
    return keep_in_step(sleep=_no_wait)
