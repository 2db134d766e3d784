"""Sending the mail that waits: over SMTP with TLS, tried again when it fails, given up where it is in vain.

A message goes out at least once: where a host dies between the server's answer and its record, it goes out
again under the same Message-ID, by which readers know it for the same.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from hashlib import sha256

from db.confined.answers import BOUNCE
from db.confined.reading import read
from db.desk.notation.cells import one_line
from db.desk.notifications.post import (
    Bounce,
    OutgoingLetter,
    came_back,
    message_id,
    next_letter,
    record_failed,
    record_sent,
)
from db.store import clock
from db.store.engine import store
from db.store.sealing import SealBroken
from db.store.settings import Mail
from reports.mail_letters import attachment_of, body_of, subject_of
from tui.outside.reaching import read_secret, trust

TIMEOUT = 30
"""Seconds to wait for the server."""
AT_ONCE = 200
NO_MAILBOX = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Statuses (RFC 3463) that say that there is no such mailbox, or none any more."""
FOR_GOOD = range(500, 600)
"""SMTP replies that trying again does not change (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages were sent, failed and given up in one run."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


class NoMail(Exception):
    """The server can't be reached or does not take us; ``str`` of it says why."""


def deliver_waiting(most: int = AT_ONCE) -> Delivered:
    """Send up to ``most`` due messages over SMTP and record each as sent, failed or given up; nothing if the
    settings name no server. If the connection is lost, the rest waits for the next run. Several hosts may run
    it at once: a message is leased to one."""
    mail = store().settings.mail
    if mail is None:
        return Delivered()
    counts = {"sent": 0, "failed": 0, "dead": 0}
    letter = next_letter()
    if letter is None:
        return Delivered()
    try:
        with _server(mail) as server:
            for _turn in range(most):
                if letter is None:
                    break
                counts[_deliver(server, mail, letter)] += 1
                letter = next_letter() if _turn + 1 < most else None
    except NoMail as problem:
        if letter is not None:
            record_failed(letter, str(problem), for_good=False)
            counts["failed"] += 1
    return Delivered(**counts)


def take_bounce(content: bytes) -> Bounce | None:
    """Read a returned mail in a confined process and record that its message was not delivered. Return that
    message if it was ours, and known; None for anything but a final failure, such as a delay. Raises
    Unreadable."""
    found = read(BOUNCE, content)
    if found.action != "failed" or found.status.startswith("4"):
        return None
    problem = one_line(f"{found.status} {found.reason}")
    return came_back(found.message, found.address, problem, no_mailbox=found.status in NO_MAILBOX)


def _deliver(server: smtplib.SMTP, mail: Mail, letter: OutgoingLetter) -> str:
    """Send one message and record the outcome. Return ``sent``, ``failed`` (tried again later) or ``dead``
    (given up). Raises NoMail where the connection is lost."""
    if not letter.address:
        record_failed(letter, "no address, or the copy is no longer theirs", for_good=True)
        return "dead"
    try:
        message, file = _message(mail, letter)
    except (ValueError, HeaderParseError) as wrong:
        record_failed(letter, f"address: {wrong}", for_good=True)
        return "dead"
    except SealBroken:
        record_failed(letter, "the record of the copy was altered", for_good=True)
        return "dead"
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, reply = next(iter(refused.recipients.values()))
        return _not_taken(letter, code, reply, bounced=code in FOR_GOOD)
    except smtplib.SMTPResponseException as answer:
        return _not_taken(letter, answer.smtp_code, answer.smtp_error)
    except (smtplib.SMTPException, OSError) as problem:
        raise NoMail(_reason(problem)) from problem
    record_sent(letter, file)
    return "sent"


def _not_taken(letter: OutgoingLetter, code: int, reply: bytes | str, *, bounced: bool = False) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    over = code in FOR_GOOD
    record_failed(letter, f"{code} {words}", for_good=over, bounced=bounced)
    return "dead" if over else "failed"


def _message(mail: Mail, letter: OutgoingLetter) -> tuple[EmailMessage, tuple[str, int] | None]:
    """Return the message ready to send, and digest and size of the copy attached to it. Raises ValueError or
    HeaderParseError for a bad address, SealBroken for an altered copy."""
    message = EmailMessage()
    message["From"] = formataddr((store().settings.organisation, mail.sender), "utf-8")
    message["To"] = Address(display_name=letter.name, addr_spec=letter.address)
    message["Subject"] = subject_of(letter)
    message["Date"] = format_datetime(clock.utcnow())
    message["Message-ID"] = message_id(letter.id, mail.sender.rpartition("@")[2])
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body_of(letter))
    file = attachment_of(letter)
    if file is None:
        return message, None
    name, content = file
    message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message, (sha256(content).hexdigest(), len(content))


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    """Yield an SMTP connection with TLS and sign-in as the settings say. Raises NoMail."""
    try:
        with _connected(mail) as server:
            if mail.user:
                server.login(mail.user, read_secret(mail.password_file))
            yield server
    except (smtplib.SMTPException, OSError) as problem:
        raise NoMail(_reason(problem)) from problem


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.tls == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=trust(mail.ca_file))
    server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
    if mail.tls == "starttls":
        server.starttls(context=trust(mail.ca_file))
        server.ehlo()
    return server


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:200]
