"""The demonstration's WeCom: a stand-in on this machine, which its settings name and which runs beside it."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from db.store.settings import Home, Settings, WeComSettings
from tui.host.demo.certificate import CERTIFICATE, write_certificate
from tui.host.demo.wecom import ADDRESS
from tui.host.demo.wecom_members import WECHAT_ATTRIBUTE
from tui.host.init import write_settings

CORPID = "ww-demonstration"


def connect(home: Home, settings: Settings) -> None:
    """Write a certificate and settings that name a stand-in for WeCom on a free port. Called last, so that
    nobody entered before waits to be told."""
    write_certificate(home.folder)
    made = WeComSettings(
        corpid=CORPID,
        base_url=f"https://{ADDRESS}:{_free_port()}",
        ca_file=CERTIFICATE,
        wechat_attribute=WECHAT_ATTRIBUTE,
    )
    secret = home.folder / made.secret_file
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_hex(16) + "\n", "utf-8")
    secret.chmod(0o400)
    write_settings(home, settings.model_copy(update={"wecom": made}))


@contextmanager
def standing_in(home: Home) -> Iterator[None]:
    """Run the WeCom stand-in as a child process during the body. If it can't run, the demonstration shows
    that WeCom can't be reached."""
    words = [sys.executable, "-P", "-m", "tui.host.demo.wecom", str(home.folder)]
    child = subprocess.Popen(words, stdin=subprocess.PIPE)  # noqa: S603 - our own words
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((ADDRESS, 0))
        return int(one.getsockname()[1])
