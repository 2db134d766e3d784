"""What is said of known holes, and that silence is never taken for "none"."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.ports import held_port
from tests.supply.advisories import KNOWN, NONE_KNOWN, NOT_ASKED, Database, check, of_pip

HOLE = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-0001"],
    "fixed_in": ["3.0"],
    "summary": "A \x1b[31msmall\nhole",
    "withdrawn": None,
}
LOCK = "one==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\ntwo==2.0 \\\n    --hash=sha256:" + "1" * 64 + "\n"


class StandIn:
    """An index that answers what ``answers`` has for a path, and 404 for what it has not."""

    def __init__(self) -> None:
        answers: dict[str, object] = {
            f"/pypi/{name}/json": {"info": {}, "vulnerabilities": []} for name in ("one/1.0", "two/2.0")
        }
        self.answers = answers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(answers.get(self.path)).encode()
                self.send_response(200 if self.path in answers else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def index() -> Iterator[StandIn]:
    stand_in = StandIn()
    thread = threading.Thread(target=stand_in.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()
    thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text(LOCK)
    return file


def test_where_none_is_known_it_says_so(
    index: StandIn, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(Database(index.address), [lock]) == NONE_KNOWN
    assert capsys.readouterr().out == "127.0.0.1 knows of no hole in any of 2 packages.\n"


@pytest.mark.threat(46)
def test_a_known_hole_is_told_on_one_line_without_controls(
    index: StandIn, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index.answers["/pypi/two/2.0/json"] = {"vulnerabilities": [HOLE, {**HOLE, "withdrawn": "2026-01-01"}]}
    assert check(Database(index.address), [lock]) == KNOWN
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "requirements.lock: two 2.0: PYSEC-2026-1, CVE-2026-0001; mended in 3.0. A [31msmall hole"
    )
    assert second.startswith("1 known")


@pytest.mark.threat(46)
@pytest.mark.parametrize(
    "answer", [{"info": {}}, {"vulnerabilities": None}, {"vulnerabilities": [1]}, [], None, "no"]
)
def test_an_answer_without_advisories_is_none(
    index: StandIn, lock: Path, capsys: pytest.CaptureFixture[str], answer: object
) -> None:
    index.answers["/pypi/two/2.0/json"] = answer
    assert check(Database(index.address), [lock]) == NOT_ASKED
    said = capsys.readouterr().out
    assert "could not be asked about 1 of 2 packages (two 2.0: its answer lists no advisories)" in said
    assert "not known" in said
    assert "no hole" not in said


@pytest.mark.threat(46)
def test_a_package_that_the_database_does_not_know_was_not_asked_about(
    index: StandIn, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del index.answers["/pypi/one/1.0/json"]
    index.answers["/pypi/two/2.0/json"] = {"vulnerabilities": [HOLE]}
    assert check(Database(index.address), [lock]) == KNOWN
    assert (
        "could not be asked about 1 of 2 packages (one 1.0: it answers with 404)" in capsys.readouterr().out
    )


@pytest.mark.threat(46)
def test_where_nothing_answers_it_says_so_with_a_status_of_its_own(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with held_port() as port:
        assert check(Database(f"http://127.0.0.1:{port}"), [lock]) == NOT_ASKED
    said = capsys.readouterr().out
    assert said.startswith("127.0.0.1 could not be asked about 2 of 2 packages (one 1.0: it does not answer")
    assert "no hole" not in said


def test_what_is_no_address_can_t_be_asked(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(Database("nowhere"), [lock]) == NOT_ASKED
    assert capsys.readouterr().out.startswith("nowhere could not be asked")


def test_the_index_is_the_one_that_pip_is_set_to(
    index: StandIn, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/simple/")
    assert check(of_pip(), [lock]) == NONE_KNOWN
