"""Pick-up codes at the door: one file, one account, one source, five minutes, once."""

from __future__ import annotations

import shutil
from io import BytesIO
from threading import Thread

import bcrypt
import pytest

from auth import sessions
from auth.pickups import for_its_command, is_pickup_code, make_pickup, redeem_code
from auth.signin import SignIn
from db.desk import Actor, Desk, Refused, open_desk
from db.desk.accounts import pickups
from db.desk.accounts.pickups import LASTS, PickupView
from db.store.engine import Store, close_store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, Grant, Pickup
from db.store.transactions import writing
from tests.auth.conftest import HOME, answered, enrolled
from tests.conftest import Clock
from tests.world import World
from tui.plain.work import work

WORDS = ("report", "compliance", "--book", "staff", "--format", "csv")
FILE = "compliance.csv"


class Screen:
    """Somebody at a screen, from an address, and what they do in another window."""

    def __init__(self, world: World, login: str = "liuyang", source: str = HOME) -> None:
        self.world, self.login, self.source = world, login, source
        self.owner = enrolled(world, login)
        world.actor(login)
        signed = self.owner.sign_in(source)
        assert signed is not None
        self.session = signed.session
        self.desk: Desk = open_desk(sessions.resume(signed.session, "en"))

    def make(self, words: tuple[str, ...] = WORDS, **options: object) -> tuple[str, PickupView]:
        return make_pickup(self.desk, words, FILE, **options)  # type: ignore[arg-type]

    def come(self, code: str, source: str = "", login: str = "") -> Actor | None:
        """Sign in in another window by ``code``; the actor that it gives."""
        signed = answered(login or self.login, source or self.source, code, "")
        return None if signed is None else sessions.resume(signed.session, "en")

    def get(self, actor: Actor | None, *argv: str, sends: bytes = b"text") -> tuple[int, bytes, str]:
        """What the command of a session gives: its status, the file, and what it says."""
        assert actor is not None
        words = list(argv or ("get",))
        out, err = BytesIO(), BytesIO()
        status = work(words, open_desk(for_its_command(actor, words)), BytesIO(sends), out, err)
        return status, out.getvalue(), err.getvalue().decode()


@pytest.fixture
def screen(world: World, clock: Clock) -> Screen:
    return Screen(world)


def _acts(act: str, outcome: str = "done") -> int:
    return int(AuditRecord.select().where(AuditRecord.act == act, AuditRecord.outcome == outcome).count())


@pytest.mark.threat(75)
@pytest.mark.parametrize("typed", ["K7Q4-9MXD", "k7q49mxd", " K7Q4 9MXD "])
def test_what_has_the_form_of_a_pickup_code_is_told_by_its_form_alone(typed: str) -> None:
    assert is_pickup_code(typed)
    assert not is_pickup_code("a password of twelve")
    assert not is_pickup_code("K7Q4-9MXD-K7Q4")


def test_a_code_fetches_the_file_that_was_taken_out(screen: Screen) -> None:
    code, made = screen.make()
    assert screen.desk.pickups.mine()[0].is_open
    status, content, said = screen.get(screen.come(code.lower().replace("-", "")))
    assert status == 0
    assert content.startswith(b"\xef\xbb\xbf")
    assert "recorded" in said
    taken = screen.desk.pickups.mine()[0]
    assert (taken.number, taken.is_open, taken.taken_at is not None) == (made.number, False, True)


@pytest.mark.threat(75)
def test_three_wrong_tries_at_its_source_end_it_and_none_elsewhere(screen: Screen, clock: Clock) -> None:
    code, _made = screen.make()
    for _try in range(4):
        assert screen.come("0000-0000", "198.51.100.9") is None
    for _try in range(2):
        assert screen.come("0000-0000") is None
    assert screen.desk.pickups.mine()[0].is_open
    assert screen.come("0000-0000") is None
    assert not screen.desk.pickups.mine()[0].is_open
    assert screen.come(code) is None


