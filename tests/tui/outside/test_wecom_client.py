"""The client of WeCom's contact API: tokens, limits, broken lines, pages, and a secret that stays secret."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from db.store.settings import WeComSettings as Settings
from tests.tui.outside.wecom_server import CORPID, SECRET, WeCom, wecom_server
from tui.outside.wecom.client import TRIES, Client, NotNow, WeComError
from tui.outside.wecom.departments import WeComDepartments


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WeCom]:
    """An organisation's WeCom."""
    with wecom_server(tmp_path) as made:
        yield made


@pytest.fixture
def waits() -> list[float]:
    """How long the client waited, each time."""
    return []


@pytest.fixture
def moments() -> list[float]:
    """The client's clock: its last value."""
    return [0.0]


@pytest.fixture
def client(server: WeCom, tmp_path: Path, waits: list[float], moments: list[float]) -> Iterator[Client]:
    """A client that does not really wait."""
    trust = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    with Client(
        f"https://127.0.0.1:{server.port}", CORPID, SECRET, trust=trust, sleep=waits.append,
        now=lambda: moments[-1],
    ) as made:  # fmt: skip
        yield made


def test_one_token_serves_until_it_is_over(client: Client, server: WeCom, moments: list[float]) -> None:
    client.departments()
    client.departments()
    assert len(server.tokens) == 1
    moments.append(7000.0)
    client.departments()
    assert len(server.tokens) == 2


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_is_refused_is_fetched_anew(client: Client, server: WeCom, code: int) -> None:
    client.departments()
    server.refuse("/department/list", code)
    assert [one["id"] for one in client.departments()] == [1]
    assert len(server.tokens) == 2


@pytest.mark.parametrize("trouble", [45009, 45033, -1, "drop"])
def test_too_many_calls_and_broken_lines_are_waited_out(
    client: Client, server: WeCom, waits: list[float], trouble: int | str
) -> None:
    server.refuse("/department/list", trouble, trouble)
    assert [one["id"] for one in client.departments()] == [1]
    assert waits == [1.0, 2.0]
    server.refuse("/department/list", *[trouble] * TRIES)
    with pytest.raises(NotNow):
        client.departments()
    assert server.count("/department/list") == 3 + TRIES


def test_a_no_is_a_no_at_once(client: Client, server: WeCom, waits: list[float]) -> None:
    with pytest.raises(WeComError) as caught:
        client.delete_member("nobody")
    assert (caught.value.code, waits) == (60111, [])
    assert "devtool" not in str(caught.value)


def test_members_come_page_by_page_each_once(client: Client, server: WeCom) -> None:
    for number in range(5):
        server.members[f"m{number}"] = {"userid": f"m{number}", "name": "某", "department": [1]}
    assert list(client.member_ids()) == ["m0", "m1", "m2", "m3", "m4"]
    assert server.count("/user/list_id") == 3


@pytest.mark.threat(21)
def test_pages_without_end_are_not_waited_for(client: Client, server: WeCom) -> None:
    server.strange["/user/list_id"] = {"dept_user": [], "next_cursor": "1"}
    with pytest.raises(NotNow):
        list(client.member_ids())
    assert server.count("/user/list_id") == 2


@pytest.mark.threat(21)
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"userlist": None},
        {"userlist": [{}]},
        {"userlist": [{"userid": 1}]},
        {"userlist": [{"userid": "x", "department": "1"}]},
        {"userlist": [{"userid": "x", "extattr": []}]},
        {"errcode": "0", "userlist": []},
    ],
)
def test_an_answer_of_another_shape_is_put_off_and_breaks_nothing(
    client: Client, server: WeCom, answer: dict[str, object]
) -> None:
    server.strange["/user/list"] = answer
    with pytest.raises(NotNow):
        client.members(1)


@pytest.mark.threat(21)
def test_departments_above_one_another_have_an_end(client: Client, server: WeCom) -> None:
    for number, name, parent in ((2, "甲", 3), (3, "乙", 2)):
        server.departments[number] = {"id": number, "name": name, "parentid": parent}
    assert WeComDepartments(client, 1).path(2) == ("乙", "甲")


def test_departments_are_made_and_renamed(client: Client, server: WeCom) -> None:
    number = client.create_department("产品部", 1)
    client.update_department(number, "产品中心", 1)
    assert server.departments[number]["name"] == "产品中心"


@pytest.mark.threat(26)
def test_the_secret_and_the_token_are_in_no_error_and_no_log(
    client: Client, server: WeCom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.departments()
    server.refuse("/department/list", *["drop"] * TRIES)
    with pytest.raises(NotNow) as caught:
        client.departments()
    said = f"{caught.value!r} {caplog.text} {client!r}"
    assert SECRET not in said
    assert "token-1" not in said


def test_a_wrong_certificate_is_not_trusted(server: WeCom, waits: list[float]) -> None:
    with (
        Client(
            f"https://127.0.0.1:{server.port}", CORPID, SECRET, trust=ssl.create_default_context(),
            sleep=waits.append,
        ) as stranger,
        pytest.raises(NotNow),
    ):  # fmt: skip
        stranger.departments()
    assert server.calls == []


@pytest.mark.parametrize("url", ["http://qyapi.weixin.qq.com", "http://127.0.0.1:1", "qyapi.weixin.qq.com"])
@pytest.mark.clause("C.9.2")
def test_contacts_leave_through_tls_only(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(corpid=CORPID, base_url=url)
