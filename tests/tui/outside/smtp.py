"""A mail server on this machine, with a certificate of its own, that keeps what it was given."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import held_port
from tui.host.demo.certificate import write_certificate

PASSWORD = "correct horse"


@dataclass
class Postbox:
    """What arrived; ``answers`` are given to recipients instead of taking the message, by address."""

    port: int
    encrypted: list[bool] = field(default_factory=list)
    arrived: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.encrypted.append(session.ssl is not None)
        self.arrived.append(found)
        return "250 taken"


@contextmanager
def postbox(folder: Path, *, from_the_first: bool = False) -> Iterator[Postbox]:
    """A running server on a free port; ``folder/ca.pem`` is what a client has to trust."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*write_certificate(folder))
    with held_port() as port:
        box = Postbox(port)
        controller = Controller(
            box,
            hostname="127.0.0.1",
            port=port,
            ready_timeout=60,
            ssl_context=context if from_the_first else None,
            tls_context=None if from_the_first else context,
            require_starttls=not from_the_first,
            authenticator=_check,
            auth_required=True,
            auth_require_tls=not from_the_first,
        )
        controller.start()
        try:
            yield box
        finally:
            controller.stop()


def _check(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right)
