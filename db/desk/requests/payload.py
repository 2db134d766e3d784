"""What a request asks for: sealed on record, and the digest that decisions name.

The digest is keyed. A plain one of something as short as a phone number would give the number away.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets

from db.desk.requests.kinds import KINDS, DiffLine, Payload
from db.store.audit import canonical
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.subjects import of_entry, seal_for, unseal_for
from db.store.tables import Evidence, Request, RequestEvidence


def put(request: Request, payload: Payload, evidence: tuple[str, ...]) -> None:
    """Seal ``payload`` into ``request``, whose other columns are set, and give it its digest."""
    content = canonical({"nonce": secrets.token_hex(16), "asks": dict(payload)})
    request.digest = _digest(request, content, evidence)
    place, person = Request.place(request.digest), _person(request)
    sealed = seal(store().keys, place, content) if person is None else seal_for(person, place, content)
    request.payload = sealed


def opened(request: Request) -> Payload:
    """What ``request`` asks for. Raises SealBroken; Destroyed where the person was erased."""
    asks: Payload = json.loads(_content(request))["asks"]
    return asks


def lines_of(request: Request) -> tuple[DiffLine, ...]:
    """What ``request`` asks for, line by line; nothing where that went with the person, and a backup from
    before was restored. Raises SealBroken."""
    asks = opened(request)
    return KINDS[request.kind].lines(request, asks) if asks else ()


def digest_of(request: Request) -> str:
    """The digest of ``request`` as it stands on record now. Raises SealBroken."""
    attached = RequestEvidence.select().where(RequestEvidence.request == request)
    return _digest(request, _content(request), tuple(row.evidence_id for row in attached))


def _content(request: Request) -> bytes:
    place, person = Request.place(request.digest), _person(request)
    if person is None:
        return unseal(store().keys, place, request.payload)
    return unseal_for(person, place, request.payload)


def _person(request: Request) -> int | None:
    """Whose key seals what is asked for: that of the person whose entry it is about."""
    return None if request.entry_id is None else of_entry(request.entry_id)


def _digest(request: Request, content: bytes, evidence: tuple[str, ...]) -> str:
    """Covers everything a decider is shown, the files included."""
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
