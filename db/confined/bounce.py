"""A message that says that mail could not be delivered (RFC 3464). The answer is a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.message import Message
from email.parser import BytesParser

from db.confined.agreed import TITLE
from db.confined.why import FileRefusal, Unreadable

FAILED = "failed"


def answer(content: bytes) -> Iterable[bytes]:
    """Yield one JSON object about a returned mail: ``message`` (the original's id), ``address``, ``action``,
    ``status``, ``reason``; absent ones are empty. Raises Unreadable if it isn't a delivery report."""
    found = BytesParser().parsebytes(content)
    parts = {part.get_content_type(): part for part in reversed(list(found.walk()))}
    report = parts.get("message/delivery-status")
    if found.get_content_type() != "multipart/report" or report is None:
        raise Unreadable(FileRefusal.NO_BOUNCE)
    blocks = [one for one in _blocks(report) if one["Final-Recipient"] and one["Action"]]
    failed = [one for one in blocks if _read_header(one, "Action").lower() == FAILED]
    of = next(iter(failed or blocks), None)
    if of is None:
        raise Unreadable(FileRefusal.NO_BOUNCE)
    yield json.dumps(
        {
            "message": _message_id(parts),
            "address": _read_header(of, "Final-Recipient").rpartition(";")[2].strip().lower(),
            "action": _read_header(of, "Action").lower(),
            "status": _read_header(of, "Status"),
            "reason": _read_header(of, "Diagnostic-Code").rpartition(";")[2].strip(),
        }
    ).encode()


def _blocks(report: Message) -> list[Message]:
    blocks = report.get_payload()
    return [one for one in blocks if isinstance(one, Message)] if isinstance(blocks, list) else []


def _message_id(parts: dict[str, Message]) -> str:
    """Return the Message-ID of the mail that came back, read from the copy or the headers attached; "" if
    neither."""
    whole, headers = parts.get("message/rfc822"), parts.get("text/rfc822-headers")
    if whole is not None:
        inner = next(iter(_blocks(whole)), None)
        return _read_header(inner, "Message-ID") if inner is not None else ""
    if headers is not None:
        text = headers.get_payload(decode=True)
        return _read_header(BytesParser().parsebytes(text), "Message-ID") if isinstance(text, bytes) else ""
    return ""


def _read_header(of: Message, name: str) -> str:
    return " ".join(str(of.get(name, "")).split())[:TITLE]
