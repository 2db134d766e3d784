"""Tokens of scripts at the door: what they name, from where they are good, until when, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from auth import sessions, signin
from auth.password_age import PasswordAge
from auth.tokens import is_token, new_token, stands_alone
from db.desk import Actor, Invalid, Refused, SessionOver, open_desk
from db.desk.accounts.new_accounts import end_of
from db.desk.accounts.tokens import MOST, TokenView
from db.desk.authority.permissions import Permissions, policy_of
from db.desk.due_dates import today
from db.desk.frame import BY_TOKEN, OPERATIONS, TAKES_OUT, TOKEN, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.requests.power_lines import lines_of
from db.language import _, say
from db.policy.effective import EffectivePolicy
from db.store.moves import Moves
from db.store.tables import AuditRecord, Grant, Notice, ScriptToken, SignInSession, UndertakingAccepted
from db.store.transactions import writing
from tests.auth.conftest import HOME, answered, enrolled
from tests.conftest import Clock
from tests.world import World
from tui.plain.tokens import MAY
from tui.plain.work import work
from tui.sheets.tokens import TOKENS

REPORT = ("report", "compliance", "--book", "staff", "--format", "csv")


class Owner:
    """Somebody with a script, which comes from an address."""

    def __init__(self, world: World, clock: Clock, login: str = "liuyang") -> None:
        self.world, self.clock, self.login = world, clock, login
        self.owner = enrolled(world, login)
        world.actor(login)

    def sit_down(self, source: str = HOME) -> Actor:
        """Sign in by password and code."""
        self.clock.forward(seconds=30)  # each code is good once
        signed = self.owner.sign_in(source)
        assert signed is not None
        return sessions.resume(signed.session, "en")

    def make(self, *commands: tuple[str, ...], source: str = "", **options: object) -> tuple[str, TokenView]:
        token, digest = new_token()
        tokens = open_desk(self.sit_down()).tokens
        return token, tokens.make(digest, commands or (REPORT,), source, **options)  # type: ignore[arg-type]

    def come(self, token: str, source: str = HOME, login: str = "") -> Actor | None:
        signed = answered(login or self.login, source, token, "")
        return None if signed is None else sessions.resume(signed.session, "en")

    def run(self, actor: Actor | None, *argv: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        assert actor is not None
        out, err = BytesIO(), BytesIO()
        status = work(list(argv), open_desk(actor), BytesIO(stdin), out, err)
        return status, out.getvalue(), err.getvalue().decode()


@pytest.fixture
def owner(world: World, clock: Clock) -> Owner:
    return Owner(world, clock)


def _acts(act: str, outcome: str = "done") -> int:
    return int(AuditRecord.select().where(AuditRecord.act == act, AuditRecord.outcome == outcome).count())


def _told(owner: Owner) -> list[str]:
    return [row.kind for row in Notice.select().order_by(Notice.id)]


def test_a_script_gets_its_report_again_and_again(owner: Owner, clock: Clock) -> None:
    token, made = owner.make()
    assert is_token(token)
    for day in range(3):
        status, content, said = owner.run(owner.come(token), *REPORT)
        assert (status, content[:3]) == (0, b"\xef\xbb\xbf"), said
        clock.forward(days=1 + day)
    assert _acts("tokens.use") == 3
    assert _acts("overview.export") == 3
    assert made.commands == (" ".join(REPORT),)


@pytest.mark.parametrize("command", MAY)
def test_each_command_that_a_token_can_be_of_is_run_by_one(owner: Owner, command: str) -> None:
    rest = {"report": REPORT[1:], "find": ("张",), "audit": ()}.get(command, ())
    login = "helei" if command == "audit" else "liuyang"
    owner = owner if login == owner.login else Owner(owner.world, owner.clock, login)
    words = (*command.split(), *rest)
    for argv in (words, (*words, "--json") if command not in ("report", "today calendar") else words):
        token, _made = owner.make(argv)
        status, _content, said = owner.run(owner.come(token), *argv)
        assert status == 0, said
        with writing():
            ScriptToken.delete().execute()


@pytest.mark.threat(79)
def test_a_token_is_known_by_its_form_alone() -> None:
    assert stands_alone("mingce-K7Q49-MXD00-K7Q49-MXD00-K7Q49M")
    assert stands_alone("MINGCE-k7q49-mxd00-k7q49-mxd00-k7q49m\n")
    assert not stands_alone("K7Q49-MXD00-K7Q49-MXD00-K7Q49M")


@pytest.mark.threat(79)
@pytest.mark.parametrize(
    "argv",
    [
        (*REPORT[:-1], "xlsx"),
        REPORT[:4],
        (*REPORT, "--scope", "研发一部"),
        ("find", "张文"),
        ("change", "wechat=zw"),
        ("tokens", "make", "whoami"),
        ("tokens",),
    ],
)
def test_it_runs_its_own_commands_word_for_word(owner: Owner, argv: tuple[str, ...]) -> None:
    token, _made = owner.make()
    status, content, said = owner.run(owner.come(token), *argv)
    assert (status, content) == (1, b"")
    assert "other commands" in said
    assert _acts("tokens.use", "refused") == 1
    assert _acts("tokens.use") == 0


@pytest.mark.threat(79)
def test_of_a_batch_each_line_is_held_to_it(owner: Owner) -> None:
    token, _made = owner.make(("whoami",), REPORT)
    lines = f"whoami\n{' '.join(REPORT)}\nfind 张文\n".encode()
    status, content, said = owner.run(owner.come(token), "batch", "--go-on", stdin=lines)
    assert status == 1
    assert "张文".encode() not in content
    assert "other commands" in said
    assert (_acts("tokens.use"), _acts("tokens.use", "refused")) == (2, 1)


@pytest.mark.threat(79)
@pytest.mark.parametrize(
    ("source", "comes_from"),
    [
        ("", ("203.0.113.7",)),
        ("203.0.113.0/24", ("203.0.113.7", "203.0.113.200")),
        ("2001:db8:1::/48", ("2001:db8:1:9::1",)),
    ],
)
def test_it_is_good_from_its_network_alone(owner: Owner, source: str, comes_from: tuple[str, ...]) -> None:
    token, _made = owner.make(source=source)
    assert owner.come(token, "198.51.100.9") is None
    assert owner.come(token, "2001:db8:2::1") is None
    assert owner.come(token, "console") is None
    for address in comes_from:
        assert owner.come(token, address) is not None


@pytest.mark.threat(79)
@pytest.mark.parametrize(
    "source", ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.1", "office", "console"]
)
def test_a_network_that_is_none_or_too_wide_is_refused(owner: Owner, source: str) -> None:
    if source == "10.1":
        assert owner.make(source=source)[1].source == "10.0.0.1/32"  # as inet_aton reads it
        return
    with pytest.raises(Invalid):
        owner.make(source=source)


@pytest.mark.threat(79)
def test_another_account_is_not_let_in_by_it(owner: Owner, world: World) -> None:
    token, _made = owner.make()
    enrolled(world, "zhangwei")
    assert owner.come(token, login="zhangwei") is None
    assert owner.come("mingce-00000-00000-00000-00000-000000") is None
    assert owner.come(token) is not None


@pytest.mark.threat(79)
def test_it_ends_with_its_day_and_counts_for_nothing_before_it(owner: Owner, clock: Clock) -> None:
    token, made = owner.make(until=today())
    (until,) = [one for one in TOKENS.columns if one.id == "until"]
    assert until.value(made) == today().isoformat(), "its last day, not the midnight after it"
    assert owner.come(token) is not None
    clock.forward(days=1)
    assert owner.come(token) is None
    token, _made = owner.make()
    clock.forward(days=-1)
    assert owner.come(token) is None


@pytest.mark.threat(79)
def test_how_long_and_how_many_are_bounded(owner: Owner, clock: Clock) -> None:
    for day in (90, 0):
        owner.make(until=today() + timedelta(days=day))
    for day in (91, -1, 4000):
        with pytest.raises(Invalid):
            owner.make(until=today() + timedelta(days=day))
    for commands in ((), ((),), (REPORT,) * 21):
        with pytest.raises(Invalid):
            open_desk(owner.sit_down()).tokens.make("digest", commands)
    for _number in range(MOST - 2):
        owner.make()
    with pytest.raises(Invalid):
        owner.make()


@pytest.mark.threat(80)
def test_nothing_of_the_token_or_its_commands_stands_in_clear(owner: Owner) -> None:
    token, _made = owner.make(("find", "张文"))
    row = ScriptToken.get()
    assert token.removeprefix("mingce-").replace("-", "") not in str(row.__data__)
    assert "张文".encode() not in bytes(row.words)


@pytest.mark.threat(80)
@pytest.mark.parametrize("column", ["account", "source", "until", "words", "id"])
def test_a_row_that_is_changed_past_the_program_lets_nobody_in(
    owner: Owner, world: World, column: str
) -> None:
    """Whoever writes to the database has a token of their own, and makes more of it."""
    owner.make(("whoami",), source="198.51.100.0/24")
    other, _made = owner.make(("find", "张文"), source="203.0.113.0/24")
    wide, own = ScriptToken.select().order_by(ScriptToken.made_at)
    login = owner.login
    if column == "account":
        login = "zhangwei"
        enrolled(world, login)
        ScriptToken.update(account=world.accounts[login]).where(ScriptToken.id == own.id).execute()
    elif column == "id":
        ScriptToken.update(id="0" * 10).where(ScriptToken.id == own.id).execute()
    else:
        value = {"source": "0.0.0.0/0", "until": "2027-12-01T00:00:00.000000Z", "words": wide.words}[column]
        ScriptToken.update({column: value}).where(ScriptToken.id == own.id).execute()
    assert owner.come(other, login=login) is None


@pytest.mark.threat(80)
def test_a_session_that_is_laid_at_another_token_is_none(owner: Owner) -> None:
    token, _made = owner.make(("whoami",))
    owner.make(("find", "张文"))
    signed = answered(owner.login, HOME, token, "")
    assert signed is not None
    theirs = SignInSession.id == signed.session
    wanted = ScriptToken.select(ScriptToken.id).order_by(ScriptToken.made_at.desc()).limit(1)
    SignInSession.update(token=wanted).where(theirs).execute()
    with pytest.raises(SessionOver):
        sessions.resume(signed.session, "en")


@pytest.mark.threat(81)
def test_no_token_does_what_moves_something_but_a_report_taken_out() -> None:
    by_token = {name: one for name, one in OPERATIONS.items() if "token" in one.strengths}
    assert {name for name, one in by_token.items() if one.power is not LOOKS} == {TAKES_OUT}
    assert set(BY_TOKEN) <= set(OPERATIONS)
    reports = {name for name in by_token if name.startswith("overview.")}
    assert set(by_token) == set(BY_TOKEN) | reports | {"tokens.use"}


@pytest.mark.threat(81)
def test_an_operation_that_moves_something_cannot_be_made_one_for_tokens() -> None:
    with pytest.raises(ValueError, match="moves something"):
        operation(
            "queue.by_token", label=_("Approve"), recorded=True, power=power_over(Moves.ROLE), strengths=TOKEN
        )
    assert "queue.by_token" not in OPERATIONS


@pytest.mark.threat(81)
@pytest.mark.parametrize(
    "do",
    [
        lambda desk: desk.tokens.make("digest", [["whoami"]]),
        lambda desk: desk.tokens.mine(),
        lambda desk: desk.directory.reveal(1, "mobile", "meeting"),
        lambda desk: desk.evidence.tray(),
        lambda desk: desk.delegation.mine(),
        lambda desk: desk.privacy.mine(),
    ],
)
def test_whatever_its_commands_are_the_desk_holds_it_to_looking(owner: Owner, do: Any) -> None:
    token, _made = owner.make()
    actor = owner.come(token)
    assert actor is not None
    with pytest.raises(Refused, match="only looks"):
        do(open_desk(actor))


@pytest.mark.threat(81)
def test_a_stolen_screen_makes_none_once_the_sign_in_is_old(owner: Owner, clock: Clock) -> None:
    desk = open_desk(owner.sit_down())
    clock.forward(minutes=6)
    with pytest.raises(Refused, match="five minutes"):
        desk.tokens.make("digest", [REPORT])
    assert not ScriptToken.select().exists()


@pytest.mark.threat(82)
@pytest.mark.parametrize("how", ["disabled", "enabled-again", "password", "withdrawn", "too-old"])
def test_it_dies_with_account_and_password(
    world: World, clock: Clock, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Owner(world, clock, "zhangwei")
    token, made = owner.make(("whoami",))
    actor = owner.come(token)
    account = owner.owner.account
    match how:
        case "disabled" | "enabled-again":
            desk = owner.world.desk("guotao")
            desk.accounts.disable(account)
            if how == "enabled-again":
                desk.accounts.enable(account)
        case "password":
            owner.clock.forward(seconds=1)
            enrolled(owner.world, owner.login)
        case "withdrawn":
            open_desk(owner.sit_down()).tokens.end(made.number)
        case "too-old":
            monkeypatch.setattr(signin, "age_of", lambda _account: PasswordAge(0, True, "A.19"))
    assert owner.come(token) is None
    if how not in (
        "disabled",
        "enabled-again",
        "too-old",
    ):  # whose session has ended, or goes on for a command
        status, content, said = owner.run(actor, "whoami")
        assert (status, content) == (1, b"")
        assert "has ended" in said


@pytest.mark.threat(82)
def test_a_right_that_its_owner_lost_is_none(owner: Owner) -> None:
    token, _made = owner.make()
    with writing():
        Grant.delete().execute()
    status, content, said = owner.run(owner.come(token), *REPORT)
    assert (status, content) == (1, b"")
    assert "right" in said
    assert _acts("overview.export") == 0


@pytest.mark.threat(82)
def test_a_regulation_forbids_or_shortens_it(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    token, _made = owner.make()
    days = 0

    def policy(_permissions: Permissions, book: str) -> EffectivePolicy:
        known = policy_of(book)
        copies = known.copies.model_copy(update={"token_days": days, "clause": "A.12"})
        return known.model_copy(update={"copies": copies})

    monkeypatch.setattr(Permissions, "policy", policy)
    status, content, said = owner.run(owner.come(token), *REPORT)
    assert (status, content) == (1, b"")
    assert "no tokens here" in said
    assert "A.12" in said
    with pytest.raises(Refused):
        owner.make()
    days = 7
    assert owner.run(owner.come(token), *REPORT)[0] == 0
    assert owner.make()[1].until == end_of(today() + timedelta(days=7))
    with pytest.raises(Invalid):
        owner.make(until=today() + timedelta(days=8))


@pytest.mark.threat(82)
def test_what_is_owed_at_the_door_is_owed_by_a_script(owner: Owner) -> None:
    token, _made = owner.make()
    with writing():
        UndertakingAccepted.delete().where(UndertakingAccepted.policy.startswith("notice:")).execute()
    status, content, said = owner.run(owner.come(token), *REPORT)
    assert (status, content) == (1, b"")
    assert "notice accept" in said
    with writing():
        UndertakingAccepted.delete().execute()
    status, content, said = owner.run(owner.come(token), *REPORT)
    assert (status, content) == (1, b"")
    assert "undertaking" in said


@pytest.mark.threat(83)
def test_its_owner_hears_of_it_when_made_used_first_and_from_elsewhere(owner: Owner) -> None:
    token, made = owner.make(source="203.0.113.0/24")
    assert _told(owner) == ["token-made"]
    for source in (HOME, HOME, "203.0.113.8"):
        owner.run(owner.come(token, source), *REPORT)
    assert _told(owner) == ["token-made", "token-used", "token-used"]
    record = AuditRecord.select().where(AuditRecord.act == "tokens.use").order_by(AuditRecord.seq).get()
    assert SignInSession.get_by_id(record.session).token == made.number
    assert _acts("auth.sign_in") >= 4


@pytest.mark.threat(83)
def test_who_looks_after_accounts_or_supervises_lists_and_withdraws_it(owner: Owner) -> None:
    token, made = owner.make(("find", "张文"))
    for login in ("guotao", "helei"):
        (seen,) = owner.world.desk(login).tokens.others("staff")
        assert (seen.login, seen.commands) == ("liuyang", ("find",))
    for login in ("zhangwei", "zhangwen"):
        with pytest.raises(Refused):
            owner.world.desk(login).tokens.others("staff")
        with pytest.raises(Refused):
            owner.world.desk(login).tokens.withdraw("staff", made.number)
    assert owner.come(token) is not None
    owner.world.desk("helei").tokens.withdraw("staff", made.number)
    assert owner.come(token) is None
    assert "power-done" in _told(owner)
    _act, line = lines_of("tokens.withdraw", {"token": made.number})
    assert (say(line.label, "en"), line.after) == ("token", made.number)
    assert owner.world.desk("helei").tokens.others("staff") == ()
    with pytest.raises(Refused):
        owner.world.desk("helei").tokens.withdraw("staff", made.number)


@pytest.mark.threat(83)
def test_only_its_owner_ends_it_as_their_own(owner: Owner) -> None:
    _token, made = owner.make()
    with pytest.raises(Refused):
        owner.world.desk("zhangwei").tokens.end(made.number)
    assert owner.world.desk("liuyang").tokens.mine()[0].is_open
