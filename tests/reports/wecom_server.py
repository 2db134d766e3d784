"""A server on this machine that speaks WeCom's contact API over TLS: error codes, tokens, limits, pages."""

from __future__ import annotations

import csv
import io
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.reports.smtp import certificate

IN_FILES = {
    "姓名": "name", "帐号": "userid", "手机号": "mobile", "邮箱": "email", "所在部门": "department",
    "职位": "position", "座机": "telephone",
}  # fmt: skip
"""Headings of a file of members; any other is a custom attribute."""
CORPID, SECRET = "ww0123456789", "canary-secret-of-wecom"

Answer = dict[str, Any]


@dataclass
class WeCom:
    """What the organisation's WeCom holds. ``answers`` are given first, by path: an errcode, or ``drop`` to
    cut the line; ``page`` members are on one page of IDs."""

    port: int = 0
    page: int = 2
    reads: bool = True
    departments: dict[int, Answer] = field(
        default_factory=lambda: {1: {"id": 1, "name": "星云科技", "parentid": 0}}
    )
    members: dict[str, Answer] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answers: dict[str, list[int | str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    jobs: list[list[Answer]] = field(default_factory=list)
    looks: int = 1
    """How often a job is asked for before it is through."""

    def refuse(self, path: str, *answers: int | str) -> None:
        """Give ``answers`` to the next calls of ``path``, one each."""
        self.answers.setdefault(path, []).extend(answers)

    def count(self, path: str) -> int:
        """How often ``path`` was called."""
        return self.calls.count(path)

    def answer(self, path: str, query: dict[str, str], body: Answer) -> Answer | None:
        """What a call comes to; None cuts the line."""
        self.calls.append(path)
        waiting = self.answers.get(path)
        if waiting:
            code = waiting.pop(0)
            return None if isinstance(code, str) else wrong(code)
        if path == "/gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != (CORPID, SECRET):
                return wrong(40001)
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}
        if not self.tokens or query.get("access_token") != self.tokens[-1]:
            return wrong(42001)
        name = path.strip("/").replace("/", "_")
        return {"errcode": 0, "errmsg": "ok", **getattr(self, name)(query, body)}

    # One method a path

    def department_list(self, _query: dict[str, str], _body: Answer) -> Answer:
        return {"department": list(self.departments.values())} if self.reads else wrong(48009)

    def department_create(self, _query: dict[str, str], body: Answer) -> Answer:
        if body["parentid"] not in self.departments:
            return wrong(60004)
        if any(
            (one["name"], one["parentid"]) == (body["name"], body["parentid"])
            for one in self.departments.values()
        ):
            return wrong(60008)
        number = max(self.departments) + 1
        self.departments[number] = {"id": number, **body}
        return {"id": number}

    def department_update(self, _query: dict[str, str], body: Answer) -> Answer:
        if body["id"] not in self.departments:
            return wrong(60003)
        self.departments[body["id"]].update(body)
        return {}

    def department_delete(self, query: dict[str, str], _body: Answer) -> Answer:
        number = int(query["id"])
        if any(number in one["department"] for one in self.members.values()):
            return wrong(60005)
        del self.departments[number]
        return {}

    def user_list_id(self, _query: dict[str, str], body: Answer) -> Answer:
        ids = sorted(self.members)
        start = int(body.get("cursor") or 0)
        rows = ids[start : start + self.page]
        more = start + self.page < len(ids)
        return {
            "dept_user": [{"userid": one, "department": self.members[one]["department"][0]} for one in rows],
            **({"next_cursor": str(start + self.page)} if more else {}),
        }

    def user_list(self, _query: dict[str, str], _body: Answer) -> Answer:
        return {"userlist": list(self.members.values())} if self.reads else wrong(48009)

    def user_get(self, query: dict[str, str], _body: Answer) -> Answer:
        if not self.reads:
            return wrong(48009)
        return self.members.get(query["userid"]) or wrong(60111)

    def user_getuserid(self, _query: dict[str, str], body: Answer) -> Answer:
        found = [one["userid"] for one in self.members.values() if one.get("mobile") == body["mobile"]]
        return {"userid": found[0]} if found else wrong(46004)

    def user_create(self, _query: dict[str, str], body: Answer) -> Answer:
        if body["userid"] in self.members:
            return wrong(60102)
        return self._put(body)

    def user_update(self, _query: dict[str, str], body: Answer) -> Answer:
        return self._put(body) if body["userid"] in self.members else wrong(60111)

    def user_delete(self, query: dict[str, str], _body: Answer) -> Answer:
        return {} if self.members.pop(query["userid"], None) else wrong(60111)

    def user_batchdelete(self, _query: dict[str, str], body: Answer) -> Answer:
        if len(body["useridlist"]) > 200:
            return wrong(40058)
        for one in body["useridlist"]:
            self.members.pop(one, None)
        return {}

    def media_upload(self, _query: dict[str, str], body: Answer) -> Answer:
        self.files.append(body["file"])
        return {"type": "file", "media_id": f"media-{len(self.files)}"}

    def batch_syncuser(self, _query: dict[str, str], body: Answer) -> Answer:
        """Works through an uploaded file at once; what came of it is told later."""
        rows = csv.DictReader(io.StringIO(self.files[int(body["media_id"].removeprefix("media-")) - 1]))
        self.jobs.append([self._sync(row) for row in rows])
        return {"jobid": f"job-{len(self.jobs)}"}

    def batch_getresult(self, query: dict[str, str], _body: Answer) -> Answer:
        if self.count("/batch/getresult") <= self.looks:
            return {"status": 2, "type": "sync_user", "percentage": 50}
        rows = self.jobs[int(query["jobid"].removeprefix("job-")) - 1]
        return {"status": 3, "type": "sync_user", "total": len(rows), "percentage": 100, "result": rows}

    def _sync(self, row: dict[str, str]) -> Answer:
        own = {key: row.pop(heading) for heading, key in IN_FILES.items() if heading in row}
        attributes = [{"type": 0, "name": name, "text": {"value": value}} for name, value in row.items()]
        made = {**own, "department": [int(own["department"])], "extattr": {"attrs": attributes}}
        waiting = self.answers.get("row")
        found = wrong(int(waiting.pop(0))) if waiting else self._put(made)
        return {"userid": own["userid"], "errcode": 0, "errmsg": "ok", **found}

    def _put(self, body: Answer) -> Answer:
        others = [one for one in self.members.values() if one["userid"] != body["userid"]]
        if any(one.get("mobile") == body.get("mobile") for one in others if body.get("mobile")):
            return wrong(60104)
        if not set(body["department"]) <= set(self.departments):
            return wrong(60003)
        self.members[body["userid"]] = {**self.members.get(body["userid"], {}), **body}
        return {}


def wrong(code: int) -> Answer:
    """An answer that says no, with all the words WeCom puts behind it."""
    return {
        "errcode": code,
        "errmsg": f"no {code}, hint: [1700000000], from ip: 127.0.0.1, more info at "
        f"https://open.work.weixin.qq.com/devtool/query?e={code}",
    }


@contextmanager
def wecom_server(folder: Path) -> Iterator[WeCom]:
    """A running server on a free port; ``folder/ca.pem`` is what a client has to trust."""
    wecom = WeCom()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.headers["Content-Type"]
            if kind.startswith("multipart/form-data"):
                (part,) = list(message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content).walk())[
                    1:
                ]
                sent = part.get_payload(decode=True)
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
            """Nothing is to be seen of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    wecom.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield wecom
    finally:
        server.shutdown()
        server.server_close()
