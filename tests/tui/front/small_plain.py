"""Plain commands that stand in for the real ones; each shows one thing about its process."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import time
from typing import BinaryIO

NAMES = frozenset({"echo", "cat", "fail", "crash", "self", "much", "deaf"})


def run(
    argv: list[str],
    session: int,
    stdin: BinaryIO,
    stdout: BinaryIO,
    stderr: BinaryIO,
    language: str,
    width: int,
    _home: str,
) -> int:
    """``echo`` its words, ``cat`` its input, ``fail`` with 3, ``crash``, tell of ``self``, write
    ``much``, be ``deaf``."""
    if argv[0] == "echo":
        stdout.write(" ".join(argv[1:]).encode() + b"\n")
    elif argv[0] == "cat":
        shutil.copyfileobj(stdin, stdout)
    elif argv[0] == "fail":
        stderr.write(b"refused\n")
        return 3
    elif argv[0] == "crash":
        raise LookupError("13800002121")
    elif argv[0] == "self":
        stdout.write(json.dumps(_about(session, language, width)).encode())
    elif argv[0] == "deaf":
        time.sleep(60)
    elif argv[0] == "much":
        for _count in range(int(argv[1])):
            stdout.write(b"x" * 1_000_000)
    return 0


def _about(session: int, language: str, width: int) -> dict[str, object]:
    libc, death = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(2, ctypes.byref(death), 0, 0, 0)  # PR_GET_PDEATHSIG
    return {
        "session": session,
        "language": language,
        "width": width,
        "environment": dict(os.environ),
        "descriptors": [fd for fd in range(0, 200) if _is_open(fd)],
        "limits": {
            name: resource.getrlimit(getattr(resource, name))[0]
            for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
        },
        "umask": os.umask(0o077),
        "leader": os.getsid(0) == os.getpid(),
        "folder": os.getcwd(),
        "dumpable": libc.prctl(3, 0, 0, 0, 0),  # PR_GET_DUMPABLE
        "dies_with_parent": death.value,
    }


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
