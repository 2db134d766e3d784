"""What a request asks for: sealed on record under the key of the person whose entry it is about, else under
one of its own; and the digest that decisions name.

The digest is keyed. A plain one of something as short as a phone number would give the number away.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from db.desk.requests.request_kinds import KINDS, DiffLine, Payload
from db.language import _
from db.store import subjects
from db.store.audit import canonical
from db.store.engine import store
from db.store.sealing import SealBroken, seal
from db.store.subjects import Destroyed, KeyOwner, of_entry, seal_for, unseal_for
from db.store.tables import Evidence, Request, RequestEvidence

UNREADABLE = _("What it rests on can't be read.")


def seal_payload(request: Request, payload: Payload, evidence: tuple[str, ...]) -> None:
    """Encrypt ``payload`` into ``request`` and set its digest. The caller saves, all else being set."""
    content = canonical({"nonce": secrets.token_hex(16), "asks": dict(payload)})
    request.digest = _digest(request, content, evidence)
    request.payload = seal_for(_subject(request), Request.payload.place(request.digest), content)


def open_payload(request: Request) -> Payload:
    """Decrypt what ``request`` asks for, without checking its digest. Raises SealBroken; Destroyed where the
    person was erased."""
    return _read_asks(_content(request))


def open_verified(request: Request) -> Payload:
    """Decrypt what ``request`` asks for and check it, with its attachments, against the digest. Raises
    SealBroken where the record differs."""
    attached = RequestEvidence.select().where(RequestEvidence.request == request)
    content = _content(request)
    if _digest(request, content, tuple(row.evidence_id for row in attached)) != request.digest:
        raise SealBroken(Request.payload.place(request.digest))
    return _read_asks(content)


def lines_of(request: Request) -> tuple[DiffLine, ...]:
    """Return what ``request`` asks for; nothing if erased with the person, and that alone if unreadable."""
    try:
        asks = open_payload(request)
    except Destroyed:
        return ()
    except SealBroken:
        return (DiffLine("", "", "", UNREADABLE, ("", UNREADABLE), is_act=True),)
    return KINDS[request.kind].lines(request, asks) if asks else ()


def batch_of(request: Request) -> str:
    """Return what the requests have in common that were submitted together with ``request``; empty for one
    that was submitted alone, or that can't be read."""
    with suppress(SealBroken):
        return str(open_payload(request).get("batch", "")) if request.kind == "change" else ""
    return ""


def erase_payload(request: Request) -> None:
    """Replace the stored values that ``request`` asks for by empty ones, keys and lists' lengths unchanged,
    and destroy its own encryption key, if any, within the running transaction. Its files are left."""
    try:
        asks = open_payload(request)
    except Destroyed:  # where a restore erases anew
        asks = {}
    content = canonical({"nonce": "", "asks": _emptied(asks)})
    emptied = seal(store().keys, Request.payload.place(request.digest), content)
    Request.update(payload=emptied).where(Request.id == request.id).execute()
    subject = _subject(request)
    if isinstance(subject, str):
        subjects.destroy(subject)


@contextmanager
def carried_over(entry: int) -> Iterator[None]:
    """Decrypt the payloads of requests about ``entry``, and after the block seal them under the key of the
    person whom the entry belongs to then. Their digests, which don't depend on the key, stay. Raises
    SealBroken."""
    kept = [(one, _content(one)) for one in Request.select().where(Request.entry == entry)]
    yield
    for one, content in kept:
        sealed = seal_for(_subject(one), Request.payload.place(one.digest), content)
        Request.update(payload=sealed).where(Request.id == one.id).execute()


def _content(request: Request) -> bytes:
    return unseal_for(_subject(request), Request.payload.place(request.digest), request.payload)


def _read_asks(content: bytes) -> Payload:
    asks: Payload = json.loads(content)["asks"]
    return asks


def _subject(request: Request) -> KeyOwner:
    """Return whose key seals what is asked for. Rounds of one request share it."""
    person = None if request.entry_id is None else of_entry(request.entry_id)
    return person if person is not None else f"request:{request.requester_id}:{request.submitted_at}"


def _emptied(value: Any) -> Any:
    """Empty ``value`` of all text, leaving its shape."""
    if isinstance(value, Mapping):
        return {name: _emptied(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    return "" if isinstance(value, str) else value


def _digest(request: Request, content: bytes, evidence: tuple[str, ...]) -> str:
    """Return an HMAC of everything an approver is shown, including the evidence digests."""
    files = Evidence.select(Evidence.digest).where(Evidence.id.in_(evidence)) if evidence else ()
    shown = {
        "kind": request.kind,
        "book": request.book_id,
        "entry": request.entry_id,
        "unit": request.unit_id,
        "entry_version": request.entry_version,
        "requester": request.requester_id,
        "reason": request.reason,
        "evidence": sorted(row.digest for row in files),
        "content": hashlib.sha256(content).hexdigest(),
    }
    return hmac.new(store().keys.digest, canonical(shown), hashlib.sha256).hexdigest()
