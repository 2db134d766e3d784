"""What libpq is told beside the URL: where a password and certificates lie, whoever began the command."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import psycopg
import pytest

from db.store.libpq import PROMPT, parameters

URL = "postgresql://mingce@db.example.com/mingce?sslmode=verify-full"


@pytest.fixture(autouse=True)
def nobodys_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """As in a session. The home of who this process works as."""
    monkeypatch.setenv("HOME", "/nonexistent")
    return Path(pwd.getpwuid(os.geteuid()).pw_dir)


def test_files_are_those_in_the_home_of_who_this_process_works_as(nobodys_home: Path) -> None:
    told = parameters(URL)
    assert told["passfile"] == str(nobodys_home / ".pgpass")
    assert told["sslrootcert"] == str(nobodys_home / ".postgresql" / "root.crt")
    assert told.items() >= PROMPT.items()
    assert psycopg.conninfo.make_conninfo(URL, **told), "libpq knows every one of them"


def test_what_the_url_or_a_variable_says_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    told = parameters(f"{URL}&sslrootcert=system&connect_timeout=2&passfile=/etc/mingce/pgpass")
    assert told.keys() & {"sslrootcert", "connect_timeout", "passfile"} == set()
    monkeypatch.setenv("PGPASSFILE", "/run/credentials/mingce/pgpass")
    assert "passfile" not in parameters(URL)


def test_a_user_without_a_name_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert parameters(URL) == PROMPT
