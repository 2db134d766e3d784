"""OpenLDAP's slapd with the benchmark's organisation, and a client that adds as little as a client can.

The server is Debian's, on the mdb backend, with ``index_substr_if_maxlen 9`` and the default
``any_len``/``any_step`` set to three bytes, which is one Chinese character. One connection stays open;
requests are encoded and answers decoded by hand (RFC 4511). As whoever asks wants values, and the desk hands
out nothing else, the names and attributes of what is found become text, as in any client. `Counted` leaves
that out: its answers are bytes that were skipped over, so that what is measured is the server alone.
"""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.lookup_people import Organisation, PersonPlan, Question

SLAPD = "/usr/sbin/slapd"
SLAPADD = "/usr/sbin/slapadd"
SUFFIX = "dc=bench"
ATTRIBUTES = ("cn", "title", "ou", "telephoneNumber", "mobile", "mail")
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
index_substr_if_maxlen 9
index_substr_any_len 3
index_substr_any_step 3
sizelimit unlimited
tool-threads 2
database mdb
suffix "{suffix}"
directory {folder}/mdb
maxsize 34359738368
index objectClass eq
index cn,ou,uid,initials,mail,telephoneNumber eq,sub
"""


def installed() -> bool:
    """Whether this machine has slapd."""
    return Path(SLAPD).exists() and Path("/usr/lib/ldap/back_mdb.so").exists()


class Ldap:
    """A running server with everyone in it, and one open connection."""

    def __init__(self, folder: Path, organisation: Organisation) -> None:
        self.folder = folder
        self.organisation = organisation
        self._message = 0
        self._names = self._unit_names()
        (folder / "mdb").mkdir(parents=True)
        configuration = folder / "slapd.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, suffix=SUFFIX), "utf-8")
        content = folder / "content.ldif"
        with content.open("w", encoding="utf-8") as file:
            file.writelines(self._entries())
        subprocess.run(
            [SLAPADD, "-q", "-f", str(configuration), "-l", str(content)], check=True, capture_output=True
        )
        content.unlink()
        port = _free_port()
        self._server = subprocess.Popen(
            [SLAPD, "-d", "0", "-f", str(configuration), "-h", f"ldap://127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._line = _connect(port)
        self._buffer = b""
        self._bind()

    def close(self) -> None:
        """End the server and delete what it held."""
        self._line.close()
        self._server.terminate()
        self._server.wait()
        shutil.rmtree(self.folder)

    def ask(self, question: Question, *, scoped: bool, limit: int) -> int:
        """Ask one question, below the department's own entry where ``scoped``; how many entries came."""
        return len([_entry(body) for body in self.bodies(question, scoped=scoped, limit=limit)])

    def bodies(self, question: Question, *, scoped: bool, limit: int) -> list[bytes]:
        """Ask one question; the messages with the entries found, as they came."""
        base = self._names[question.unit] if scoped else SUFFIX
        self._message += 1
        request = _sequence(
            _octets(base)
            + _tagged(0x0A, b"\x02")  # scope: whole subtree
            + _tagged(0x0A, b"\x00")  # aliases are never followed
            + _number(limit)
            + _number(0)
            + _tagged(0x01, b"\x00")
            + _filter(question)
            + _sequence(b"".join(_octets(name) for name in ATTRIBUTES)),
            0x63,
        )
        self._line.sendall(_sequence(_number(self._message) + request))
        found = []
        while (body := self._next_answer())[2 + body[1]] != 0x65:
            if body[2 + body[1]] == 0x64:
                found.append(body)
        return found

    def _bind(self) -> None:
        self._message += 1
        request = _sequence(_number(3) + _octets("") + _tagged(0x80, b""), 0x60)
        self._line.sendall(_sequence(_number(self._message) + request))
        body = self._next_answer()
        if body[2 + body[1]] != 0x61:
            raise RuntimeError("slapd did not answer the bind")

    def _next_answer(self) -> bytes:
        """The content of the next message: its number, then the operation with its tag."""
        header, length = self._length_at(1)
        self._want(header + length)
        body = self._buffer[header : header + length]
        self._buffer = self._buffer[header + length :]
        return body

    def _length_at(self, at: int) -> tuple[int, int]:
        self._want(at + 1)
        first = self._buffer[at]
        if first < 0x80:
            return at + 1, first
        size = first & 0x7F
        self._want(at + 1 + size)
        return at + 1 + size, int.from_bytes(self._buffer[at + 1 : at + 1 + size], "big")

    def _want(self, count: int) -> None:
        while len(self._buffer) < count:
            part = self._line.recv(1 << 18)
            if not part:
                raise RuntimeError("slapd hung up")
            self._buffer += part

    def _unit_names(self) -> list[str]:
        names: list[str] = []
        for plan in self.organisation.units:
            above = SUFFIX if plan.parent is None else names[plan.parent]
            names.append(f"ou={plan.name},{above}")
        return names

    def _entries(self) -> Iterator[str]:
        yield f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: bench\ndc: bench\n\n"
        for plan, name in zip(self.organisation.units, self._names, strict=True):
            yield _ldif({"dn": name, "objectClass": "organizationalUnit", "ou": plan.name})
        for number, person in enumerate(self.organisation.people()):
            yield self._person(number, person)

    def _person(self, number: int, person: PersonPlan) -> str:
        unit = self.organisation.units[person.unit].name
        return _ldif(
            {
                "dn": f"employeeNumber={number},{self._names[person.unit]}",
                "objectClass": "inetOrgPerson",
                "employeeNumber": str(number),
                "cn": person.name,
                "sn": person.name[0],
                "uid": person.pinyin,
                "initials": person.initials,
                "title": person.position,
                "ou": unit,
                "telephoneNumber": person.phone,
                "mobile": f"+86{person.mobile}",
                "mail": person.email,
            }
        )


