"""What an evidence pack holds: the case, records of the audit with what proves them, copies, files (C.13).

A record's hash covers its content and the hash before it (`db.store.audit`), so whoever has the content and
the hash before can compute it again; what was sealed of a change stays sealed. The whole chain was checked
when the pack was made, up to the head that is named in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from db.desk.audit.record_views import AuditRow, rows_of, said_by
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_views import CaseView
from db.desk.cases.trail import trail_of
from db.desk.editions.marks import read_number
from db.desk.editions.taken import taken_as
from db.desk.extracts.about import account_names
from db.desk.notation.localtime import local
from db.desk.refusal import Invalid, Problem
from db.desk.requests.files import content_of
from db.language import Label, _
from db.store import clock, subjects
from db.store.audit import hashed_of, verify
from db.store.checkpoints import Checkpoint, Forged, covering_lines, expected_hashes
from db.store.engine import store
from db.store.keys import SIGN_AUDIT, SIGN_EVIDENCE, read_public, read_signer
from db.store.tables import AuditHead, AuditRecord, CaseAttachment, CaseFile, EditionCopy, Evidence

MOST_RECORDS = 2000
CONTEXT = "evidence-pack"
"""What a signature over a pack's manifest is led by (`db.store.signing`)."""
MANIFEST_LINE = re.compile(r"[0-9a-f]{64}  [A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class ChainProof:
    """How the whole chain stood at ``at``: its records, its head, and the first bad record if any."""

    records: int
    bad: int | None
    head: str
    at: str
    checkpoints: str = ""
    """Signed ends of the chain that cover the records of the pack, a line each, as they lie outside."""
    checkpoint_key: str = ""
    signed_to: int = 0
    signed_at: str = ""
    """The last of them: its record, and when it was signed (local time)."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A record in words, and as it was hashed. ``exhibit``: it was attached to the case. ``words``
    is what it says; ``keys`` (in hexadecimal) open the texts that seal it, and no other record's."""

    row: AuditRow
    content: Mapping[str, object]
    words: Mapping[str, object]
    keys: Mapping[str, str]
    previous: str
    hash: str
    exhibit: bool


@dataclass(frozen=True, slots=True)
class TracedCopy:
    """A copy that was traced: whose it is, and when it was made and acknowledged (local time)."""

    number: str
    name: str
    post: str
    unit: str
    made_at: str
    acknowledged_at: str


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """A file of evidence with its bytes."""

    name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The evidence of a case. ``more`` counts records of the trail that found no room."""

    case: CaseView
    organisation: str
    policies: tuple[Label, ...]
    classification: Label
    records: tuple[Excerpt, ...]
    more: int
    copies: tuple[TracedCopy, ...]
    files: tuple[EvidenceContent, ...]
    made_by: str
    login: str
    made_at: str


@dataclass(frozen=True, slots=True)
class PackSignature:
    """An Ed25519 signature over ``mingce:evidence-pack``, a zero byte and the manifest; its public key."""

    signature: bytes
    public: bytes


def chain_proof(records: Sequence[int]) -> ChainProof:
    """Check the chain from its first record to its head, also against what was signed of it that covers
    ``records``. A place that can't be read, or holds a line that is not the installation's, is none."""
    lines, signed, public = b"", list[Checkpoint](), read_public(store().home.keys, SIGN_AUDIT)
    for place in store().home.checkpoint_places(store().settings):
        with suppress(OSError, Forged):
            lines, signed = covering_lines(place, public, records)
        if signed:
            break
    verdict = verify(outside=expected_hashes(signed))
    head = AuditHead.get_by_id(1)
    last = max(signed, key=lambda one: one.seq, default=None)
    return ChainProof(
        verdict.records,
        verdict.bad,
        head.hash,
        local(clock.now()),
        lines.decode("ascii"),
        public.hex(),
        last.seq if last is not None else 0,
        local(last.at) if last is not None else "",
    )


def evidence_of(row: CaseFile, view: CaseView, account: int) -> CaseEvidence:
    attached = CaseAttachment.select().where(CaseAttachment.case == row)
    numbers: dict[str, list[str]] = {"audit": [], "copy": [], "file": []}
    for one in attached.order_by(CaseAttachment.id):
        numbers[one.what].append(one.number)
    exhibits = [int(number) for number in numbers["audit"]]
    around = AuditRecord.select().where(trail_of(row, account) & AuditRecord.seq.not_in(exhibits))
    trail = list(around.order_by(AuditRecord.seq.desc()).limit(MOST_RECORDS))
    records = [*AuditRecord.select().where(AuditRecord.seq.in_(exhibits)), *trail]
    records.sort(key=lambda record: record.seq)
    policy, known = policy_of(row.book_id), subjects.keys_at_hand()
    login, name = account_names(account)
    return CaseEvidence(
        case=view,
        organisation=store().settings.organisation,
        policies=tuple(ref.title for ref in policy.policies),
        classification=policy.classification,
        records=tuple(
            Excerpt(
                row=said,
                content={name: getattr(record, name) for name in hashed_of(record)},
                words={"purpose": words.purpose, **words.detail},
                keys={what: key.hex() for what, key in words.keys.items()},
                previous=record.prev,
                hash=record.hash,
                exhibit=record.seq in exhibits,
            )
            for said, record, words in zip(
                rows_of(records, [row.book_id]),
                records,
                [said_by(record, known) for record in records],
                strict=True,
            )
        ),
        more=around.count() - len(trail),
        copies=tuple(copy for number in numbers["copy"] if (copy := _copy(number)) is not None),
        files=tuple(_file(Evidence.get_by_id(number)) for number in numbers["file"]),
        made_by=name,
        login=login,
        made_at=local(clock.now()),
    )


def sign_manifest(manifest: bytes) -> PackSignature:
    """Sign a manifest with the server's evidence key. Raises Invalid where it is no list of digests."""
    lines = manifest.decode("ascii", "replace").splitlines()
    if not lines or not all(MANIFEST_LINE.fullmatch(line) for line in lines):
        raise Invalid(Problem("manifest", _("This is no list of SHA-256 digests.")))
    signer = read_signer(store().home.keys, SIGN_EVIDENCE)
    return PackSignature(bytes.fromhex(signer.sign(CONTEXT, manifest)), signer.public)


def _copy(number: str) -> TracedCopy | None:
    taken = taken_as(number)
    if taken is not None:
        return TracedCopy(number, taken.name, taken.post, taken.unit, taken.at, "")
    issue, place = read_number(number) or (0, 0)
    row = EditionCopy.get_or_none((EditionCopy.issue == issue) & (EditionCopy.ord == place))
    if row is None:
        return None
    return TracedCopy(
        number=number,
        name=row.name,
        post=row.post,
        unit=row.unit,
        made_at=local(row.made_at),
        acknowledged_at=local(row.acknowledged_at) if row.acknowledged_at else "",
    )


def _file(row: Evidence) -> EvidenceContent:
    return EvidenceContent(row.name, row.media_type, row.digest, content_of(row))
