"""Pick-up codes by which a file comes in: refused files, tries, and files that race."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.pickups import for_its_command
from db.desk import Refused, open_desk
from db.language import say
from tests.auth.test_pickups import Screen
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
def screen(world: World, clock: Clock) -> Screen:
    return Screen(world)


@pytest.mark.threat(76)
def test_one_that_brings_a_file_in_fetches_none(screen: Screen) -> None:
    code, _made = screen.make((), coming=True)
    actor = screen.come(code)
    assert screen.get(actor, "get")[:2] == (1, b"")
    assert screen.get(actor, "put", "a.txt")[0] == 0
    assert [file.name for file in screen.desk.evidence.tray()] == ["a.txt"]


OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def test_a_file_that_is_refused_leaves_its_code_good_and_the_screen_says_why(screen: Screen) -> None:
    code, made = screen.make((), coming=True)
    status, _content, said = screen.get(screen.come(code), "put", "list.xls", sends=OLD_WORKBOOK)
    assert (status, "Save an old .xls as .xlsx" in said, "2 more tries" in said) == (1, True, True)
    seen = screen.desk.pickups.mine()[0]
    assert (seen.number, seen.is_open, seen.taken_at) == (made.number, True, None)
    assert "Save an old .xls as .xlsx" in say(seen.refused, "en")
    assert screen.get(screen.come(code), "put", "list.csv")[0] == 0
    seen = screen.desk.pickups.mine()[0]
    assert (seen.is_open, seen.taken_at is not None) == (False, True)
    assert [file.name for file in screen.desk.evidence.tray()] == ["list.csv"]


def test_what_was_refused_is_said_in_the_language_of_its_reader(screen: Screen) -> None:
    code, _made = screen.make((), coming=True)
    assert "larger than 5 MB" in screen.get(screen.come(code), "put", "a.txt", sends=b"a" * 5_300_000)[2]
    why = screen.desk.pickups.mine()[0].refused
    assert (say(why, "zh_CN"), say(why, "en")) == ("文件超过 5 MB。", "The file is larger than 5 MB.")


@pytest.mark.parametrize(("typed", "name"), [((), "file.txt"), (("my", "list.txt"), "my list.txt")])
def test_a_file_comes_in_however_its_name_is_typed(screen: Screen, typed: tuple[str, ...], name: str) -> None:
    """Without one, and with a blank that no quotation marks keep: neither costs the code."""
    assert screen.get(screen.come(screen.make((), coming=True)[0]), "put", *typed)[0] == 0
    assert [file.name for file in screen.desk.evidence.tray()] == [name]


@pytest.mark.threat(76)
def test_each_file_that_is_refused_is_a_try(screen: Screen) -> None:
    code, _made = screen.make((), coming=True)
    for left in ("2 more tries", "1 more try", "Make another"):
        assert left in screen.get(screen.come(code), "put", "a.xls", sends=OLD_WORKBOOK)[2]
    assert not screen.desk.pickups.mine()[0].is_open
    assert screen.come(code) is None


@pytest.mark.parametrize("how", ["closed", "cut"])
@pytest.mark.parametrize("words", [("put", "--nonsense"), ("put",)])
def test_what_brought_no_file_keeps_its_code_and_is_a_try(
    screen: Screen, words: tuple[str, ...], how: str
) -> None:
    """An option that is not known, and a line that was cut half-way through the file."""
    code, _made = screen.make((), coming=True)
    for left in (2, 1, 0):
        actor = screen.come(code)
        assert actor is not None
        assert screen.come(code) is None  # while the first one is inside
        if len(words) > 1:
            assert screen.get(actor, *words)[0] == 2
        else:
            open_desk(for_its_command(actor, words)).pickups.take(coming=True)
        sessions.end_session(actor.session, how)
        seen = screen.desk.pickups.mine()[0]
        assert (seen.is_open, say(seen.refused, "zh_CN")) == (left > 0, "上一次未收到文件，请重新发送。")
    assert screen.come(code) is None


@pytest.mark.threat(76)
def test_the_connection_whose_file_was_refused_sends_and_fetches_nothing_more(screen: Screen) -> None:
    """It came by the code once; the code lets the next one in. Nor does it get what else waits."""
    actor = screen.come(screen.make((), coming=True)[0])
    screen.make()
    assert screen.get(actor, "put", "a.xls", sends=OLD_WORKBOOK)[0] == 1
    assert screen.get(actor, "put", "a.txt")[0] == 1
    assert screen.get(actor)[:2] == (1, b"")
    assert screen.desk.evidence.tray() == ()


@pytest.mark.threat(76)
def test_of_two_files_by_one_code_one_comes_in(screen: Screen) -> None:
    """Two commands of one connection were both let through before either file was there; nor does the one
    that is refused make the code good again."""
    actor = screen.come(screen.make((), coming=True)[0])
    assert actor is not None
    one, other = (open_desk(for_its_command(actor, ["put"])) for _time in range(2))
    assert one.pickups.take(coming=True)
    assert other.pickups.take(coming=True)
    one.evidence.add("one.txt", b"one")
    with pytest.raises(Refused):
        other.evidence.add("other.txt", b"other")
    with pytest.raises(Refused):
        other.pickups.renew("refused")
    assert [file.name for file in screen.desk.evidence.tray()] == ["one.txt"]
    assert not screen.desk.pickups.mine()[0].is_open