class Counted:
    """The same connection, its answers counted and not decoded."""

    def __init__(self, ldap: Ldap) -> None:
        self._ldap = ldap

    def ask(self, question: Question, *, scoped: bool, limit: int) -> int:
        """As `Ldap.ask`."""
        return len(self._ldap.bodies(question, scoped=scoped, limit=limit))


def _entry(body: bytes) -> tuple[str, dict[str, list[str]]]:
    """A SearchResultEntry: its name, and its attributes with their values."""
    at, _end = _content(body, 2 + body[1])
    at, end = _content(body, at)
    name = body[at:end].decode()
    at, end = _content(body, end)
    attributes: dict[str, list[str]] = {}
    while at < end:
        at, stop = _content(body, at)
        at, there = _content(body, at)
        attribute = body[at:there].decode()
        at, _stop = _content(body, there)
        values = attributes[attribute] = []
        while at < stop:
            at, there = _content(body, at)
            values.append(body[at:there].decode())
            at = there
    return name, attributes


def _content(body: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins and ends."""
    size = body[at + 1]
    at += 2
    if size < 0x80:
        return at, at + size
    start = at + (size & 0x7F)
    return start, start + int.from_bytes(body[at:start], "big")


def _filter(question: Question) -> bytes:
    """The same question as the desk answers, as a filter."""
    text = question.text
    match question.kind:
        case "one character" | "given name":
            return _substring("cn", 0x81, text)
        case "full name":
            return _substring("cn", 0x80, text)
        case "pinyin":
            return _substring("uid", 0x80, text)
        case "initials":
            return _substring("initials", 0x80, text)
        case "number's end":
            return _substring("telephoneNumber", 0x82, text)
        case _:
            unit, name = text.split()
            return _sequence(_substring("ou", 0x80, unit) + _substring("cn", 0x80, name), 0xA0)


def _substring(attribute: str, where: int, text: str) -> bytes:
    """``where``: 0x80 at the beginning, 0x81 anywhere, 0x82 at the end."""
    return _sequence(_octets(attribute) + _sequence(_tagged(where, text.encode())), 0xA4)


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _sequence(content: bytes, tag: int = 0x30) -> bytes:
    return _tagged(tag, content)


def _octets(text: str) -> bytes:
    return _tagged(0x04, text.encode())


def _number(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _ldif(attributes: dict[str, str]) -> str:
    lines = []
    for name, value in attributes.items():
        if value.isascii():
            lines.append(f"{name}: {value}")
        else:
            lines.append(f"{name}:: {base64.b64encode(value.encode()).decode()}")
    return "\n".join(lines) + "\n\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _connect(port: int) -> socket.socket:
    for _try in range(200):
        try:
            line = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.05)
            continue
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    raise RuntimeError("slapd did not start")
