"""OpenSSH as the front: what its configuration must say, printed and compared with what holds.

Everyone comes in as one user of the system, whose password is locked: `sshd` is told by a PAM service of
its own, for this user alone, to let the connection in, and by `ForceCommand` to start the console, which
asks who it is. A password that is empty instead would open that user to `su` and to every other service.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.language import _
from db.store.settings import Home
from tui.front.ssh_command import OPENSSH_USER
from tui.front.ssh_options import CIPHERS, CODES, KEY_EXCHANGES
from tui.front.ticket import ENVIRONMENT
from tui.host.owner import home_of
from tui.host.shell import CommandFailure
from tui.plain.words import CommandWords

USER = OPENSSH_USER
PAM_SERVICE = "mingce"
PAM_FILE = Path("/etc/pam.d") / PAM_SERVICE
PAM = (
    "auth     required pam_permit.so\n"
    "account  required pam_nologin.so\n"
    "account  required pam_permit.so\n"
    "password required pam_deny.so\n"
    "session  required pam_permit.so\n"
)
SBIN = ("/usr/sbin", "/usr/local/sbin", "/sbin")
EMPTIED = (
    "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONINSPECT",
    "PYTHONUSERBASE", "ENV", "BASH_ENV", "MINGCE_HOME",
)  # fmt: skip
"""Variables that make a program run other code. `AcceptEnv` of other places adds to ours, so they are set."""
LISTS = frozenset({"kexalgorithms", "ciphers", "macs", "acceptenv"})
"""Directives of which fewer values than ours are as good."""
HARMLESS = frozenset({"LC_*"})
"""What systems accept by default; of it the console takes what it knows."""
FOR_ALL: dict[str, str] = {
    "UsePAM": "yes",
    "PermitUserEnvironment": "no",
    "KexAlgorithms": ",".join(KEY_EXCHANGES),
    "Ciphers": ",".join(CIPHERS),
    "MACs": ",".join(CODES),
    "Compression": "no",
    "LoginGraceTime": "60",
    "MaxStartups": "100",
    "PerSourceMaxStartups": "10",
    "PerSourceNetBlockSize": "32:64",
}
"""What can't be said of one user alone."""
FOR_THE_USER: dict[str, str] = {
    "PAMServiceName": PAM_SERVICE,
    "AuthenticationMethods": "none",
    "PasswordAuthentication": "yes",
    "PermitEmptyPasswords": "yes",
    "KbdInteractiveAuthentication": "no",
    "PubkeyAuthentication": "no",
    "HostbasedAuthentication": "no",
    "GSSAPIAuthentication": "no",
    "AuthorizedKeysFile": "none",
    "PermitTTY": "yes",
    "PermitUserRC": "no",
    "DisableForwarding": "yes",
    "AllowTcpForwarding": "no",
    "AllowStreamLocalForwarding": "no",
    "AllowAgentForwarding": "no",
    "X11Forwarding": "no",
    "PermitTunnel": "no",
    "PermitOpen": "none",
    "PermitListen": "none",
    "GatewayPorts": "no",
    "AcceptEnv": " ".join(sorted(ENVIRONMENT - {"TERM"})),
    "SetEnv": " ".join(f"{name}=" for name in EMPTIED),
    "MaxSessions": "1",
    "ClientAliveInterval": "20",
    "ClientAliveCountMax": "3",
    "UnusedConnectionTimeout": "60",
    "ExposeAuthInfo": "no",
}


@dataclass(frozen=True, slots=True)
class Weakness:
    """A directive that does not hold as it must."""

    name: str
    wanted: str
    found: str


def show(words: CommandWords) -> None:
    home = home_of(words)
    if words.has("pam"):
        sys.stdout.write(PAM)
        return
    wanted = words.option_value("user") or home.settings().openssh_user or USER
    if not wanted.replace("-", "").replace("_", "").isalnum() or not wanted.isascii():
        raise CommandFailure(_("{name} can't be the name of a user.", name=wanted))
    sys.stdout.write(fragment(wanted, forced_command(home)))


def fragment(user: str, command: str) -> str:
    """Return lines for ``sshd_config.d`` that give everybody who comes as ``user`` the ``command``. Writes no
    file."""
    lines = [
        "# OpenSSH as the front of mingce. Made by `mingce sshd-config`, looked after by `mingce doctor`.",
        "# The first value of a directive holds, so this file comes before all others.",
        *(f"{name} {value}" for name, value in FOR_ALL.items()),
        f"Match User {user}",
        *(f"    {name} {value}" for name, value in {**FOR_THE_USER, "ForceCommand": command}.items()),
        "Match all",
    ]
    return "\n".join(lines) + "\n"


def forced_command(home: Home) -> str:
    """Return the command by which `sshd` is to start this installation's console."""
    return shlex.join([str(program()), "console", "--dir", str(home.folder)])


def program() -> Path:
    """Return the path of this `mingce`, unresolved, so that it stays valid after an upgrade."""
    called, beside = Path(sys.argv[0]).absolute(), Path(sys.executable).with_name("mingce")
    return beside if called.name != beside.name and beside.exists() else called


def find_sshd() -> Path | None:
    """Return the path of this host's `sshd`, looked for outside PATH too; None if there is none."""
    found = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), *SBIN]))
    return Path(found) if found else None


def in_force(sshd: Path, user: str, host_key: Path, config: Path | None = None) -> dict[str, str] | None:
    """Run `sshd -T` and return the directives in force for ``user``, by lower-case name; None if it fails.

    It answers only with a host key at hand, and its own are root's to read: ``host_key`` stands in for them.
    """
    whom = f"user={user},host=client.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22"
    where = ["-f", str(config)] if config is not None else []
    asked = subprocess.run(  # noqa: S603 - the system's own program
        [sshd, "-T", "-h", str(host_key), *where, "-C", whom],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    )
    return _read(asked.stdout) if asked.returncode == 0 else None


def weaknesses(found: Mapping[str, str], command: str) -> Iterator[Weakness]:
    """Yield each directive in force that is weaker than the fragment's."""
    for name, wanted in {**FOR_ALL, **FOR_THE_USER, "ForceCommand": command}.items():
        key = name.lower()
        value = found.get(key, "")
        if not _is_as_good(key, value, wanted):
            yield Weakness(name, wanted, value or "–")


def is_usable(user: str, owner: int) -> bool:
    """Return whether the system user ``user`` exists, has a shell that runs commands, and the uid
    ``owner``."""
    try:
        row = pwd.getpwnam(user)
    except KeyError:
        return False
    return row.pw_uid == owner and Path(row.pw_shell or "/bin/sh").name not in ("nologin", "false")


def has_pam_rules(file: Path = PAM_FILE) -> bool:
    """Return whether ``file`` has exactly the rules of `PAM`; False if unreadable."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return False
    said = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return said == [line.split() for line in PAM.splitlines()]


def _read(dump: str) -> dict[str, str]:
    """Return `sshd`'s directives from its dump; repeated ones are joined."""
    found: dict[str, str] = {}
    for line in dump.splitlines():
        name, _space, value = line.partition(" ")
        found[name] = f"{found[name]} {value}" if name in found else value
    return found


def _is_as_good(key: str, value: str, wanted: str) -> bool:
    if key in LISTS:
        return bool(value) and set(_words(value)) - HARMLESS <= set(_words(wanted))
    if key == "setenv":
        return set(wanted.split()) <= set(value.split())
    if key == "maxstartups":
        return value.startswith(f"{wanted}:")
    return value == wanted


def _words(value: str) -> list[str]:
    return value.replace(",", " ").split()