@pytest.mark.threat(75)
def test_wrong_passwords_are_no_wrong_codes(screen: Screen) -> None:
    screen.make()
    for _try in range(4):
        assert answered(screen.login, HOME, "not the password", "") is None
    assert screen.desk.pickups.mine()[0].is_open


@pytest.mark.threat(75)
def test_a_wrong_code_is_held_back_like_a_wrong_password(screen: Screen) -> None:
    screen.make()
    for held in (1.0, 2.0):
        assert screen.come("0000-0000") is None
        assert SignIn(screen.login, HOME, "ssh").delay() == held


@pytest.mark.threat(75)
def test_the_door_works_alike_for_no_name_no_code_and_a_wrong_code(
    screen: Screen, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, costs = bcrypt.checkpw, []

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed[:7])
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    assert screen.come("0000-0000", login="nobody") is None
    assert screen.come("0000-0000", login="zhangwei") is None
    screen.make()
    assert screen.come("0000-0000") is None
    assert costs == [b"$2b$04$"] * 3


@pytest.mark.threat(75)
def test_five_minutes_and_a_clock_that_goes_back_end_it(screen: Screen, clock: Clock) -> None:
    code, _made = screen.make()
    clock.forward(minutes=LASTS.total_seconds() / 60)
    assert screen.come(code) is None
    code, _made = screen.make()
    clock.forward(hours=-1)
    assert screen.come(code) is None


@pytest.mark.threat(75)
def test_three_are_open_at_the_most(screen: Screen, clock: Clock) -> None:
    codes = []
    for _number in range(4):
        codes.append(screen.make()[0])
        clock.forward(seconds=1)
    assert [one.is_open for one in screen.desk.pickups.mine()].count(True) == 3
    assert screen.come(codes[0]) is None
    assert screen.come(codes[1]) is not None


@pytest.mark.threat(58)
def test_of_twenty_at_the_most_is_anything_kept_and_for_a_day(screen: Screen, clock: Clock) -> None:
    for _number in range(25):
        screen.make()
        clock.forward(seconds=1)
    assert Pickup.select().count() == 20
    clock.forward(days=1)
    screen.make()
    assert Pickup.select().count() == 1


@pytest.mark.threat(75)
def test_nothing_of_the_code_or_the_command_stands_in_clear(screen: Screen) -> None:
    code, _made = screen.make((*WORDS, "--scope", "张文"))
    row = Pickup.get()
    assert code.replace("-", "") not in str(row.__data__)
    assert "张文".encode() not in bytes(row.words)


@pytest.mark.threat(75)
def test_a_row_that_is_moved_or_prolonged_lets_nobody_in(screen: Screen, world: World, clock: Clock) -> None:
    """Whoever writes to the database has a code of their own, and lays it at somebody else's door."""
    code, _made = screen.make()
    other = enrolled(world, "zhangwei")
    victim = other.sign_in(HOME)
    assert victim is not None
    Pickup.update(account=other.account, session=victim.session).execute()
    assert screen.come(code, login="zhangwei") is None
    Pickup.update(account=screen.owner.account, session=screen.session, tries=0).execute()
    Pickup.update(until="2027-01-01T00:00:00.000000Z").execute()
    assert screen.come(code) is None


@pytest.mark.threat(76)
def test_it_is_good_once(screen: Screen) -> None:
    code, _made = screen.make()
    assert screen.come(code) is not None
    assert screen.come(code) is None


@pytest.mark.threat(76)
def test_of_two_commands_of_one_connection_one_gets_it(screen: Screen) -> None:
    code, _made = screen.make()
    actor = screen.come(code)
    assert actor is not None
    one, other = (open_desk(for_its_command(actor, ["get"])) for _time in range(2))
    taken: list[object] = []

    def take() -> None:
        try:
            taken.append(other.pickups.take())
        except Refused:
            taken.append(None)

    second = Thread(target=take)
    with writing():
        assert one.pickups.take() is not None
        second.start()
        second.join(0.5)
    second.join()
    assert taken == [None]


