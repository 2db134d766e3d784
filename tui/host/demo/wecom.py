"""A stand-in for WeCom on this machine, so that keeping a directory in step can be tried without one.

It speaks the contact API over TLS: tokens, error codes, pages, files of members. ``python -m
tui.host.demo.wecom HOME`` serves it where the settings say, until its standard input ends. What it holds is
`FILE` in the state folder, read anew at every call: whoever changes it makes the two sides differ.
"""

from __future__ import annotations

import csv
import io
import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from db.store.settings import Home
from tui.host.demo.certificate import CERTIFICATE, KEY
from tui.outside.wecom.client import (
    DEPARTMENT_EXISTS,
    FINISHED,
    MEMBER_EXISTS,
    MOBILE_TAKEN,
    NO_DEPARTMENT,
    NO_MEMBER,
)

FILE: Final = "wecom.json"
ADDRESS: Final = "127.0.0.1"
BAD_SECRET, TOKEN_OVER, NO_SUCH_CALL, NO_PARENT, NO_MOBILE = (
    40001, 42001, 40016, 60004, 46004,
)  # fmt: skip
IN_FILES = {
    "姓名": "name", "帐号": "userid", "手机号": "mobile", "邮箱": "email", "所在部门": "department",
    "职位": "position", "座机": "telephone",
}  # fmt: skip
"""Headings of a file of members; any other is a custom attribute."""

Answer = dict[str, Any]
Query = dict[str, str]


class Wrong(Exception):
    """WeCom says no, with one of its error codes."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def wrong(code: int) -> Answer:
    """Return an error answer with the words that WeCom appends."""
    return {
        "errcode": code,
        "errmsg": f"no {code}, hint: [1700000000], from ip: 127.0.0.1, more info at "
        f"https://open.work.weixin.qq.com/devtool/query?e={code}",
    }


@dataclass
class WeComMembers:
    """What an organisation's WeCom holds, as the API gives it: members by account."""

    departments: dict[int, Answer] = field(default_factory=dict)
    members: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> WeComMembers:
        found = json.loads(file.read_text("utf-8"))
        return cls({int(number): one for number, one in found["departments"].items()}, found["members"])

    def write(self, file: Path) -> None:
        """Write the members to ``file`` as JSON that a person can edit."""
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", "utf-8")


