"""A revision is posted to everybody in WeCom too, and what came back is on record (G.9)."""

from __future__ import annotations

import json

import pytest

from db.desk.tasks.duties import RunnerPlace
from db.language import say
from db.policy.loader import REGULATIONS
from db.store.engine import Store
from db.store.tables import AuditRecord, Notice
from tests.audited import detail_of
from tests.conftest import Clock
from tests.rules import issue
from tests.tui.outside.wecom_server import SECRET
from tests.tui.outside.wecom_world import BOOK, connected
from tests.wider_world import build_wider_world
from tests.world import World
from tui.outside.wecom.posting import post_revisions
from tui.sheets.revisions import REVISIONS

PLACE = RunnerPlace("serve", "serve:test")
AGENT = 1000002


@pytest.fixture
def cloud(store: Store, clock: Clock) -> World:
    """The book under WeCom's regulation."""
    return build_wider_world(BOOK)


def revise(world: World, version: str = "2") -> None:
    """Announce another version of the regulation."""
    text = (REGULATIONS / "wecom.toml").read_text("utf-8")
    text = text.replace('version = "1.4"', f'version = "{version}"').replace("2026-01-01", "2026-12-01")
    issue(world, "huanghr", text)


def post() -> int:
    """What the duty runner does, without waiting."""
    return post_revisions(PLACE, sleep=lambda _seconds: None)


@pytest.mark.clause("G.9")
def test_a_revision_is_posted_to_all_members_once_and_what_came_back_is_on_record(
    cloud: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(store, monkeypatch, message_agent=AGENT) as server:
        _message_secret(store)
        assert post() == 0
        revise(cloud)
        server.unreached.append("shuqi")
        assert (post(), post()) == (1, 0)
        (message,) = server.posted
    assert (message["touser"], message["agentid"]) == ("@all", AGENT)
    for words in ("企业微信通讯录管理制度", "2026-12-01", "version 2"):
        assert words in message["text"]["content"]
    record = AuditRecord.select().where(AuditRecord.act == "outside.posted").get()
    assert (record.outcome, record.clause, record.book) == ("done", "G.9", BOOK)
    assert '"message":"m1"' in detail_of(record)
    assert '"unreached":["shuqi"]' in detail_of(record)
    (revision,) = cloud.desk("huanghr").policies.revisions(BOOK)
    assert say(revision.posted, "en") == "posted on 2026-11-23; not reached: shuqi"


@pytest.mark.clause("G.9")
def test_what_wecom_refuses_is_on_record_and_tried_again(
    cloud: World, store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with connected(store, monkeypatch, message_agent=AGENT) as server:
        revise(cloud)
        assert post() == 0, "its secret is not there"
        _message_secret(store)
        server.refuse("/message/send", 60020)
        assert post() == 0
        (revision,) = cloud.desk("huanghr").policies.revisions(BOOK)
        assert "60020" in say(revision.posted, "en")
        assert SECRET not in "".join(row.detail for row in Notice.select())
        assert post() == 1
        outcomes = [row.outcome for row in AuditRecord.select().where(AuditRecord.act == "outside.posted")]
        assert outcomes == ["failed", "failed", "done"]
        revise(cloud, "3")
        clock.forward(days=4)
        assert post() == 0, "too late to be news"


def test_nothing_is_posted_where_no_application_is_named(
    cloud: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(store, monkeypatch) as server:
        revise(cloud)
        assert (post(), server.posted) == (0, [])
    assert "posted" not in json.loads(Notice.get(Notice.kind == "revision").detail)
    assert posted_of(cloud) == "not by the program: post it there yourself (G.9)"


@pytest.mark.clause("G.9")
def test_who_supervises_reads_that_a_revision_is_not_posted_yet_and_when_nobody_tries_any_more(
    cloud: World, store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with connected(store, monkeypatch, message_agent=AGENT):
        revise(cloud)
        assert posted_of(cloud) == "not yet"
        clock.forward(days=4)
        assert posted_of(cloud) == "not by the program: post it there yourself (G.9)"
    (revision,) = cloud.desk("huanghr").policies.revisions(BOOK)
    assert REVISIONS.facts is not None
    assert (say(revision.posted, "zh_CN"),) == ("本系统未公示，请自行在外部公示（G.9）",)
    assert revision.posted in [value for _label, value in REVISIONS.facts(revision)]


def posted_of(world: World) -> str:
    (revision,) = world.desk("huanghr").policies.revisions(BOOK)
    return say(revision.posted, "en")


def _message_secret(store: Store) -> None:
    secret = store.home.keys / "wecom-message"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o400)
