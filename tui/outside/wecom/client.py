"""The contact API of WeCom: departments and members.

Every call answers with an ``errcode``; 0 is success. The access token comes from corpid and secret, is good
for two hours, and is fetched anew where WeCom says that it is over. Too many calls, a busy server and a
broken line are tried again after a while. The secret and the token travel in addresses, so no address ever
gets into an error or a log.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

TIMEOUT = 20.0
"""Seconds to wait for an answer."""
TRIES = 5
"""How often one call is made before it is left for another time."""
FIRST_WAIT = 1.0
"""Seconds before the second try; each wait after it is twice as long."""
EARLY = 300
"""Seconds before its end at which a token is no longer used."""
PAGE = 10_000
FINISHED = 3
"""The status of a job that is through."""

OVER = frozenset({40001, 40014, 42001})
"""The token is invalid or over: fetch another."""
BUSY = frozenset({-1, 45009, 45033})
"""The server is busy, called too often, or by too many at once: wait."""
NO_MEMBER = 60111
MEMBER_EXISTS = 60102
MOBILE_TAKEN = 60104
DEPARTMENT_EXISTS = 60008
NO_DEPARTMENT = 60003
NO_PLACE = frozenset({NO_DEPARTMENT, 60004, 60123})
"""The department, or the one above it, is not there."""
MAY_NOT_READ = frozenset({48002, 48009, 60011})
"""This secret may write but not read: since 2022 a new one for syncing contacts sees IDs alone."""

logging.getLogger("httpx").setLevel(logging.WARNING)  # its notes hold whole addresses, secret and all


class WeComError(Exception):
    """WeCom said no; ``code`` is its errcode."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"WeCom {code}: {words}"[:200])
        self.code = code


class NotNow(Exception):
    """WeCom can't be reached, or has had enough of us for now; another time it may go well."""


class _Department(BaseModel):
    id: int
    name: str
    parentid: int


class _Id(BaseModel):
    userid: str


class _Result(_Id):
    errcode: int


class _Attribute(BaseModel):
    name: str = ""
    text: dict[str, Any] = {}


class _Attributes(BaseModel):
    attrs: list[_Attribute] = []


class _Member(_Id):
    department: list[int] = []
    extattr: _Attributes = _Attributes()


_DEPARTMENTS, _IDS, _MEMBERS, _RESULTS = (
    TypeAdapter(list[_Department]),
    TypeAdapter(list[_Id]),
    TypeAdapter(list[_Member]),
    TypeAdapter(list[_Result]),
)


