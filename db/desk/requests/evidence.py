"""A person's tray of evidence: the files a request rests on (A.15).

Files come in by command (``ssh HOST evidence add NAME < FILE``), lie sealed in the tray of their owner,
and are attached to requests from there. Who decides on a request may open what is attached to it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from db.desk.authority.permissions import policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.frame import OperationGroup, operation
from db.desk.hooks import hooks
from db.desk.notation.media import MediaType, acts_on_terminal, clean_name, media_type
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests import files
from db.desk.requests.files import MAX_BYTES
from db.desk.requests.request_approvers import RequestApprovers
from db.language import _
from db.store import clock, subjects
from db.store.moves import Moves
from db.store.subjects import Destroyed
from db.store.tables import (
    CaseAttachment,
    Evidence,
    PaperScan,
    Pickup,
    Request,
    RequestEvidence,
    SignInSession,
)

MAX_IN_TRAY = 20


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file without its content. ``size`` in bytes, ``digest`` SHA-256, ``attached``: request numbers."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str
    added_at: str
    attached: tuple[int, ...] = ()


def evidence_file(row: Evidence, attached: tuple[int, ...] = ()) -> EvidenceFile:
    return EvidenceFile(row.id, row.name, row.media_type, row.size, row.digest, row.added_at, attached)


class EvidenceTray(OperationGroup):
    """Operations on the actor's own tray, and opening what is attached to a request."""

    @operation("evidence.add", label=_("add evidence"), recorded=True, power=LOOKS)
    def add(self, name: str, content: bytes) -> EvidenceFile:
        """Encrypt a file, store it in the actor's tray, record it, and mark the pick-up code that the actor
        signed in with as used. PDF, PNG, JPEG, UTF-8 text or a spreadsheet, told by content; up to 5 MB.
        Raises Invalid for another type, an empty or too large file, or a full tray; Refused for the number of
        an identity or bank card in the name, and for a second file by one pick-up code."""
        kind = self._accepted(content)
        refuse_card_numbers(map(policy_of, self.permissions.books), _("The name of the file"), name)
        row = Evidence(
            id=secrets.token_hex(5),
            account=self.permissions.account,
            name=clean_name(name, kind),
            media_type=kind,
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
            added_at=clock.now(),
        )
        self._note_arrival()
        row.content = files.encrypt_file(row.id, content)
        row.save(force_insert=True)
        self.act.note_facts(evidence=row.id, digest=row.digest, media_type=kind, size=row.size)
        return evidence_file(row)

    @operation("evidence.tray", label=_("list own evidence"), recorded=False, power=LOOKS)
    def tray(self) -> tuple[EvidenceFile, ...]:
        rows = (
            Evidence.select(*_WITHOUT_CONTENT)
            .where(Evidence.account == self.permissions.account)
            .order_by(Evidence.added_at.desc(), Evidence.id)
        )
        return tuple(evidence_file(row, _attached(row.id)) for row in rows)

    @operation("evidence.open", label=_("open evidence"), recorded=True, power=LOOKS)
    def open(self, evidence: str) -> bytes:
        """Decrypt the content for its owner, for whoever decides or decided on a request it is attached to or
        works on such a case, and for who may see the signed sheet that it is a scan of. Refused alike where
        there is no such file and where it is not theirs to see (C.10)."""
        row = Evidence.get_or_none(Evidence.id == evidence)
        self.act.note_facts(evidence=evidence)
        mine = row is not None and row.account_id == self.permissions.account
        theirs = any(reads(evidence, self.permissions, self.act) for reads in hooks().reads_evidence)
        if row is None or not (mine or theirs or self._decides_on(evidence)):
            raise _no_such()
        self.act.note_facts(digest=row.digest)
        return self._content(row)

    @operation("evidence.remove", label=_("remove evidence"), recorded=True, power=power_over(Moves.RECORD))
    def remove(self, evidence: str) -> None:
        """Delete a file of one's own and destroy its key. Raises Refused where a request, a case or a signed
        sheet rests on it, and alike for others' and for none."""
        row = Evidence.get_or_none((Evidence.id == evidence) & (Evidence.account == self.permissions.account))
        self.act.note_facts(evidence=evidence)
        if row is None:
            raise _no_such()
        attached = _attached(evidence)
        if attached:
            raise Refused(
                _("{name} is attached to request {request} and stays on record.", name=row.name,
                  request=attached[0]),
                SILENT,
                _("Add a better file and attach that one to your next request."),
            )  # fmt: skip
        in_case = (CaseAttachment.what == "file") & (CaseAttachment.number == evidence)
        if CaseAttachment.select().where(in_case).exists():
            raise Refused(
                _("{name} is attached to a case and stays on record.", name=row.name),
                SILENT,
                _("Whoever handles the case may read it; it goes to nobody else."),
            )
        if PaperScan.select().where(PaperScan.evidence == evidence).exists():
            raise Refused(
                _("{name} is the scan of a signed sheet and stays on record.", name=row.name),
                SILENT,
                _("If it is not, strike it under Sheets; it counts no more then."),
            )
        # The row first: what is left of a file whose key is destroyed can't be opened.
        row.delete_instance()
        subjects.destroy(files.key_name(evidence))
        self.act.note_facts(digest=row.digest)

    def _content(self, row: Evidence) -> bytes:
        try:
            return files.content_of(row)
        except Destroyed:
            raise Refused(
                _("The file's content was deleted at the end of its time; its digest stays."),
                SILENT,
                _("`rules` says how long files of ended requests are kept."),
            ) from None

    def _accepted(self, content: bytes) -> MediaType:
        if len(content) > MAX_BYTES:
            raise Invalid(Problem("file", _("The file is larger than 5 MB.")))
        if not content:
            raise Invalid(Problem("file", _("The file is empty.")))
        kind = media_type(content)
        if kind is None and acts_on_terminal(content):
            raise Invalid(
                Problem(
                    "file",
                    _("The text holds characters that a terminal acts on. Save it as plain text, or as PDF."),
                )
            )
        if kind is None:
            raise Invalid(
                Problem(
                    "file",
                    _(
                        "Only whole PDF, PNG, JPEG, XLSX and ODS files and text go into the tray. Save an "
                        "old .xls as .xlsx, and remove a password before you send."
                    ),
                )
            )
        loose = Evidence.select().where(
            (Evidence.account == self.permissions.account)
            & Evidence.id.not_in(RequestEvidence.select(RequestEvidence.evidence))
            & Evidence.id.not_in(PaperScan.select(PaperScan.evidence))
        )
        if loose.count() >= MAX_IN_TRAY:
            raise Invalid(
                Problem(
                    "file",
                    _("Your tray holds {count} files already. Remove some first.", count=MAX_IN_TRAY),
                )
            )
        return kind

    def _note_arrival(self) -> None:
        """Mark the pick-up code that began the actor's session as having brought its file. Raises Refused for
        a second file by one code."""
        session = self.act.actor.session
        waiting = (Pickup.used == session) & Pickup.coming & Pickup.taken_at.is_null()
        is_noted = Pickup.update(taken_at=clock.now()).where(waiting).execute()
        by_code = (SignInSession.id == session) & (SignInSession.strength == "pickup")
        if not is_noted and SignInSession.select().where(by_code).exists():
            raise Refused(
                _("This pick-up code is for another file."),
                SILENT,
                _("Type the command as the screen shows it, with a new code."),
            )

    def _decides_on(self, evidence: str) -> bool:
        attached = Request.select().join(RequestEvidence).where(RequestEvidence.evidence == evidence)
        request_approvers = RequestApprovers()
        for request in attached:
            if request_approvers.decided(request, self.permissions) or request_approvers.capacity(
                request, self.permissions.account
            ):
                self.act.note_facts(book=request.book_id, request=request.id)
                return True
        return False


_WITHOUT_CONTENT = (
    Evidence.id, Evidence.name, Evidence.media_type, Evidence.size, Evidence.digest, Evidence.added_at,
)  # fmt: skip


def _attached(evidence: str) -> tuple[int, ...]:
    rows = RequestEvidence.select().where(RequestEvidence.evidence == evidence)
    return tuple(sorted(row.request_id for row in rows))


def _no_such() -> Refused:
    return Refused(
        _("There is no such file in your tray or among what waits for you."),
        SILENT,
        _("List your own files with `evidence list`, or open it from the request in your queue."),
    )
