"""What people hear of their sign-in: every kind can be said on Today and in a mail, in both languages."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter
from typing import get_args

import pytest

from db.desk.accounts.account_notices import Kind
from db.desk.notifications.post import OutgoingLetter, next_letter
from db.language import Language
from db.store import engine
from db.store.engine import Store
from db.store.settings import Mail
from db.store.tables import Account, Notice, OutgoingMail
from reports.mail_letters import BODIES, SUBJECTS, body_of, subject_of
from tests.agreed import agreed
from tests.auth.conftest import enrolled
from tests.auth.test_resets import ask, vouch
from tests.conftest import Clock
from tests.db.desk.lives import leave, take_out
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.notice_words import WORDS


@pytest.mark.threat(32)
def test_every_kind_has_its_words() -> None:
    kinds = set(get_args(Kind))
    assert kinds <= set(WORDS)
    assert kinds <= set(SUBJECTS)
    assert kinds <= set(BODIES)


@pytest.mark.threat(32)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", sorted(get_args(Kind)))
def test_a_mail_of_every_kind_can_be_written(world: World, kind: str, language: Language) -> None:
    """One that can't stands before all that wait behind it."""
    detail = {"who": "曾晴", "by": "liuyang", "source": "203.0.113.0/24", "until": "2027-01-31"}
    detail |= {"day": "2026-11-27", "clause": "A.10", "role_zh": "人力资源", "role_en": "Human resources"}
    more = {"count": 3, "knowing": 1, **({"operation": "accounts.grant"} if kind.startswith("power") else {})}
    letter = OutgoingLetter(1, kind, "staff", "张伟", "", language, None, {**detail, **more}, 0)
    said = subject_of(letter) + body_of(letter)
    asked = {name for _text, name, _format, _how in Formatter().parse(BODIES[kind].text)}
    assert [
        told for name, told in detail.items() if name in asked - {"by", "clause"} and told not in said
    ] == []
    assert (detail["day"] in said) >= (kind == "right-given"), "from when a role is theirs"


@pytest.mark.threat(32)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_owner_and_supervisor_hear_of_a_reset_by_mail(
    store: Store, world: World, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Outside the account that is to be stolen, to the address on record."""
    mail = Mail(host="localhost", port=25, sender="mingce@huaxing.example", tls="none")
    settings = store.settings.model_copy(update={"mail": mail, "language": language})
    monkeypatch.setattr(engine, "_open", replace(store, settings=settings))
    enrolled(world, "zengqing")
    vouch(world.desk("helei"), ask(world.desk("guotao"), "zengqing"))
    holder = world.accounts["sunli"]
    agreed(
        lambda: world.desk("liuyang").accounts.grant(holder, "staff", "safety", None, None),
        world.desk("guotao"),
    )
    letters = []
    while (letter := next_letter()) is not None:
        letters.append((letter.name, letter.kind, subject_of(letter), body_of(letter)))
    told = {(name, kind) for name, kind, _subject, _body in letters}
    assert told >= {
        ("曾晴", "power-asked"), ("曾晴", "reset-vouched"), ("何磊", "power-asked"),
        ("郭涛", "reset-half"), ("何磊", "reset-half"), ("孙丽", "right-given"), ("何磊", "right-given"),
    }  # fmt: skip
    for _name, _kind, subject, body in letters:
        assert "{" not in subject + body
        assert "None" not in body
    assert OutgoingMail.select().count() == len(letters)
    assert Account.get_by_id(world.accounts["zengqing"]).activation is None
    assert Notice.select().count() > 0


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_whoever_loses_access_with_the_last_day_hears_of_it_by_mail(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """When it is entered, when it is over with copies to hand back, and when it is off the record again."""
    mail = Mail(host="localhost", port=25, sender="mingce@huaxing.example", tls="none")
    settings = store.settings.model_copy(update={"mail": mail, "language": language})
    monkeypatch.setattr(engine, "_open", replace(store, settings=settings))
    world = build_wider_world("secured")
    take_out(world, "shibu", "ABCD-EFGH")
    request = leave(world, "fuhr", "shibu", "secured", day="2026-11-27")
    clock.set("2026-11-28T00:00:01+08:00")
    world.desk("qinyu").me.who()
    world.desk("fuhr").requests.withdraw(request)
    letters = []
    while (letter := next_letter()) is not None:
        letters.append((letter.name, letter.kind, letter.address, subject_of(letter), body_of(letter)))
    told = [letter for letter in letters if letter[1].startswith("last-day")]
    assert [(name, kind) for name, kind, *_rest in told] == [
        ("石布", "last-day"), ("石布", "last-day-over"), ("石布", "last-day-lifted"),
    ]  # fmt: skip
    for _name, _kind, address, subject, body in told:
        assert "@" in address
        assert "{" not in subject + body
    entered, over, _lifted = (body for *_rest, body in told)
    assert "2026-11-27" in entered
    assert {"zh_CN": "副本须交还", "en": "copies to hand back"}[language] in over
