"""The operators' page, followed to the letter on a new machine: its own commands, by root and by the user
whom they make, with the program from its wheel. The machine is this one, in a view of it that nobody else
has; where the tests may not have such a view, the same commands work in a folder, as whoever runs them.

Two things stand in for what a test has not: what the program needs comes from the environment of the tests
rather than from an index, and `systemctl` runs the unit that the page writes, as its user and with no more of
an environment than a service has.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.ports import held_port
from tests.supply.installing import APART, SHUT_AWAY, answered, commands
from tests.supply.wheel import make_wheel

STAND_INS = """\
make() {
    local prefix=${2#PREFIX=}
    "$PYTHON" -m venv --without-pip "$prefix"
    echo "$SHUT/site" > "$(echo "$prefix"/lib/python*/site-packages)/needed.pth"
    "$prefix/bin/python" -m pip install --quiet --no-index --no-deps "$SHUT"/*.whl
}
said() { sed -n "s/^$1=//p" /etc/systemd/system/mingce.service; }
systemctl() {
    local -
    set +x
    case $1 in
    enable | start)
        as_service $(said ExecStart) &
        for _ in $(seq 600); do
            grep -qs '"listening"' "/var/lib/mingce/log/server.log" && return
            kill -0 $! || return 1
            sleep 0.1
        done
        return 1
        ;;
    stop)
        local socket=$(echo /var/lib/mingce/run/serve-*.sock)
        local process=${socket##*serve-}
        kill "${process%.sock}"
        while kill -0 "${process%.sock}" 2> "$SHUT/gone"; do sleep 0.1; done
        rm /var/lib/mingce/log/server.log
        ;;
    esac
}
edit() { echo "$LINE" >> "$1"; }
EDITOR=edit
mkdir "$SHUT/postgresql"
umask 022
"""
AS_ROOT = """\
mkdir "$SHUT/python" "$SHUT/site"
chmod 755 "$SHUT"
mount --bind "$PYTHON_HOME" "$SHUT/python"
mount --bind "$SITE" "$SHUT/site"
cp "$WHEEL" "$SHUT"
if [ -n "$CLOSED" ]; then  # a Python in somebody's home, which every user may run here
    mount -t tmpfs -o mode=755 none "$CLOSED"
    mkdir -p "$PYTHON_HOME"
    mount --bind "$SHUT/python" "$PYTHON_HOME"
fi
as_service() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 runuser -u "$(said User)" -- "$@"; }
"""
SOCKET_AS_ROOT = """\
touch "$SHUT/postgresql/.s.PGSQL.5432"
mount --bind "$SOCKET" "$SHUT/postgresql/.s.PGSQL.5432"
"""
SOCKET_AS_ANYBODY = 'ln -s "$SOCKET" "$SHUT/postgresql"'
AS_ANYBODY = """\
set -euo pipefail
mkdir -p "$SHUT"/{opt,var/lib,usr/local/bin,etc/systemd/system}
ln -s "$SITE" "$SHUT/site"
cp "$WHEEL" "$SHUT"
PATH=$SHUT/usr/local/bin:$PATH
export MINGCE_HOME=$SHUT/var/lib/mingce
as_service() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
useradd() { :; }
runuser() { shift 3; "$@"; }
install() { [ "$1" = -d ] && mkdir -m 0700 "${!#}" || command install -m 0600 /dev/null "${!#}"; }
"""
PATHS = ("/opt/", "/var/lib/mingce", "/usr/local/bin/", "/etc/systemd/system/")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's."""
    return make_wheel(tmp_path_factory.mktemp("wheel"))


def have_a_view_of_their_own() -> bool:
    """Whether the tests may mount what nobody else sees."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory(prefix="view-") as shut:
        seen = subprocess.run(
            [*APART, "bash", "-c", SHUT_AWAY],
            env={**os.environ, "SHUT": shut},
            capture_output=True,
            check=False,
        )
    return seen.returncode == 0


def follow(wheel: Path, lines: Sequence[str], line: str = "", socket: str = "") -> str:
    """Call ``lines`` one after the other; what they said. ``line`` is what is written with an editor,
    ``socket`` that of a PostgreSQL server, which any user finds in ``$SHUT/postgresql``."""
    view, home = have_a_view_of_their_own(), Path(sys.base_prefix)
    closed = next((above for above in reversed(home.parents) if not above.stat().st_mode & 0o001), None)
    begin = [SHUT_AWAY + AS_ROOT if view else AS_ANYBODY, STAND_INS]
    if socket:
        begin.append(SOCKET_AS_ROOT if view else SOCKET_AS_ANYBODY)
    script = "\n".join([*begin, "set -x", *lines])
    with tempfile.TemporaryDirectory(prefix="install-") as shut, held_port() as port:
        if not view:
            for path in PATHS:
                script = script.replace(path, f"{shut}{path}")
        environment = {
            "SHUT": shut, "PORT": str(port), "LINE": line, "SOCKET": socket, "WHEEL": str(wheel),
            "PYTHON": f"{home}/bin/python{sysconfig.get_python_version()}", "PYTHON_HOME": str(home),
            "CLOSED": str(closed or ""), "SITE": sysconfig.get_path("purelib"),
            "LANG": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": "/root",
        }  # fmt: skip
        done = subprocess.run(
            [*(APART if view else ()), "bash", "-c", script],
            cwd="/", env=environment, text=True, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


@contextmanager
def a_database_that_asks_for_a_password(server: str) -> Iterator[tuple[str, str]]:
    """The database `mingce` of a user `mingce`, as the page wants it, empty: its server's socket, and the
    password."""
    password = secrets.token_hex(16)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE mingce LOGIN CREATEDB PASSWORD '{password}'")
        admin.execute("CREATE DATABASE mingce OWNER mingce")
        (rules,) = admin.execute("SHOW hba_file").fetchone() or ("",)
        before = Path(rules).read_text()
        Path(rules).write_text(f"local all mingce scram-sha-256\n{before}")
        admin.execute("SELECT pg_reload_conf()")
        try:
            yield f"{Path(rules).parent}/.s.PGSQL.5432", password
        finally:
            Path(rules).write_text(before)
            admin.execute("SELECT pg_reload_conf()")
            theirs = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = 'mingce'"
            for (name,) in admin.execute(theirs).fetchall():  # a proof may have been under way when it ended
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.execute("DROP ROLE mingce")


def unasked(lines: Sequence[str]) -> list[str]:
    """``lines`` where nobody can be asked, as the page says."""
    return [line.replace("mingce restore  ", "mingce restore --yes  ") for line in lines]


def test_the_pages_commands_install_serve_back_up_and_restore(wheel: Path) -> None:
    ran = [
        *answered(commands()), *commands("Run"), "mingce doctor", "runuser -u mingce -- mingce doctor",
        *commands("Backups"), *unasked(commands("Restore")), "systemctl stop mingce",
    ]  # fmt: skip
    said = follow(wheel, ran)
    assert "FAIL" not in said


def test_the_pages_commands_install_on_postgresql(wheel: Path, postgresql: str) -> None:
    """The server asks for the password that lies in the home of the user `mingce`, and nowhere else: in a
    session nobody is at home."""
    install = [line for line in commands() if " mingce init" not in line]
    ran = [
        *install,
        ": > ca.crt",  # over a socket no certificate is asked for
        *answered(commands("PostgreSQL")),
        *commands("Run"),
        "mingce doctor",
        "systemctl stop mingce",
    ]
    here = 'mingce@/mingce?host=\'"$SHUT/postgresql"'
    with a_database_that_asks_for_a_password(postgresql) as (socket, password):
        said = follow(
            wheel,
            [line.replace("mingce@db.example.com/mingce?sslmode=verify-full'", here) for line in ran],
            f"*:*:*:mingce:{password}",
            socket,
        )
    assert "restored on PostgreSQL" in said
    assert "FAIL" not in said
