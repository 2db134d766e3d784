"""The stand-in for WeCom with what goes wrong out there: codes, cut lines, a secret that may not read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tui.host.demo import wecom
from tui.host.demo.certificate import write_certificate
from tui.host.demo.wecom import Answer, Query, WeComMembers, served, wrong

CORPID: Final = "ww0123456789"
SECRET: Final = "canary-secret-of-wecom"
MAY_NOT_READ = 48009
READING = ("/department/list", "/user/list", "/user/get")


class WeCom(wecom.WeComStandIn):
    """``refuse`` has answers given first, by path; ``strange`` ones are given always; ``looks``: how often a
    job is asked for before its end; ``posted``: messages, each of which reaches all but the ``unreached``."""

    def __init__(self) -> None:
        root = {"id": 1, "name": "星云科技", "parentid": 0}
        super().__init__(CORPID, SECRET, WeComMembers({1: root}), page=2)
        self.port = 0
        self.reads = True
        self.calls: list[str] = []
        self.posted: list[Answer] = []
        self.unreached: list[str] = []
        self.looks = 1
        self.strange: dict[str, Answer] = {}
        self._answers: dict[str, list[int | str]] = {}

    @property
    def departments(self) -> dict[int, Answer]:
        return self.held.departments

    @property
    def members(self) -> dict[str, Answer]:
        return self.held.members

    def refuse(self, path: str, *answers: int | str) -> None:
        """Give ``answers`` to the next calls of ``path``, one each: an errcode, or ``drop`` to cut the line.
        The path ``row`` is a row of a file of members."""
        self._answers.setdefault(path, []).extend(answers)

    def count(self, path: str) -> int:
        """How often ``path`` was called."""
        return self.calls.count(path)

    def answer(self, path: str, query: Query, body: Answer) -> Answer | None:
        """What goes wrong, else the stand-in's answer."""
        self.calls.append(path)
        if waiting := self._answers.get(path):
            code = waiting.pop(0)
            return None if isinstance(code, str) else wrong(code)
        if path == "/message/send" and query.get("access_token") == (self.tokens or [""])[-1]:
            self.posted.append(body)
            return {"errcode": 0, "errmsg": "ok", "msgid": "m1", "invaliduser": "|".join(self.unreached)}
        found = super().answer(path, query, body)
        may_call = found is not None and found["errcode"] == 0
        if may_call and path in READING and not self.reads:
            return wrong(MAY_NOT_READ)
        if may_call and path in self.strange:
            return {"errcode": 0, "errmsg": "ok", **self.strange[path]}
        if may_call and path == "/batch/getresult" and self.count(path) <= self.looks:
            return {"errcode": 0, "errmsg": "ok", "status": 2, "type": "sync_user", "percentage": 50}
        return found

    def _sync(self, row: dict[str, str]) -> Answer:
        if waiting := self._answers.get("row"):
            return {"userid": row["帐号"], **wrong(int(waiting.pop(0)))}
        return super()._sync(row)


@contextmanager
def wecom_server(folder: Path) -> Iterator[WeCom]:
    """A running server on a free port; ``folder/ca.pem`` is what a client has to trust."""
    made = WeCom()
    with served(made, *write_certificate(folder)) as port:
        made.port = port
        yield made