class WeComStandIn:
    """Its answers. ``page`` members are on one page of IDs."""

    def __init__(self, corpid: str, secret: str, held: WeComMembers, page: int = 100) -> None:
        self.corpid, self.secret, self.held, self.page = corpid, secret, held, page
        self.tokens: list[str] = []
        self.files: list[str] = []
        self.jobs: list[list[Answer]] = []
        self._calls: dict[str, Callable[[Query, Answer], Answer]] = {
            "/department/list": self._department_list,
            "/department/create": self._department_create,
            "/department/update": self._department_update,
            "/user/list_id": self._user_list_id,
            "/user/list": self._user_list,
            "/user/get": self._user_get,
            "/user/getuserid": self._user_getuserid,
            "/user/create": self._user_create,
            "/user/update": self._user_update,
            "/user/delete": self._user_delete,
            "/media/upload": self._media_upload,
            "/batch/syncuser": self._batch_syncuser,
            "/batch/getresult": self._batch_getresult,
        }

    def answer(self, path: str, query: Query, body: Answer) -> Answer | None:
        """Return the answer to an API call; None to cut the connection."""
        try:
            if path == "/gettoken":
                return {"errcode": 0, "errmsg": "ok", "access_token": self._token(query), "expires_in": 7200}
            if not self.tokens or query.get("access_token") != self.tokens[-1]:
                raise Wrong(TOKEN_OVER)
            if path not in self._calls:
                raise Wrong(NO_SUCH_CALL)
            return {"errcode": 0, "errmsg": "ok", **self._calls[path](query, body)}
        except Wrong as problem:
            return wrong(problem.code)

    def _token(self, query: Query) -> str:
        if (query.get("corpid"), query.get("corpsecret")) != (self.corpid, self.secret):
            raise Wrong(BAD_SECRET)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return self.tokens[-1]

    # One method a path

    def _department_list(self, _query: Query, _body: Answer) -> Answer:
        return {"department": list(self.held.departments.values())}

    def _department_create(self, _query: Query, body: Answer) -> Answer:
        departments = self.held.departments
        if body["parentid"] not in departments:
            raise Wrong(NO_PARENT)
        place = (body["name"], body["parentid"])
        if any((one["name"], one["parentid"]) == place for one in departments.values()):
            raise Wrong(DEPARTMENT_EXISTS)
        number = max(departments) + 1
        departments[number] = {"id": number, **body}
        return {"id": number}

    def _department_update(self, _query: Query, body: Answer) -> Answer:
        if body["id"] not in self.held.departments:
            raise Wrong(NO_DEPARTMENT)
        self.held.departments[body["id"]].update(body)
        return {}

    def _user_list_id(self, _query: Query, body: Answer) -> Answer:
        ids = sorted(self.held.members)
        start = int(body.get("cursor") or 0)
        rows = ids[start : start + self.page]
        more = start + self.page < len(ids)
        return {
            "dept_user": [
                {"userid": one, "department": self.held.members[one]["department"][0]} for one in rows
            ],
            **({"next_cursor": str(start + self.page)} if more else {}),
        }

    def _user_list(self, _query: Query, _body: Answer) -> Answer:
        return {"userlist": list(self.held.members.values())}

    def _user_get(self, query: Query, _body: Answer) -> Answer:
        return self._member(query["userid"])

    def _user_getuserid(self, _query: Query, body: Answer) -> Answer:
        for one in self.held.members.values():
            if one.get("mobile") == body["mobile"]:
                return {"userid": one["userid"]}
        raise Wrong(NO_MOBILE)

    def _user_create(self, _query: Query, body: Answer) -> Answer:
        if body["userid"] in self.held.members:
            raise Wrong(MEMBER_EXISTS)
        return self._put_member(body)

    def _user_update(self, _query: Query, body: Answer) -> Answer:
        self._member(body["userid"])
        return self._put_member(body)

    def _user_delete(self, query: Query, _body: Answer) -> Answer:
        self._member(query["userid"])
        del self.held.members[query["userid"]]
        return {}

    def _media_upload(self, _query: Query, body: Answer) -> Answer:
        self.files.append(body["file"])
        return {"type": "file", "media_id": f"media-{len(self.files)}"}

    def _batch_syncuser(self, _query: Query, body: Answer) -> Answer:
        """Apply an uploaded file at once; its result is fetched later."""
        rows = csv.DictReader(io.StringIO(self.files[_number(body["media_id"]) - 1]))
        self.jobs.append([self._sync(row) for row in rows])
        return {"jobid": f"job-{len(self.jobs)}"}

    def _batch_getresult(self, query: Query, _body: Answer) -> Answer:
        rows = self.jobs[_number(query["jobid"]) - 1]
        done = {"total": len(rows), "percentage": 100, "result": rows}
        return {"status": FINISHED, "type": "sync_user", **done}

    def _sync(self, row: dict[str, str]) -> Answer:
        own: Answer = {key: row.pop(heading) for heading, key in IN_FILES.items() if heading in row}
        attributes = [{"type": 0, "name": name, "text": {"value": value}} for name, value in row.items()]
        made = {**own, "department": [int(own["department"])], "extattr": {"attrs": attributes}}
        try:
            self._put_member(made)
        except Wrong as problem:
            return {"userid": own["userid"], **wrong(problem.code)}
        return {"userid": own["userid"], "errcode": 0, "errmsg": "ok"}

    def _member(self, account: str) -> Answer:
        if account not in self.held.members:
            raise Wrong(NO_MEMBER)
        return self.held.members[account]

    def _put_member(self, body: Answer) -> Answer:
        members, account, mobile = self.held.members, body["userid"], body.get("mobile")
        if mobile and any(one.get("mobile") == mobile for name, one in members.items() if name != account):
            raise Wrong(MOBILE_TAKEN)
        if not set(body["department"]) <= set(self.held.departments):
            raise Wrong(NO_DEPARTMENT)
        members[account] = {**members.get(account, {}), **body}
        return {}


class WeComInFile(WeComStandIn):
    """One whose members are in a file."""

    def __init__(self, corpid: str, secret: str, file: Path) -> None:
        super().__init__(corpid, secret, WeComMembers())
        self._file, self._one_at_a_time = file, threading.Lock()

    def answer(self, path: str, query: Query, body: Answer) -> Answer | None:
        """Answer from the file as it is now, one call at a time, and write it back if the call changed
        something."""
        with self._one_at_a_time:
            self.held = WeComMembers.read(self._file)
            before = json.dumps(asdict(self.held))
            found = super().answer(path, query, body)
            if json.dumps(asdict(self.held)) != before:
                self.held.write(self._file)
            return found


def _number(name: str) -> int:
    """Return the number of a file or job: 3 for ``job-3``."""
    return int(name.rpartition("-")[2])


@contextmanager
def served(wecom: WeComStandIn, certificate: Path, key: Path, port: int = 0) -> Iterator[int]:
    """Serve ``wecom`` over TLS on this machine alone, in a thread, during the body; yield the port (0 picks a
    free one). Raises OSError."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.headers["Content-Type"]
            if kind.startswith("multipart/form-data"):
                parts = list(message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content).walk())
                sent = parts[1].get_payload(decode=True)
                self._answer({"file": sent.decode("utf-8") if isinstance(sent, bytes) else ""})
            else:
                self._answer(json.loads(content))

        def _answer(self, body: Answer) -> None:
            place = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(place.query).items()}
            found = wecom.answer(place.path.removeprefix("/cgi-bin"), query, body)
            if found is None:
                self.connection.close()
                return
            content = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: nothing is to be seen of it."""

    server = ThreadingHTTPServer((ADDRESS, port), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def main() -> int:
    """Serve the stand-in of the state folder named by the first argument, until standard input ends."""
    home = Home(Path(sys.argv[1]))
    settings = home.settings().wecom
    if settings is None:
        return 0
    secret = (home.folder / settings.secret_file).read_text("utf-8").strip()
    wecom = WeComInFile(settings.corpid, secret, home.folder / FILE)
    port = urlsplit(settings.base_url).port or 0
    with served(wecom, home.folder / CERTIFICATE, home.folder / KEY, port):
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