class Client:
    """One connection. ``sleep`` waits for seconds. Every call raises WeComError, or NotNow."""

    def __init__(
        self,
        base_url: str,
        corpid: str,
        secret: str,
        *,
        trust: ssl.SSLContext,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._corpid, self._secret = corpid, secret
        self._sleep, self._now = sleep, now
        self._token, self._good_until = "", 0.0
        self._http = httpx.Client(
            base_url=f"{base_url}/cgi-bin", verify=trust, timeout=TIMEOUT, follow_redirects=False,
            trust_env=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    # Departments

    def departments(self) -> Sequence[Mapping[str, Any]]:
        """Fetch all departments, each with ``id``, ``name`` and ``parentid``. Raises WeComError, NotNow."""
        return _rows(self._call_api("GET", "/department/list"), "department", _DEPARTMENTS)

    def create_department(self, name: str, parent: int) -> int:
        made = self._call_api("POST", "/department/create", {"name": name, "parentid": parent})
        return _number(made.get("id"))

    def update_department(self, number: int, name: str, parent: int) -> None:
        self._call_api("POST", "/department/update", {"id": number, "name": name, "parentid": parent})

    # Members

    def member_ids(self) -> Iterator[str]:
        """Fetch every member's ID, page by page, each once. Raises WeComError, NotNow."""
        seen: set[str] = set()
        cursors = {""}
        cursor = ""
        while True:
            page = self._call_api("POST", "/user/list_id", {"cursor": cursor, "limit": PAGE})
            for row in _rows({"dept_user": [], **page}, "dept_user", _IDS):
                if row["userid"] not in seen:
                    seen.add(row["userid"])
                    yield row["userid"]
            cursor = str(page.get("next_cursor") or "")
            if not cursor:
                return
            if cursor in cursors:
                raise NotNow("pages without end")
            cursors.add(cursor)

    def members(self, department: int) -> Sequence[Mapping[str, Any]]:
        """Fetch the members of a department and of those below it, in full. Raises NotNow, and WeComError
        with a code of `MAY_NOT_READ` if the secret may not."""
        query = {"department_id": str(department), "fetch_child": "1"}
        return _rows(self._call_api("GET", "/user/list", query=query), "userlist", _MEMBERS)

    def member(self, account: str) -> Mapping[str, Any]:
        return self._call_api("GET", "/user/get", query={"userid": account})

    def member_of_mobile(self, mobile: str) -> str:
        return str(self._call_api("POST", "/user/getuserid", {"mobile": mobile}).get("userid", ""))

    def create_member(self, fields: Mapping[str, object]) -> None:
        """Create a member from ``userid``, ``name``, ``department`` and the other ``fields``. Raises
        WeComError, NotNow."""
        self._call_api("POST", "/user/create", fields)

    def update_member(self, fields: Mapping[str, object]) -> None:
        self._call_api("POST", "/user/update", fields)

    def delete_member(self, account: str) -> None:
        self._call_api("GET", "/user/delete", query={"userid": account})

    # Many members by a file

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file, which WeCom keeps for three days; return its media number. Raises WeComError,
        NotNow."""
        answer = self._call_api("POST", "/media/upload", query={"type": "file"}, file=(name, content))
        return str(answer.get("media_id", ""))

    def sync_members(self, media: str) -> str:
        """Start WeCom's job on an uploaded file of members; return the job's number. Raises WeComError,
        NotNow."""
        return str(self._call_api("POST", "/batch/syncuser", {"media_id": media}).get("jobid", ""))

    def sync_result(self, job: str) -> Mapping[str, int] | None:
        """Fetch the errcode of each member of a job, 0 for success; None while it runs. Raises WeComError,
        NotNow."""
        found = self._call_api("GET", "/batch/getresult", query={"jobid": job})
        if _number(found.get("status", 0)) != FINISHED:
            return None
        rows = _rows({"result": [], **found}, "result", _RESULTS)
        return {row["userid"]: row["errcode"] for row in rows}

    # Messages

    def post_to_all(self, application: int, text: str) -> tuple[str, list[str]]:
        """Post ``text`` to every member as ``application``. Return the message's id and the members not
        reached. Raises WeComError, NotNow."""
        body = {"touser": "@all", "msgtype": "text", "agentid": application, "text": {"content": text}}
        answer = self._call_api("POST", "/message/send", body)
        unreached = str(answer.get("invaliduser", "") or "")
        return str(answer.get("msgid", "")), [one for one in unreached.split("|") if one]

    # Calling

    def _call_api(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> Mapping[str, Any]:
        """Call the API and return its JSON, fetching a token if need be. Retries up to `TRIES` times while
        WeCom is busy or the line fails. Raises WeComError for any other errcode, NotNow after the last
        try."""
        wait, last = FIRST_WAIT, ""
        files = {"media": (*file, "application/octet-stream")} if file is not None else None
        for attempt in range(TRIES):
            if attempt:
                self._sleep(wait)
                wait *= 2
            try:
                given = {**(query or {}), "access_token": self._fresh_token()}
                answer = self._http.request(method, path, params=given, json=body, files=files)
                code, found = _read(answer)
            except httpx.HTTPError as problem:
                last = type(problem).__name__
                continue
            if code in OVER:
                self._token, last = "", f"WeCom {code}"
                continue
            if code in BUSY:
                last = f"WeCom {code}"
                continue
            if code:
                raise WeComError(code, str(found.get("errmsg", "")).partition(",")[0])
            return found
        raise NotNow(last)

    def _fresh_token(self) -> str:
        if not self._token or self._now() >= self._good_until:
            secret = {"corpid": self._corpid, "corpsecret": self._secret}
            code, found = _read(self._http.get("/gettoken", params=secret))
            if code in BUSY:
                raise httpx.TransportError(f"busy {code}")
            if code:
                raise WeComError(code, str(found.get("errmsg", "")).partition(",")[0])
            self._token = str(found.get("access_token", ""))
            self._good_until = self._now() + max(0, _number(found.get("expires_in", 7200)) - EARLY)
        return self._token


def _read(answer: httpx.Response) -> tuple[int, Mapping[str, Any]]:
    """Return the answer's errcode and its JSON object. Raises httpx.TransportError for another status or
    form."""
    if answer.status_code != httpx.codes.OK:
        raise httpx.TransportError(f"HTTP {answer.status_code}")
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        raise httpx.TransportError("no JSON") from None
    if not isinstance(found, dict):
        raise httpx.TransportError("no JSON object")
    return _number(found.get("errcode", 0)), found


def _rows(answer: Mapping[str, Any], name: str, shape: TypeAdapter[Any]) -> list[dict[str, Any]]:
    """Return the list ``name`` of the answer. Raises NotNow if its rows are not as documented."""
    try:
        shape.validate_python(answer.get(name))
    except ValidationError:
        raise NotNow(f"{name} is not as documented") from None
    return list(answer[name])


def _number(value: object) -> int:
    """Return ``value``. Raises NotNow if it is no integer."""
    if not isinstance(value, int):
        raise NotNow("a number is not as documented")
    return value
