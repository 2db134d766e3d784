"""Follows the install page as its reader would, as root, and looks at what stands there then.

The commands are those of docs/operators.md, in its words. They run where their changes to ``/opt``,
``/var/lib``, ``/usr/local/bin`` and ``/etc`` are seen by nobody else and gone afterwards (unshare(1)), and
what they start ends with them. The packages come from wherever pip gets them. One thing is added: what
`mingce init` would ask for.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Sequence

from tests.ports import held_port
from tests.supply.reading import RUNTIME, TREE, pins

PAGE = TREE / "docs" / "operators.md"
PYTHON = "/usr/bin/python3"
ANSWERS = (
    "--organisation", "Example", "--book", "staff", "--title", "Staff", "--policies", "enterprise",
    "--hr-login", "chenjing", "--hr-name", "陈静", "--hr-unit", "HR", "--accept", "--json",
)  # fmt: skip
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
SHUT_AWAY = """\
set -euo pipefail
mount -t tmpfs none "$SHUT"
cp -a /etc "$SHUT/etc"
mount --bind "$SHUT/etc" /etc
for folder in /opt /var/lib /usr/local/bin; do
    mkdir -p "$SHUT/over$folder" "$SHUT/work$folder"
    mount -t overlay -o "lowerdir=$folder,upperdir=$SHUT/over$folder,workdir=$SHUT/work$folder" none "$folder"
done
"""
LOOKED_AT = """\
set +x
as_mingce() { runuser -u mingce -- "$@"; }
/opt/mingce/bin/python -m pip list --disable-pip-version-check --format freeze > "$SHUT/installed"
diff "$SHUT/expected" <(grep -v -e ^pip= -e ^mingce= "$SHUT/installed" | tr A-Z_ a-z- | sort)
echo "installed: what is locked, and nothing else"
echo "modules imported: $(as_mingce /opt/mingce/bin/python -I - < "$SOURCE/tests/supply/alone.py")"
test -z "$(as_mingce find -L /opt/mingce/ -writable -print -quit)"
echo "the service can't change its own program"
mingce systemd > "$SHUT/unit"
test -e "$(sed -n 's/^Documentation=file://p' "$SHUT/unit")"
grep -e ^ExecStart "$SHUT/unit"
as_mingce mingce serve --port "$PORT" 2> "$SHUT/log" &
for _ in $(seq 300); do
    grep -q "Serving" "$SHUT/log" && break
    sleep 0.2
done
as_mingce mingce doctor
head -c 7 < "/dev/tcp/127.0.0.1/$PORT" && echo " on port $PORT"
"""


def commands(heading: str = "Install") -> list[str]:
    """The first commands under ``heading``, as they stand on the page."""
    text = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2]
    block = re.search(r"\n((?:    .+\n)+)", text)
    assert block is not None
    return [line.strip() for line in block[1].splitlines()]


def answered(lines: Sequence[str]) -> list[str]:
    """``lines`` where nobody can be asked: `mingce init` is told what it would ask for."""
    given = f'{shlex.join(ANSWERS)} --port "$PORT"'
    return [f"{line} {given}" if " mingce init" in line else line for line in lines]


def script() -> str:
    """The whole of it, for a shell in a mount namespace of its own."""
    expected = 'printf "%s" "$EXPECTED" | sort > "$SHUT/expected"'
    return "\n".join([SHUT_AWAY, expected, "umask 077", "set -x", *answered(commands()), LOOKED_AT])


def try_it(python: str) -> int:
    """Install with ``python`` and look; the exit status."""
    if os.geteuid() != 0:
        print("The install page makes a user of the system, so this is for root.")
        return 1
    version = subprocess.check_output(
        [python, "-c", "import platform; print(platform.python_version())"], text=True
    )
    locked = [f"{pin.name}=={pin.version}\n" for pin in pins(RUNTIME) if pin.applies(version.strip())]
    with tempfile.TemporaryDirectory(prefix="install-") as shut, held_port() as port:
        environment = {"PYTHON": python, "SHUT": shut, "SOURCE": str(TREE), "EXPECTED": "".join(locked)}
        return subprocess.run(
            [*APART, "bash", "-c", script()],
            cwd=TREE,
            env={**os.environ, **environment, "PORT": str(port)},
            check=False,
        ).returncode