@pytest.mark.threat(76)
def test_of_two_who_race_one_gets_it(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody read it over a shoulder, sits behind the same address, and is as quick: both have read the row
    before either used it up."""
    code, _made = screen.make()
    stale = list(Pickup.select())

    class Read:
        def where(self, *_asked: object) -> list[Pickup]:
            return stale

    monkeypatch.setattr(pickups, "open_pickups", lambda _account: Read())
    with writing():
        got = [redeem_code(screen.owner.account, HOME, code) for _number in range(2)]
    assert [number is None for number in got] == [False, True]


@pytest.mark.threat(76)
def test_from_another_address_and_for_another_account_it_is_worth_nothing(
    screen: Screen, world: World
) -> None:
    code, _made = screen.make()
    enrolled(world, "zhangwei")
    assert screen.come(code, "198.51.100.9") is None
    assert screen.come(code, login="zhangwei") is None
    assert screen.come(code) is not None


@pytest.mark.threat(76)
@pytest.mark.parametrize(
    "argv", [("find", "张文"), ("mydata",), ("report", "compliance"), ("put", "a.txt"), ()]
)
def test_the_session_that_it_opens_does_nothing_else(screen: Screen, argv: tuple[str, ...]) -> None:
    actor = screen.come(screen.make()[0])
    assert actor is not None
    assert actor.strength == "pickup"
    if argv:
        status, content, said = screen.get(actor, *argv)
        assert (status, content) == (1, b"")
        assert "pick-up code" in said
    with pytest.raises(Refused):
        open_desk(actor).me.who()


@pytest.mark.threat(76)
def test_it_fetches_nothing_twice_and_nothing_else(screen: Screen) -> None:
    first, second = screen.make()[0], screen.make()[1]
    actor = screen.come(first)
    assert screen.get(actor, "get", second.number)[0] == 1
    assert screen.get(actor)[0] == 0
    assert screen.get(actor)[0] == 1


def test_a_word_written_wrongly_keeps_the_code_of_a_file_to_fetch(screen: Screen) -> None:
    code, _made = screen.make()
    actor = screen.come(code)
    assert screen.get(actor, "get", "--nonsense")[0] == 2
    assert actor is not None
    sessions.end_session(actor.session, "closed")
    assert screen.get(screen.come(code))[0] == 0


@pytest.mark.threat(76)
@pytest.mark.parametrize(("taken", "how"), [(True, "cut"), (True, "closed"), (False, "ended")])
def test_what_was_fetched_or_shut_out_does_not_come_again(screen: Screen, taken: bool, how: str) -> None:
    code, _made = screen.make()
    actor = screen.come(code)
    assert actor is not None
    if taken:
        assert screen.get(actor)[0] == 0
    sessions.end_session(actor.session, how)
    assert screen.come(code) is None


@pytest.mark.threat(76)
def test_what_was_fetched_is_not_made_good_again(screen: Screen) -> None:
    actor = screen.come(screen.make()[0])
    assert actor is not None
    desk = open_desk(for_its_command(actor, ["get"]))
    with pytest.raises(Refused):
        desk.pickups.renew("refused")
    assert screen.get(actor)[0] == 0
    with pytest.raises(Refused):
        desk.pickups.renew("refused")
    assert not screen.desk.pickups.mine()[0].is_open


@pytest.mark.threat(77)
@pytest.mark.parametrize("how", ["closed", "crashed", "idle", "stopped"])
def test_it_ends_with_the_session_that_made_it(screen: Screen, how: str) -> None:
    """Signed out, cut, ended by an administrator, or the server stopped or was started anew."""
    code, _made = screen.make()
    sessions.end_session(screen.session, how)
    assert screen.come(code) is None


@pytest.mark.threat(77)
def test_who_signs_out_between_the_door_and_the_file_has_none(screen: Screen) -> None:
    actor = screen.come(screen.make()[0])
    sessions.end_session(screen.session, "closed")
    assert screen.get(actor)[:2] == (1, b"")


@pytest.mark.threat(77)
def test_x_ends_it(screen: Screen) -> None:
    code, made = screen.make()
    screen.desk.pickups.end(made.number)
    assert screen.come(code) is None
    with pytest.raises(Refused):
        screen.desk.pickups.end(made.number)


@pytest.mark.threat(77)
def test_who_was_shut_out_meanwhile_fetches_nothing(screen: Screen) -> None:
    code, _made = screen.make()
    with writing():
        Account.update(state="disabled").where(Account.id == screen.owner.account).execute()
    assert screen.come(code) is None


@pytest.mark.threat(77)
def test_a_right_that_was_withdrawn_meanwhile_is_none(screen: Screen) -> None:
    """Between the door and the first byte, too."""
    actor = screen.come(screen.make()[0])
    with writing():
        Grant.delete().execute()
    status, content, said = screen.get(actor)
    assert (status, content) == (1, b"")
    assert "right" in said
    assert _acts("overview.export") == 0


@pytest.mark.threat(77)
def test_a_regulation_that_forbids_it_meanwhile_forbids_it(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = screen.come(screen.make()[0])
    monkeypatch.setattr(pickups, "_forbidden", lambda _permissions: "A.12")
    status, content, said = screen.get(actor)
    assert (status, content) == (1, b"")
    assert "A.12" in said
    assert not screen.desk.pickups.offered()
    with pytest.raises(Refused):
        screen.make()


@pytest.mark.threat(77)
def test_the_record_is_written_before_the_first_byte(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line breaks at the first byte: what left is on record all the same, as an export like any other."""

    class Broken(BytesIO):
        def write(self, _content: object) -> int:
            assert _acts("overview.export") == 1
            assert _acts("pickups.take") == 1
            raise BrokenPipeError

    actor = screen.come(screen.make()[0])
    assert actor is not None
    assert work(["get"], open_desk(for_its_command(actor, ["get"])), BytesIO(), Broken(), BytesIO()) == 1
    assert _acts("overview.export") == 1


@pytest.mark.threat(77)
def test_after_a_sign_in_by_password_the_file_that_waits_is_fetched_once(
    screen: Screen, clock: Clock
) -> None:
    """From another address, where the code is worth nothing."""
    screen.make()
    signed = screen.owner.sign_in("198.51.100.9", code=screen.owner.code(1))
    assert signed is not None
    actor = sessions.resume(signed.session, "en")
    number = screen.make()[1].number
    status, _content, said = screen.get(actor)
    assert status == 1
    assert number in said
    assert screen.get(actor, "get", number)[0] == 0
    assert screen.get(actor)[0] == 0
    assert "No file waits" in screen.get(actor)[2]


@pytest.mark.threat(76)
def test_at_the_host_s_own_terminal_there_are_none(world: World, clock: Clock) -> None:
    here = Screen(world, source="console")
    assert not here.desk.pickups.offered()
    with pytest.raises(Refused):
        here.make()


@pytest.mark.threat(76)
def test_a_code_made_on_one_host_is_good_once_on_another(
    store: Store, home: Home, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two work with one database: keys and record are the same, the folders are not."""
    if not store.is_postgresql:
        pytest.skip("one host alone opens a file")
    code, made = screen.make()
    other = Home(home.folder.parent / "other")
    other.folder.mkdir(mode=0o700)
    other.policies.mkdir()
    shutil.copytree(home.keys, other.keys)
    with monkeypatch.context() as patched:
        patched.setattr("socket.gethostname", lambda: "db-two")
        close_store()
        open_store(other, store.settings)
        status, content, _said = screen.get(screen.come(code))
        assert (status, content[:3]) == (0, b"\xef\xbb\xbf")
        close_store()
    open_store(home, store.settings)
    assert screen.come(code) is None
    (seen,) = screen.desk.pickups.mine()
    assert (seen.number, seen.is_open, seen.taken_at is not None) == (made.number, False, True)
