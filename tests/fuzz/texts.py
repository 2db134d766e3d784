"""Texts of the host: regulations, settings, accounts, and what lies outside the database or comes from
another system."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.desk.outside.people import OutsidePerson
from db.language import LANGUAGES, Text, say
from db.policy.compose import try_compose
from db.policy.loader import check, load
from db.policy.regulation import PolicyError
from db.store.backups.backup_store import NotStored, manifests
from db.store.backups.vault import VaultBroken, lines
from db.store.checkpoints import FILE, Forged, read
from db.store.journal.frames import SUFFIX
from db.store.journal.reading import transactions
from db.store.settings import Home, Settings, SettingsError, WeComSettings
from tests.fuzz.target import Read, Target
from tui.host.demo.start import ACCOUNTS, read_accounts
from tui.host.shell import CommandFailure
from tui.outside.reaching import trust
from tui.outside.wecom.client import Client, NotNow, WeComError
from tui.outside.wecom.departments import WeComDepartments
from tui.outside.wecom.fields import differing_fields

KEY = b"k" * 32
BETWEEN = b"\n--\n"
"""Between the answers that another system gives one after the other."""


@contextmanager
def policies() -> Iterator[Read]:
    """A regulation: findings with words, or one that can be composed."""
    yield _policy


def _policy(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    findings = check(text)
    for finding in findings:
        assert finding.line >= 0
        _said(finding.message)
    try:
        regulation = load(text)
    except PolicyError as refused:
        regulation, told = None, list(refused.findings)
    else:
        told = []
    assert told == findings
    if regulation is None:
        return "findings"
    composed = try_compose("book", [regulation])
    return "to decide" if composed.findings else "composed"


@contextmanager
def policy_files() -> Iterator[Read]:
    """`mingce policy check FILE`."""
    from tui.host.policy import _findings

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        file = Path(folder) / "own.toml"

        def look(content: bytes) -> str:
            file.write_bytes(content)
            try:
                return "findings" if _findings(file) else "sound"
            except CommandFailure:
                return "refused"

        yield look


@contextmanager
def settings_files() -> Iterator[Read]:
    """``settings.toml``."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        home = Home(Path(folder))

        def look(content: bytes) -> str:
            home.settings_file.write_bytes(content)
            try:
                settings = home.settings()
            except SettingsError as error:
                return _said(error.message)
            assert isinstance(settings, Settings)
            home.database_url(settings)
            return "read"

        yield look


def _said(message: Text) -> str:
    """A refusal has words in every language."""
    assert all(say(message, language) for language in LANGUAGES)
    return "refused"


@contextmanager
def account_files() -> Iterator[Read]:
    """``accounts.json`` of a demonstration."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        home = Home(Path(folder))

        def look(content: bytes) -> str:
            (home.folder / ACCOUNTS).write_bytes(content)
            try:
                found = read_accounts(home)
            except CommandFailure:
                return "refused"
            assert all(isinstance(one["login"], str) for one in found)
            return "read"

        yield look


@contextmanager
def backup_places() -> Iterator[Read]:
    """A place with backups: a manifest, the head of a vault, checkpoints, a journal. None of them is ours,
    so none may count."""
    public = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        note, vault = folder / "mingce-20261124T000000Z-1.json", folder / "mingce-20261124T000000Z-1.backup"
        journal = folder / f"x{SUFFIX}"
        vault.touch()

        def look(content: bytes) -> str:
            note.write_bytes(content)
            (folder / FILE).write_bytes(content)
            journal.write_bytes(content)
            vault.write_bytes(content)
            found: list[str] = []
            try:
                for manifest in manifests(folder):
                    assert isinstance(manifest.name, str)
                    assert (folder / manifest.name).parent == folder
                    assert isinstance(manifest.seq, int)
                    found.append("manifest")
            except NotStored:
                found.append("not read")
            try:
                assert not read(folder, public)
            except Forged:
                found.append("forged")
            assert not list(transactions([folder], [KEY], 0))
            with vault.open("rb") as stream:
                try:
                    list(lines(stream, [KEY]))
                except VaultBroken:
                    found.append("broken")
            return " ".join(found)

        yield look


@contextmanager
def wecom_answers() -> Iterator[Read]:
    """What WeCom answers, to one call after the other."""
    settings = WeComSettings(corpid="ww1", wechat_attribute="wx")
    trusted = trust("")

    def look(content: bytes) -> str:
        answers = content.split(BETWEEN)
        asked = 0

        def answer(request: httpx.Request) -> httpx.Response:
            nonlocal asked
            if request.url.path.endswith("/gettoken"):
                return httpx.Response(200, json={"errcode": 0, "access_token": "t", "expires_in": 7200})
            asked += 1
            assert asked < 2000, "asked without end"
            return httpx.Response(200, content=answers[min(asked, len(answers)) - 1])

        with Client("https://x", "ww1", "s", trust=trusted, sleep=lambda _seconds: None) as client:
            client._http = httpx.Client(base_url="https://x/cgi-bin", transport=httpx.MockTransport(answer))
            try:
                ids = list(islice(client.member_ids(), 1000))
                departments = WeComDepartments(client, 1)
                for one in client.members(1):
                    assert isinstance(one["userid"], str)
                    for number in one.get("department", ()):
                        departments.path(number)
                    differing_fields(TOLD, one, (), settings)
                client.create_department("x", 1)
                client.member(ids[0] if ids else "x")
                client.member_of_mobile("1")
                client.delete_member("x")
            except (WeComError, NotNow) as problem:
                return type(problem).__name__
        return "answered"

    yield look


TOLD = OutsidePerson(
    entry=1, person=1, book="staff", account="zhangwei", known=True,
    values={"name": "张伟", "mobile": "+8613800002121", "wechat": "wx1"},
)  # fmt: skip

TARGETS = (
    Target("policy", "a regulation", policies, examples=150),
    Target("policy-file", "`mingce policy check FILE`", policy_files, examples=80),
    Target("settings", "settings.toml", settings_files, examples=200),
    Target("accounts", "accounts.json", account_files, examples=200),
    Target("backups", "a place with backups", backup_places, examples=200),
    Target("wecom", "what WeCom answers", wecom_answers, examples=150),
)
