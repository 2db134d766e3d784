"""A real `sshd` on loopback in front of an installation, with a world of users of its own.

It is the host's, where there is one that is new enough; else it is fetched from Debian's archive into
``.bench/openssh``, with cwrap's wrappers of the system's users and PAM, so that nothing of the host is
changed and no right beyond a port is needed.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.ports import held_port
from tests.tui.front.running import PATIENCE, Client
from tui.front.hostkey import write_host_key
from tui.host import sshd
from tui.host.sshd import PAM, PAM_SERVICE, USER

CACHE = Path(sys.prefix).parent / ".bench" / "openssh"
SERVER = ("openssh-server", "openssh-sftp-server", "libwrap0", "libwtmpdb0")
WRAPPERS = ("libnss-wrapper", "libpam-wrapper")
LOOSE = (
    "AllowTcpForwarding yes",
    "AllowStreamLocalForwarding yes",
    "AllowAgentForwarding yes",
    "X11Forwarding yes",
    "PermitTunnel yes",
    "PermitUserRC yes",
    "PermitUserEnvironment yes",
    "AcceptEnv *",
    "MaxSessions 100",
    "Ciphers aes256-ctr,aes256-gcm@openssh.com",
)
"""What a careless administrator has written; the fragment before it must hold all the same."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The unpacked archive, and the server in it or on the host."""

    root: Path
    server: Path
    own_paths: tuple[str, ...]

    @property
    def libraries(self) -> Path:
        return next(self.root.glob("usr/lib/*/libnss_wrapper.so")).parent


def binaries() -> Binaries:
    """Everything that is needed, fetched if it is not here; skips the test where it can't be had."""
    if sys.platform != "linux":
        pytest.skip("sshd is tried on Linux")
    installed = _installed()
    root = _unpacked([*WRAPPERS, *([] if installed else SERVER)])
    if installed:
        return Binaries(root, installed, ())
    libexec = root / "usr" / "lib" / "openssh"
    return Binaries(
        root,
        root / "usr" / "sbin" / "sshd",
        (f"SshdSessionPath {libexec}/sshd-session", f"SshdAuthPath {libexec}/sshd-auth"),
    )


def _installed() -> Path | None:
    """The host's own `sshd`, if it is of 9.9 or newer: older ones lack what the fragment says."""
    found = sshd.find_sshd()
    if found is None:
        return None
    said = subprocess.run([found, "-V"], capture_output=True, text=True, check=False).stderr
    version = said.removeprefix("OpenSSH_").split("p")[0].split(".")
    return found if all(part.isdigit() for part in version) and [*map(int, version)] >= [9, 9] else None


def _unpacked(packages: list[str]) -> Path:
    root = CACHE / platform.machine()
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = [name for name in packages if not (root / f"{name}.done").exists()]
        if wanted:
            if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
                pytest.skip("no sshd of 9.9 or newer here, and no Debian to fetch one from")
            for name in wanted:
                _fetch(name, root)
    return root


def _fetch(name: str, root: Path) -> None:
    fetched = subprocess.run(
        ["apt-get", "download", "-q", name], cwd=root, capture_output=True, text=True, check=False
    )
    archives = list(root.glob(f"{name}_*.deb"))
    if fetched.returncode != 0 or not archives:
        pytest.skip(f"Debian's {name} can't be fetched: {fetched.stderr.strip()[-200:]}")
    subprocess.run(["dpkg-deb", "-x", archives[0], root], check=True)
    archives[0].unlink()
    (root / f"{name}.done").touch()


class OpenSSH:
    """A running `sshd` that leads everybody who comes as `USER` to ``command``."""

    def __init__(self, folder: Path, port: int, command: str) -> None:
        self.folder = folder
        self.command = command
        self.key = folder / "host_key"
        self.config = folder / "sshd_config"
        self._binaries = binaries()
        write_host_key(self.key)
        self.port = port
        self.environment = self._world()
        self.program = self._script()
        self.configure(sshd.fragment(USER, command))
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, fragment: str) -> None:
        """Write the configuration: ``fragment``, then what a careless administrator has."""
        own = (
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.key}",
            "PidFile none",
            "PermitRootLogin yes",  # where the tests run as root, so does the user of the fragment
            "Subsystem sftp internal-sftp",
            *self._binaries.own_paths,
        )
        self.config.write_text("\n".join([*own, fragment, *LOOSE, ""]), "utf-8")

    def start(self) -> None:
        """Serve until `stop`."""
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with (self.folder / "sshd.log").open("wb") as log:
            self._process = subprocess.Popen(
                [self.program, "-D", "-e", "-f", self.config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    pytest.fail((self.folder / "sshd.log").read_text("utf-8", "replace"))
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
        _sweep()

    def ssh(self, *arguments: str, size: tuple[int, int] = (24, 80)) -> Client:
        """The real client, as the one user that everybody comes as."""
        return Client(self.port, arguments, USER, size)

    def _world(self) -> dict[str, str]:
        """Users, groups and PAM services of this `sshd` alone."""
        where = self.folder
        users = (
            "root:x:0:0:root:/root:/bin/sh",
            "sshd:x:74:65534::/run/sshd:/usr/sbin/nologin",
            f"{USER}:x:{os.getuid()}:{os.getgid()}::/:/bin/sh",
        )
        (where / "passwd").write_text("\n".join([*users, ""]))
        (where / "group").write_text(f"root:x:0:\nnogroup:x:65534:\nours:x:{os.getgid()}:\n")
        (where / "shadow").write_text("".join(f"{line.split(':')[0]}:!:19000::::::\n" for line in users))
        services = where / "pam.d"
        services.mkdir()
        (services / PAM_SERVICE).write_text(PAM)
        for other in ("sshd", "other"):
            kinds = ("auth", "account", "password", "session")
            (services / other).write_text("".join(f"{kind} required pam_deny.so\n" for kind in kinds))
        libraries = self._binaries.libraries
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": str(libraries),
            "LD_PRELOAD": f"{libraries}/libnss_wrapper.so:{libraries}/libpam_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(where / "passwd"),
            "NSS_WRAPPER_GROUP": str(where / "group"),
            "NSS_WRAPPER_SHADOW": str(where / "shadow"),
            "PAM_WRAPPER": "1",
            "PAM_WRAPPER_SERVICE_DIR": str(services),
        }

    def _script(self) -> Path:
        """`sshd` in that world, as a program of one path."""
        file = self.folder / "sshd"
        given = " ".join(f"{name}='{value}'" for name, value in self.environment.items())
        file.write_text(f'#!/bin/sh\nexec env -i {given} {self._binaries.server} "$@"\n')
        file.chmod(0o755)
        return file


def _sweep() -> None:
    """Remove what the wrapper of PAM leaves in /tmp when a process of `sshd` becomes another program."""
    for world in Path("/tmp").glob("pam.??????"):
        with suppress(OSError, ValueError):
            ours = (world / PAM_SERVICE).read_text() == PAM
            if ours and not psutil.pid_exists(int((world / "pid").read_text())):
                shutil.rmtree(world, ignore_errors=True)


@contextmanager
def openssh(folder: Path, command: str) -> Iterator[OpenSSH]:
    """A running `sshd`."""
    folder.mkdir()
    with held_port() as port:
        made = OpenSSH(folder, port, command)
        made.start()
        try:
            yield made
        finally:
            made.stop()
