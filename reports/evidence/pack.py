"""Putting an evidence pack together: files, their digests, and the signature over the digests."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import asdict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from db.desk import Desk
from db.desk.cases.proof import CaseEvidence, ChainProof
from db.desk.cases.work import CaseWork
from db.language import LANGUAGES, Language, _
from reports.evidence.case_pdf import case_pages
from reports.evidence.case_text import audit_text, case_text, readme
from reports.protected import File, protect_file
from reports.report import Report

MANIFEST, SIGNATURE = "MANIFEST.sha256", "MANIFEST.sig"
PUBLIC_PEM, PUBLIC_HEX = "public.pem", "public.hex"
RECORDS, CHAIN, COPIES = "audit.jsonl", "chain.json", "copies.json"
CHECKPOINTS, CHECKPOINT_KEY = "checkpoints.jsonl", "checkpoints.hex"
TITLE = _("Evidence pack")
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def evidence_pack(desk: Desk, case: int, language: Language) -> File:
    """Return the archive (ZIP) of a case that ``desk``'s reader works on, its manifest signed with the
    organisation's key. It is under a password where the book's files leave under one (D.4). Reading and
    signing are recorded. Raises Refused."""
    evidence = CaseWork(desk).evidence(case)
    proof = CaseWork(desk).chain(case, [one.row.seq for one in evidence.records])
    files = files_of(evidence, proof)
    manifest = manifest_of(files)
    signed = CaseWork(desk).sign(case, manifest)
    public = Ed25519PublicKey.from_public_bytes(signed.public)
    files[MANIFEST] = manifest
    files[SIGNATURE] = signed.signature
    files[PUBLIC_PEM] = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files[PUBLIC_HEX] = f"{signed.public.hex()}\n".encode("ascii")
    name = f"case-{case}"
    report = Report(
        name, TITLE, evidence.case.row.book, None, ((_("Case"), str(case)),), (), (), (),
        encrypted=evidence.case.pack_encrypted,
    )  # fmt: skip
    return protect_file(File(f"{name}.zip", "application/zip", archive(files)), report, language)


def files_of(evidence: CaseEvidence, proof: ChainProof) -> dict[str, bytes]:
    """Return the content of every file that the manifest covers, by name."""
    files = {"README.txt": readme(evidence).encode("utf-8")}
    for language in LANGUAGES:
        files[f"case.{language}.txt"] = case_text(evidence, language).encode("utf-8")
        files[f"case.{language}.pdf"] = case_pages(evidence, proof, language)
        files[f"audit.{language}.txt"] = audit_text(evidence, proof, language).encode("utf-8")
    records = [
        {
            "fields": dict(one.content),
            "words": dict(one.words),
            "keys": dict(one.keys),
            "before": one.previous,
            "hash": one.hash,
            "exhibit": one.exhibit,
        }
        for one in evidence.records
    ]
    files[RECORDS] = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records).encode("utf-8")
    chain = asdict(proof)
    files[CHECKPOINTS] = chain.pop("checkpoints").encode("ascii")
    files[CHECKPOINT_KEY] = f"{chain.pop('checkpoint_key')}\n".encode("ascii")
    files[CHAIN] = _data(chain)
    files[COPIES] = _data([asdict(copy) for copy in evidence.copies])
    for number, file in enumerate(evidence.files, start=1):
        name = re.sub(r"[^A-Za-z0-9._-]", "_", file.name)
        files[f"files/{number:02d}-{name}"] = file.content
    return files


def manifest_of(files: dict[str, bytes]) -> bytes:
    """Return the SHA-256 digests of ``files``, a line each, in the format of `sha256sum`."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return "".join(lines).encode("ascii")


def archive(files: dict[str, bytes]) -> bytes:
    """Pack the files as a ZIP; the same files always give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _data(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8")
