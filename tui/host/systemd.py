"""`mingce systemd`: the units that run an installation, with its paths filled in and the sandbox closed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from db.language import _
from db.store.settings import Home, Settings
from tui.host.owner import home_of, name_of
from tui.host.shell import CommandFailure
from tui.host.sshd import program
from tui.plain.words import CommandWords

SANDBOX = """\
NoNewPrivileges=yes
CapabilityBoundingSet={capabilities}
AmbientCapabilities={capabilities}
PrivateTmp=yes
PrivateDevices=yes
PrivateMounts=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=all
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallFilter=setpriority setrlimit prlimit64 sched_setaffinity
SystemCallFilter=landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp
SystemCallErrorNumber=EPERM
UMask=0077
LimitCORE=0
ReadWritePaths={writes}
"""
SERVICE = """\
[Unit]
Description=mingce, contact directories over SSH
Documentation=file:{docs}
After=network-online.target
Wants=network-online.target
{mounts}
[Service]
Type=notify
NotifyAccess=main
User={user}
ExecStart={command} serve --dir {folder} --log {log}
# A new version, or new settings: a second server takes the door over, those inside stay where they are.
ExecReload=/bin/kill -HUP $MAINPID
# Asked to stop, the server warns those inside and gives them {minutes} minutes.
KillMode=mixed
TimeoutStartSec=360
TimeoutStopSec={timeout}
Restart=on-failure
RestartSec=2
LimitNOFILE=65536
# One process that takes all memory is ended, and not the machine, nor the service with everybody inside.
MemoryHigh=70%
MemoryMax=80%
OOMPolicy=continue
TasksMax=4096
{sandbox}
[Install]
WantedBy=multi-user.target
"""
SOCKET = """\
[Unit]
Description=mingce, the door

[Socket]
ListenStream={address}
NoDelay=yes
Backlog=1024
FileDescriptorName=ssh

[Install]
WantedBy=sockets.target
"""
ERRAND = """\
[Unit]
Description=mingce, {what}
{mounts}
[Service]
Type=oneshot
User={user}
ExecStart={command} {words} --dir {folder}
TimeoutStartSec=1800
{sandbox}"""
TIMER = """\
[Unit]
Description=mingce, {what}

[Timer]
{when}
Persistent=yes
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""
ERRANDS = {
    "duties": ("duties and mail", "duties run", "OnBootSec=5min\nOnUnitActiveSec=10min"),
    "backup": ("a backup", "backup run", "OnCalendar=*-*-* 02:30"),
}


def show(words: CommandWords) -> None:
    home, name = home_of(words), words.operand(0, "mingce.service")
    units = units_of(home, home.settings())
    if name not in units:
        raise CommandFailure(
            _("There is no unit {name}. There are: {names}", name=name, names=", ".join(units))
        )
    sys.stdout.write(units[name])


def units_of(home: Home, settings: Settings) -> dict[str, str]:
    """Return the text of every unit by file name; timers of the errands are for hosts without a ``mingce
    serve``."""
    outside = [home.journal_place(settings), *home.checkpoint_places(settings), *home.backups_to(settings)]
    elsewhere = list(dict.fromkeys(place for place in outside if home.folder not in place.parents))
    said = {
        "user": name_of(home.folder.stat().st_uid),
        "command": shlex.quote(str(program())),
        "folder": shlex.quote(str(home.folder)),
        "log": shlex.quote(str(home.log / "server.log")),
        "docs": str(_handbook()),
        "minutes": settings.stop_minutes,
        "timeout": settings.stop_minutes * 60 + 60,
        "sandbox": SANDBOX.format(
            capabilities="CAP_NET_BIND_SERVICE" if settings.port < 1024 else "",
            writes=" ".join(map(str, [home.folder, *elsewhere])),
        ),
        # a share that is not mounted would be written to all the same, on this disk
        "mounts": f"RequiresMountsFor={' '.join(map(str, elsewhere))}\n" if elsewhere else "",
    }
    units = {
        "mingce.service": SERVICE.format(**said),
        "mingce.socket": SOCKET.format(address=f"{_bracketed(settings.host)}:{settings.port}"),
    }
    for name, (what, words, when) in ERRANDS.items():
        units[f"mingce-{name}.service"] = ERRAND.format(what=what, words=words, **said)
        units[f"mingce-{name}.timer"] = TIMER.format(what=what, when=when)
    return units


def _handbook() -> Path:
    """Return the path of the operators' page, as installed or in a checkout."""
    installed = Path(sys.prefix) / "share" / "doc" / "mingce" / "operators.md"
    return installed if installed.exists() else Path(__file__).parents[2] / "docs" / "operators.md"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
